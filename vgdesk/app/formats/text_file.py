"""Small text files: replaced atomically, and validated when read."""

import errno
import json
import os
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

from vgdesk.core.json_text import parse_json
from vgdesk.core.names import LONGEST_LABEL

MOST_BYTES = 2**28  # of a file read at once; 26,000 words take 10 MB
_LARGEST = 2**53  # the largest integer that every JSON reader represents exactly
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # not on Windows
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)


def replace_text(file: Path, text: str) -> None:
    """Replace the content of `file` by `text`, atomically.

    A lone surrogate, which UTF-8 cannot encode, is written as an escape of JSON and words.tsv.
    Raises OSError.
    """
    replace_bytes(file, text.encode("utf-8", "backslashreplace"))


def replace_bytes(file: Path, content: bytes) -> None:
    """Replace the content of `file`, atomically. Raises OSError.

    If it is a link, the link is replaced and its target stays unchanged.
    """
    # The process id keeps two windows from sharing a part file.
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as stream:  # does not follow links
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    settle_folder(file.parent)


def append_bytes(file: Path, content: bytes) -> None:
    """Append to a file and wait until it is on disk. Raises OSError, also for a link."""
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_LINK, 0o666)
    with os.fdopen(handle, "ab") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def settle_folder(folder: Path) -> None:
    """Wait until the names of the files in `folder` are on disk. Raises OSError."""
    if os.name == "nt":  # Windows does this itself and cannot open folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # unsupported by some network drives
            raise
    finally:
        os.close(handle)


def read_bytes(file: Path) -> bytes:
    """Read a whole file.

    Raises OSError, or ValueError if it is not a regular file or larger than `MOST_BYTES`.
    """
    # Opening a pipe would block, and a device might be endless.
    with os.fdopen(os.open(file, os.O_RDONLY | _NO_WAIT | getattr(os, "O_BINARY", 0)), "rb") as it:
        about = os.fstat(it.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise ValueError("it is not a file")
        if about.st_size > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES >> 20} MB")
        return it.read()


def read_text(file: Path) -> str:
    """Read UTF-8 with or without a byte order mark, without converting line ends.

    Raises OSError, or ValueError for other encodings.
    """
    return read_bytes(file).decode("utf-8-sig")


def read_object(file: Path) -> dict[str, Any]:
    """Read a JSON object. Raises OSError, or ValueError for other contents."""
    value = parse_json(read_text(file))
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def write_object(file: Path, value: Mapping[str, Any]) -> None:
    """Replace `file` by an indented JSON object. Raises OSError."""
    replace_text(file, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def fitting(
    value: object, readers: Mapping[str, Callable[[Any], Any]]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read the valid fields; also returns the names of invalid ones.

    Parameters
    ----------
    readers
        For each field the function that converts JSON to its value, or raises ValueError.
    """
    if not isinstance(value, dict):
        return {}, tuple(readers)
    values, misfits = {}, []
    for name, read in readers.items():
        if name in value:
            try:
                values[name] = read(value[name])
            except ValueError:
                misfits.append(name)
    return values, tuple(misfits)


def text(value: object, longest: int = LONGEST_LABEL) -> str:
    """Return text unchanged; raises ValueError for other types or text that is too long."""
    if not isinstance(value, str):
        raise ValueError("not text")
    if len(value) > longest:
        raise ValueError(f"longer than {longest:,} characters")
    return value


def count(value: object) -> int:
    """Return an integer from 0 to 2^53; raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise ValueError("not a number from 0 up")
    return value


def number(value: object) -> float:
    """Return a finite number; raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    try:
        found = float(value)
    except OverflowError as error:
        raise ValueError("too large") from error
    if not isfinite(found):
        raise ValueError("not a finite number")
    return found


def yes_or_no(value: object) -> bool:
    """Return true or false; raises ValueError for anything else."""
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def is_number(value: str) -> bool:
    """Return whether a text is a number with a finite square; NaN and infinity are not."""
    try:
        return isfinite(float(value) * float(value))
    except ValueError:
        return False
