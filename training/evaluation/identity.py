"""Word identity across speakers, for voices not used in training."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.evaluation.answers import Answer, Floats
from training.evaluation.recordings import KNOWN, Recorded, by_group, recordings
from training.evaluation.scoring import average, unit, who
from training.evaluation.vectors import Examined, examined, speech_vectors
from training.plan import Plan
from training.words import read_words
from training.work import Work
from vgdesk.core.model import Modality

Places = NDArray[np.int64]


def examine(work: Work, plan: Plan, data: Path) -> list[Answer]:
    """Find the word of the training voices nearest to each recording, for all speech encoders."""
    heard = recordings(work, plan, data)
    encoders = examined(plan, Modality.SPEECH)
    return [answer for encoder in encoders for answer in ask(work, encoder, heard)]


def ask(work: Work, encoder: Examined, heard: list[Recorded]) -> list[Answer]:
    """Evaluate one encoder on each group of voices; the candidates are the words of the group.

    Homophones count as one word, because no recording could distinguish them.
    """
    vectors = speech_vectors(work, encoder, [item.file for item in heard])
    sounds = {word.text: " ".join(word.phones) or word.text for word in read_words(work)}
    sound = np.array([sounds[item.word] for item in heard])
    is_known = np.array([item.group == KNOWN for item in heard], bool)
    answers = []
    for group, rows in by_group(heard).items():
        common = np.intersect1d(sound[is_known], sound[rows])
        known = np.flatnonzero(is_known & np.isin(sound, common))
        asked = np.array(rows)[np.isin(sound[rows], common)]
        if len(common):
            words = np.searchsorted(common, sound)
            found = [nearest(layer, words, asked, known) for layer in vectors]
            hits, precisions = (np.stack(values) for values in zip(*found, strict=True))
            of = [heard[row].word for row in asked]
            luck = luck_precision(words[asked], words[known])
            for measure, values, chance in (
                ("R@1", hits, 1 / len(common)),
                ("mean average precision", precisions, luck),
            ):
                result = average(values, of, chance)
                answers.append(Answer("word identity", measure, group, **who(encoder), **result))
    return answers


def nearest(vectors: Floats, words: Places, asked: Places, known: Places) -> tuple[Floats, Floats]:
    """Return for each query whether its word is retrieved, and its average precision.

    Nearness is the cosine after subtracting the mean vector of each side: what all recordings of a
    side share, such as a voice or a room, is unrelated to words.
    """
    mean = vectors[known].mean(axis=0, dtype=float)
    queries = unit(vectors[asked], vectors[asked].mean(axis=0, dtype=float))
    found = hits(queries, words[asked], vectors[known] - mean, words[known])
    nearness = queries @ unit(vectors[known], mean).T
    return found, average_precisions(nearness, words[asked][:, None] == words[known])


def hits(queries: Floats, words: Places, clips: Floats, clip_words: Places) -> Floats:
    """Return 1 where the mean of the clips of the word is the nearest of all words, else 0."""
    names, of_clip = np.unique(clip_words, return_inverse=True)
    members = (np.arange(len(names))[:, None] == of_clip) / np.bincount(of_clip)[:, None]
    means = unit(members @ clips, np.zeros(clips.shape[1]))
    found: Floats = (names[(queries @ means.T).argmax(axis=1)] == words).astype(float)
    return found


def average_precisions(nearness: Floats, is_same: NDArray[np.bool_]) -> Floats:
    """Return the average precision of each row."""
    order = np.argsort(-nearness, axis=1, kind="stable")
    same = np.take_along_axis(is_same, order, axis=1)
    shares = same.cumsum(axis=1) / np.arange(1, same.shape[1] + 1)
    precisions: Floats = (shares * same).sum(axis=1) / same.sum(axis=1)
    return precisions


def luck_precision(words: Places, clip_words: Places) -> float:
    """Return the mean average precision expected for clips in random order."""
    n = len(clip_words)
    own = np.bincount(clip_words)[words]
    first = (1 / np.arange(1, n + 1)).mean()
    return float((first + (own - 1) / max(n - 1, 1) * (1 - first)).mean())
