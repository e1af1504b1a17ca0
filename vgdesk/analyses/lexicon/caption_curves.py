"""Layer curves of captions: agreement with human ratings, and ranking of captions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from vgdesk.analyses.inference.band import Normal
from vgdesk.analyses.inference.chance import (
    RESAMPLES,
    SHUFFLES,
    layer_curve,
    percentile_interval,
)
from vgdesk.analyses.inference.jackknife import (
    correlation_interval,
    scale_of_some,
)
from vgdesk.analyses.inference.units import numbered
from vgdesk.analyses.lexicon.caption_similarity import (
    caption_similarities,
    caption_words,
    ranked_similarity,
)
from vgdesk.analyses.lexicon.ratings import DIGITS, standard_ranks, weighted_correlations
from vgdesk.analyses.numerics.leaving_out import sampled_rows
from vgdesk.analyses.words.word_pairs import dot_products, unit_rows
from vgdesk.core.arrays import Codes, Doubles
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack

MIN_PAIRS = 10
TRUSTED_PAIRS = 20
NEAREST = 5
LIMITS = (-1.0, 1.0)

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Rated:
    """Pairs of captions and their ratings.

    Attributes
    ----------
    captions
        Shape [2, pairs]: the number of the reference and of the candidate.
    ratings
        Shape [pairs].
    """

    captions: Codes
    ratings: Doubles

    @classmethod
    def of(cls, pairs: Sequence[Pair], ratings: Sequence[float], kept: Sequence[int]) -> Self:
        captions = numbered(caption for i in kept for caption in pairs[i]).reshape(-1, 2).T
        return cls(captions, np.array([ratings[i] for i in kept], np.float64))

    def without_captions(self) -> tuple[Doubles, int]:
        """Return which pairs stay without each caption, and the number of captions.

        Captions that are in the same pairs only leave together, and count as one.

        Returns
        -------
        tuple
            Shape [left out, pairs], 1 for a pair that stays; of many captions a sample is left out.
        """
        pairs: dict[int, set[int]] = {}
        for pair, captions in enumerate(self.captions.T.tolist()):
            for caption in captions:
                pairs.setdefault(caption, set()).add(pair)
        gone = sorted({tuple(sorted(own)) for own in pairs.values()})
        rows = sampled_rows(len(gone))
        stays = np.ones((len(rows), len(self.ratings)))
        for line, row in zip(stays, rows, strict=True):
            line[list(gone[row])] = 0.0
        return stays, len(gone)


def correlate_words(
    pairs: Sequence[Pair], ratings: Sequence[float], stack: LayerStack, seed: int
) -> LayerCurve:
    """Spearman's correlation of SRS and human ratings, at every layer.

    Parameters
    ----------
    pairs
        Reference and candidate. A pair in which either has no known word is left out.
    stack
        One row per written word, as `caption_words` returns them.
    """
    place = {str(word): row for row, word in enumerate(stack.words)}
    words = [tuple(_known(caption, place) for caption in pair) for pair in pairs]
    kept = [i for i, (reference, candidate) in enumerate(words) if reference and candidate]
    scores = np.empty((len(stack.layers), len(kept)))
    for line, layer in zip(scores, stack.values, strict=True):
        units = unit_rows(layer)
        for column, i in enumerate(kept):
            reference, candidate = words[i]
            line[column] = (units[reference] @ units[candidate].T).max(axis=1).mean()
    rated = _Rated.of(pairs, ratings, kept)
    return _correlated("words", "SRS, word by word,", scores, rated, stack, seed)


def correlate_sentences(
    pairs: Sequence[Pair], ratings: Sequence[float], stack: LayerStack, seed: int
) -> LayerCurve:
    """Spearman's correlation of cosines of whole sentences and ratings; otherwise as for words.

    Parameters
    ----------
    stack
        One row per sentence, which is its own id.
    """
    place = {word: row for row, word in enumerate(stack.words)}
    rows = [[place.get(WordId(caption), -1) for caption in pair] for pair in pairs]
    kept = [i for i, pair in enumerate(rows) if min(pair) >= 0]
    one, other = np.array([rows[i] for i in kept], np.intp).reshape(-1, 2).T
    units = [unit_rows(layer) for layer in stack.values]
    scores = np.array([np.einsum("ij,ij->i", layer[one], layer[other]) for layer in units])
    rated = _Rated.of(pairs, ratings, kept)
    return _correlated("sentences", "cosine of whole sentences", scores, rated, stack, seed)


def rank_captions(
    captions: Sequence[str], sentences: LayerStack, words: LayerStack, seed: int
) -> tuple[LayerCurve, LayerCurve]:
    """Mean SRS of the five captions nearest to each, and of the five farthest.

    Parameters
    ----------
    captions
        Those without a row in `sentences` or a known word are left out.
    sentences
        One row per caption, which is its own id; ranks the captions by cosine at each layer.
    words
        One row per written word; its last layer gives the similarity of words.

    Returns
    -------
    tuple
        "nearest" and "farthest"; chance is that of five random captions.
    """
    used = _usable(captions, sentences, words)
    ids = [[WordId(word) for word in caption_words(caption)] for caption in used.words]
    scores = caption_similarities(ids, words, len(words.layers) - 1)
    n = len(used.rows)
    rng = np.random.default_rng(seed)
    ranked = [
        ranked_similarity(scores, dot_products(unit_rows(layer)).round(DIGITS), rng, count=NEAREST)
        for layer in used.values
    ]
    trace = _trace_of_ranks(used, words, seed)
    weights = rng.multinomial(n, np.full(n, 1 / n), RESAMPLES) / n
    mean, spread = _random_captions(scores)
    chance = Normal(*(np.full(len(used.layers), value) for value in (mean, spread)))

    def curve(series: str, found: Doubles) -> LayerCurve:
        return layer_curve(
            "captions",
            used,
            found.mean(axis=1),
            interval=percentile_interval(weights @ found.T),
            chance=chance,
            limits=LIMITS,
            trace=trace,
            series=series,
        )

    return (
        curve("nearest", np.array([found.nearest for found in ranked])),
        curve("farthest", np.array([found.farthest for found in ranked])),
    )


def _trace_of_ranks(used: LayerStack, words: LayerStack, seed: int) -> Trace:
    return Trace(
        f"mean SRS of the {NEAREST} captions nearest or farthest by cosine, words by layer "
        f"{words.layers[-1]} of {words.encoder}",
        len(used.rows),
        (used.encoder, words.encoder),
        f"exact mean and standard deviation of {NEAREST} random captions each",
        seed,
        _warning(len(used.rows), "captions"),
        f"95 % of {RESAMPLES} bootstrap samples of the captions",
    )


def _usable(captions: Sequence[str], sentences: LayerStack, words: LayerStack) -> LayerStack:
    """Keep the sentences of captions with known words, each once."""
    rows = {str(word): row for row, word in enumerate(sentences.words)}
    place = {str(word): row for row, word in enumerate(words.words)}
    kept = [c for c in dict.fromkeys(captions) if c in rows and _known(c, place)]
    if len(kept) < MIN_PAIRS:
        raise TooFewWordsError(
            f"At least {MIN_PAIRS} captions with known words are needed; there are {len(kept)}.",
            "Add more captions.",
        )
    return sentences.only([rows[caption] for caption in kept])


def _random_captions(scores: Doubles) -> tuple[float, float]:
    """Return mean and spread of the score of a few random candidates, over all queries."""
    queries = len(scores)
    others = scores[~np.eye(queries, dtype=bool)].reshape(queries, -1)
    left = 1 - NEAREST / (queries - 1)  # drawn without replacement
    variance = others.var(axis=1, ddof=1).sum() * left / NEAREST / queries**2
    return float(others.mean()), float(np.sqrt(variance))


def _correlated(
    series: str,
    name: str,
    scores: Doubles,
    rated_pairs: _Rated,
    stack: LayerStack,
    seed: int,
) -> LayerCurve:
    """Correlate scores, [layers, pairs], with human ratings."""
    n = len(rated_pairs.ratings)
    if n < MIN_PAIRS:
        raise TooFewWordsError(
            f"At least {MIN_PAIRS} pairs of captions with known words are needed, but there are "
            f"{n}.",
            "Add more pairs, or choose another encoder.",
        )
    ranks, rated = standard_ranks(scores.round(DIGITS)), standard_ranks(rated_pairs.ratings)
    rng = np.random.default_rng(seed)
    orders = rng.permuted(np.tile(np.arange(n), (SHUFFLES, 1)), axis=1)
    values, (stays, units) = ranks @ rated / n, rated_pairs.without_captions()
    left_out = weighted_correlations(ranks, rated, stays)
    return layer_curve(
        "captions",
        stack,
        values,
        interval=correlation_interval(left_out, values, scale=scale_of_some(left_out, units)),
        chance=rated[orders] @ ranks.T / n,
        limits=LIMITS,
        trace=Trace(
            f"Spearman correlation of {name} and ratings over pairs of captions",
            n,
            (stack.encoder,),
            f"{SHUFFLES} shuffles of the ratings",
            seed,
            _warning(n, "pairs"),
            "95 % by a jackknife that leaves out one caption at a time",
        ),
        series=series,
    )


def _known(caption: str, place: Mapping[str, int]) -> list[int]:
    """Return the rows of the known words of a caption."""
    return [place[word] for word in caption_words(caption) if word in place]


def _warning(n: int, things: str) -> str:
    return f"Too few {things} to trust: only {n}." if n < TRUSTED_PAIRS else ""
