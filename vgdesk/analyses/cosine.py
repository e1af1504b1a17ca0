from vgdesk.analyses.base import WordAnalysis, need_words
from vgdesk.analyses.word_pairs import MIN_WORDS, dot_products, unit_rows, word_similarity
from vgdesk.core.results import WordSimilarity
from vgdesk.core.stack import LayerStack


def compare_by_cosine(stack: LayerStack, layer: int) -> WordSimilarity:
    """Cosine of the angle between the vectors of each pair of rows.

    Returns
    -------
    WordSimilarity
        From -1 (opposite) to 1 (same direction). A vector of zeros has no direction: 0 with all.
    """
    need_words(MIN_WORDS, len(stack.rows))
    values = dot_products(unit_rows(stack.values[layer]))
    return word_similarity("cosine", "cosine similarity", stack, layer, values)


COSINE = WordAnalysis(
    id="cosine",
    title="Cosine",
    explains="Whether the vectors of two words point the same way, whatever their length.",
    reading="1 is the same direction, 0 unrelated, -1 opposite.",
    avoid="Where all words share a strong common direction all cosines are near 1: look at "
    "Pearson or centre the words.",
    formula="x'y / (|x| |y|)",
    source="Salton and McGill (1983), Introduction to modern information retrieval",
    min_words=MIN_WORDS,
    compute=compare_by_cosine,
    vectors=unit_rows,
)
