"""P values of scores whose mean, standard deviation and skewness by chance are known.

Sums over pairs of words are skewed by chance where a few directions hold most of the variance: a
normal curve makes rare values ten times too rare. A Pearson type III curve (a shifted gamma
distribution) has the right skewness.

References
----------
Pearson (1895), Contributions to the mathematical theory of evolution II: skew variation.
Mielke and Berry (2007), Permutation methods: a distance function approach (for permutations).
"""

import numpy as np

from vgdesk.core.arrays import Doubles, FloatArray

# Below this a gamma distribution is a normal one to five digits.
SYMMETRIC = 1e-4
# A score that equals chance must not look better because of rounding.
ROUNDING = 1e-9


def upper_p_values(
    scores: FloatArray, mean: FloatArray, spread: FloatArray, skewness: FloatArray | float = 0.0
) -> Doubles:
    """Return the probability of at least these scores by chance (one-sided).

    Parameters
    ----------
    scores, mean, spread, skewness
        Of one shape; `spread` is the standard deviation by chance.

    Returns
    -------
    array
        1 where chance has no spread and the score is that of chance.
    """
    from scipy.special import gammainc, gammaincc, ndtr

    distance = np.asarray(scores, np.float64) - mean
    distance[np.abs(distance) < ROUNDING] = 0.0
    limit = np.where(distance > 0, np.inf, np.where(distance < 0, -np.inf, 0.0))
    z = np.divide(distance, spread, out=limit, where=np.asarray(spread) > 0)
    skew = np.broadcast_to(np.asarray(skewness, np.float64), z.shape)
    is_skewed = np.abs(skew) > SYMMETRIC
    shape = 4 / np.where(is_skewed, skew, 1.0) ** 2
    moved = np.where(is_skewed, z, 0.0) * np.sign(skew)
    point = np.maximum(shape + moved * np.sqrt(shape), 0.0)
    tails = np.where(skew > 0, gammaincc(shape, point), gammainc(shape, point))
    p: Doubles = np.where(is_skewed, tails, ndtr(-z))
    return np.where((distance == 0) & (np.asarray(spread) == 0), 1.0, p)
