"""A family of encoders: models that count letters."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Modality
from vgdesk.encoders.base import EncoderSpec, Family, Pooling, Shape


def describe(config: Mapping[str, Any], _folder: Path) -> Shape:
    """Read how many letters are told apart."""
    return Shape(blocks=1, dim=int(config["letters"]))


class LetterCounts:
    """Counts letters in layer 1; layer 0 only says which ones there are."""

    def __init__(self, letters: int) -> None:
        self._letters = letters

    def encode(self, words: Sequence[str], _pooling: Pooling) -> list[FloatArray]:
        """Return [2, letters] values for each word."""
        return [self._counts(word) for word in words]

    def _counts(self, word: str) -> FloatArray:
        counts = np.zeros((2, self._letters), np.float32)
        for letter in word:
            counts[1, ord(letter) % self._letters] += 1
        counts[0] = counts[1] > 0
        return counts


def load(spec: EncoderSpec, _device: str) -> LetterCounts:
    """Make an encoder; it has no weights."""
    return LetterCounts(spec.dim)


LETTER_COUNTS = Family(
    "letter-counts", "letter counts", Modality.TEXT, ("letter-counts",), None, describe, load
)
