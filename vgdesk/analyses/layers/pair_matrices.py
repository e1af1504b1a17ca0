"""Dissimilarities of all pairs of words at each layer, prepared for correlation.

Each layer becomes one vector with an entry for each pair of words: the correlation distance, or its
rank. The vectors are centred and of length 1, so that a correlation is a sum of products, and its
chance level follows from sums over words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.layers.mantel import PairSums
from vgdesk.analyses.numerics.pair_tiles import over_pairs, pairs_of, word_sums
from vgdesk.analyses.words.word_pairs import ROUNDING
from vgdesk.core.arrays import Doubles, FloatArray

Scale = Callable[[FloatArray], FloatArray]

# Up to this many pairs float64 and sorting are cheap; beyond, pairs are float32 and ranked by
# counting.
FEW_PAIRS = 2**16
# Distances are rounded to this multiple of their last digit, so that differences due to rounding
# become ties.
CUT = {np.dtype(np.float32): 2.0**6, np.dtype(np.float64): 2.0**12}
# Number of counting bins from the smallest to the largest. Accurate to 1e-6 while no bin holds more
# than a thousandth of the pairs.
STEPS = 2**18
CROWD = 1000
# Otherwise the last bits of each number are dropped. For numbers far below the largest these bins
# are finer: a single outlier, far from all other words, must not blur the others.
ODD = 2**-10
LAST_BITS = {np.dtype(np.float32): (np.int32, 4), np.dtype(np.float64): (np.int64, 12)}
# Length of sums in float32; these are then added in float64.
RUN = 16384
# Rounding to float32 turns equal profiles into distances below SAME, and equal distances into ones
# that differ by less than the share ALIKE.
SAME = 1e-13
ALIKE = 3e-5


@dataclass(frozen=True, slots=True, eq=False)
class PairMatrices:
    """Symmetric word x word matrices without their diagonals.

    Attributes
    ----------
    values
        Shape [matrices, pairs] in the order of `pair_tiles`. Each sums to 0 and has length 1, or
        is all 0 if all pairs were the same.
    word_sums
        Shape [matrices, words]: the sum over all pairs of each word.
    """

    values: FloatArray
    word_sums: Doubles

    def sums(self) -> PairSums:
        """Return the sums that chance depends on."""
        squares = np.array([float(np.vdot(row, row)) for row in self.values])
        return PairSums(np.zeros(len(squares)), squares, np.sum(self.word_sums**2, axis=1))


def layer_pairs(layers: FloatArray, scale: Scale) -> PairMatrices:
    """Compute the correlation distance of all pairs of words at every layer.

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
    """Return the data type for the pairs of `words` words."""
    return np.dtype(np.float64 if pairs_of(words) <= FEW_PAIRS else np.float32)


def with_sums(values: FloatArray, words: int) -> PairMatrices:
    """Add the sums over each word to scaled pairs [matrices, pairs]."""
    return PairMatrices(values, np.stack([word_sums(row, words) for row in values]))


def products(one: FloatArray, other: FloatArray) -> Doubles:
    """Multiply all rows of two sets of pairs; short sums in their type, the rest in float64."""
    total = np.zeros((len(one), len(other)))
    for start in range(0, one.shape[1], RUN):
        run = slice(start, start + RUN)
        total += one[:, run] @ other[:, run].T
    return total


def correlation_distances(layer: FloatArray) -> FloatArray:
    """1 - Pearson's correlation between the vectors of each pair of words, shape [pairs].

    A constant vector has no profile: distance 1 to all.
    """
    rows = layer.astype(np.float64)
    size = _lengths(rows)
    rows -= rows.mean(axis=1, keepdims=True)
    spread = _lengths(rows)
    is_flat = spread <= ROUNDING * size
    rows[is_flat] = 0.0
    rows /= np.where(is_flat, 1.0, spread)[:, None]
    # Half the squared distance of unit vectors is 1 - their correlation, and does not change under
    # translation. Relative to their mean even words in a narrow cone differ by digits that float32
    # holds; subtracting the first is exact, so that equal words are at distance 0.
    rows -= rows[0].copy()
    rows -= rows.mean(axis=0)
    halves = (is_flat + np.einsum("ij,ij->i", rows, rows)) / 2
    dtype = pair_type(len(rows))
    units, halves = rows.astype(dtype), halves.astype(dtype)

    def distances(one: slice, other: slice) -> FloatArray:
        sizes = halves[one, None] + halves[other]
        tile: FloatArray = sizes - units[one] @ units[other].T
        # Adding a large number drops the digits beyond its precision.
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
    """Replace values by ranks, tied values sharing theirs, centred and scaled to length 1."""
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
    """Return the bin of each pair, counted from the lowest, and the number of pairs per bin."""
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
    # The bits of positive floats, read as integers, are in the same order.
    steps = (lifted.view(whole) + (1 << last - 1)) >> last
    return np.asarray(steps - steps.min(), np.intp)
