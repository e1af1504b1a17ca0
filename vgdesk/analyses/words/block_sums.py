"""Sums over parts of the rows, from which exact means over all their pairs follow.

The dot products of all pairs of two parts sum to the dot product of the sums of their vectors; for
squared distances one more step is needed. So one pass over the vectors is enough, and the matrix of
all pairs is never computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vgdesk.analyses.base import WordAnalysis
from vgdesk.analyses.words.word_pairs import ROUNDING
from vgdesk.core.arrays import Codes, Doubles, FloatArray

# Vectors held in double precision at once.
CHUNK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class PartSums:
    """Sums of the vectors of each part.

    Attributes
    ----------
    counts, vectors, squares
        Shapes [parts], [parts, dim] and [parts]: how many rows, the sum of their vectors, and the
        sum of their squared lengths.
    is_distance
        Whether the means are of Euclidean distances instead of dot products; then they are root
        mean squares.
    """

    counts: Doubles
    vectors: Doubles
    squares: Doubles
    is_distance: bool

    def means(self) -> Doubles:
        """Average over the pairs of every two parts, shape [parts, parts].

        No row is paired with itself; a part of one row has NaN on the diagonal.
        """
        totals, pairs = self.vectors @ self.vectors.T, np.outer(self.counts, self.counts)
        if self.is_distance:
            lengths = np.outer(self.counts, self.squares)
            totals = _rest(lengths + lengths.T, 2 * totals)
        own_totals, own_pairs = self._own()
        np.fill_diagonal(totals, own_totals)
        np.fill_diagonal(pairs, own_pairs)
        return self._mean(totals, pairs)

    def within_and_between(self) -> tuple[float, float] | None:
        """Average over pairs within parts and over pairs between parts; None if either is empty."""
        whole = PartSums(
            self.counts.sum(keepdims=True),
            self.vectors.sum(axis=0, keepdims=True),
            self.squares.sum(keepdims=True),
            self.is_distance,
        )
        (within, pairs), (everything, all_pairs) = (
            tuple(part.sum() for part in sums._own()) for sums in (self, whole)
        )
        if pairs in (0, all_pairs):
            return None
        totals, counts = [within, everything - within], [pairs, all_pairs - pairs]
        same, other = self._mean(np.array(totals), np.array(counts)).tolist()
        return same, other

    def first(self, count: int) -> "PartSums":
        """Return the first `count` parts only."""
        sums = (self.counts[:count], self.vectors[:count], self.squares[:count])
        return PartSums(*sums, self.is_distance)

    def _own(self) -> tuple[Doubles, Doubles]:
        """Return the sum over pairs of different rows of each part, and the number of pairs."""
        lengths: Doubles = np.einsum("ij,ij->i", self.vectors, self.vectors)
        totals = lengths - self.squares
        if self.is_distance:
            totals = _rest(2 * self.counts * self.squares, 2 * lengths)
        return totals, self.counts * (self.counts - 1)

    def _mean(self, totals: Doubles, pairs: Doubles) -> Doubles:
        nothing = np.full_like(totals, np.nan)
        means: Doubles = np.divide(totals, pairs, out=nothing, where=pairs > 0)
        return np.sqrt(means) if self.is_distance else means.clip(-1.0, 1.0)


def sum_parts(
    measure: WordAnalysis, layer: FloatArray, codings: Sequence[tuple[Codes, int]]
) -> list[PartSums]:
    """Sum the vectors of one layer, shape [rows, dim], over several partitions at once.

    Parameters
    ----------
    codings
        The part of each row, as a number, and the number of parts.
    """
    # The origin does not change distances, and small numbers keep their precision.
    origin = layer.mean(axis=0, dtype=np.float64) if measure.is_distance else 0.0
    found = [
        PartSums(
            np.bincount(codes, minlength=parts).astype(np.float64),
            np.zeros((parts, layer.shape[1])),
            np.zeros(parts),
            measure.is_distance,
        )
        for codes, parts in codings
    ]
    for start in range(0, len(layer), CHUNK):
        chunk = slice(start, start + CHUNK)
        vectors = measure.vectors(layer[chunk] - origin)
        for (codes, _), sums in zip(codings, found, strict=True):
            _add(sums, codes[chunk], vectors)
    return found


def _add(sums: PartSums, codes: Codes, vectors: Doubles) -> None:
    from scipy.sparse import csr_array

    names, place = np.unique(codes, return_inverse=True)
    ones, ends = np.ones(len(codes)), np.arange(len(codes) + 1)
    members = csr_array((ones, place, ends), shape=(len(codes), len(names))).T
    sums.vectors[names] += members @ vectors
    sums.squares[names] += members @ np.einsum("ij,ij->i", vectors, vectors)


def _rest(whole: Doubles, part: Doubles) -> Doubles:
    """Subtract; differences due to rounding become 0."""
    rest = whole - part
    rest[rest < ROUNDING * whole] = 0.0
    return rest
