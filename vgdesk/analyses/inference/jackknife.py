"""Intervals from a score that is computed again without each word in turn."""

import numpy as np

from vgdesk.core.arrays import Doubles, FloatArray

INTERVAL = "95 % t interval, jackknife over the words"


def jackknife_interval(left_out: FloatArray, value: FloatArray) -> tuple[Doubles, Doubles]:
    """Return the lower and the upper end of the 95 % interval around a score.

    Parameters
    ----------
    left_out
        Shape [words, ...]: the score without each word in turn, at least two.
    value
        Shape [...]: the score of all words.

    Returns
    -------
    tuple
        Two arrays of shape [...], symmetric around the value and not clipped to its limits.

    References
    ----------
    Tukey (1958), Bias and confidence in not quite large samples; Efron and Stein (1981), The
    jackknife estimate of variance.
    """
    from scipy.special import stdtrit

    n = len(left_out)
    if n < 2:
        raise ValueError(f"left_out: at least 2 words are needed, not {n}")
    # (n - 1) / n times the sum of squares around the mean.
    spread = np.sqrt((n - 1) * np.var(left_out, axis=0, dtype=np.float64))
    reach = stdtrit(n - 1, 0.975) * spread
    return value - reach, value + reach
