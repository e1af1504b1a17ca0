"""The nearest other words of every word, in bounded memory."""

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.word_pairs import unit_rows
from vgdesk.core.arrays import FloatArray

Ids = NDArray[np.int32]

# So many words are compared with all others at once.
BLOCK = 512
# Columns are searched in groups of so many: first for the best groups, then within these.
GROUP = 16
# Directions that differ less than this differ by rounding only.
ROUNDING = 1e-7
NONE = -1


def nearest_by_cosine(layer: FloatArray, count: int) -> Ids:
    """Find for each row the `count` other rows of largest cosine, in no particular order.

    Parameters
    ----------
    layer
        Shape [rows, dim].

    Returns
    -------
    array
        Shape [rows, count], indices of rows; `NONE` for a row of zeros, which has no direction,
        and for all rows if they point the same way.
    """
    units = unit_rows(layer)
    common = units.mean(axis=0)
    # Cosines near 1 differ in digits that float32 does not have. What all rows have in common adds
    # the same to all cosines of a row, up to its product with the other row.
    own = units - common
    if np.linalg.norm(own) <= ROUNDING * np.linalg.norm(units):
        return np.full((len(layer), count), NONE, np.int32)
    shift, own = (own @ common).astype(np.float32), own.astype(np.float32)
    nearest = np.vstack(
        [
            _nearest_of(own, shift, slice(start, start + BLOCK), count)
            for start in range(0, len(own), BLOCK)
        ]
    )
    nearest[~units.any(axis=1)] = NONE
    return nearest


def _nearest_of(own: FloatArray, shift: FloatArray, block: slice, count: int) -> Ids:
    words = len(own)
    rows = np.arange(words)[block]
    groups = max(-(-words // GROUP), count)
    scores = np.full((len(rows), GROUP * groups), -np.inf, np.float32)
    np.matmul(own[block], own.T, out=scores[:, :words])
    scores[:, :words] += shift
    scores[np.arange(len(rows)), rows] = -np.inf
    # The best of all are among the groups with the best maxima; group g is g, g + groups, ...
    members = scores.reshape(len(rows), GROUP, groups)
    best = _largest(members.max(axis=1), count)
    candidates = np.take_along_axis(members, best[:, None, :], axis=2).reshape(len(rows), -1)
    turn, group = np.divmod(_largest(candidates, count), count)
    nearest: Ids = (turn * groups + np.take_along_axis(best, group, axis=1)).astype(np.int32)
    return nearest


def _largest(values: FloatArray, count: int) -> NDArray[np.intp]:
    return np.argpartition(values, -count, axis=1)[:, -count:]
