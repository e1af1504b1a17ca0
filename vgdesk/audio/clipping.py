"""Clipped peaks, even if the sound was attenuated after clipping."""

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray, Mask

# Both ends of the scale of any converter; three samples in a row there mean clipping.
_FULL_SCALE = 0.99
_FEWEST_AT_SCALE = 3

# Speech seldom reaches its maximum, so few samples are there. In clipped speech many are, and those
# of one clipped peak hardly differ. Shares are relative to the highest sample on the same side.
_TOP = 0.97
_BELOW_TOP = 0.87
_PILED_UP = 2.0
_FEW = 20.0
_FLAT = 0.0015
_FEWEST_FLAT = 3
_APART_SECONDS = 0.001


def clipped_samples(samples: FloatArray, sample_rate: int) -> Mask:
    """Return which samples belong to clipped peaks, shape [samples]."""
    at_scale = _long_runs(np.abs(samples) >= _FULL_SCALE)
    apart = max(1, round(_APART_SECONDS * sample_rate))
    return at_scale | _piled_up(samples, apart) | _piled_up(-samples, apart)


def _long_runs(is_in: Mask) -> Mask:
    """Keep runs of at least `_FEWEST_AT_SCALE` samples."""
    long = np.zeros_like(is_in)
    for first, last in runs(is_in):
        long[first:last] = last - first >= _FEWEST_AT_SCALE
    return long


def _piled_up(samples: FloatArray, apart: int) -> Mask:
    """Return the samples near the positive maximum, if there are more than in normal speech."""
    top = float(samples.max(initial=0.0))
    if top <= 0.0:
        return np.zeros(len(samples), bool)
    is_top = samples >= _TOP * top
    below = np.count_nonzero(samples >= _BELOW_TOP * top) - np.count_nonzero(is_top)
    # Samples per share of the amplitude; a few are added, or one sample would be a pile.
    density = np.count_nonzero(is_top) / (1 - _TOP)
    density_below = (below / (_TOP - _BELOW_TOP)) + _FEW
    is_pile = _separate(is_top, apart) > 1 and density > _PILED_UP * density_below
    is_level = np.abs(np.diff(samples)) <= _FLAT * top
    is_flat = is_level[:-1] & is_level[1:] & is_top[1:-1]
    return is_top & (is_pile or _separate(is_flat, apart) >= _FEWEST_FLAT)


def _separate(is_in: Mask, apart: int) -> int:
    """Count the groups of samples that are more than `apart` samples apart."""
    places = np.flatnonzero(is_in)
    return int(np.count_nonzero(np.diff(places) > apart)) + 1 if len(places) else 0


def runs(is_in: Mask) -> NDArray[np.int64]:
    """Return the start and (exclusive) end of each run of True, shape [runs, 2]."""
    edges = np.flatnonzero(np.diff(np.pad(is_in.astype(np.int8), 1)))
    return edges.reshape(-1, 2)
