"""Chance levels: shuffles, bootstrap samples, and p values and intervals from them."""

from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.inference.jackknife import INTERVAL as INTERVAL_BY_JACKKNIFE
from vgdesk.analyses.inference.jackknife import Interval
from vgdesk.analyses.inference.pearson_three import ROUNDING, upper_p_values
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.results import LayerCurve, LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

SHUFFLES = 200
RESAMPLES = 500
INTERVAL = f"95 % of {RESAMPLES} bootstrap samples of the words"


def layer_curve(
    measure: str,
    stack: LayerStack,
    scores: FloatArray,
    *,
    resampled: FloatArray,
    shuffled: FloatArray,
    limits: tuple[float, float],
    trace: Trace,
    series: str = "",
) -> LayerCurve:
    """Combine the score of every layer with its interval and its chance band.

    Parameters
    ----------
    scores
        Shape [layers].
    resampled
        Shape [samples, layers]: the score of resampled words, for the interval.
    shuffled
        Shape [shuffles, layers]: the score of shuffled words, for the chance band.
    """
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    is_few = len(shuffled) < SHUFFLES
    chance_low, chance_high = few_limits(shuffled, limits) if is_few else many_limits(shuffled)
    p = few_p_values(scores, shuffled) if is_few else many_p_values(scores, shuffled)
    return LayerCurve(
        measure,
        stack.encoder,
        stack.layers,
        np.asarray(scores, np.float64),
        low,
        high,
        chance_low,
        shuffled.mean(axis=0),
        chance_high,
        false_discovery_rates(p),
        limits,
        trace,
        series,
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
    """
    rates = false_discovery_rates(upper_p_values(values, mean, spread) if p is None else p)
    a, b = stacks
    about = replace(
        trace,
        chance=f"{trace.chance}; one-sided p",
        interval=trace.interval or INTERVAL_BY_JACKKNIFE,
    )
    return LayerSimilarity(
        measure, a.layers, b.layers, values, *interval, mean, spread, rates, about
    )


def normal_shuffles(mean: FloatArray, spread: FloatArray) -> Doubles:
    """Return pseudo-shuffles for a normal chance distribution of known mean and spread.

    Parameters
    ----------
    mean, spread
        Shape [layers].

    Returns
    -------
    array
        Shape [SHUFFLES, layers]: evenly spaced quantiles.
    """
    shares = (np.arange(SHUFFLES) + 0.5) / SHUFFLES
    z = np.array([NormalDist().inv_cdf(share) for share in shares.tolist()])
    shuffles: Doubles = mean + z[:, None] * spread
    return shuffles


def p_values(scores: FloatArray, shuffled: FloatArray) -> Doubles:
    """Return how often chance is as far from its mean as the score is, on either side.

    Parameters
    ----------
    scores, shuffled
        Shapes [...] and [shuffles, ...]. The score itself counts as another shuffle, so that no p
        is 0 (Phipson and Smyth, 2010).
    """
    middle = shuffled.mean(axis=0)
    far = np.abs(shuffled - middle) >= np.abs(scores - middle) - ROUNDING
    p: Doubles = (1 + far.sum(axis=0)) / (1 + len(shuffled))
    return p


def many_p_values(scores: FloatArray, shuffled: FloatArray) -> Doubles:
    """Return `p_values`, extended by Student's t where no shuffle is as far as the score.

    Counting 200 shuffles gives no p below 1/201: a single striking layer of thirteen could never
    be significant.
    """
    counted = p_values(scores, shuffled)
    is_beyond = counted <= 1 / (1 + len(shuffled))
    p: Doubles = np.where(is_beyond, np.minimum(counted, few_p_values(scores, shuffled)), counted)
    return p


def many_limits(shuffled: FloatArray) -> tuple[Doubles, Doubles]:
    """Return the 2.5th and 97.5th percentile under chance."""
    low, high = np.percentile(shuffled, [2.5, 97.5], axis=0)
    return low, high


def few_limits(shuffled: FloatArray, limits: tuple[float, float]) -> tuple[Doubles, Doubles]:
    """Return these limits by Student's t, because a few shuffles have no such percentiles."""
    from scipy.special import stdtrit

    reach = stdtrit(len(shuffled) - 1, 0.975) * _prediction_spread(shuffled)
    middle = shuffled.mean(axis=0)
    return np.clip(middle - reach, *limits), np.clip(middle + reach, *limits)


def few_p_values(scores: FloatArray, shuffled: FloatArray) -> Doubles:
    """Return the two-sided p of scores by Student's t, from few shuffles.

    Counting twenty shuffles gives no p below 1/21, which is never enough for one layer of many.
    Where all shuffles are equal, they are counted.
    """
    from scipy.special import stdtr

    spread = _prediction_spread(shuffled)
    distance = np.abs(scores - shuffled.mean(axis=0))
    t = np.divide(distance, spread, out=np.zeros_like(spread), where=spread > ROUNDING)
    tails = 2 * stdtr(len(shuffled) - 1, -t)
    p: Doubles = np.where(spread > ROUNDING, tails, p_values(scores, shuffled))
    return p


def _prediction_spread(shuffled: FloatArray) -> Doubles:
    """Return the standard deviation of another shuffle around the mean of these."""
    spread: Doubles = shuffled.std(axis=0, ddof=1) * np.sqrt(1 + 1 / len(shuffled))
    return spread


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


def resampled_mean(parts: FloatArray, counts: Doubles) -> Doubles:
    """Average the contributions of rows to a score over bootstrap samples.

    Parameters
    ----------
    parts
        Shape [layers, rows].
    counts
        Shape [samples, rows], from `bootstrap_counts`.

    Returns
    -------
    array
        Shape [samples, layers].
    """
    means: Doubles = (counts @ np.asarray(parts, np.float64).T) / counts.sum(axis=1, keepdims=True)
    return means
