"""Files in which people rated how alike two words are."""

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
# MEN writes a part of speech behind each word, as in sun-n.
_PART_OF_SPEECH = re.compile(r"-[a-z]$")

HINT = f"Give a UTF-8 table with the columns {', '.join(COLUMNS)}."

# Pairs of written forms, and pairs of words of a list.
Rated = Mapping[tuple[str, str], float]
Ratings = tuple[tuple[WordId, WordId, float], ...]


def read_ratings(file: Path) -> Rated:
    """Read what people said of pairs of written words; a pair without a rating is left out.

    A pair that was rated more than once gets the mean.

    Parameters
    ----------
    file
        A table with commas, semicolons or tabs and the columns word1, word2 and similarity.

    Raises
    ------
    VgdeskError
        If it is something else, or rates nothing.
    """
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one, other, rating in _rows(file):
        found[one, other].append(rating)
    if not found:
        raise VgdeskError(f"“{file.name}” contains no rated pairs of words.", HINT)
    return {pair: fmean(ratings) for pair, ratings in found.items()}


def read_kept_ratings(file: Path) -> tuple[Rated, tuple[Notice, ...]]:
    """Read the ratings of a project, if it has any; damaged ones are left out, and it is said."""
    if not file.exists():
        return {}, ()
    try:
        return read_ratings(file), ()
    except VgdeskError as error:
        what = f"The similarity ratings of this project were left out: {error.message}"
        hint = f"Correct {file.name} and open the project again, or load other ratings."
        return {}, (Notice(what, hint, Level.WARNING),)


def write_ratings(file: Path, rated: Rated) -> None:
    """Write ratings as they are read; without any, those of before go. Raises OSError."""
    if not rated:
        with suppress(VgdeskError):  # what cannot be read is nothing that we wrote
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

    Words are found by their written form; all of one spelling count, and get the mean of their
    ratings. A word with itself is left out.
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
