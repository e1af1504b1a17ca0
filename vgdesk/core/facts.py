from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Self

from vgdesk.core.errors import NotFiniteError
from vgdesk.core.model import WordId


@dataclass(frozen=True, slots=True)
class WordFacts:
    """Facts about one word from the word list.

    Attributes
    ----------
    label
        Its entry in the chosen label column; empty if it has none.
    phones
        Its pronunciation, one entry per phone; empty if unknown.
    numbers
        Numeric columns, such as frequency or concreteness, where filled in; all finite.
    language
        Its language; empty if unknown.
    shape
        "round" or "sharp" if it names something of that shape, "sounds round" or "sounds sharp"
        if it is to be judged by its sound; otherwise empty.
    """

    word: WordId
    text: str
    label: str = ""
    phones: tuple[str, ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()
    language: str = ""
    shape: str = ""

    def __post_init__(self) -> None:
        for column, number in self.numbers:
            if not isfinite(number):
                raise NotFiniteError.of(self.text, f"the number in the column “{column}”")


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about the rows of a stack besides their vectors.

    Attributes
    ----------
    column
        The chosen label column.
    speakers
        Row id and speaker, for rows that are takes of a known speaker.
    synonyms
        Pairs of synonymous words according to the list; each pair once.
    ratings
        Pairs of words with human similarity ratings, on any scale; each pair once, all finite.
    """

    words: tuple[WordFacts, ...] = ()
    column: str = ""
    speakers: tuple[tuple[str, str], ...] = ()
    synonyms: tuple[tuple[WordId, WordId], ...] = ()
    ratings: tuple[tuple[WordId, WordId, float], ...] = ()

    def __post_init__(self) -> None:
        for one, other, rating in self.ratings:
            if not isfinite(rating):
                raise NotFiniteError.of(f"{one}, {other}", "the similarity rating")

    @classmethod
    def of_labels(cls, labels: Mapping[WordId, str], column: str = "label") -> Self:
        """Make facts from labels alone; the written form is the id of the word."""
        return cls(tuple(WordFacts(word, word, label) for word, label in labels.items()), column)

    def only(self, words: Collection[WordId], rows: Collection[str]) -> Self:
        """Keep only facts about the given words, and the speakers of the given rows."""
        return replace(
            self,
            words=tuple(facts for facts in self.words if facts.word in words),
            speakers=tuple(one for one in self.speakers if one[0] in rows),
        )

    def labels(self) -> dict[WordId, str]:
        """Return the label of each word that has one."""
        return {facts.word: facts.label for facts in self.words if facts.label}

    def texts(self) -> dict[WordId, str]:
        """Return the written form of each word."""
        return {facts.word: facts.text for facts in self.words}

    def phones(self) -> dict[WordId, tuple[str, ...]]:
        """Return the pronunciation of each word that has one."""
        return {facts.word: facts.phones for facts in self.words if facts.phones}

    def languages(self) -> dict[WordId, str]:
        """Return the language of each word whose language is known."""
        return {facts.word: facts.language for facts in self.words if facts.language}

    def speaker_of(self) -> dict[str, str]:
        """Return the speaker of each row whose speaker is known."""
        return dict(self.speakers)


NOTHING_KNOWN = Facts()
