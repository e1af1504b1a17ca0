"""Export of words: a table, an AudioFolder, or TextGrids with their sound files.

Output is written atomically and replaces existing files only with `force`.
"""

import codecs
import csv
import heapq
import io
import math
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from vgdesk.app.project.output_files import checked_file, checked_folder, new_folder, written_whole
from vgdesk.app.project.take_files import TakeFiles
from vgdesk.audio.files import describe, read, write_flac
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.catalogue import catalogue
from vgdesk.core.errors import ProjectError, VgdeskError
from vgdesk.core.model import Session, Take, TakeId, Word, WordId

WORD_COLUMNS = ("id", "word", "language")
TAKE_COLUMNS = ("take", "speaker", "file", "start", "end", "source", "quality", "kept_anyway")
Row = dict[str, str | float | bool | None]


@dataclass(frozen=True, slots=True)
class Export:
    """One export format.

    Attributes
    ----------
    write
        Writes to a stream, or into a new folder if there is no suffix.
    suffix
        Suffix of the target; empty for a folder.
    """

    id: str
    title: str
    write: Callable[[Session, Any], None]
    suffix: str = ""


def rows(session: Session) -> Iterator[Row]:
    """Yield one row per take, and one for each word without takes; times in seconds."""
    labels = session.label_columns()
    for word in session.words.values():
        about: Row = {"id": word.id, "word": word.text, "language": word.language}
        # A label with the name of one of our columns gets a prefix.
        ours = (*WORD_COLUMNS, *TAKE_COLUMNS)
        for name in labels:
            about[f"label:{name}" if name in ours else name] = word.labels.get(name, "")
        takes = session.takes_of(word.id)
        for take in takes:
            yield {**about, **_about(take)}
        if not takes:
            yield {**about, **dict.fromkeys(TAKE_COLUMNS)}


def _about(take: Take) -> Row:
    return {
        "take": take.id,
        "speaker": take.speaker,
        "file": str(take.file),
        "start": take.start,
        "end": take.end,
        "source": take.source.value,
        "quality": " ".join(f"{one.check}:{one.verdict.value}" for one in take.concerns),
        "kept_anyway": take.is_kept_anyway,
    }


def write_csv(session: Session, stream: BinaryIO) -> None:
    """Write a CSV table with a byte order mark for spreadsheets."""
    stream.write(codecs.BOM_UTF8 + _cells(rows(session), ","))


def write_tsv(session: Session, stream: BinaryIO) -> None:
    """Write a tab-separated table."""
    stream.write(codecs.BOM_UTF8 + _cells(rows(session), "\t"))


def _cells(table: Iterable[Row], delimiter: str) -> bytes:
    found = list(table)
    made = io.StringIO()
    heading = list(found[0]) if found else [*WORD_COLUMNS, *TAKE_COLUMNS]
    writer = csv.DictWriter(made, heading, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    # A lone surrogate, which UTF-8 cannot encode, is written as an escape.
    return made.getvalue().encode("utf-8", "backslashreplace")


def write_parquet(session: Session, stream: BinaryIO) -> None:
    """Write a Parquet table; raises VgdeskError if pyarrow is missing."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise VgdeskError(
            "Parquet needs the package pyarrow, which is not installed.",
            'Export a CSV or TSV table, or install it with: pip install "vgdesk[parquet]".',
        ) from error
    parquet.write_table(pyarrow.Table.from_pylist(list(rows(session))), stream)


def write_audiofolder(session: Session, folder: Path) -> None:
    """Write each trimmed take as a separate FLAC file, with metadata.csv."""
    (folder / "data").mkdir()
    encoder_registry = TakeFiles(folder / "data", ())
    table = []
    for row in until_cancelled(rows(session), len(session.takes)):
        if row["take"] is None:
            continue  # words without takes have no sound
        take = session.takes[TakeId(str(row["take"]))]
        file = encoder_registry.reserve(f"{take.id}.flac")
        write_flac(file, read(take.file, start=take.start, end=take.end))
        own = {name: row[name] for name in row if name not in ("file", "start", "end")}
        table.append({"file_name": file.relative_to(folder).as_posix(), **own})
    (folder / "metadata.csv").write_bytes(_cells(table, ","))


def write_textgrids(session: Session, folder: Path) -> None:
    """Write a copy of every sound file and a TextGrid with a word tier per speaker."""
    encoder_registry = TakeFiles(folder, ())
    by_file: dict[Path, list[Take]] = {}
    for take in session.takes.values():
        by_file.setdefault(take.file, []).append(take)
    for source, takes in until_cancelled(by_file.items(), len(by_file)):
        seconds = describe(source).seconds
        # Reserved, because dog.wav and dog.flac would share one TextGrid name.
        grid = encoder_registry.reserve(f"{source.stem}.TextGrid")
        shutil.copyfile(source, grid.with_suffix(source.suffix))
        _write_textgrid(grid, takes, session.words, seconds)


def _write_textgrid(
    file: Path, takes: Iterable[Take], words: Mapping[WordId, Word], length: float
) -> None:
    from praatio import textgrid

    grid = textgrid.Textgrid(0, length)
    for name, tier in until_cancelled(_tiers(takes, length).items()):
        entries = [(start, end, _label(words[take.word])) for take, start, end in tier]
        grid.addTier(textgrid.IntervalTier(name, entries, 0, length))
    grid.save(str(file), format="long_textgrid", includeBlankSpaces=True)


def _tiers(takes: Iterable[Take], length: float) -> dict[str, list[tuple[Take, float, float]]]:
    """Assign takes to tiers, each to the first free one; overlapping takes need several."""
    tiers: dict[str, list[tuple[Take, float, float]]] = {}
    speakers: defaultdict[str, _Tiers] = defaultdict(_Tiers)
    for take in until_cancelled(sorted(takes, key=lambda take: take.start)):
        end = min(length, math.inf if take.end is None else take.end)
        number = speakers[take.speaker].first_free(take.start, end)
        name = f"{take.speaker} - words" if take.speaker else "words"
        name = name if number == 1 else f"{name} {number}"
        tiers.setdefault(name, []).append((take, take.start, end))
    return tiers


class _Tiers:
    """The tiers of one speaker, numbered from 1, with the times until which they are in use."""

    def __init__(self) -> None:
        self._count = 0
        self._free: list[int] = []
        self._busy: list[tuple[float, int]] = []

    def first_free(self, start: float, end: float) -> int:
        """Use the first tier that is free at `start`; calls must have ascending starts."""
        while self._busy and self._busy[0][0] <= start:
            heapq.heappush(self._free, heapq.heappop(self._busy)[1])
        if not self._free:
            self._count += 1
            self._free.append(self._count)
        number = heapq.heappop(self._free)
        heapq.heappush(self._busy, (end, number))
        return number


def _label(word: Word) -> str:
    return " ".join(word.text.split())


EXPORTS = catalogue(
    Export("csv", "Table (CSV)", write_csv, ".csv"),
    Export("tsv", "Table (TSV)", write_tsv, ".tsv"),
    Export("parquet", "Table (Parquet)", write_parquet, ".parquet"),
    Export("audiofolder", "AudioFolder (a sound file for each word)", write_audiofolder),
    Export("textgrid", "Praat (sound files with TextGrids)", write_textgrids),
)


def kind_of(target: Path) -> str:
    """Return the export format of a file name; without a suffix, an AudioFolder.

    Raises
    ------
    ProjectError
        If the suffix is unknown.
    """
    if not target.suffix:
        return "audiofolder"
    kinds = {one.suffix: one.id for one in EXPORTS.values() if one.suffix}
    if target.suffix not in kinds:
        raise ProjectError(
            f"The name {target} does not indicate a format.",
            f"Use a name that ends in {', '.join(kinds)}, or add --as.",
        )
    return kinds[target.suffix]


def check_target(kind: str, target: Path, *, force: bool = False) -> None:
    """Raise VgdeskError if `export` would refuse the target; call it before any work."""
    if suffix := EXPORTS[kind].suffix:
        checked_file(target, (suffix,), force=force)
    else:
        checked_folder(target)


def export(session: Session, kind: str, target: Path, *, force: bool = False) -> None:
    """Write a session in one of the formats of `EXPORTS`.

    Parameters
    ----------
    force
        Whether an existing file may be replaced; a folder never is.

    Raises
    ------
    VgdeskError
        If a recording cannot be read or the target cannot be written; no partial output remains.
    """
    check_target(kind, target, force=force)
    if EXPORTS[kind].suffix:
        with written_whole(target, force=force) as stream:
            EXPORTS[kind].write(session, stream)
    else:
        with new_folder(target) as folder:
            EXPORTS[kind].write(session, folder)
