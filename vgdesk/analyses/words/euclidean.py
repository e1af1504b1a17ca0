import numpy as np

from vgdesk.analyses.base import WordAnalysis, need_words
from vgdesk.analyses.words.distances import distance_blocks, distances_of
from vgdesk.analyses.words.pair_tables import PairMeasure, pair_table
from vgdesk.analyses.words.word_pairs import MIN_WORDS, word_similarity
from vgdesk.core.results import WordSimilarity
from vgdesk.core.stack import LayerStack


def compare_by_distance(stack: LayerStack, layer: int) -> WordSimilarity:
    """Euclidean distance between the vectors of each pair of rows; 0 means equal vectors."""
    need_words(MIN_WORDS, len(stack.rows))
    values = pair_table(PAIRS, stack, layer).astype(np.float64)
    return word_similarity(
        "euclidean", "Euclidean distance", stack, layer, values, is_distance=True
    )


PAIRS = PairMeasure("Euclidean distance", distance_blocks, distances_of)


EUCLIDEAN = WordAnalysis(
    id="euclidean",
    title="Euclidean distance",
    explains="How far apart the vectors of two words are; unlike the cosine, it depends on length.",
    reading="0 means equal vectors; there is no upper limit, so distances of two layers cannot be "
    "compared.",
    avoid="Not across layers or models: their vectors differ in length.",
    formula="|x - y|",
    source="Euclid's distance in the space of the layer",
    min_words=MIN_WORDS,
    compute=compare_by_distance,
    vectors=lambda rows: rows.astype(np.float64),
    is_distance=True,
)
