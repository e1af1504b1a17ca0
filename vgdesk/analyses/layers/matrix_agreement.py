"""Agreement of two word x word matrices, and its chance level.

References
----------
Kazi-Aoual et al. (1995), Refined approximations to permutation tests for multivariate inference.
"""

import numpy as np

from vgdesk.analyses.inference.chance import layer_similarity
from vgdesk.analyses.inference.jackknife import (
    correlation_interval,
    scale_of_sample,
)
from vgdesk.analyses.inference.pearson_three import upper_p_values
from vgdesk.analyses.numerics.layer_products import LayerProducts
from vgdesk.analyses.numerics.third_moments import third_moments, u_centred
from vgdesk.analyses.numerics.word_matrices import WordMatrices, cka_left_out
from vgdesk.core.arrays import Doubles
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

EXACT_CHANCE = "exact mean and SD over all permutations of one encoder's words"
CHANCE = f"{EXACT_CHANCE}, Pearson III tail"


def alignment(
    measure: str,
    stacks: tuple[LayerStack, LayerStack],
    products: LayerProducts,
    matrices: WordMatrices,
    trace: Trace,
    *,
    is_debiased: bool = True,
) -> LayerSimilarity:
    """Turn sums over K times L into cosines; a layer of zeros scores 0.

    Parameters
    ----------
    products
        The sums over all words.
    matrices
        K and L of all words or of a sample, for the interval and the skewness of chance.
    is_debiased
        Whether both are without diagonals.
    """
    mean, spread = _chance(products)
    sizes = products.sizes()
    values, mean, spread = (_ratio(sums, sizes) for sums in (products.between, mean, spread))
    # Diagonals widen chance, but hardly skew it.
    off = products.without_diagonal()
    bare = matrices.without_diagonal()
    a = u_centred(bare.a)
    b = a if bare.b is bare.a else u_centred(bare.b)
    third = third_moments(a, b, products.words)
    third *= _ratio(off.sizes(), sizes) ** 3
    left_out = cka_left_out(matrices, is_debiased=is_debiased)
    return layer_similarity(
        measure,
        stacks,
        values,
        interval=correlation_interval(
            left_out,
            values,
            lowest=-1.0 if is_debiased else 0.0,
            scale=scale_of_sample(left_out, products.words),
        ),
        mean=mean,
        spread=spread,
        p=upper_p_values(values, mean, spread, _ratio(third, spread**3)),
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
