"""Replay of a journal: the edits since the last save.

The time grows with the number of edits, not with edits times the length of the list.
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
LEFT_FILE = "journal.left.jsonl"  # discarded edits

# Errors from a line that is truncated or was not written by vgdesk.
_NO_EDIT = (ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True, slots=True)
class Begun:
    """A take that was started."""

    word: Word
    speaker: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A session after the edits of a journal.

    Attributes
    ----------
    edits
        Number of edits that changed something; those saved before the crash do not.
    at
        Time of the last of them as written; empty if there was none.
    begun
        Started takes that no edit mentions.
    damaged
        Number of unusable lines.
    """

    session: Session
    edits: int = 0
    at: str = ""
    begun: Mapping[TakeId, Begun] = field(default_factory=dict)
    damaged: int = 0


def replay(folder: Path, session: Session) -> Replayed:
    """Replay the journal of a project. Raises OSError if it cannot be read."""
    state = _Replay(folder, session)
    for line in _lines(folder / JOURNAL_FILE):
        state.read(line)
    return state.result()


def unsaved_edits(folder: Path, session: Session) -> str:
    """Return a statement that a project has unsaved edits; empty if it has none."""
    try:
        has_edits = replay(folder, session).edits > 0
    except OSError:  # unknown, so assume there are some
        return f"The unsaved edits of “{folder.stem}” could not be read"
    return f"“{folder.stem}” has unsaved edits" if has_edits else ""


def _lines(file: Path) -> Iterator[bytes]:
    """Yield the lines of a journal; none if there is no journal. Raises OSError."""
    try:
        content = read_bytes(file)
    except FileNotFoundError:
        return
    except ValueError as error:  # a pipe, or larger than any journal of vgdesk
        raise OSError(errno.EINVAL, str(error), str(file)) from error
    yield from filter(None, content.split(b"\n"))


class _Replay:
    """Replays edits; each takes time proportional to its changes, not to the list."""

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
        """Replay the edit of a line; an unusable one changes nothing and is counted."""
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
        """Return the result of all edits."""
        session = self._session
        if self._edits:
            session = Session(**self._fields)
        # A take in list and trash occurs only in a damaged project; the list takes precedence.
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
        # A take that an edit mentions was completed; if it is missing, it was deleted.
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
    """The change of one field of a session by an edit."""

    stated: Mapping[Any, Any]
    gone: frozenset[Any]
    order: tuple[Any, ...]

    @classmethod
    def of(cls, one: Field, record: Record, folder: Path) -> "_Change":
        """Read a change; raises one of `_NO_EDIT` if a value is invalid for the field."""
        stated, gone, order = (
            record.get(kind, {}).get(one.name, ()) for kind in ("set", "gone", "order")
        )
        values = {one.key(text(k)): one.value(v, folder) for k, v in dict(stated).items()}
        if one.name_of is not None and any(one.name_of(v) != k for k, v in values.items()):
            raise ValueError("a value under a wrong name")
        keys = (tuple(one.key(text(key)) for key in some) for some in (gone, order))
        return cls(values, frozenset(next(keys)), next(keys))

    def __bool__(self) -> bool:
        return bool(self.stated or self.gone or self.order)

    def made(self, values: dict[Any, Any]) -> bool:
        """Apply the change to the values of the field; False if nothing changed."""
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
    """Find the takes started by a speaker according to the journals of a project."""
    found = set()
    for name in (JOURNAL_FILE, LEFT_FILE):
        with suppress(OSError):
            for line in _lines(folder / name):
                with suppress(*_NO_EDIT):
                    record = parse_json(line)
                    if record.get("speaker") == speaker:
                        found.add(take_id(record["take"]))
    return frozenset(found)
