"""Simulated words, voices and takes for which the truth about every measure is known.

A vector is the sum of a word, a voice, a saying (a word by a voice) and a take. Without an effect,
labels, pronunciations, ratings and the like are dealt out independently of the vectors, and a
second encoder is independent of the first. With an effect, they all leave a trace in the vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from vgdesk.analyses.inference.units import words_of
from vgdesk.core.arrays import Codes, Doubles
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack

DIM = 24
# Standard deviations of the parts of a vector.
WORD, VOICE, SAYING, TAKE, TRACE = 1.0, 1.0, 0.7, 0.5, 0.7
# Correlation of a layer with the next.
NEXT_LAYER = 0.9
PHONES = "bdkmtslnaoiue"
SHAPES = ("round", "sharp", "sounds round", "sounds sharp")
LATENT = 3
RATED_PAIRS_A_WORD = 3
# Seeds of what does not vary between draws of words: encoders and centres of groups, voices.
POPULATION, VOICES = 20_260, 20_261


@dataclass(frozen=True, slots=True)
class Condition:
    """The design of a simulated experiment.

    Attributes
    ----------
    takes
        Takes of every word by every voice.
    is_unequal
        Whether groups differ in size, and sayings in their number of takes (1 to 2 takes - 1).
    is_steep
        Whether the k-th eigenvalue of the vectors is 1 / k² of the first; otherwise all are equal.
    layers
        Layers, each correlated with the next.
    has_effect
        Whether labels, pronunciations, ratings, ... and the other encoder agree with the vectors.
    """

    name: str
    words: int = 36
    voices: int = 2
    takes: int = 3
    is_unequal: bool = False
    is_steep: bool = False
    layers: int = 1
    has_effect: bool = False


# Each differs in one respect from the one with three takes.
NULLS = (
    Condition("1 take", takes=1),
    Condition("3 takes"),
    Condition("6 takes", takes=6),
    Condition("1 voice", voices=1),
    Condition("6 voices", voices=6),
    Condition("unequal", is_unequal=True),
    Condition("steep", is_steep=True),
    Condition("12 words", words=12),
    Condition("100 words", words=100),
    Condition("13 layers", is_steep=True, layers=13),
)
EFFECTS = (
    Condition("12 words, effect", words=12, has_effect=True),
    Condition("36 words, effect", has_effect=True),
    Condition("100 words, effect", words=100, has_effect=True),
    Condition("unequal, effect", is_unequal=True, has_effect=True),
    Condition("steep, effect", is_steep=True, has_effect=True),
)


@dataclass(frozen=True, slots=True)
class Null:
    """What has no effect on the vectors if there is none, besides all facts about words.

    Attributes
    ----------
    of_words
        Whether voices have nothing in common when they say the same word. A single voice then
        does not even repeat itself.
    of_voices
        Whether words have nothing in common when one voice says them.
    """

    of_words: bool = False
    of_voices: bool = False


@dataclass(frozen=True)
class Simulated:
    """One draw of words, said by voices, in the vectors of two encoders.

    Attributes
    ----------
    takes
        One stack for each encoder, with one row per take.
    """

    takes: tuple[LayerStack, LayerStack]
    facts: Facts

    @cached_property
    def words(self) -> tuple[LayerStack, LayerStack]:
        """The same with one row per word, averaged as the program does."""
        one, other = (words_of(stack, self.facts) for stack in self.takes)
        return one, other


class Dealer:
    """Draws random parts of vectors, all with the spectrum of a condition."""

    def __init__(self, condition: Condition, rng: np.random.Generator) -> None:
        self._layers = condition.layers
        self._scale = 1 / np.arange(1, DIM + 1) ** float(condition.is_steep)
        self._rng = rng

    def __call__(self, *shape: int) -> Doubles:
        """Return normal vectors, [layers, ..., dim]."""
        fresh = self._rng.standard_normal((self._layers, *shape, DIM)) * self._scale
        for layer in range(1, self._layers):
            fresh[layer] *= np.sqrt(1 - NEXT_LAYER**2)
            fresh[layer] += NEXT_LAYER * fresh[layer - 1]
        drawn: Doubles = fresh
        return drawn


@dataclass(frozen=True, slots=True, eq=False)
class WordList:
    """Facts about words, drawn at random.

    Attributes
    ----------
    labels, languages, shapes
        Shape [words].
    latent
        Shape [words, LATENT]: what people rate.
    synonyms, rated
        Shape [pairs, 2].
    """

    labels: Codes
    languages: Codes
    shapes: Codes
    phones: tuple[tuple[str, ...], ...]
    latent: Doubles
    numbers: Doubles
    synonyms: Codes
    rated: Codes
    ratings: Doubles

    @classmethod
    def drawn(cls, condition: Condition, rng: np.random.Generator) -> Self:
        n = condition.words
        latent = rng.standard_normal((n, LATENT))
        every = np.stack(np.triu_indices(n, 1), axis=1)
        rated = rng.permutation(every)[: RATED_PAIRS_A_WORD * n]
        apart = np.linalg.norm(latent[rated[:, 0]] - latent[rated[:, 1]], axis=1)
        return cls(
            rng.permutation(group_codes(n, 3 if n < 20 else 4, is_unequal=condition.is_unequal)),
            rng.permutation(group_codes(n, 2, is_unequal=condition.is_unequal)),
            rng.permutation(np.arange(n) % len(SHAPES)),
            pronunciations(n, rng),
            latent,
            rng.standard_normal(n),
            rng.permutation(n)[: 2 * (n // 4)].reshape(-1, 2),
            rated,
            rng.standard_normal(len(rated)) / 2 - apart,
        )

    def traces(self, centres: Dealer, dealt: Dealer) -> Doubles:
        """Return what all facts leave in the vectors of the words, [layers, words, dim].

        Parameters
        ----------
        centres
            Draws what is the same for every draw of words.
        dealt
            Draws what belongs to these words.
        """
        of_label = centres(self.labels.max() + 1)[:, self.labels]
        of_language = centres(2)[:, self.languages]
        of_shape = centres(2)[:, self.shapes % 2]
        of_phone, of_latent = centres(len(PHONES)), centres(LATENT)
        spelt = [[PHONES.index(phone) for phone in phones] for phones in self.phones]
        sounds = np.stack([of_phone[:, own].sum(axis=1) / np.sqrt(len(own)) for own in spelt], 1)
        meaning = np.zeros_like(sounds)
        meaning[:, self.synonyms] = dealt(len(self.synonyms))[:, :, None]
        total: Doubles = of_label + of_language + of_shape + sounds + meaning
        return TRACE * (total + self.latent @ of_latent / np.sqrt(LATENT))

    def facts(self, names: Sequence[WordId], speakers: Sequence[tuple[str, str]]) -> Facts:
        words = tuple(
            WordFacts(
                name,
                "".join(self.phones[i]),
                f"group {self.labels[i]}",
                self.phones[i],
                (("frequency", float(self.numbers[i])),),
                ("en", "de")[self.languages[i]],
                SHAPES[self.shapes[i]],
            )
            for i, name in enumerate(names)
        )
        synonyms = tuple((names[i], names[j]) for i, j in self.synonyms)
        rated = zip(self.rated.tolist(), self.ratings.tolist(), strict=True)
        ratings = tuple((names[i], names[j], rating) for (i, j), rating in rated)
        return Facts(words, "group", tuple(speakers), synonyms, ratings)


def simulate(condition: Condition, null: Null, rng: np.random.Generator) -> Simulated:
    """Draw new words, and their takes by the voices of the population."""
    words = WordList.drawn(condition, rng)
    word, voice, take = _rows(condition, rng)
    names = [WordId(f"w{i:03}") for i in range(condition.words)]
    rows = [f"{names[w]} v{v} t{t}" for w, v, t in zip(word, voice, take, strict=True)]
    speakers = [(row, f"v{v}") for row, v in zip(rows, voice, strict=True)]
    dealt = Dealer(condition, rng)
    means, other = _word_means(condition, words, dealt)
    stacks = []
    for encoder, mean in (("a", means), ("b", other)):
        values = _spoken(condition, null, mean, (word, voice), dealt)
        layers = tuple(str(layer) for layer in range(condition.layers))
        own = tuple(names[w] for w in word)
        floats = values.astype(np.float32)
        stacks.append(LayerStack(EncoderId(encoder), layers, tuple(rows), own, floats))
    return Simulated((stacks[0], stacks[1]), words.facts(names, speakers))


def group_codes(items: int, groups: int, *, is_unequal: bool) -> Codes:
    """Return the group of each item; if unequal, each group is half as large as the one before."""
    if not is_unequal:
        return np.arange(items) % groups
    shares = np.cumsum(0.5 ** np.arange(groups))
    bounds = items * shares[:-1] / shares[-1]
    return np.searchsorted(bounds, np.arange(items) + 0.5)


def pronunciations(words: int, rng: np.random.Generator) -> tuple[tuple[str, ...], ...]:
    """Make words of 3 to 6 phones; every two of them differ in one phone only."""
    found: list[tuple[str, ...]] = []
    for _ in range((words + 1) // 2):
        one = rng.choice(list(PHONES), int(rng.integers(3, 7))).tolist()
        other = one.copy()
        other[int(rng.integers(len(one)))] = str(rng.choice(sorted(set(PHONES) - set(one))))
        found += [tuple(one), tuple(other)]
    return tuple(found[i] for i in rng.permutation(len(found))[:words])


def _rows(condition: Condition, rng: np.random.Generator) -> tuple[Codes, Codes, Codes]:
    """Return the word, the voice and the number of every take."""
    sayings = condition.words * condition.voices
    most = 2 * condition.takes - 1
    counts = np.full(sayings, condition.takes)
    if condition.is_unequal:
        counts = rng.integers(1, most + 1, sayings)
    saying = np.repeat(np.arange(sayings), counts)
    take = np.arange(len(saying)) - np.repeat(np.cumsum(counts) - counts, counts)
    word, voice = np.divmod(saying, condition.voices)
    return word, voice, take


def _word_means(condition: Condition, words: WordList, dealt: Dealer) -> tuple[Doubles, Doubles]:
    """Return the part of the vectors due to the word, for both encoders; [layers, words, dim]."""
    own, other = WORD * dealt(condition.words), WORD * dealt(condition.words)
    if not condition.has_effect:
        return own, other
    fixed = np.random.default_rng(POPULATION)
    traces = words.traces(Dealer(condition, fixed), dealt)
    # The second encoder rotates half of what the first one holds.
    turn = np.linalg.qr(fixed.standard_normal((DIM, DIM)))[0]
    shared = own + traces
    return shared, (shared @ turn + other) / np.sqrt(2)


def _spoken(
    condition: Condition,
    null: Null,
    means: Doubles,
    places: tuple[Codes, Codes],
    dealt: Dealer,
) -> Doubles:
    """Let the voices say the words; [layers, rows, dim]."""
    word, voice = places
    has_none = not condition.has_effect
    fixed = np.random.default_rng(VOICES)
    voices = (dealt if has_none else Dealer(condition, fixed))(condition.voices)
    sayings = dealt(condition.words, condition.voices)
    # A single voice that says a word twice says the same saying.
    repeats = 0.0 if has_none and null.of_words and condition.voices == 1 else SAYING
    values = TAKE * dealt(len(word)) + repeats * sayings[:, word, voice]
    if not (has_none and null.of_words):
        values = values + means[:, word]
    if not (has_none and null.of_voices):
        values = values + VOICE * voices[:, voice]
    spoken: Doubles = values
    return spoken
