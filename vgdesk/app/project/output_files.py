"""Output files and folders named by the user: written atomically, outside every project.

On Linux a file gets its name only after all of it is on disk, so that a killed program leaves
nothing behind. Folders, and files on other systems, are written in a folder NAME.unfinished beside
the target; if the program is killed, the next run with the same target deletes it.
"""

import errno
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from vgdesk.app.formats.text_file import settle_folder
from vgdesk.app.project.locations import SUFFIX as PROJECT
from vgdesk.app.project.project_file import SETTINGS_FILE, TABLE_FILE
from vgdesk.core.errors import ProjectError

UNFINISHED = ".unfinished"
IN_USE = "vgdesk-is-writing.lock"
OPEN_FILES = Path("/proc/self/fd")


class TargetExistsError(ProjectError):
    """The target exists, and replacing it was not allowed."""


def checked_file(target: Path, endings: Collection[str] = (), *, force: bool = False) -> Path:
    """Return the resolved path of an output file; call it before any work.

    Parameters
    ----------
    endings
        Allowed suffixes; empty for any.
    force
        Whether an existing file may be replaced.

    Raises
    ------
    ProjectError
        If the file must not or cannot be written there.
    """
    if endings and target.suffix not in endings:
        raise ProjectError(
            f"The name {target} does not indicate a format.",
            f"Use a name that ends in {', '.join(endings)}.",
        )
    place = _checked_place(target)
    if place.exists() and not place.is_file():
        raise ProjectError(f"{target} is not a file and was not changed.", "Choose a new name.")
    # A dangling link exists as well.
    if (place.exists() or target.is_symlink()) and not force:
        raise _exists(target)
    return place


def checked_folder(target: Path, ours: Collection[str] = (), *, force: bool = False) -> Path:
    """Return the resolved path of an output folder; like `checked_file`.

    Parameters
    ----------
    ours
        Names of earlier output. A folder that contains only these may be replaced, and an empty one
        needs no `force`; without names, no existing folder may be replaced.
    """
    place = _checked_place(target)
    if not place.exists():
        return place
    held = {path.name for path in place.iterdir()} if place.is_dir() and ours else {""}
    if not held <= set(ours):
        raise ProjectError(f"{target} already exists and was not changed.", "Choose a new name.")
    if held and not force:
        raise _exists(target)
    return place


@contextmanager
def written_whole(target: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """Yield a stream that becomes the file `target` when the block ends.

    Raises
    ------
    ProjectError
        As `checked_file`; also if writing fails. An existing file is then unchanged.
    """
    place = checked_file(target, force=force)
    handle = _nameless(place.parent)
    if handle is None:
        with placed_whole(target, force=force) as part, part.open("xb") as stream:
            yield stream
        return
    with _said_of(target), os.fdopen(handle, "wb") as stream:
        yield stream
        stream.flush()
        os.fsync(handle)
        _give_name(handle, place, force=force)
        settle_folder(place.parent)


@contextmanager
def placed_whole(target: Path, *, force: bool = False) -> Iterator[Path]:
    """Yield a path to write to; like `written_whole`, for libraries that open files themselves."""
    place = checked_file(target, force=force)
    with _said_of(target), _unfinished(place) as around:
        part = around / place.name
        yield part
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        if place.exists() and not force:
            raise _exists(target)
        part.replace(place)
        settle_folder(place.parent)


@contextmanager
def new_folder(target: Path, ours: Collection[str] = (), *, force: bool = False) -> Iterator[Path]:
    """Yield a folder that is renamed to `target` when the block ends.

    Raises
    ------
    ProjectError
        As `checked_folder`; also if writing fails. No partial output remains then.
    """
    place = checked_folder(target, ours, force=force)
    with _said_of(target), _unfinished(place) as around:
        folder = around / place.name
        folder.mkdir()
        yield folder
        if place.exists():
            checked_folder(target, ours, force=force)  # it may have changed meanwhile
            place.rename(around / "replaced")
        folder.rename(place)
        settle_folder(place.parent)


def refuse_inside_project(target: Path, place: Path) -> None:
    """Raise ProjectError if `place`, the resolved `target`, is inside a project folder."""
    # A project is recognised by its name or contents; its files are at most one folder deep.
    near = place.parents[:2]
    for folder in place.parents:
        is_named = folder.suffix == PROJECT and folder.is_dir()
        held = (SETTINGS_FILE, TABLE_FILE) if folder in near else (SETTINGS_FILE,)
        if is_named or any((folder / name).exists() for name in held):
            raise ProjectError(
                f"{target} was not written: {folder} is the folder of a project.",
                "Choose a place outside it.",
            )


def _checked_place(target: Path) -> Path:
    try:
        place = target.resolve()
        with suppress(FileNotFoundError):
            place.lstat()  # raises if the name is too long, or a parent is a file
    except (OSError, RuntimeError) as error:  # a circular link is a RuntimeError
        raise _unwritable(target, error) from error
    refuse_inside_project(target, place)
    if not place.parent.is_dir():
        raise ProjectError(
            f"{target} could not be written: the folder {place.parent} does not exist.",
            "Create the folder first, or choose another one.",
        )
    if not os.access(place.parent, os.W_OK | os.X_OK):
        denied = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        raise _unwritable(target, denied)
    return place


def _nameless(folder: Path) -> int | None:
    """Open an unnamed file; None if the system does not support it."""
    if not hasattr(os, "O_TMPFILE") or not OPEN_FILES.is_dir():
        return None
    with suppress(OSError):  # unsupported by some file systems; other errors will recur
        return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o666)
    return None


def _give_name(handle: int, place: Path, *, force: bool) -> None:
    try:
        _link(handle, place)
    except FileExistsError:
        if not force:
            raise _exists(place) from None
        # Linking cannot replace a file, so the file is linked beside it and then renamed.
        with _unfinished(place) as around:
            _link(handle, around / place.name)
            (around / place.name).replace(place)


def _link(handle: int, place: Path) -> None:
    opened = os.open(OPEN_FILES, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # Python follows the link only if the folder is given as a descriptor.
        os.link(str(handle), place, src_dir_fd=opened, follow_symlinks=True)
    finally:
        os.close(opened)


@contextmanager
def _unfinished(place: Path) -> Iterator[Path]:
    """Yield an empty locked folder beside `place`, and delete it afterwards."""
    folder = place.with_name(place.name + UNFINISHED)
    folder.mkdir(exist_ok=True)
    found = {path.name for path in folder.iterdir()}
    if folder.is_symlink() or (found and IN_USE not in found):
        raise ProjectError(
            f"{folder} is in the way and was not changed.", "Move or delete it, then try again."
        )
    lock = FileLock(folder / IN_USE, blocking=False, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise ProjectError(
            f"Another vgdesk is writing {place}.", "Wait until it is done, or choose a new name."
        ) from None
    try:
        _clear(folder)
        yield folder
    finally:
        with suppress(OSError):
            _clear(folder)
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _clear(folder: Path) -> None:
    """Delete the contents of the folder except its lock."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != IN_USE:
            path.unlink(missing_ok=True)


@contextmanager
def _said_of(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unwritable(target, error) from error


def _exists(target: Path) -> TargetExistsError:
    return TargetExistsError(f"{target} already exists and was not changed.", "Choose a new name.")


def _unwritable(target: Path, error: OSError | RuntimeError) -> ProjectError:
    reason = error.strerror if isinstance(error, OSError) else "a link points to itself"
    return ProjectError(
        f"{target} could not be written ({reason or error}). Nothing else was changed.",
        "Choose another folder, or free some space.",
    )
