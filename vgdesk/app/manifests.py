"""Tables that list recordings or words, and what their columns mean.

A mapping says for each heading what it is: one of `FIELDS`, the name of a label, or nothing. It is
what the user corrects and what is remembered.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from vgdesk.app.foreign_text import LARGEST, read_foreign
from vgdesk.app.importing import PlannedTake, word_text
from vgdesk.app.pronunciation import PHONES_SOURCE
from vgdesk.app.word_facts import PHONES
from vgdesk.core.catalogue import catalogue
from vgdesk.core.errors import VgdeskError

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
AUDIO_FOLDER = ("metadata.csv", "metadata.tsv", "metadata.jsonl", "metadata.parquet")
MOST_ROWS = 1_000_000
MOST_COLUMNS = 1_000
MOST_CELLS = 20_000_000
BATCH = 256  # rows of Parquet that are unpacked at once

WORD, FILE, STEM, SPEAKER, LANGUAGE = "word", "file", "file without ending", "speaker", "language"
START, END, START_MS, END_MS = "start", "end", "start in ms", "end in ms"
FIELDS = (WORD, FILE, STEM, START, END, START_MS, END_MS, SPEAKER, LANGUAGE)
CATEGORY = "category"
LEFT_OUT = ""

Mapped = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text.

    Attributes
    ----------
    rows
        As many cells each as there are headings.
    is_guessed
        True if the letters of the file had to be guessed.
    """

    file: Path
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_guessed: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """How the tables of one corpus or program are read.

    Attributes
    ----------
    mapping
        The columns that it needs; a table that has all of them is taken for one of these.
    """

    id: str
    title: str
    mapping: Mapped
    source: str

    def fits(self, headings: Sequence[str]) -> bool:
        return set(self.mapping) <= set(headings)


# One line a corpus; the first that fits counts.
PRESETS = catalogue(
    Preset(
        "mald",
        "MALD item list",
        {"Item": WORD, "Pronunciation": PHONES, "IsWord": "is word", "POS": CATEGORY},
        "Tucker et al. (2019), The Massive Auditory Lexical Decision (MALD) database",
    ),
    Preset(
        "nemo",
        "Manifest of NeMo",
        {"audio_filepath": FILE, "text": WORD, "duration": LEFT_OUT},
        "NVIDIA NeMo, manifests of speech recognition",
    ),
    Preset(
        "common-voice",
        "Common Voice",
        {"client_id": SPEAKER, "path": FILE, "sentence": WORD, "locale": LANGUAGE},
        "Ardila et al. (2020), Common Voice: A massively-multilingual speech corpus",
    ),
)

# What headings are called in the tables of people, in several languages.
_NAMES = {
    WORD: "word words text item wort wörter mot mots palabra parola woord transcription transcript "
    "sentence label target stimulus lemma orthography spelling",
    FILE: "file filename filepath path audio audiofile wav sound soundfile datei fichier archivo "
    "bestand audiofilepath clip",
    START: "start begin onset xmin tmin starttime begintime anfang beginn début inicio",
    END: "end offset xmax tmax endtime stop endseconds ende fin fine",
    START_MS: "startms beginms onsetms starttimems",
    END_MS: "endms offsetms endtimems",
    SPEAKER: "speaker speakerid talker participant sprecher sprecherin locuteur locutrice hablante "
    "voice spreker clientid",
    LANGUAGE: "language lang locale sprache langue idioma lingua taal",
    PHONES: "phones phonemes pronunciation transcriptionipa ipa arpabet laute aussprache "
    "prononciation pronunciación",
    CATEGORY: "category class group kategorie klasse gruppe catégorie categoría categorie",
}


def read_table_file(file: Path) -> Table:
    """Read CSV, TSV, JSON lines, Parquet, or plain text with one word a line.

    Raises
    ------
    VgdeskError
        If that is not possible, in a sentence that says why.
    """
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        return _read_parquet(file)
    found = read_foreign(file)
    if suffix in (".jsonl", ".ndjson"):
        return _of_objects(file, list(_objects(found.text, file)), found.is_guessed)
    return _of_cells(file, found.text, found.is_guessed)


def _refuse_size(file: Path, rows: int, columns: int) -> None:
    """Refuse a table that is empty, or more than fits into memory as text."""
    if rows <= 0 or columns <= 0:
        raise VgdeskError(f"“{file.name}” has no rows.", "Choose another table.")
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise VgdeskError(
            f"“{file.name}” is too large: {MOST_ROWS:,} rows, {MOST_COLUMNS:,} columns and "
            f"{MOST_CELLS:,} cells can be read.",
            "Keep the rows and columns that you need.",
        )


def _of_cells(file: Path, text: str, is_guessed: bool) -> Table:
    first = next((line for line in text.split("\n") if line.strip()), "")
    mark = next((mark for mark in "\t;," if mark in first), ",")
    # Where tabs divide the cells, a quotation mark is one like any other letter.
    is_plain = mark == "\t" and '"' not in first
    try:
        reader = csv.reader(
            io.StringIO(text),
            delimiter=mark,
            quoting=csv.QUOTE_NONE if is_plain else csv.QUOTE_MINIMAL,
        )
        filled = (cells for cells in reader if any(cell.strip() for cell in cells))
        lines = list(islice(filled, MOST_ROWS + 2))
    except csv.Error as error:
        raise _broken(file, f"not even as cells: {error}") from error
    if lines and len(lines[0]) == 1 and _meaning(lines[0][0]) != WORD:
        lines.insert(0, [WORD])  # a plain list of words has no heading
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
    """Name every column, and no two the same."""
    found: dict[str, None] = {}
    for place, name in enumerate((name.strip() for name in names), start=1):
        plain = name or f"column {place}"
        found[plain if plain not in found else f"{plain} ({place})"] = None
    return tuple(found)


def _objects(text: str, file: Path) -> Iterator[dict[str, object]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise _broken(file, f"line {number} is not JSON") from error
            if not isinstance(value, dict):
                raise _broken(file, f"line {number} is not an object with names")
            yield value


def _of_objects(file: Path, objects: Sequence[Mapping[str, object]], is_guessed: bool) -> Table:
    names = list(dict.fromkeys(name for one in objects for name in one))
    _refuse_size(file, len(objects), len(names))
    rows = (tuple(_cell(one.get(name)) for name in names) for one in objects)
    return Table(file, _distinct(names), tuple(rows), is_guessed)


def _cell(value: object) -> str:
    """Write a value as text; lists and objects have no place in a cell."""
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
    objects: list[dict[str, object]] = []
    room = LARGEST * 4  # of bytes in memory
    try:
        with parquet.ParquetFile(file) as opened:
            # Sounds within the table, and lists, have no place in a cell.
            held = [one for one in opened.schema_arrow if not _is_nested_or_bytes(one.type)]
            _refuse_size(file, opened.metadata.num_rows, len(held))
            names = [one.name for one in held]
            for batch in opened.iter_batches(batch_size=BATCH, columns=names):
                room -= batch.nbytes
                if room < 0:
                    raise _broken(file, "its cells are too long")
                objects += batch.to_pylist()
    except (OSError, ValueError, ArrowException) as error:
        raise _broken(file, "it is damaged, or not Parquet") from error
    return _of_objects(file, objects, is_guessed=False)


def _is_nested_or_bytes(kind: Any) -> bool:
    from pyarrow import types

    is_bytes = types.is_binary(kind) or types.is_large_binary(kind)
    return bool(is_bytes or types.is_fixed_size_binary(kind) or types.is_nested(kind))


def _broken(file: Path, why: str) -> VgdeskError:
    return VgdeskError(
        f"“{file.name}” could not be read as a table: {why}.",
        "Give a table whose first line names its columns, as CSV, TSV, JSON lines or Parquet.",
    )


# What the columns mean


def preset_of(headings: Sequence[str]) -> Preset | None:
    """Return the corpus whose headings these are, if they are of a known one."""
    return next((preset for preset in PRESETS.values() if preset.fits(headings)), None)


def guess_mapping(headings: Sequence[str]) -> dict[str, str]:
    """Guess what columns mean: by their corpus, else by their names; others become labels."""
    preset = preset_of(headings)
    mapping = dict(preset.mapping) if preset else {}
    taken = set(mapping.values())
    for heading in headings:
        meaning = _meaning(heading)
        if heading not in mapping:
            mapping[heading] = heading if not meaning or meaning in taken else meaning
            taken.add(mapping[heading])
    return {heading: mapping[heading] for heading in headings}


def _meaning(heading: str) -> str:
    return _meanings().get(re.sub(r"[\W_]", "", heading.casefold()), "")


@cache
def _meanings() -> Mapping[str, str]:
    return {name: field for field, names in _NAMES.items() for name in names.split()}


def checked(mapping: Mapped, headings: Sequence[str]) -> Mapped:
    """Return a mapping that can be used with these headings.

    Raises
    ------
    VgdeskError
        If it names a column that is not there, two columns for one field, or neither a word nor a
        file.
    """
    strange = [name for name in mapping if name not in headings]
    if strange:
        raise VgdeskError(
            f"There is no column “{strange[0]}”.", f"The columns are: {', '.join(headings)}."
        )
    targets = [target for target in mapping.values() if target]
    double = next((target for target in targets if targets.count(target) > 1), "")
    if double:
        raise VgdeskError(
            f"Two columns are to be “{double}”.", "Choose one of them, or give one another name."
        )
    if not {WORD, FILE, STEM} & set(targets):
        raise VgdeskError(
            "No column is the word, and none the sound file.", "Say which column is the word."
        )
    return mapping


def takes_of_table(table: Table, mapping: Mapped, language: str) -> Iterator[PlannedTake]:
    """Make a take of each row that names a file, and a word of each that names none.

    Raises
    ------
    VgdeskError
        If a row has a time that is none; the mapping was checked already.
    """
    columns = [(table.headings.index(name), to) for name, to in mapping.items() if to]
    for number, row in enumerate(table.rows, start=2):
        cells = {to: row[place] for place, to in columns if row[place]}
        if take := _take(table.file, number, cells, language):
            yield take


def _take(table: Path, number: int, cells: Mapping[str, str], language: str) -> PlannedTake | None:
    sound = _sound(table.parent, cells)
    text = cells.get(WORD, "") or (word_text(sound) if sound else "")
    if not text.strip() or (sound and "\0" in str(sound)):
        return None
    start, end = (
        _seconds(cells, whole, parts, f"{table.name}: row {number}")
        for whole, parts in ((START, START_MS), (END, END_MS))
    )
    if (start or 0) < 0 or (end is not None and end <= (start or 0)):
        raise _no_time(f"{table.name}: row {number}", f"{start} to {end} s")
    labels = {name: value for name, value in cells.items() if name not in FIELDS}
    if PHONES in labels:
        labels.setdefault(PHONES_SOURCE, table.name)
    return PlannedTake(
        sound,
        " ".join(text.split()),
        cells.get(LANGUAGE, language),
        start=(start or 0.0) if end is not None else start,
        end=end,
        speaker=cells.get(SPEAKER, ""),
        labels=labels,
    )


def _sound(folder: Path, cells: Mapping[str, str]) -> Path | None:
    if name := cells.get(FILE):
        return folder / name.replace("\\", "/")
    return folder / f"{cells[STEM]}.wav" if STEM in cells else None


def _seconds(cells: Mapping[str, str], whole: str, parts: str, where: str) -> float | None:
    said, unit = (cells.get(whole), 1) if whole in cells else (cells.get(parts), 1000)
    if said is None:
        return None
    try:
        seconds = float(said.replace(",", ".")) / unit
    except ValueError as error:
        raise _no_time(where, said) from error
    if not math.isfinite(seconds):
        raise _no_time(where, said)
    return seconds


def _no_time(where: str, said: str) -> VgdeskError:
    return VgdeskError(
        f"{where} has no time in seconds (“{said}”).",
        "Correct it, or say that this column is a label.",
    )
