"""The interval of the study: repeats that each leave out one group of words.

Repeats share most of their words, but Student's t assumes independence: the interval is many times
too narrow for a claim about other words.
"""

from collections.abc import Iterator

import numpy as np

from vgdesk.analyses.numerics.principal_components import centred
from vgdesk.core.arrays import Codes, Doubles, FloatArray

LEFT_OUT = "95 % t interval over {} repeats, each without one group"


def half_width(repeats: Doubles) -> Doubles:
    """Return half the width of Student's 95 % interval of the mean, from [repeats, layers]."""
    from scipy.stats import t

    n = len(repeats)
    if n == 1:
        return np.zeros(repeats.shape[1])
    reach: Doubles = t.ppf(0.975, n - 1) * repeats.std(axis=0, ddof=1) / np.sqrt(n)
    return reach


def biased_cka_without_groups(x: FloatArray, y: FloatArray, codes: Codes) -> Doubles:
    """Biased linear CKA of two layers, leaving out each group of rows in turn.

    Parameters
    ----------
    x, y
        Shapes [rows, dim]; `dim` may differ.
    codes
        Shape [rows]: the group of each row, from 0; a negative one is never left out.

    Returns
    -------
    array
        Shape [groups]; 0 where all remaining rows are the same.
    """
    values = centred(x), centred(y)
    both = np.concatenate(values, axis=1)
    # Products are sums over rows: those without a group are the total minus those of the group.
    products, sums = both.T @ both, both.sum(axis=0)
    found = []
    for part in _parts(both, codes):
        left = len(both) - len(part)
        rest = sums - part.sum(axis=0)
        found.append(_cka(products - part.T @ part - np.outer(rest, rest) / left, x.shape[1]))
    return np.array(found)


def _parts(rows: Doubles, codes: Codes) -> Iterator[Doubles]:
    for group in range(int(codes.max()) + 1):
        yield rows[codes == group]


def _cka(products: Doubles, dim: int) -> float:
    """Return CKA from the centred products of the columns of both layers side by side."""
    own, other = products[:dim, :dim], products[dim:, dim:]
    size = np.linalg.norm(own) * np.linalg.norm(other)
    return float((products[:dim, dim:] ** 2).sum() / size) if size > 0 else 0.0
