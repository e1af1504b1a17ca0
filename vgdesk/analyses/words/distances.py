"""Euclidean distances in blocks of rows."""

from collections.abc import Iterator

import numpy as np

from vgdesk.core.arrays import Doubles, FloatArray, Places

# Columns of distances held at once.
BLOCK = 512
# Squared distances below this share of the squared lengths have lost precision.
CLOSE = {np.dtype(np.float64): 1e-7, np.dtype(np.float32): 1e-3}
# Longer lists use float32 products, in less than half the time, with six digits of precision.
PRECISE_ROWS = 4096


def distance_blocks(values: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """Yield the distances of all rows to blocks of rows, shape [rows, block].

    Parameters
    ----------
    values
        Shape [rows, dim].

    Yields
    ------
    tuple
        The rows of the columns, and the distances.
    """
    rows = values.astype(np.float64)
    # A large common offset would swamp the lengths. Subtracting the first row is exact, so that a
    # layer which is the same for all rows is exactly 0.
    rows -= rows[0].copy()
    rows -= rows.mean(axis=0)
    size = np.sqrt(np.einsum("ij,ij->", rows, rows) / len(rows)) or 1.0
    rows /= size
    quick = rows if len(rows) <= PRECISE_ROWS else rows.astype(np.float32)
    lengths = np.einsum("ij,ij->i", rows, rows).astype(quick.dtype)
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        scale = lengths[:, None] + lengths[block]
        squares = scale - 2 * (quick @ quick[block].T)
        _measure_close_pairs(squares, scale, rows, rows[block])
        yield block, np.sqrt(squares, out=squares) * quick.dtype.type(size)


def distances_of(layer: FloatArray, some: Places) -> Doubles:
    """Return the distances of some rows to all rows, [some, rows], computed from differences."""
    from scipy.spatial.distance import cdist

    distances: Doubles = cdist(layer[some], layer)
    return distances


def _measure_close_pairs(
    squares: FloatArray, scale: FloatArray, rows: Doubles, others: Doubles
) -> None:
    """Recompute squares that are small differences of large numbers."""
    scale *= CLOSE[scale.dtype]
    pairs = np.argwhere(squares < scale)
    for start in range(0, len(pairs), BLOCK):
        i, j = pairs[start : start + BLOCK].T
        squares[i, j] = ((rows[i] - others[j]) ** 2).sum(axis=1)
