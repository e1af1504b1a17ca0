"""Tables of recordings or words, and the meaning of their columns.

A mapping assigns to each heading one of `FIELDS`, the name of a label, or nothing. The user can
correct it, and it is remembered.
"""

import math
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from vgdesk.app.exchange.importing import PlannedTake
from vgdesk.app.formats.foreign_table import Table, read_foreign_table
from vgdesk.app.words.identifiers import word_text
from vgdesk.app.words.label_columns import CATEGORY, PHONES, PHONES_SOURCE
from vgdesk.core.catalogue import catalogue
from vgdesk.core.errors import VgdeskError

AUDIO_FOLDER = ("metadata.csv", "metadata.tsv", "metadata.jsonl", "metadata.parquet")

WORD, FILE, STEM, SPEAKER, LANGUAGE = "word", "file", "file without ending", "speaker", "language"
START, END, START_MS, END_MS = "start", "end", "start in ms", "end in ms"
FIELDS = (WORD, FILE, STEM, START, END, START_MS, END_MS, SPEAKER, LANGUAGE)
LEFT_OUT = ""
NOT_KNOWN = ("", "NA")  # the second is R's missing value

Mapped = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Preset:
    """The column meanings of one corpus or program.

    Attributes
    ----------
    mapping
        Its required columns; a table with all of them matches the preset.
    """

    id: str
    title: str
    mapping: Mapped
    source: str

    def fits(self, headings: Sequence[str]) -> bool:
        return set(self.mapping) <= set(headings)


# One entry per corpus; the first match counts.
PRESETS = catalogue(
    Preset(
        "mald",
        "MALD item list",
        {"Item": WORD, "Pronunciation": PHONES, "IsWord": "is word", "POS": CATEGORY},
        "Tucker et al. (2019), The Massive Auditory Lexical Decision (MALD) database",
    ),
    Preset(
        "nemo",
        "NeMo manifest",
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

# Common headings in several languages.
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
    """Read a table, or plain text with one word per line.

    Raises
    ------
    VgdeskError
        If it cannot be read; the message gives the reason.
    """
    return read_foreign_table(file, WORD, lambda name: _meaning(name) == WORD)


def preset_of(headings: Sequence[str]) -> Preset | None:
    """Return the preset that matches these headings, if any."""
    return next((preset for preset in PRESETS.values() if preset.fits(headings)), None)


def guess_mapping(headings: Sequence[str]) -> dict[str, str]:
    """Guess the meaning of columns by preset or name; the others become labels."""
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
    """Return a mapping after validating it against these headings.

    Raises
    ------
    VgdeskError
        If it names a missing column, two columns for one field, or neither a word nor a file.
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
            f"Two columns are set to “{double}”.", "Choose one of them, or rename one."
        )
    if not {WORD, FILE, STEM} & set(targets):
        raise VgdeskError(
            "No column holds the word or the sound file.", "Choose the column that holds the word."
        )
    return mapping


def takes_of_table(table: Table, mapping: Mapped, language: str) -> Iterator[PlannedTake]:
    """Plan a take for each row with a file, and a word for each row without.

    Raises
    ------
    VgdeskError
        If a row has an invalid time; the mapping must be valid.
    """
    columns = [(table.headings.index(name), to) for name, to in mapping.items() if to]
    sounds = _Sounds(table.file.parent)
    for number, row in enumerate(table.rows, start=2):
        cells = {to: row[place] for place, to in columns if row[place]}
        if take := _take(table.file, number, cells, sounds.named(cells), language):
            yield take


class _Sounds:
    """Finds the files that a table names: in its folder or, as in many corpora, in a subfolder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def named(self, cells: Mapping[str, str]) -> Path | None:
        """Return the file of a row, existing or not; None if the row has none."""
        stem = f"{cells[STEM]}.wav" if STEM in cells else ""
        name = cells.get(FILE, stem).replace("\\", "/")
        if not name:
            return None
        file = self._folder / name
        # A cell may contain anything, even an overlong file name.
        is_there = os.path.isfile(file)  # noqa: PTH113 - never raises
        return file if is_there else self._deeper.get(name, file)

    @cached_property
    def _deeper(self) -> Mapping[str, Path]:
        """Files in subfolders by their names, if unique."""
        with suppress(OSError):
            found = [file for file in self._folder.glob("*/*") if file.is_file()]
            counts = Counter(file.name for file in found)
            return {file.name: file for file in found if counts[file.name] == 1}
        return {}


def _take(
    table: Path, number: int, cells: Mapping[str, str], sound: Path | None, language: str
) -> PlannedTake | None:
    text = cells.get(WORD, "") or (word_text(sound) if sound else "")
    if not text.strip() or (sound and "\0" in str(sound)):
        return None
    start, end = (
        _seconds(cells, whole, parts, f"{table.name}: row {number}")
        for whole, parts in ((START, START_MS), (END, END_MS))
    )
    if (start or 0) < 0 or (end is not None and end <= (start or 0)):
        raise _no_time(f"{table.name}: row {number}", f"{start} to {end} s")
    labels = {
        name: value
        for name, value in cells.items()
        if name not in FIELDS and value not in NOT_KNOWN
    }
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
        "Correct it, or use this column as a label.",
    )
