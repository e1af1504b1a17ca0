"""Third moment by chance of sums over two word x word matrices.

The words of one matrix are permuted, rows and columns together. Mean and variance of the sum of
products have long been known in closed form; here is the third moment, for symmetric matrices
without diagonals whose entries sum to 0. Such a matrix is A_ij = U_ij + r_i + r_j, where the rows
of U and r sum to 0, and the sum over two of them is that of U and V plus 2 (n - 2) r's.

References
----------
Mantel (1967), The detection of disease clustering and a generalized regression approach.
Kazi-Aoual et al. (1995), Refined approximations to permutation tests for multivariate inference,
give the third moment of another matrix product.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from vgdesk.core.arrays import Doubles, FloatArray

# Fewer words have no six different ones to permute.
FEWEST_WORDS = 6
# Three entries of U form a figure of two to six words, such as a triangle. Permutations move each
# figure in one matrix to every place of the same figure in the other. For each figure: how often
# three entries form it, its number of words, and the sum over it as u cubes + v triangles.
_FIGURES = (
    (4, 2, 1, 0),  # one pair three times
    (24, 3, -1, 0),  # a pair twice, and one that shares a word
    (8, 3, 0, 1),  # a triangle
    (8, 4, 2, 0),  # a star
    (24, 4, 1, -1),  # a path
    (6, 4, 2, 0),  # a pair twice, and one apart
    (12, 5, -4, 2),  # two that share a word, and one apart
    (1, 6, 16, -8),  # three apart
)
# The same for two entries of U and one of r, and for one entry of U and two of r: how often, the
# number of words, and the multiple of the only sum that is left.
_SQUARES_AND_ROW = ((4, 2, 1), (8, 3, 1), (4, 3, 1), (8, 3, 1), (4, 4, 3), (4, 4, 2), (1, 5, 8))
_ENTRY_AND_ROWS = ((2, 2, 1), (4, 3, 1), (1, 4, 2))


@dataclass(frozen=True, slots=True, eq=False)
class MatrixSums:
    """The sums that the third moment depends on, each of shape [matrices].

    Attributes
    ----------
    cubes, triangles
        Sum of U_ij^3, and trace of U^3.
    squares_and_row, entry_and_rows, row_cubes
        Sum of U_ij^2 r_i, of U_ij r_i r_j, and of r_i^3.
    """

    cubes: Doubles
    triangles: Doubles
    squares_and_row: Doubles
    entry_and_rows: Doubles
    row_cubes: Doubles

    @classmethod
    def of(cls, matrices: FloatArray, words: int) -> Self:
        """Compute the sums of matrices, scaled so that the squares of all entries sum to 1.

        Parameters
        ----------
        matrices
            Shape [matrices, m, m], without diagonals.
        words
            The number of words of the whole matrices, of which these are a sample if m is less.
        """
        m = matrices.shape[1]
        centred, rows = _parts(matrices)
        size = np.einsum("lij,lij->l", centred, centred)
        size += 2 * (m - 2) * np.einsum("li,li->l", rows, rows)
        more = words * (words - 1) / (m * (m - 1))
        size = np.where(size > 0, (size * more) ** 1.5, np.inf)
        triangles = np.einsum("lij,lij->l", np.matmul(centred, centred), centred)
        return cls(
            np.einsum("lij,lij,lij->l", centred, centred, centred) * more / size,
            triangles * more * (words - 2) / (m - 2) / size,
            np.einsum("lij,lij,li->l", centred, centred, rows) * more / size,
            np.einsum("lij,li,lj->l", centred, rows, rows) * more / size,
            np.einsum("li,li,li->l", rows, rows, rows) * words / m / size,
        )


def third_moments(a: FloatArray, b: FloatArray, words: int) -> Doubles:
    """Return the mean of (sum_ij A_ij B_p(i)p(j))^3 over all permutations p.

    Parameters
    ----------
    a, b
        Shape [matrices, m, m], symmetric and without diagonals; scaled so that the squares of all
        entries sum to 1.
    words
        The number of words; more than m if `a` and `b` are over a sample of them.

    Returns
    -------
    array
        Shape [matrices of a, matrices of b]; exact if m is `words`, else an estimate.
    """
    if words < FEWEST_WORDS:
        return np.zeros((len(a), len(b)))
    one = MatrixSums.of(a, words)
    other = one if b is a else MatrixSums.of(b, words)
    both = np.outer(one.squares_and_row, other.squares_and_row)
    single = np.outer(one.entry_and_rows, other.entry_and_rows)
    rows = np.outer(one.row_cubes, other.row_cubes) * words / ((words - 1) * (words - 2))
    weight = 2 * (words - 2)
    total = rows * weight**3
    total += 3 * weight * both * sum(n * k**2 / _places(words, v) for n, v, k in _SQUARES_AND_ROW)
    total += (
        3 * weight**2 * single * sum(n * k**2 / _places(words, v) for n, v, k in _ENTRY_AND_ROWS)
    )
    for often, size, cubes, triangles in _FIGURES:
        sums = [cubes * side.cubes + triangles * side.triangles for side in (one, other)]
        total += often / _places(words, size) * np.outer(*sums)
    return total


def u_centred(matrices: FloatArray) -> Doubles:
    """Centre matrices without diagonal, [matrices, words, words], so that all rows sum to 0."""
    return _parts(matrices)[0]


def _parts(matrices: FloatArray) -> tuple[Doubles, Doubles]:
    """Split matrices without diagonals into U, whose rows sum to 0, and r, which sums to 0."""
    n = matrices.shape[1]
    sums = matrices.sum(axis=2, dtype=np.float64)
    means = sums.sum(axis=1, keepdims=True) / n
    rows = (sums - means) / (n - 2)
    shifts = rows + means / (2 * (n - 1))
    centred: Doubles = matrices - shifts[:, :, None] - shifts[:, None, :]
    place = np.arange(n)
    centred[:, place, place] = 0.0
    return centred, rows


def _places(words: int, size: int) -> float:
    """Return the number of ways to choose `size` different words in order."""
    return float(np.prod(words - np.arange(float(size))))
