"""Whether words that sound similar have similar vectors, in speech and in text."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from training.evaluation.answers import RESAMPLES, Answer, Floats
from training.evaluation.recordings import UNSEEN, Recorded, recordings
from training.evaluation.scoring import average, drawn, told, unit, who
from training.evaluation.vectors import Examined, examined, speech_vectors, text_vectors
from training.plan import Plan
from training.voices import HIBARI
from training.words import Role, read_words
from training.work import Work
from vgdesk.analyses.sequences.edit_distance import edit_distances
from vgdesk.core.model import Modality

TEST = "phonetic form"
FLITE_VOICE = "flite-rms"

Phones = tuple[str, ...]


def examine(work: Work, plan: Plan, data: Path) -> list[Answer]:
    """Evaluate edit distances for all encoders, and minimal pairs for speech encoders."""
    listed = [word for word in read_words(work) if word.phones]
    sounds = {word.text: word.phones for word in listed}
    concepts = [word.text for word in listed if word.role is not Role.PLAIN]
    heard = recordings(work, plan, data)
    answers = []
    for encoder in examined(plan, Modality.SPEECH):
        answers += ask_speech(work, encoder, heard, sounds)
    for encoder in examined(plan, Modality.TEXT):
        vectors = text_vectors(work, encoder, concepts)
        answers.append(ask_distances(encoder, vectors, [sounds[word] for word in concepts]))
    return answers


def ask_speech(
    work: Work, encoder: Examined, heard: list[Recorded], sounds: Mapping[str, Phones]
) -> list[Answer]:
    """Evaluate a speech encoder; a word is the mean over the unseen voices."""
    vectors = speech_vectors(work, encoder, [item.file for item in heard])
    clips = defaultdict(list)
    for row, item in enumerate(heard):
        if item.group == UNSEEN and item.word in sounds:
            clips[item.word].append(row)
    answers = []
    if len(clips) > 2:
        words = np.stack([vectors[:, rows].mean(axis=1) for rows in clips.values()], axis=1)
        answers.append(ask_distances(encoder, words, [sounds[word] for word in clips]))
    rows = {
        (item.voice, item.word): row
        for row, item in enumerate(heard)
        if item.group == UNSEEN or item.voice in (HIBARI, FLITE_VOICE)
    }
    asked = np.array(list(trials(minimal_pairs(sounds), rows)))
    if len(asked):
        scores = np.stack([is_closer(layer, asked) for layer in vectors])
        result = average(scores, [heard[x].word for _, _, x in asked], 0.5)
        answers.append(Answer(TEST, "ABX", "minimal pairs across voices", **who(encoder), **result))
    return answers


def ask_distances(
    encoder: Examined, vectors: NDArray[np.float32], sounds: Sequence[Phones]
) -> Answer:
    """Correlate cosine distances, after centring, with edit distances.

    The words of the edit distances are permuted many times: by chance, 95 % of absolute
    correlations are below the `chance` of the answer, at any layer.
    """
    edits = ranks(edit_distances(sounds))
    once, generator = np.ones((1, len(sounds))), np.random.default_rng(0)
    orders = [generator.permutation(len(sounds)) for _ in range(RESAMPLES)]
    found, by_chance = [], []
    for layer in vectors:
        words = unit(layer, layer.mean(axis=0, dtype=float))
        cosines = ranks(1 - (words @ words.T).round(9))  # or noise would order equal words
        draws = correlations(cosines, edits, drawn(len(sounds)))
        found.append([*correlations(cosines, edits, once), *np.percentile(draws, [2.5, 97.5])])
        mixed = [correlations(cosines, edits[order][:, order], once) for order in orders]
        by_chance.append(np.percentile(np.abs(mixed), 95))
    return Answer(
        TEST,
        "Spearman, cosine and phone edit distance",
        UNSEEN if encoder.modality is Modality.SPEECH else "written words",
        **who(encoder),
        **told(*np.transpose(found)),
        n=len(sounds),
        chance=float(max(by_chance)),
    )


def ranks(distances: Floats) -> Floats:
    """Return the ranks of all pairs in a symmetric matrix, zeros on its diagonal."""
    upper = np.triu_indices(len(distances), 1)
    ranked: Floats = np.zeros_like(distances, float)
    ranked[upper] = rankdata(distances[upper])
    ranked += ranked.T
    return ranked


def correlations(a: Floats, b: Floats, counts: Floats) -> Floats:
    """Correlate the pairs of two matrices, with words weighted by counts [draws, words].

    Pairs of a word with itself are left out. Ranks stay those among all words. Without variation
    the correlation is 0.
    """
    pairs = counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1)

    def mean(values: Floats) -> Floats:
        means: Floats = ((counts @ values) * counts).sum(axis=1) / np.maximum(pairs, 1)
        return means

    of_a, of_b = mean(a), mean(b)
    spread = (mean(a**2) - of_a**2) * (mean(b**2) - of_b**2)
    return np.where(spread > 1e-9, mean(a * b) - of_a * of_b, 0) / np.sqrt(np.maximum(spread, 1e-9))


def minimal_pairs(sounds: Mapping[str, Phones]) -> list[tuple[str, str]]:
    """Return the pairs of words that differ in one phone at the same position."""
    alike = defaultdict(list)
    for word, phones in sounds.items():
        for place in range(len(phones)):
            alike[phones[:place], phones[place + 1 :]].append(word)
    pairs = [pair for words in alike.values() for pair in combinations(words, 2)]
    return [(a, b) for a, b in pairs if sounds[a] != sounds[b]]


def trials(
    pairs: Sequence[tuple[str, str]], rows: Mapping[tuple[str, str], int]
) -> Iterator[tuple[int, int, int]]:
    """List A, B, X: A and X are a word in two voices, B is the other word in the voice of A."""
    voices = sorted({voice for voice, _ in rows})
    for pair in pairs:
        for word, other in (pair, pair[::-1]):
            for voice, second in permutations(voices, 2):
                needed = ((voice, word), (voice, other), (second, word))
                if all(key in rows for key in needed):
                    a, b, x = (rows[key] for key in needed)
                    yield a, b, x


def is_closer(vectors: Floats, asked: NDArray[np.int64]) -> Floats:
    """Return 1 where A is nearer to X than B is, 0 where it is not, and 0.5 for ties.

    Nearness is the cosine after subtracting the mean vector of all clips used.
    """
    mean = vectors[np.unique(asked)].mean(axis=0, dtype=float)
    a, b, x = (unit(vectors[rows], mean) for rows in asked.T)
    gains = ((a - b) * x).sum(axis=1).round(9)
    scores: Floats = (1 + np.sign(gains)) / 2
    return scores
