"""Shared parts of the scores of a label column: the rows that count, and chance."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vgdesk.analyses.inference.chance import (
    INTERVAL,
    SHUFFLES,
    bootstrap_counts,
    layer_curve,
    permuted_labels,
    resampled_mean,
)
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack

# Takes the values of all layers, [layers, rows, dim], labellings of their rows, [labellings, rows],
# of which the first is the true one, and how often rows are resampled, [samples, rows]. Returns
# the score of each labelling, [layers, labellings], and that of the true one in each sample,
# [samples, layers].
Score = Callable[[FloatArray, Codes, Doubles], tuple[FloatArray, FloatArray]]
# The same for one layer if a score is a mean over rows: takes its values, [rows, dim], or something
# derived from them, and returns the score of each labelling, [labellings], and the contribution of
# each row to the true one, [rows].
RowScore = Callable[[Any, Codes], tuple[FloatArray, FloatArray]]

MIN_WORDS = 3
# With fewer words the chance band is so wide that hardly anything leaves it.
TRUSTED_WORDS = 20
# A word in a smaller group has at most one neighbour of its group.
TRUSTED_GROUP = 3
# Where each shuffle needs a new fit, so many give the chance band, its width to within a sixth.
FEW_SHUFFLES = 20


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
) -> tuple[LayerCurve, ...]:
    """Score every layer with its labels and with shuffled ones, with an interval over words.

    Parameters
    ----------
    seed
        For the shuffled labels of the chance band and the resampled words of the interval.
    """
    stack, rng = labelled.stack, np.random.default_rng(seed)
    labellings, among = permuted_labels(stack.words, labelled.codes, rng, shuffles)
    counts = bootstrap_counts(stack.words, rng)
    scores, resampled = score(stack.values, labellings, counts)
    curve = layer_curve(
        measure,
        stack,
        scores[:, 0],
        resampled=resampled,
        shuffled=scores[:, 1:].T,
        limits=limits,
        trace=labelled.trace(estimator, chance_of(shuffles, among), seed, INTERVAL),
    )
    return (curve,)


def chance_of(shuffles: int, among: str) -> str:
    """Describe how the chance band was computed."""
    by_t = "" if shuffles >= SHUFFLES else ", extended by Student's t"
    return f"{shuffles} shuffles of the labels among {among}{by_t}"


def mean_of_rows(score: RowScore, layers: Iterable[Any] | None = None) -> Score:
    """Extend a single-layer score that is a mean over rows to all layers.

    Its interval resamples which rows count; the vectors themselves stay the same.

    Parameters
    ----------
    layers
        The input to score for each layer, if not its values.
    """

    def score_all(
        values: FloatArray, labellings: Codes, counts: Doubles
    ) -> tuple[FloatArray, FloatArray]:
        scored = until_cancelled(values if layers is None else layers)
        scores, parts = zip(*(score(layer, labellings) for layer in scored), strict=True)
        return np.stack(scores), resampled_mean(np.stack(parts), counts)

    return score_all
