"""Whether a sound has energy above the telephone band."""

from dataclasses import dataclass

import numpy as np

from vgdesk.audio.loudness import decibels
from vgdesk.audio.spectra import power_spectra
from vgdesk.core.arrays import FloatArray

# A telephone passes 300 to 3400 Hz, and its sample rate nothing from 4000 Hz on.
_VOICE = (300.0, 3200.0)
_BELOW_EDGE = (2300.0, 3200.0)
_ABOVE_EDGE = (4400.0, 6500.0)
_LOUD_PERCENTILE = 95.0


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """Energy of a sound above the telephone band, in dB.

    Attributes
    ----------
    above
        Level of the loudest moments above the band, relative to the loudest within; high for any
        s or t, and low in "moon" as well.
    drop
        Drop from below to above the edge of the band, in levels averaged over time: this includes
        the room, so it distinguishes "moon" from a telephone.
    """

    above: float
    drop: float


def bandwidth(samples: FloatArray, sample_rate: int) -> Bandwidth | None:
    """Measure the band; None without sound, or if the sample rate is that of a telephone."""
    powers, hertz = power_spectra(samples, sample_rate)
    loudest = float(powers.max(initial=0.0))
    if loudest <= 0.0 or _ABOVE_EDGE[0] >= hertz[-1]:
        return None
    powers = powers / loudest
    within, below, above = (
        powers[:, (hertz >= first) & (hertz < last)]
        for first, last in (_VOICE, _BELOW_EDGE, _ABOVE_EDGE)
    )
    loud = [np.percentile(band.mean(axis=1), _LOUD_PERCENTILE) for band in (above, within)]
    high, low = decibels(np.array(loud)).tolist()
    return Bandwidth(high - low, float(decibels(below).mean() - decibels(above).mean()))
