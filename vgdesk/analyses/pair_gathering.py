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


@cache
def compiled_gather() -> Any:
    """Compile `gather`; what comes out is kept on disk."""
    from numba import njit

    return njit(cache=True)(gather)
