"""Compiled kernel that counts ABX errors: triples in which B is nearer to X than A is."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vgdesk.core.arrays import Doubles, FloatArray, Places

# Up to this many values, comparing with all of them is faster than bisecting.
FEW = 32


@njit(cache=True)
def lost_triples(
    nearness: FloatArray,
    own: Places,
    selves: Places,
    starts: Places,
    weights: Doubles,
    margin: np.float32,
    as_a: Doubles,
    as_b: Doubles,
) -> Any:
    """Compare every X with all A of the same group and all B of every other group.

    The A of an X are sorted once; each B is then located among them by bisection. That takes
    n log(n) steps instead of one for each pair of A and B.

    Parameters
    ----------
    nearness
        Shape [x, columns], float32; the columns of a group are contiguous.
    own, selves
        Shape [x]: the group of each X, and its own column or -1.
    starts
        Shape [groups + 1]: the first column of each group, and the number of columns.
    weights
        Shape [x]: how much each X counts in `as_a` and `as_b`.
    margin
        Values that differ by no more than this are tied; float32.
    as_a, as_b
        Shape [columns]; the errors of each column as A and as B are added to them.

    Returns
    -------
    array
        Shape [x, groups]: the error rate of an X against each group; a tie counts half.
    """
    errors = np.zeros((len(nearness), len(starts) - 1))
    for x in range(len(nearness)):
        row = nearness[x]
        candidates = _others(starts[own[x]], starts[own[x] + 1], selves[x])
        order = candidates[np.argsort(row[candidates])]
        near = row[order]
        below = _counts_below(near, row - margin)
        lost = np.zeros(len(near) + 1)
        for group in range(len(starts) - 1):
            if group != own[x]:
                first, end = starts[group], starts[group + 1]
                share = 0.5 / (len(near) * (end - first))
                errors[x, group] = share * _lost_against(
                    near, row[first:end], below[first:end], margin, share * weights[x], lost,
                    as_b[first:end],
                )  # fmt: skip
        _add_to_a(lost, order, as_a)
    return errors


@njit(cache=True)
def _others(first: int, end: int, left_out: int) -> Any:
    columns = np.arange(first, end)
    return columns[columns != left_out]


@njit(cache=True)
def _counts_below(values: FloatArray, limits: FloatArray) -> Any:
    """Count for each limit the sorted values below it.

    All limits advance together, without branches, so that the processor can pipeline them. Few
    values are counted one by one, for many limits at once.
    """
    base = np.zeros(len(limits), np.int32)
    if len(values) <= FEW:
        for value in values:
            for i in range(len(limits)):
                base[i] += value < limits[i]
        return base
    length = np.int32(len(values))
    while length > 1:
        half = np.int32(length >> 1)
        for i in range(len(limits)):
            base[i] += half if values[base[i] + half - 1] < limits[i] else np.int32(0)
        length -= half
    for i in range(len(limits)):
        base[i] += np.int32(1) if values[base[i]] < limits[i] else np.int32(0)
    return base


@njit(cache=True)
def _lost_against(
    near: FloatArray,
    others: FloatArray,
    below: NDArray[np.int32],
    margin: np.float32,
    weight: float,
    lost: Doubles,
    as_b: Doubles,
) -> int:
    """Count the errors of all A against the B of one group, in halves.

    All A before the first one that is at least as near as a B lose to it; those before the first
    one that is nearer lose or tie. `lost` holds the weights of both positions.
    """
    halves = 0
    for b in range(len(others)):
        upto = below[b]
        if upto < len(near) and near[upto] <= others[b] + margin:
            upto += np.searchsorted(near[upto:], others[b] + margin, side="right")
        halves += below[b] + upto
        as_b[b] += weight * (below[b] + upto)
        lost[below[b]] += weight
        lost[upto] += weight
    return halves


@njit(cache=True)
def _add_to_a(lost: Doubles, order: Places, as_a: Doubles) -> None:
    total = 0.0
    for place in range(len(order) - 1, -1, -1):
        total += lost[place + 1]
        as_a[order[place]] += total
