"""Holes in a word where blocks of sound got lost and zeros took their place."""

import numpy as np
from numpy.typing import NDArray

from vgdesk.audio.clipping import runs
from vgdesk.audio.loudness import level
from vgdesk.core.arrays import FloatArray

_SHORTEST_SECONDS = 0.004
_BESIDE_SECONDS = 0.005
_NEAR_ZERO = 0.1
# A hole breaks off in the middle of the voice; before a closure that was cleaned the voice fades.
_UNDER_VOICE_DB = 30.0


def find_dropouts(samples: FloatArray, sample_rate: int, voice_dbfs: float) -> NDArray[np.int64]:
    """Find where a sound stands perfectly still right beside the voice.

    A block that is missing without zeros in its place leaves no trace that a stop could not leave:
    such losses are only known to who counts the blocks.

    Returns
    -------
    array
        First sample of each hole and the one behind it, shape [holes, 2].
    """
    still = runs(np.diff(samples) == 0)
    still[:, 1] += 1
    long = still[:, 1] - still[:, 0] >= _SHORTEST_SECONDS * sample_rate
    # A clipped top stands still as well, but far out.
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
