"""One number for each pair of words, stored contiguously.

A symmetric word x word matrix without its diagonal holds every pair twice. Here each pair is stored
once, in tiles: wide enough for fast matrix products, small enough for the cache. The order of the
pairs is the same for all matrices over the same number of words, which is all that sums over pairs
need.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import Doubles, FloatArray, Places

# Words per tile.
TILE = 512


def tiles(words: int) -> Iterator[tuple[slice, slice, slice]]:
    """Yield the tiles above the diagonal: words of the rows, of the columns, and their pairs.

    Where rows and columns are the same words, a tile has only the pairs above its diagonal.
    """
    start = 0
    for top in range(0, words, TILE):
        rows, right = slice(top, min(top + TILE, words)), slice(min(top + TILE, words), words)
        height, width = rows.stop - rows.start, right.stop - right.start
        middle = start + height * (height - 1) // 2
        yield rows, rows, slice(start, middle)
        start = middle + height * width
        if width:
            yield rows, right, slice(middle, start)


def pairs_of(words: int) -> int:
    """Return the number of pairs of `words` words."""
    return words * (words - 1) // 2


def over_pairs(words: int, measure: Callable[[slice, slice], FloatArray]) -> FloatArray:
    """Measure all pairs of words, shape [pairs].

    Parameters
    ----------
    measure
        Takes rows and columns of a tile and returns its numbers, shape [rows, columns].
    """
    parts = []
    for rows, columns, _ in tiles(words):
        tile = measure(rows, columns)
        flat = tile.ravel()
        parts.append(flat[_above_diagonal(len(tile))] if rows == columns else flat)
    return np.concatenate(parts)


def square(pairs: FloatArray, words: int) -> FloatArray:
    """Unfold pairs into the symmetric matrix with zeros on the diagonal, shape [words, words]."""
    matrix = np.zeros((words, words), pairs.dtype)
    for rows, columns, place in tiles(words):
        matrix[rows, columns] = _unfolded(pairs[place], rows, columns)
        matrix[columns, rows] = matrix[rows, columns].T
    return matrix


def squares_among(values: FloatArray, words: int, rows: Sequence[int]) -> FloatArray:
    """Unfold the pairs of some words into symmetric matrices with zeros on the diagonal.

    Parameters
    ----------
    values
        Shape [matrices, pairs of all `words`].
    rows
        The words wanted, in increasing order.

    Returns
    -------
    array
        Shape [matrices, len(rows), len(rows)].
    """
    upper = np.triu_indices(len(rows), 1)
    places = _places(words, *(np.asarray(rows)[side] for side in upper))
    found = np.zeros((len(values), len(rows), len(rows)), values.dtype)
    found[:, upper[0], upper[1]] = values[:, places]
    return found + found.transpose(0, 2, 1)


def _places(words: int, first: Places, second: Places) -> Places:
    """Return the position of pairs of words, the first before the second."""
    places = np.empty(len(first), np.intp)
    for rows, columns, pairs in tiles(words):
        here = (first >= rows.start) & (first < rows.stop)
        here &= (second >= columns.start) & (second < columns.stop)
        row, column = first[here] - rows.start, second[here] - columns.start
        width = columns.stop - columns.start
        within = row * width + column
        if rows == columns:
            within -= (row + 1) * (row + 2) // 2
        places[here] = pairs.start + within
    return places


def word_sums(pairs: FloatArray, words: int) -> Doubles:
    """Sum over all pairs of each word, shape [words]."""
    sums = np.zeros(words)
    for rows, columns, place in tiles(words):
        tile = _unfolded(pairs[place], rows, columns)
        # Matrix products, because they are many times faster than sums over rows.
        sums[rows] += tile @ np.ones(tile.shape[1], tile.dtype)
        if rows != columns:
            sums[columns] += np.ones(len(tile), tile.dtype) @ tile
    return sums


def _unfolded(pairs: FloatArray, rows: slice, columns: slice) -> FloatArray:
    height = rows.stop - rows.start
    if rows != columns:
        return pairs.reshape(height, -1)
    tile = np.zeros((height, height), pairs.dtype)
    tile.ravel()[_above_diagonal(height)] = pairs
    return tile + tile.T


@lru_cache(maxsize=2)
def _above_diagonal(height: int) -> NDArray[np.intp]:
    return np.flatnonzero(np.triu(np.ones((height, height), bool), 1))
