"""Dropouts in a word: lost blocks of sound that were replaced by zeros."""

import numpy as np
from numpy.typing import NDArray

from vgdesk.audio.clipping import runs
from vgdesk.audio.loudness import level
from vgdesk.core.arrays import FloatArray

_SHORTEST_SECONDS = 0.004
_BESIDE_SECONDS = 0.005
_NEAR_ZERO = 0.1
# A dropout interrupts the voice; before a closure with noise removed the voice fades.
_UNDER_VOICE_DB = 30.0


def find_dropouts(samples: FloatArray, sample_rate: int, voice_dbfs: float) -> NDArray[np.int64]:
    """Find stretches of constant samples right beside the voice.

    A block missing without zeros in its place looks no different from a stop consonant: such losses
    are only known to the recorder, which counts blocks.

    Returns
    -------
    array
        Start and (exclusive) end of each dropout in samples, shape [dropouts, 2].
    """
    still = runs(np.diff(samples) == 0)
    still[:, 1] += 1
    long = still[:, 1] - still[:, 0] >= _SHORTEST_SECONDS * sample_rate
    # A clipped peak is constant as well, but far from zero.
    long &= np.abs(samples[still[:, 0]]) < _NEAR_ZERO * np.abs(samples).max(initial=0.0)
    beside = max(1, round(_BESIDE_SECONDS * sample_rate))
    heard = voice_dbfs - _UNDER_VOICE_DB
    return np.array(
        [
            (first, last)
            for first, last in still[long].tolist()
            if _level(samples[max(0, first - beside) : first]) > heard
            or _level(samples[last : last + beside]) > heard
        ],
        np.int64,
    ).reshape(-1, 2)


def _level(samples: FloatArray) -> float:
    return level(float(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else -np.inf
