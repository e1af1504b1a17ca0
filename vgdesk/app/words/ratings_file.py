"""Files with human similarity ratings of word pairs."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import StringIO
from pathlib import Path
from statistics import fmean

from vgdesk.app.formats.foreign_text import read_at_most, read_cells
from vgdesk.app.formats.text_file import is_number, replace_text, settle_folder
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, WordId
from vgdesk.core.notices import Level, Notice
from vgdesk.core.plain_file import expect_plain_file

COLUMNS = ("word1", "word2", "similarity")
# MEN appends a part of speech to each word, as in sun-n.
_PART_OF_SPEECH = re.compile(r"-[a-z]$")

HINT = f"Give a UTF-8 table with the columns {', '.join(COLUMNS)}."

# Pairs of written forms, and pairs of words of a list.
Rated = Mapping[tuple[str, str], float]
Ratings = tuple[tuple[WordId, WordId, float], ...]


def read_ratings(file: Path) -> Rated:
    """Read ratings of word pairs; pairs without a rating are left out.

    A pair with several ratings gets their mean.

    Parameters
    ----------
    file
        A table with commas, semicolons or tabs and the columns word1, word2 and similarity.

    Raises
    ------
    VgdeskError
        If it has another format, or no ratings.
    """
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one, other, rating in _rows(file):
        found[one, other].append(rating)
    if not found:
        raise VgdeskError(f"“{file.name}” contains no rated pairs of words.", HINT)
    return {pair: fmean(ratings) for pair, ratings in found.items()}


def read_kept_ratings(file: Path) -> tuple[Rated, tuple[Notice, ...]]:
    """Read the ratings of a project, if any; a damaged file is left out with a notice."""
    if not file.exists():
        return {}, ()
    try:
        return read_ratings(file), ()
    except VgdeskError as error:
        what = f"The similarity ratings of this project were left out: {error.message}"
        hint = f"Correct {file.name} and open the project again, or load other ratings."
        return {}, (Notice(what, hint, Level.WARNING),)


def write_ratings(file: Path, rated: Rated) -> None:
    """Write ratings; if there are none, delete the previous file. Raises OSError."""
    if not rated:
        with suppress(VgdeskError):  # an unreadable file was not written by vgdesk
            read_ratings(file)
            file.unlink()
            settle_folder(file.parent)
        return
    text = StringIO()
    table = csv.writer(text, delimiter="\t", lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows((*pair, rating) for pair, rating in rated.items())
    replace_text(file, text.getvalue())


def rated_pairs(session: Session) -> Ratings:
    """Return the ratings of pairs whose words are both in the list, each pair once.

    Words are found by spelling; all words of a spelling count, and get the mean of their
    ratings. Pairs of a word with itself are left out.
    """
    named: dict[str, set[WordId]] = defaultdict(set)
    for word in session.words.values():
        named[word.text.casefold()].add(word.id)
    found: dict[tuple[WordId, WordId], list[float]] = defaultdict(list)
    for (one, other), rating in session.ratings.items():
        for a in _words(one, named):
            for b in _words(other, named) - {a}:
                found[min(a, b), max(a, b)].append(rating)
    return tuple((a, b, fmean(ratings)) for (a, b), ratings in sorted(found.items()))


def _words(text: str, named: dict[str, set[WordId]]) -> set[WordId]:
    spelling = text.strip().casefold()
    return named.get(spelling) or named.get(_PART_OF_SPEECH.sub("", spelling), set())


def _rows(file: Path) -> Iterator[tuple[str, str, float]]:
    try:
        expect_plain_file(file)
        text = read_at_most(file).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise VgdeskError(f"“{file}” could not be read as a ratings table.", HINT) from error
    lines = [line for line in text.splitlines() if line.strip()]
    mark = next((mark for mark in "\t;" if lines and mark in lines[0]), ",")
    heading, *rows = read_cells(file, lines, mark) or [[]]
    if not set(COLUMNS) <= set(heading):
        raise VgdeskError(f"“{file}” lacks the columns of a ratings table.", HINT)
    places = [heading.index(name) for name in COLUMNS]
    for number, row in enumerate(rows, start=2):
        one, other, rating = (row[place] if place < len(row) else "" for place in places)
        if not rating.strip():
            continue
        if not is_number(rating):
            raise VgdeskError(
                f"{file.name}: the similarity in row {number} is not a number (“{rating}”).",
                "Correct it and try again.",
            )
        yield " ".join(one.split()), " ".join(other.split()), float(rating)
