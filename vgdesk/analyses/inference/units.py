"""The unit of all evidence: a saying, that is, one word by one speaker.

Takes are repetitions within a saying and never independent of each other: they are averaged before
anything else, and takes with the same vectors are one take. All takes of a word whose speaker is
not known are one saying, by an unnamed voice that never counts as another voice. Values average
sayings within the word, so each voice weighs the same; chance deals out words, or the words of a
speaker, with all their takes; intervals draw words.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b

import numpy as np

from vgdesk.core.arrays import Codes, FloatArray
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.stack import Embedding, LayerStack, stack_rows

UNNAMED = ""


def speakers_of(stack: LayerStack, facts: Facts) -> list[str]:
    """Return the speaker of each row; `UNNAMED` where unknown."""
    known = facts.speaker_of()
    return [known.get(row, UNNAMED) for row in stack.rows]


def numbered(keys: Iterable[Hashable]) -> Codes:
    """Return a number for the key of each row, in the order of first occurrence, without gaps."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.intp)


def first_rows(codes: Codes) -> list[int]:
    """Return the first row of each number of `numbered`."""
    rows: list[int] = np.unique(codes, return_index=True)[1].tolist()
    return rows


def fingerprint(vectors: FloatArray) -> bytes:
    """Return a few bytes that only equal vectors share: a long list of takes has gigabytes."""
    return blake2b(vectors.tobytes(), digest_size=16).digest()


def take_codes(stack: LayerStack, facts: Facts) -> Codes:
    """Return the number of each take; rows of one word, speaker and vectors are the same take."""
    sayings = list(zip(stack.words, speakers_of(stack, facts), strict=True))
    often = Counter(sayings)
    return numbered(
        (saying, fingerprint(stack.values[:, i]) if often[saying] > 1 else b"")
        for i, saying in enumerate(sayings)
    )


def distinct_takes(stack: LayerStack, facts: Facts) -> LayerStack:
    """Keep each take once."""
    return stack.only(first_rows(take_codes(stack, facts)))


def sayings_of(stack: LayerStack, facts: Facts) -> LayerStack:
    """Average the takes of each word by one speaker; the row keeps the id of the first take."""
    codes = numbered(zip(stack.words, speakers_of(stack, facts), strict=True))
    first = first_rows(codes)
    if len(first) == len(codes):
        return stack
    takes: list[list[Embedding]] = [[] for _ in first]
    for code, take in zip(codes.tolist(), _embeddings(stack), strict=True):
        takes[code].append(take)
    rows = [(stack.rows[i], stack.words[i], [takes[code]]) for code, i in enumerate(first)]
    return _stacked(stack, rows)


def known_sayings(stack: LayerStack, facts: Facts) -> tuple[LayerStack, Codes]:
    """Return the sayings of known speakers, and the number of the speaker of each.

    Raises
    ------
    VgdeskError
        If fewer than two speakers are known.
    """
    who = speakers_of(stack, facts)
    names = set(who) - {UNNAMED}
    if len(names) < 2:
        known = "No take has a known speaker"
        if names:
            known = f"All takes with a known speaker are by “{names.pop()}”"
        raise VgdeskError(
            f"{known}, so voices cannot be compared.",
            "Name the speakers of the takes, or record the same words by two speakers; written "
            "words have no takes.",
        )
    used = sayings_of(stack.only([i for i, name in enumerate(who) if name != UNNAMED]), facts)
    return used, numbered(speakers_of(used, facts))


def words_of(stack: LayerStack, facts: Facts) -> LayerStack:
    """Average the takes of each word by speaker, then its speakers; rows are words."""
    if stack.rows == stack.words:
        return stack
    rows: dict[WordId, dict[str, list[Embedding]]] = {}
    parts = zip(_embeddings(stack), stack.words, speakers_of(stack, facts), strict=True)
    for take, word, speaker in parts:
        rows.setdefault(word, {}).setdefault(speaker, []).append(take)
    return _stacked(stack, [(word, word, list(voices.values())) for word, voices in rows.items()])


def _embeddings(stack: LayerStack) -> list[Embedding]:
    keys = stack.keys or stack.rows
    return [
        Embedding(key, stack.encoder, stack.layers, stack.values[:, i])
        for i, key in enumerate(keys)
    ]


def _stacked(
    stack: LayerStack, rows: Sequence[tuple[str, WordId, list[list[Embedding]]]]
) -> LayerStack:
    merged = stack_rows(rows, encoder=stack.encoder)
    assert merged is not None  # a row of a stack has a vector
    # Results from vectors of unknown origin must not be cached.
    return merged if stack.keys else replace(merged)
