"""What a crash left behind: edits in the journal, and takes whose recording broke off."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vgdesk.app.events import Level, Notice
from vgdesk.app.identity import new_word
from vgdesk.app.project_lock import ProjectLock
from vgdesk.app.project_places import takes_folder
from vgdesk.app.replaying import JOURNAL_FILE, Begun, replay
from vgdesk.audio.files import Recording, read
from vgdesk.audio.speech_activity import find_word
from vgdesk.audio.take_checks import INTERRUPTED
from vgdesk.audio.take_writer import PARTIAL_SUFFIX, keep
from vgdesk.core.errors import ProjectError, VgdeskError
from vgdesk.core.model import Concern, Session, Take, TakeId, Verdict, Word

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Recovered:
    """A session as it was when the program ended.

    Attributes
    ----------
    written
        The session as far as the journal leads: the same without the recordings that broke off.
    label
        What was restored, as the name of one edit; empty if there was nothing to restore.
    """

    session: Session
    written: Session
    label: str = ""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A recording that no edit speaks of."""

    take: TakeId
    begun: Begun
    recording: Recording
    file: Path


def recover(folder: Path, saved: Session) -> Recovered:
    """Make the edits since the last save again, and take in recordings that broke off.

    Raises
    ------
    ProjectError
        If the journal is there and cannot be read.
    """
    try:
        replayed = replay(folder, saved)
    except OSError as error:
        raise ProjectError(
            f"The edits since the last save of {folder.name} could not be read "
            f"({error.strerror}). The last save can be opened; nothing was changed.",
            "Check that you may read the file journal.jsonl, then open the project again.",
        ) from error
    problems: list[Notice] = []
    found = list(_broken_off(folder, replayed.session, replayed.begun, problems))
    session = replayed.session
    for one in found:
        session = session.with_word(session.words.get(one.begun.word.id, one.begun.word))
        session = session.with_take(_take(one))
    if replayed.damaged:
        problems.append(_damaged(replayed.damaged))
    parts = [f"{replayed.edits} edit{'s' * (replayed.edits != 1)}"] if replayed.edits else []
    if found:
        parts.append(_named([one.begun.word for one in found]))
    restored = " and ".join(parts)
    if not restored:
        return Recovered(session, replayed.session, notices=tuple(problems))
    said = Notice(
        f"Restored what was not saved when vgdesk ended: {restored}.",
        "Save to keep it; Undo goes back to how it was saved.",
        Level.WARNING,
    )
    return Recovered(session, replayed.session, f"Restore {restored}", (said, *problems))


def left_behind(folders: Iterable[Path]) -> Path | None:
    """Find the project among these that was worked on last when the program broke off."""
    broken_off = {}
    for folder in folders:
        with suppress(OSError):
            journal = (folder / JOURNAL_FILE).stat()
            lock = ProjectLock.taken(folder) if journal.st_size else None
            if lock is not None:
                lock.release()
                broken_off[folder] = journal.st_mtime
    return max(broken_off, key=lambda folder: broken_off[folder], default=None)


def _broken_off(
    folder: Path, session: Session, begun: Mapping[TakeId, Begun], problems: list[Notice]
) -> Iterator[_Found]:
    """Keep every recording that was running; nothing is left over of it but a sound file."""
    home = takes_folder(folder)
    partials = sorted(home.glob(f"*{PARTIAL_SUFFIX}")) if home.is_dir() else []
    left = {_take_of(file): file for file in partials}
    for take in dict.fromkeys([*begun, *left]):
        flac = home / f"{take}.flac"
        try:
            recording = _kept(left.get(take), flac)
        except (VgdeskError, ValueError, OSError) as error:
            problems.append(_lost(take, error))
            continue
        if recording is None or take in session.takes or take in session.trash:
            continue
        known = begun.get(take) or Begun(_word_of(session, take), "")
        yield _Found(take, known, recording, flac)


def _kept(partial: Path | None, flac: Path) -> Recording | None:
    if flac.exists():  # it is only there once it is whole
        if partial is not None:
            partial.unlink()
        return read(flac)
    if partial is None:
        return None
    if not partial.stat().st_size:
        partial.unlink()
        return None
    return keep(partial, flac)


def _take_of(partial: Path) -> TakeId:
    return TakeId(partial.name.removesuffix(PARTIAL_SUFFIX).rpartition(".")[0])


def _word_of(session: Session, take: TakeId) -> Word:
    """Find the word of a take by its id, if no journal says it."""
    name = take.rpartition("-")[0] or str(take)
    by_id = {str(word.id): word for word in session.words.values()}
    return by_id.get(name) or new_word(session, name.replace("-", " "))


def _take(found: _Found) -> Take:
    start, end = find_word(found.recording) or (0.0, None)
    word = found.begun.word.id
    concerns = (Concern(INTERRUPTED.id, Verdict.WARN),)
    return Take(found.take, word, found.file, found.begun.speaker, start, end, concerns=concerns)


def _named(words: list[Word]) -> str:
    named = ", ".join(f"“{word.text}”" for word in words[:MOST_NAMED])
    more = f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else ""
    recordings = "the recording" if len(words) == 1 else f"{len(words)} recordings"
    return f"{recordings} of {named}{more}"


def _lost(take: TakeId, error: Exception) -> Notice:
    return Notice(
        f"A recording that broke off ({take}) could not be taken in: {error}",
        "Its file is still in the folder takes of the project.",
        Level.WARNING,
    )


def _damaged(lines: int) -> Notice:
    edits = "one edit was" if lines == 1 else f"{lines} edits were"
    return Notice(
        f"The end of the list of edits is damaged: {edits} not restored.",
        "Look through the words you edited last. Recordings are not affected.",
        Level.WARNING,
    )
