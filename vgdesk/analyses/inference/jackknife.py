"""Intervals from scores without one word each: the delete-one jackknife.

Words are the sample: leaving one out also takes away its neighbours' neighbour, a member of its
group and an entry of every mean, which resampling the contributions of words would miss.

References
----------
Tukey (1958), Bias and confidence in not-quite large samples.
Efron and Stein (1981), The jackknife estimate of variance: on average it is not too small.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from vgdesk.core.arrays import Doubles, FloatArray


class Interval(NamedTuple):
    """The ends of the interval around each score.

    Attributes
    ----------
    low, high
        Shape [...] of the scores.
    left_out
        Shape [words or groups of words left out, ...]: the scores without each, from which
        differences between encoders follow; None if the interval is not a jackknife.
    words
        As in `standard_errors`; None if as many as were left out.
    """

    low: Doubles
    high: Doubles
    left_out: FloatArray | None = None
    words: int | None = None


LEVEL = 0.95
INTERVAL = "95 % by a jackknife that leaves out one word at a time"
GROUPS = 10
INTERVAL_BY_GROUPS = (
    f"95 % by a jackknife that leaves out one of {GROUPS} groups of words at a time"
)
# A correlation nearer to 1 differs from it by rounding only.
LARGEST = 1 - 1e-9

INTERVAL_OF_SHARES = "95 % for a share of the words (Wilson)"


def standard_errors(left_out: FloatArray, words: int | None = None) -> Doubles:
    """Return the standard error of scores.

    Parameters
    ----------
    left_out
        Shape [m, ...]: the scores without one word each.
    words
        The number of words of the scores; more than m if `left_out` is from a sample of m words.
    """
    m = len(left_out)
    spread = np.sum((left_out - left_out.mean(axis=0)) ** 2, axis=0) * (m - 1) / m
    errors: Doubles = np.sqrt(spread * (m / (words or m)))
    return errors


def of_sample(left_out: FloatArray, words: int) -> Doubles:
    """Return what leaving out each word would do if the words left out were all words.

    Without one of n words a score moves by 1 / (n - 1) of what that word differs, and
    `standard_errors` expects the scores of a sample on its own, in which each of m moves it more.

    Parameters
    ----------
    left_out
        Shape [m, ...]: the scores of all words without each of a sample.
    words
        The number of all words.
    """
    middle = left_out.mean(axis=0)
    found: Doubles = middle + (left_out - middle) * ((words - 1) / max(len(left_out) - 1, 1))
    return found


def left_in(words: Sequence[Hashable], rng: np.random.Generator) -> list[list[int]]:
    """Return the rows that stay when each of `GROUPS` random groups of words is left out.

    For scores with a fit, which cannot be repeated without each single word. `standard_errors` of
    such scores takes a group for a word.
    """
    _, word_of_row = np.unique(np.asarray(words), return_inverse=True)
    group_of_word = rng.permutation(word_of_row.max() + 1) % GROUPS
    group_of_row = group_of_word[word_of_row]
    return [np.flatnonzero(group_of_row != group).tolist() for group in np.unique(group_of_row)]


def jackknife_interval(
    left_out: FloatArray,
    values: FloatArray,
    *,
    limits: tuple[float, float] = (-np.inf, np.inf),
    words: int | None = None,
) -> Interval:
    """Return the ends of the 95 % interval of scores, by Student's t.

    Parameters
    ----------
    left_out, words
        As in `standard_errors`.
    values
        Shape [...]: the scores of all words.
    limits
        The lowest and the highest possible score.
    """
    if len(left_out) < 2:
        return Interval(np.full_like(values, limits[0]), np.full_like(values, limits[1]))
    reach = student_quantile(words or len(left_out)) * standard_errors(left_out, words)
    low, high = (np.clip(end, *limits) for end in (values - reach, values + reach))
    return Interval(low, high, left_out, words)


def correlation_interval(
    left_out: FloatArray,
    values: FloatArray,
    *,
    lowest: float = -1.0,
    words: int | None = None,
) -> Interval:
    """Return the interval of scores with an upper limit of 1, on Fisher's scale (atanh).

    Near 1 a correlation can only fall: on this scale the interval is longer below than above.

    Parameters
    ----------
    left_out, values, words
        As in `jackknife_interval`.
    lowest
        The lowest possible score.
    """
    z_values, z_left_out = (fisher_scale(scores) for scores in (values, left_out))
    found = jackknife_interval(z_left_out, z_values, words=words)
    low, high = np.tanh(found.low), np.tanh(found.high)
    return Interval(np.maximum(low, lowest), high, left_out, words)


def proportion_interval(shares: FloatArray, words: int) -> Interval:
    """Return the interval of the share of words that pass a test, which has a width even at 1.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    z2 = student_quantile(words) ** 2
    middle = (shares + z2 / (2 * words)) / (1 + z2 / words)
    reach = np.sqrt(shares * (1 - shares) * z2 / words + (z2 / (2 * words)) ** 2) / (1 + z2 / words)
    return Interval(middle - reach, middle + reach)


def fisher_scale(scores: FloatArray) -> Doubles:
    """Return atanh of scores, which are at most 1."""
    scaled: Doubles = np.arctanh(np.clip(np.asarray(scores, np.float64), -LARGEST, LARGEST))
    return scaled


def student_quantile(words: int) -> float:
    """Return the 97.5 % quantile of Student's t for a mean over words."""
    from scipy.special import stdtrit

    return float(stdtrit(max(words - 1, 1), (1 + LEVEL) / 2))
