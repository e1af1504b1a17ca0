"""Whether words that people rate as similar have similar vectors."""

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import CurveAnalysis, need_words
from vgdesk.analyses.inference.chance import SHUFFLES, layer_curve
from vgdesk.analyses.inference.jackknife import (
    INTERVAL,
    correlation_interval,
    scale_of_some,
)
from vgdesk.analyses.numerics.leaving_out import counts_left_out
from vgdesk.analyses.words.word_pairs import dot_products, unit_rows
from vgdesk.core.arrays import Doubles
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack

# Pairs of words by their indices, shape [2, pairs].
Pairs = NDArray[np.intp]

MIN_PAIRS = 10
MIN_WORDS = 5  # which make ten pairs
# With fewer words the chance band is so wide that hardly anything leaves it.
TRUSTED_WORDS = 20
# Cosines that agree to so many digits share a rank, or rounding would order equal ones.
DIGITS = 13
# Samples that vary less than this have no correlation.
NOTHING = 1e-9


def correlate_ratings(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Spearman's correlation of cosines and the ratings of word pairs, at every layer.

    Parameters
    ----------
    facts
        Pairs in which a word is missing are left out.
    seed
        For the shuffled words of the chance band.

    Returns
    -------
    LayerCurve
        1 if the pairs rated most similar are closest, 0 by chance.
    """
    need_words(MIN_WORDS, len(stack.rows))
    used, pairs, rated = _rated(stack, facts)
    tables = [dot_products(unit_rows(layer)).round(DIGITS) for layer in used.values]
    ranks = np.stack([standard_ranks(table[*pairs]) for table in tables])
    rng = np.random.default_rng(seed)
    orders = rng.permuted(np.tile(np.arange(len(used.rows)), (SHUFFLES, 1)), axis=1)
    mixed = orders[:, pairs]
    shuffled = [standard_ranks(table[mixed[:, 0], mixed[:, 1]]) @ rated for table in tables]
    words = len(used.rows)
    values, present = ranks @ rated / len(rated), counts_left_out(words)
    left_out = weighted_correlations(ranks, rated, present[:, pairs[0]] * present[:, pairs[1]])
    curve = layer_curve(
        "ratings",
        stack,
        values,
        interval=correlation_interval(left_out, values, scale=scale_of_some(left_out, words)),
        chance=np.stack(shuffled, axis=1) / len(rated),
        limits=(-1.0, 1.0),
        trace=Trace(
            f"Spearman correlation of cosine and ratings over {len(rated)} pairs of words",
            words,
            (stack.encoder,),
            f"{SHUFFLES} shuffles of the words",
            seed,
            f"Too few words to trust: only {words} in rated pairs." * (words < TRUSTED_WORDS),
            INTERVAL,
        ),
    )
    return (curve,)


def standard_ranks(values: Doubles) -> Doubles:
    """Rank values, ties at their mean rank, and scale to mean 0 and variance 1.

    Parameters
    ----------
    values
        Shape [..., pairs].

    Returns
    -------
    array
        The same shape; zeros where no value differs.
    """
    from scipy.stats import rankdata

    ranks = rankdata(values, axis=-1)
    ranks -= (values.shape[-1] + 1) / 2
    spread = ranks.std(axis=-1, keepdims=True)
    scaled: Doubles = np.divide(ranks, spread, out=np.zeros_like(ranks), where=spread > 0)
    return scaled


def _rated(stack: LayerStack, facts: Facts) -> tuple[LayerStack, Pairs, Doubles]:
    """Keep the words of rated pairs; return them, their pairs and the ranks of the ratings."""
    place = {word: i for i, word in enumerate(stack.words)}
    here = [(a, b, rating) for a, b, rating in facts.ratings if a in place and b in place]
    if len(here) < MIN_PAIRS:
        raise TooFewWordsError(
            f"At least {MIN_PAIRS} pairs of words with a rating are needed, but there are "
            f"{len(here)}.",
            "Load a table with the columns word1, word2 and similarity (File menu; on the command "
            "line --ratings FILE), or add more of its words to the list.",
        )
    places = np.array([(place[a], place[b]) for a, b, _ in here], np.intp)
    rows, pairs = np.unique(places, return_inverse=True)
    ratings = standard_ranks(np.array([rating for _, _, rating in here]))
    return stack.only(rows.tolist()), pairs.reshape(-1, 2).T, ratings


def weighted_correlations(ranks: Doubles, rated: Doubles, weights: Doubles) -> Doubles:
    """Correlate each row of ranks with others, with weights for the pairs.

    Parameters
    ----------
    ranks, rated, weights
        Shapes [layers, pairs], [pairs] and [samples, pairs].

    Returns
    -------
    array
        Shape [samples, layers]; 0 where nothing varies.
    """
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1)
    own, other = weights @ ranks.T, weights @ rated
    shared = weights @ (ranks * rated).T - own * other[:, None]
    spread = (weights @ (ranks**2).T - own**2) * (weights @ rated**2 - other**2)[:, None]
    size = np.sqrt(spread.clip(0))
    found = np.divide(shared, size, out=np.zeros_like(size), where=spread > NOTHING)
    clipped: Doubles = found.clip(-1.0, 1.0)
    return clipped


RATINGS = CurveAnalysis(
    id="ratings",
    title="Human similarity ratings",
    explains="Whether pairs of words that people rate as similar are closer than others.",
    reading="1 means that all pairs are ordered as in the ratings, 0 is chance; people do not "
    "agree perfectly with each other either.",
    avoid="Not to compare encoders over different pairs: ratings of similarity and of relatedness "
    "measure different things.",
    formula="Spearman over rated pairs of words: cos(x, y) and rating",
    source="Bruni et al. (2014), Multimodal distributional semantics; Hill et al. (2015), "
    "SimLex-999: evaluating semantic models with (genuine) similarity estimation",
    min_words=MIN_WORDS,
    compute=correlate_ratings,
    uses_labels=False,
)
