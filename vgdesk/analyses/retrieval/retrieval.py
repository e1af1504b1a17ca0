"""Retrieval of the same word by other speakers.

Takes of a word by one speaker are averaged into a saying. Every saying is a query: all sayings by
other speakers are ranked by their cosine to it, after the mean vector of its speaker has been
subtracted from each, which encodes the voice and not the word. Ties count half, so that a layer
which is the same for all sayings is at chance level. Takes of unknown speakers are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

import numpy as np

from vgdesk.analyses.base import CurveAnalysis, need_words
from vgdesk.analyses.inference.chance import (
    INTERVAL,
    SHUFFLES,
    bootstrap_counts,
    layer_curve,
    percentile_interval,
)
from vgdesk.analyses.inference.jackknife import INTERVAL as INTERVAL_BY_JACKKNIFE
from vgdesk.analyses.inference.jackknife import (
    Interval,
    jackknife_interval,
    proportion_interval,
    scale_of_some,
)
from vgdesk.analyses.inference.units import known_sayings, numbered
from vgdesk.analyses.numerics.leaving_out import sampled_rows
from vgdesk.analyses.words.speaker_groups import voice_codes, without_voices
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows

MIN_WORDS = 4
# With fewer words the target is often first by chance.
TRUSTED_WORDS = 20
PLACES = (1, 5, 10)
# Queries ranked at once.
BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class QueryTargets:
    """The targets of queries; a query is a row under one deal (permutation of the words).

    Attributes
    ----------
    rows, deals
        Number of rows and of deals.
    query, take
        Shape [pairs]: the index of the query, with all deals of a row together, and the row of a
        target.
    """

    rows: int
    deals: int
    query: Codes
    take: Codes

    def found(self, distances: FloatArray) -> tuple[Doubles, Doubles]:
        """Return the rank of the nearest target of each query, and its average precision.

        Parameters
        ----------
        distances
            Shape [rows, candidates]; infinite for a row that is not a candidate.

        Returns
        -------
        tuple
            Both of shape [rows, deals]; NaN for a query without a target.
        """
        ranks = self._ranks(distances)
        ranks = ranks[np.lexsort((ranks, self.query))]
        size = np.bincount(self.query, minlength=self.rows * self.deals)
        first = np.cumsum(size) - size
        place = np.arange(1.0, len(ranks) + 1) - first[self.query]
        # Tied sayings of one word do not lower each other's rank.
        ranks += place - _middles(self.query, ranks, place)
        is_query = size > 0
        nearest, precision = np.full((2, size.size), np.nan)
        nearest[is_query] = ranks[first[is_query]]
        total = np.bincount(self.query, place / ranks, minlength=size.size)
        np.divide(total, size, out=precision, where=is_query)
        return nearest.reshape(self.rows, -1), precision.reshape(self.rows, -1)

    def _ranks(self, distances: FloatArray) -> Doubles:
        """Rank each target among all candidates of its query; 1 is the nearest."""
        ordered = np.sort(distances, axis=1)
        ends = np.searchsorted(self.query, self.deals * np.arange(self.rows + 1))
        ranks = np.empty(len(self.query))
        for row, (start, end) in enumerate(pairwise(ends.tolist())):
            own = distances[row, self.take[start:end]]
            nearer = np.searchsorted(ordered[row], own, "left")
            ranks[start:end] = (nearer + np.searchsorted(ordered[row], own, "right") + 1) / 2
        return ranks


@dataclass(frozen=True, slots=True, eq=False)
class RetrievalTask:
    """Queries and targets; the same at all layers.

    Attributes
    ----------
    speaker, voice
        Shape [rows]; a voice is a speaker with enough words, or all others together.
    dealt, place
        Shape [1 + SHUFFLES, rows]: the row at each position, and the position of each row. Every
        word has its positions; in the first deal all rows are at their own, in the others those of
        each speaker are permuted, or of all speakers of a single word.
    partners, starts
        The other positions of the word of each position, concatenated, and where those of each
        position start; shapes [pairs] and [rows + 1].
    """

    speaker: Codes
    voice: Codes
    dealt: Codes
    place: Codes
    partners: Codes
    starts: Codes

    @classmethod
    def of(cls, sayings: LayerStack, speaker: Codes, rng: np.random.Generator) -> Self:
        dealt = np.tile(np.arange(len(speaker)), (1 + SHUFFLES, 1))
        group = np.where(np.bincount(speaker)[speaker] > 1, speaker, -1)
        for rows in (np.flatnonzero(group == one) for one in np.unique(group)):
            dealt[1:, rows] = rng.permuted(dealt[1:, rows], axis=1)
        place = np.argsort(dealt, axis=1)
        return cls(speaker, voice_codes(speaker), dealt, place, *_partners(sayings.words))

    def choice(self) -> Codes:
        """Return the number of sayings by other speakers for each saying."""
        return len(self.speaker) - np.bincount(self.speaker)[self.speaker]

    def looked_for(self, rows: slice) -> QueryTargets:
        """List the targets of the queries of some rows."""
        deals, place = len(self.dealt), self.place[:, rows].T.ravel()
        size = np.diff(self.starts)[place]
        query = np.repeat(np.arange(len(size)), size)
        skipped = self.starts[place] - (np.cumsum(size) - size)
        partner = self.partners[np.arange(len(query)) + skipped[query]]
        row, deal = np.divmod(query, deals)
        take = self.dealt[deal, partner]
        is_other = self.speaker[rows][row] != self.speaker[take]
        return QueryTargets(len(place) // deals, deals, query[is_other], take[is_other])

    def distances(self, layer: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
        """Compare blocks of sayings with all sayings: rows, and minus cosine [rows, sayings].

        Sayings by the same speaker are infinitely far.
        """
        units = unit_rows(without_voices(layer.astype(np.float64), self.voice))
        for start in range(0, len(units), BLOCK):
            block = slice(start, start + BLOCK)
            # Rounded, so that equal vectors are equally far, whatever the order of summation.
            distances = (-units[block] @ units.T).astype(np.float32)
            distances[self.speaker[block, None] == self.speaker] = np.inf
            yield block, distances

    def found(self, layer: FloatArray) -> tuple[Doubles, Doubles]:
        """Return rank and average precision of all queries, as `QueryTargets` does, [rows, deals].

        A deal without any query is left out.
        """
        parts = [
            self.looked_for(block).found(distances) for block, distances in self.distances(layer)
        ]
        nearest, precision = (np.concatenate(blocks) for blocks in zip(*parts, strict=True))
        has_query = ~np.isnan(nearest).all(axis=0)
        return nearest[:, has_query], precision[:, has_query]

    def without_words(
        self, layer: FloatArray, words: Codes, leaving: Codes
    ) -> tuple[Doubles, Doubles]:
        """Return rank and average precision without each of some words, [rows, leaving].

        A word that leaves moves up all that were farther than it. NaN for its own queries, and for
        a row without a target. The means of speakers stay the same.

        Parameters
        ----------
        words
            Shape [rows]: the number of the word of each, from 0.
        leaving
            The numbers of the words that are left out, one at a time.
        """
        is_of = (words[:, None] == leaving).astype(np.float32)
        nearest, precision = np.full((2, len(words), len(leaving)), np.nan)
        for block, distances in self.distances(layer):
            rows = np.arange(len(words))[block]
            for row, others in zip(rows, distances, strict=True):
                own = np.flatnonzero((words == words[row]) & (self.speaker != self.speaker[row]))
                if not len(own):
                    continue
                at = np.sort(others[own])[:, None]
                nearer = (others < at) + (others == at) / 2
                ranks = nearer.sum(axis=1) + 0.5
                left = ranks[:, None] - nearer.astype(np.float32) @ is_of
                nearest[row] = left[0]
                precision[row] = (np.arange(1.0, len(own) + 1)[:, None] / left).mean(axis=0)
        own_query = is_of.astype(bool)
        nearest[own_query] = precision[own_query] = np.nan
        return nearest, precision


def score_retrieval(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Share of sayings whose word is among the nearest of other speakers, by layer.

    Parameters
    ----------
    stack
        One row per take.
    facts
        The speakers; takes without a known speaker are left out.
    seed
        For the permutations of the chance band.

    Returns
    -------
    tuple of LayerCurve
        R@1, R@5 and R@10, the shares with their word among the 1, 5 and 10 nearest, where there are
        more candidates than that; and the mean average precision. From 0 to 1.

    Raises
    ------
    VgdeskError
        If fewer than two speakers are known, or no word was said by two of them.
    """
    stack, search, queries, _ = search_of(stack, facts, seed)
    places = [k for k in PLACES if k == 1 or k < search.choice()[queries].min()]
    series = [*(f"R@{k}" for k in places), "mean average precision"]
    words = numbered(stack.words)
    leaving = np.unique(words[queries])
    leaving = leaving[sampled_rows(len(leaving))]

    def means(nearest: Doubles, precision: Doubles) -> Doubles:
        hits = [np.where(np.isnan(nearest), np.nan, nearest <= k) for k in places]
        table = np.stack([*hits, precision])
        known = np.count_nonzero(~np.isnan(table), axis=1)
        sums = np.nansum(table, axis=1)
        found: Doubles = np.full(sums.shape, np.nan)
        np.divide(sums, known, out=found, where=known > 0)
        return found

    scores, left_out = [], []
    for layer in until_cancelled(stack.values):
        scores.append(means(*search.found(layer)))
        left_out.append(means(*search.without_words(layer, words, leaving)))
    count = len(np.unique(words[queries]))
    return tuple(
        layer_curve(
            "retrieval-speakers",
            stack,
            score[:, 0],
            interval=_interval(without.T, score[:, 0], count, is_share=name.startswith("R@")),
            chance=score[:, 1:].T,
            limits=(0.0, 1.0),
            trace=replace(trace_of(name, stack, queries, seed), interval=INTERVAL_BY_JACKKNIFE),
            series=name,
        )
        for name, score, without in zip(
            series, np.stack(scores, axis=1), np.stack(left_out, axis=1), strict=True
        )
    )


def _interval(left_out: Doubles, values: Doubles, words: int, *, is_share: bool) -> Interval:
    """Return the jackknife interval; of a share, also what a share of so few words may be."""
    scale = scale_of_some(left_out, words)
    some = left_out[~np.isnan(left_out).any(axis=1)]
    found = jackknife_interval(some, values, limits=(0.0, 1.0), scale=scale)
    if not is_share:
        return found
    share = proportion_interval(values, words)
    return Interval(
        np.minimum(found.low, share.low), np.maximum(found.high, share.high), found.left_out
    )


def score_rank(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Median rank of the same word among the words of other speakers, by layer.

    Parameters and errors as in `score_retrieval`.

    Returns
    -------
    LayerCurve
        From 1, the nearest of all, to the number of candidates.
    """
    stack, search, queries, rng = search_of(stack, facts, seed)
    counts = bootstrap_counts(tuple(stack.words[i] for i in queries), rng)
    medians, resampled = [], []
    for nearest, _ in map(search.found, until_cancelled(stack.values)):
        medians.append(np.nanmedian(nearest, axis=0))
        resampled.append(_medians(nearest[queries, 0], counts))
    curve = layer_curve(
        "retrieval-rank",
        stack,
        np.array([of_layer[0] for of_layer in medians]),
        interval=percentile_interval(np.stack(resampled, axis=1)),
        chance=np.stack([of_layer[1:] for of_layer in medians], axis=1),
        limits=(1.0, float(search.choice()[queries].max())),
        trace=trace_of("median rank of the same word", stack, queries, seed),
    )
    return (curve,)


def search_of(
    stack: LayerStack, facts: Facts, seed: int
) -> tuple[LayerStack, RetrievalTask, Codes, np.random.Generator]:
    """Average takes into sayings, permute words for chance, and list the rows with a target."""
    need_words(MIN_WORDS, len(stack.rows))
    stack, speaker = known_sayings(stack, facts)
    rng = np.random.default_rng(seed)
    search = RetrievalTask.of(stack, speaker, rng)
    row = np.repeat(np.arange(len(stack.rows)), np.diff(search.starts))
    queries = np.unique(row[search.speaker[row] != search.speaker[search.partners]])
    if len(set(stack.words)) < 2 or not len(queries):
        raise VgdeskError(
            "No word has takes by two speakers to retrieve among other words.",
            "Record or import the same words by two speakers; written words have no takes.",
        )
    return stack, search, queries, rng


def _partners(words: Sequence[WordId]) -> tuple[Codes, Codes]:
    """List the other positions of the word of each position, and where those of each start."""
    places: dict[WordId, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    partners = [[other for other in places[word] if other != i] for i, word in enumerate(words)]
    starts = np.cumsum([0, *map(len, partners)])
    return np.array([place for own in partners for place in own], np.intp), starts


def _middles(query: Codes, ranks: Doubles, place: Doubles) -> Doubles:
    """Average the positions of equal ranks of a query; both sorted."""
    is_new = np.append(True, (np.diff(query) > 0) | (np.diff(ranks) > 0))[: len(ranks)]
    starts = np.flatnonzero(is_new)
    size = np.diff(np.append(starts, len(ranks)))
    return np.repeat(place[starts] + (size - 1) / 2, size)


def _medians(ranks: Doubles, counts: Doubles) -> Doubles:
    """Return the median of ranks [queries] in each sample, counts [samples, queries]."""
    order = np.argsort(ranks)
    below = counts[:, order].cumsum(axis=1)
    half = below[:, -1:] / 2
    low, high = (below >= half).argmax(axis=1), (below > half).argmax(axis=1)
    medians: Doubles = (ranks[order[low]] + ranks[order[high]]) / 2
    return medians


def trace_of(what: str, stack: LayerStack, queries: Codes, seed: int) -> Trace:
    """Describe how the queries were ranked."""
    words = len({stack.words[i] for i in queries})
    return Trace(
        f"{what}, takes of a word by a speaker averaged, by cosine after subtracting the mean of "
        "each speaker",
        len(queries),
        (stack.encoder,),
        f"{SHUFFLES} shuffles of the words of each speaker",
        seed,
        f"Too few words to trust: only {words} have a target." if words < TRUSTED_WORDS else "",
        INTERVAL,
    )


RETRIEVAL_SPEAKERS = CurveAnalysis(
    id="retrieval-speakers",
    title="Retrieval across speakers",
    explains="How often the nearest words of other speakers are the same word.",
    reading="R@1 is the share of words by a speaker whose nearest word by another speaker is the "
    "same; R@5 and R@10 use the 5 and 10 nearest; mean average precision is 1 if the same word by "
    "all other speakers comes first.",
    avoid="Not across lists of different length: among fewer words the target is easier to find.",
    formula="x = mean of the takes of a word by a speaker; rank by cosine of x - mean(speaker of "
    "x) among all x of other speakers; R@k = share of rank <= k; average precision = mean over the "
    "x of the same word of position / rank",
    source="Manning et al. (2008), Introduction to information retrieval, chapter 8",
    min_words=MIN_WORDS,
    compute=score_retrieval,
    rows=Rows.TAKES,
    uses_labels=False,
    has_series=True,
)
RETRIEVAL_RANK = CurveAnalysis(
    id="retrieval-rank",
    title="Rank across speakers",
    explains="The rank of the same word among all words of other speakers.",
    reading="1 means that for at least half of the words by a speaker, the nearest word by another "
    "speaker is the same; chance is about half the number of candidates, or less where many "
    "speakers said a word.",
    avoid="Not across lists of different length: the rank grows with the number of words.",
    formula="median over x of the smallest rank of its word; x = mean of the takes of a word by a "
    "speaker; rank by cosine of x - mean(speaker of x) among all x of other speakers",
    source="Manning et al. (2008), Introduction to information retrieval, chapter 8",
    min_words=MIN_WORDS,
    compute=score_rank,
    rows=Rows.TAKES,
    uses_labels=False,
    is_error=True,
)
