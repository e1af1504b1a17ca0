"""What a project may name: its own files, and nothing that a link or a path leads to elsewhere.

A project may come from anybody, so opening one must never read, change, copy or delete anything
outside of its folder.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PureWindowsPath

from vgdesk.app.project.locations import takes_folder
from vgdesk.core.errors import ProjectError

LONGEST_NAME = 255  # bytes, on every file system that one meets


def place_in(folder: Path, relative: str) -> Path:
    """Return the place of a file that a project names.

    Raises
    ------
    ValueError
        If the name is empty, or leads out of the folder on any system.
    """
    if not relative or "\0" in relative:
        raise ValueError("a take without a file")
    # Read the way Windows does, which knows both slashes, drive letters and shared folders.
    path = PureWindowsPath(relative)
    if path.anchor or ".." in path.parts:
        raise ValueError(f"the file {relative} lies outside the project")
    if any(len(part.encode("utf-8", "replace")) > LONGEST_NAME for part in path.parts):
        raise ValueError("the name of its file is too long")
    return folder / relative


def refuse_links(folder: Path, files: Iterable[Path] = ()) -> None:
    """Refuse a project that holds a link where its own files lie.

    Parameters
    ----------
    files
        Sound files of the project; those elsewhere are not looked at.

    Raises
    ------
    ProjectError
        Names the first link.
    """
    for place in _places(folder, files):
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(place) as entries:
            for entry in entries:
                if entry.is_symlink():
                    raise _refused(folder, Path(entry.path))


def refuse_link(file: Path) -> None:
    """Refuse to use a file of a project that is a link; raises ProjectError."""
    if file.is_symlink():
        raise _refused(file.parent, file)


def _places(folder: Path, files: Iterable[Path]) -> Iterator[Path]:
    """Yield every folder of the project that holds files of its own, from the outside inwards."""
    places = {folder, takes_folder(folder)}
    for home in {file.parent for file in files}:
        if home.is_relative_to(folder):
            below = home.relative_to(folder)
            places |= {folder / part for part in (below, *below.parents)}
    yield from sorted(places)


def _refused(folder: Path, link: Path) -> ProjectError:
    return ProjectError(
        f"“{folder.name}” contains a link: {link} leads to another place on this computer, but a "
        "project may use only its own files. Nothing was read or changed.",
        "If you made the link yourself, replace it with the file or folder itself.",
    )
