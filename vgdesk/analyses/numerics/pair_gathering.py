from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray


def gather(
    matrix: FloatArray,
    orders: NDArray[np.uint32],
    corners: tuple[int, int, int, int],
    found: FloatArray,
) -> None:
    """Collect part of a symmetric matrix as it is with its words in other orders.

    Plain loops, made to be compiled.

    Parameters
    ----------
    matrix
        Shape [words, words].
    orders
        Shape [orders, words].
    corners
        Top, bottom, left and right of the part; only what lies above the diagonal is collected.
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
    sums: NDArray[np.float64],
) -> None:
    """Multiply a symmetric matrix, with its words in other orders, with another one.

    Plain loops, made to be compiled. A row of `matrix` is used for all orders while it is near the
    processor; rows of `other` are read from end to end, which is fast from anywhere.

    Parameters
    ----------
    matrix, other
        Shape [words, words]; only what lies above the diagonal of `other` counts.
    orders, places
        Shape [orders, words]: the word in each place, and the place of each word.
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
    """Compile `gather`; what comes out is kept on disk."""
    from numba import njit

    return njit(cache=True)(gather)


@cache
def compiled_products() -> Any:
    """Compile `add_products`, free to add in any order; what comes out is kept on disk."""
    from numba import njit

    return njit(cache=True, fastmath={"reassoc", "contract"})(add_products)
