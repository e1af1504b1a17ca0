"""Lists of words: those that ship, and files with one word or one recording a line."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vgdesk.app.project_file import open_project
from vgdesk.app.word_table import escape, read_table
from vgdesk.core.catalogue import catalogue
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Word, WordId
from vgdesk.core.resources import resource

PROJECT = ".vgdesk"
HINT = "Give a UTF-8 file with one word a line, or a table whose first line names its columns."


@dataclass(frozen=True, slots=True)
class WordList:
    """A list that ships; the labels of its words are in the column "category"."""

    id: str
    title: str
    source: str

    @property
    def file(self) -> Path:
        return resource("word_lists") / f"{self.id}.tsv"


STUDY = "Sauter, Zuidema and de Heer Kloots (2025), The curious case of visual grounding"
WORD_LISTS: Mapping[str, WordList] = catalogue(
    WordList("study-semantic", "The study's semantic categories (109 words)", f"{STUDY}, analysed"),
    WordList(
        "study-semantic-published",
        "The study's semantic categories as published (117 words)",
        f"{STUDY}, as its table lists them",
    ),
    WordList("study-phonetic", "The study's phonetic groups (81 words)", f"{STUDY}, analysed"),
    WordList(
        "kiki-bouba",
        "Round and sharp pseudo-words and adjectives (668 words)",
        "Alper and Averbuch-Elor (2023), Kiki or bouba? Sound symbolism in vision-and-language "
        "models",
    ),
)


def open_words(name: str) -> Session:
    """Return the words that a name stands for: a list that ships, a project, or a file.

    In a table, columns called like those of words.tsv mean the same as there; takes lie in the
    folder of the file or below it. Every other column is one of labels.

    Raises
    ------
    VgdeskError
        If there are no words under this name.
    """
    file = WORD_LISTS[name].file if name in WORD_LISTS else Path(name)
    if file.suffix == PROJECT:
        return open_project(file).session
    try:
        lines = [line for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        lists = ", ".join(WORD_LISTS)
        raise VgdeskError(
            f"“{name}” could not be read as a list of words.", f"{HINT} Lists that ship: {lists}."
        ) from error
    if not lines:
        raise VgdeskError(f"“{name}” is empty.", HINT)
    return _table(lines, file) if "word" in _cells(lines[0]) else _plain(lines)


def with_words(session: Session, added: Session) -> Session:
    """Add the words of a list; words that are there already get the labels that they lack."""
    known = {(word.text, word.language): word for word in session.words.values()}
    for word in added.words.values():
        old = known.get((word.text, word.language))
        if old is not None:
            session = session.with_word(replace(old, labels={**word.labels, **old.labels}))
        elif word.id in session.words:
            session = session.with_word(replace(word, id=_free_id(session, word.id)))
        else:
            session = session.with_word(word)
    return session


def _free_id(session: Session, wanted: WordId) -> WordId:
    number = 2
    while (found := WordId(f"{wanted}-{number}")) in session.words:
        number += 1
    return found


def _plain(lines: list[str]) -> Session:
    words = [WordId(line.strip()) for line in lines]
    return Session({word: Word(word, word) for word in words})


def _table(lines: list[str], file: Path) -> Session:
    heading = _cells(lines[0])
    is_ours = "\t" in lines[0] and "id" in heading
    text = "\n".join(lines if is_ours else _as_ours(lines))
    read = read_table(text, file.absolute().parent)
    if read.lost:
        row, reason = read.lost[0]
        raise VgdeskError(
            f"{file.name}: row {row} could not be read ({reason}).", "Correct it and try again."
        )
    return Session(read.words, read.takes)


def _as_ours(lines: list[str]) -> Iterator[str]:
    """Write the table of a spreadsheet as words.tsv: a word is its own id, a file its own take."""
    heading, *rows = csv.reader(lines, delimiter=_delimiter(lines[0]))
    lacking = {"id": "word", "take": "file"}
    added = [name for name, of in lacking.items() if name not in heading and of in heading]
    yield "\t".join(map(escape, [*added, *heading]))
    for cells in rows:
        row = dict(zip(heading, [*cells, *[""] * len(heading)], strict=False))
        yield "\t".join(map(escape, [*(row[lacking[name]] for name in added), *row.values()]))


def _cells(heading: str) -> list[str]:
    return heading.split(_delimiter(heading))


def _delimiter(heading: str) -> str:
    return next((mark for mark in "\t;" if mark in heading), ",")
