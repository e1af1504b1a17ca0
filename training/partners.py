"""Clips of different voices that the encoder itself matches as the same word.

The encoder has no word labels. But once its vectors of the same word are somewhat similar, two
clips of two voices that are clearly mutual nearest neighbours are mostly the same word; training
them to be close teaches invariance to the speaker. The idea is that of nearest neighbours as
positives (Dwibedi et al. 2021), here restricted to mutual ones.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

CLEAR_MARGIN = 0.1
Floats = NDArray[np.float32]
Pairs = NDArray[np.int64]


def mined_partners(vectors: Floats, voices: Sequence[str]) -> list[NDArray[np.int64]]:
    """Return for each clip the matching clips of other voices.

    Parameters
    ----------
    vectors
        Shape [clips, dim].
    voices
        The voice of each clip; the mean of each voice is subtracted.
    """
    names, voice = np.unique(np.asarray(voices), return_inverse=True)
    members = [np.flatnonzero(voice == name) for name in range(len(names))]
    values = np.empty(vectors.shape, np.float32)
    for own in members:
        centred = vectors[own] - vectors[own].mean(0)
        values[own] = centred / (np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9)
    found: list[list[int]] = [[] for _ in voices]
    for one, other in combinations(members, 2):
        left, right = mutual_nearest(values[one] @ values[other].T)
        for a, b in zip(one[left], other[right], strict=True):
            found[a].append(int(b))
            found[b].append(int(a))
    return [np.array(partners, np.int64) for partners in found]


def mutual_nearest(likeness: Floats) -> tuple[Pairs, Pairs]:
    """Return the rows and columns that are clearly mutual nearest neighbours."""
    if min(likeness.shape) < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    best_column, best_row = likeness.argmax(1), likeness.argmax(0)
    rows = np.flatnonzero(best_row[best_column] == np.arange(len(likeness)))
    columns = best_column[rows]
    seconds = np.maximum(
        np.partition(likeness[rows], -2, axis=1)[:, -2],
        np.partition(likeness[:, columns], -2, axis=0)[-2],
    )
    is_clear = likeness[rows, columns] - seconds > CLEAR_MARGIN
    return rows[is_clear], columns[is_clear]
