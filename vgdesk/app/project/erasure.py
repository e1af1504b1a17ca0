"""Permanent deletion of recordings with their sound files, table rows, edits and vectors.

It may be interrupted at any time: a note of what to delete is written first and deleted last, after
the sound files, the tables, the journal and the vectors. When a project with the note is opened,
the user is asked whether to finish.
"""

import filecmp
import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from vgdesk.app.encoding.embedding_cache import EmbeddingCache
from vgdesk.app.formats.text_file import read_object, settle_folder, text, write_object
from vgdesk.app.project.journal_replay import JOURNAL_FILE, LEFT_FILE, begun_by
from vgdesk.app.project.locations import scratch_folder, takes_folder
from vgdesk.app.project.lock import ProjectLock
from vgdesk.app.project.project_file import TABLE_FILE, save
from vgdesk.app.state.settings import embeddings_folder
from vgdesk.app.words.removal import Removal
from vgdesk.audio.take_writer import PARTIAL_SUFFIX
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import Session, Take, TakeId
from vgdesk.core.viewing import ViewRecipe

NOTE_FILE = "removing.json"
UNREADABLE_NOTE = f"{NOTE_FILE}.broken"


def plan_removal(
    speaker: str, session: Session, earlier: Iterable[Session], folder: Path
) -> Removal:
    """Plan the deletion of a speaker's data, or of the trash if the speaker is empty.

    Parameters
    ----------
    earlier
        Sessions in the undo history: they have takes that are no longer in any list.
    folder
        The folder of the project, saved or not.
    """
    now = tuple(_takes_that_go(session, speaker))
    before = [t for s in earlier for t in _takes_that_go(s, speaker)] if speaker else []
    kept = Removal(speaker, tuple(take.id for take in now)).applied(session)
    used = {_place(take.file) for take in _all_takes(kept)}
    named = {_place(take.file) for take in (*now, *before)}
    home = takes_folder(folder).resolve()
    ids = {take.id for take in (*now, *before)}
    begun = begun_by(folder, speaker) if speaker else frozenset()
    ours = {file for file in named if _is_in_a_project(file, home)}
    ours |= set(_written_for(home, ids | begun)) if speaker else set()
    # A copy is recognised by its original, so it is deleted first.
    going = [*_left_copies(ours - used, folder), *sorted(ours - used)] if speaker else ours - used
    present = {file for file in home.iterdir() if file.is_file()} if home.is_dir() else set()
    return Removal(
        speaker,
        tuple(take.id for take in now),
        tuple(file for file in going if file.is_file()),
        tuple(sorted(named & used)),
        tuple(sorted(file for file in named - used - ours)),
        tuple(sorted(present - used - ours - {_place(t.file) for t in _all_takes(session)})),
    )


def carry_out(
    folder: Path, removal: Removal, session: Session, recipe: ViewRecipe | None
) -> Session:
    """Delete the files and save the project without them; returns the saved session.

    The journal, the cached vectors and the note still remain.

    Parameters
    ----------
    recipe
        View recipe of the project; None if it was never saved and must not be saved now.

    Raises
    ------
    ProjectError
        If the note could not be written, and nothing was deleted; or if not everything could be
        deleted: the note stays, so that opening the project tries again.
    """
    kept = removal.applied(session)
    # Since the plan was made, a file may have come into use again.
    used = {_place(take.file) for take in _all_takes(kept)}
    files = [file for file in removal.files if _place(file) not in used]
    names = [file.name for file in files if _is_in(file, takes_folder(folder))]
    _write_note(folder, {"speaker": removal.speaker, "files": names})
    try:
        for file in files:
            file.unlink(missing_ok=True)
        for home in {file.parent for file in files}:
            settle_folder(home)
        if removal.speaker:
            for file in _leftovers(folder):
                file.unlink(missing_ok=True)
    except OSError as error:
        raise _not_removed(error) from error
    return kept if recipe is None else save(folder, kept, recipe)


def _write_note(folder: Path, note: Mapping[str, object]) -> None:
    try:
        write_object(folder / NOTE_FILE, note)
    except OSError as error:
        raise ProjectError(
            f"Nothing was deleted: vgdesk first notes in {folder} what it will delete, and this "
            f"note could not be written ({error.strerror}).",
            "Free some space or make the folder writable, then delete again.",
        ) from error


def clear_vectors() -> None:
    """Delete the cached vectors of all words, because they cannot be assigned to speakers.

    They are recomputed on demand. Raises ProjectError as `carry_out` does.
    """
    try:
        EmbeddingCache(embeddings_folder()).clear()
    except OSError as error:
        raise _not_removed(error) from error


def forget_note(folder: Path) -> None:
    """Delete the note when everything is done. Raises ProjectError as `carry_out` does."""
    try:
        (folder / NOTE_FILE).unlink(missing_ok=True)
        settle_folder(folder)
    except OSError as error:
        raise _not_removed(error) from error


def refuse_unfinished(folder: Path) -> None:
    """Raise ProjectError if a permanent deletion in a project is unfinished."""
    if os.path.exists(folder / NOTE_FILE):  # noqa: PTH110 - Path.exists raises if a name is too long
        raise ProjectError(
            f"A permanent deletion of recordings in “{folder.stem}” was interrupted. Nothing was "
            "written.",
            "Open it in the window, which asks whether to finish, and try again.",
        )


def interrupted(folder: Path, session: Session, earlier: Iterable[Session]) -> Removal | None:
    """Plan the rest of an interrupted deletion; None if there was none.

    The note may come from an unknown source, so nothing is deleted before the user agrees. It can
    only name takes and files of this project.

    Raises
    ------
    ProjectError
        If the note cannot be read. It is then set aside, because it would block exports and packing
        without a way to resolve it.
    """
    try:
        note = read_object(folder / NOTE_FILE)
        speaker, names = text(note["speaker"]), frozenset(map(text, note["files"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _put_aside(folder) from error
    removal = plan_removal(speaker, session, earlier, folder)
    named = tuple(file for file in removal.nameless if file.name in names)
    return replace(removal, files=(*removal.files, *named), nameless=(), is_interrupted=True)


def _put_aside(folder: Path) -> ProjectError:
    """Set an unreadable note aside and return the error to report."""
    what = f"The note of an interrupted deletion in “{folder.stem}” could not be read"
    hint = "If you were deleting a speaker's data or the trash, delete them again."
    try:
        (folder / NOTE_FILE).replace(folder / UNREADABLE_NOTE)
    except OSError:
        hint = f"Delete {NOTE_FILE} from {folder} by hand. {hint}"
        return ProjectError(f"{what}. Nothing was deleted.", hint)
    return ProjectError(f"{what}. It is kept as {UNREADABLE_NOTE}, and nothing was deleted.", hint)


def _takes_that_go(session: Session, speaker: str) -> Iterator[Take]:
    if speaker:
        yield from (take for take in _all_takes(session) if take.speaker == speaker)
    else:
        yield from (trashed.take for trashed in session.trash.values())


def _all_takes(session: Session) -> Iterator[Take]:
    yield from session.takes.values()
    yield from (trashed.take for trashed in session.trash.values())


def _place(file: Path) -> Path:
    # Only the folder is resolved: the target of a link in it does not belong to the project.
    return file.parent.resolve() / file.name


def _is_in(file: Path, folder: Path) -> bool:
    return _place(file).is_relative_to(folder.resolve())


def _is_in_a_project(file: Path, home: Path) -> bool:
    """Return whether a file is a recording of this project, or from before its first save."""
    return not file.is_symlink() and (
        file.is_relative_to(home) or file.is_relative_to(scratch_folder().resolve())
    )


def _written_for(home: Path, takes: Iterable[TakeId]) -> Iterator[Path]:
    """Find the recorded files of these takes, even if they were never listed."""
    for take in takes:
        name = glob.escape(str(take))
        yield from home.glob(f"{name}.flac")
        yield from home.glob(f"{name}.*{PARTIAL_SUFFIX}")


def _left_copies(files: Iterable[Path], folder: Path) -> list[Path]:
    """Find copies of the files in leftover folders of projects saved elsewhere."""
    originals: dict[int, list[Path]] = {}
    for file in files:
        if file.is_file():
            originals.setdefault(file.stat().st_size, []).append(file)
    found = []
    unsaved = scratch_folder()
    for other in sorted(unsaved.iterdir()) if unsaved.is_dir() else ():
        if other.resolve() == folder.resolve() or not _is_left(other):
            continue
        here = [f for f in takes_folder(other).glob("*") if f.is_file() and not f.is_symlink()]
        same = [f for f in here if _is_among(f, originals.get(f.stat().st_size, ()))]
        edits = other / LEFT_FILE
        found += [*same, *([edits] if same and edits.exists() else [])]
    return found


def _is_among(file: Path, others: Sequence[Path]) -> bool:
    """Return whether one of these files of equal size has the same content."""
    # Only files of equal size are compared, so most are never read.
    return any(filecmp.cmp(file, other, shallow=False) for other in others)


def _is_left(folder: Path) -> bool:
    """Return whether an unsaved project is neither open nor waiting to be restored."""
    with suppress(OSError):
        lock = None if (folder / JOURNAL_FILE).exists() else ProjectLock.taken(folder)
        if lock is not None:
            lock.release()
            return True
    return False


def _leftovers(folder: Path) -> Iterator[Path]:
    """Find copies of tables, edits and notes, which name speakers."""
    # A part file with this process id is being written now.
    yield from (part for part in folder.glob("*.part") if f".{os.getpid()}." not in part.name)
    for name in (LEFT_FILE, f"{TABLE_FILE}.broken", UNREADABLE_NOTE):
        if (folder / name).is_file():  # vgdesk never creates a folder of that name
            yield folder / name


def _not_removed(error: OSError) -> ProjectError:
    culprit = Path(str(error.filename)).name if error.filename else "A file"
    return ProjectError(
        f"Not everything was deleted: {culprit} could not be deleted ({error.strerror}). "
        "Recordings of other speakers are safe.",
        "Close programs that use the file, then delete again or reopen the project.",
    )
