"""Orthographic baseline: letter n-grams of the written form, without any model."""

import unicodedata
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import EncoderId, Modality
from vgdesk.encoders.base import EncoderSpec, Pooling

_DIM = 512
_EDGE = "\0"  # marks the start and end of a word; no written form contains it

SPELLING = EncoderSpec(
    id=EncoderId("spelling"),
    title="Spelling",
    modality=Modality.TEXT,
    is_grounded=None,
    layers=("letters", "pairs", "triples", "fours"),
    dim=_DIM,
    sample_rate=0,
    licence="MIT",
    source="No model: how often each sequence of one to four letters occurs in the written form.",
    revision="1",
    family="spelling",
)


class SpellingEncoder:
    """Counts of letter n-grams, which are longer at deeper layers.

    An n-gram is any sequence of Unicode characters after composition and case folding, so IPA,
    Arabic or Chinese are letters like any other. N-grams longer than one include the word edges. A
    fixed hash gives the index of each; order is part of the n-grams, so pooling makes no
    difference.
    """

    def encode(self, words: Sequence[str], pooling: Pooling) -> list[FloatArray]:
        """Return [layers, dim] counts for each word."""
        return [
            np.stack([_counts(word, n + 1) for n in range(len(SPELLING.layers))]) for word in words
        ]


def _counts(word: str, length: int) -> FloatArray:
    edge = _EDGE * (length - 1)
    letters = edge + unicodedata.normalize("NFC", word.casefold()) + edge
    counts = np.zeros(_DIM, np.float32)
    for start in range(len(letters) - length + 1):
        counts[crc32(letters[start : start + length].encode()) % _DIM] += 1
    return counts
