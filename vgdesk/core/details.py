"""Results that look into a measure: lists and profiles behind one tab each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray, HoldsArrays, expect_shape
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.results import Trace


@dataclass(frozen=True, slots=True, eq=False)
class NeighbourChanges(HoldsArrays):
    """Which words have other nearest words in one layer than in another.

    Attributes
    ----------
    layers
        Names of the layers, as a difference.
    words
        The most changed words first.
    before, after
        The nearest words of each, the nearest first.
    kept
        Shape [words]: share of the nearest words that stayed.
    chance
        What would stay if words were dealt out at random.
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
    """Where a word stands among the words of the list while ever more of it is heard.

    Attributes
    ----------
    take, condition
        The take that was cut, and which part of it was heard.
    times
        Shape [gates]: how much was heard, in seconds; at the last gate all of it.
    ranks
        Shape [layers, gates]: 1 if no other word is nearer; ties share the middle of their places.
    recognised
        For each layer how much had to be heard for the word to come first and stay first, in
        seconds; None if it does not end up first.
    layer, competitors
        A layer, and the nearest other words at each of its gates, the nearest first.
    unique_phone, unique_at
        The phone by which the word differs from all others of the list, counted from 1, and when
        it ends, in seconds, were all phones equally long; None if there is none, or nothing is
        known, or the start is not heard.
    chance
        The mean rank of a word dealt out at random.
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
    """How often the words of each label are taken for those of each other label.

    Attributes
    ----------
    layer
        Name of the layer.
    labels, sizes
        The labels, and how many rows have each.
    values
        Shape [labels, labels], from 0 to 1: rows are the label of X, columns the one that it may
        be taken for. Chance is .5.
    is_asked
        Shape [labels, labels], False on the diagonal and in rows of labels with a single word.
        There nothing is known, and the values are those of chance.
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
    is_asked: NDArray[np.bool_]
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
    """Where every query finds what it looks for, and what it finds instead.

    Attributes
    ----------
    layers
        The layer of the queries, and that which is searched if it is another one.
    rows, words
        Row id and word of each query, in the order of the list.
    ranks
        Shape [queries]: 1 if nothing is nearer; ties share the middle of their places.
    ties
        Shape [queries]: how many wrong ones are as near as the right one.
    similarities
        Shape [queries]: that of the nearest right one.
    hits, hit_words
        Row ids and words of the nearest, the nearest first; ties stand as listed.
    hit_similarities
        Shape [queries, hits].
    choice
        Among how many a query looks; the most of all queries.
    places
        For R@k, the share of queries of rank k or better.
    recalls, chance_recalls
        Shape [places]: R@k, and what chance gives on average.
    median, chance_median
        The median rank, and what chance gives on average.
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
            raise ValueError(f"{self.measure}: words and hits must have one entry a query")

    def order(self, *, is_best_first: bool) -> list[int]:
        """Return the places of the queries by rank; equal ranks stay as listed."""
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
        The consonants, then the vowels, of each the roundest first.
    is_vowel
        Whether a letter stands for the words that have it as their first vowel.
    words
        The words that each mean is of.
    values
        Shape [letters]: mean cosine to round minus mean cosine to sharp shapes.
    low, high
        Shape [letters]: ends of the interval around each value.
    chance_low, chance_mean, chance_high
        Shape [letters]; low and high are the 2.5th and 97.5th percentile under chance.
    q_values
        Shape [letters]: the share of false discoveries among all letters that would let this one
        be a discovery; above .05 chance could have given the value.
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
            raise ValueError("profile: is_vowel and words must have one entry a letter")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A row near another one in the original space; similarity is the cosine."""

    row: str
    word: WordId
    similarity: float
