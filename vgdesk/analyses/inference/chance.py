"""Results with their chance level, and the shuffles and bootstrap samples behind them."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.inference.band import Band, Normal
from vgdesk.analyses.inference.jackknife import INTERVAL as INTERVAL_BY_JACKKNIFE
from vgdesk.analyses.inference.jackknife import Interval
from vgdesk.analyses.inference.pearson_three import upper_p_values
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.results import LayerCurve, LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

SHUFFLES = 199
SIDES_MAY_CHANGE = "; a score near the band may be on its other side with another seed"
RESAMPLES = 500
INTERVAL = f"95 % of {RESAMPLES} bootstrap samples of the words"


def layer_curve(
    measure: str,
    stack: LayerStack,
    scores: FloatArray,
    *,
    interval: Interval,
    chance: FloatArray | Normal,
    limits: tuple[float, float],
    trace: Trace,
    series: str = "",
) -> LayerCurve:
    """Combine the score of every layer with its interval and its chance band.

    Parameters
    ----------
    scores
        Shape [layers].
    interval
        The lower and the upper end of the interval around each score.
    chance
        Shape [shuffles, layers]: the scores of shuffled words or labels; or their distribution.
    """
    is_known = isinstance(chance, Normal)
    band = (
        Band.of_normal(scores, chance, limits)
        if isinstance(chance, Normal)
        else Band.of_shuffles(scores, chance, limits)
    )
    few = "" if is_known or band.shuffles >= SHUFFLES else SIDES_MAY_CHANGE
    return LayerCurve(
        measure,
        stack.encoder,
        stack.layers,
        np.asarray(scores, np.float64),
        interval.low,
        interval.high,
        band.low,
        band.mean,
        band.high,
        band.p,
        limits,
        replace(trace, chance=f"{trace.chance}; one band for all layers, two-sided{few}"),
        series,
        band.shuffles,
        interval.left_out,
        band.spread,
    )


def layer_similarity(
    measure: str,
    stacks: tuple[LayerStack, LayerStack],
    values: FloatArray,
    *,
    interval: Interval,
    mean: FloatArray,
    spread: FloatArray,
    p: FloatArray | None = None,
    q: FloatArray | None = None,
    trace: Trace,
) -> LayerSimilarity:
    """Combine the scores of all layer pairs with their intervals and with chance.

    Parameters
    ----------
    values, mean, spread
        Shape [layers of the first stack, layers of the second]: the scores, at most 1, and the
        mean and standard deviation of chance.
    interval
        The lower and the upper end of the interval around each score.
    p
        The one-sided p value of each score, where chance is not normal.
    q
        The p values corrected for all pairs of layers, if not by the false discovery rate.
    """
    about = replace(trace, interval=trace.interval or INTERVAL_BY_JACKKNIFE)
    if q is None:
        q = false_discovery_rates(upper_p_values(values, mean, spread) if p is None else p)
        about = replace(about, chance=f"{trace.chance}; one-sided p")
    a, b = stacks
    return LayerSimilarity(
        measure,
        a.layers,
        b.layers,
        values,
        interval.low,
        interval.high,
        mean,
        spread,
        q,
        about,
        interval.left_out,
    )


def percentile_interval(resampled: FloatArray) -> Interval:
    """Return the 2.5th and 97.5th percentile of scores of bootstrap samples, [samples, layers]."""
    return Interval(*np.percentile(resampled, [2.5, 97.5], axis=0))


def false_discovery_rates(p: FloatArray) -> Doubles:
    """Correct p for multiple comparisons over layers or layer pairs (all entries of `p`).

    Returns
    -------
    array
        Shape of `p`: the smallest false discovery rate at which each would be a discovery.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the false discovery rate.
    """
    flat = np.ravel(p)
    order = np.argsort(flat, kind="stable")[::-1]
    ranked = flat[order] * flat.size / np.arange(flat.size, 0, -1)
    rates: Doubles = np.empty(flat.size)
    rates[order] = np.minimum(np.minimum.accumulate(ranked), 1.0)
    return rates.reshape(np.shape(p))


def permuted_labels(
    words: tuple[Any, ...],
    codes: NDArray[np.intp],
    rng: np.random.Generator,
    shuffles: int = SHUFFLES,
) -> tuple[NDArray[np.intp], str]:
    """Permute the labels of rows, [1 + shuffles, rows]; the first row is the original.

    Labels belong to words: takes of a word keep a common label, or chance would look too narrow.
    Where each word is its own group, that would change nothing, so takes are shuffled.

    Returns
    -------
    tuple
        The codes, and the shuffled units: "words" or "takes".
    """
    _, first, word_of_row = np.unique(words, return_index=True, return_inverse=True)
    is_by_word = len(np.unique(codes)) < len(first)
    own, place = (codes[first], word_of_row) if is_by_word else (codes, slice(None))
    shuffled = rng.permuted(np.tile(own, (shuffles, 1)), axis=1)[:, place]
    return np.vstack([codes, shuffled]), "words" if is_by_word else "takes"


def bootstrap_counts(words: tuple[Any, ...], rng: np.random.Generator) -> Doubles:
    """Return how often each row occurs in bootstrap samples of the words, [RESAMPLES, rows].

    Takes stay with their word: pairs and takes of one word are not independent evidence.
    """
    names, word_of_row = np.unique(words, return_inverse=True)
    shares = np.full(len(names), 1 / len(names))
    counts = rng.multinomial(len(names), shares, RESAMPLES).astype(np.float64)
    return counts[:, word_of_row]
