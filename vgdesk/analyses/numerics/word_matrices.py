"""Sums over word x word matrices with each word left out.

Up to a few hundred words the matrices are small enough to hold. Of a longer list a sample of the
words is taken: an error is a width, which does not need all words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from vgdesk.analyses.numerics.layer_products import LayerProducts
from vgdesk.analyses.numerics.leaving_out import sampled_rows
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.stack import LayerStack

# Layers are scaled to a trace of 1; what is left of one in which all words are the same is less.
NOTHING = 1e-20


def sampled_words(a: LayerStack, b: LayerStack) -> tuple[LayerStack, LayerStack]:
    """Keep the rows of `sampled_rows` of both stacks, once if they are the same stack."""
    rows = sampled_rows(len(a.rows))
    some = a.only(rows)
    return some, some if b is a else b.only(rows)


@dataclass(frozen=True, slots=True, eq=False)
class WordMatrices:
    """Symmetric matrices of the layers of two encoders over the same words.

    Attributes
    ----------
    a, b
        Shape [layers, words, words].
    """

    a: FloatArray
    b: FloatArray

    @classmethod
    def of_products(cls, units_a: Sequence[FloatArray], units_b: Sequence[FloatArray]) -> Self:
        """Multiply centred layers with themselves, once if both sides are the same."""
        a, b = (np.stack([unit @ unit.T for unit in units]) for units in (units_a, units_b))
        return cls(a, a if units_b is units_a else b)

    def without_diagonal(self) -> Self:
        """Return copies with zeros on the diagonals."""
        off = 1 - np.eye(self.a.shape[1], dtype=self.a.dtype)
        a = self.a * off
        return type(self)(a, a if self.b is self.a else self.b * off)

    def products(self) -> LayerProducts:
        """Return the sums over all entries, with the diagonals."""
        a, b = (side.reshape(len(side), -1) for side in (self.a, self.b))
        own_a, own_b = (np.einsum("lk,lk->l", side, side) for side in (a, b))
        diagonals = (np.diagonal(side, 0, 1, 2).astype(np.float64) for side in (self.a, self.b))
        return LayerProducts(self.a.shape[1], a @ b.T, own_a, own_b, *diagonals)

    def row_sums(self) -> Doubles:
        """Return the sums over each row of A * B, [words, layers of a, layers of b]."""
        sums: Doubles = np.matmul(self.a.transpose(1, 0, 2), self.b.transpose(1, 2, 0))
        return sums.astype(np.float64)


def correlations_left_out(matrices: WordMatrices) -> Doubles:
    """Pearson's correlation over all pairs without each word in turn, [words, layers, layers].

    Parameters
    ----------
    matrices
        Without diagonals.
    """
    n = matrices.a.shape[1]
    pairs = (n - 1) * (n - 2) / 2
    a, b = _Sums.of(matrices.a), _Sums.of(matrices.b)
    products = matrices.row_sums()
    totals_a, totals_b = a.totals_left_out(), b.totals_left_out()
    between = products.sum(axis=0) / 2 - products
    between -= totals_a[:, :, None] * totals_b[:, None, :] / pairs
    own_a, own_b = (
        a.squares_left_out() - totals_a**2 / pairs,
        b.squares_left_out() - totals_b**2 / pairs,
    )
    return _cosines(between, own_a, own_b)


def cka_left_out(matrices: WordMatrices, *, is_debiased: bool) -> Doubles:
    """CKA without each word in turn, [words, layers of a, layers of b].

    Parameters
    ----------
    matrices
        Inner products or kernels; their diagonals must be 0 if `is_debiased`.

    References
    ----------
    Song et al. (2012), Feature selection via dependence maximization, eq. 5 (debiased): all sums
    without a word follow from sums over its row and column.
    """
    a, b = _Sums.of(matrices.a), _Sums.of(matrices.b)
    between = _left_out(
        matrices.row_sums(),
        (a.rows.T[:, :, None], b.rows.T[:, None, :]),
        (a.diagonal.T[:, :, None], b.diagonal.T[:, None, :]),
        (
            np.matmul(matrices.a, b.rows.T).transpose(1, 0, 2),
            np.matmul(matrices.b, a.rows.T).transpose(1, 2, 0),
        ),
        is_debiased=is_debiased,
    )
    own_a, own_b = a.own_left_out(is_debiased), b.own_left_out(is_debiased)
    return _cosines(between, own_a, own_b)


def _cosines(between: Doubles, own_a: Doubles, own_b: Doubles) -> Doubles:
    sizes = np.maximum(own_a, 0)[:, :, None] * np.maximum(own_b, 0)[:, None, :]
    found = np.divide(between, np.sqrt(sizes), out=np.zeros_like(between), where=sizes > NOTHING)
    within: Doubles = found.clip(-1.0, 1.0)
    return within


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over the matrices of one side.

    Attributes
    ----------
    matrices
        Shape [layers, words, words].
    rows, diagonal
        Shape [layers, words].
    """

    matrices: FloatArray
    rows: Doubles
    diagonal: Doubles

    @classmethod
    def of(cls, matrices: FloatArray) -> Self:
        rows = matrices.sum(axis=2, dtype=np.float64)
        return cls(matrices, rows, np.diagonal(matrices, 0, 1, 2).astype(np.float64))

    def totals_left_out(self) -> Doubles:
        """Return the sum of all pairs without each word, [words, layers]."""
        totals: Doubles = self.rows.sum(axis=1) / 2 - self.rows.T
        return totals

    def squares_left_out(self) -> Doubles:
        """Return the sum of the squares of all pairs without each word, [words, layers]."""
        squares = np.einsum("lij,lij->il", self.matrices, self.matrices).astype(np.float64)
        left: Doubles = squares.sum(axis=0) / 2 - squares
        return left

    def own_left_out(self, is_debiased: bool) -> Doubles:
        """Return the sums of each layer with itself, [words, layers]."""
        squares = np.einsum("lij,lij->il", self.matrices, self.matrices).astype(np.float64)
        rows, diagonal = self.rows.T, self.diagonal.T
        cross = np.einsum("lij,lj->il", self.matrices, self.rows)
        return _left_out(
            squares, (rows, rows), (diagonal, diagonal), (cross, cross), is_debiased=is_debiased
        )


def _left_out(
    products: Doubles,
    rows: tuple[Doubles, Doubles],
    diagonals: tuple[Doubles, Doubles],
    crosses: tuple[Doubles, Doubles],
    *,
    is_debiased: bool,
) -> Doubles:
    """Return <HKH, HLH> without each word, the first axis of all arrays.

    Parameters
    ----------
    products
        Sum over j of K_ij L_ij.
    rows, diagonals
        Row sums and diagonals of K and of L.
    crosses
        K times the row sums of L, and L times those of K.
    """
    (one, other), (one_ii, other_ii) = rows, diagonals
    both = one_ii * other_ii
    entries = products.sum(axis=0) - 2 * products + both
    margins = (one * other).sum(axis=0) - one * other + products - both
    margins = margins - (crosses[0] - one_ii * other) - (crosses[1] - other_ii * one)
    totals = one.sum(axis=0) - 2 * one + one_ii
    totals = totals * (other.sum(axis=0) - 2 * other + other_ii)
    n = len(products) - 1
    found: Doubles = (
        entries - 2 / (n - 2) * margins + totals / ((n - 1) * (n - 2))
        if is_debiased
        else entries - 2 / n * margins + totals / n**2
    )
    return found
