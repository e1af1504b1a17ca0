r"""words.tsv: words and takes as a table that people, spreadsheets and diff tools can read.

One row per take; a word without takes has one row with empty take columns. Columns are found by
their headings, so they may be moved. Every heading that is not one of ours is a label column.
Inside a cell a tab is ``\t``, a line end ``\n`` or ``\r``, a backslash ``\\``, a lone surrogate
``\ud83d`` and an existing but empty label ``\e``.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vgdesk.app.project.own_files import place_in
from vgdesk.core.model import (
    Concern,
    Session,
    Take,
    TakeId,
    TakeSource,
    Verdict,
    Word,
    WordId,
)
from vgdesk.core.names import (
    LONGEST_LABEL,
    LONGEST_NAME,
    is_take_id,
    is_word_id,
    slug_of,
)
from vgdesk.core.notices import Level, Notice

WORD_COLUMNS = ("id", "word", "language")
TAKE_COLUMNS_1 = ("take", "speaker", "file", "start", "end", "source")  # before schema 2
TAKE_COLUMNS = (*TAKE_COLUMNS_1, "quality", "kept")
ANYWAY = "anyway"
LABEL = "label:"  # prefix of a label column with the name of one of our columns
MOST_NAMED = 5
MOST_ROWS = 1_000_000
MOST_COLUMNS = 1_000

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_MEANINGS = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", "e": ""}


def write_table(session: Session, files: Mapping[TakeId, str]) -> str:
    """Format a session as words.tsv; equal sessions give equal text.

    Parameters
    ----------
    files
        For each take its file, relative to the project and with forward slashes.
    """
    labels = session.label_columns()
    rows = [[*WORD_COLUMNS, *map(_heading, labels), *TAKE_COLUMNS]]
    takes: dict[WordId, list[Take]] = {word: [] for word in session.words}
    for take in session.takes.values():
        takes[take.word].append(take)
    for word in session.words.values():
        head = _word_cells(word, labels)
        tails = [_take_cells(take, files[take.id]) for take in takes[word.id]]
        rows += [[*head, *tail] for tail in tails or [[""] * len(TAKE_COLUMNS)]]
    return "".join("\t".join(row) + "\n" for row in rows)


def _heading(label: str) -> str:
    is_ours = label in (*WORD_COLUMNS, *TAKE_COLUMNS, "") or label.startswith(LABEL)
    return escape(LABEL + label if is_ours else label)


def _word_cells(word: Word, labels: Sequence[str]) -> list[str]:
    values = ((escape(word.labels[n]) or "\\e") if n in word.labels else "" for n in labels)
    return [escape(word.id), escape(word.text), escape(word.language), *values]


def _take_cells(take: Take, file: str) -> list[str]:
    return [
        escape(take.id),
        escape(take.speaker),
        escape(file),
        repr(float(take.start)),
        "" if take.end is None else repr(float(take.end)),
        take.source.value,
        " ".join(f"{concern.check}:{concern.verdict.value}" for concern in take.concerns),
        ANYWAY if take.is_kept_anyway else "",
    ]


def escape(text: str) -> str:
    """Escape a text for a cell, reversibly."""
    return re.sub(r"[\\\t\n\r]", lambda found: _ESCAPES[found[0]], text)


def unescape(cell: str) -> str:
    """Unescape a cell; a backslash without meaning is kept."""
    if "\\" not in cell:
        return cell
    return re.sub(r"\\(?:([\\tnre])|u([0-9a-f]{4}))", _meaning, cell)


def _meaning(found: re.Match[str]) -> str:
    return chr(int(found[2], 16)) if found[2] else _MEANINGS[found[1]]


@dataclass(frozen=True, slots=True)
class WordTable:
    """The readable content of words.tsv.

    Attributes
    ----------
    lost
        Row number and reason for every row or take that was left out.
    changed
        Row number and description of every value that was replaced.
    """

    words: Mapping[WordId, Word]
    takes: Mapping[TakeId, Take]
    lost: Sequence[tuple[int, str]]
    changed: Sequence[tuple[int, str]]

    def notices(self, copy: str) -> tuple[Notice, ...]:
        """Report what was left out and replaced, and where a copy of the file is kept."""
        said = []
        if self.lost:
            said.append(
                Notice(
                    f"Rows left out of words.tsv: {_listed(self.lost)}. All other rows are here.",
                    f"Correct these rows in words.tsv and open the project again. {copy}".strip(),
                    Level.WARNING,
                )
            )
        if self.changed:
            message = f"Corrected while reading words.tsv: {_listed(self.changed)}."
            said.append(Notice(message, "Please check these words.", Level.WARNING))
        return tuple(said)


def _listed(rows: Sequence[tuple[int, str]]) -> str:
    named = "; ".join(f"row {row} ({reason})" for row, reason in rows[:MOST_NAMED])
    more = len(rows) - MOST_NAMED
    return f"{named}; and {more} more rows" if more > 0 else named


class _RowError(ValueError):
    """The reason why a row cannot be used, in a few words."""


def read_table(text: str, folder: Path, take_columns: Sequence[str] = TAKE_COLUMNS) -> WordTable:
    """Read words.tsv. Unreadable rows are left out and reported.

    Parameters
    ----------
    folder
        The project folder, absolute; takes must be inside it.
    take_columns
        The headings that are not labels; older projects have fewer.

    Raises
    ------
    ValueError
        If there is no heading row with the columns id and word, or the table is too large.
    """
    if text.count("\n") > MOST_ROWS:
        raise ValueError(f"it has more than {MOST_ROWS:,} rows")
    first, *lines = text.split("\n")
    headings = [unescape(cell) for cell in first.rstrip("\r").split("\t")]
    if not {"id", "word"} <= set(headings):
        raise ValueError("no heading row with the columns id and word")
    if len(headings) > MOST_COLUMNS or any(len(name) > LONGEST_NAME for name in headings):
        raise ValueError(f"more than {MOST_COLUMNS:,} columns, or a heading that is too long")
    reader = _Reader(folder, headings, take_columns)
    for number, line in enumerate(lines, start=2):
        if line.strip():
            try:
                reader.read(number, line.rstrip("\r"))
            except _RowError as reason:
                reader.lost.append((number, str(reason)))
    return WordTable(reader.words, reader.takes, reader.lost, reader.changed)


class _Ids:
    """Maps the ids of a table to valid file names; nearly all stay unchanged."""

    def __init__(self, is_fit: Callable[[str], bool]) -> None:
        self._is_fit = is_fit
        self._given: dict[str, str] = {}
        self._taken: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def __contains__(self, written: str) -> bool:
        return written in self._given

    def of(self, written: str) -> str:
        """Return equal ids for equal texts, and different ids for different texts."""
        if written not in self._given:
            slug = free = written if self._is_fit(written) else slug_of(written)
            while free in self._taken:
                self._numbers[slug] += 1
                free = f"{slug}_{self._numbers[slug] + 1}"
            self._taken.add(free)
            self._given[written] = free
        return self._given[written]


class _Reader:
    """Reads one row after the other."""

    def __init__(self, folder: Path, headings: Sequence[str], take_columns: Sequence[str]) -> None:
        self.words: dict[WordId, Word] = {}
        self.takes: dict[TakeId, Take] = {}
        self.lost: list[tuple[int, str]] = []
        self.changed: list[tuple[int, str]] = []
        self._word_ids = _Ids(is_word_id)
        self._take_ids = _Ids(is_take_id)
        self._folder = folder
        self._headings = headings
        ours = (*WORD_COLUMNS, *take_columns)
        self._take_columns = take_columns
        self._labels = {name: name.removeprefix(LABEL) for name in headings if name not in ours}

    def read(self, number: int, line: str) -> None:
        cells = line.split("\t")
        # Many editors strip trailing empty cells; surplus cells mean a damaged row.
        if any(cells[len(self._headings) :]):
            raise _RowError("more cells than headings")
        row = dict(zip(self._headings, cells, strict=False))
        for name, cell in row.items():
            longest = LONGEST_LABEL if name in self._labels else LONGEST_NAME
            if len(cell) > longest:
                raise _RowError(f"more than {longest:,} characters in the column {name}")
        word = self._word(row, number)
        known = self.words.setdefault(word.id, word)
        if known != word:
            self.changed.append((number, f"“{known.text}” as in its first row"))
        if row.get("take"):
            take = self._take(row, word, number)
            self.takes[take.id] = take

    def _word(self, row: Mapping[str, str], number: int) -> Word:
        text = unescape(row.get("word", ""))
        if not row.get("id") or not text.strip():
            raise _RowError("no id or no word")
        word = WordId(self._id(self._word_ids, row["id"], number))
        labels = {label: unescape(row[n]) for n, label in self._labels.items() if row.get(n)}
        return Word(word, text, unescape(row.get("language", "en")), labels)

    def _id(self, ids: _Ids, cell: str, number: int) -> str:
        written = unescape(cell)
        is_new = written not in ids
        if (given := ids.of(written)) != written and is_new:
            self.changed.append((number, f"the id “{written}” as “{given}”"))
        return given

    def _take(self, row: Mapping[str, str], word: Word, number: int) -> Take:
        if unescape(row["take"]) in self._take_ids:
            raise _RowError(f"a second take with the id {unescape(row['take'])}")
        take = TakeId(self._id(self._take_ids, row["take"], number))
        row = {name: row.get(name, "") for name in self._take_columns}
        start, end = _seconds(row["start"]) or 0.0, _seconds(row["end"])
        if start < 0 or (end is not None and end <= start):
            raise _RowError(f"the trim of take {take} is empty")
        return Take(
            take,
            word.id,
            self._file(unescape(row["file"])),
            unescape(row["speaker"]),
            start,
            end,
            self._source(row["source"], number),
            self._concerns(row.get("quality", ""), number),
            row.get("kept") == ANYWAY,
        )

    def _concerns(self, cell: str, number: int) -> tuple[Concern, ...]:
        try:
            pairs = [concern.rsplit(":", 1) for concern in cell.split()]
            return tuple(Concern(check, Verdict(verdict)) for check, verdict in pairs)
        except ValueError:
            self.changed.append((number, f"quality “{cell}” as not checked"))
            return ()

    def _file(self, relative: str) -> Path:
        try:
            return place_in(self._folder, relative)
        except ValueError as reason:
            raise _RowError(str(reason)) from reason

    def _source(self, source: str, number: int) -> TakeSource:
        try:
            return TakeSource(source)
        except ValueError:
            if source:
                self.changed.append((number, f"source “{source}” as imported"))
            return TakeSource.IMPORTED


def _seconds(cell: str) -> float | None:
    try:
        seconds = float(cell) if cell else None
    except ValueError:
        seconds = math.nan
    if seconds is not None and not math.isfinite(seconds):
        raise _RowError(f"“{cell}” is not a time in seconds")
    return seconds
