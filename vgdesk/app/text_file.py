"""Small text files: replaced in one step, read with the suspicion that somebody edited them."""

import errno
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any


def replace_text(file: Path, text: str) -> None:
    """Put `text` in the place of `file`: whatever happens, it holds all the old or all the new.

    Half of an emoji, which UTF-8 cannot hold, is written as an escape that JSON and words.tsv
    both know. Raises OSError.
    """
    # The number of this process keeps two windows from writing into one another's part file.
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    settle_folder(file.parent)


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


def read_text(file: Path) -> str:
    """Read UTF-8 with or without a byte order mark, line ends as they are.

    Raises OSError, or ValueError if it is something else.
    """
    return file.read_bytes().decode("utf-8-sig")


def read_object(file: Path) -> dict[str, Any]:
    """Read a JSON object. Raises OSError, or ValueError if the file holds anything else."""
    try:
        value = json.loads(read_text(file))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
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


def text(value: object) -> str:
    """Take text as it is; refuse anything else with a ValueError."""
    if not isinstance(value, str):
        raise ValueError("not text")
    return value


def count(value: object) -> int:
    """Take a whole number from 0 up; refuse anything else with a ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("not a number from 0 up")
    return value


def yes_or_no(value: object) -> bool:
    """Take true or false; refuse anything else with a ValueError."""
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def is_number(value: str) -> bool:
    """Say whether a text is a finite number."""
    try:
        return isfinite(float(value))
    except ValueError:
        return False
