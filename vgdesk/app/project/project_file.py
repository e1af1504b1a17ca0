"""A project on disk: a plain folder NAME.vgdesk with everything it needs.

    project.json   schema, oldest reader, the chosen encoders, speakers, what the views show
    words.tsv      words and takes, see `vgdesk.app.project.word_table`
    trash.tsv      the same for rejected takes, if there are any
    ratings.tsv    human similarity ratings, if any were loaded
    takes/         the sound files, never changed
    journal.jsonl  the edits since the last save, see `vgdesk.app.project.journal`
    removing.json  only while something is deleted permanently, see `vgdesk.app.project.erasure`

A save writes in this order: sound files, the tables, project.json. Each table is replaced
atomically, and only after everything it names is on disk. So words.tsv is always an old or a new
one whose sound files all exist. A crash in between is harmless: the journal, which is cleared last,
replays the edits; and project.json never names words or takes, so a layer or label that the new
words do not have is shown as empty.
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import vgdesk
from vgdesk.app.formats.text_file import (
    count,
    fitting,
    read_bytes,
    read_object,
    read_text,
    replace_bytes,
    replace_text,
    settle_folder,
    text,
    write_object,
)
from vgdesk.app.project.locations import SUFFIX, takes_folder
from vgdesk.app.project.missing_takes import missing_takes
from vgdesk.app.project.own_files import refuse_links
from vgdesk.app.project.save_failures import not_saved
from vgdesk.app.project.session_json import speaker_of, speaker_record
from vgdesk.app.project.take_files import TakeFiles
from vgdesk.app.project.trash_file import read_trash, write_trash
from vgdesk.app.project.view_recipe_fields import VIEW_READERS, stored_view
from vgdesk.app.project.word_table import (
    MOST_NAMED,
    TAKE_COLUMNS,
    TAKE_COLUMNS_1,
    WordTable,
    read_table,
    write_table,
)
from vgdesk.app.words.ratings_file import read_kept_ratings, write_ratings
from vgdesk.core.cancellation import raise_if_cancelled, until_cancelled
from vgdesk.core.counting import first_few
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import (
    Cell,
    EncoderId,
    Session,
    Speaker,
    Take,
    TakeId,
    TakeSource,
    Trashed,
    WordId,
)
from vgdesk.core.names import is_word_id
from vgdesk.core.notices import Level, Notice
from vgdesk.core.viewing import ViewRecipe

SCHEMA = 2  # 2: quality of takes, trash, speakers
OLDEST_READER = 2  # the oldest schema whose programs can read this one
SETTINGS_FILE = "project.json"
TABLE_FILE = "words.tsv"
RATINGS_FILE = "ratings.tsv"
OWNER_ONLY = 0o700  # mode of new folders: recordings are private


@dataclass(frozen=True, slots=True)
class Project:
    """A project as opened.

    Attributes
    ----------
    folder
        Absolute.
    read_only
        Whether a newer program wrote it: saving would lose its newer data.
    warnings
        What was left out, assumed or missing.
    """

    folder: Path
    session: Session
    recipe: ViewRecipe
    read_only: bool = False
    warnings: tuple[Notice, ...] = ()


def save(folder: Path, session: Session, recipe: ViewRecipe) -> Session:
    """Write a project. Sound files from elsewhere are copied into it unchanged.

    Returns
    -------
    Session
        As it will be opened: its takes are in the order of their words and point into the folder.
        Only a take whose file is missing keeps its old path, so that a later save can still find
        it; see `missing_takes`.

    Raises
    ------
    ProjectError
        If it cannot be written; the last save can still be opened, and a new folder is deleted.
    CancelledError
        If it was cancelled before the tables were written; with the same guarantees.
    """
    folder = _absolute(folder)
    try:
        _refuse_lost_or_newer(folder, session)
        refuse_links(folder)
        with _kept_if_whole(folder):
            takes_folder(folder).mkdir(mode=OWNER_ONLY, exist_ok=True)
            placed, files = _bring_takes_in(folder, session)
            raise_if_cancelled()
            write_trash(folder, placed, files)
            replace_text(folder / TABLE_FILE, write_table(placed, files))
            write_ratings(folder / RATINGS_FILE, session.ratings)
            write_object(folder / SETTINGS_FILE, _settings_of(folder, session, recipe))
    except OSError as error:
        raise not_saved(folder, error) from error
    return placed


@contextmanager
def _kept_if_whole(folder: Path) -> Iterator[None]:
    """Create the folder if necessary, and delete it again if the block fails."""
    with ExitStack() as undo:
        if not folder.exists():
            folder.mkdir(mode=OWNER_ONLY)
            undo.callback(shutil.rmtree, folder, ignore_errors=True)
            settle_folder(folder.parent)
        yield
        undo.pop_all()


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - also resolves "..", unlike Path.absolute


def _refuse_lost_or_newer(folder: Path, session: Session) -> None:
    if not folder.exists() and any(
        _absolute(take.file).is_relative_to(folder) for take in session.takes.values()
    ):
        raise ProjectError(
            f"The folder {folder} and its recordings are no longer there. "
            "Words, labels and trims are still in this window.",
            "Connect the drive again or put the folder back, then save again.",
        )
    with suppress(OSError, ValueError):
        stored = read_object(folder / SETTINGS_FILE)
        if _schema_of(stored) > SCHEMA:
            raise ProjectError(
                f"{folder.name} was written by a newer vgdesk ({_program_of(stored)}); saving "
                "here would lose its newer data, so nothing was written.",
                "Save under another name, or update vgdesk.",
            )


def _bring_takes_in(folder: Path, session: Session) -> tuple[Session, dict[TakeId, str]]:
    """Copy all sound files into the project; returns the new session and the relative paths."""
    place = {word: i for i, word in enumerate(session.words)}
    listed = sorted(session.takes.values(), key=lambda take: place[take.word])
    trash = {k: v for k, v in session.trash.items() if _is_ours(v.take, folder)}
    takes = [*listed, *(trashed.take for trashed in trash.values())]
    where = {take.id: _absolute(take.file) for take in takes}
    home = takes_folder(folder)
    inside = {file for file in where.values() if file.is_relative_to(home)}
    outside = [take for take, file in where.items() if file not in inside]
    missing = {take for take in outside if not where[take].is_file()}
    if outside:
        encoder_registry = TakeFiles(home, (file.name for file in inside))
        for take in until_cancelled(outside, len(outside)):
            file = where[take]
            where[take] = (
                encoder_registry.reserve(file.name)
                if take in missing
                else encoder_registry.bring_in(file)
            )
        encoder_registry.settle()
    placed = {t.id: t if t.id in missing else replace(t, file=where[t.id]) for t in takes}
    files = {take: file.relative_to(folder).as_posix() for take, file in where.items()}
    trash = {k: replace(v, take=placed[k]) for k, v in trash.items()}
    return replace(session, takes={t.id: placed[t.id] for t in listed}, trash=trash), files


def _is_ours(take: Take, folder: Path) -> bool:
    """Return whether the trash keeps a take: recorded here, or its file is in the project."""
    return take.source is TakeSource.RECORDED or _absolute(take.file).is_relative_to(folder)


def _settings_of(folder: Path, session: Session, recipe: ViewRecipe) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "oldest_reader": OLDEST_READER,
        "program": f"vgdesk {vgdesk.__version__}",
        "name": folder.stem,
        # An object each, so that fields can be added without a new schema.
        "encoders": {
            cell.value: {"id": session.encoders[cell]} for cell in Cell if cell in session.encoders
        },
        "speakers": [speaker_record(speaker) for speaker in session.speakers.values()],
        "spent": dict(session.spent),
        "view": stored_view(recipe),
    }


def _encoder(value: object) -> EncoderId:
    values, _ = fitting(value, {"id": text})
    if not values:
        raise ValueError("not an encoder")
    return EncoderId(values["id"])


def open_project(folder: Path, *, to_save: bool = False) -> Project:
    """Read a project. Damaged parts are left out with a warning; the folder is not changed.

    Parameters
    ----------
    to_save
        Whether a save may follow, which would lose the rows of words.tsv that are left out: a copy
        of the file is then kept beside it. Requires the lock.

    Raises
    ------
    ProjectError
        If there is no project, it needs a newer program, or it cannot be read at all.
    """
    folder = _absolute(folder)
    try:
        refuse_links(folder)
        stored, warnings = _read_settings(folder)
        columns = TAKE_COLUMNS if _schema_of(stored) > 1 else TAKE_COLUMNS_1
        table = _read_words(folder, columns)
        trash = read_trash(folder)
        refuse_links(folder, _files_of(table.takes, trash))
    except OSError as error:
        raise ProjectError(
            f"{folder.name} could not be read ({error.strerror}). Nothing was changed.",
            f"Check that {folder} is connected and that you have permission to read it.",
        ) from error
    read_only = _schema_of(stored) > SCHEMA
    is_at_risk = to_save and not read_only and bool(table.lost)
    copy = _copied_aside(folder / TABLE_FILE) if is_at_risk else ""
    view, misfits = fitting(stored.get("view", {}), VIEW_READERS)
    encoders, homeless = fitting(
        stored.get("encoders", {}), {cell.value: _encoder for cell in Cell}
    )
    speakers, unknown = _read_speakers(stored.get("speakers", []))
    ratings, unread = read_kept_ratings(folder / RATINGS_FILE)
    spent = _read_numbers(stored.get("spent", {}))
    session = Session(
        table.words,
        table.takes,
        {Cell(cell): encoder for cell, encoder in encoders.items()},
        {take: trashed for take, trashed in trash.items() if take not in table.takes},
        speakers,
        ratings,
        spent,
    )
    warnings += _misfits("view setting", misfits) + _misfits("model", homeless)
    warnings += _misfits("speaker", unknown)
    warnings += table.notices(copy) + unread + missing_takes(session)
    return Project(folder, session, ViewRecipe(**view), read_only, warnings)


def _files_of(takes: Mapping[TakeId, Take], trash: Mapping[TakeId, Trashed]) -> tuple[Path, ...]:
    listed = (take.file for take in takes.values())
    return (*listed, *(trashed.take.file for trashed in trash.values()))


def _read_settings(folder: Path) -> tuple[dict[str, Any], tuple[Notice, ...]]:
    """Read project.json; refuses a folder that is not a project or needs a newer program."""
    if not (folder / SETTINGS_FILE).exists():
        if not (folder / TABLE_FILE).exists():
            raise ProjectError(
                f"{folder} is not a vgdesk project: it contains neither {SETTINGS_FILE} nor "
                f"{TABLE_FILE}. Nothing was changed.",
                f"Choose a folder whose name ends in {SUFFIX}; sound files can be imported.",
            )
        what = f"{SETTINGS_FILE} is missing. All words are here; models and views are reset."
        return {}, (Notice(what, "Choose the models again.", Level.WARNING),)
    try:
        stored = read_object(folder / SETTINGS_FILE)
        schema = _schema_of(stored)
    except ValueError as error:
        raise ProjectError(
            f"{SETTINGS_FILE} in {folder.name} is damaged ({error}). The words in {TABLE_FILE} "
            "and the recordings are untouched.",
            f"Move {SETTINGS_FILE} out of the folder and open the project again: only the choice "
            "of models and views is lost.",
        ) from error
    if schema <= SCHEMA:
        return stored, ()
    return stored, _newer(folder, stored)


def _schema_of(stored: Mapping[str, Any]) -> int:
    return count(stored.get("schema", SCHEMA))


def _program_of(stored: Mapping[str, Any]) -> str:
    return str(stored.get("program", "unknown version"))


def _newer(folder: Path, stored: Mapping[str, Any]) -> tuple[Notice]:
    what = f"{folder.name} was written by a newer vgdesk ({_program_of(stored)})"
    if stored.get("oldest_reader", SCHEMA + 1) not in range(SCHEMA + 1):
        raise ProjectError(
            f"{what} that vgdesk {vgdesk.__version__} cannot read. Nothing was changed.",
            "Update vgdesk and open it again.",
        )
    hint = "To change it, save it under another name or update vgdesk."
    return (Notice(f"{what}, so it is opened read-only.", hint, Level.WARNING),)


def _read_speakers(stored: object) -> tuple[dict[str, Speaker], tuple[str, ...]]:
    speakers, misfits = {}, []
    for place, record in enumerate(stored if isinstance(stored, list) else [stored], start=1):
        try:
            speaker = speaker_of(record)
            speakers[speaker.name] = speaker
        except ValueError:
            misfits.append(f"speaker {place}")
    return speakers, tuple(misfits)


def _read_numbers(stored: object) -> dict[WordId, int]:
    numbers = stored if isinstance(stored, dict) else {}
    values, _misfits = fitting(numbers, dict.fromkeys(numbers, count))
    return {WordId(word): number for word, number in values.items() if is_word_id(word)}


def _read_words(folder: Path, columns: Sequence[str]) -> WordTable:
    file = folder / TABLE_FILE
    try:
        return read_table(read_text(file), folder, columns)
    except FileNotFoundError as error:
        raise ProjectError(
            f"{folder.name} has lost its word list ({TABLE_FILE}). The recordings in takes are "
            "untouched.",
            f"Restore {TABLE_FILE} from a backup, or import the takes folder.",
        ) from error
    except ValueError as error:
        raise ProjectError(
            f"{TABLE_FILE} in {folder.name} cannot be read ({error}). Nothing was changed.",
            "Restore it from a backup, or save it as tab-separated text in UTF-8.",
        ) from error


def _copied_aside(file: Path) -> str:
    copy = file.with_name(file.name + ".broken")
    try:
        replace_bytes(copy, read_bytes(file))
    except (OSError, ValueError):
        return ""
    return f"The original table is kept as {copy.name}."


def _misfits(what: str, names: Sequence[str]) -> tuple[Notice, ...]:
    if not names:
        return ()
    named = first_few([f"“{name}”" for name in names], MOST_NAMED)
    what += "s" * (len(names) > 1)
    return (
        Notice(
            f"This version does not know the {what} stored for {named}; the default is used.",
            "Choose again.",
            Level.WARNING,
        ),
    )
