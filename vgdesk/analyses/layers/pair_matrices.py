"""How alike layers hold each pair of words, ready to be correlated.

Each layer becomes one row of numbers, one a pair of words: its correlation distance, or the rank of
that. Rows are centred and have length 1, so that a correlation is a sum of products, and what it
would be by chance follows from sums over words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.layers.mantel_test import PairSums
from vgdesk.analyses.numerics.pair_tiles import over_pairs, pairs_of, word_sums
from vgdesk.analyses.words.word_pairs import ROUNDING
from vgdesk.core.arrays import FloatArray

Doubles = NDArray[np.float64]
Scale = Callable[[FloatArray], FloatArray]

# Up to so many pairs float64 and sorting cost a moment; beyond, pairs are float32 and ranked by
# counting.
FEW_PAIRS = 2**16
# Distances are cut to so many times what their last digit stands for: what only rounding tells
# apart is a tie.
CUT = {np.dtype(np.float32): 2.0**6, np.dtype(np.float64): 2.0**12}
# Counting goes by so many steps from the smallest to the largest. That is as good to 1e-6 as long
# as no step holds more than a thousandth of the pairs.
STEPS = 2**18
CROWD = 1000
# Otherwise by leaving out the last bits of each number. For numbers far below the largest these are
# finer steps: one odd word, far from all others, must not blur the others.
ODD = 2**-10
LAST_BITS = {np.dtype(np.float32): (np.int32, 4), np.dtype(np.float64): (np.int64, 12)}
# Longest sum in float32; these sums are then added in float64.
RUN = 16384
# Distances below this are what rounding to float32 leaves of equal profiles, and distances that
# differ by less than this share are what it leaves of equal distances.
SAME = 1e-13
ALIKE = 3e-5


@dataclass(frozen=True, slots=True, eq=False)
class PairMatrices:
    """Some symmetric word x word matrices without their diagonals.

    Attributes
    ----------
    values
        Shape [matrices, pairs] in the order of `pair_tiles`. Each sums to 0 and has length 1, or
        is 0 throughout if all pairs were the same.
    word_sums
        Shape [matrices, words]: all pairs that a word is in.
    """

    values: FloatArray
    word_sums: Doubles

    def sums(self) -> PairSums:
        """Return what chance depends on."""
        squares = np.array([float(np.vdot(row, row)) for row in self.values])
        return PairSums(np.zeros(len(squares)), squares, np.sum(self.word_sums**2, axis=1))


def layer_pairs(layers: FloatArray, scale: Scale) -> PairMatrices:
    """Measure the correlation distance of all pairs of words at every layer.

    Parameters
    ----------
    layers
        Shape [layers, words, dim].
    scale
        `unit_values` or `unit_ranks`.
    """
    words = layers.shape[1]
    values = np.empty((len(layers), pairs_of(words)), pair_type(words))
    for row, layer in zip(values, layers, strict=True):
        row[:] = scale(correlation_distances(layer))
    return with_sums(values, words)


def pair_type(words: int) -> np.dtype[np.floating[Any]]:
    """Return the type in which the pairs of so many words are kept."""
    return np.dtype(np.float64 if pairs_of(words) <= FEW_PAIRS else np.float32)


def with_sums(values: FloatArray, words: int) -> PairMatrices:
    """Add the sums over each word to scaled pairs [matrices, pairs]."""
    return PairMatrices(values, np.stack([word_sums(row, words) for row in values]))


def products(one: FloatArray, other: FloatArray) -> Doubles:
    """Multiply all rows of two sets of pairs; short sums in their own type, the rest in float64."""
    total = np.zeros((len(one), len(other)))
    for start in range(0, one.shape[1], RUN):
        run = slice(start, start + RUN)
        total += one[:, run] @ other[:, run].T
    return total


def correlation_distances(layer: FloatArray) -> FloatArray:
    """1 - Pearson's correlation between the vectors of each pair of words, shape [pairs].

    A vector with the same number everywhere has no profile: distance 1 to all.
    """
    rows = layer.astype(np.float64)
    size = _lengths(rows)
    rows -= rows.mean(axis=1, keepdims=True)
    spread = _lengths(rows)
    is_flat = spread <= ROUNDING * size
    rows[is_flat] = 0.0
    rows /= np.where(is_flat, 1.0, spread)[:, None]
    # Half the squared distance of unit vectors is 1 - their correlation, and it stays the same when
    # all move. Around their mean even words in a narrow cone differ by digits that float32 holds;
    # taking the first away is exact, so that equal words are at distance 0.
    rows -= rows[0].copy()
    rows -= rows.mean(axis=0)
    halves = (is_flat + np.einsum("ij,ij->i", rows, rows)) / 2
    dtype = pair_type(len(rows))
    units, halves = rows.astype(dtype), halves.astype(dtype)

    def distances(one: slice, other: slice) -> FloatArray:
        sizes = halves[one, None] + halves[other]
        tile: FloatArray = sizes - units[one] @ units[other].T
        # Digits beyond those of so large a number are lost when it is added.
        sizes *= CUT[dtype]
        tile += sizes
        tile -= sizes
        return tile

    return over_pairs(len(rows), distances)


def _lengths(rows: Doubles) -> Doubles:
    lengths: Doubles = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return lengths


def unit_values(pairs: FloatArray) -> FloatArray:
    """Centre pairs and scale them to length 1; all 0 if they are the same."""
    if _is_constant(pairs):
        return np.zeros_like(pairs)
    centred = pairs - pairs.mean(dtype=np.float64).astype(pairs.dtype)
    length = np.sqrt(np.trace(products(centred[None], centred[None])))
    unit: FloatArray = centred / length.astype(pairs.dtype)
    return unit


def unit_ranks(pairs: FloatArray) -> FloatArray:
    """Put the rank in place of each value, ties sharing theirs, centred and scaled to length 1."""
    if _is_constant(pairs):
        return np.zeros_like(pairs)
    steps, counts = _counted(pairs)
    ranks = np.cumsum(counts) - (counts + len(pairs)) / 2
    ranks /= np.sqrt(np.sum(counts * ranks * ranks))
    return ranks.astype(pairs.dtype)[steps]


def _is_constant(pairs: FloatArray) -> bool:
    low, high = float(pairs.min()), float(pairs.max())
    return high - low <= max(SAME, ALIKE * high)


def _counted(pairs: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the step that each pair is on, counted from the lowest, and the pairs of each step."""
    if len(pairs) <= FEW_PAIRS:
        _, steps, counts = np.unique(_fine_steps(pairs), return_inverse=True, return_counts=True)
        return steps, counts
    steps = _steps(pairs)
    counts = np.bincount(steps)
    if counts.max() * CROWD > len(pairs):
        steps = _fine_steps(pairs)
        counts = np.bincount(steps)
    return steps, counts


def _steps(pairs: FloatArray) -> NDArray[np.intp]:
    low, high = pairs.min(), pairs.max()
    steps: FloatArray = pairs - low
    steps *= STEPS / (high - low)
    steps += 0.5
    return steps.astype(np.intp, copy=False)


def _fine_steps(pairs: FloatArray) -> NDArray[np.intp]:
    low, high = pairs.min(), pairs.max()
    lifted: FloatArray = (pairs - low) + (high - low) * ODD
    whole, last = LAST_BITS[pairs.dtype]
    # Bits of positive numbers, read as whole numbers, are in the same order.
    steps = (lifted.view(whole) + (1 << last - 1)) >> last
    return np.asarray(steps - steps.min(), np.intp)
