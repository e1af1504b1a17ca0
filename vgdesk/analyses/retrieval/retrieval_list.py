"""The result of each query, one by one: the list behind the two retrieval measures."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vgdesk.analyses.retrieval.partner_retrieval import (
    MOST_WORDS,
    PARTNER_RETRIEVAL,
    TIED,
    Profiles,
    drawn_pair,
    luck_of,
)
from vgdesk.analyses.retrieval.retrieval import (
    PLACES,
    RETRIEVAL_SPEAKERS,
    RetrievalTask,
    search_of,
    trace_of,
)
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.details import RetrievalList
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import Trace
from vgdesk.core.stack import LayerStack

HITS = 5


def list_partners(
    a: LayerStack, a_layer: int, b: LayerStack, b_layer: int, seed: int = 0
) -> RetrievalList:
    """Rank every word of a layer of `a` among all words of a layer of `b`.

    Words are compared by their cosine profiles, as in `find_partners`, whose score is R@1.

    Parameters
    ----------
    a, b
        Stacks with the same rows in the same order; `dim` may differ.
    seed
        For sampling words where there are more than `MOST_WORDS`.
    """
    is_drawn = len(a.rows) > MOST_WORDS
    a, b = drawn_pair(a, b, seed)
    likeness = Profiles.of(a.values[a_layer]).correlations(Profiles.of(b.values[b_layer]))
    n, own = len(likeness), likeness.diagonal()[:, None]
    nearer = (likeness > own + TIED).sum(axis=1)
    ties = (np.abs(likeness - own) <= TIED).sum(axis=1) - 1
    ranks = 1 + nearer + ties / 2
    places = [k for k in PLACES if k == 1 or k < n]
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :HITS]
    return RetrievalList(
        PARTNER_RETRIEVAL.id,
        (a.layers[a_layer], b.layers[b_layer]),
        a.rows,
        a.words,
        ranks,
        ties,
        own[:, 0],
        *_named(nearest, b),
        np.take_along_axis(likeness, nearest, axis=1),
        n,
        tuple(places),
        _recalls(ranks, places),
        np.array(places) / n,
        float(np.median(ranks)),
        (n + 1) / 2,
        _trace_of_partners(a, b, seed if is_drawn else None),
    )


def _trace_of_partners(a: LayerStack, b: LayerStack, seed: int | None) -> Trace:
    return Trace(
        f"rank by cosine profiles{'' if seed is None else ', of words sampled at random'}",
        len(a.rows),
        (a.encoder, b.encoder),
        "every rank is equally likely",
        seed,
        luck_of(len(a.rows)),
    )


def list_voices(stack: LayerStack, layer: int, facts: Facts, seed: int = 0) -> RetrievalList:
    """Rank every word by a speaker among the words of other speakers.

    Takes of a word by one speaker are averaged, and compared by cosine after subtracting the mean
    of each voice, as in `score_retrieval`: R@k and its chance level are those of that curve at this
    layer. A row is named after its first take.

    Parameters
    ----------
    facts
        The speakers; takes without a known speaker are left out.
    seed
        For the permutations of the chance level.
    """
    stack, search, queries, _ = search_of(stack, facts, seed)
    values, choice = stack.values[layer], search.choice()[queries]
    ranks = search.found(values)[0]
    places = [k for k in PLACES if k == 1 or k < choice.min()]
    recalls = np.array(
        [np.nanmean(np.where(np.isnan(ranks), np.nan, ranks <= k), axis=0) for k in places]
    )
    medians = np.nanmedian(ranks, axis=0)
    own, ties, nearest, similarities = _nearest(search, values, queries, stack.words)
    return RetrievalList(
        RETRIEVAL_SPEAKERS.id,
        (stack.layers[layer],),
        tuple(stack.rows[i] for i in queries),
        tuple(stack.words[i] for i in queries),
        ranks[queries, 0],
        ties,
        own,
        *_named(nearest, stack),
        similarities,
        int(choice.max()),
        tuple(places),
        recalls[:, 0],
        recalls[:, 1:].mean(axis=1),
        float(medians[0]),
        float(medians[1:].mean()),
        replace(trace_of("rank", stack, queries, seed), interval=""),
    )


def _recalls(ranks: Doubles, places: Sequence[int]) -> Doubles:
    return np.array([(ranks <= k).mean() for k in places])


def _named(
    nearest: Codes, stack: LayerStack
) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[WordId, ...], ...]]:
    """Return the ids and the words of some rows, [queries, hits]."""
    lists = nearest.tolist()
    return (
        tuple(tuple(stack.rows[i] for i in line) for line in lists),
        tuple(tuple(stack.words[i] for i in line) for line in lists),
    )


def _nearest(
    search: RetrievalTask, layer: FloatArray, queries: Codes, words: Sequence[WordId]
) -> tuple[Doubles, Codes, Codes, Doubles]:
    """Return the cosine of the nearest target of each query, the number of ties, and the hits."""
    _, word = np.unique(words, return_inverse=True)
    count = min(HITS, int(search.choice()[queries].min()))
    is_query = np.isin(np.arange(len(word)), queries)
    parts = []
    for block, distances in search.distances(layer):
        asked = distances[is_query[block]]
        is_right = word[block][is_query[block], None] == word
        own = np.where(is_right, asked, np.inf).min(axis=1)
        ties = ((asked == own[:, None]) & ~is_right).sum(axis=1)
        nearest = np.argsort(asked, axis=1, kind="stable")[:, :count]
        parts.append((-own, ties, nearest, -np.take_along_axis(asked, nearest, axis=1)))
    own, ties, nearest, similarities = (np.concatenate(p) for p in zip(*parts, strict=True))
    return own, ties, nearest, similarities
