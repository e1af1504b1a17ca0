"""The vectors of the listed words: written, or spoken by the training voices."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.evaluation.answers import Floats
from training.evaluation.vectors import Examined, speech_vectors, text_vectors
from training.plan import Plan
from training.voices import HIBARI, clip_file, spoken, voice_of
from training.words import Role, TrainingWord, read_words
from training.work import Work
from vgdesk.core.model import Modality

MOST_SAYINGS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """The vectors of the listed words in one encoder.

    Attributes
    ----------
    words
        Those spoken by a training voice; the same for speech and text encoders.
    values
        Shape [layers, words, dim]: the mean over the sayings of a word.
    one, other
        Of the same shape: the first two sayings, by two voices. Equal for written words, and for
        words that are said once.
    """

    words: tuple[TrainingWord, ...]
    values: Floats
    one: Floats
    other: Floats


@cache
def sayings(work: Work, plan: Plan) -> dict[TrainingWord, list[Path]]:
    """Return some clips of each word by training voices, the fast voice first."""
    found = {}
    for number, word in enumerate(read_words(work)):
        slow = (voice_of(plan, number, turn) for turn in range(plan.clips_per_concept))
        files = [clip_file(work, spoken(voice, word)) for voice in dict.fromkeys((HIBARI, *slow))]
        found[word] = [file for file in files if file.exists()][:MOST_SAYINGS]
    return {word: files for word, files in found.items() if files}


def listed(work: Work, plan: Plan, encoder: Examined) -> Listed:
    """Return the vectors of all words."""
    said = sayings(work, plan)
    words = tuple(said)
    if encoder.modality is Modality.TEXT:
        values = text_vectors(work, encoder, [word.text for word in words]).astype(np.float64)
        return Listed(words, values, values, values)
    files = [file for found in said.values() for file in found]
    clips = speech_vectors(work, encoder, files).astype(np.float64)
    counts = np.array([len(files) for files in said.values()])
    first = np.cumsum(counts) - counts
    sums = np.add.reduceat(clips, first, axis=1)
    second = first + (counts > 1)
    return Listed(words, sums / counts[:, None], clips[:, first], clips[:, second])


def role_groups(
    words: tuple[TrainingWord, ...], items: NDArray[np.int64]
) -> dict[str, NDArray[np.bool_]]:
    """Return which words, or pairs of words, belong to each group.

    Parameters
    ----------
    items
        Shape [items, 1 or 2]: indices of words.
    """
    roles = np.array([word.role.value for word in words])[items]
    return {
        "pictured": (roles == Role.PICTURED).all(axis=1),
        "held-out": (roles == Role.HELD_OUT).any(axis=1),
        "plain": (roles == Role.PLAIN).all(axis=1),
        "all": np.ones(len(items), bool),
    }


def unit(values: Floats) -> Floats:
    """Scale every vector to length 1; zeros stay zeros."""
    length = np.linalg.norm(values, axis=-1, keepdims=True)
    units: Floats = np.divide(values, length, out=np.zeros(values.shape), where=length > 0)
    return units
