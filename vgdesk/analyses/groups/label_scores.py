"""Shared parts of the scores of a label column: the rows that count, and chance."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vgdesk.analyses.inference.chance import SHUFFLES, layer_curve, permuted_labels
from vgdesk.analyses.inference.jackknife import (
    INTERVAL,
    INTERVAL_BY_GROUPS,
    INTERVAL_OF_SHARES,
    Interval,
    jackknife_interval,
    left_in,
    proportion_interval,
    scale_of_some,
)
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack

# Takes the values of a layer, [rows, dim], or something derived from them, and labellings of its
# rows, [labellings, rows], of which the first is the true one. Returns the score of each labelling,
# [labellings], and the true one without each row, or without each group of rows, [left out].
Score = Callable[[Any, Codes], tuple[FloatArray, FloatArray]]

MIN_WORDS = 3
# With fewer words the chance band is so wide that hardly anything leaves it.
TRUSTED_WORDS = 20
# A word in a smaller group has at most one neighbour of its group.
TRUSTED_GROUP = 3
# Where each shuffle needs a new fit, so many give the chance band, its width to within a sixth.
FEW_SHUFFLES = 19


@dataclass(frozen=True, slots=True)
class IntervalOf:
    """How the interval of a score is found.

    Attributes
    ----------
    compute
        Takes the scores without each row or group, [left out, layers], the scores, [layers], and
        the lowest and highest possible score.
    """

    title: str
    compute: Callable[[FloatArray, FloatArray, tuple[float, float]], Interval]


def jackknife_of_words(words: int) -> IntervalOf:
    """Return the jackknife of scores without each word, or without each of a sample of them."""
    return IntervalOf(
        INTERVAL,
        lambda left_out, values, limits: jackknife_interval(
            left_out, values, limits=limits, scale=scale_of_some(left_out, words)
        ),
    )


JACKKNIFE_OF_GROUPS = IntervalOf(
    INTERVAL_BY_GROUPS,
    lambda left_out, values, limits: jackknife_interval(left_out, values, limits=limits),
)


def share_of_words(words: int) -> IntervalOf:
    """Return the interval of a score that grows with the share of words that pass a test."""

    def compute(left_out: FloatArray, values: FloatArray, limits: tuple[float, float]) -> Interval:
        low, high = limits
        ends = proportion_interval((values - low) / (high - low), words)
        return Interval(low + ends.low * (high - low), low + ends.high * (high - low), left_out)

    return IntervalOf(INTERVAL_OF_SHARES, compute)


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """The rows of a stack whose words have a label.

    Attributes
    ----------
    stack
        The labelled rows only.
    groups
        Names of the labels.
    codes
        Shape [rows]: the index in `groups` of the label of each row.
    """

    stack: LayerStack
    groups: tuple[str, ...]
    codes: Codes

    def trace(self, estimator: str, chance: str, seed: int | None, interval: str = "") -> Trace:
        """Describe how these rows are scored, with a warning if they are too few."""
        return Trace(
            estimator,
            len(self.stack.rows),
            (self.stack.encoder,),
            chance,
            seed,
            self.warning(),
            interval,
        )

    def warning(self) -> str:
        """Return why a score of these rows should not be trusted, or an empty string."""
        code_of_word = dict(zip(self.stack.words, self.codes.tolist(), strict=True))
        if len(code_of_word) < TRUSTED_WORDS:
            return f"Too few words to trust: only {len(code_of_word)} with a label."
        sizes = Counter(code_of_word.values())
        small = [self.groups[code] for code, size in sizes.items() if size < TRUSTED_GROUP]
        return f"Groups too small to trust: {', '.join(sorted(small))}." if small else ""


def labelled_rows(
    stack: LayerStack,
    facts: Facts,
    *,
    name: str = "A silhouette",
    needed: int = MIN_WORDS,
    across_words: bool = False,
) -> Labelled:
    """Keep the rows of words with a label.

    Parameters
    ----------
    name
        The name of the score in error messages.
    across_words
        Whether the label of a word is predicted from other words, not from its own takes.

    Raises
    ------
    TooFewWordsError
        If fewer than `needed` rows have a label.
    VgdeskError
        If there is only one group, or one per row (or per word, if `across_words`).
    """
    labels = facts.labels()
    rows = [i for i, word in enumerate(stack.words) if word in labels]
    if len(rows) < needed:
        raise TooFewWordsError(
            f"{name} needs at least {needed} labelled words, but only {len(rows)} of "
            f"{len(stack.rows)} have a label.",
            "Label more words, or choose another label column.",
        )
    used = stack.only(rows)
    groups, codes = np.unique([labels[word] for word in used.words], return_inverse=True)
    if len(groups) < 2:
        raise VgdeskError(
            f"All labelled words have the label “{groups[0]}”.",
            "Label words of at least one more group, or choose another label column.",
        )
    if len(groups) == (len(set(used.words)) if across_words else len(rows)):
        raise VgdeskError(
            "Every word has a different label, so no two words can be compared within a group.",
            "Choose a label column in which words share a label.",
        )
    return Labelled(used, tuple(groups.tolist()), codes)


def label_curve(
    measure: str,
    estimator: str,
    labelled: Labelled,
    seed: int,
    *,
    score: Score,
    limits: tuple[float, float],
    shuffles: int = SHUFFLES,
    layers: Iterable[Any] | None = None,
    interval_of: IntervalOf | None = None,
) -> tuple[LayerCurve, ...]:
    """Score every layer with its labels and with shuffled ones, with an interval over words.

    Parameters
    ----------
    seed
        For the shuffled labels of the chance band.
    layers
        The input of `score` for each layer, if not its values.
    interval_of
        How the interval follows from what `score` returns; by default `jackknife_of_words`.
    """
    stack, rng = labelled.stack, np.random.default_rng(seed)
    labellings, among = permuted_labels(stack.words, labelled.codes, rng, shuffles)
    scored = until_cancelled(stack.values if layers is None else layers)
    found = [score(layer, labellings) for layer in scored]
    scores = np.stack([of_layer for of_layer, _ in found])
    left_out = np.stack([of_layer for _, of_layer in found], axis=1)
    interval_of = interval_of or jackknife_of_words(len(stack.rows))
    curve = layer_curve(
        measure,
        stack,
        scores[:, 0],
        interval=interval_of.compute(left_out, scores[:, 0], limits),
        chance=scores[:, 1:].T,
        limits=limits,
        trace=labelled.trace(estimator, chance_of(shuffles, among), seed, interval_of.title),
    )
    return (curve,)


def chance_of(shuffles: int, among: str) -> str:
    """Describe how the chance band was computed."""
    return f"{shuffles} shuffles of the labels among {among}"


def without_each(parts: FloatArray) -> Doubles:
    """Return the mean of the parts of all rows without each row in turn, [rows]."""
    means: Doubles = (parts.sum(dtype=np.float64) - parts) / max(len(parts) - 1, 1)
    return means


def refitted(labelled: Labelled, seed: int, score: Callable[[list[int], Codes], float]) -> Doubles:
    """Score the rows without each group of words, [groups left out].

    Parameters
    ----------
    score
        Takes the rows that stay and their labels, numbered without gaps.
    """
    found = []
    for rows in left_in(labelled.stack.words, np.random.default_rng([seed, 2])):
        codes = np.unique(labelled.codes[rows], return_inverse=True)[1]
        if len(rows) >= MIN_WORDS and 0 < codes.max() < len(rows) - 1:
            found.append(score(rows, codes))
    return np.array(found)
