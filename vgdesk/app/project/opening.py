"""Opening of projects for writing or, if necessary, for reading only."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from vgdesk.app.project.journal_replay import LEFT_FILE, replay
from vgdesk.app.project.locations import scratch_folder, takes_folder
from vgdesk.app.project.lock import LOCK_FILE, ProjectLock, why_not_locked
from vgdesk.app.project.own_files import refuse_links
from vgdesk.app.project.project_file import Project, open_project
from vgdesk.app.project.recovery import Recovered, left_behind, recover
from vgdesk.core.cancellation import CancelledError, raise_if_cancelled
from vgdesk.core.errors import ProjectError, VgdeskError
from vgdesk.core.model import Cell, Session
from vgdesk.core.notices import Level, Notice
from vgdesk.core.viewing import ViewRecipe
from vgdesk.encoders.defaults import BASELINES, usual_encoders

MOST_NAMED = 3
PATIENCE = 2.0  # seconds; a search for unsaved work holds the lock briefly


@dataclass(frozen=True, slots=True)
class Opened:
    """A project ready to be shown.

    Attributes
    ----------
    recovered
        The state before the program ended; None if this window must not write to it.
    """

    project: Project
    recovered: Recovered | None = None
    lock: ProjectLock | None = None


def opened_project(folder: Path, held: ProjectLock | None, current: Path) -> Opened:
    """Open a project for writing, or for reading only if another window has it.

    Parameters
    ----------
    held
        The lock of this window, if the folder is already open in it.
    current
        The folder that is currently open.

    Raises
    ------
    ProjectError
        If it cannot be opened, or is open in this window under another name.
    CancelledError
        If the user cancelled meanwhile; the lock is then released.
    """
    project = open_project(folder)
    if project.read_only:
        return Opened(project)
    try:
        lock = held or ProjectLock.taken(folder, PATIENCE)
    except OSError as error:
        return Opened(_for_reading(project, f"“{folder.stem}” {why_not_locked(error)}"))
    if lock is None:
        _refuse_current(folder, current)
        return Opened(_for_reading(project, f"“{folder.stem}” is open in another window"))
    try:
        raise_if_cancelled()
        # Read again under the lock: another window may just have saved.
        project = open_project(folder, to_save=True)
        recovered = recover(folder, project.session)
        refuse_links(folder, (take.file for take in recovered.session.takes.values()))
        raise_if_cancelled()
        return Opened(project, recovered, lock)
    except (VgdeskError, CancelledError):
        if lock is not held:
            lock.release()
        raise


def _refuse_current(folder: Path, current: Path) -> None:
    with suppress(OSError):
        if folder.samefile(current):
            raise ProjectError(
                f"“{folder.stem}” is already open in this window, as {current}.",
                "To return to the last save, open it under that name.",
            )


def _for_reading(project: Project, why: str) -> Project:
    hint = "To change it, save it under another name."
    notice = Notice(f"{why}, so it is opened read-only.", hint, Level.WARNING)
    return replace(project, read_only=True, warnings=(*project.warnings, notice))


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A project that was never saved, restored from its journal.

    Attributes
    ----------
    at
        Time of the last edit in the journal.
    words
        The first few.
    """

    folder: Path
    at: str
    words: tuple[str, ...]
    takes: int


def unsaved_projects() -> tuple[Unsaved, ...]:
    """List unsaved projects that are not open in any window, the latest first."""
    unsaved = scratch_folder()
    found = []
    for folder in left_behind(unsaved.iterdir() if unsaved.is_dir() else ()):
        with suppress(OSError):
            replayed = replay(folder, Session())
            words = tuple(word.text for word in replayed.session.words.values())
            takes = len(replayed.session.takes) + len(replayed.begun)
            found.append(Unsaved(folder, replayed.at, words[:MOST_NAMED], takes))
    return tuple(found)


def discard_empty(folder: Path) -> None:
    """Delete the folder of an unsaved project if it has no recordings."""
    with suppress(OSError):
        takes_folder(folder).rmdir()  # fails if it has recordings, which are kept
        for name in (LOCK_FILE, LEFT_FILE):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def never_saved(folder: Path, recipe: ViewRecipe) -> Opened:
    """Open a project that was never saved. Raises ProjectError."""
    lock = None
    with suppress(OSError):  # without locks, other windows cannot be detected
        lock = ProjectLock.taken(folder, PATIENCE)
        if lock is None:
            raise ProjectError(
                "These words are open in another window.", "Continue there, or close that window."
            )
    project = Project(folder, Session(), recipe)
    return Opened(project, recover(folder, Session()), lock)


def with_whole_encoders(demo: Project) -> Project:
    """Replace missing built-in encoders by baselines, so that the program can start."""
    usual = usual_encoders()
    whole = {*usual.values(), *BASELINES.values()}
    absent = set(demo.session.encoders.values()) - whole
    if not absent:
        return demo
    notice = Notice(
        f"Built-in encoders missing or damaged: {len(absent)}. The demo opens without them.",
        "Reinstall vgdesk.",
        Level.WARNING,
    )
    return replace(
        demo,
        session=replace(demo.session, encoders=usual),
        recipe=replace(demo.recipe, a=Cell.SPEECH, b=Cell.TEXT),
        warnings=(*demo.warnings, notice),
    )
