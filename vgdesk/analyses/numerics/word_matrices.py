"""Sums over word x word matrices with each word left out, and their skewness by chance.

Up to a few hundred words the matrices are small enough to hold. Of a longer list a sample of the
words is taken: an error is a width, which does not need all words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from vgdesk.analyses.numerics.leaving_out import sampled_rows
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.stack import LayerStack

# Layers are scaled to a trace of 1; what is left of one in which all words are the same is less.
NOTHING = 1e-20
# Fewer words have no six different ones to permute.
FEWEST_SKEWED = 6


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


def third_moments(matrices: WordMatrices, words: int) -> Doubles:
    """Return the third moment by chance of debiased CKA, [layers of a, layers of b].

    Exact over all permutations of the words of one side, if `matrices` are over all words.

    Parameters
    ----------
    matrices
        Without diagonals.
    words
        The number of words in the list.

    References
    ----------
    Kazi-Aoual et al. (1995), Refined approximations to permutation tests for multivariate
    inference, give the third moment for any matrices. Without diagonal and with rows that sum to 0
    only two sums over each matrix are left, see `_third_moment`.
    """
    if words < FEWEST_SKEWED:
        return np.zeros((len(matrices.a), len(matrices.b)))
    a = _scaled_sums(matrices.a, words)
    b = a if matrices.b is matrices.a else _scaled_sums(matrices.b, words)
    return _third_moment(words, a, b)


def _u_centred(matrices: FloatArray) -> Doubles:
    """Centre matrices without diagonal so that all rows sum to 0."""
    n = matrices.shape[1]
    rows = matrices.sum(axis=2, dtype=np.float64)
    shifts = rows / (n - 2) - (rows.sum(axis=1) / (2 * (n - 1) * (n - 2)))[:, None]
    centred: Doubles = matrices - shifts[:, :, None] - shifts[:, None, :]
    place = np.arange(n)
    centred[:, place, place] = 0.0
    return centred


def _scaled_sums(matrices: FloatArray, words: int) -> tuple[Doubles, Doubles]:
    """Return sum_ij K_ij^3 and tr K^3 for all words, K U-centred and of a sum of squares of 1."""
    centred = _u_centred(matrices)
    m = centred.shape[1]
    squares = np.einsum("lij,lij->l", centred, centred)
    products = np.matmul(centred, centred)
    cubes = np.einsum("lij,lij,lij->l", centred, centred, centred)
    cycles = np.einsum("lij,lij->l", products, centred)
    size = (squares * (words * (words - 3)) / (m * (m - 3))) ** 1.5
    size = np.where(size > 0, size, np.inf)
    pairs, triples = words * (words - 1) / (m * (m - 1)), (words - 2) / (m - 2)
    return cubes * pairs / size, cycles * pairs * triples / size


def _third_moment(words: int, a: tuple[Doubles, Doubles], b: tuple[Doubles, Doubles]) -> Doubles:
    """Return the mean of (sum_ij A_ij B_p(i)p(j))^3 over all permutations p.

    Three entries form one of eight figures of two to six words, such as a triangle; permutations
    move each figure in A to every place of the same figure in B. Because rows sum to 0, the sum
    over each figure is a combination of the sum of cubes c and of triangles t.

    Parameters
    ----------
    a, b
        c and t of each matrix, [matrices].
    """
    # How often three entries form the figure, its number of words, and the sum over it: u c + v t.
    figures = (
        (4, 2, 1, 0),  # one pair three times
        (24, 3, -1, 0),  # a pair twice, and one that shares a word
        (8, 3, 0, 1),  # a triangle
        (8, 4, 2, 0),  # a star
        (24, 4, 1, -1),  # a path
        (6, 4, 2, 0),  # a pair twice, and one apart
        (12, 5, -4, 2),  # two that share a word, and one apart
        (1, 6, 16, -8),  # three apart
    )
    total = np.zeros((len(a[0]), len(b[0])))
    for often, size, cubes, cycles in figures:
        sums = [cubes * side[0] + cycles * side[1] for side in (a, b)]
        total += often / np.prod(words - np.arange(float(size))) * np.outer(*sums)
    return total
