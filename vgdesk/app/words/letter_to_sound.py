"""Guessed pronunciations of English words that are not in the dictionary, from their letters.

Every letter maps to zero, one or two phones. They are looked up by ever larger contexts of letters
and of phones found so far, as far as the dictionary has such contexts. The tree of contexts is part
of the program; `training/letter_phones.py` builds and evaluates it: 1 in 10 phones of unseen words
is wrong.

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
# Context features, the most informative first: the letter itself, letters after (+) and before (-)
# it, and the phones of the last letter and the last but one.
LAST, LAST_BUT_ONE = "last", "last but one"
CONTEXT = (0, 1, -1, 2, LAST, -2, 3, LAST_BUT_ONE, 4, -3, -4, 5)

# The most common phones in this context and the trees of longer contexts; or only the former.
Tree = str | list[Any]


def context(word: str, place: int, phones: Sequence[str]) -> list[str]:
    """Return the context features of a letter; `phones` are those of the letters before it."""
    marks = {LAST: phones[-1:], LAST_BUT_ONE: phones[-2:-1]}
    found = []
    for what in CONTEXT:
        if isinstance(what, str):
            found.append(marks[what][0] if marks[what] else EDGE)
        else:
            found.append(word[place + what] if 0 <= place + what < len(word) else EDGE)
    return found


def guess_phones(text: str) -> str | None:
    """Guess the ARPAbet phones of one word; None if it has non-Latin letters."""
    word = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if c.isalnum())
    return read_phones(word, _tree()) if word and LETTERS.issuperset(word) else None


def read_phones(word: str, tree: Tree) -> str | None:
    """Look up the phones of each letter in a tree; None if all letters would be silent."""
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
