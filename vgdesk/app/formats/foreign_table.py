"""Tables of other programs in any supported format, read as text."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import Any

from vgdesk.app.formats.foreign_text import LARGEST, read_foreign
from vgdesk.core.errors import VgdeskError
from vgdesk.core.json_text import parse_json

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
MOST_ROWS = 1_000_000
MOST_COLUMNS = 1_000
MOST_CELLS = 20_000_000
LONGEST_LINE = 4 << 20  # letters
BATCH = 256  # rows of Parquet per batch
# Parquet metadata takes twenty times its bytes in memory. These bounds keep everything read before
# the full check small enough for the process of the window.
MOST_CONTENTS = 8 << 20  # bytes
MOST_CHUNKS = 200_000  # row groups times columns
ROOM = 4 * LARGEST  # bytes of unpacked Parquet cells


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text.

    Attributes
    ----------
    rows
        Each with as many cells as headings.
    is_guessed
        Whether the character encoding was guessed.
    """

    file: Path
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_guessed: bool = False


def read_foreign_table(file: Path, column: str, is_heading: Callable[[str], bool]) -> Table:
    """Read CSV, TSV, JSON lines, Parquet, or plain text with one word per line.

    Parameters
    ----------
    column, is_heading
        The heading of a plain list's only column, unless its first line is a heading.

    Raises
    ------
    VgdeskError
        If it cannot be read; the message gives the reason.
    """
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        return _read_parquet(file)
    found = read_foreign(file)
    if suffix in (".jsonl", ".ndjson"):
        return _of_objects(file, list(_objects(found.text, file)), found.is_guessed)
    lines = _cells(file, found.text)
    if lines and len(lines[0]) == 1 and not is_heading(lines[0][0]):
        lines.insert(0, [column])
    return _of_cells(file, lines, found.is_guessed)


def _refuse_size(file: Path, rows: int, columns: int) -> None:
    """Refuse an empty table, or one that does not fit into memory as text."""
    if rows <= 0 or columns <= 0:
        raise VgdeskError(f"“{file.name}” has no rows.", "Choose another table.")
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise _is_too_large(file)


def _is_too_large(file: Path) -> VgdeskError:
    return VgdeskError(
        f"“{file.name}” is too large; the limit is {MOST_ROWS:,} rows, {MOST_COLUMNS:,} columns "
        f"and {MOST_CELLS:,} cells.",
        "Keep only the rows and columns that you need.",
    )


def _cells(file: Path, text: str) -> list[list[str]]:
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    mark = next((mark for mark in "\t;," if mark in first), ",")
    # In tab-separated files a quotation mark is an ordinary character.
    is_plain = mark == "\t" and '"' not in first
    try:
        reader = csv.reader(
            _lines(file, text),
            delimiter=mark,
            quoting=csv.QUOTE_NONE if is_plain else csv.QUOTE_MINIMAL,
        )
        return list(_bounded(file, reader))
    except csv.Error as error:
        raise _broken(file, f"{error}") from error


def _lines(file: Path, text: str) -> Iterator[str]:
    """Yield the lines of a text, and refuse lines that are too long."""
    for number, line in enumerate(io.StringIO(text), start=1):
        if len(line) > LONGEST_LINE:
            raise _broken(file, f"line {number} is longer than {LONGEST_LINE:,} characters")
        yield line


def _bounded(file: Path, lines: Iterable[list[str]]) -> Iterator[list[str]]:
    """Skip empty lines, and stop as soon as the table is too large."""
    rows = cells = 0
    for line in lines:
        if len(line) > MOST_COLUMNS and (not rows or any(line[MOST_COLUMNS:])):
            raise _is_too_large(file)
        if any(cell.strip() for cell in line):
            rows, cells = rows + 1, cells + len(line)
            yield line
        if rows > MOST_ROWS + 1 or cells > MOST_CELLS:
            raise _is_too_large(file)


def _of_cells(file: Path, lines: Sequence[Sequence[str]], is_guessed: bool) -> Table:
    headings = _distinct(lines[0]) if lines else ()
    width = len(headings)
    surplus = next((n for n, cells in enumerate(lines, 1) if any(cells[width:])), 0)
    if surplus:
        raise _broken(file, f"row {surplus} has more cells than there are headings")
    _refuse_size(file, len(lines) - 1, width)
    empty = [""] * width
    rows = tuple(tuple(cell.strip() for cell in [*cells, *empty][:width]) for cells in lines[1:])
    return Table(file, headings, rows, is_guessed)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Give every column a unique name."""
    found: dict[str, None] = {}
    for place, name in enumerate((name.strip() for name in names), start=1):
        plain = name or f"column {place}"
        found[plain if plain not in found else f"{plain} ({place})"] = None
    return tuple(found)


def _objects(text: str, file: Path) -> Iterator[dict[str, str]]:
    """Read one object per line; nested values are dropped."""
    for number, line in enumerate(_lines(file, text), start=1):
        if line.strip():
            try:
                value = parse_json(line)
            except ValueError as error:
                raise _broken(file, f"line {number} is not JSON") from error
            if not isinstance(value, dict):
                raise _broken(file, f"line {number} is not a JSON object")
            if number > MOST_ROWS or len(value) > MOST_COLUMNS:
                raise _is_too_large(file)
            yield {name: _cell(cell) for name, cell in value.items()}


def _of_objects(file: Path, objects: Sequence[Mapping[str, str]], is_guessed: bool) -> Table:
    names = list(dict.fromkeys(name for one in objects for name in one))
    _refuse_size(file, len(objects), len(names))
    rows = (tuple(one.get(name, "") for name in names) for one in objects)
    return Table(file, _distinct(names), tuple(rows), is_guessed)


def _cell(value: object) -> str:
    """Convert a value to text; lists and objects become empty."""
    if value is None or isinstance(value, list | dict | bytes):
        return ""
    if isinstance(value, str):
        return value.strip()
    return str(value)


def _read_parquet(file: Path) -> Table:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as error:
        raise VgdeskError(
            f"“{file.name}” is a Parquet table; the library that reads those is not installed.",
            'Install it with: pip install "vgdesk[parquet]", or save the table as CSV.',
        ) from error
    try:
        _refuse_contents(file)
        with parquet.ParquetFile(file) as opened:
            # Embedded sounds and lists are left out.
            held = [one for one in opened.schema_arrow if not _is_nested_or_bytes(one.type)]
            names = [one.name for one in held]
            _refuse_size(file, opened.metadata.num_rows, len(names))
            _refuse_chunks(file, opened.metadata, frozenset(names))
            return _of_batches(file, opened.iter_batches(batch_size=BATCH, columns=names))
    except (OSError, ValueError, ArrowException) as error:
        raise _broken(file, "it is damaged or not Parquet") from error


def _of_batches(file: Path, batches: Iterable[Any]) -> Table:
    """Convert cells to text batch by batch; repeated values are stored once."""
    names: Sequence[str] = ()
    rows: list[tuple[str, ...]] = []
    room, known = ROOM, dict[str, str]()
    for batch in batches:
        room -= batch.nbytes
        if room < 0:
            raise _broken(file, "its cells are too long")
        cells = [map(_cell, one.to_pylist()) for one in batch.columns]
        rows += zip(*([known.setdefault(cell, cell) for cell in one] for one in cells), strict=True)
        names = batch.schema.names  # a name with a dot may match two columns
    _refuse_size(file, len(rows), len(names))
    return Table(file, _distinct(names), tuple(rows))


def _refuse_contents(file: Path) -> None:
    """Refuse metadata (at the end of the file) that is too large."""
    with file.open("rb") as stream:
        size = stream.seek(0, SEEK_END)
        stream.seek(max(0, size - 8))
        length = int.from_bytes(stream.read(4), "little")
    if MOST_CONTENTS < length < size:
        raise _broken(file, "it has too many columns or parts")


def _refuse_chunks(file: Path, contents: Any, names: frozenset[str]) -> None:
    """Refuse cells that would take too much memory according to the file's metadata."""
    if contents.num_row_groups * contents.num_columns > MOST_CHUNKS:
        raise _broken(file, "it has too many columns or parts")
    room = ROOM
    for place in range(contents.num_row_groups):
        group = contents.row_group(place)
        for chunk in map(group.column, range(group.num_columns)):
            if chunk.path_in_schema in names:
                room -= max(chunk.total_uncompressed_size, chunk.total_compressed_size)
    if room < 0:
        raise _broken(file, "its cells are too long")


def _is_nested_or_bytes(kind: Any) -> bool:
    from pyarrow import types

    is_bytes = types.is_binary(kind) or types.is_large_binary(kind)
    return bool(is_bytes or types.is_fixed_size_binary(kind) or types.is_nested(kind))


def _broken(file: Path, why: str) -> VgdeskError:
    return VgdeskError(
        f"“{file.name}” could not be read as a table: {why}.",
        "Give a table whose first line names its columns, as CSV, TSV, JSON lines or Parquet.",
    )
