"""Sums over K times L of two encoders, updated as the list changes.

With X the vectors of a layer, K = X X' holds the inner product of each pair of words. CKA consists
of sums over all entries of K times L, and a new word adds one row and one column to them: its
inner products with all other words, n x dim multiplications per layer instead of n x n x dim. The
matrices themselves are not needed; a deleted word is subtracted in the same way.

K has to be centred, and each word moves the mean a little. So vectors are taken relative to the
mean of the last full run, and the exact centring is done afterwards, from the row sums of K:

    <HKH, HLH> = <K, L> - 2/n k'l + (1'k) (1'l) / n^2,  k = K1, l = L1, H = I - 11'/n

While a layer keeps about the same size, this loses hardly any precision. When it no longer does,
at the latest when the list has doubled, everything is recomputed.
"""

import weakref
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from vgdesk.analyses.base import need_same_rows
from vgdesk.analyses.numerics.layer_products import (
    PRECISE_WORDS,
    Frame,
    LayerProducts,
    framed_layers,
    multiplied,
)
from vgdesk.analyses.row_changes import IncrementalCache, RowChange
from vgdesk.core.arrays import Doubles, FloatArray, Places
from vgdesk.core.stack import LayerStack

# With more changed rows a full run is faster.
MOST_CHANGED = 32
# Factor by which a layer may grow or shrink before everything is recomputed.
GROWTH = 4.0
# Rows centred at a time: they fit into the cache of the processor.
CHUNK = 256


def growing_products(a: LayerStack, b: LayerStack) -> LayerProducts:
    """Compute `layer_products`, reusing the sums of nearly the same rows where these are cached.

    Updated sums differ from those of a full run by rounding: by less than 1e-6 of their upper
    bound, as sums in float32 do anyway, and with up to 128 words by less than 1e-12. The cache
    holds two numbers for each layer and word.
    """
    need_same_rows(a, b)
    # Vectors that were modified have no keys: they cannot be cached.
    keys = tuple(zip(a.keys, b.keys, strict=True)) if a.keys and b.keys else ()
    # A stack compared with itself is updated once, for both sides.
    encoders = b is a, *((side.encoder, side.layers, side.values.shape[2]) for side in (a, b))
    found = _kept.find(encoders, keys) if keys else None
    sums = found and found[0].followed(a, b, found[1])
    if sums is None:
        sums = GrowingSums.of(a, b)
    if keys:
        _kept.keep(encoders, keys, sums)
    return sums.products()


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One encoder: sums over the K of each of its layers.

    Attributes
    ----------
    stack
        The vectors, while still in memory: deleted rows are looked up here.
    frames
        The mean that is subtracted and the unit of length, for each layer.
    own, first
        Shape [layers]: K times K, now and at the last full run.
    rows, diagonal
        Shape [layers, words]: the sum of each row of K, and its entry on the diagonal.
    """

    stack: "weakref.ref[LayerStack]"
    frames: tuple[Frame, ...]
    own: Doubles
    first: Doubles
    rows: Doubles
    diagonal: Doubles

    @classmethod
    def of(cls, stack: LayerStack, frames: tuple[Frame, ...], own: Doubles, on: Doubles) -> Self:
        """Start from a full run, in which K is centred."""
        return cls(weakref.ref(stack), frames, own, own, np.zeros_like(on), on)

    def entries(self, stack: LayerStack, change: RowChange) -> Doubles | None:
        """Return the columns of K that a change removes, then those that it adds.

        Returns
        -------
        array or None
            Shape [layers, rows that stay + columns, columns]. None if the deleted rows are no
            longer in memory, or if there is no unit of length.
        """
        old = self.stack()
        if (old is None and len(change.gone)) or not all(frame.size for frame in self.frames):
            return None
        new = stack.values[:, change.new]
        columns = new if old is None else np.hstack([old.values[:, change.gone], new])
        layers = zip(self.frames, stack.values, columns, strict=True)
        return np.stack([_inner(frame, layer, change.after, some) for frame, layer, some in layers])

    def with_entries(
        self, stack: LayerStack, change: RowChange, entries: Doubles, weights: Doubles
    ) -> Self:
        """Apply a change; the weights say how often each entry counts."""
        stay, gone = len(change.after), len(change.gone)
        rows, diagonal = np.empty((2, len(self.rows), len(stack.rows)))
        rows[:, change.after] = self.rows[:, change.before] + entries[:, :stay] @ weights[0] / 2
        rows[:, change.new] = entries[:, :stay, gone:].sum(axis=1)
        rows[:, change.new] += entries[:, stay + gone :, gone:].sum(axis=1)
        diagonal[:, change.after] = self.diagonal[:, change.before]
        diagonal[:, change.new] = np.diagonal(entries[:, stay:], 0, 1, 2)[:, gone:]
        own = self.own + np.einsum("lij,lij,ij->l", entries, entries, weights)
        return replace(self, stack=weakref.ref(stack), own=own, rows=rows, diagonal=diagonal)

    def is_steady(self) -> bool:
        """Whether each layer keeps about its size, relative to the old mean and to its own."""
        sizes = np.stack([self.own, self.centred_own()])
        return bool(np.all((sizes < GROWTH * self.first) & (sizes * GROWTH > self.first)))

    def centred_own(self) -> Doubles:
        n, totals = self.rows.shape[1], self._totals()
        own: Doubles = self.own - 2 / n * np.sum(self.rows**2, axis=1) + (totals / n) ** 2
        return own

    def centred_diagonal(self) -> Doubles:
        n = self.rows.shape[1]
        found: Doubles = self.diagonal - 2 / n * self.rows + self._totals()[:, None] / n**2
        return found

    def centred_between(self, other: "Side", between: Doubles) -> Doubles:
        n, totals = self.rows.shape[1], np.outer(self._totals(), other._totals())
        found: Doubles = between - 2 / n * (self.rows @ other.rows.T) + totals / n**2
        return found

    def _totals(self) -> Doubles:
        totals: Doubles = self.rows.sum(axis=1)
        return totals


def _inner(frame: Frame, layer: FloatArray, stay: Places, some: FloatArray) -> Doubles:
    """Multiply the rows of a layer that stay, followed by some others, with those others."""
    others = frame.centred(some)
    units = (others / frame.size / frame.size).T
    products = np.empty((len(stay) + len(some), len(some)))
    products[len(stay) :] = others @ units
    for start in range(0, len(stay), CHUNK):
        rows = stay[start : start + CHUNK]
        products[start : start + len(rows)] = frame.centred(layer[rows]) @ units
    return products


@dataclass(frozen=True, slots=True, eq=False)
class GrowingSums:
    """Two encoders over the same rows, and K times L for every two of their layers."""

    a: Side
    b: Side
    between: Doubles

    @classmethod
    def of(cls, a: LayerStack, b: LayerStack) -> Self:
        """Compute everything."""
        units_a, frames_a = framed_layers(a.values)
        units_b, frames_b = (units_a, frames_a) if b is a else framed_layers(b.values)
        products = multiplied(units_a, units_b)
        return cls(
            Side.of(a, frames_a, products.own_a, products.diagonal_a),
            Side.of(b, frames_b, products.own_b, products.diagonal_b),
            products.between,
        )

    def followed(self, a: LayerStack, b: LayerStack, change: RowChange) -> Self | None:
        """Subtract deleted rows and add new ones; None if a full run is better."""
        signs = np.repeat([-1.0, 1.0], [len(change.gone), len(change.new)])
        # Sums of a longer list are in float32, which is not enough for a short one.
        is_short_now = len(a.rows) <= PRECISE_WORDS < self.a.rows.shape[1]
        if len(signs) > MOST_CHANGED or is_short_now:
            return None
        of_a = self.a.entries(a, change)
        of_b = of_a if b is a else self.b.entries(b, change)
        if of_a is None or of_b is None:
            return None
        # Off the diagonal an entry counts twice; deleted and new rows never meet.
        twice = np.tile(2 * signs, (len(change.after), 1))
        weights = np.vstack([twice, np.add.outer(signs, signs) / 2])
        between = self.between + np.tensordot(of_a * weights, of_b, ((1, 2), (1, 2)))
        found = type(self)(
            self.a.with_entries(a, change, of_a, weights),
            self.b.with_entries(b, change, of_b, weights),
            between,
        )
        return found if found.a.is_steady() and found.b.is_steady() else None

    def products(self) -> LayerProducts:
        """Return the sums for centred K, whose trace was 1 at the last full run."""
        return LayerProducts(
            self.a.rows.shape[1],
            self.a.centred_between(self.b, self.between),
            self.a.centred_own(),
            self.b.centred_own(),
            self.a.centred_diagonal(),
            self.b.centred_diagonal(),
        )


_kept: IncrementalCache[GrowingSums] = IncrementalCache(4)
