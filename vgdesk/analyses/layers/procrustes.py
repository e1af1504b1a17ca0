"""Procrustes similarity between all layers of two encoders."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import LayerAnalysis, need_same_rows, need_words
from vgdesk.analyses.inference.chance import layer_similarity
from vgdesk.analyses.inference.jackknife import (
    correlation_interval,
    scale_of_sample,
)
from vgdesk.analyses.numerics.layer_products import unit_layers
from vgdesk.analyses.numerics.random_rotation import (
    CHANCE,
    chance_warning,
    rotation_chance,
    scores_of_pairs,
    shuffled_spread,
)
from vgdesk.analyses.numerics.word_matrices import sampled_words
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

MIN_WORDS = 4
# Eigenvalues sum to 1; those below this are rounding.
ROUNDING = 1e-12


def procrustes_similarity(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, seed: int = 0
) -> LayerSimilarity:
    """How well the best rotation aligns every layer of `a` with every layer of `b`.

    Parameters
    ----------
    seed
        For the shuffles behind the spread of chance.

    Returns
    -------
    LayerSimilarity
        From 0 to 1: the cosine of the remaining angle between the two layers, both centred and of
        unit size. A layer that is the same for every word scores 0.

    References
    ----------
    Schönemann (1966), A generalized solution of the orthogonal Procrustes problem.
    Williams et al. (2021), Generalized shape metrics on neural representations.
    """
    n = len(a.rows)
    need_words(MIN_WORDS, n)
    need_same_rows(a, b)
    layers_a, spectra_a = _shortened_layers(a)
    layers_b, spectra_b = (layers_a, spectra_a) if b is a else _shortened_layers(b)
    score = partial(_similarity, layers_a, layers_b)
    values = scores_of_pairs(layers_a, layers_b, score)
    left_out = _left_out(*sampled_words(a, b))
    mean, spread = rotation_chance(spectra_a, spectra_b, n)
    spread = shuffled_spread(score, mean, spread, n, np.random.default_rng(seed))
    warning = chance_warning(n, mean)
    trace = Trace("Procrustes", n, (a.encoder, b.encoder), CHANCE, seed, warning)
    return layer_similarity(
        "procrustes",
        (a, b),
        values,
        interval=correlation_interval(
            left_out, values, lowest=0.0, scale=scale_of_sample(left_out, n)
        ),
        mean=mean,
        spread=spread,
        trace=trace,
    )


def _similarity(
    layers_a: list[FloatArray],
    layers_b: list[FloatArray],
    i: int,
    j: int,
    order: NDArray[np.intp] | None = None,
) -> float:
    """Sum of the singular values of X'Y; the rotation itself is not needed."""
    from scipy.linalg import svdvals

    one, other = layers_a[i], layers_b[j]
    if not one.size or not other.size:
        return 0.0
    if one is other and order is None:
        # X'X is its own positive part: the sum of its singular values is its trace.
        return float(np.vdot(one, one))
    rows = one if order is None else one[order]
    return float(svdvals(rows.T @ other, check_finite=False).sum(dtype=np.float64))


def _left_out(a: LayerStack, b: LayerStack) -> Doubles:
    """Return the similarity without each word in turn, to first order.

    Returns
    -------
    array
        Shape [words, layers of a, layers of b]. The best rotation hardly changes without a word, so
        its own share of the sum is subtracted, and its share of the sizes of both layers.
    """
    n = len(a.rows)
    layers_a, layers_b = (
        [layer.astype(np.float64) for layer in _shortened_layers(side)[0]] for side in (a, b)
    )
    found = np.zeros((n, len(layers_a), len(layers_b)))
    for i, j in np.ndindex(found.shape[1:]):
        one, other = layers_a[i], layers_b[j]
        if not one.size or not other.size:
            continue
        left, values, right = np.linalg.svd(one.T @ other, full_matrices=False)
        score = values.sum()
        own = np.einsum("ij,ij->i", one @ left @ right, other)
        sizes = np.einsum("ij,ij->i", one, one) + np.einsum("ij,ij->i", other, other)
        influence = n * (own - score * sizes / 2)
        found[:, i, j] = score - influence / (n - 1)
    return found


def _shortened_layers(stack: LayerStack) -> tuple[list[FloatArray], list[Doubles]]:
    shortened = [_shortened(layer) for layer in unit_layers(stack.values)]
    return [layer for layer, _ in shortened], [spectrum for _, spectrum in shortened]


def _shortened(layer: FloatArray) -> tuple[FloatArray, Doubles]:
    """Rotate a layer so that it has no more dimensions than words, which changes no score.

    Returns
    -------
    tuple
        The layer, and the eigenvalues of XX' that are not 0.
    """
    if len(layer) >= layer.shape[1]:
        squares = np.linalg.eigvalsh((layer.T @ layer).astype(np.float64))[1 - len(layer) :]
        return layer, squares[squares > ROUNDING]
    precise = layer.astype(np.float64)
    squares, vectors = np.linalg.eigh(precise @ precise.T)
    is_used = squares > ROUNDING
    squares, vectors = squares[is_used], vectors[:, is_used]
    return (vectors * np.sqrt(squares)).astype(layer.dtype), squares


PROCRUSTES = LayerAnalysis(
    id="procrustes",
    title="Procrustes",
    explains="How well one layer can be mapped onto another by rotation and scaling alone.",
    reading="1 means equal up to rotation and scale; chance is far above 0 unless there are many "
    "more words than dimensions.",
    avoid="Not without its chance level, and not to compare lists of different length.",
    formula="|X'Y|_* (sum of singular values), X and Y centred, each with a sum of squares of 1",
    source="Schönemann (1966), A generalized solution of the orthogonal Procrustes problem; "
    "Williams et al. (2021), Generalized shape metrics on neural representations",
    min_words=MIN_WORDS,
    compute=procrustes_similarity,
)
