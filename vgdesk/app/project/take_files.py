"""The takes folder of a project: files are added, and never changed or overwritten."""

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from vgdesk.app.formats.text_file import settle_folder

# Names and characters that Windows cannot store, and invalid text: projects must be portable.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\ud800-\udfff]')
LONGEST_STEM = 50  # characters
LONGEST_NAME = 255  # bytes; supported by all common file systems


def is_portable(name: str) -> bool:
    """Return whether every system can store a file with this name."""
    is_odd = _FORBIDDEN.search(name) or _RESERVED.match(name) or name != name.rstrip(" .")
    return not is_odd and 0 < len(name.encode("utf-8")) <= LONGEST_NAME


def first_twins(names: Iterable[str]) -> tuple[str, str] | None:
    """Find two names that are the same on some systems; None if there are none."""
    known: dict[str, str] = {}
    for name in names:
        twin = known.setdefault(_known_as(name), name)
        if twin is not name:
            return twin, name
    return None


def _known_as(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class TakeFiles:
    """Adds sound files to a folder, each content once.

    Parameters
    ----------
    folder
        The takes folder, which must exist.
    reserved
        File names in words.tsv, existing or missing: other files must not use them.
    """

    def __init__(self, folder: Path, reserved: Iterable[str]) -> None:
        self._folder = folder
        self._names = {name.casefold() for name in reserved}
        self._of_size: dict[int, list[Path]] = {}
        self._of_digest: dict[bytes, Path] = {}
        for file in sorted(folder.iterdir()):
            self._names.add(file.name.casefold())
            if file.is_file():
                self._of_size.setdefault(file.stat().st_size, []).append(file)

    def bring_in(self, source: Path) -> Path:
        """Copy a file into the folder unless its content exists there; returns its path."""
        # Only files of equal size are compared, so most are never read.
        for file in self._of_size.pop(source.stat().st_size, ()):
            self._of_digest.setdefault(_digest(file), file)
        digest = _digest(source)
        if digest not in self._of_digest:
            self._of_digest[digest] = _copy(source, self.reserve(source.name))
        return self._of_digest[digest]

    def reserve(self, name: str) -> Path:
        """Reserve a path for a file, with a portable form of its name."""
        stem, suffix = _portable(name)
        number, free = 1, stem + suffix
        while free.casefold() in self._names:
            number += 1
            free = f"{stem}-{number}{suffix}"
        self._names.add(free.casefold())
        return self._folder / free

    def settle(self) -> None:
        """Wait until the file names are on disk; their contents already are."""
        settle_folder(self._folder)


def _portable(name: str) -> tuple[str, str]:
    clean = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name))
    path = Path(f"_{clean}" if _RESERVED.match(clean) else clean)
    return path.stem[:LONGEST_STEM].rstrip(" .") or "take", path.suffix.rstrip(" .")


def _digest(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").digest()


def _copy(source: Path, target: Path) -> Path:
    with source.open("rb") as original:
        copy = target.open("xb")  # fails if the file exists
        try:
            with copy:
                shutil.copyfileobj(original, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
        except OSError:
            target.unlink()
            raise
    return target
