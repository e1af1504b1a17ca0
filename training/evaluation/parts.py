"""Scores as contributions of words or pairs, as needed for intervals and permutations."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from training.evaluation.answers import RESAMPLES, Answer, Floats
from training.evaluation.vectors import Examined

FEWEST_ITEMS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A score at every layer, as the mean over contributions of items.

    Attributes
    ----------
    values
        Shape [layers, items].
    items
        Shape [items, 1 or 2]: the word, or both words, of each item; or its kind, where words of a
        kind are not independent.
    """

    test: str
    measure: str
    group: str
    values: Floats
    items: NDArray[np.int64]
    chance: float = 0.0


def answer_of(parts: Parts, modality: str, stage: str, seed: int) -> Answer:
    """Return the scores with their intervals from a bootstrap over words."""
    drawn = weights(parts.items) @ parts.values.T
    lows, highs = np.percentile(drawn, [2.5, 97.5], axis=0)
    return Answer(
        parts.test,
        parts.measure,
        parts.group,
        modality,
        stage,
        seed,
        tuple(parts.values.mean(axis=1).tolist()),
        tuple(lows.tolist()),
        tuple(highs.tolist()),
        len(parts.items),
        parts.chance,
    )


def answers_of(found: list[Parts], encoder: Examined) -> list[Answer]:
    """Return the answers of one encoder."""
    return [
        answer_of(parts, encoder.modality.value, encoder.stage, encoder.seed) for parts in found
    ]


def weights(items: NDArray[np.int64]) -> Floats:
    """Return the weight of each item in bootstrap samples of the words, [draws, items].

    A pair is weighted by the product of its words. This makes intervals wider than necessary: in a
    simulation with the MEN pairs of the listed words, by 1.5 to 1.8 times.
    """
    words, places = np.unique(items, return_inverse=True)
    chance = np.random.default_rng(0)
    counts = chance.multinomial(len(words), np.full(len(words), 1 / len(words)), RESAMPLES)
    places = places.reshape(items.shape)
    drawn = counts[:, places[:, 0]].astype(np.float64)
    for others in places.T[1:]:
        drawn *= counts[:, others]
    drawn = drawn[drawn.any(axis=1)]  # with few pairs a sample may be empty
    share: Floats = drawn / drawn.sum(axis=1, keepdims=True)
    return share


def correlated(ratings: Floats, likeness: Floats) -> Floats:
    """Decompose Spearman's correlation into contributions, [layers, pairs].

    The products of standard scores alone would have the right mean. The added term has mean 0 and
    makes sums over other items, whose ranks have a different spread, accurate to first order.

    Parameters
    ----------
    ratings, likeness
        Shapes [pairs] and [layers, pairs].
    """
    a, b = standard(rankdata(ratings)), standard(rankdata(likeness, axis=-1))
    correlation = (a * b).mean(axis=-1, keepdims=True)
    parts: Floats = a * b + correlation * (1 - (a * a + b * b) / 2)
    return parts


def standard(ranks: Floats) -> Floats:
    """Scale each row to mean 0 and standard deviation 1; a constant row becomes 0."""
    centred = ranks - ranks.mean(axis=-1, keepdims=True)
    spread = centred.std(axis=-1, keepdims=True)
    scores: Floats = np.divide(centred, spread, out=np.zeros(centred.shape), where=spread > 0)
    return scores
