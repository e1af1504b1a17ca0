"""Representational similarity analysis: the pairs of words of two layers, correlated.

A layer is known by how far apart it holds each pair of words (correlation distance); two layers are
alike if the same pairs are near in both.

References
----------
Kriegeskorte et al. (2008), Representational similarity analysis.
Nili et al. (2014), A toolbox for representational similarity analysis.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import LayerAnalysis, need_same_rows, need_words
from vgdesk.analyses.chance import layer_similarity
from vgdesk.analyses.layers.mantel_test import chance
from vgdesk.analyses.layers.pair_matrices import (
    PairMatrices,
    Scale,
    layer_pairs,
    products,
    unit_ranks,
    unit_values,
)
from vgdesk.analyses.numerics.kendall_tau import concordance
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

Doubles = NDArray[np.float64]

MIN_WORDS = 4
# With fewer words two standard deviations of chance are more than 0.15.
TRUSTED_WORDS = 20
# Of a longer list so many words are drawn: 26 layers of it take 1.3 GB, and all pairs of 26,000
# words would take 27 times as much.
MOST_WORDS = 5000

EXACT_CHANCE = "exact spread over all ways to deal out the words of one encoder (Mantel)"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two stacks over the words that are compared.

    Attributes
    ----------
    drawn_from
        How many words there were.
    seed
        By which words were drawn; None if all are compared.
    """

    a: LayerStack
    b: LayerStack
    drawn_from: int
    seed: int | None = None

    @property
    def n(self) -> int:
        """Return how many rows are compared."""
        return len(self.a.rows)

    def pairs(self, scale: Scale) -> tuple[PairMatrices, PairMatrices]:
        """Measure the pairs of all layers of both stacks, once if they are the same."""
        pairs_a = layer_pairs(self.a.values, scale)
        return pairs_a, pairs_a if self.b is self.a else layer_pairs(self.b.values, scale)


def compared(a: LayerStack, b: LayerStack, seed: int) -> Compared:
    """Refuse too few words, and draw `MOST_WORDS` of too many."""
    need_same_rows(a, b)
    total = len(a.rows)
    need_words(MIN_WORDS, total)
    if total <= MOST_WORDS:
        return Compared(a, b, total)
    drawn = np.random.default_rng(seed).choice(total, MOST_WORDS, replace=False)
    return Compared(*only_rows(a, b, np.sort(drawn).tolist()), total, seed)


def only_rows(a: LayerStack, b: LayerStack, rows: Sequence[int]) -> tuple[LayerStack, LayerStack]:
    """Keep the given rows of both stacks, once if they are the same stack."""
    if len(rows) == len(a.rows):
        return a, b
    kept = a.only(rows)
    return kept, kept if b is a else b.only(rows)


def pearson_rsa(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, seed: int = 0
) -> LayerSimilarity:
    """Pearson's correlation of the distances of all pairs of words, for all pairs of layers.

    Parameters
    ----------
    a, b
        Stacks with the same rows in the same order; `dim` may differ.
    seed
        For the words that are drawn if there are more than `MOST_WORDS`.

    Returns
    -------
    LayerSimilarity
        From -1 to 1. A layer that holds all pairs equally far apart scores 0.
    """
    return _correlated("rsa-pearson", "Pearson RSA", compared(a, b, seed), unit_values)


def spearman_rsa(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, seed: int = 0
) -> LayerSimilarity:
    """As `pearson_rsa`, of the ranks of the distances; tied distances share their rank."""
    return _correlated("rsa-spearman", "Spearman RSA", compared(a, b, seed), unit_ranks)


def _correlated(measure: str, estimator: str, words: Compared, scale: Scale) -> LayerSimilarity:
    pairs_a, pairs_b = words.pairs(scale)
    values = products(pairs_a.values, pairs_b.values)
    trace = rsa_trace(estimator, words, EXACT_CHANCE)
    return rsa_result(measure, words, values, spread(words.n, pairs_a, pairs_b), trace)


def kendall_rsa(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, seed: int = 0
) -> LayerSimilarity:
    """Kendall's tau b of the distances of all pairs of words, for all pairs of layers.

    Parameters
    ----------
    a, b
        Stacks with the same rows in the same order; `dim` may differ.
    seed
        For the couples of pairs that are drawn if there are more than 64 words; tau is then right
        to 0.0014, nineteen times of twenty.

    Returns
    -------
    LayerSimilarity
        From -1 to 1. A layer that holds all pairs equally far apart scores 0.
    """
    words = compared(a, b, seed)
    pairs_a, pairs_b = words.pairs(unit_ranks)
    found = concordance(pairs_a.values, pairs_b.values, np.random.default_rng(seed))
    by_ranks = spread(words.n, pairs_a, pairs_b) * np.outer(found.share_a, found.share_b)
    sizes = np.where(by_ranks > 0, np.hypot(by_ranks, found.sampling_error), 0.0)
    estimator, by_chance = "Kendall RSA (tau b)", "spread through that of the ranks over all ways "
    by_chance += "to deal out the words of one encoder"
    if found.sampling_error:
        estimator += f", {found.couples:,} couples of pairs drawn"
        by_chance += ", and of the drawing"
        words = replace(words, seed=seed)
    trace = rsa_trace(estimator, words, by_chance)
    return rsa_result("rsa-kendall", words, found.values, sizes, trace)


def spread(words: int, pairs_a: PairMatrices, pairs_b: PairMatrices) -> Doubles:
    """Return the standard deviation by chance of correlations; pairs are centred: its mean is 0."""
    return chance(words, pairs_a.sums(), pairs_b.sums())[1]


def rsa_trace(estimator: str, words: Compared, by_chance: str) -> Trace:
    """Say how a number was made, and of which words."""
    if words.n < words.drawn_from:
        estimator += f", {words.n:,} of {words.drawn_from:,} words drawn"
    encoders = (words.a.encoder, words.b.encoder)
    return Trace(estimator, words.n, encoders, by_chance, words.seed)


def rsa_result(
    measure: str, words: Compared, values: Doubles, by_chance: Doubles, trace: Trace
) -> LayerSimilarity:
    """Put correlations beside their spread by chance, with a warning if that is wide."""
    if words.n < TRUSTED_WORDS:
        reach = 2 * by_chance.max()
        warning = f"Too few words to trust: with n = {words.n}, chance alone reaches ±{reach:.2f}."
        trace = replace(trace, warning=warning)
    return layer_similarity(
        measure,
        (words.a, words.b),
        values.clip(-1.0, 1.0),
        mean=np.zeros_like(values),
        spread=by_chance,
        trace=trace,
    )


_SOURCE = (
    "Kriegeskorte et al. (2008), Representational similarity analysis; Mantel (1967), The "
    "detection of disease clustering and a generalized regression approach"
)
RSA_SPEARMAN = LayerAnalysis(
    id="rsa-spearman",
    title="RSA (Spearman)",
    explains="Whether two layers put the pairs of words into the same order, from most alike to "
    "least alike.",
    reading="1 is the same order of pairs, 0 what chance gives, below 0 the reverse.",
    avoid="It sees the order of distances only, so look at CKA beside it where a few very "
    "different words are what matters.",
    formula="Pearson correlation of rank(d(i, j)) and rank(e(i, j)) over i < j, d and e = "
    "1 - correlation of the vectors of words i and j",
    source=_SOURCE,
    min_words=MIN_WORDS,
    compute=spearman_rsa,
)
RSA_PEARSON = LayerAnalysis(
    id="rsa-pearson",
    title="RSA (Pearson)",
    explains="Whether pairs of words that are far apart in one layer are as far apart in another.",
    reading="1 is distances that grow in step, 0 what chance gives, below 0 the reverse.",
    avoid="A few very distant words can carry the whole value: then trust the one by ranks.",
    formula="Pearson correlation of d(i, j) and e(i, j) over i < j, d and e = 1 - correlation of "
    "the vectors of words i and j",
    source=_SOURCE,
    min_words=MIN_WORDS,
    compute=pearson_rsa,
)
RSA_KENDALL = LayerAnalysis(
    id="rsa-kendall",
    title="RSA (Kendall)",
    explains="How often two layers agree on which of two pairs of words is the more alike.",
    reading="1 is always, 0 as often as not, -1 never; about two thirds of Spearman's value.",
    avoid="Not where Spearman will do: it says much the same, and with more than 64 words it is "
    "found from two million couples of pairs drawn at random.",
    formula="tau b = (agreeing - disagreeing couples of pairs) / sqrt(couples untied in d x "
    "couples untied in e), d and e = 1 - correlation of the vectors of two words",
    source="Kendall (1945), The treatment of ties in ranking problems; Nili et al. (2014), A "
    "toolbox for representational similarity analysis",
    min_words=MIN_WORDS,
    compute=kendall_rsa,
)
