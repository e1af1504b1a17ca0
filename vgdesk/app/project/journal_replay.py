"""Reading a journal: the edits since the last save are made again.

The time it takes grows with the edits, not with the edits times the length of the list.
"""

import errno
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vgdesk.app.formats.text_file import read_bytes, text
from vgdesk.app.project.session_json import FIELDS, Field, Record, take_id, word_of
from vgdesk.core.json_text import parse_json
from vgdesk.core.model import Session, TakeId, Word

JOURNAL_FILE = "journal.jsonl"
LEFT_FILE = "journal.left.jsonl"  # edits that somebody decided not to save

# What reading a line may raise that vgdesk did not write, or that was cut off.
_NO_EDIT = (ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True, slots=True)
class Begun:
    """A take that was begun."""

    word: Word
    speaker: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A session after the edits of a journal.

    Attributes
    ----------
    edits
        How many of them changed something: one that was saved before the crash does not.
    at
        When the last of them was made, as it stands there; empty if there was none.
    begun
        Takes that were begun and of which no edit speaks.
    damaged
        Lines that could not be used.
    """

    session: Session
    edits: int = 0
    at: str = ""
    begun: Mapping[TakeId, Begun] = field(default_factory=dict)
    damaged: int = 0


def replay(folder: Path, session: Session) -> Replayed:
    """Make the edits of a project's journal again. Raises OSError if it cannot be read."""
    state = _Replay(folder, session)
    for line in _lines(folder / JOURNAL_FILE):
        state.read(line)
    return state.result()


def unsaved_edits(folder: Path, session: Session) -> str:
    """Say that a project has edits that were never saved; empty if it has none."""
    try:
        has_edits = replay(folder, session).edits > 0
    except OSError:  # nobody knows, so they are not passed over
        return f"The unsaved edits of “{folder.stem}” could not be read"
    return f"“{folder.stem}” has unsaved edits" if has_edits else ""


def _lines(file: Path) -> Iterator[bytes]:
    """Yield the lines of a journal; none if there is no journal. Raises OSError."""
    try:
        content = read_bytes(file)
    except FileNotFoundError:
        return
    except ValueError as error:  # a pipe, or larger than any journal: none that vgdesk wrote
        raise OSError(errno.EINVAL, str(error), str(file)) from error
    yield from filter(None, content.split(b"\n"))


class _Replay:
    """Makes one edit after the other; each takes time for what it changes, not for the list."""

    def __init__(self, folder: Path, session: Session) -> None:
        self._folder = folder
        self._session = session
        self._fields = {one.name: dict(getattr(session, one.name)) for one in FIELDS}
        self._takes_of = Counter(take.word for take in session.takes.values())
        self._begun: dict[TakeId, Begun] = {}
        self._edits = 0
        self._at = ""
        self._damaged = 0

    def read(self, line: bytes) -> None:
        """Make the edit of a line; one that cannot be used changes nothing and is counted."""
        try:
            record = parse_json(line)
            if not isinstance(record, dict):
                raise ValueError("not an object")
            if "take" in record:
                begun = Begun(word_of(record["word"]), text(record["speaker"]))
                self._begun[take_id(record["take"])] = begun
            else:
                self._make(record)
        except _NO_EDIT:
            self._damaged += 1

    def result(self) -> Replayed:
        """Return what all the edits lead to."""
        session = self._session
        if self._edits:
            session = Session(**self._fields)
        # In the list and in the trash: only in a damaged project, and then the list counts.
        trash = {take: one for take, one in session.trash.items() if take not in session.takes}
        if len(trash) < len(session.trash):
            session = replace(session, trash=trash)
        known = {*session.takes, *trash}
        begun = {take: word for take, word in self._begun.items() if take not in known}
        return Replayed(session, self._edits, self._at, begun, self._damaged)

    def _make(self, record: Record) -> None:
        changes = {one.name: _Change.of(one, record, self._folder) for one in FIELDS}
        self._refuse_homeless(changes["words"], changes["takes"])
        at = text(record["at"]) if any(changes.values()) else ""
        self._count(changes["takes"])
        made = [change.made(self._fields[name]) for name, change in changes.items()]
        if any(made):
            self._edits += 1
            self._at = at
        # A take that an edit speaks of was taken in; if it is gone, somebody deleted it.
        for take in (*changes["takes"].stated, *changes["takes"].gone):
            self._begun.pop(take, None)

    def _refuse_homeless(self, words: "_Change", takes: "_Change") -> None:
        """Refuse an edit that would leave a take without its word."""
        known, listed = self._fields["words"], self._fields["takes"]
        moved = {take for take in (*takes.stated, *takes.gone) if take in listed}
        leaving = Counter(listed[take].word for take in moved)
        homes = {v.word for take, v in takes.stated.items() if take not in takes.gone}
        there = {w for w in homes if w in known or w in words.stated} - words.gone
        left = {word for word in words.gone if self._takes_of[word] > leaving[word]}
        if homes - there or left:
            raise ValueError("a take without its word")

    def _count(self, takes: "_Change") -> None:
        listed = self._fields["takes"]
        for take in {*takes.stated, *takes.gone}:
            if take in listed:
                self._takes_of[listed[take].word] -= 1
            if take in takes.stated and take not in takes.gone:
                self._takes_of[takes.stated[take].word] += 1


@dataclass(frozen=True, slots=True)
class _Change:
    """What an edit says of one field of a session."""

    stated: Mapping[Any, Any]
    gone: frozenset[Any]
    order: tuple[Any, ...]

    @classmethod
    def of(cls, one: Field, record: Record, folder: Path) -> "_Change":
        """Read it; raises one of `_NO_EDIT` if anything in it is no value of this field."""
        stated, gone, order = (
            record.get(kind, {}).get(one.name, ()) for kind in ("set", "gone", "order")
        )
        values = {one.key(text(k)): one.value(v, folder) for k, v in dict(stated).items()}
        if one.name_of is not None and any(one.name_of(v) != k for k, v in values.items()):
            raise ValueError("a value under another name than its own")
        keys = (tuple(one.key(text(key)) for key in some) for some in (gone, order))
        return cls(values, frozenset(next(keys)), next(keys))

    def __bool__(self) -> bool:
        return bool(self.stated or self.gone or self.order)

    def made(self, values: dict[Any, Any]) -> bool:
        """Change the values of the field; False if all was so before."""
        gone = [key for key in self.gone if key in values]
        stated = {k: v for k, v in self.stated.items() if k not in self.gone}
        changed = {k: v for k, v in stated.items() if k not in values or values[k] != v}
        for key in gone:
            del values[key]
        values.update(changed)
        return self._put_in_order(values) or bool(gone or changed)

    def _put_in_order(self, values: dict[Any, Any]) -> bool:
        order = [key for key in self.order if key in values]
        wanted = list(dict.fromkeys([*order, *values])) if order else list(values)
        if wanted == list(values):
            return False
        sorted_values = {key: values[key] for key in wanted}
        values.clear()
        values.update(sorted_values)
        return True


def begun_by(folder: Path, speaker: str) -> frozenset[TakeId]:
    """Find the takes that a speaker began, as far as the journals of a project still say so."""
    found = set()
    for name in (JOURNAL_FILE, LEFT_FILE):
        with suppress(OSError):
            for line in _lines(folder / name):
                with suppress(*_NO_EDIT):
                    record = parse_json(line)
                    if record.get("speaker") == speaker:
                        found.add(take_id(record["take"]))
    return frozenset(found)
