"""Compiled kernel that keeps the best columns of every row of a matrix seen in tiles."""

from typing import Any

from numba import njit

from vgdesk.core.arrays import FloatArray, Ids


@njit(cache=True)
def take_in(
    tile: FloatArray,
    corner: tuple[int, int],
    shift: FloatArray,
    least: FloatArray,
    best: FloatArray,
    nearest: Ids,
) -> None:
    """Replace the worst of the best known columns of each row where a tile has better ones.

    The matrix is symmetric except for the shift of its columns, so each pair above the diagonal is
    visited once, for both of its rows; the rest of a tile is skipped.

    Parameters
    ----------
    tile
        Shape [rows, columns], float32.
    corner
        First row and first column of the tile.
    shift
        Shape [all rows]: the shift added to each column.
    least
        Shape [all rows]: the worst of the best scores; written to.
    best, nearest
        Shape [all rows, count]: scores and columns, in no particular order; written to.
    """
    top, left = corner
    for i in range(len(tile)):
        row = top + i
        right_of = max(row + 1, left)
        line, shifts, leasts = tile[i, right_of - left :], shift[right_of:], least[right_of:]
        for j in range(len(line)):
            if line[j] + shifts[j] > least[row]:
                least[row] = _replace_worst(
                    best[row], nearest[row], line[j] + shifts[j], right_of + j
                )
            if line[j] + shift[row] > leasts[j]:
                leasts[j] = _replace_worst(
                    best[right_of + j], nearest[right_of + j], line[j] + shift[row], row
                )


@njit(cache=True)
def _replace_worst(best: FloatArray, nearest: Ids, score: float, column: int) -> Any:
    """Replace the worst score by a new one and return the worst that is left."""
    worst = best.argmin()
    best[worst], nearest[worst] = score, column
    return best.min()
