"""The format of all answers: a score by layer for every encoder, with chance level."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one encoder in one test.

    Attributes
    ----------
    test, measure, group
        For example `word identity`, `R@1`, `people to synthetic voices`.
    modality, stage, seed
        The encoder.
    scores, lows, highs
        For each layer the score and its 95 % interval from a bootstrap over words.
    n
        Number of words, pairs or clips.
    chance
        The chance level.
    """

    test: str
    measure: str
    group: str
    modality: str
    stage: str
    seed: int
    scores: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    n: int
    chance: float


def bootstrapped(
    score: Callable[[NDArray[np.int64]], float], words: Sequence[str], *, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a score over words.

    Parameters
    ----------
    score
        Returns the score of some items, given by their indices.
    words
        The word of each item; all items of a word are resampled together.
    """
    chance = np.random.default_rng(seed)
    names, of_item = np.unique(np.asarray(words), return_inverse=True)
    members = [np.flatnonzero(of_item == word) for word in range(len(names))]
    drawn = [
        score(
            np.concatenate([members[word] for word in chance.integers(0, len(names), len(names))])
        )
        for _ in range(RESAMPLES)
    ]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)
