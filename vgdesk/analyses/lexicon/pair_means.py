"""Mean cosine over many pairs of items, from sums instead of single pairs where possible.

With unit vectors u the sum of cosines over all pairs of a group is (|sum u|^2 - sum |u|^2) / 2, so
a group of any size costs one pass. An item may itself be a mean of unit vectors: its product with
another one is then the mean cosine between the vectors of both.
"""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from vgdesk.core.arrays import Codes, Doubles, FloatArray

# Listed pairs processed at once.
BLOCK = 4096


class Pairs(Protocol):
    """Pairs of items, each with its weight in the mean."""

    @property
    def count(self) -> int:
        """Number of pairs."""

    def sums(self, items: FloatArray, counts: FloatArray) -> tuple[Doubles, Doubles]:
        """Sum the cosines of all ordered pairs of items [items, dim], and their weights.

        Parameters
        ----------
        counts
            Shape [items, samples]: how often each item occurs. In float32 it takes half the time
            and keeps six digits.

        Returns
        -------
        tuple
            Both of shape [samples].
        """

    def weights(self, items: int) -> tuple[float, Doubles]:
        """Return the sum of squared weights over ordered pairs, and the sum for each item.

        Weights are scaled to a sum of 1.
        """


@dataclass(frozen=True, slots=True, eq=False)
class ListedPairs:
    """Pairs listed one by one.

    Attributes
    ----------
    pairs
        Shape [pairs, 2], indices of items.
    shares
        Shape [pairs]: the weight of each.
    """

    pairs: Codes
    shares: Doubles

    @classmethod
    def equal(cls, pairs: Codes) -> Self:
        return cls(pairs, np.ones(len(pairs)))

    @property
    def count(self) -> int:
        return len(self.pairs)

    def sums(self, items: FloatArray, counts: FloatArray) -> tuple[Doubles, Doubles]:
        total, size = np.zeros((2, counts.shape[1]))
        for start in range(0, len(self.pairs), BLOCK):
            part = slice(start, start + BLOCK)
            one, other = self.pairs[part].T
            weights = 2 * counts[one] * counts[other]
            weights *= self.shares[part, None].astype(weights.dtype)
            total += np.einsum("ij,ij->i", items[one], items[other]) @ weights
            size += weights.sum(axis=0)
        return total, size

    def weights(self, items: int) -> tuple[float, Doubles]:
        shares = self.shares / (2 * self.shares.sum())
        sums: Doubles = np.zeros(items)
        np.add.at(sums, self.pairs, shares[:, None])
        return float(2 * shares @ shares), sums


@dataclass(frozen=True, slots=True, eq=False)
class GroupPairs:
    """All pairs of items of the same group, with equal weight.

    Attributes
    ----------
    groups
        Shape [items]: the group of each, from 0; an item alone in its group has no pair.
    """

    groups: Codes

    @property
    def count(self) -> int:
        sizes = np.bincount(self.groups)
        return int(sizes @ (sizes - 1)) // 2

    def sums(self, items: FloatArray, counts: FloatArray) -> tuple[Doubles, Doubles]:
        squares = np.einsum("ij,ij->i", items, items)
        total, size = np.zeros((2, counts.shape[1]))
        for members in self._members():
            own = counts[members]
            sums = own.T @ items[members]
            total += np.einsum("ij,ij->i", sums, sums) - squares[members] @ own**2
            size += own.sum(axis=0, dtype=np.float64) ** 2 - (own**2).sum(axis=0)
        return total, size

    def weights(self, items: int) -> tuple[float, Doubles]:
        partners = np.bincount(self.groups)[self.groups].astype(np.float64) - 1
        return float(1 / partners.sum()), partners / partners.sum()

    def _members(self) -> list[Codes]:
        order = np.argsort(self.groups, kind="stable")
        ends = np.flatnonzero(np.diff(self.groups[order])) + 1
        return [members for members in np.split(order, ends) if len(members) > 1]


@dataclass(frozen=True, slots=True)
class PairsApart:
    """All pairs of items except those that have something in common.

    Attributes
    ----------
    common
        Pairs to exclude; no pair may be in two of them.
    """

    common: tuple[Pairs, ...]

    def sums(self, items: FloatArray, counts: FloatArray) -> tuple[Doubles, Doubles]:
        """Sum cosines and weights as `Pairs` do."""
        every = GroupPairs(np.zeros(len(items), np.intp))
        (total, size), *less = (pairs.sums(items, counts) for pairs in (every, *self.common))
        for sums, sizes in less:
            total, size = total - sums, size - sizes
        return total, size

    def count(self, items: int) -> int:
        return items * (items - 1) // 2 - sum(pairs.count for pairs in self.common)


@dataclass(frozen=True, slots=True)
class PairSpread:
    """The sums that determine the spread of a mean over pairs under permutation of the items.

    Attributes
    ----------
    items
        Number of items.
    squares
        Sum over all ordered pairs of the squared cosine, minus its mean.
    sums
        Sum over all items of the squared sum of their cosines with all others, minus their mean.
    """

    items: int
    squares: float
    sums: float

    @classmethod
    def of(cls, items: Doubles) -> Self:
        """Compute the sums for items [items, dim], through the smaller of their two products."""
        n, dim = items.shape
        own = np.einsum("ij,ij->i", items, items)
        products = items @ items.T if n < dim else items.T @ items
        sums = items @ items.sum(axis=0) - own
        total = float(sums.sum())
        squares = float(np.vdot(products, products) - own @ own) - total**2 / max(n * (n - 1), 1)
        return cls(n, max(squares, 0.0), float(np.sum((sums - total / n) ** 2)))

    def deviation(self, pairs: Pairs) -> float:
        """Return the standard deviation of the mean over `pairs`, over all n! permutations.

        References
        ----------
        Mantel (1967), The detection of disease clustering and a generalized regression approach.
        """
        n = self.items
        weight, of_items = pairs.weights(n)
        # Two pairs are the same, share one item, or share none.
        one, apart = float(of_items @ of_items) - weight, self.sums - self.squares
        variance = 2 * weight * self.squares / (n * (n - 1))
        variance += 4 * one * apart / max(n * (n - 1) * (n - 2), 1)
        rest = (1 - 4 * one - 2 * weight) * (-4 * apart - 2 * self.squares)
        variance += rest / max(n * (n - 1) * (n - 2) * (n - 3), 1)
        return float(np.sqrt(max(variance, 0.0)))
