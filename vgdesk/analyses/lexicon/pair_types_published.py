"""Pair types sampled as in the study, for comparison with `pair_types`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import CurveAnalysis, need_words
from vgdesk.analyses.inference.chance import layer_curve, percentile_interval
from vgdesk.analyses.lexicon.pair_types import MIN_WORDS, TRUSTED_WORDS
from vgdesk.analyses.lexicon.word_relations import word_relations
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows

# Rows of two takes each, shape [pairs, 2].
Pairs = NDArray[np.intp]

SAMPLES = 5
MOST_TAKES = 10_000
SHUFFLES = 20
RANDOM = "random"


def score_as_published(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean cosine of sampled pairs of takes of each type, minus that of random ones.

    Five samples of up to 10,000 takes; pairs come from shuffling takes of a word, of a speaker, and
    all takes against themselves; near-homophones and synonyms contribute all their pairs.
    Cosines are averaged by pair of words first. The interval is Student's over the samples.

    Parameters
    ----------
    seed
        For the samples, the pairs and the shuffles of the chance band.

    References
    ----------
    Choi et al. (2024), Self-supervised speech representations are more phonetic than semantic.
    """
    need_words(MIN_WORDS, len(stack.rows))
    samples = [_sample(stack, facts, np.random.default_rng([seed, i])) for i in range(SAMPLES)]
    types = [name for name in samples[0] if all(len(sample[name]) for sample in samples)]
    if RANDOM not in types or len(types) < 2:
        raise VgdeskError(
            "No word has two takes, and no two words are related.",
            "Record words twice, name the speakers, or fill in “phones” or “synonyms”.",
        )
    words = np.unique(stack.words, return_inverse=True)[1]
    scores = np.array([_scores(stack.values, words, sample, types) for sample in samples])
    rng = np.random.default_rng([seed, SAMPLES])
    orders = [rng.permutation(len(words)) for _ in range(SHUFFLES)]
    shuffled = [_scores(stack.values[:, o], words, samples[0], types) for o in orders]
    return tuple(_curves(stack, types, scores, np.array(shuffled), seed))


def _sample(stack: LayerStack, facts: Facts, rng: np.random.Generator) -> Mapping[str, Pairs]:
    """Draw takes and pair them."""
    rows = rng.permutation(len(stack.rows))[:MOST_TAKES]
    by_word, by_speaker = _grouped(rows, stack.words), _grouped(rows, _speakers(stack, facts))
    names = list(by_word)
    near, synonyms = word_relations([WordId(name) for name in names], facts)
    return {
        RANDOM: _against_itself(rows, rng),
        "same word": _within(by_word, rng),
        "same speaker": _within(by_speaker, rng),
        "near-homophone": _across(near, names, by_word),
        "synonym": _across(synonyms, names, by_word),
    }


def _speakers(stack: LayerStack, facts: Facts) -> tuple[str, ...]:
    known = facts.speaker_of()
    return tuple(known.get(row, "") for row in stack.rows)


def _grouped(rows: Codes, names: tuple[str, ...]) -> dict[str, Codes]:
    """List the rows of each name, without unnamed rows."""
    found: dict[str, list[int]] = {}
    for row in rows.tolist():
        if names[row]:
            found.setdefault(names[row], []).append(row)
    return {name: np.array(found[name], np.intp) for name in sorted(found)}


def _against_itself(rows: Codes, rng: np.random.Generator) -> Pairs:
    pairs = np.stack([rows, rng.permutation(rows)], axis=1)
    found: Pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return found


def _within(groups: Mapping[str, Codes], rng: np.random.Generator) -> Pairs:
    return np.concatenate([_against_itself(rows, rng) for rows in groups.values()] or [_NONE])


def _across(pairs: Pairs, names: list[str], by_word: Mapping[str, Codes]) -> Pairs:
    found = [_NONE]
    for one, other in pairs.tolist():
        grid = np.meshgrid(by_word[names[one]], by_word[names[other]], indexing="ij")
        found.append(np.stack([part.ravel() for part in grid], axis=1))
    return np.concatenate(found)


def _scores(
    values: FloatArray, words: Codes, sample: Mapping[str, Pairs], types: list[str]
) -> Doubles:
    """Return the mean cosine of each type minus that of random pairs, [types, layers]."""
    layers = [unit_rows(layer) for layer in values]
    means = [[_mean(units, words, sample[name]) for units in layers] for name in types]
    return np.array(means) - means[types.index(RANDOM)]


def _mean(units: Doubles, words: Codes, pairs: Pairs) -> float:
    """Average cosines over pairs of takes, by pair of words first."""
    cosines = np.einsum("ij,ij->i", units[pairs[:, 0]], units[pairs[:, 1]])
    of_words = np.unique(np.sort(words[pairs], axis=1), axis=0, return_inverse=True)[1].ravel()
    return float((np.bincount(of_words, cosines) / np.bincount(of_words)).mean())


def _curves(
    stack: LayerStack, types: list[str], scores: Doubles, shuffled: Doubles, seed: int
) -> Iterator[LayerCurve]:
    """Combine each type with its interval and chance band; both are [samples, types, layers]."""
    from scipy.stats import t

    reach = t.ppf(0.975, SAMPLES - 1) * scores.std(axis=0, ddof=1) / np.sqrt(SAMPLES)
    words = len(set(stack.words))
    trace = Trace(
        "mean cosine of sampled pairs of takes, minus that of random pairs, as published",
        len(stack.rows),
        (stack.encoder,),
        f"{SHUFFLES} shuffles of the takes, extended by Student's t",
        seed,
        f"Too few words to trust: only {words}." if words < TRUSTED_WORDS else "",
        f"95 % t interval over {SAMPLES} samples of the takes",
    )
    for place, name in enumerate(types):
        if name == RANDOM:
            continue
        curve = layer_curve(
            "pair-types-published",
            stack,
            scores[:, place].mean(axis=0),
            interval=percentile_interval(scores[:, place]),
            chance=shuffled[:, place],
            limits=(-2.0, 2.0),
            trace=trace,
            series=name,
        )
        yield replace(curve, low=curve.values - reach[place], high=curve.values + reach[place])


_NONE: Pairs = np.empty((0, 2), np.intp)
PAIR_TYPES_PUBLISHED = CurveAnalysis(
    id="pair-types-published",
    title="Pair types (published)",
    explains="Pair types from random samples of takes, as in the published study.",
    reading="0 is as similar as random pairs; higher values mean that such pairs are more similar.",
    avoid="Not for claims: its interval is over samples of the same takes and says nothing about "
    "other words.",
    formula="mean over pairs of words of mean cosine of their sampled takes - the same of random "
    "takes; +- t(.975, 4) sd / sqrt(5)",
    source="Choi et al. (2024), Self-supervised speech representations are more phonetic than "
    "semantic; Sauter, Zuidema and de Heer Kloots (2025), The curious case of visual grounding",
    min_words=MIN_WORDS,
    compute=score_as_published,
    rows=Rows.TAKES,
    uses_labels=False,
    has_series=True,
)
