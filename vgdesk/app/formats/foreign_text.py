"""Text files of other programs: character encoding and size limits."""

import codecs
import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vgdesk.core.errors import VgdeskError

Rows = list[list[str]]
MOST_TEXT = 256 << 20  # bytes of a word list or ratings table
LARGEST = 64 << 20  # bytes; a day of speech in a TextGrid with words and phones takes a tenth
_MARKS = (
    # UTF-32 first: its byte order mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
FALLBACK = "latin-1"


@dataclass(frozen=True, slots=True)
class ForeignText:
    """The text of a file.

    Attributes
    ----------
    text
        With line feeds as line ends.
    is_guessed
        Whether the file is not Unicode, so that Latin-1 was assumed.
    """

    text: str
    is_guessed: bool


def read_foreign(file: Path) -> ForeignText:
    """Read UTF-8, UTF-16 or UTF-32, and anything else as Latin-1.

    Raises
    ------
    VgdeskError
        If the file is missing, empty, too large or not a text file.
    """
    content = read_bounded(file)
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    text, is_guessed = _decoded(content, encoding or _unmarked(content), file), False
    if text is None:
        text, is_guessed = content.decode(FALLBACK), True
    if "\0" in text:
        raise _no_text(file)
    return ForeignText(text.replace("\r\n", "\n").replace("\r", "\n"), is_guessed)


def read_at_most(file: Path, most: int = MOST_TEXT) -> bytes:
    """Read a whole file, even if it is an endless device.

    Raises OSError, or ValueError if it has more than `most` bytes.
    """
    with file.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ValueError(f"more than {most >> 20} megabytes")
    return content


def read_cells(file: Path, lines: Iterable[str], mark: str, *, quotes: bool = True) -> Rows:
    """Split the lines of a table at a delimiter, with or without quotation marks.

    Raises
    ------
    VgdeskError
        If a quotation mark is not closed, or a cell is too long.
    """
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    try:
        return list(csv.reader(lines, delimiter=mark, quoting=quoting))
    except csv.Error as error:
        raise VgdeskError(
            f"{file.name} is damaged: {error}.", "Look for a quotation mark that is not closed."
        ) from error


def read_bounded(file: Path) -> bytes:
    """Read a whole file of at most `LARGEST` bytes; raises as `read_foreign`."""
    try:
        size = file.stat().st_size
        content = file.read_bytes() if 0 < size <= LARGEST and file.is_file() else b""
    except OSError as error:
        raise VgdeskError(
            f"“{file.name}” could not be opened: {error.strerror or error}.",
            "Check that it exists and that you have permission to read it.",
        ) from error
    if size > LARGEST:
        raise VgdeskError(
            f"“{file.name}” has {size >> 20} megabytes; the limit is {LARGEST >> 20}.",
            "Divide it into several files.",
        )
    if not content:
        raise VgdeskError(f"“{file.name}” is empty.", "Choose another file.")
    return content


def _unmarked(content: bytes) -> str:
    """Detect UTF-16 without a byte order mark by the zero byte of a Latin letter."""
    pair = content[:2]
    if len(pair) == 2 and pair.count(0) == 1:
        return "utf-16-be" if pair[0] == 0 else "utf-16-le"
    return "utf-8"


def _decoded(content: bytes, encoding: str, file: Path) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":  # the file declares an encoding that it does not have
            raise _no_text(file) from error
        return None


def _no_text(file: Path) -> VgdeskError:
    return VgdeskError(
        f"“{file.name}” is damaged or not a text file.", "Save it as UTF-8 text and load it again."
    )
