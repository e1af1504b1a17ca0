"""Debiased centred kernel alignment with a Gaussian kernel, between all layers of two encoders."""

import numpy as np

from vgdesk.analyses.base import LayerAnalysis, need_same_rows, need_words
from vgdesk.analyses.layers.cka import MIN_WORDS, debiased_warning
from vgdesk.analyses.layers.matrix_agreement import CHANCE, alignment
from vgdesk.analyses.numerics.layer_products import (
    LayerProducts,
    sums_of_products,
    tiles_of,
    unit_layers,
)
from vgdesk.analyses.numerics.leaving_out import sampled_rows
from vgdesk.analyses.numerics.word_matrices import WordMatrices
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

# Of the usual bandwidths, the one sensitive to neighbourhoods: two words at the median distance
# still have a similarity of 0.14 (4e-6 at 0.2, where only copies count), and from 1 on it hardly
# differs from linear CKA.
FRACTION = 0.5
# Words used for the median distance; more would change it by less than a hundredth.
SAMPLED_WORDS = 1024
# Squared distances below this share of the squared lengths are those of copies.
COPY = 1e-6
# A kernel that varies by less than this between pairs of words varies by rounding only.
ROUNDING = 1e-10


def rbf_cka(
    a: LayerStack,
    b: LayerStack,
    _facts: Facts = NOTHING_KNOWN,
    _seed: int = 0,
    *,
    fraction: float = FRACTION,
) -> LayerSimilarity:
    """Debiased CKA of exp(-d^2 / (2 s^2)), d the Euclidean distance of two words in a layer.

    Parameters
    ----------
    fraction
        The bandwidth s of each layer, as a fraction of the median distance of its words, excluding
        copies.

    Returns
    -------
    LayerSimilarity
        As for debiased linear CKA: 1 for layers that are equal up to rotation and scale,
        around 0 for unrelated ones, 0 where all words are equally far apart.

    References
    ----------
    Kornblith et al. (2019), Similarity of neural network representations revisited, section 4.
    Song et al. (2012), Feature selection via dependence maximization, eq. 5 (debiased).
    """
    need_words(MIN_WORDS, len(a.rows))
    need_same_rows(a, b)
    layers_a = _scaled_layers(a.values, fraction)
    layers = layers_a if b is a else layers_a + _scaled_layers(b.values, fraction)
    sums = _u_centred_sums(layers, 1 / (2 * fraction**2))
    own = np.diag(sums)
    here, there = len(a.layers), len(b.layers)
    no_diagonal = np.zeros((len(layers), len(a.rows)))
    products = LayerProducts(
        len(a.rows),
        sums[:here, -there:],
        own[:here],
        own[-there:],
        no_diagonal[:here],
        no_diagonal[-there:],
    )
    estimator = f"debiased RBF CKA, bandwidth {fraction:g} of the median distance"
    warning = debiased_warning(len(a.rows))
    trace = Trace(estimator, len(a.rows), (a.encoder, b.encoder), CHANCE, warning=warning)
    matrices = _sampled_kernels(layers, len(a.layers), 1 / (2 * fraction**2), is_one=b is a)
    return alignment("cka-rbf", (a, b), products, matrices, trace)


def _scaled_layers(values: FloatArray, fraction: float) -> list[FloatArray]:
    """Scale each layer so that its kernel is exp(-d^2)."""
    layers = unit_layers(values)
    for layer in layers:
        median = _median_square(layer)
        if median > 0:
            layer /= fraction * np.sqrt(2 * median)
    return layers


def _sampled_kernels(
    layers: list[FloatArray], here: int, middle: float, *, is_one: bool
) -> WordMatrices:
    """Return the kernels of a sample of the words, of the first `here` layers and of the others."""
    rows = sampled_rows(len(layers[0]))
    every = slice(0, len(rows))
    kernels = np.stack(
        [
            _kernel_tile(layer[rows], middle if layer.any() else 0.0, every, every)
            for layer in layers
        ]
    )
    return WordMatrices(kernels[:here], kernels[:here] if is_one else kernels[here:])


def _median_square(layer: FloatArray) -> float:
    rows = layer[:: 1 + len(layer) // SAMPLED_WORDS]
    lengths = np.einsum("ij,ij->i", rows, rows)
    scale = lengths[:, None] + lengths
    squares = scale - 2 * (rows @ rows.T)
    # A word is its own copy.
    apart = squares[squares > COPY * scale]
    return float(np.median(apart)) if apart.size else 0.0


def _u_centred_sums(layers: list[FloatArray], middle: float) -> Doubles:
    """Sum K times L for all pairs of layers, both U-centred (no diagonal, rows sum to 0).

    Parameters
    ----------
    middle
        The median of the squared distances.

    Returns
    -------
    array
        Shape [layers, layers].
    """
    n = len(layers[0])
    sums = np.zeros((len(layers), len(layers)))
    of_rows = np.zeros((len(layers), n))
    # Where all words are equal, their median distance is 0.
    middles = [middle if layer.any() else 0.0 for layer in layers]
    for rows, columns, weight in tiles_of(n):
        tiles = np.stack(
            [_kernel_tile(*of, rows, columns) for of in zip(layers, middles, strict=True)]
        )
        sums += weight * sums_of_products(tiles)
        of_rows[:, rows] += tiles.sum(axis=2, dtype=np.float64)
        if columns is not rows:
            of_rows[:, columns] += tiles.sum(axis=1, dtype=np.float64)
    totals = of_rows.sum(axis=1)
    sums -= 2 / (n - 2) * (of_rows @ of_rows.T)
    sums += np.outer(totals, totals) / ((n - 1) * (n - 2))
    varies = np.diag(sums) > ROUNDING * n * (n - 1)
    return sums * np.outer(varies, varies)


def _kernel_tile(layer: FloatArray, middle: float, rows: slice, columns: slice) -> FloatArray:
    """Kernel between some words and others, relative to that of a pair at the median distance.

    CKA ignores shift and scale. In many dimensions all distances are nearly the same: subtracting
    one kernel value from all others keeps digits that float32 would lose later.
    """
    one, other = layer[rows], layer[columns]
    tile: FloatArray = one @ (2 * other).T
    tile -= np.einsum("ij,ij->i", other, other)
    tile += (middle - np.einsum("ij,ij->i", one, one))[:, None]
    np.expm1(tile, out=tile)
    if rows is columns:
        np.fill_diagonal(tile, 0.0)
    return tile


CKA_RBF = LayerAnalysis(
    id="cka-rbf",
    title="CKA (RBF kernel)",
    explains="CKA that depends mostly on which words are near each other, and little on how far "
    "apart distant words are.",
    reading="1 means the same neighbourhoods, 0 is chance level; below 0 is chance as well.",
    avoid="Values depend on the bandwidth: compare only those with the same fraction of the median "
    "distance.",
    formula="CKA (debiased) with K_ij = exp(-|x_i - x_j|^2 / (2 s^2)), s = "
    f"{FRACTION} * median |x_i - x_j|",
    source="Kornblith et al. (2019), Similarity of neural network representations revisited; "
    "Song et al. (2012), Feature selection via dependence maximization",
    min_words=MIN_WORDS,
    compute=rbf_cka,
)
