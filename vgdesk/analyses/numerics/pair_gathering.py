from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import Doubles, FloatArray


def gather(
    matrix: FloatArray,
    orders: NDArray[np.uint32],
    corners: tuple[int, int, int, int],
    found: FloatArray,
) -> None:
    """Gather part of a symmetric matrix under permutations of its words.

    Plain loops, written to be compiled.

    Parameters
    ----------
    matrix
        Shape [words, words].
    orders
        Shape [orders, words].
    corners
        Top, bottom, left and right of the part; only pairs above the diagonal are gathered.
    found
        Shape [orders, pairs]; written to.
    """
    top, bottom, left, right = corners
    for which in range(len(orders)):
        order, line, start = orders[which], found[which], 0
        for i in range(top, bottom):
            row, others = matrix[order[i]], order[max(i + 1, left) : right]
            part = line[start : start + len(others)]
            for j in range(len(others)):
                part[j] = row[others[j]]
            start += len(others)


def add_products(
    matrix: FloatArray,
    other: FloatArray,
    orders: NDArray[np.uint32],
    places: NDArray[np.uint32],
    sums: Doubles,
) -> None:
    """Multiply a symmetric matrix, under permutations of its words, with another one.

    Plain loops, written to be compiled. A row of `matrix` is used for all permutations while it is
    in the cache; rows of `other` are read sequentially, which is always fast.

    Parameters
    ----------
    matrix, other
        Shape [words, words]; only the upper triangle of `other` counts.
    orders, places
        Shape [orders, words]: the word at each position, and the position of each word.
    sums
        Shape [orders]; added to.
    """
    for word in range(len(matrix)):
        row = matrix[word]
        for which in range(len(orders)):
            first = places[which, word] + 1
            others, factors = orders[which, first:], other[first - 1, first:]
            total = row[0] * 0
            for j in range(len(others)):
                total += row[others[j]] * factors[j]
            sums[which] += total


@cache
def compiled_gather() -> Any:
    """Compile `gather`; the result is cached on disk."""
    from numba import njit

    return njit(cache=True)(gather)


@cache
def compiled_products() -> Any:
    """Compile `add_products`, free to add in any order; the result is cached on disk."""
    from numba import njit

    return njit(cache=True, fastmath={"reassoc", "contract"})(add_products)
