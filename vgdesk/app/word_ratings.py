"""Files in which people rated how alike two words are."""

import csv
import re
from collections import defaultdict
from pathlib import Path
from statistics import fmean

from vgdesk.app.text_file import read_text
from vgdesk.app.word_facts import is_number
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, WordId

COLUMNS = ("word1", "word2", "similarity")
# MEN writes a part of speech behind each word, as in sun-n.
_PART_OF_SPEECH = re.compile(r"-[a-z]$")

Ratings = tuple[tuple[WordId, WordId, float], ...]


def read_ratings(file: Path, session: Session) -> Ratings:
    """Read the ratings of pairs whose words are both in a list, each pair once.

    Words are found by their written form; all of one spelling count. A pair that was rated more
    than once gets the mean; a word with itself and a pair without a rating are left out.

    Parameters
    ----------
    file
        A table with commas, semicolons or tabs and the columns word1, word2 and similarity.

    Raises
    ------
    VgdeskError
        If it is something else.
    """
    named: dict[str, set[WordId]] = defaultdict(set)
    for word in session.words.values():
        named[word.text.casefold()].add(word.id)
    found: dict[tuple[WordId, WordId], list[float]] = defaultdict(list)
    for one, other, rating in _rows(file):
        for a in _words(one, named):
            for b in _words(other, named) - {a}:
                found[min(a, b), max(a, b)].append(rating)
    return tuple((a, b, fmean(ratings)) for (a, b), ratings in sorted(found.items()))


def _words(text: str, named: dict[str, set[WordId]]) -> set[WordId]:
    spelling = text.strip().casefold()
    return named.get(spelling) or named.get(_PART_OF_SPEECH.sub("", spelling), set())


def _rows(file: Path) -> list[tuple[str, str, float]]:
    hint = f"Give a UTF-8 table with the columns {', '.join(COLUMNS)}."
    try:
        lines = [line for line in read_text(file).splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise VgdeskError(f"“{file}” could not be read as a table of ratings.", hint) from error
    mark = next((mark for mark in "\t;" if lines and mark in lines[0]), ",")
    table = csv.DictReader(lines, delimiter=mark)
    if not set(COLUMNS) <= set(table.fieldnames or ()):
        raise VgdeskError(f"“{file}” lacks the columns of a table of ratings.", hint)
    rows = []
    for number, row in enumerate(table, start=2):
        one, other, rating = (row[name] or "" for name in COLUMNS)
        if not rating.strip():
            continue
        if not is_number(rating):
            raise VgdeskError(
                f"{file.name}: row {number} has no number as its similarity (“{rating}”).",
                "Correct it and try again.",
            )
        rows.append((one, other, float(rating)))
    return rows
