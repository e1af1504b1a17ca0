"""Comparison of triples A, B, X, where A and X share a label: is A nearer to X than B is.

A cell is a pair of labels (that of A and X, that of B) and, where speakers count, a pair of
speakers. All triples of a cell are compared; cells weigh the same regardless of their size.

References
----------
Schatz et al. (2013), Evaluating speech features with the minimal-pair ABX task.
Poli et al. (2025), fastabx: a library for efficient computation of ABX discriminability.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, Self

import numpy as np

from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Codes, Doubles, FloatArray, Mask

# Float32 values held at once: 120 MB.
BLOCK = 30_000_000
# Differences below this share of the mean squared length are rounding.
MARGIN = 3e-7


class Nearness(Protocol):
    """Nearness between rows; compared for one X at a time, so each X may have its own offset."""

    def ordered(self, rows: Codes) -> "Nearness":
        """Keep the given rows, in the given order."""

    def between(self, asked: Codes, columns: slice) -> FloatArray:
        """Return the nearness of some rows to others, [asked, columns], float32."""


@dataclass(frozen=True, slots=True, eq=False)
class VectorNearness:
    """Nearness by the angle between vectors.

    Among unit vectors the nearest by angle is the nearest by distance, and that is the one with
    the largest x'a - a'a / 2. Distances do not depend on the origin: vectors are centred, or
    float32 could not separate vectors in a narrow cone.

    Attributes
    ----------
    points
        Shape [rows, dim], float32; the mean of their squared lengths is 1.
    is_silent
        Shape [rows], True for zero vectors: they are far from all others and from each other.
    """

    points: FloatArray
    is_silent: Mask

    @classmethod
    def of(cls, layer: FloatArray) -> Self:
        """Prepare the vectors of a layer, [rows, dim]."""
        points = unit_rows(layer)
        is_silent: Mask = np.logical_not(points.any(axis=1))
        if not is_silent.all():
            # Exact, so that a layer which is the same for all rows is exactly 0.
            points -= points[is_silent.argmin()].copy()
            points[is_silent] = 0.0
            points -= points.sum(axis=0) / np.count_nonzero(~is_silent)
            points[is_silent] = 0.0
        points /= np.sqrt(np.einsum("ij,ij->i", points, points).mean()) or 1.0
        return cls(points.astype(np.float32), is_silent)

    def ordered(self, rows: Codes) -> "VectorNearness":
        return VectorNearness(self.points[rows], self.is_silent[rows])

    def between(self, asked: Codes, columns: slice) -> FloatArray:
        others = self.points[columns]
        # numpy detects the product of a matrix with itself, which takes half the time.
        is_same = len(asked) == len(others) and asked[0] == columns.start
        near: FloatArray = (others if is_same else self.points[asked]) @ others.T
        near -= np.einsum("ij,ij->i", others, others) / 2
        near[:, self.is_silent[columns]] = -np.inf
        near[self.is_silent[asked]] = -np.inf
        return near


@dataclass(frozen=True, slots=True, eq=False)
class MatrixNearness:
    """Nearness from a table, such as one of distances between sequences; shape [rows, rows]."""

    values: FloatArray

    @classmethod
    def of_distances(cls, distances: FloatArray) -> Self:
        """Convert distances, shape [rows, rows], to nearness."""
        largest = float(np.abs(distances).max(initial=0.0))
        return cls((-distances / (largest or 1.0)).astype(np.float32))

    def ordered(self, rows: Codes) -> "MatrixNearness":
        return MatrixNearness(self.values[np.ix_(rows, rows)])

    def between(self, asked: Codes, columns: slice) -> FloatArray:
        return self.values[asked, columns]


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """All X that are compared with A and B of one speaker.

    Attributes
    ----------
    columns
        The rows of that speaker, in the order of `Trials`.
    labels, starts
        Shapes [groups] and [groups + 1]: the label of each group, and where its columns start.
    asked, own, selves
        Shape [x]: the row of each X, its group, and its own column or -1.
    weights
        Shape [x]: one over the number of X that share its label and speaker.
    """

    columns: slice
    labels: Codes
    starts: Codes
    asked: Codes
    own: Codes
    selves: Codes
    weights: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """The triples to compare.

    Attributes
    ----------
    order
        Shape [rows]: the rows by speaker, then by label.
    labels
        Shape [rows]: the label of each, in that order.
    is_across
        True if X is by a different speaker than A and B; otherwise speakers are ignored.
    rounds
        One per speaker whose rows can be A and B.
    """

    order: Codes
    labels: Codes
    is_across: bool
    rounds: tuple[Round, ...]

    @classmethod
    def of(
        cls,
        labels: Codes,
        speakers: Codes | None = None,
        *,
        within: bool = False,
        by: Codes | None = None,
    ) -> Self:
        """Form triples by labels, [rows]; across speakers if given, or within each of them.

        Where `by` is given, A, B and X agree in it.
        """
        is_across = speakers is not None and not within
        speakers = np.zeros_like(labels) if speakers is None else speakers
        by = np.zeros_like(labels) if by is None else by
        order = np.lexsort((labels, speakers, by))
        labels, speakers, by = labels[order], speakers[order], by[order]
        ends = np.flatnonzero(np.diff(speakers) | np.diff(by)) + 1
        rounds = (
            _round(slice(first, end), labels, speakers, by, is_across=is_across)
            for first, end in pairwise([0, *ends.tolist(), len(labels)])
        )
        asked = tuple(found for found in rounds if len(found.labels) > 1 and len(found.asked))
        return cls(order, labels, is_across, asked)

    def cells(self) -> tuple[Doubles, Doubles]:
        """Return the share of each row in the number of cells, as X and as B, [rows]."""
        as_x, as_b = np.zeros((2, len(self.order)))
        for found in self.rounds:
            sizes = np.diff(found.starts)
            as_x[found.asked] += found.weights * (len(sizes) - 1)
            by_group = np.bincount(found.own, found.weights, len(sizes))
            as_b[found.columns] += np.repeat((by_group.sum() - by_group) / sizes, sizes)
        return _in_place(as_x, self.order), _in_place(as_b, self.order)

    def spread(self) -> float:
        """Return a number proportional to the spread by chance, for comparable rows.

        By chance the answers of two pairs (X, A) are nearly independent, unless it is the same pair
        in either order. So the spread is that of a mean over pairs.
        """
        total = 0.0
        for found in self.rounds:
            sizes = np.diff(found.starts)
            of_a = (len(sizes) - 1) ** 2 / (sizes[found.own] - (not self.is_across))
            of_b = (1 / sizes).sum() - 1 / sizes[found.own]
            total += float((found.weights**2 * (of_a + of_b)).sum())
        return math.sqrt(total) / float(self.cells()[0].sum())


def _round(columns: slice, labels: Codes, speakers: Codes, by: Codes, *, is_across: bool) -> Round:
    groups, starts = np.unique(labels[columns], return_index=True)
    starts = np.append(starts, columns.stop - columns.start)
    is_here = np.zeros(len(labels), bool)
    is_here[columns] = True
    asked = np.flatnonzero((is_here != is_across) & (by == by[columns.start]))
    own = np.searchsorted(groups, labels[asked]).clip(max=len(groups) - 1)
    # No row is its own A.
    candidates = np.diff(starts)[own] - (not is_across)
    is_asked = (groups[own] == labels[asked]) & (candidates > 0)
    asked, own = asked[is_asked], own[is_asked]
    selves = np.full_like(asked, -1) if is_across else asked - columns.start
    kin = speakers[asked] * (labels.max() + 1) + labels[asked]
    _, kind, sizes = np.unique(kin, return_inverse=True, return_counts=True)
    return Round(columns, groups, starts, asked, own, selves, 1 / sizes[kind])


@dataclass(frozen=True, slots=True, eq=False)
class AbxErrors:
    """The contribution of each row to the summed errors of all cells, by its role.

    Attributes
    ----------
    as_x, as_a, as_b
        Shape [rows]; each sums to the same.
    cells
        The number of cells.
    """

    as_x: Doubles
    as_a: Doubles
    as_b: Doubles
    cells: float

    @property
    def rate(self) -> float:
        """The error rate: the mean over cells; .5 without any triple."""
        return float(self.as_x.sum()) / self.cells if self.cells else 0.5


def abx_losses(nearness: Nearness, trials: Trials) -> AbxErrors:
    """Compare all triples."""
    as_x, as_a, as_b = np.zeros((3, len(trials.order)))
    for found, block, errors in _answers(nearness, trials, as_a, as_b):
        as_x[found.asked[block]] += found.weights[block] * errors.sum(axis=1)
    cells = sum(float(found.weights.sum()) * (len(found.labels) - 1) for found in trials.rounds)
    x, a, b = (_in_place(part, trials.order) for part in (as_x, as_a, as_b))
    return AbxErrors(x, a, b, cells)


def abx_cells(nearness: Nearness, trials: Trials) -> Doubles:
    """Return the error rate of each pair of labels, averaged over speakers where they count.

    Returns
    -------
    array
        Shape [label of A and X, label of B], from 0 to 1, chance .5; NaN without any triple.
    """
    count = int(trials.labels.max()) + 1
    sums, cells = np.zeros((2, count, count))
    unused = np.zeros((2, len(trials.order)))
    for found, block, errors in _answers(nearness, trials, *unused):
        asked = trials.labels[found.asked[block]]
        places = np.ix_(asked, found.labels)
        is_other = asked[:, None] != found.labels
        np.add.at(sums, places, found.weights[block, None] * errors)
        np.add.at(cells, places, found.weights[block, None] * is_other)
    return np.divide(sums, cells, out=np.full_like(sums, np.nan), where=cells > 0)


def _answers(
    nearness: Nearness, trials: Trials, as_a: Doubles, as_b: Doubles
) -> Iterator[tuple[Round, slice, Doubles]]:
    from vgdesk.analyses.numerics.triple_counts import lost_triples

    sorted_rows = nearness.ordered(trials.order)
    for found in trials.rounds:
        # An X needs one float32 per column and one float64 per group.
        step = 1 + BLOCK // int(found.starts[-1] + 2 * len(found.labels))
        for start in range(0, len(found.asked), step):
            block = slice(start, start + step)
            yield (
                found,
                block,
                lost_triples(
                    sorted_rows.between(found.asked[block], found.columns),
                    found.own[block],
                    found.selves[block],
                    found.starts,
                    found.weights[block],
                    np.float32(MARGIN),
                    as_a[found.columns],
                    as_b[found.columns],
                ),
            )


def _in_place(values: Doubles, order: Codes) -> Doubles:
    """Restore the order of the rows."""
    found = np.empty_like(values)
    found[order] = values
    return found
