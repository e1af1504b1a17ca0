"""The table of the trash in a project."""

from collections.abc import Mapping
from pathlib import Path

from vgdesk.app.formats.text_file import read_text, replace_text, settle_folder
from vgdesk.app.project.word_table import read_table, write_table
from vgdesk.core.model import Session, TakeId, Trashed

TRASH_FILE = "trash.tsv"


def write_trash(folder: Path, session: Session, files: Mapping[TakeId, str]) -> None:
    """Write the trash of a session, or delete the table if it is empty.

    Parameters
    ----------
    files
        Path of each take's sound file, relative to the folder if inside.
    """
    file, trash = folder / TRASH_FILE, session.trash.values()
    if trash:
        words = {trashed.word.id: trashed.word for trashed in trash}
        takes = {trashed.take.id: trashed.take for trashed in trash}
        replace_text(file, write_table(Session(words, takes), files))
    elif file.exists():
        file.unlink()
        settle_folder(folder)


def read_trash(folder: Path) -> dict[TakeId, Trashed]:
    """Read the trash; takes of unreadable rows stay in the takes folder."""
    try:
        table = read_table(read_text(folder / TRASH_FILE), folder)
    except (FileNotFoundError, ValueError):
        return {}
    return {take.id: Trashed(take, table.words[take.word]) for take in table.takes.values()}
