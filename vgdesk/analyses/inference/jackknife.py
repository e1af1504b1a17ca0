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
        differences between encoders follow. If not all words were left out, they are scaled so
        that their `standard_errors` are those of all. None if it is not a jackknife.
    """

    low: Doubles
    high: Doubles
    left_out: FloatArray | None = None


LEVEL = 0.95
INTERVAL = "95 % by a jackknife that leaves out one word at a time"
GROUPS = 10
INTERVAL_BY_GROUPS = (
    f"95 % by a jackknife that leaves out one of {GROUPS} groups of words at a time"
)
# A correlation nearer to 1 differs from it by rounding only.
LARGEST = 1 - 1e-9

INTERVAL_OF_SHARES = "95 % for a share of the words (Wilson)"


def standard_errors(left_out: FloatArray) -> Doubles:
    """Return the standard error of scores from those without each word, [left out, ...]."""
    m = len(left_out)
    squares = np.sum((left_out - left_out.mean(axis=0)) ** 2, axis=0)
    errors: Doubles = np.sqrt(squares * (m - 1) / m)
    return errors


def scale_of_sample(left_out: FloatArray, words: int) -> float:
    """Return the factor for scores of a sample of the words, without each word of the sample.

    All words have a smaller error than the sample.
    """
    return float(np.sqrt(len(left_out) / words))


def scale_of_some(left_out: FloatArray, words: int) -> float:
    """Return the factor for scores of all words, without each of only some of them.

    The others would have contributed as much to the error.
    """
    return float(np.sqrt(words / len(left_out)))


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
    scale: float = 1.0,
) -> Interval:
    """Return the ends of the 95 % interval of scores, by Student's t.

    Parameters
    ----------
    left_out, values
        Shapes [left out, ...] and [...]: the scores without each word, and those of all words.
    limits
        The lowest and the highest possible score.
    scale
        From `scale_of_sample` or `scale_of_some`, if not all words are left out.
    """
    if len(left_out) < 2:
        return Interval(np.full_like(values, limits[0]), np.full_like(values, limits[1]))
    scaled = _scaled(left_out, scale)
    reach = student_quantile(len(left_out)) * standard_errors(scaled)
    low, high = (np.clip(end, *limits) for end in (values - reach, values + reach))
    return Interval(low, high, scaled)


def correlation_interval(
    left_out: FloatArray,
    values: FloatArray,
    *,
    lowest: float = -1.0,
    scale: float = 1.0,
) -> Interval:
    """Return the interval of scores with an upper limit of 1, on Fisher's scale (atanh).

    Near 1 a correlation can only fall: on this scale the interval is longer below than above.

    Parameters
    ----------
    left_out, values, scale
        As in `jackknife_interval`.
    lowest
        The lowest possible score.
    """
    z_values, z_left_out = (fisher_scale(scores) for scores in (values, left_out))
    low, high, _ = jackknife_interval(z_left_out, z_values, scale=scale)
    return Interval(np.maximum(np.tanh(low), lowest), np.tanh(high), _scaled(left_out, scale))


def _scaled(left_out: FloatArray, scale: float) -> Doubles:
    """Move scores away from their mean, or towards it."""
    mean = left_out.mean(axis=0)
    moved: Doubles = mean + (left_out - mean) * scale
    return moved


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
