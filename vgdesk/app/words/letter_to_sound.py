"""A guess at the pronunciation of English words that no dictionary has, from their letters.

Every letter stands for no phone, one or two. Which, is found by looking at ever more of what is
around it, and of the phones found so far, until nothing in the dictionary was like that. The tree
of these contexts ships; `training/letter_phones.py` makes it and measures it: of the phones of
words that it has not seen, 1 in 10 is wrong.

References
----------
Daelemans, van den Bosch & Weijters (1997), IGTree: Using trees for compression and classification
in lazy learning algorithms.
"""

import gzip
import json
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from vgdesk.core.resources import resource

TREE = "pronunciation/letters.json.gz"
EDGE = "#"
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
# What is looked at, the most telling first: the letter itself, letters behind (+) and before (-)
# it, and the phones of the last letter and the last but one.
LAST, LAST_BUT_ONE = "last", "last but one"
CONTEXT = (0, 1, -1, 2, LAST, -2, 3, LAST_BUT_ONE, 4, -3, -4, 5)

# What most words with this context have there, and the trees of longer ones; or the first alone.
Tree = str | list[Any]


def context(word: str, place: int, phones: Sequence[str]) -> list[str]:
    """Say what is around a letter; `phones` are those of the letters before it."""
    marks = {LAST: phones[-1:], LAST_BUT_ONE: phones[-2:-1]}
    found = []
    for what in CONTEXT:
        if isinstance(what, str):
            found.append(marks[what][0] if marks[what] else EDGE)
        else:
            found.append(word[place + what] if 0 <= place + what < len(word) else EDGE)
    return found


def guess_phones(text: str) -> str | None:
    """Guess the ARPAbet phones of one word; None if it has other than Latin letters."""
    word = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if c.isalnum())
    return read_phones(word, _tree()) if word and LETTERS.issuperset(word) else None


def read_phones(word: str, tree: Tree) -> str | None:
    """Read the phones of each letter off a tree; None if all letters would be silent."""
    phones: list[str] = []
    for place in range(len(word)):
        node = tree
        for mark in context(word, place, phones):
            if isinstance(node, str) or mark not in node[1]:
                break
            node = node[1][mark]
        phones.append(node if isinstance(node, str) else node[0])
    return " ".join(filter(None, phones)) or None


@cache
def _tree() -> Tree:
    tree: Tree = json.loads(gzip.decompress(resource(TREE).read_bytes()))
    return tree
