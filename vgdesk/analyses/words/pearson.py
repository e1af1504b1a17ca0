import numpy as np

from vgdesk.analyses.base import WordAnalysis, need_words
from vgdesk.analyses.words.word_pairs import (
    MIN_WORDS,
    ROUNDING,
    dot_products,
    unit_rows,
    word_similarity,
)
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.results import WordSimilarity
from vgdesk.core.stack import LayerStack


def compare_by_correlation(stack: LayerStack, layer: int) -> WordSimilarity:
    """Pearson's correlation between the vectors of each pair of rows.

    Returns
    -------
    WordSimilarity
        From -1 to 1. A constant vector correlates 0 with all.
    """
    need_words(MIN_WORDS, len(stack.rows))
    values = dot_products(profiles(stack.values[layer]))
    return word_similarity("pearson", "Pearson correlation", stack, layer, values)


def profiles(values: FloatArray) -> Doubles:
    """Centre every row and scale it to length 1; a row of equal numbers becomes 0."""
    rows = values.astype(np.float64)
    centred = rows - rows.mean(axis=1, keepdims=True)
    size, spread = np.linalg.norm(rows, axis=1), np.linalg.norm(centred, axis=1)
    centred[spread <= ROUNDING * size] = 0.0
    return unit_rows(centred)


PEARSON = WordAnalysis(
    id="pearson",
    title="Pearson correlation",
    explains="Whether the vectors of two words rise and fall together across dimensions.",
    reading="1 is the same profile, 0 unrelated, -1 the mirrored profile.",
    avoid="Not where single dimensions have very large values: as in the cosine, they dominate.",
    formula="cosine of x - mean(x) and y - mean(y)",
    source="Pearson (1896), Regression, heredity and panmixia",
    min_words=MIN_WORDS,
    compute=compare_by_correlation,
    vectors=profiles,
)
