"""Silhouettes from distances, for many labellings of the same rows at once."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.numerics.leaving_out import sampled_rows
from vgdesk.core.arrays import Codes, FloatArray, Places
from vgdesk.core.cancellation import until_cancelled

# Up to this number dense products are faster than sparse ones.
DENSE_GROUPS = 10
# Groups of all labellings summed at once: 20 MB for 512 rows.
MOST_GROUPS = 10_000


def silhouettes(
    blocks: Iterable[tuple[slice, FloatArray]], codes: Codes
) -> tuple[FloatArray, FloatArray]:
    """Mean silhouette of each labelling, and that of the first without each row in turn.

    For each row (b - a) / max(a, b), with a its mean distance to the other rows of its group and b
    that to the nearest other group; 0 for a row that is alone in its group, or if there is no
    other group.

    Parameters
    ----------
    blocks
        Distances of all rows to blocks of rows, [rows, block], and which rows these are.
        Sums have the type of the distances.
    codes
        Shape [labellings, rows]. Distances stay the same under all labellings.

    Returns
    -------
    tuple
        Shapes [labellings] and [rows]; of more than `MOST_WORDS` rows a sample is left out.

    References
    ----------
    Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation of cluster analysis.
    """
    labellings, rows = codes.shape
    groups = int(codes.max()) + 1
    at_once = max(1, MOST_GROUPS // groups)
    parts = [codes[start : start + at_once] for start in range(0, labellings, at_once)]
    members = [_membership(part, groups) for part in parts]
    total = np.zeros(labellings)
    leaving = np.array(sampled_rows(rows))
    left = np.zeros(len(leaving))
    for block, distances in until_cancelled(blocks):
        found = np.concatenate(
            [
                _row_scores(membership @ distances, counts, part[:, None, block])
                for part, (membership, counts) in zip(parts, members, strict=True)
            ]
        )
        total += found.sum(axis=1, dtype=np.float64)
        left += _sums_left_out(distances, codes[0], leaving, np.arange(rows)[block])
    return total / rows, left / max(rows - 1, 1)


def _membership(codes: Codes, groups: int) -> tuple[Any, NDArray[Any]]:
    """Return the matrix that sums rows by group, [labellings * groups, rows], and group sizes."""
    from scipy.sparse import csr_array

    labellings, rows = codes.shape
    member = (codes + groups * np.arange(labellings)[:, None]).ravel()
    counts = np.bincount(member, minlength=labellings * groups).reshape(labellings, groups, 1)
    if groups <= DENSE_GROUPS:
        is_member = codes[:, None] == np.arange(groups)[:, None]
        return is_member.reshape(-1, rows).astype(np.float32), counts
    entries = (np.ones(codes.size, np.float32), (member, np.tile(np.arange(rows), labellings)))
    return csr_array(entries, shape=(labellings * groups, rows)), counts


def silhouettes_of_points(points: FloatArray, codes: Codes) -> FloatArray:
    """Return the Euclidean silhouette of each row of a few dimensions, as in `silhouettes`.

    Parameters
    ----------
    points, codes
        Shapes [rows, dim] and [rows].
    """
    from scipy.spatial.distance import cdist

    return silhouettes_of_rows(cdist(points, points), codes)


def silhouettes_of_rows(distances: FloatArray, codes: Codes) -> FloatArray:
    """Return the silhouette of each row from all distances, [rows, rows]."""
    sums, counts = _membership(codes[None], int(codes.max()) + 1)
    found: FloatArray = _row_scores(sums @ distances, counts, codes[None, None])[0]
    return found


def _sums_left_out(
    distances: FloatArray, codes: Codes, leaving: Places, scored: Places
) -> FloatArray:
    """Sum the silhouettes of some rows without each of the leaving rows, [leaving].

    A row that leaves changes the mean distance to its own group only.

    Parameters
    ----------
    distances
        Shape [rows, scored].
    codes
        Shape [rows].
    """
    membership, counts = _membership(codes[None], int(codes.max()) + 1)
    sums, sizes = membership @ distances, counts[0, :, 0]
    own, gone = codes[scored], codes[leaving]
    place = np.arange(len(scored))
    others = sizes[own] - 1
    inside = sums[own, place] / np.maximum(others, 1)
    means = np.full(sums.shape, np.inf)
    np.divide(sums, sizes[:, None], out=means, where=sizes[:, None] > 0)
    means[own, place] = np.inf
    nearest, second = np.partition(means, 1, axis=0)[:2]
    # Of the groups that stay whole, the nearest: the second nearest where the nearest loses a row.
    whole = np.where(means[gone] <= nearest, second, nearest)
    far = distances[leaving]
    fewer = (sizes[gone] - 1)[:, None]
    rest = np.full(far.shape, np.inf)
    np.divide(sums[gone] - far, fewer, out=rest, where=fewer > 0)
    is_own = gone[:, None] == own
    outside = np.where(is_own, nearest, np.minimum(rest, whole))
    within = np.where(is_own, (sums[own, place] - far) / np.maximum(others - 1, 1), inside)
    larger = np.maximum(within, outside)
    scores = np.zeros_like(larger)
    has_both = (others - is_own > 0) & (larger > 0) & np.isfinite(outside)
    has_both &= leaving[:, None] != scored
    np.divide(outside - within, larger, out=scores, where=has_both)
    total: FloatArray = scores.sum(axis=1, dtype=np.float64)
    return total


def _row_scores(sums: FloatArray, counts: NDArray[Any], own: Codes) -> FloatArray:
    """Silhouette of each row from its summed distances to each group.

    Parameters
    ----------
    sums, counts, own
        Shapes [labellings * groups, rows], [labellings, groups, 1] and [labellings, 1, rows].
    """
    sums = sums.reshape(*counts.shape[:2], -1)
    others = np.take_along_axis(counts, own, axis=1) - 1
    inside = np.take_along_axis(sums, own, axis=1) / np.maximum(others, 1).astype(sums.dtype)
    means = np.full_like(sums, np.inf)
    np.divide(sums, counts.astype(sums.dtype), out=means, where=counts > 0)
    np.put_along_axis(means, own, np.inf, axis=1)
    outside = means.min(axis=1, keepdims=True)
    larger = np.maximum(inside, outside)
    scores: FloatArray = np.zeros_like(larger)
    has_both = (others > 0) & (larger > 0) & np.isfinite(outside)
    np.divide(outside - inside, larger, out=scores, where=has_both)
    return scores[:, 0]
