"""Small text files: replaced in one step, read with the suspicion that somebody edited them."""

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

MOST_BYTES = 2**28  # of a file that is read whole; 26,000 words take 10 MB
_LARGEST = 2**53  # the largest whole number that every reader of JSON takes exactly
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # not on Windows
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)


def replace_text(file: Path, text: str) -> None:
    """Put `text` in the place of `file`: whatever happens, it holds all the old or all the new.

    Half of an emoji, which UTF-8 cannot hold, is written as an escape that JSON and words.tsv
    both know. Raises OSError.
    """
    replace_bytes(file, text.encode("utf-8", "backslashreplace"))


def replace_bytes(file: Path, content: bytes) -> None:
    """Put `content` in the place of `file`, whole or not at all. Raises OSError.

    If a link is in that place, the link is replaced and what it leads to stays untouched.
    """
    # The number of this process keeps two windows from writing into one another's part file.
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as stream:  # refuses to write through a link
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
    """Append to a file and wait until it is on the disk. Raises OSError, also if it is a link."""
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_LINK, 0o666)
    with os.fdopen(handle, "ab") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def settle_folder(folder: Path) -> None:
    """Wait until the names of the files in `folder` are on the disk. Raises OSError."""
    if os.name == "nt":  # Windows keeps names safe by itself and opens no folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network drives do not offer it
            raise
    finally:
        os.close(handle)


def read_bytes(file: Path) -> bytes:
    """Read a whole file.

    Raises OSError, or ValueError if it is no plain file or larger than `MOST_BYTES`.
    """
    # A pipe under the name of a file would be waited for, and a device might never end.
    with os.fdopen(os.open(file, os.O_RDONLY | _NO_WAIT | getattr(os, "O_BINARY", 0)), "rb") as it:
        about = os.fstat(it.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise ValueError("it is not a file")
        if about.st_size > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES >> 20} MB")
        return it.read()


def read_text(file: Path) -> str:
    """Read UTF-8 with or without a byte order mark, line ends as they are.

    Raises OSError, or ValueError if it is something else.
    """
    return read_bytes(file).decode("utf-8-sig")


def read_object(file: Path) -> dict[str, Any]:
    """Read a JSON object. Raises OSError, or ValueError if the file holds anything else."""
    value = parse_json(read_text(file))
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def write_object(file: Path, value: Mapping[str, Any]) -> None:
    """Replace `file` by a JSON object that people can read and compare. Raises OSError."""
    replace_text(file, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def fitting(
    value: object, readers: Mapping[str, Callable[[Any], Any]]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read the fields that are there and fit; name those that do not fit.

    Parameters
    ----------
    readers
        For each field the function that turns JSON into its value, or raises ValueError.
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
    """Take text as it is; refuse anything else, or what is too long, with a ValueError."""
    if not isinstance(value, str):
        raise ValueError("not text")
    if len(value) > longest:
        raise ValueError(f"longer than {longest:,} characters")
    return value


def count(value: object) -> int:
    """Take a whole number from 0 to 2^53; refuse anything else with a ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise ValueError("not a number from 0 up")
    return value


def number(value: object) -> float:
    """Take a finite number; refuse anything else with a ValueError."""
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
    """Take true or false; refuse anything else with a ValueError."""
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def is_number(value: str) -> bool:
    """Say whether a text is a number, and its square too: NaN and infinity are none."""
    try:
        return isfinite(float(value) * float(value))
    except ValueError:
        return False
