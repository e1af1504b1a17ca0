"""Clips of different voices that the encoder itself takes for the same word.

Nobody tells the encoder which clips are the same word. But once it hears somewhat alike what is the
same, two clips of two voices that are each other's nearest, and clearly so, mostly are; to bring
these together teaches what a change of speaker leaves as it is. The idea is that of nearest
neighbours as positives (Dwibedi et al. 2021), here kept to what is mutual.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

CLEAR_MARGIN = 0.1
Floats = NDArray[np.float32]
Pairs = NDArray[np.int64]


def mined_partners(vectors: Floats, voices: Sequence[str]) -> list[NDArray[np.int64]]:
    """Return for each clip the clips of other voices that it is taken to be the same word as.

    Parameters
    ----------
    vectors
        Shape [clips, dim].
    voices
        Who says each clip; what a voice's clips have in common is taken out.
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
    """Return the rows and columns that choose each other, clearly before any second."""
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
