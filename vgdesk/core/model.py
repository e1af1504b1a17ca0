from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import NewType, Self

WordId = NewType("WordId", str)
TakeId = NewType("TakeId", str)
EncoderId = NewType("EncoderId", str)


class Modality(Enum):
    """The input of an encoder."""

    SPEECH = "speech"
    TEXT = "text"


class Cell(Enum):
    """The four cells of the 2x2: speech or text, trained without or with pictures."""

    SPEECH = "speech"
    SPEECH_GROUNDED = "speech-grounded"
    TEXT = "text"
    TEXT_GROUNDED = "text-grounded"

    @property
    def modality(self) -> Modality:
        return Modality.SPEECH if self.value.startswith("speech") else Modality.TEXT

    @property
    def is_grounded(self) -> bool:
        return self.value.endswith("grounded")

    @property
    def title(self) -> str:
        name = self.modality.value.capitalize()
        return f"{name} + pictures" if self.is_grounded else name


class TakeSource(Enum):
    """The origin of a take; synthetic speech is always marked as synthetic."""

    RECORDED = "recorded"
    IMPORTED = "imported"
    SYNTHETIC = "synthetic"


class Verdict(Enum):
    """The verdict of a check on a take."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Concern:
    """A check that a take did not pass, by the id of the check."""

    check: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker, under a pseudonym unless they want to be named.

    Attributes
    ----------
    has_consent
        Whether the recordings may be kept and used; None if not asked yet.
    """

    name: str
    language: str = ""
    has_consent: bool | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a speaker needs a name or a pseudonym")


@dataclass(frozen=True, slots=True)
class Word:
    """One word in one sense. Two words may share a spelling, so words are identified by id.

    Attributes
    ----------
    labels
        Value for each label column, for example ``{"category": "animal"}``.
    """

    id: WordId
    text: str
    language: str = "en"
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a word needs a written form")
        object.__setattr__(self, "labels", MappingProxyType(dict(self.labels)))

    def with_label(self, column: str, value: str) -> Self:
        return replace(self, labels={**self.labels, column: value})


@dataclass(frozen=True, slots=True)
class Take:
    """One recording of one word; the file never changes, and trimming is metadata.

    Attributes
    ----------
    file
        Absolute path of the sound file.
    start, end
        The part of the file with the word, in seconds; `end` None is the end of the file.
    concerns
        The checks after the recording that it did not pass.
    is_kept_anyway
        True if the user saw the concerns and decided to keep the take.
    """

    id: TakeId
    word: WordId
    file: Path
    speaker: str = ""
    start: float = 0.0
    end: float | None = None
    source: TakeSource = TakeSource.RECORDED
    concerns: tuple[Concern, ...] = ()
    is_kept_anyway: bool = False

    def __post_init__(self) -> None:
        if self.start < 0 or (self.end is not None and self.end <= self.start):
            raise ValueError(f"take {self.id}: trim {self.start} to {self.end} s is empty")


@dataclass(frozen=True, slots=True)
class Trashed:
    """A rejected take, with its word at that time; its sound file is kept."""

    take: Take
    word: Word


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """Everything the user decided, without anything that can be recomputed.

    Sessions share unchanged parts, so keeping a hundred earlier ones for undo costs little.

    Attributes
    ----------
    words, takes
        In the order of the list.
    encoders
        The encoder chosen for each cell of the 2x2; a cell may be empty.
    trash
        Takes that were rejected or deleted, and can be restored.
    speakers
        By name; a take may have a speaker who is not listed here.
    ratings
        Human similarity ratings, by written forms; may include words not in the list.
    spent
        The highest number of a permanently deleted take of a word; numbers are not reused.
    """

    words: Mapping[WordId, Word] = field(default_factory=dict)
    takes: Mapping[TakeId, Take] = field(default_factory=dict)
    encoders: Mapping[Cell, EncoderId] = field(default_factory=dict)
    trash: Mapping[TakeId, Trashed] = field(default_factory=dict)
    speakers: Mapping[str, Speaker] = field(default_factory=dict)
    ratings: Mapping[tuple[str, str], float] = field(default_factory=dict)
    spent: Mapping[WordId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("words", "takes", "encoders", "trash", "speakers", "spent", "ratings"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        homeless = [take.id for take in self.takes.values() if take.word not in self.words]
        if homeless:
            raise ValueError(f"takes without a word: {homeless[:5]}")

    def takes_of(self, word: WordId) -> tuple[Take, ...]:
        return tuple(take for take in self.takes.values() if take.word == word)

    def label_columns(self) -> tuple[str, ...]:
        """Return every label column that any word uses, in order of first appearance."""
        return tuple(dict.fromkeys(name for word in self.words.values() for name in word.labels))

    def with_word(self, word: Word) -> Self:
        """Add a word at the end, or replace the one with the same id in place."""
        return replace(self, words={**self.words, word.id: word})

    def with_take(self, take: Take) -> Self:
        """Add a take at the end, or replace the one with the same id in place."""
        return replace(self, takes={**self.takes, take.id: take})

    def without_takes(self, takes: frozenset[TakeId]) -> Self:
        """Move takes to the trash."""
        gone = {k: Trashed(v, self.words[v.word]) for k, v in self.takes.items() if k in takes}
        kept = {k: v for k, v in self.takes.items() if k not in gone}
        return replace(self, takes=kept, trash={**self.trash, **gone})

    def without_words(self, words: frozenset[WordId]) -> Self:
        """Delete words and move their takes to the trash."""
        emptied = self.without_takes(
            frozenset(take.id for take in self.takes.values() if take.word in words)
        )
        return replace(emptied, words={k: v for k, v in self.words.items() if k not in words})

    def with_restored(self, take: TakeId) -> Self:
        """Restore a take from the trash, together with its word if that was deleted."""
        back = self.trash[take]
        return replace(
            self,
            words={**self.words, back.word.id: self.words.get(back.word.id, back.word)},
            takes={**self.takes, take: back.take},
            trash={k: v for k, v in self.trash.items() if k != take},
        )

    def with_speaker(self, speaker: Speaker) -> Self:
        """Add a speaker, or replace the one with the same name."""
        return replace(self, speakers={**self.speakers, speaker.name: speaker})

    def without_speaker(self, name: str) -> Self:
        """Delete a speaker and all their takes, in the list and in the trash."""
        return replace(
            self,
            takes={k: v for k, v in self.takes.items() if v.speaker != name},
            trash={k: v for k, v in self.trash.items() if v.take.speaker != name},
            speakers={k: v for k, v in self.speakers.items() if k != name},
        )

    def with_encoder(self, cell: Cell, encoder: EncoderId | None) -> Self:
        """Assign an encoder to a cell of the 2x2, or empty the cell."""
        others = {k: v for k, v in self.encoders.items() if k != cell}
        return replace(self, encoders=others if encoder is None else {**others, cell: encoder})
