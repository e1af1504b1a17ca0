"""Canonical correlations between all layers of two encoders: SVCCA and PWCCA.

Each layer is first reduced to the principal components that make up 99 % of its variance and
whitened, once. The canonical correlations of two layers are then the singular values of a small
matrix: the products of their whitened components.

References
----------
Raghu et al. (2017), SVCCA: singular vector canonical correlation analysis for deep learning
dynamics and interpretability.
Morcos, Raghu and Bengio (2018), Insights on representational similarity in neural networks with
canonical correlation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import LayerAnalysis, need_same_rows, need_words
from vgdesk.analyses.inference.chance import layer_similarity
from vgdesk.analyses.inference.jackknife import (
    correlation_interval,
    scale_of_some,
)
from vgdesk.analyses.numerics.layer_products import unit_layers
from vgdesk.analyses.numerics.leaving_out import sampled_rows
from vgdesk.analyses.numerics.random_rotation import (
    CHANCE,
    chance_warning,
    rotation_chance,
    scores_of_pairs,
    shuffled_spread,
)
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

MIN_WORDS = 10
KEPT_VARIANCE = 0.99
# Random directions used to estimate how unequal the weights of PWCCA are by chance.
DIRECTIONS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Whitened:
    """The principal components of a layer that were kept.

    Attributes
    ----------
    words
        Shape [words, kept]: orthonormal columns.
    dims
        Shape [kept, dim]: their loadings on each dimension, so that `words` @ `dims` is
        the layer.
    """

    words: FloatArray
    dims: FloatArray


# Returns the weight of each direction [directions, kept] in a layer.
Weigh = Callable[[FloatArray, Whitened], Doubles]


def svcca(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, seed: int = 0
) -> LayerSimilarity:
    """Mean canonical correlation of every layer of `a` with every layer of `b`.

    Parameters
    ----------
    seed
        For the shuffles behind the spread of chance.

    Returns
    -------
    LayerSimilarity
        From 0 to 1. A layer that is the same for every word scores 0.

    Raises
    ------
    TooFewWordsError
        Also if a layer keeps as many components as there are words, minus one: they span any words,
        and all canonical correlations would be 1.
    """
    return _compared("svcca", "mean canonical correlation", (a, b), _equally, seed)


def pwcca(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, seed: int = 0
) -> LayerSimilarity:
    """Canonical correlations weighted by their share of a layer; otherwise as `svcca`.

    Each layer gives a weighted mean; the score is the mean of the two, so that the order of the
    layers does not matter.
    """
    return _compared("pwcca", "projection-weighted canonical correlation", (a, b), _by_share, seed)


def _equally(directions: FloatArray, _layer: Whitened) -> Doubles:
    return np.ones(len(directions))


def _by_share(directions: FloatArray, layer: Whitened) -> Doubles:
    """Sum of |products| of each canonical variable with all dimensions of the layer."""
    weights: Doubles = np.abs(directions @ layer.dims).sum(axis=1, dtype=np.float64)
    return weights


def _compared(
    measure: str, estimator: str, stacks: tuple[LayerStack, LayerStack], weigh: Weigh, seed: int
) -> LayerSimilarity:
    a, b = stacks
    n = len(a.rows)
    need_words(MIN_WORDS, n)
    need_same_rows(a, b)
    white_a = _whitened_layers(a)
    white_b = white_a if b is a else _whitened_layers(b)
    rng = np.random.default_rng(seed)
    score = partial(_score, white_a, white_b, weigh)
    values = scores_of_pairs(white_a, white_b, score)
    mean, spread = _chance(white_a, white_b, weigh, rng)
    spread = shuffled_spread(score, mean, spread, n, rng)
    left_out = _left_out(white_a, white_b, weigh)
    kept = f"{estimator}, {KEPT_VARIANCE:.0%} of the variance kept"
    warnings = [chance_warning(n, mean)]
    if weigh is _by_share:
        warnings.append(_ambiguity(n, white_a, white_b))
    warning = " ".join(filter(None, warnings))
    trace = Trace(kept, n, (a.encoder, b.encoder), CHANCE, seed, warning)
    return layer_similarity(
        measure,
        stacks,
        values,
        interval=correlation_interval(
            left_out, values, lowest=0.0, scale=scale_of_some(left_out, n)
        ),
        mean=mean,
        spread=spread,
        trace=trace,
    )


def _ambiguity(words: int, white_a: list[Whitened], white_b: list[Whitened]) -> str:
    """Return a warning where several canonical correlations are 1, or an empty string."""
    a, b = (max(len(layer.dims) for layer in side) for side in (white_a, white_b))
    if a + b < words:
        return ""
    return (
        f"Not unique: layers keep up to {a} and {b} dimensions, but {words} words span only "
        f"{words - 1}, so several canonical correlations are 1 and their weights are arbitrary."
    )


def _whitened_layers(stack: LayerStack) -> list[Whitened]:
    layers = [_whitened(layer) for layer in unit_layers(stack.values)]
    kept = [layer.words.shape[1] for layer in layers]
    n = len(stack.rows)
    if max(kept) >= n - 1:
        raise TooFewWordsError(
            f"Layer {stack.layers[int(np.argmax(kept))]} of {stack.encoder} keeps {max(kept)} "
            f"dimensions for {n} words: all canonical correlations would be 1, whatever the words.",
            "Record or load more words, or use CKA, which needs fewer.",
        )
    return layers


def _whitened(layer: FloatArray) -> Whitened:
    """Keep the first components of a centred layer, up to the share of variance."""
    is_wide = len(layer) < layer.shape[1]
    # The smallest kept components need double precision.
    precise = layer.astype(np.float64)
    products = precise @ precise.T if is_wide else precise.T @ precise
    squares, vectors = np.linalg.eigh(products)
    squares, vectors = squares[::-1].clip(min=0), vectors[:, ::-1]
    reached = np.cumsum(squares)
    kept = int(np.searchsorted(reached, KEPT_VARIANCE * reached[-1])) + 1 if reached[-1] else 0
    words = vectors[:, :kept].astype(layer.dtype)
    if not is_wide:
        words = layer @ (vectors[:, :kept] / np.sqrt(squares[:kept])).astype(layer.dtype)
    return Whitened(words, words.T @ layer)


def _score(
    white_a: list[Whitened],
    white_b: list[Whitened],
    weigh: Weigh,
    i: int,
    j: int,
    order: NDArray[np.intp] | None = None,
) -> float:
    # A third faster than the one of numpy.
    from scipy.linalg import svd

    one, other = white_a[i], white_b[j]
    if not len(one.dims) or not len(other.dims):
        return 0.0
    words = one.words if order is None else one.words[order]
    left, correlations, right = svd(words.T @ other.words, full_matrices=False, check_finite=False)
    correlations = correlations.astype(np.float64).clip(max=1)
    sides = (weigh(left.T, one), weigh(right, other))
    return float(np.mean([np.average(correlations, weights=weights) for weights in sides]))


def _left_out(white_a: list[Whitened], white_b: list[Whitened], weigh: Weigh) -> Doubles:
    """Return the score without each word, or without each of a sample of them, to first order.

    With u and v the canonical variables of length sqrt(n), word i shifts their correlation r by
    u_i v_i - r (u_i^2 + v_i^2) / 2. Which components are kept, and their weights, stay the same.

    Returns
    -------
    array
        Shape [words, layers of a, layers of b].

    References
    ----------
    Romanazzi (1992), Influence in canonical correlation analysis.
    """
    n = len(white_a[0].words)
    rows = sampled_rows(n)
    found = np.zeros((len(rows), len(white_a), len(white_b)))
    for i, j in np.ndindex(found.shape[1:]):
        one, other = white_a[i], white_b[j]
        if not len(one.dims) or not len(other.dims):
            continue
        left, correlations, right = np.linalg.svd(one.words.T @ other.words, full_matrices=False)
        u, v = one.words[rows] @ left, other.words[rows] @ right.T
        moves = n * (u * v - correlations * (u**2 + v**2) / 2)
        sides = [weigh(left.T, one), weigh(right, other)]
        weights = np.mean([side / side.sum() for side in sides], axis=0)
        found[:, i, j] = (correlations - moves / (n - 1)) @ weights
    return found


def _chance(
    white_a: list[Whitened], white_b: list[Whitened], weigh: Weigh, rng: np.random.Generator
) -> tuple[Doubles, Doubles]:
    """Mean and standard deviation of the score under random rotation of the words of one side.

    The directions of the canonical variables are then random and independent of the correlations:
    unequal weights leave the mean unchanged and widen the spread.
    """
    n = len(white_a[0].words)
    kept_a, kept_b = (np.array([w.words.shape[1] for w in side]) for side in (white_a, white_b))
    fewer = np.minimum.outer(kept_a, kept_b).clip(min=1)
    sums, spread = rotation_chance(
        [np.ones(kept) for kept in kept_a], [np.ones(kept) for kept in kept_b], n
    )
    mean = sums / fewer
    among = np.maximum(np.maximum.outer(kept_a, kept_b) / (n - 1) - mean**2, 0)
    unequal_a = np.array([_inequality(layer, weigh, rng) for layer in white_a])
    unequal_b = np.array([_inequality(layer, weigh, rng) for layer in white_b])
    by_weights = among / fewer * np.add.outer(unequal_a, unequal_b) / 4
    return mean, np.sqrt((spread / fewer) ** 2 + by_weights) * (sums > 0)


def _inequality(layer: Whitened, weigh: Weigh, rng: np.random.Generator) -> float:
    """Variance of the weights of random directions, relative to the square of their mean."""
    kept = len(layer.dims)
    if not kept:
        return 0.0
    directions = rng.standard_normal((DIRECTIONS, kept)).astype(layer.dims.dtype)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    weights = weigh(directions, layer)
    return float(weights.var() / weights.mean() ** 2)


SVCCA = LayerAnalysis(
    id="svcca",
    title="SVCCA",
    explains="How well the main directions of one layer can be predicted from those of another, "
    "all directions weighted equally.",
    reading="1 means that either layer can be computed from the other; chance is far above 0 "
    "unless there are many more words than dimensions.",
    avoid="Not without its chance level: directions of little variance count as much as the main "
    "ones.",
    formula="mean of the singular values of U_x'U_y, U the left singular vectors of the centred "
    "layer that make up 99 % of its variance",
    source="Raghu et al. (2017), SVCCA: singular vector canonical correlation analysis for deep "
    "learning dynamics and interpretability",
    min_words=MIN_WORDS,
    compute=svcca,
)
PWCCA = LayerAnalysis(
    id="pwcca",
    title="PWCCA",
    explains="SVCCA in which each direction is weighted by how much of the layer it accounts for.",
    reading="1 means that either layer can be computed from the other; chance is the same as that "
    "of SVCCA.",
    avoid="Not without its chance level, and not for lists with hardly more words than dimensions.",
    formula="sum of w_i r_i / sum of w_i, r the canonical correlations, w_i = sum over j of "
    "|h_i'x_j|, h_i the canonical variable, x_j a dimension; mean of both sides",
    source="Morcos, Raghu and Bengio (2018), Insights on representational similarity in neural "
    "networks with canonical correlation",
    min_words=MIN_WORDS,
    compute=pwcca,
)
