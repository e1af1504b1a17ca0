"""Representational similarity analysis: correlation of word distances between layers.

A layer is described by the correlation distances of all pairs of words; two layers are similar if
the same pairs are near in both.

References
----------
Kriegeskorte et al. (2008), Representational similarity analysis.
Nili et al. (2014), A toolbox for representational similarity analysis.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vgdesk.analyses.base import LayerAnalysis, need_same_rows, need_words
from vgdesk.analyses.inference.chance import layer_similarity
from vgdesk.analyses.inference.jackknife import (
    correlation_interval,
    scale_of_sample,
)
from vgdesk.analyses.inference.pearson_three import upper_p_values
from vgdesk.analyses.layers.mantel import chance
from vgdesk.analyses.layers.pair_matrices import (
    PairMatrices,
    Scale,
    layer_pairs,
    products,
    unit_ranks,
    unit_values,
)
from vgdesk.analyses.numerics.kendall_tau import concordance
from vgdesk.analyses.numerics.leaving_out import sampled_rows
from vgdesk.analyses.numerics.pair_tiles import squares_among
from vgdesk.analyses.numerics.third_moments import third_moments
from vgdesk.analyses.numerics.word_matrices import WordMatrices, correlations_left_out
from vgdesk.core.arrays import Doubles
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

MIN_WORDS = 4
# With fewer words two standard deviations of chance are more than 0.15.
TRUSTED_WORDS = 20
# Words sampled from a longer list: 26 layers of them take 1.3 GB, and all pairs of 26,000 words
# would take 27 times as much.
MOST_WORDS = 5000

EXACT_CHANCE = "exact SD over all permutations of one encoder's words (Mantel), Pearson III tail"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two stacks over the compared words.

    Attributes
    ----------
    drawn_from
        The number of words before sampling.
    seed
        The seed of the sample; None if all words are compared.
    """

    a: LayerStack
    b: LayerStack
    drawn_from: int
    seed: int | None = None

    @property
    def n(self) -> int:
        """Return the number of compared rows."""
        return len(self.a.rows)

    def pairs(self, scale: Scale) -> tuple[PairMatrices, PairMatrices]:
        """Compute the pairs of all layers of both stacks, once if they are the same."""
        pairs_a = layer_pairs(self.a.values, scale)
        return pairs_a, pairs_a if self.b is self.a else layer_pairs(self.b.values, scale)


def compared(a: LayerStack, b: LayerStack, seed: int) -> Compared:
    """Raise an error for too few words, and sample `MOST_WORDS` of too many."""
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
    seed
        For sampling words if there are more than `MOST_WORDS`.

    Returns
    -------
    LayerSimilarity
        From -1 to 1. A layer in which all pairs are equally far apart scores 0.
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
    sample = sampled_pairs(words.n, pairs_a, pairs_b)
    by_chance = spread(words.n, pairs_a, pairs_b)
    return rsa_result(measure, words, values, sample, by_chance, trace)


def kendall_rsa(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, seed: int = 0
) -> LayerSimilarity:
    """Kendall's tau b of the distances of all pairs of words, for all pairs of layers.

    Parameters
    ----------
    seed
        For sampling couples of pairs if there are more than 64 words; tau is then accurate to
        0.0014 in 95 % of cases.

    Returns
    -------
    LayerSimilarity
        From -1 to 1. A layer in which all pairs are equally far apart scores 0.
    """
    words = compared(a, b, seed)
    pairs_a, pairs_b = words.pairs(unit_ranks)
    found = concordance(pairs_a.values, pairs_b.values, np.random.default_rng(seed))
    by_ranks = spread(words.n, pairs_a, pairs_b) * np.outer(found.share_a, found.share_b)
    sizes = np.where(by_ranks > 0, np.hypot(by_ranks, found.sampling_error), 0.0)
    estimator, by_chance = "Kendall RSA (tau b)", "standard deviation from that of the ranks over "
    by_chance += "all permutations of one encoder's words"
    if found.sampling_error:
        estimator += f", {found.couples:,} couples of pairs sampled"
        by_chance += ", and from sampling"
        words = replace(words, seed=seed)
    trace = rsa_trace(estimator, words, by_chance)
    # The ranks of pairs move tau as they move their correlation.
    sample = sampled_pairs(words.n, pairs_a, pairs_b)
    shares = np.outer(found.share_a, found.share_b)
    return rsa_result("rsa-kendall", words, found.values, sample, sizes, trace, shares)


def sampled_pairs(words: int, pairs_a: PairMatrices, pairs_b: PairMatrices) -> WordMatrices:
    """Return the pairs of all words, or of a sample, with their ranks in the whole list."""
    rows = sampled_rows(words)
    a = squares_among(pairs_a.values, words, rows)
    b = a if pairs_b is pairs_a else squares_among(pairs_b.values, words, rows)
    return WordMatrices(a, b)


def spread(words: int, pairs_a: PairMatrices, pairs_b: PairMatrices) -> Doubles:
    """Return the standard deviation of correlations by chance; their mean is 0."""
    return chance(words, pairs_a.sums(), pairs_b.sums())[1]


def rsa_trace(estimator: str, words: Compared, by_chance: str) -> Trace:
    """Describe how a value was computed, and from which words."""
    if words.n < words.drawn_from:
        estimator += f", {words.n:,} of {words.drawn_from:,} words sampled"
    encoders = (words.a.encoder, words.b.encoder)
    return Trace(estimator, words.n, encoders, by_chance, words.seed)


def rsa_result(
    measure: str,
    words: Compared,
    values: Doubles,
    sample: WordMatrices,
    by_chance: Doubles,
    trace: Trace,
    moved_by: Doubles | float = 1.0,
) -> LayerSimilarity:
    """Combine correlations with their spread by chance, with a warning if that is wide.

    Parameters
    ----------
    sample
        Of `sampled_pairs`, for the interval and the skewness of chance.
    moved_by
        How far a value moves with the correlation of the pairs.
    """
    if words.n < TRUSTED_WORDS:
        reach = 2 * by_chance.max()
        warning = f"Too few words to trust: with n = {words.n}, chance alone reaches ±{reach:.2f}."
        trace = replace(trace, warning=warning)
    moves = correlations_left_out(sample) * moved_by
    left_out = (values + moves - moves.mean(axis=0)).clip(-1.0, 1.0)
    third = third_moments(sample.a, sample.b, words.n) * moved_by**3
    skew = np.divide(third, by_chance**3, out=np.zeros_like(third), where=by_chance > 0)
    return layer_similarity(
        measure,
        (words.a, words.b),
        values.clip(-1.0, 1.0),
        interval=correlation_interval(left_out, values, scale=scale_of_sample(left_out, words.n)),
        p=upper_p_values(values, np.zeros_like(values), by_chance, skew),
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
    explains="Whether two layers order the pairs of words in the same way, from most to least "
    "similar.",
    reading="1 is the same order of pairs, 0 is chance level, below 0 the reverse order.",
    avoid="It uses only the order of distances: compare it with CKA where a few very different "
    "words matter.",
    formula="Pearson correlation of rank(d(i, j)) and rank(e(i, j)) over i < j, d and e = "
    "1 - correlation of the vectors of words i and j",
    source=_SOURCE,
    min_words=MIN_WORDS,
    compute=spearman_rsa,
)
RSA_PEARSON = LayerAnalysis(
    id="rsa-pearson",
    title="RSA (Pearson)",
    explains="Whether pairs of words that are far apart in one layer are far apart in another.",
    reading="1 is a perfect linear relation, 0 is chance level, below 0 the reverse.",
    avoid="A few very distant words can dominate the value: then use RSA (Spearman).",
    formula="Pearson correlation of d(i, j) and e(i, j) over i < j, d and e = 1 - correlation of "
    "the vectors of words i and j",
    source=_SOURCE,
    min_words=MIN_WORDS,
    compute=pearson_rsa,
)
RSA_KENDALL = LayerAnalysis(
    id="rsa-kendall",
    title="RSA (Kendall)",
    explains="How often two layers agree on which of two pairs of words is more similar.",
    reading="1 is always, 0 half of the time, -1 never; about two thirds of Spearman's value.",
    avoid="Not where RSA (Spearman) is enough: it gives much the same result, and with more than "
    "64 words "
    "tau is estimated from two million random couples of pairs.",
    formula="tau b = (agreeing - disagreeing couples of pairs) / sqrt(couples untied in d x "
    "couples untied in e), d and e = 1 - correlation of the vectors of two words",
    source="Kendall (1945), The treatment of ties in ranking problems; Nili et al. (2014), A "
    "toolbox for representational similarity analysis",
    min_words=MIN_WORDS,
    compute=kendall_rsa,
)
