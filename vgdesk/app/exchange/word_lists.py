"""Word lists: built-in ones, and files with one word or recording per line."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vgdesk.app.formats.foreign_text import read_at_most, read_cells
from vgdesk.app.project.project_file import open_project
from vgdesk.app.project.word_table import escape, read_table
from vgdesk.app.words.identifiers import language_of, made_word
from vgdesk.app.words.label_columns import HINT_COLUMN
from vgdesk.core.catalogue import catalogue
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Word, WordId
from vgdesk.core.names import LONGEST_NAME
from vgdesk.core.resources import resource

PROJECT = ".vgdesk"
HINT = "Give a UTF-8 file with one word per line, or a table whose first line names its columns."


@dataclass(frozen=True, slots=True)
class WordList:
    """A built-in list; the labels of its words are in the column "category"."""

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
    """Return the words of a built-in list, a project, or a file.

    In a table, columns named as in words.tsv have the same meaning; takes are in the folder of the
    file or below it. Every other column is a label column.

    Raises
    ------
    VgdeskError
        If there are no words under this name.
    """
    file = WORD_LISTS[name].file if name in WORD_LISTS else Path(name)
    if file.suffix == PROJECT:
        return open_project(file).session
    try:
        text = read_at_most(file).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        lists = ", ".join(WORD_LISTS)
        raise VgdeskError(
            f"“{name}” could not be read as a word list.", f"{HINT} Built-in lists: {lists}."
        ) from error
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise VgdeskError(f"“{name}” is empty.", HINT)
    return _table(lines, file) if "word" in _cells(lines[0]) else _plain(lines)


def with_words(session: Session, added: Session) -> Session:
    """Add the words of a list; existing words get missing labels.

    Words with the same spelling are different words if they have different hints. One without a
    hint is the first word with that spelling.
    """
    words, homes = dict(session.words), dict[tuple[str, str, str], WordId]()
    for word in session.words.values():
        _settle(homes, word)
    for word in added.words.values():
        home = homes.get(_sense(word))
        if home is None:
            fresh = made_word(word.text, word.language, words)
            words[fresh.id] = replace(fresh, labels=word.labels)
            _settle(homes, words[fresh.id])
        else:
            words[home] = replace(words[home], labels={**word.labels, **words[home].labels})
    return replace(session, words=words)


def _settle(homes: dict[tuple[str, str, str], WordId], word: Word) -> None:
    for hint in ("", word.labels.get(HINT_COLUMN, "")):
        homes.setdefault((word.text, word.language, hint), word.id)


def _sense(word: Word) -> tuple[str, str, str]:
    return word.text, word.language, word.labels.get(HINT_COLUMN, "")


def typed_words(text: str, session: Session, group_column: str) -> Session:
    """Read typed or pasted words: one per line, optionally with tabs, group and hint.

    Parameters
    ----------
    session
        The session to add them to; they get its language.
    """
    words: dict[WordId, Word] = {}
    language = language_of(session)
    for line in unicodedata.normalize("NFC", text).splitlines():
        spelling, group, hint = (*map(str.strip, line.split("\t")), "", "", "")[:3]
        if not spelling or len(spelling) > LONGEST_NAME:
            continue
        labels = {group_column: group, HINT_COLUMN: hint}
        word = made_word(spelling, language, words)
        words[word.id] = replace(word, labels={k: v for k, v in labels.items() if v})
    return Session(words)


def words_as_text(words: Session, group_column: str) -> str:
    """Format words as `typed_words` reads them."""
    lines = (
        (word.text, word.labels.get(group_column, ""), word.labels.get(HINT_COLUMN, ""))
        for word in words.words.values()
    )
    return "\n".join("\t".join(line).rstrip("\t") for line in lines)


def _plain(lines: list[str]) -> Session:
    if any(len(line) > LONGEST_NAME for line in lines):
        raise VgdeskError(f"A line has more than {LONGEST_NAME:,} characters.", HINT)
    words = [WordId(line.strip()) for line in lines]
    return Session({word: Word(word, word) for word in words})


def _table(lines: list[str], file: Path) -> Session:
    heading = _cells(lines[0])
    # A table with files and without takes was not written by vgdesk.
    is_ours = "\t" in lines[0] and "id" in heading and ("take" in heading or "file" not in heading)
    text = "\n".join(lines if is_ours else _as_ours(lines, file))
    read = read_table(text, file.absolute().parent)
    if read.lost:
        row, reason = read.lost[0]
        raise VgdeskError(
            f"{file.name}: row {row} could not be read ({reason}).", "Correct it and try again."
        )
    return Session(read.words, read.takes)


def _as_ours(lines: list[str], file: Path) -> Iterator[str]:
    """Convert a spreadsheet table to words.tsv: words serve as ids, files as takes.

    A file with several rows is a long recording: its takes are told apart by their times.
    """
    heading, *cells = read_cells(file, lines, _delimiter(lines[0]))
    missing = [""] * len(heading)
    rows = [dict(zip(heading, [*row, *missing], strict=False)) for row in cells]
    sounds = Counter(row.get("file", "") for row in rows)
    lacking = {"id": "word", "take": "file"}
    added = [name for name, of in lacking.items() if name not in heading and of in heading]
    yield "\t".join(map(escape, [*added, *heading]))
    for row in rows:
        made = {name: row[lacking[name]] for name in added}
        if made.get("take") and sounds[row["file"]] > 1:
            made["take"] += f" {row.get('start', '')}-{row.get('end', '')}"
        if hint := row.get(HINT_COLUMN, ""):
            made |= {"id": f"{row['word']} {hint}"} if "id" in made else {}
        yield "\t".join(map(escape, [*made.values(), *row.values()]))


def _cells(heading: str) -> list[str]:
    return heading.split(_delimiter(heading))


def _delimiter(heading: str) -> str:
    return next((mark for mark in "\t;" if mark in heading), ",")
