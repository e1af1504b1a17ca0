"""One band of chance over all layers: a score outside it is unusual among all of them.

A band of each layer alone would be left by chance somewhere in every other curve of a dozen layers.
So shuffles are compared by their largest distance over the layers, in standard deviations. A score
is outside the band exactly if its p is at most .05.

References
----------
Westfall and Young (1993), Resampling-based multiple testing (the max statistic).
Phipson and Smyth (2010), Permutation p-values should never be zero.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from vgdesk.analyses.inference.pearson_three import ROUNDING
from vgdesk.core.arrays import Doubles, FloatArray

LEVEL = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """Normal chance of known mean and standard deviation, both of shape [layers]."""

    mean: FloatArray
    spread: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The chance band of a curve, and how unusual its scores are.

    Attributes
    ----------
    low, mean, high
        Shape [layers].
    p
        Shape [layers]: how often chance is as far from its mean as the score at any layer, on
        either side.
    shuffles
        The number of shuffles that were counted; 0 if chance is known exactly.
    spread
        Shape [layers]: the standard deviation of chance.
    """

    low: Doubles
    mean: Doubles
    high: Doubles
    p: Doubles
    shuffles: int
    spread: Doubles

    @classmethod
    def of_shuffles(
        cls, scores: FloatArray, shuffled: FloatArray, limits: tuple[float, float]
    ) -> Self:
        """Count shuffles of the words or labels, [shuffles, layers], the same at all layers."""
        count = len(shuffled)
        mean, spread = shuffled.mean(axis=0), _spread(shuffled)
        distances = _distances(scores, mean, spread)
        farthest = np.sort(_distances_of_each(shuffled).max(axis=1))
        beyond = count - np.searchsorted(farthest, distances - ROUNDING)
        # With fewer than 19 shuffles no p is as low as .05, and the band has no end.
        may_exceed = int(LEVEL * (count + 1) + ROUNDING)
        reach = np.where(spread > ROUNDING, farthest[-may_exceed] if may_exceed else np.inf, 0.0)
        reach[reach > 0] *= spread[reach > 0]
        p = (1.0 + beyond) / (1 + count)
        return cls(*_clipped(mean, reach, limits), p, count, spread)

    @classmethod
    def of_normal(cls, scores: FloatArray, chance: Normal, limits: tuple[float, float]) -> Self:
        """Correct normal p values for the number of layers, as if they were independent.

        References
        ----------
        Šidák (1967), Rectangular confidence regions for the means of multivariate normal
        distributions.
        """
        from scipy.special import ndtr, ndtri

        layers = np.size(scores)
        spread = np.asarray(chance.spread, np.float64)
        distances = _distances(scores, chance.mean, spread)
        p = 1 - (1 - 2 * ndtr(-distances)) ** layers
        one_sided = -np.expm1(np.log1p(-LEVEL) / layers) / 2
        reach = -ndtri(one_sided) * spread
        return cls(*_clipped(np.asarray(chance.mean, np.float64), reach, limits), p, 0, spread)


def _clipped(
    mean: Doubles, reach: Doubles, limits: tuple[float, float]
) -> tuple[Doubles, Doubles, Doubles]:
    return np.clip(mean - reach, *limits), mean, np.clip(mean + reach, *limits)


def _spread(shuffled: FloatArray) -> Doubles:
    """Return the standard deviation of another shuffle around the mean of these."""
    spread: Doubles = shuffled.std(axis=0, ddof=1) * np.sqrt(1 + 1 / len(shuffled))
    return spread


def _distances(scores: FloatArray, mean: FloatArray, spread: FloatArray) -> Doubles:
    """Return how many standard deviations scores are from the mean of chance."""
    distance = np.abs(np.asarray(scores, np.float64) - mean)
    distance[distance < ROUNDING] = 0.0
    without = np.where(distance > 0, np.inf, 0.0)
    far: Doubles = np.divide(distance, spread, out=without, where=np.asarray(spread) > ROUNDING)
    return far


def _distances_of_each(shuffled: FloatArray) -> Doubles:
    """Return the distance of each shuffle from the others, in their standard deviations.

    A score has no part in the mean and spread that it is compared with, so neither may a shuffle.
    """
    count = len(shuffled)
    deviations = shuffled - shuffled.mean(axis=0)
    squares = np.sum(deviations**2, axis=0)
    others = np.maximum(squares - deviations**2 * count / (count - 1), 0) / (count - 2)
    spread = np.sqrt(others * (1 + 1 / (count - 1)))
    # Where all others are equal, they have no spread to compare the shuffle with.
    spread = np.where(spread > ROUNDING, spread, _spread(shuffled))
    return _distances(deviations * count / (count - 1), np.zeros(shuffled.shape[1]), spread)
