"""The nearest other words of every word, in bounded memory."""

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.layer_products import tiles_of
from vgdesk.analyses.word_pairs import unit_rows
from vgdesk.core.arrays import FloatArray

Ids = NDArray[np.int32]

# So many words are compared with as many others at once.
BLOCK = 1024
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
    best = np.full((len(own), count), -np.inf, np.float32)
    nearest = np.full(best.shape, NONE, np.int32)
    for rows, columns, _ in tiles_of(len(own), BLOCK):
        cosines = own[rows] @ own[columns].T
        if rows is columns:
            np.fill_diagonal(cosines, -np.inf)
        else:
            _take_in(best[columns], nearest[columns], cosines.T + shift[rows], rows.start)
        _take_in(best[rows], nearest[rows], cosines + shift[columns], columns.start)
    nearest[~units.any(axis=1)] = NONE
    return nearest


def _take_in(best: FloatArray, nearest: Ids, scores: FloatArray, first: int) -> None:
    """Replace the best known columns of each row where `scores` has better ones, in place.

    Parameters
    ----------
    best, nearest
        Shape [rows, count]: scores and indices of the columns.
    scores
        Shape [rows, columns].
    first
        Index of the first column.
    """
    rows, count = best.shape
    groups = max(-(-scores.shape[1] // GROUP), count)
    # The best of all are in the groups with the best maxima; group g is g, g + groups, ...
    members = np.full((rows, GROUP * groups), -np.inf, np.float32)
    members[:, : scores.shape[1]] = scores
    members = members.reshape(rows, GROUP, groups)
    chosen = _largest(members.max(axis=1), count)[:, None, :]
    ids = first + groups * np.arange(GROUP, dtype=np.int32)[:, None] + chosen
    candidates = np.take_along_axis(members, chosen, axis=2).reshape(rows, -1)
    all_scores = np.hstack([best, candidates])
    all_ids = np.hstack([nearest, ids.reshape(rows, -1)])
    winners = _largest(all_scores, count)
    best[:] = np.take_along_axis(all_scores, winners, axis=1)
    nearest[:] = np.take_along_axis(all_ids, winners, axis=1)


def _largest(values: FloatArray, count: int) -> NDArray[np.intp]:
    return np.argpartition(values, -count, axis=1)[:, -count:]
