"""Debiased CKA without each word in turn, from one pass over the products of the words.

With K = X X' and L = Y Y' without diagonals, k = K1, l = L1, s = 1'k and t = 1'l, the inner product
of the U-centred matrices is

    <K, L> - 2 k'l / (n - 2) + s t / ((n - 1) (n - 2)).

Leaving out word i changes each term by sums over row i only, so all n values together cost as much
as the one for all words.

References
----------
Song et al. (2012), Feature selection via dependence maximization, eq. 5.
"""

import numpy as np

from vgdesk.analyses.base import need_words
from vgdesk.analyses.numerics.principal_components import centred
from vgdesk.core.arrays import Doubles, FloatArray

MIN_WORDS = 5  # one more than the estimator needs
# A smaller share of the product with diagonals is rounding.
NOTHING = 1e-12


def debiased_cka_left_out(x: FloatArray, y: FloatArray) -> Doubles:
    """Return debiased linear CKA of two layers without each word.

    Parameters
    ----------
    x, y
        Shapes [words, dim]; `dim` may differ.

    Returns
    -------
    array
        Shape [words]; 0 where all remaining words are the same in a layer.

    Raises
    ------
    TooFewWordsError
        With fewer than five words.
    """
    need_words(MIN_WORDS, len(x))
    one, other = _products(x), _products(y)
    sizes = np.sqrt(_left_out(one, one)) * np.sqrt(_left_out(other, other))
    products = _left_out(one, other)
    found: Doubles = np.divide(products, sizes, out=np.zeros(len(x)), where=sizes > 0)
    return found


def _products(values: FloatArray) -> Doubles:
    """Multiply each word with each other word, in units of the size of the layer."""
    rows = centred(values)
    size = float(np.linalg.norm(rows))
    products: Doubles = (rows @ rows.T) / (size * size if size > 0 else 1.0)
    np.fill_diagonal(products, 0.0)
    return products


def _left_out(one: Doubles, other: Doubles) -> Doubles:
    """Return the inner product of the U-centred matrices without each word."""
    n = len(one) - 1
    sums, other_sums = one.sum(axis=1), other.sum(axis=1)
    both = np.einsum("ij,ij->i", one, other)
    products = both.sum() - 2 * both
    crossed = sums @ other_sums - sums * other_sums - one @ other_sums - other @ sums + both
    totals = (sums.sum() - 2 * sums) * (other_sums.sum() - 2 * other_sums)
    found: Doubles = products - 2 / (n - 2) * crossed + totals / ((n - 1) * (n - 2))
    if one is other:
        found[found < NOTHING] = 0.0
    return found
