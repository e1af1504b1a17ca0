r"""journal.jsonl: every edit since the last save, written before the next one.

One JSON object per line. An edit records the resulting state, not the operation, so replaying it
twice is harmless:

    {"at": "2026-03-01T10:00:00", "edit": "Label 2 words", "set": {"words": {…}}, "gone": {…}}

``set`` and ``gone`` name values by field and id; ``order`` lists the ids of a field whose order is
not "the old ones, then the new ones". Before a take starts, its word is recorded too:

    {"at": …, "take": "dog-3", "word": {…}, "speaker": "S01"}

so that an interrupted recording can be assigned to its word. A line truncated by a crash is
skipped.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from vgdesk.app.formats.text_file import append_bytes, replace_text, settle_folder
from vgdesk.app.project.journal_replay import JOURNAL_FILE, LEFT_FILE
from vgdesk.app.project.session_json import FIELDS, Record, word_record
from vgdesk.app.workers.background import UNTIL_WRITTEN, Background
from vgdesk.app.workers.child_process import Post
from vgdesk.core.errors import ProjectError, VgdeskError
from vgdesk.core.model import Cell, Session, TakeId, Word


def edit_record(before: Session, after: Session, folder: Path, label: str) -> Record | None:
    """Describe the change of a session; None if nothing changed."""
    changes: dict[str, Record] = {"set": {}, "gone": {}, "order": {}}
    for one in FIELDS:
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old is new:
            continue
        # Most values are identical objects; comparing them by value would be slow in a long list.
        other = {k: v for k, v in new.items() if old.get(k) is not v}
        changed = {_id(k): one.record(v, folder) for k, v in other.items() if old.get(k) != v}
        gone = [_id(k) for k in old if k not in new]
        expected = [*(k for k in old if k in new), *(k for k in new if k not in old)]
        ordered = [] if expected == list(new) else [_id(k) for k in new]
        for kind, value in (("set", changed), ("gone", gone), ("order", ordered)):
            if value:
                changes[kind][one.name] = value
    said = {kind: value for kind, value in changes.items() if value}
    return {"at": _now(), "edit": label, **said} if said else None


def _id(key: Any) -> str:
    if isinstance(key, tuple):
        return "\t".join(key)
    return key.value if isinstance(key, Cell) else str(key)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def rewrite(folder: Path, saved: Session, now: Session, begun: Iterable[Record] = ()) -> None:
    """Rewrite a journal so that it leads from `saved` to `now`. Raises OSError.

    Parameters
    ----------
    begun
        Lines of started takes that are in neither.
    """
    edit = edit_record(saved, now, folder, "Edit")
    lines = [*begun, *([edit] if edit else [])]
    file = folder / JOURNAL_FILE
    if lines:
        replace_text(file, "\n".join(map(_line, lines)))
    elif file.exists():
        file.unlink()
        settle_folder(folder)


class Journal:
    """Records the edits of the open project in order, in a dedicated thread.

    It remembers what is on disk: after a full disk the next edit includes what was not written.
    """

    def __init__(self, post: Post, failed: Callable[[VgdeskError], object]) -> None:
        self._thread = Background("journal", post)
        self._failed = failed
        # The following is used only by the thread.
        self._folder = Path()
        self._written = Session()
        self._begun: dict[TakeId, Record] = {}
        self._is_failing = False

    def leave(self, then: Callable[[], object] = lambda: None) -> None:
        """Discard the edits since the last save: they are set aside and not replayed."""
        self._run(self._leave, then)

    def restart(self, folder: Path, saved: Session, now: Session) -> None:
        """Restart the journal from `saved`, the state on disk, up to `now`, which may be newer."""
        self._run(lambda: self._restart(folder, saved, now))

    def purge(self, saved: Session, now: Session, then: Callable[[], object]) -> None:
        """Restart without any earlier lines, then call `then`."""
        self._run(lambda: self._purge(saved, now), then)

    def go_on(self, folder: Path, written: Session) -> None:
        """Continue the journal of a project, which leads up to `written`."""
        self._run(lambda: self._go_on(folder, written))

    def note(self, session: Session, label: str) -> None:
        """Record the change of the session."""
        self._run(lambda: self._note(session, label))

    def begin_take(self, take: TakeId, word: Word, speaker: str) -> None:
        """Record the start of a take."""
        record = {"at": _now(), "take": take, "word": word_record(word), "speaker": speaker}
        self._run(lambda: self._begin(take, record))

    def when_written(self, then: Callable[[], object]) -> None:
        """Call `then` once everything so far is on disk."""
        self._run(lambda: None, then)

    def close(self, *, is_saved: bool) -> None:
        """Wait until everything is written; a saved project leaves no journal."""
        if is_saved:
            self._run(self._end)
        self._thread.close(UNTIL_WRITTEN)

    def _run(self, call: Callable[[], None], then: Callable[[], object] = lambda: None) -> None:
        self._thread.run(
            lambda: self._told_once(call), done=lambda _none: then(), failed=self._failed
        )

    def _told_once(self, call: Callable[[], None]) -> None:
        try:
            call()
        except OSError as error:
            if not self._is_failing:
                self._is_failing = True
                raise ProjectError(
                    f"Edits cannot be saved in {self._folder} ({error.strerror}). They are still "
                    "in this window, and the last save can still be opened.",
                    "Free some space or connect the drive again; or save in another folder.",
                ) from error
        else:
            self._is_failing = False

    def _leave(self) -> None:
        file = self._folder / JOURNAL_FILE
        if file.exists():
            file.replace(self._folder / LEFT_FILE)
        self._begun = {}

    def _end(self) -> None:
        if not self._begun:  # otherwise a take is running, and the next start recovers it
            self._leave()

    def _restart(self, folder: Path, saved: Session, now: Session) -> None:
        before, self._folder, self._written = self._folder, folder, now
        kept = {*now.takes, *now.trash}
        self._begun = {take: line for take, line in self._begun.items() if take not in kept}
        rewrite(folder, saved, now, self._begun.values())
        if before != folder:
            (before / JOURNAL_FILE).unlink(missing_ok=True)

    def _purge(self, saved: Session, now: Session) -> None:
        self._begun = {}
        self._restart(self._folder, saved, now)
        (self._folder / LEFT_FILE).unlink(missing_ok=True)

    def _go_on(self, folder: Path, written: Session) -> None:
        self._folder, self._written, self._begun = folder, written, {}

    def _note(self, session: Session, label: str) -> None:
        record = edit_record(self._written, session, self._folder, label)
        if record is not None:
            self._append(record)
            self._written = session
        self._begun = {
            take: line for take, line in self._begun.items() if take not in session.takes
        }

    def _begin(self, take: TakeId, record: Record) -> None:
        self._begun = {take: record}
        self._append(record)

    def _append(self, record: Record) -> None:
        file = self._folder / JOURNAL_FILE
        is_new = not file.exists()
        # The line end comes first, so that a truncated line before it does no harm.
        append_bytes(file, f"\n{_line(record)}".encode("utf-8", "backslashreplace"))
        if is_new:
            settle_folder(self._folder)


def _line(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False)
