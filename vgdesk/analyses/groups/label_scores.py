"""What the scores of a label column have in common: which rows count, and what chance gives."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.chance import (
    INTERVAL,
    SHUFFLES,
    bootstrap_counts,
    layer_curve,
    permuted_labels,
    resampled_mean,
)
from vgdesk.core.arrays import FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack

Codes = NDArray[np.intp]
Doubles = NDArray[np.float64]
# Takes the values of all layers, [layers, rows, dim], labellings of their rows, [labellings, rows],
# of which the first is the true one, and how often rows are drawn again, [samples, rows]. Returns
# what each labelling scores, [layers, labellings], and the true one in each sample, [samples,
# layers].
Score = Callable[[FloatArray, Codes, Doubles], tuple[FloatArray, FloatArray]]
# The same of one layer if a score is a mean over rows: takes its values, [rows, dim], or what is
# made of them, and returns what each labelling scores, [labellings], and what each row adds to the
# true one, [rows].
RowScore = Callable[[Any, Codes], tuple[FloatArray, FloatArray]]

MIN_WORDS = 3
# With fewer words the chance band is so wide that hardly anything leaves it.
TRUSTED_WORDS = 20
# A word in a smaller group has at most one neighbour to be near to.
TRUSTED_GROUP = 3
# Where each shuffle means to fit anew, so many give the floor, and its width to a sixth.
FEW_SHUFFLES = 20


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """The rows of a stack whose words have a label.

    Attributes
    ----------
    stack
        These rows only.
    groups
        Names of the labels.
    codes
        Shape [rows]: the place in `groups` of each row's label.
    """

    stack: LayerStack
    groups: tuple[str, ...]
    codes: Codes

    def trace(self, estimator: str, chance: str, seed: int | None, interval: str = "") -> Trace:
        """Say how a score of these rows came about, and whether they were enough."""
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
        """Say why a score of these rows should not be trusted; empty if nothing is against it."""
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
        What is about to be scored, as a message calls it.
    across_words
        Whether the label of a word has to be told from other words: takes of its own do not do.

    Raises
    ------
    TooFewWordsError
        If fewer than `needed` rows have a label.
    VgdeskError
        If there is one group only, or as many as there are rows (or words, if `across_words`).
    """
    labels = facts.labels()
    rows = [i for i, word in enumerate(stack.words) if word in labels]
    if len(rows) < needed:
        raise TooFewWordsError(
            f"{name} needs at least {needed} labelled words, but of {len(stack.rows)} only "
            f"{len(rows)} have a label here.",
            "Label more words, or choose another label column.",
        )
    used = stack.only(rows)
    groups, codes = np.unique([labels[word] for word in used.words], return_inverse=True)
    if len(groups) < 2:
        raise VgdeskError(
            f"All words with a label are in one group, '{groups[0]}'.",
            "Label words of at least one more group, or choose another label column.",
        )
    if len(groups) == (len(set(used.words)) if across_words else len(rows)):
        raise VgdeskError(
            "Every word is a group of its own, so no word has a neighbour to be near to.",
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
    """Score every layer by its labels and by shuffled ones, with an interval over words.

    Parameters
    ----------
    seed
        For the shuffled labels of the chance band and the resampled words of the interval.
    """
    stack, rng = labelled.stack, np.random.default_rng(seed)
    dealt, dealt_among = permuted_labels(stack.words, labelled.codes, rng, shuffles)
    counts = bootstrap_counts(stack.words, rng)
    scores, resampled = score(stack.values, dealt, counts)
    curve = layer_curve(
        measure,
        stack,
        scores[:, 0],
        resampled=resampled,
        shuffled=scores[:, 1:].T,
        limits=limits,
        trace=labelled.trace(estimator, chance_of(shuffles, dealt_among), seed, INTERVAL),
    )
    return (curve,)


def chance_of(shuffles: int, among: str) -> str:
    """Say how the chance band was found."""
    by_t = "" if shuffles >= SHUFFLES else ", extended by Student's t"
    return f"{shuffles} shuffles of the labels among {among}{by_t}"


def mean_of_rows(score: RowScore, layers: Iterable[Any] | None = None) -> Score:
    """Make a score of all layers from one of a single layer that is a mean over rows.

    Its interval draws anew which rows count, while the others stay where they are.

    Parameters
    ----------
    layers
        What is scored of each layer, if not its values.
    """

    def score_all(
        values: FloatArray, dealt: Codes, counts: Doubles
    ) -> tuple[FloatArray, FloatArray]:
        scored = until_cancelled(values if layers is None else layers)
        scores, parts = zip(*(score(layer, dealt) for layer in scored), strict=True)
        return np.stack(scores), resampled_mean(np.stack(parts), counts)

    return score_all
