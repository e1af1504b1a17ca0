"""Recipe files: what an analysis is going to be, fixed before its data are seen.

A recipe names list, encoders, measures, layers, seed and exclusions, and holds a fingerprint of
every word, take and encoder at the time of writing, so that a later run can say what has changed.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

from vgdesk import __version__
from vgdesk.app.commands.arguments import MOST_SEEDS
from vgdesk.app.exchange.word_lists import WORD_LISTS, open_words
from vgdesk.app.formats.foreign_text import read_at_most
from vgdesk.core.counting import counted, first_few
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Take, Word
from vgdesk.encoders.base import EncoderSpec, Pooling

Fingerprints = Mapping[str, str]
HINT = "Write one with `vgdesk recipe`."
REQUIRED = ("words", "encoders", "measures", "label")
MOST_NAMED = 20
DIGITS = 16  # of a fingerprint


@dataclass(frozen=True, slots=True)
class Recipe:
    """The content of a recipe file.

    Attributes
    ----------
    words
        A built-in list, or a path relative to the folder of the recipe.
    layers
        Names of layers, which every encoder has; empty for all layers.
    exclude
        Ids of words or takes that are left out.
    word_hashes, take_hashes, encoder_hashes
        Fingerprints by id. Without takes, recordings were still to be made.
    rating_hash
        Fingerprint of the similarity ratings; empty without.
    """

    words: str
    encoders: tuple[str, ...]
    measures: tuple[str, ...]
    label: str
    seed: int = 0
    pooling: str = "mean"
    layers: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    version: str = __version__
    word_hashes: Fingerprints = field(default_factory=dict)
    take_hashes: Fingerprints = field(default_factory=dict)
    encoder_hashes: Fingerprints = field(default_factory=dict)
    rating_hash: str = ""

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a recipe; raises VgdeskError if it is none."""
        try:
            content = json.loads(read_at_most(file).decode("utf-8"))
            if lacking := [name for name in REQUIRED if name not in content]:
                raise ValueError(f"it has no entry “{lacking[0]}”")
            return cls(**{name: _value(name, value) for name, value in content.items()})
        except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise VgdeskError(f"“{file}” could not be read as a recipe: {error}.", HINT) from error

    def text(self) -> str:
        """Format the file."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    def list_from(self, folder: Path) -> str:
        """Return the name of the word list for a recipe in this folder."""
        return self.words if self.words in WORD_LISTS else os.path.normpath(folder / self.words)

    def fixed(self, session: Session, specs: Sequence[EncoderSpec]) -> Self:
        """Return the recipe with the fingerprints of what it is about."""
        return replace(
            self,
            word_hashes={word.id: _of_word(word) for word in session.words.values()},
            take_hashes={take.id: _of_take(take) for take in session.takes.values()},
            encoder_hashes=_of_encoders(self.encoders, specs),
            rating_hash=_of_ratings(session),
        )

    def deviations(self, session: Session, specs: Sequence[EncoderSpec]) -> Iterator[str]:
        """Say in sentences what is not as it was when the recipe was written."""
        now = replace(self, version=__version__).fixed(session, specs)
        if now.version != self.version:
            yield f"This is vgdesk {now.version}; the recipe was written with {self.version}."
        yield from _changes("word", self.word_hashes, now.word_hashes)
        if self.take_hashes:
            yield from _changes("take", self.take_hashes, now.take_hashes)
        yield from _changes("encoder", self.encoder_hashes, now.encoder_hashes)
        if self.rating_hash != now.rating_hash:
            yield "The similarity ratings have changed."
        known = {*session.words, *session.takes}
        if missing := [name for name in self.exclude if name not in known]:
            yield f"Excluded, but not in the list: {first_few(missing, MOST_NAMED)}."


def recorded_since(recipe: Recipe, session: Session) -> str:
    """Say how many takes were made after the recipe, if it was written before recording."""
    if recipe.take_hashes or not session.takes:
        return ""
    made = counted(len(session.takes), "take")
    return f"The recipe was written before recording; the list now has {made}."


def _value(name: str, value: Any) -> Any:
    """Return a value of a recipe file as the type of its field; raises ValueError or TypeError."""
    kinds = {one.name: one.type for one in fields(Recipe)}
    if name not in kinds:
        raise ValueError(f"unknown entry “{name}”")
    if kinds[name] == tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError(f"“{name}” is not a list of texts")
        return tuple(value)
    if kinds[name] in (str, int):
        if type(value) is not kinds[name]:
            raise ValueError(f"“{name}” is not a {'text' if kinds[name] is str else 'number'}")
        if name == "seed" and not 0 <= value < MOST_SEEDS:
            raise ValueError("its seed is out of range")
        return Pooling(value).value if name == "pooling" else value
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError(f"“{name}” is not a table of fingerprints")
    return value


def _changes(kind: str, before: Fingerprints, now: Fingerprints) -> Iterator[str]:
    changed = [name for name in before if name in now and now[name] != before[name]]
    gone = [name for name in before if name not in now]
    new = [name for name in now if name not in before]
    for what, names in (("Changed", changed), ("Missing", gone), ("New", new)):
        if names:
            yield f"{what} {kind}{'s' * (len(names) != 1)}: {first_few(names, MOST_NAMED)}."


def _hash(*parts: Any) -> str:
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _of_word(word: Word) -> str:
    return _hash(word.text, word.language, dict(word.labels))


def _of_take(take: Take) -> str:
    """Return the fingerprint of a take and of its sound; that of a missing file is its own."""
    try:
        with take.file.open("rb") as stream:
            sound = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        sound = ""
    return _hash(take.word, take.speaker, float(take.start), take.end, sound)


def _of_encoders(names: Sequence[str], specs: Sequence[EncoderSpec]) -> Fingerprints:
    return {name: _hash(spec.revision) for name, spec in zip(names, specs, strict=True)}


def _of_ratings(session: Session) -> str:
    return _hash(sorted([*pair, rating] for pair, rating in session.ratings.items())) * bool(
        session.ratings
    )


def relative_list(words: str, recipe: Path) -> str:
    """Return the name of a word list as a recipe file holds it."""
    if words in WORD_LISTS:
        return words
    open_words(words)  # raises unless there is one
    try:
        return Path(os.path.relpath(words, recipe.absolute().parent)).as_posix()
    except ValueError:  # another drive
        return str(Path(words).absolute())
