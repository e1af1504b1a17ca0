"""Packed projects: one file NAME.vgz for sharing.

It is a zip of project.json, words.tsv, ratings.tsv if there is one, and the sound files named in
words.tsv. Rejected takes, unsaved edits and embeddings are not included. Sound files are stored
uncompressed, because FLAC does not get smaller.

A packed file may come from an unknown source, so unpacking trusts nothing: only names allowed in a
project, no links, no more bytes than declared, and no more than fit on the disk. The folder gets
its name only when it is complete.
"""

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from vgdesk.app.project.erasure import refuse_unfinished
from vgdesk.app.project.locations import takes_folder
from vgdesk.app.project.output_files import checked_file, checked_folder, new_folder, written_whole
from vgdesk.app.project.project_file import (
    OWNER_ONLY,
    RATINGS_FILE,
    SETTINGS_FILE,
    TABLE_FILE,
    Project,
    open_project,
)
from vgdesk.app.project.take_files import first_twins, is_portable
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import ProjectError

SUFFIX = ".vgz"
MOST_FILES = 200_000
TEXTS = (SETTINGS_FILE, TABLE_FILE, RATINGS_FILE)  # the first two are in every project
MOST_TEXT = 2**28  # bytes of each of the texts
MOST_RATIO = 400  # text compresses less than this, a zip bomb more
ROOM = 2**28  # bytes that stay free on the disk

TAKES = "takes/"
# Errors from reading a damaged file or one that is not a zip.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, UnicodeDecodeError, NotImplementedError, RuntimeError, EOFError,
)  # fmt: skip


def pack(project: Path, target: Path, *, force: bool = False) -> Project:
    """Pack a saved project into one file.

    Parameters
    ----------
    force
        Whether an existing file may be replaced.

    Returns
    -------
    Project
        The project as packed; its warnings list what is missing or unreadable.

    Raises
    ------
    ProjectError
        If the project cannot be read, has an unfinished deletion, or has a sound file whose folder
        or name `unpack` does not allow, or if the file cannot be written; an existing file is then
        unchanged.
    """
    checked_file(target, (SUFFIX,), force=force)
    refuse_unfinished(project)
    opened = open_project(project)
    named = {take.file for take in opened.session.takes.values()}
    files = sorted(file for file in named if os.path.isfile(file))  # noqa: PTH113 - never raises
    _refuse_what_cannot_travel(opened.folder, files)
    with (
        written_whole(target, force=force) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed,
    ):
        for name in TEXTS:
            if name != RATINGS_FILE or (project / name).is_file():
                packed.write(project / name, name)
        for file in until_cancelled(files, len(files)):
            packed.write(file, f"{TAKES}{file.name}", zipfile.ZIP_STORED)
    return opened


def _refuse_what_cannot_travel(project: Path, files: Sequence[Path]) -> None:
    """Refuse files added by hand that could not be unpacked."""
    elsewhere = [file for file in files if file.parent != takes_folder(project)]
    odd = [file for file in files if not is_portable(file.name)]
    twins = first_twins(file.name for file in files)
    why = ""
    if elsewhere:
        why = f"{elsewhere[0]} is not in its takes folder"
    elif odd:
        why = f"not every system can store a file named {odd[0].name!r}"
    elif twins:
        why = f"some systems cannot distinguish {twins[0]!r} from {twins[1]!r}"
    if why:
        raise ProjectError(
            f"“{project.stem}” was not packed: {why}.",
            "Move or rename the file, and correct its path in words.tsv.",
        )


def unpack(packed: Path, target: Path) -> None:
    """Unpack a file into a new project folder.

    Raises
    ------
    ProjectError
        If the folder exists, the file is not a valid packed project, or there is not enough disk
        space. No partial output remains then.
    """
    checked_folder(target)
    if packed.exists() and not packed.is_file():  # a folder, or an endless device
        raise _refused(packed, "it is not a packed project")
    try:
        with zipfile.ZipFile(packed) as source, new_folder(target) as folder:
            members = _checked(packed, source.infolist())
            _need_room(folder, members)
            folder.chmod(OWNER_ONLY)
            takes_folder(folder).mkdir(mode=OWNER_ONLY)
            for member in until_cancelled(members, len(members)):
                _copy(source, member, folder / member.filename)
            open_project(folder)
    except (OSError, *_DAMAGED) as error:
        reason = getattr(error, "strerror", None) or "it is damaged or not a packed project"
        raise ProjectError(
            f"{packed.name} could not be unpacked: {reason}. Nothing was changed.",
            "Ask for the file again, or choose another folder.",
        ) from error


def _checked(packed: Path, members: Iterable[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Refuse files that do not belong in a project."""
    wanted = [member for member in members if not member.filename.endswith("/")]
    names = [member.filename for member in wanted]
    odd = [member.filename for member in wanted if not _belongs(member)]
    if not {SETTINGS_FILE, TABLE_FILE} <= set(names):
        raise _refused(packed, "it is not a packed project")
    if odd:
        raise _refused(packed, f"it contains a file that does not belong in a project ({odd[0]!r})")
    if twins := first_twins(names):
        raise _refused(packed, f"some systems cannot distinguish {twins[0]!r} from {twins[1]!r}")
    if len(names) > MOST_FILES:
        raise _refused(packed, f"it contains more than {MOST_FILES:,} files")
    return wanted


def _belongs(member: zipfile.ZipInfo) -> bool:
    name, mode = member.filename, member.external_attr >> 16
    is_plain = stat.S_IFMT(mode) in (0, stat.S_IFREG)
    is_plain &= member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    is_bomb = member.file_size > max(MOST_RATIO * member.compress_size, 1)
    if name in TEXTS:
        return is_plain and not is_bomb and member.file_size <= MOST_TEXT
    is_take = name.startswith(TAKES) and is_portable(name.removeprefix(TAKES))
    return is_plain and not is_bomb and is_take


def _need_room(folder: Path, members: Iterable[zipfile.ZipInfo]) -> None:
    needed = sum(member.file_size for member in members)
    free = shutil.disk_usage(folder).free
    if needed + ROOM > free:
        raise ProjectError(
            f"There is not enough disk space: the project needs {needed / 1e6:,.0f} MB, and "
            f"{free / 1e6:,.0f} MB are free. Nothing was changed.",
            "Free some space, or choose a folder on another disk.",
        )


def _copy(source: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Copy one file, and no more bytes than declared."""
    left = member.file_size
    with source.open(member) as stream, target.open("xb") as copy:
        while chunk := stream.read(min(1 << 20, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile("more than declared")
            copy.write(chunk)


def _refused(packed: Path, why: str) -> ProjectError:
    return ProjectError(
        f"{packed.name} was not unpacked: {why}. Nothing was changed.",
        "Ask the sender for a file packed by vgdesk.",
    )
