from collections.abc import Iterator

import numpy as np

from vgdesk.analyses.base import WordAnalysis, need_words
from vgdesk.analyses.words.pair_tables import PairMeasure, pair_table
from vgdesk.analyses.words.word_pairs import MIN_WORDS, dot_products, unit_rows, word_similarity
from vgdesk.core.arrays import Doubles, FloatArray, Places
from vgdesk.core.results import WordSimilarity
from vgdesk.core.stack import LayerStack


def compare_by_cosine(stack: LayerStack, layer: int) -> WordSimilarity:
    """Cosine of the angle between the vectors of each pair of rows.

    Returns
    -------
    WordSimilarity
        From -1 (opposite) to 1 (same direction). A zero vector has no direction and scores 0.
    """
    need_words(MIN_WORDS, len(stack.rows))
    values = pair_table(PAIRS, stack, layer).astype(np.float64, copy=False)
    return word_similarity("cosine", "cosine similarity", stack, layer, values)


def _all_cosines(layer: FloatArray) -> Iterator[tuple[slice, Doubles]]:
    yield slice(0, len(layer)), dot_products(unit_rows(layer))


def _cosines(layer: FloatArray, some: Places) -> Doubles:
    units = unit_rows(layer)
    return np.clip(units[some] @ units.T, -1.0, 1.0)


PAIRS = PairMeasure("cosine", _all_cosines, _cosines)

COSINE = WordAnalysis(
    id="cosine",
    title="Cosine",
    explains="Whether the vectors of two words point in the same direction, regardless of length.",
    reading="1 is the same direction, 0 unrelated, -1 opposite.",
    avoid="Where all words share a strong common direction, all cosines are near 1: use Pearson "
    "correlation instead.",
    formula="x'y / (|x| |y|)",
    source="Salton and McGill (1983), Introduction to modern information retrieval",
    min_words=MIN_WORDS,
    compute=compare_by_cosine,
    vectors=unit_rows,
)
