"""Linear centred kernel alignment between all layers of two encoders.

Both estimators are the cosine between two word x word matrices of inner products. The biased one
keeps the diagonals, which compare each word with itself: with few words it is high for any two
encoders, about d / (n + d). The debiased one leaves the diagonals out.

References
----------
Kornblith et al. (2019), Similarity of neural network representations revisited, eq. 6.
Song et al. (2012), Feature selection via dependence maximization, eq. 5 (debiased).
"""

import math

from vgdesk.analyses.base import LayerAnalysis, need_same_rows, need_words
from vgdesk.analyses.layers.incremental_products import growing_products
from vgdesk.analyses.layers.matrix_agreement import CHANCE, alignment
from vgdesk.analyses.numerics.layer_products import PRECISE_WORDS, LayerProducts, unit_layers
from vgdesk.analyses.numerics.word_matrices import WordMatrices, sampled_words
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

MIN_WORDS = 4
# With fewer words two standard deviations of chance are more than 0.15.
TRUSTED_WORDS = 20


def debiased_cka(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, _seed: int = 0
) -> LayerSimilarity:
    """Debiased linear CKA between every layer of `a` and every layer of `b`.

    Returns
    -------
    LayerSimilarity
        1 for layers equal up to rotation and scale, around 0 for unrelated ones; negative
        values are kept. A layer that is the same for every word scores 0.
    """
    need_words(MIN_WORDS, len(a.rows))
    trace = _trace("debiased linear CKA", a, b, debiased_warning(len(a.rows)))
    products, matrices = _sums(a, b)
    return alignment("cka", (a, b), products.without_diagonal(), matrices.without_diagonal(), trace)


def biased_cka(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, _seed: int = 0
) -> LayerSimilarity:
    """Biased linear CKA, as many studies publish it; otherwise as `debiased_cka`.

    Returns
    -------
    LayerSimilarity
        From 0 to 1. Chance is far above 0 unless there are many more words than dimensions.
    """
    need_words(MIN_WORDS, len(a.rows))
    n, dim = len(a.rows), max(a.values.shape[2], b.values.shape[2])
    warning = ""
    if n < 10 * dim:
        warning = (
            f"Too few words for the biased estimator: n = {n} with {dim} dimensions. "
            "Unrelated layers score high too; compare with chance, or use the debiased one."
        )
    trace = _trace("biased linear CKA", a, b, warning)
    return alignment("cka-biased", (a, b), *_sums(a, b), trace, is_debiased=False)


def _sums(a: LayerStack, b: LayerStack) -> tuple[LayerProducts, WordMatrices]:
    """Return the sums over all words, and the matrices of all words or of a sample."""
    need_same_rows(a, b)
    matrices = linear_matrices(a, b)
    # The matrices of a short list hold all that is summed.
    is_short = len(a.rows) <= PRECISE_WORDS
    return matrices.products() if is_short else growing_products(a, b), matrices


def linear_matrices(a: LayerStack, b: LayerStack) -> WordMatrices:
    """Return the inner products of all pairs of words, or of a sample of them."""
    a, b = sampled_words(a, b)
    units_a = unit_layers(a.values)
    return WordMatrices.of_products(units_a, units_a if b is a else unit_layers(b.values))


def debiased_warning(n: int) -> str:
    """Return a warning about the spread of chance, or an empty string with enough words."""
    if n >= TRUSTED_WORDS:
        return ""
    reach = 2 * math.sqrt(2 / (n * (n - 3)))
    return f"Too few words to trust: with n = {n}, chance alone reaches ±{reach:.2f}."


def _trace(estimator: str, a: LayerStack, b: LayerStack, warning: str) -> Trace:
    return Trace(estimator, len(a.rows), (a.encoder, b.encoder), CHANCE, warning=warning)


CKA = LayerAnalysis(
    id="cka",
    title="CKA (debiased)",
    explains="How similarly two layers arrange the same words, regardless of rotation and scale; "
    "unrelated layers score about 0.",
    reading="1 means the same arrangement, 0 is chance level; values below 0 are chance as well.",
    avoid="A few outlying recordings can dominate the value: compare it with rank-based RSA.",
    formula="<K, L> / sqrt(<K, K> <L, L>), K = XX' and L = YY' without diagonals, U-centred",
    source="Kornblith et al. (2019), Similarity of neural network representations revisited; "
    "Song et al. (2012), Feature selection via dependence maximization",
    min_words=MIN_WORDS,
    compute=debiased_cka,
)
CKA_BIASED = LayerAnalysis(
    id="cka-biased",
    title="CKA (biased)",
    explains="CKA as most studies publish it: with few words it is high even for unrelated layers.",
    reading="From 0 to 1, but chance is far above 0 unless there are many more words than "
    "dimensions.",
    avoid="Not for fewer than ten words per dimension: then it mainly depends on their number.",
    formula="<HKH, HLH> / (|HKH| |HLH|), K = XX', L = YY', H = I - 11'/n",
    source="Kornblith et al. (2019), Similarity of neural network representations revisited",
    min_words=MIN_WORDS,
    compute=biased_cka,
)
