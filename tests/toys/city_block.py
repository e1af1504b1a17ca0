"""A measure: city-block distance between the vectors of words."""

import numpy as np

from vgdesk.analyses.base import WordAnalysis, need_words
from vgdesk.analyses.words.word_pairs import MIN_WORDS, word_similarity
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.results import WordSimilarity
from vgdesk.core.stack import LayerStack


def compare_by_city_block(stack: LayerStack, layer: int) -> WordSimilarity:
    """Sum the absolute differences between the vectors of each pair of rows."""
    need_words(MIN_WORDS, len(stack.rows))
    rows = vectors_of(stack.values[layer])
    distances = np.abs(rows[:, None] - rows[None]).sum(axis=-1)
    title = "City-block distance"
    return word_similarity("city-block", title, stack, layer, distances, is_distance=True)


def vectors_of(values: FloatArray) -> Doubles:
    """Return the rows in float64."""
    return values.astype(np.float64)


CITY_BLOCK = WordAnalysis(
    id="city-block",
    title="City-block distance",
    explains="How far apart the vectors of two words are, dimension by dimension.",
    reading="0 means equal vectors.",
    avoid="Not across layers: their vectors differ in length.",
    formula="sum of |x - y|",
    source="Minkowski (1896), Geometrie der Zahlen",
    min_words=MIN_WORDS,
    compute=compare_by_city_block,
    vectors=vectors_of,
    is_distance=True,
)
