"""Import of sound files and folders as words and takes.

The name of a file is its word: underscores and hyphens are spaces, and numbers after the word count
takes, so ``dog.wav``, ``dog_2.wav``, ``dog-03.wav`` and ``dog (1).wav`` are four takes of "dog". A
file exactly one folder below a dropped folder gets that folder's name as its category
(``animals/dog.wav`` in the dropped folder). File names have no further meaning.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vgdesk.app.words.identifiers import Additions, language_of, word_text
from vgdesk.app.words.label_columns import CATEGORY
from vgdesk.app.words.pronunciation import with_lacking_labels
from vgdesk.audio.files import TOLERATED_SHORTFALL_SECONDS, read, sound_files
from vgdesk.audio.heard_take import Known
from vgdesk.audio.speech_activity import find_word
from vgdesk.audio.take_checks import check_take, concerns
from vgdesk.core.errors import AudioFileError
from vgdesk.core.model import Concern, Session, Take, TakeSource

SHORTEST_WORD = 0.05  # s; no syllable is shorter


@dataclass(frozen=True, slots=True)
class PlannedTake:
    """One file with its metadata, from its name, a table or an annotation.

    Attributes
    ----------
    file
        None for a word without a recording.
    start, end
        The part with the word, in seconds; both None if not yet detected.
    """

    file: Path | None
    text: str
    language: str
    category: str = ""
    start: float | None = None
    end: float | None = None
    speaker: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The takes to import; no sound file was opened yet.

    Attributes
    ----------
    outside
        Sound files that a table or an annotation names outside its own folder. The takes include
        them only if the user has agreed.
    """

    takes: tuple[PlannedTake, ...]
    outside: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedTake:
    """A usable file.

    Attributes
    ----------
    trim
        Start and end of the word in seconds, proposed by voice activity detection; None if no
        speech was found (nothing is trimmed).
    concerns
        Concerns of the take checks.
    """

    planned: PlannedTake
    trim: tuple[float, float] | None = None
    concerns: tuple[Concern, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportRefused:
    """A file that cannot be used, with the reason."""

    file: Path
    error: AudioFileError


def plan_import(paths: Sequence[Path], session: Session) -> ImportPlan:
    """List the sound files among files and folders, with the words of their names.

    Raises
    ------
    AudioFileError
        If there is no sound file among them.
    """
    language = language_of(session)
    planned: dict[Path, PlannedTake] = {}
    for dropped in (path.absolute() for path in paths):
        for file in sound_files([dropped]):
            take = PlannedTake(file, word_text(file), language, _category(file, dropped))
            planned.setdefault(file, take)  # a file may be dropped together with its folder
    if not planned:
        names = ", ".join(f"“{path.name}”" for path in paths)
        raise AudioFileError(
            f"There are no sound files in {names}.", "Choose WAV, FLAC, OGG or MP3 files."
        )
    return ImportPlan(tuple(planned.values()))


def _category(file: Path, dropped: Path) -> str:
    folder = file.parent
    is_one_deep = file != dropped and folder.parent == dropped
    return unicodedata.normalize("NFC", folder.name) if is_one_deep else ""


def import_takes(plan: ImportPlan) -> Iterator[ImportedTake | ImportRefused]:
    """Read one file after the other; an unusable file does not stop the others."""
    for planned in plan.takes:
        if planned.file is None:
            yield ImportedTake(planned)
            continue
        try:
            outcome = _look_into(planned.file, planned)
        except AudioFileError as error:
            yield ImportRefused(planned.file, error)
        else:
            yield outcome


def _look_into(file: Path, planned: PlannedTake) -> ImportedTake:
    """Read the sound, and detect the word unless its times are given."""
    recording = read(file, start=planned.start or 0.0, end=planned.end)
    if recording.seconds < SHORTEST_WORD:
        raise _too_short(file)
    if planned.start is None:
        found = find_word(recording)
        # Rounded to 0.1 ms to keep the table readable.
        trim = (round(found[0], 4), round(found[1], 4)) if found else None
        return ImportedTake(planned, trim, concerns(check_take(recording, Known(found))))
    # Not checked: the edge checks do not apply to an annotated part of a recording.
    if planned.end is None:
        return ImportedTake(planned, (planned.start, planned.start + recording.seconds))
    if planned.end - planned.start - recording.seconds > TOLERATED_SHORTFALL_SECONDS:
        raise AudioFileError(
            f"“{file.name}” ends before “{planned.text}”, annotated at "
            f"{planned.start:.2f} to {planned.end:.2f} seconds.",
            "Check that this is the annotated sound file.",
        )
    return ImportedTake(planned, (planned.start, planned.end))


def _too_short(file: Path) -> AudioFileError:
    return AudioFileError(
        f"“{file.name}” is too short to contain a word.", "Record the word again, or leave it out."
    )


def with_imported(session: Session, takes: Iterable[ImportedTake]) -> Session:
    """Add takes, each to the word with the same text and language, or to a new word."""
    added = Additions(session)
    for imported in takes:
        planned = imported.planned
        word = added.word(planned.text, planned.language)
        said = {**planned.labels, **({CATEGORY: planned.category} if planned.category else {})}
        added.words[word.id] = with_lacking_labels(word, said)
        if planned.file is None:
            continue
        start, end = imported.trim or (0.0, None)
        take = added.next_take_id(word.id)
        added.takes[take] = Take(
            take,
            word.id,
            planned.file,
            planned.speaker,
            start,
            end,
            TakeSource.IMPORTED,
            imported.concerns,
        )
    return added.session()
