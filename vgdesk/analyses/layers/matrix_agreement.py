"""Agreement of two word x word matrices, and its chance level.

References
----------
Kazi-Aoual et al. (1995), Refined approximations to permutation tests for multivariate inference.
"""

import numpy as np

from vgdesk.analyses.inference.chance import layer_similarity
from vgdesk.analyses.numerics.layer_products import LayerProducts
from vgdesk.core.arrays import Doubles
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

CHANCE = "exact mean and SD over all permutations of one encoder's words"


def alignment(
    measure: str, a: LayerStack, b: LayerStack, products: LayerProducts, trace: Trace
) -> LayerSimilarity:
    """Turn sums over K times L into cosines; a layer of zeros scores 0."""
    mean, spread = _chance(products)
    sizes = products.sizes()
    return layer_similarity(
        measure,
        (a, b),
        _ratio(products.between, sizes),
        mean=_ratio(mean, sizes),
        spread=_ratio(spread, sizes),
        trace=trace,
    )


def _ratio(sums: Doubles, sizes: Doubles) -> Doubles:
    return np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)


def _chance(products: LayerProducts) -> tuple[Doubles, Doubles]:
    """Mean and standard deviation of `between` over all n! orders of the words of one side.

    They follow from three sums over each matrix, if its rows sum to 0: trace, squares of all
    entries, squares of the diagonal. Without a diagonal the mean is 0, and the spread of the
    cosine is sqrt(2 / (n (n - 3))) for any two layers.
    """
    n = products.words
    mean = np.outer(products.diagonal_a.sum(axis=1), products.diagonal_b.sum(axis=1)) / (n - 1)
    off_a, on_a = _parts(products.own_a, products.diagonal_a)
    off_b, on_b = _parts(products.own_b, products.diagonal_b)
    variance = 2 * np.outer(off_a, off_b) / ((n - 1) ** 2 * (n + 1) * (n - 2))
    variance += np.outer(on_a, on_b) / ((n + 1) * n * (n - 1) * (n - 2) * (n - 3))
    return mean, np.sqrt(np.maximum(variance, 0.0))


def _parts(own: Doubles, diagonal: Doubles) -> tuple[Doubles, Doubles]:
    n = diagonal.shape[1]
    trace = diagonal.sum(axis=1) ** 2
    squares = np.sum(diagonal * diagonal, axis=1)
    return (n - 1) * own - trace, n * (n + 1) * squares - (n - 1) * (trace + 2 * own)
