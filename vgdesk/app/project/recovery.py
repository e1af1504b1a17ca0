"""Recovery after a crash: edits in the journal, and interrupted recordings."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vgdesk.app.project.journal_replay import JOURNAL_FILE, Begun, Replayed, replay
from vgdesk.app.project.leftover_takes import LeftoverTake, LeftoverTakes
from vgdesk.app.project.locations import takes_folder
from vgdesk.app.project.lock import ProjectLock
from vgdesk.app.words.identifiers import new_word
from vgdesk.audio.take_checks import INTERRUPTED, concerns
from vgdesk.core.counting import counted, first_few
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import Concern, Session, Take, TakeId, Verdict, Word
from vgdesk.core.notices import Level, Notice


@dataclass(frozen=True, slots=True)
class Recovered:
    """A session restored to its state when the program ended.

    Attributes
    ----------
    written
        The session after the journal, without the interrupted recordings.
    label
        What was restored, as the name of one edit; empty if nothing.
    """

    session: Session
    written: Session
    label: str = ""
    notices: tuple[Notice, ...] = ()


def recover(folder: Path, saved: Session) -> Recovered:
    """Replay the edits since the last save, and recover interrupted recordings.

    Raises
    ------
    ProjectError
        If there is a journal that cannot be read.
    """
    try:
        replayed = replay(folder, saved)
    except OSError as error:
        raise ProjectError(
            f"The edits since the last save of {folder.name} could not be read "
            f"({error.strerror}). The last save can be opened; nothing was changed.",
            "Check that the file journal.jsonl is readable, then open the project again.",
        ) from error
    session, words, problems = _with_left_takes(folder, replayed)
    if replayed.damaged:
        problems.append(_damaged(replayed.damaged))
    parts = [counted(replayed.edits, "edit")] if replayed.edits else []
    if words:
        parts.append(_named(words))
    restored = " and ".join(parts)
    if not restored:
        return Recovered(session, replayed.session, notices=tuple(problems))
    said = Notice(
        f"Restored unsaved work after vgdesk closed unexpectedly: {restored}.",
        "Save to keep it; Undo returns to the last save.",
        Level.WARNING,
    )
    return Recovered(session, replayed.session, f"Restore {restored}", (said, *problems))


def left_behind(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Find the projects with unsaved work that are not open, the latest first."""
    broken_off = {}
    for folder in folders:
        with suppress(OSError):
            journal = (folder / JOURNAL_FILE).stat()
            lock = ProjectLock.taken(folder) if journal.st_size else None
            if lock is not None:
                lock.release()
                broken_off[folder] = journal.st_mtime
    return tuple(sorted(broken_off, key=lambda folder: broken_off[folder], reverse=True))


def _with_left_takes(folder: Path, replayed: Replayed) -> tuple[Session, list[Word], list[Notice]]:
    """Recover interrupted recordings; returns their words and any problems."""
    session, words = replayed.session, list[Word]()
    left = LeftoverTakes(takes_folder(folder))
    known = {*session.takes, *session.trash}
    for one in left.taken_in(replayed.begun, known.__contains__):
        begun = replayed.begun.get(one.take) or Begun(_word_of(session, one.take), "")
        session = session.with_word(session.words.get(begun.word.id, begun.word))
        session = session.with_take(_take(one, begun))
        words.append(begun.word)
    return session, words, left.problems


def _word_of(session: Session, take: TakeId) -> Word:
    """Find the word of a take by its id, if it is not in the journal."""
    name = take.rpartition("-")[0]
    by_id = {str(word.id): word for word in session.words.values()}
    return by_id.get(name) or new_word(session, name.replace("-", " ").strip() or str(take))


def _take(left: LeftoverTake, begun: Begun) -> Take:
    start, end = left.trim or (0.0, None)
    against = (Concern(INTERRUPTED.id, Verdict.WARN), *concerns(left.findings))
    return Take(left.take, begun.word.id, left.file, begun.speaker, start, end, concerns=against)


def _named(words: list[Word]) -> str:
    recordings = "the recording" if len(words) == 1 else f"{len(words)} recordings"
    return f"{recordings} of {first_few([f'“{word.text}”' for word in words])}"


def _damaged(lines: int) -> Notice:
    edits = "one edit was" if lines == 1 else f"{lines} edits were"
    return Notice(
        f"The end of the edit journal is damaged: {edits} not restored.",
        "Check the words you edited last. Recordings are not affected.",
        Level.WARNING,
    )
