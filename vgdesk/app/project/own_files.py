"""Restriction of a project to its own files: no links and no paths to other places.

A project may come from an unknown source, so opening it must never read, change, copy or delete
anything outside its folder.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PureWindowsPath

from vgdesk.app.project.locations import takes_folder
from vgdesk.core.errors import ProjectError

LONGEST_NAME = 255  # bytes, on all common file systems


def place_in(folder: Path, relative: str) -> Path:
    """Return the path of a file named in a project.

    Raises
    ------
    ValueError
        If the name is empty, or leads out of the folder on any system.
    """
    if not relative or "\0" in relative:
        raise ValueError("a take without a file")
    # Parsed as on Windows, which knows both slashes, drive letters and shared folders.
    path = PureWindowsPath(relative)
    if path.anchor or ".." in path.parts:
        raise ValueError(f"the file {relative} lies outside the project")
    if any(len(part.encode("utf-8", "replace")) > LONGEST_NAME for part in path.parts):
        raise ValueError("the name of its file is too long")
    return folder / relative


def refuse_links(folder: Path, files: Iterable[Path] = ()) -> None:
    """Refuse a project with a link among its own files.

    Parameters
    ----------
    files
        Sound files of the project; those elsewhere are ignored.

    Raises
    ------
    ProjectError
        With the path of the first link.
    """
    for place in _places(folder, files):
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(place) as entries:
            for entry in entries:
                if entry.is_symlink():
                    raise _refused(folder, Path(entry.path))


def refuse_link(file: Path) -> None:
    """Raise ProjectError if a file of a project is a link."""
    if file.is_symlink():
        raise _refused(file.parent, file)


def _places(folder: Path, files: Iterable[Path]) -> Iterator[Path]:
    """Yield every folder of the project with its own files, outermost first."""
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
