"""Ids of words and takes. They become file names, so they cannot contain paths.

An id consists of letters, marks and digits of any script, hyphens and underscores. The id of a take
must not be a reserved file name either.
"""

import re
import unicodedata
from collections.abc import Container

LONGEST_WORD_ID = 180  # bytes; a take adds its number, a file its rate and ending, up to 255
LONGEST_TAKE_ID = 200
LONGEST_NAME = 1_000  # characters of a word, a language, a speaker or the name of a label
LONGEST_LABEL = 10_000  # characters of the value of a label
LONGEST_SLUG = 40  # characters of an id derived from a spelling

_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)


def is_word_id(text: str) -> bool:
    """Return whether a word id can be part of a file name on every system."""
    return _is_plain(text) and len(text.encode()) <= LONGEST_WORD_ID


def is_take_id(text: str) -> bool:
    """Return whether a take id can be a file name on every system."""
    is_short = _is_plain(text) and len(text.encode()) <= LONGEST_TAKE_ID
    return is_short and _RESERVED.fullmatch(text) is None


def _is_plain(text: str) -> bool:
    # Nearly every id is plain letters and digits, which Python checks much faster.
    return bool(text) and (
        text.replace("-", "").replace("_", "").isalnum()
        or all(character in "-_" or _is_letter(character) for character in text)
    )


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def slug_of(text: str) -> str:
    """Make an id from any text; other texts may get the same one.

    Everything except letters, marks and digits becomes a hyphen.
    """
    plain = "".join(c if _is_letter(c) else " " for c in text.casefold())
    return "-".join(plain.split())[:LONGEST_SLUG].strip("-") or "word"


def free_id(slug: str, others: Container[str]) -> str:
    """Return an id that is not among the others.

    A word id ends in _2 and a take id in -2, so the two cannot be confused.
    """
    number, free = 1, slug
    while free in others:
        number += 1
        free = f"{slug}_{number}"
    return free
