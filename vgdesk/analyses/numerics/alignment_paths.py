"""Compiled kernels for aligning sequences at minimal cost; imported where needed."""

import math
from typing import Any

import numpy as np
from numba import njit

from vgdesk.core.arrays import Doubles, FloatArray, Places

# arccos(x) / sqrt(1 - x) for x from 0 to 1, highest power first, accurate to 2e-8.
# Abramowitz and Stegun (1964), Handbook of mathematical functions, 4.4.46.
ARCCOS = np.array(
    [
        -0.0012624911,
        0.0066700901,
        -0.0170881256,
        0.0308918810,
        -0.0501743046,
        0.0889789874,
        -0.2145988016,
        1.5707963050,
    ],
    np.float32,
)


@njit(cache=True, fastmath=True)
def to_angles(cosines: FloatArray) -> None:
    """Replace float32 cosines by angles, as shares of half a turn.

    A polynomial, which the processor can vectorise; arccos it cannot.
    """
    turn = np.float32(1 / math.pi)
    flat = cosines.ravel()
    for i in range(len(flat)):
        size = min(abs(flat[i]), np.float32(1))
        angle = ARCCOS[0]
        for power in range(1, len(ARCCOS)):
            angle = angle * size + ARCCOS[power]
        angle *= np.sqrt(np.float32(1) - size) * turn
        flat[i] = angle if flat[i] >= 0 else np.float32(1) - angle


@njit(cache=True)
def add_warped_distances(
    steps: FloatArray,
    rows: Places,
    columns: Places,
    found: FloatArray,
    is_diagonal: bool,
) -> None:
    """Warp every sequence of some rows onto every sequence of some columns.

    Parameters
    ----------
    steps
        Shape [frames of all rows, frames of all columns]: the cost of each pair of frames.
    rows, columns
        Where the frames of each sequence begin, then where the last sequence ends.
    found
        Shape [rows, columns]: mean cost along the best path; filled in.
    is_diagonal
        True if rows and columns are the same: then only the upper triangle is filled in.
    """
    longest = np.diff(rows).max() * np.diff(columns).max()
    costs = np.empty(longest, np.float32)
    for i in range(len(rows) - 1):
        for j in range(i + 1 if is_diagonal else 0, len(columns) - 1):
            pair = steps[rows[i] : rows[i + 1], columns[j] : columns[j + 1]]
            _fill_costs(pair, costs)
            found[i, j] = costs[pair.size - 1] / _path_length(pair.shape, costs)


@njit(cache=True)
def _fill_costs(steps: FloatArray, costs: FloatArray) -> None:
    """Compute the cost of the best path to each pair of frames, flattened row by row."""
    rows, columns = steps.shape
    total = np.float32(0)
    for j in range(columns):
        total += steps[0, j]
        costs[j] = total
    for i in range(1, rows):
        here = i * columns
        above = here - columns
        left = costs[above] + steps[i, 0]
        costs[here] = left
        for j in range(1, columns):
            left = min(min(costs[above + j], costs[above + j - 1]), left) + steps[i, j]
            costs[here + j] = left


@njit(cache=True)
def _path_length(shape: tuple[int, int], costs: FloatArray) -> int:
    """Trace the best path back; ties prefer the diagonal, then left, then up."""
    columns = shape[1]
    i, j, length = shape[0] - 1, columns - 1, 1
    while i > 0 and j > 0:
        up, left = costs[(i - 1) * columns + j], costs[i * columns + j - 1]
        diagonal = costs[(i - 1) * columns + j - 1]
        if diagonal <= left and diagonal <= up:
            i -= 1
            j -= 1
        elif left <= up:
            j -= 1
        else:
            i -= 1
        length += 1
    return length + i + j


@njit(cache=True)
def edit_costs(tokens: Places, starts: Places, costs: Doubles, first: int, last: int) -> Any:
    """Compute edit costs from some sequences to all; an insertion or deletion costs 1.

    Parameters
    ----------
    tokens
        The numbers of the tokens of all sequences, one after the other.
    starts
        Where each sequence begins, then where the last one ends.
    costs
        Shape [tokens, tokens]: the cost of each substitution.
    first, last
        The sequences from `first` up to, not including, `last` are compared with all.

    Returns
    -------
    array
        Shape [last - first, sequences].
    """
    count = len(starts) - 1
    found = np.zeros((last - first, count))
    row = np.empty(np.diff(starts).max() + 1)
    for i in range(first, last):
        one = tokens[starts[i] : starts[i + 1]]
        for j in range(count):
            # Pairs that came earlier in the same block are known already.
            if first <= j < i:
                found[i - first, j] = found[j - first, i]
            elif i != j:
                found[i - first, j] = _edits(one, tokens[starts[j] : starts[j + 1]], costs, row)
    return found


@njit(cache=True)
def _edits(one: Places, other: Places, costs: Doubles, row: Doubles) -> float:
    for j in range(len(other) + 1):
        row[j] = j
    for i in range(len(one)):
        diagonal, row[0] = row[0], i + 1.0
        for j in range(len(other)):
            kept = diagonal + costs[one[i], other[j]]
            diagonal = row[j + 1]
            row[j + 1] = min(kept, min(diagonal, row[j]) + 1.0)
    return float(row[len(other)])
