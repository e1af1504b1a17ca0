"""From dropped sound files and folders to words and takes.

The name of a file says its word: underscores and hyphens are spaces, and numbers behind the word
count takes, so ``dog.wav``, ``dog_2.wav``, ``dog-03.wav`` and ``dog (1).wav`` are four takes of
"dog". A file exactly one folder below a dropped folder gets that folder's name as its category
(``animals/dog.wav`` in the dropped folder). Nothing else is read into a name.
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
    """One file and what its name says, or a table or an annotation says of it.

    Attributes
    ----------
    file
        None for a written word alone.
    start, end
        The part that holds the word, in seconds; both None if nobody has looked for it yet.
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
    """What is going to be imported; nothing of it was opened yet.

    Attributes
    ----------
    outside
        Sound files that a table or an annotation names outside of its own folder. They are among
        the takes only if the user has agreed.
    """

    takes: tuple[PlannedTake, ...]
    outside: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedTake:
    """A file that can be a take.

    Attributes
    ----------
    trim
        Start and end of the word in seconds as voice activity proposes it; None if no voice was
        found, then everything is kept.
    concerns
        What the checks of a take have to say against it.
    """

    planned: PlannedTake
    trim: tuple[float, float] | None = None
    concerns: tuple[Concern, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportRefused:
    """A file that cannot be a take, and why."""

    file: Path
    error: AudioFileError


def plan_import(paths: Sequence[Path], session: Session) -> ImportPlan:
    """List the sound files among files and folders, with the word that each name says.

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
    """Look into one file after the other; a file that cannot be used does not stop the others."""
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
    """Make sure that the sound is there; where nobody said where the word is, look for it."""
    recording = read(file, start=planned.start or 0.0, end=planned.end)
    if recording.seconds < SHORTEST_WORD:
        raise _too_short(file)
    if planned.start is None:
        found = find_word(recording)
        # To a tenth of a millisecond: finer digits would only fill the table.
        trim = (round(found[0], 4), round(found[1], 4)) if found else None
        return ImportedTake(planned, trim, concerns(check_take(recording, Known(found))))
    # Not checked: a word that was cut out by its annotation is cut at both edges.
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
    """Add takes; each joins the word with the same text and language, or makes a new one."""
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
