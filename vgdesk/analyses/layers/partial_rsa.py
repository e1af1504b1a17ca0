"""Representational similarity analysis controlled for other properties of the words.

Long words are similar for a speech encoder and for a text encoder; that says nothing about what
they share beyond their length. So differences between words in known properties are regressed out
of both layers before these are correlated.

References
----------
Smouse et al. (1986), Multiple regression and correlation extensions of the Mantel test.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from vgdesk.analyses.base import LayerAnalysis, need_words
from vgdesk.analyses.layers.pair_matrices import (
    RUN,
    PairMatrices,
    pair_type,
    products,
    unit_ranks,
    with_sums,
)
from vgdesk.analyses.layers.rsa import (
    EXACT_CHANCE,
    MIN_WORDS,
    compared,
    only_rows,
    rsa_result,
    rsa_trace,
    sampled_pairs,
    spread,
)
from vgdesk.analyses.numerics.pair_tiles import over_pairs
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerSimilarity
from vgdesk.core.stack import LayerStack

# The name of each column, and its number for each word that has one.
Columns = Mapping[str, Mapping[WordId, float]]

# A column known for fewer words would exclude too many of them.
KNOWN_SHARE = 0.5
# A smaller remainder of a layer is only rounding.
NOTHING = 1e-5


def partial_rsa(a: LayerStack, b: LayerStack, facts: Facts, seed: int = 0) -> LayerSimilarity:
    """Spearman RSA after known differences between words are regressed out of both sides.

    Regressed out, linearly on ranks: how far two words differ in number of phones, in written
    length, and in each numeric column, if it is known for half of the words and differs between
    them. Words for which one of these is unknown are left out.

    Parameters
    ----------
    seed
        For sampling words if there are too many.

    Returns
    -------
    LayerSimilarity
        From -1 to 1. A layer without any remaining variance scores 0.

    Raises
    ------
    VgdeskError
        If the words do not differ in any known property.
    """
    need_words(MIN_WORDS, len(a.rows))
    columns = _columns(a.words, facts)
    known = [i for i, word in enumerate(a.words) if all(word in c for c in columns.values())]
    _refuse(columns, rows=len(known))
    words = compared(*only_rows(a, b, known), seed)
    nuisances = _differences(columns, words.a.words)
    pairs_a, pairs_b = words.pairs(unit_ranks)
    left_a = _without(pairs_a, nuisances)
    left_b = left_a if pairs_b is pairs_a else _without(pairs_b, nuisances)
    return rsa_result(
        "rsa-partial",
        words,
        products(left_a.values, left_b.values),
        sampled_pairs(words.n, left_a, left_b),
        spread(words.n, left_a, left_b),
        rsa_trace(f"Spearman RSA controlled for {', '.join(columns)}", words, EXACT_CHANCE),
    )


def _columns(words: tuple[WordId, ...], facts: Facts) -> Columns:
    """Return the columns that are known for enough words and differ between them."""
    found: defaultdict[str, dict[WordId, float]] = defaultdict(dict)
    used = set(words)
    for word in facts.words:
        for name, number in _numbers(word):
            if word.word in used and np.isfinite(number):
                found[name][word.word] = number
    least = KNOWN_SHARE * len(used)
    return {
        name: column
        for name, column in found.items()
        if len(column) >= least and len(set(column.values())) > 1
    }


def _numbers(word: WordFacts) -> Iterator[tuple[str, float]]:
    if word.phones:
        yield "number of phones", len(word.phones)
    if word.text:
        yield "written length", len(word.text)
    yield from word.numbers


def _refuse(columns: Columns, *, rows: int) -> None:
    if not columns:
        raise VgdeskError(
            "These words do not differ in any known property, so there is nothing to control for.",
            "Load a word list with pronunciations or with a numeric column, such as frequency.",
        )
    if rows < MIN_WORDS:
        raise TooFewWordsError(
            f"This analysis needs at least {MIN_WORDS} words with entries in all of these columns: "
            f"{', '.join(columns)}. Only {rows} have them.",
            "Fill in these columns for more words.",
        )


def _differences(columns: Columns, words: tuple[WordId, ...]) -> PairMatrices:
    """Rank the pairs of words by how far they differ in each column."""

    def ranks(column: Mapping[WordId, float]) -> FloatArray:
        numbers = np.array([column[word] for word in words], np.float64)
        # Scaled by a power of two, so that equal differences stay equal.
        numbers = np.ldexp(numbers, -np.frexp(np.abs(numbers).max())[1])
        pairs = over_pairs(len(words), lambda i, j: np.abs(numbers[i, None] - numbers[j]))
        return unit_ranks(pairs.astype(pair_type(len(words))))

    return with_sums(np.stack([ranks(column) for column in columns.values()]), len(words))


def _without(pairs: PairMatrices, nuisances: PairMatrices) -> PairMatrices:
    """Regress matrices out of others, and scale the residuals to length 1.

    `pairs` is overwritten, because it is the largest object in memory.
    """
    values, out = pairs.values, nuisances.values
    weights = products(values, out) @ np.linalg.pinv(products(out, out), NOTHING, hermitian=True)
    factors = weights.astype(values.dtype)
    for start in range(0, values.shape[1], RUN):
        run = slice(start, start + RUN)
        values[:, run] -= factors @ out[:, run]
    length = np.array([np.sqrt(np.vdot(row, row)) for row in values])
    scale = np.where(length**2 > NOTHING, 1 / np.maximum(length, NOTHING), 0.0)
    values *= scale[:, None].astype(values.dtype)
    sums = (pairs.word_sums - weights @ nuisances.word_sums) * scale[:, None]
    return PairMatrices(values, sums)


RSA_PARTIAL = LayerAnalysis(
    id="rsa-partial",
    title="RSA (partial)",
    explains="How similarly two layers order the pairs of words, controlled for length and every "
    "numeric column of the list.",
    reading="As RSA (Spearman); the difference from it is due to length and the numeric columns.",
    avoid="It controls only for properties in the list, and only for linear effects on ranks; "
    "differences between speakers remain.",
    formula="Pearson correlation of the residuals of rank(d) and rank(e) on rank(|x(i) - x(j)|), "
    "x: phones, letters, each column of numbers",
    source="Smouse et al. (1986), Multiple regression and correlation extensions of the Mantel "
    "test of matrix correspondence",
    min_words=MIN_WORDS,
    compute=partial_rsa,
    uses_facts=True,
)
