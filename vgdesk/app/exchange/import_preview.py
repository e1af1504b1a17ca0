"""Files of any kind to import together, and the choices that the user has to make."""

import os
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from vgdesk.app.exchange.annotations import (
    annotation_of,
    guess_tiers,
    is_annotation,
    read_annotation,
    takes_of,
    tier_names,
)
from vgdesk.app.exchange.corpus_tables import (
    AUDIO_FOLDER,
    checked,
    guess_mapping,
    read_table_file,
    takes_of_table,
)
from vgdesk.app.exchange.importing import ImportPlan, PlannedTake, plan_import
from vgdesk.app.formats.aligner_table import is_alignment
from vgdesk.app.formats.foreign_table import SUFFIXES, Table
from vgdesk.app.formats.tiers import Annotation
from vgdesk.app.words.identifiers import language_of
from vgdesk.audio.files import sound_files
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.counting import counted, first_few
from vgdesk.core.errors import AudioFileError, VgdeskError
from vgdesk.core.model import Session
from vgdesk.core.names import LONGEST_LABEL, LONGEST_NAME

TABLES = (*SUFFIXES, ".txt")


@dataclass(frozen=True, slots=True)
class Incoming:
    """Files as read; sound files were not opened yet.

    Attributes
    ----------
    sounds
        Sound files and folders as given.
    """

    sounds: tuple[Path, ...]
    annotations: tuple[Annotation, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def has_questions(self) -> bool:
        """Whether the user has to make choices."""
        return bool(self.annotations or self.tables)

    @property
    def tiers(self) -> tuple[str, ...]:
        return tier_names(self.annotations)

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for table in self.tables for name in table.headings))


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of the user.

    Attributes
    ----------
    words, phones
        Names of the tiers; empty for no phones.
    columns
        The meaning of each heading, see `vgdesk.app.exchange.corpus_tables`.
    outside
        Whether sound files outside the folder of the naming file may be imported.
    """

    words: str = ""
    phones: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of an import, and a summary of all of it.

    Attributes
    ----------
    outside
        Sound files that need the user's consent, see `ImportPlan`.
    """

    MOST: ClassVar[int] = 8

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sentence: str
    outside: tuple[Path, ...] = ()


def look_at(paths: Sequence[Path]) -> Incoming:
    """Read the annotations and tables among files and folders.

    In a folder these are annotations and AudioFolder metadata; other tables must be named.

    Raises
    ------
    VgdeskError
        If one of them cannot be read.
    """
    files = [file for path in paths for file in _inside(path.absolute())]
    sounds = tuple(path.absolute() for path in paths if not _is_read(path))
    given = sound_files([path for path in sounds if path.exists()])
    told = until_cancelled(files)
    annotations = [read_annotation(file, given) for file in told if is_annotation(file)]
    tables = []
    for file in until_cancelled(files, len(files)):
        if not is_annotation(file):
            table = read_table_file(file)
            if is_alignment(table):
                annotations.append(annotation_of(table, given))
            else:
                tables.append(table)
    return Incoming(sounds, tuple(annotations), tuple(tables))


def _inside(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path] if _is_read(path) else []
    found = sorted(path.rglob("*"))
    return [
        file
        for file in found
        if (is_annotation(file) or file.name.casefold() in AUDIO_FOLDER)
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and file.is_file()
    ]


def _is_read(path: Path) -> bool:
    return is_annotation(path) or path.suffix.lower() in TABLES


def first_choices(incoming: Incoming, remembered: Iterable[Mapping[str, str]] = ()) -> Choices:
    """Guess the choices; a remembered mapping for the same headings takes precedence."""
    words, phones = guess_tiers(incoming.tiers)
    columns: dict[str, str] = {}
    known = list(remembered)
    for table in incoming.tables:
        last = next((one for one in known if set(one) == set(table.headings)), None)
        columns = {**guess_mapping(table.headings), **(last or {}), **columns}
    return Choices(words, phones, columns)


def planned(incoming: Incoming, choices: Choices, session: Session) -> ImportPlan:
    """Plan the import.

    Sound files named by a table or an annotation are not imported again by their file names.

    Raises
    ------
    VgdeskError
        If the choices do not fit the files, or nothing would be imported.
    """
    language = language_of(session)
    named: list[tuple[Path, PlannedTake]] = []
    for annotation in incoming.annotations:
        found = takes_of(annotation, choices.words, choices.phones, language)
        named += [(annotation.file, take) for take in found]
    for table in incoming.tables:
        columns = {name: choices.columns.get(name, "") for name in table.headings}
        rows = takes_of_table(table, checked(columns, table.headings), language)
        named += [(table.file, take) for take in rows]
    spoken_of = {take.file for _source, take in named} | {one.sound for one in incoming.annotations}
    others = [take for take in _by_name(incoming, session) if take.file not in spoken_of]
    if not named and not others:
        raise VgdeskError(
            "There are no words in these files.", "Choose another tier or another column."
        )
    every: list[tuple[Path | None, PlannedTake]] = [*named, *((None, take) for take in others)]
    _refuse_long(every)
    outside = _outside(every, incoming.sounds)
    takes = (take for _source, take in every if choices.outside or take.file not in outside)
    return ImportPlan(tuple(takes), tuple(sorted(outside)))


def _refuse_long(takes: Iterable[tuple[Path | None, PlannedTake]]) -> None:
    for source, take in takes:
        longest = max(map(len, (take.text, take.speaker, take.language, *take.labels)))
        if longest > LONGEST_NAME or max(map(len, take.labels.values()), default=0) > LONGEST_LABEL:
            where = source or take.file
            raise VgdeskError(
                f"“{where.name if where else ''}” contains a text that is too long for a word, a "
                f"speaker or a label: “{take.text[:40]}…”.",
                "Choose another tier, or leave the column out.",
            )


def _outside(
    takes: Iterable[tuple[Path | None, PlannedTake]], given: Iterable[Path]
) -> frozenset[Path]:
    """Find the sound files outside both the folder of the naming file and the given paths.

    Links are resolved first, because a folder may come from an unknown source.
    """
    places = {Path(os.path.realpath(place)) for place in given}
    files = {(source and source.parent, take.file) for source, take in takes if take.file}
    homes = {home: Path(os.path.realpath(home)) for home, _file in files if home}
    return frozenset(
        file
        for home, file in files
        if not _lies_in(Path(os.path.realpath(file)), places, homes.get(home) if home else None)
    )


def _lies_in(file: Path, places: Container[Path], home: Path | None) -> bool:
    return any(place == home or place in places for place in (file, *file.parents))


def _by_name(incoming: Incoming, session: Session) -> Sequence[PlannedTake]:
    if not incoming.has_questions:
        return plan_import(incoming.sounds, session).takes
    try:
        return plan_import(incoming.sounds, session).takes if incoming.sounds else ()
    except AudioFileError:  # a folder that contains only a table
        return ()


def preview_import(incoming: Incoming, choices: Choices, session: Session) -> Preview:
    """Preview the first recordings and words; raises as `planned`."""
    plan = planned(incoming, choices, session)
    first = plan.takes[: Preview.MOST]
    labels = tuple(dict.fromkeys(name for take in first for name in take.labels))
    rows = tuple(
        (
            take.text,
            _shown(take.file, plan.outside) if take.file else "",
            "" if take.start is None else f"{take.start:.3f}",
            "" if take.end is None else f"{take.end:.3f}",
            take.speaker,
            *(take.labels.get(name, "") for name in labels),
        )
        for take in first
    )
    headings = ("Word", "Sound file", "From (s)", "To (s)", "Speaker", *labels)
    return Preview(headings, rows, summary(incoming, plan, session), plan.outside)


def _shown(file: Path, outside: Sequence[Path]) -> str:
    return str(file) if file in outside else file.name


def outside_sentence(outside: Sequence[Path]) -> str:
    """List sound files outside the folder with their full paths."""
    listed = first_few([*map(str, outside)])
    return f"{counted(len(outside), 'sound file')} outside this folder: {listed}."


def summary(incoming: Incoming, plan: ImportPlan, session: Session) -> str:
    """Summarise in a sentence or two what will be added."""
    files = {take.file for take in plan.takes if take.file}
    # A cell may contain anything, even an overlong file name, which counts as missing.
    there = {file for file in files if os.path.isfile(file)}  # noqa: PTH113 - never raises
    takes = [take for take in plan.takes if take.file is None or take.file in there]
    known = {(word.text.casefold(), word.language) for word in session.words.values()}
    words = {(take.text.casefold(), take.language) for take in takes}
    recordings = sum(take.file is not None for take in takes)
    said = [f"{counted(len(words - known), 'new word')} and {counted(recordings, 'recording')}"]
    if recordings:
        said[0] += f" from {counted(len(there), 'sound file')}"
    said[0] += " will be added."
    missing = sorted({file.name for file in files - there})
    if missing:
        said.append(f"Not found: {first_few(missing)}.")
    guessed = [one.is_guessed for one in incoming.annotations]
    if any([*guessed, *(table.is_guessed for table in incoming.tables)]):
        said.append("The file is not in Unicode; check its accented letters.")
    if any(tier.is_points for one in incoming.annotations for tier in one.tiers):
        said.append("On a point tier each word runs to the next point.")
    return " ".join(said)
