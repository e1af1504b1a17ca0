"""Chance level for the comparison of two word x word matrices.

Pairs share words, so pairs cannot be shuffled: the words of one matrix are permuted instead, rows
and columns together (Mantel 1967). Mean and standard deviation over all n! permutations follow from
three sums over each matrix; random permutations are only needed for other statistics, or for the
whole distribution.

References
----------
Mantel (1967), The detection of disease clustering and a generalized regression approach.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.numerics.pair_gathering import compiled_gather, compiled_products
from vgdesk.analyses.numerics.pair_tiles import square, tiles
from vgdesk.core.arrays import Doubles, FloatArray

# Permutations, and pairs of each, held at once: together they fit into a cache.
ORDERS = 64
PAIRS = 8192


@dataclass(frozen=True, slots=True, eq=False)
class PairSums:
    """The sums that chance depends on; each pair counts once.

    Attributes
    ----------
    total, squares
        Shape [matrices]: sum of all pairs, and of their squares.
    squared_words
        Shape [matrices]: the sum over words of the squared sum of the pairs of each word.
    """

    total: Doubles
    squares: Doubles
    squared_words: Doubles


def chance(words: int, a: PairSums, b: PairSums) -> tuple[Doubles, Doubles]:
    """Mean and standard deviation of sum(A * B) over all permutations of the words of A.

    Two entries of a matrix are the same pair, share one word, or share none. In each case the
    words of one matrix meet those of the other equally often, so that products of sums suffice.

    Parameters
    ----------
    words
        At least 4.

    Returns
    -------
    tuple
        Two arrays of shape [matrices of a, matrices of b], for the sum over all pairs.
    """
    same, sharing = words * (words - 1) / 2, words * (words - 1) * (words - 2)
    mean = np.outer(a.total, b.total) / same
    squares = np.outer(a.squares, b.squares) / same
    squares += np.outer(_sharing(a), _sharing(b)) / sharing
    squares += 4 * np.outer(_apart(a), _apart(b)) / (sharing * (words - 3))
    return mean, np.sqrt(np.maximum(squares - mean * mean, 0.0))


def _sharing(sums: PairSums) -> Doubles:
    """Sum of the products of two pairs with one word in common, in both orders."""
    return sums.squared_words - 2 * sums.squares


def _apart(sums: PairSums) -> Doubles:
    """Sum of the products of two pairs without a common word, in both orders."""
    return sums.total**2 + sums.squares - sums.squared_words


def permuted(one: FloatArray, others: FloatArray, orders: NDArray[np.integer[Any]]) -> Doubles:
    """Compare one matrix with others under permutations of its words.

    Ranks do not depend on the order of the words, so no ranking is repeated.

    Parameters
    ----------
    one, others
        Shapes [pairs] and [matrices, pairs] in the order of `pair_tiles`, both of the same type.
    orders
        Shape [orders, words]: the word at each position.

    Returns
    -------
    array
        Shape [orders, matrices]: sums over all pairs, correlations if the matrices are unit ones.
    """
    # Unsigned, because a kernel would check every signed index for counting from the end.
    unsigned = orders.astype(np.uint32)
    multiply = _with_one if len(others) == 1 else _with_many
    return multiply(square(one, orders.shape[1]), others, unsigned)


def _with_one(matrix: FloatArray, others: FloatArray, orders: NDArray[np.uint32]) -> Doubles:
    """Multiply two matrices without gathering pairs."""
    places = np.empty_like(orders)
    np.put_along_axis(places, orders, np.arange(len(matrix), dtype=np.uint32)[None], axis=1)
    sums, other = np.zeros(len(orders)), square(others[0], len(matrix))
    for start in range(0, len(orders), ORDERS):
        block = slice(start, start + ORDERS)
        compiled_products()(matrix, other, orders[block], places[block], sums[block])
    return sums[:, None]


def _with_many(matrix: FloatArray, others: FloatArray, orders: NDArray[np.uint32]) -> Doubles:
    """Gather pairs for a few permutations, then multiply them with all matrices at once."""
    gather, words = compiled_gather(), len(matrix)
    sums = np.zeros((len(orders), len(others)))
    held = np.empty((ORDERS, max(PAIRS, words)), matrix.dtype)
    for start in range(0, len(orders), ORDERS):
        block = slice(start, start + ORDERS)
        for corners, place in _runs(words):
            found = held[: len(orders[block]), : place.stop - place.start]
            gather(matrix, orders[block], corners, found)
            sums[block] += found @ others[:, place].T
    return sums


def _runs(words: int) -> Iterator[tuple[tuple[int, int, int, int], slice]]:
    """Split the tiles into runs of a few rows: top, bottom, left and right, and their pairs."""
    for rows, columns, place in tiles(words):
        left, right = columns.start, columns.stop
        height, start = max(1, PAIRS // (right - left)), place.start
        for top in range(rows.start, rows.stop, height):
            bottom = min(top + height, rows.stop)
            stop = start + sum(right - max(row + 1, left) for row in range(top, bottom))
            yield (top, bottom, left, right), slice(start, stop)
            start = stop
