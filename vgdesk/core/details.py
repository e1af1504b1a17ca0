"""Results that look into a measure: lists and profiles behind one tab each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray, HoldsArrays, Mask, expect_shape
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.results import Trace


@dataclass(frozen=True, slots=True, eq=False)
class NeighbourChanges(HoldsArrays):
    """Words whose nearest words differ between two layers.

    Attributes
    ----------
    layers
        Names of the layers, as a difference.
    words
        The most changed words first.
    before, after
        The nearest words of each, nearest first.
    kept
        Shape [words]: share of the nearest words that stayed.
    chance
        The share that would stay with random words.
    """

    measure: str
    layers: str
    words: tuple[WordId, ...]
    before: tuple[tuple[WordId, ...], ...]
    after: tuple[tuple[WordId, ...], ...]
    kept: FloatArray
    chance: float
    trace: Trace

    def check(self) -> None:
        expect_shape(self.measure, "kept", self.kept, words=len(self.words))
        if not len(self.words) == len(self.before) == len(self.after):
            raise ValueError(f"{self.measure}: before and after must have one entry a word")


@dataclass(frozen=True, slots=True, eq=False)
class GatingResult(HoldsArrays):
    """Rank of a word among the words of the list as more and more of it is heard.

    Attributes
    ----------
    take, condition
        The gated take, and which part of it was heard.
    times
        Shape [gates]: the duration heard in seconds; at the last gate the whole take.
    ranks
        Shape [layers, gates]: 1 if no other word is nearer; ties share their mean rank.
    recognised
        For each layer the duration in seconds from which the word ranks first and stays first;
        None if it does not end up first.
    layer, competitors
        A layer, and the nearest other words at each of its gates, nearest first.
    unique_phone, unique_at
        The phone at which the word becomes unique in the list, counted from 1, and its end in
        seconds if all phones were equally long; None if there is none, if pronunciations are
        unknown, or if the start is not heard.
    chance
        The mean rank of a random word.
    """

    measure: str
    encoder: EncoderId
    word: WordId
    take: str
    condition: str
    layers: tuple[str, ...]
    times: FloatArray
    ranks: FloatArray
    recognised: tuple[float | None, ...]
    layer: str
    competitors: tuple[tuple[WordId, ...], ...]
    unique_phone: int | None
    unique_at: float | None
    chance: float
    trace: Trace

    def check(self) -> None:
        gates = len(self.competitors)
        expect_shape(self.measure, "times", self.times, gates=gates)
        expect_shape(self.measure, "ranks", self.ranks, layers=len(self.layers), gates=gates)
        if len(self.recognised) != len(self.layers):
            raise ValueError(f"{self.measure}: recognised must have one entry a layer")


@dataclass(frozen=True, slots=True, eq=False)
class LabelConfusions(HoldsArrays):
    """How often the words of each label are confused with those of each other label.

    Attributes
    ----------
    layer
        Name of the layer.
    labels, sizes
        The labels, and the number of rows of each.
    values
        Shape [labels, labels], from 0 to 1: rows are the label of X, columns the label that it may
        be confused with. Chance is .5.
    is_asked
        Shape [labels, labels], False on the diagonal and in rows of labels with a single word,
        where there is no measurement and values are at chance.
    chance_sd
        Shape [labels, labels]: one standard deviation under chance.
    q_values
        Shape [labels, labels]: as in `LayerSimilarity`, among all pairs of labels.
    """

    measure: str
    layer: str
    labels: tuple[str, ...]
    sizes: tuple[int, ...]
    values: FloatArray
    is_asked: Mask
    chance_sd: FloatArray
    q_values: FloatArray
    trace: Trace

    def check(self) -> None:
        n = len(self.labels)
        for name in ("values", "is_asked", "chance_sd", "q_values"):
            expect_shape(self.measure, name, getattr(self, name), labels=n, others=n)
        if len(self.sizes) != n:
            raise ValueError(f"{self.measure}: sizes must have one entry a label")


@dataclass(frozen=True, slots=True, eq=False)
class RetrievalList(HoldsArrays):
    """The rank of the target of every query, and its nearest candidates.

    Attributes
    ----------
    layers
        The layer of the queries, and the searched layer if it is a different one.
    rows, words
        Row id and word of each query, in the order of the list.
    ranks
        Shape [queries]: 1 if no candidate is nearer; ties share their mean rank.
    ties
        Shape [queries]: the number of other candidates as near as the target.
    similarities
        Shape [queries]: the similarity of the nearest target.
    hits, hit_words
        Row ids and words of the nearest candidates, nearest first; ties in list order.
    hit_similarities
        Shape [queries, hits].
    choice
        The number of candidates of a query; the largest over all queries.
    places
        The values of k for R@k, the share of queries with rank k or better.
    recalls, chance_recalls
        Shape [places]: R@k, and its mean by chance.
    median, chance_median
        The median rank, and its mean by chance.
    """

    measure: str
    layers: tuple[str, ...]
    rows: tuple[str, ...]
    words: tuple[WordId, ...]
    ranks: FloatArray
    ties: NDArray[np.intp]
    similarities: FloatArray
    hits: tuple[tuple[str, ...], ...]
    hit_words: tuple[tuple[WordId, ...], ...]
    hit_similarities: FloatArray
    choice: int
    places: tuple[int, ...]
    recalls: FloatArray
    chance_recalls: FloatArray
    median: float
    chance_median: float
    trace: Trace

    def check(self) -> None:
        queries, places = len(self.rows), len(self.places)
        for name in ("ranks", "ties", "similarities"):
            expect_shape(self.measure, name, getattr(self, name), queries=queries)
        expect_shape(
            self.measure, "hit_similarities", self.hit_similarities, queries=queries, hits=None
        )
        for name in ("recalls", "chance_recalls"):
            expect_shape(self.measure, name, getattr(self, name), places=places)
        if not queries == len(self.words) == len(self.hits) == len(self.hit_words):
            raise ValueError(f"{self.measure}: words and hits must have one entry per query")

    def order(self, *, is_best_first: bool) -> list[int]:
        """Return the indices of the queries by rank; equal ranks stay in list order."""
        order: list[int] = np.argsort(
            self.ranks if is_best_first else -self.ranks, kind="stable"
        ).tolist()
        return order


@dataclass(frozen=True, slots=True, eq=False)
class LetterProfile(HoldsArrays):
    """Mean scores of words by their first consonant and by their first vowel.

    Attributes
    ----------
    letters
        The consonants, then the vowels, each with the roundest first.
    is_vowel
        Whether a letter represents the words that have it as their first vowel.
    words
        The words of each mean.
    values
        Shape [letters]: mean cosine to round minus mean cosine to sharp shapes.
    low, high
        Shape [letters]: ends of the interval around each value.
    chance_low, chance_mean, chance_high
        Shape [letters]; low and high are the 2.5th and 97.5th percentile under chance.
    q_values
        Shape [letters]: p values corrected for the false discovery rate over all letters; above
        .05 the value does not differ from chance.
    """

    layer: str
    letters: tuple[str, ...]
    is_vowel: tuple[bool, ...]
    words: tuple[tuple[WordId, ...], ...]
    values: FloatArray
    low: FloatArray
    high: FloatArray
    chance_low: FloatArray
    chance_mean: FloatArray
    chance_high: FloatArray
    q_values: FloatArray
    trace: Trace

    def check(self) -> None:
        bounds = ("low", "high", "chance_low", "chance_mean", "chance_high", "q_values")
        for name in ("values", *bounds):
            expect_shape("profile", name, getattr(self, name), letters=len(self.letters))
        if not len(self.letters) == len(self.is_vowel) == len(self.words):
            raise ValueError("profile: is_vowel and words must have one entry per letter")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A row near another one in the original space; similarity is the cosine."""

    row: str
    word: WordId
    similarity: float
