"""The words of a project for other programs: a table, an AudioFolder or TextGrids with their sound.

A folder appears under its name only once all of it is there, and nothing is ever overwritten.
"""

import csv
import io
import math
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vgdesk.app.take_files import TakeFiles
from vgdesk.app.text_file import replace_text
from vgdesk.audio.files import describe, read, write_flac
from vgdesk.core.catalogue import catalogue
from vgdesk.core.errors import ProjectError, VgdeskError
from vgdesk.core.model import Session, Take, TakeId, Word, WordId

WORD_COLUMNS = ("id", "word", "language")
TAKE_COLUMNS = ("take", "speaker", "file", "start", "end", "source", "quality", "kept_anyway")
Row = dict[str, str | float | bool | None]


@dataclass(frozen=True, slots=True)
class Export:
    """One way to hand words on.

    Attributes
    ----------
    suffix
        How the target ends; a folder has none.
    """

    id: str
    title: str
    write: Callable[[Session, Path], None]
    suffix: str = ""


def rows(session: Session) -> Iterator[Row]:
    """Yield one row a take, and one for each word without takes; times are in seconds."""
    labels = session.label_columns()
    for word in session.words.values():
        about: Row = {"id": word.id, "word": word.text, "language": word.language}
        # A label that is called like one of ours stands behind it under its whole name.
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


def write_csv(session: Session, target: Path) -> None:
    """Write a table that spreadsheets read, with a byte order mark for their sake."""
    _write_cells(rows(session), target, ",", mark="\ufeff")


def write_tsv(session: Session, target: Path) -> None:
    """Write a table with tabs between its cells."""
    _write_cells(rows(session), target, "\t", mark="\ufeff")


def _write_cells(table: Iterable[Row], target: Path, delimiter: str, mark: str = "") -> None:
    found = list(table)
    made = io.StringIO()
    heading = list(found[0]) if found else [*WORD_COLUMNS, *TAKE_COLUMNS]
    writer = csv.DictWriter(made, heading, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    replace_text(target, mark + made.getvalue())


def write_parquet(session: Session, target: Path) -> None:
    """Write a Parquet table; raises VgdeskError if pyarrow is not there."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise VgdeskError(
            "Parquet needs the package pyarrow, which is not installed.",
            "Export a CSV or TSV table, or install vgdesk with its extra “parquet”.",
        ) from error
    made = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(list(rows(session))), made)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(made.getvalue())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_audiofolder(session: Session, target: Path) -> None:
    """Write every word as a FLAC file of its own, cut as it is trimmed, with metadata.csv."""

    def fill(folder: Path) -> None:
        (folder / "data").mkdir()
        shelf = TakeFiles(folder / "data", ())
        table = []
        for row in rows(session):
            if row["take"] is None:
                continue  # what has no sound is nothing to hear
            take = session.takes[TakeId(str(row["take"]))]
            file = shelf.reserve(f"{take.id}.flac")
            write_flac(file, read(take.file, start=take.start, end=take.end))
            own = {name: row[name] for name in row if name not in ("file", "start", "end")}
            table.append({"file_name": file.relative_to(folder).as_posix(), **own})
        _write_cells(table, folder / "metadata.csv", ",")

    _in_new_folder(target, fill)


def write_textgrids(session: Session, target: Path) -> None:
    """Write for every sound file a copy and a TextGrid with a tier of words for each speaker."""

    def fill(folder: Path) -> None:
        shelf = TakeFiles(folder, ())
        by_file: dict[Path, list[Take]] = {}
        for take in session.takes.values():
            by_file.setdefault(take.file, []).append(take)
        for source, takes in by_file.items():
            seconds = describe(source).seconds
            # Each its own: of dog.wav and dog.flac the annotations would have the same name.
            grid = shelf.reserve(f"{source.stem}.TextGrid")
            shutil.copyfile(source, grid.with_suffix(source.suffix))
            _write_textgrid(grid, takes, session.words, seconds)

    _in_new_folder(target, fill)


def _write_textgrid(
    file: Path, takes: Iterable[Take], words: Mapping[WordId, Word], length: float
) -> None:
    from praatio import textgrid

    grid = textgrid.Textgrid(0, length)
    for name, tier in _tiers(takes, length).items():
        entries = [(start, end, _label(words[take.word])) for take, start, end in tier]
        grid.addTier(textgrid.IntervalTier(name, entries, 0, length))
    grid.save(str(file), format="long_textgrid", includeBlankSpaces=True)


def _tiers(takes: Iterable[Take], length: float) -> dict[str, list[tuple[Take, float, float]]]:
    """Put takes on tiers; those that overlap stand on tiers of their own."""
    tiers: dict[str, list[tuple[Take, float, float]]] = {}
    for take in sorted(takes, key=lambda take: take.start):
        end = min(length, math.inf if take.end is None else take.end)
        name = f"{take.speaker} - words" if take.speaker else "words"
        number, free = 1, name
        while free in tiers and tiers[free][-1][2] > take.start:
            number += 1
            free = f"{name} {number}"
        tiers.setdefault(free, []).append((take, take.start, end))
    return tiers


def _label(word: Word) -> str:
    return " ".join(word.text.split())


def _in_new_folder(target: Path, fill: Callable[[Path], None]) -> None:
    if target.exists():
        raise ProjectError(f"{target} exists already and was not touched.", "Choose a new name.")
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        fill(folder)
        folder.chmod(0o755)
        folder.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


EXPORTS = catalogue(
    Export("csv", "Table (CSV)", write_csv, ".csv"),
    Export("tsv", "Table (TSV)", write_tsv, ".tsv"),
    Export("parquet", "Table (Parquet)", write_parquet, ".parquet"),
    Export("audiofolder", "AudioFolder (a sound file for each word)", write_audiofolder),
    Export("textgrid", "Praat (sound files with TextGrids)", write_textgrids),
)


def kind_of(target: Path) -> str:
    """Return the kind of table that a name says, or an AudioFolder if it says none."""
    return next((one.id for one in EXPORTS.values() if one.suffix == target.suffix), "audiofolder")


def export(session: Session, kind: str, target: Path) -> None:
    """Write a session in one of the ways of `EXPORTS`.

    Raises
    ------
    VgdeskError
        If a recording cannot be read or the target cannot be written; nothing of it is there then.
    """
    try:
        EXPORTS[kind].write(session, target)
    except OSError as error:
        raise ProjectError(
            f"{target} could not be written ({error.strerror or error}). The project is unharmed.",
            "Choose another folder, or free some space.",
        ) from error
