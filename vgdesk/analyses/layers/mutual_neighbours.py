"""Overlap of nearest neighbours between all layers of two encoders."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import LayerAnalysis, need_same_rows, need_words
from vgdesk.analyses.inference.chance import layer_similarity
from vgdesk.analyses.inference.jackknife import (
    correlation_interval,
    scale_of_sample,
)
from vgdesk.analyses.layers.matrix_agreement import EXACT_CHANCE as CHANCE
from vgdesk.analyses.numerics.word_matrices import sampled_words
from vgdesk.analyses.words.nearest_words import NONE, nearest_by_cosine
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Doubles, FloatArray, Ids, Places
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

MIN_WORDS = 4
NEIGHBOURS = 10
# With fewer words k is below NEIGHBOURS, and half of the neighbours are shared by chance.
TRUSTED_WORDS = 2 * NEIGHBOURS + 1


def shared_neighbours(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, _seed: int = 0
) -> LayerSimilarity:
    """Share of the k nearest words by cosine that two layers have in common, over all words.

    Returns
    -------
    LayerSimilarity
        From 0 to 1, with k = 10, or half of the other words if these are fewer. Chance is
        k / (n - 1). A word without a direction, all zeros, has no neighbours; a layer that points
        the same way for every word scores 0.

    References
    ----------
    Huh et al. (2024), The Platonic representation hypothesis, section 3.
    Mantel (1967), The detection of disease clustering and a generalized regression approach
    (chance).
    """
    n = len(a.rows)
    need_words(MIN_WORDS, n)
    need_same_rows(a, b)
    k = min(NEIGHBOURS, (n - 1) // 2)
    near_a = [nearest_by_cosine(layer, k) for layer in a.values]
    near_b = near_a if b is a else [nearest_by_cosine(layer, k) for layer in b.values]
    shared = np.array([[_shared(one, other) for other in near_b] for one in near_a])
    mean, spread = _chance(near_a, near_b)
    sizes = np.sqrt(np.outer(_links(near_a), _links(near_b))).clip(min=1)
    warning = ""
    if n < TRUSTED_WORDS:
        warning = f"Too few words to trust: chance alone shares {k} of {n - 1} neighbours."
    estimator = f"mutual {k}-nearest-neighbour overlap by cosine"
    left_out = _left_out(*sampled_words(a, b))
    return layer_similarity(
        "mutual-neighbours",
        (a, b),
        shared / sizes,
        interval=correlation_interval(
            left_out, shared / sizes, lowest=0.0, scale=scale_of_sample(left_out, n)
        ),
        mean=mean / sizes,
        spread=spread / sizes,
        trace=Trace(estimator, n, (a.encoder, b.encoder), CHANCE, warning=warning),
    )


def _left_out(a: LayerStack, b: LayerStack) -> Doubles:
    """Return the share without each word in turn, [words, layers of a, layers of b].

    Where a word was a neighbour, the next nearest takes its place.
    """
    k = min(NEIGHBOURS, (len(a.rows) - 1) // 2)
    lists_a = [NeighbourLists.of(layer, k) for layer in a.values]
    lists_b = lists_a if b is a else [NeighbourLists.of(layer, k) for layer in b.values]
    found = [[one.shared_left_out(other) for other in lists_b] for one in lists_a]
    return np.moveaxis(np.array(found), -1, 0)


@dataclass(frozen=True, slots=True, eq=False)
class NeighbourLists:
    """The neighbours of every word of a short list.

    Attributes
    ----------
    is_near
        Shape [words, words]: whether the second is one of the k nearest of the first.
    following
        Shape [words]: the next nearest word of each.
    """

    is_near: NDArray[np.bool_]
    following: Places

    @classmethod
    def of(cls, layer: FloatArray, k: int) -> Self:
        units = unit_rows(layer.astype(np.float64))
        cosines = units @ units.T
        np.fill_diagonal(cosines, -np.inf)
        order = np.argsort(-cosines, axis=1, kind="stable")
        is_near = np.zeros(cosines.shape, bool)
        np.put_along_axis(is_near, order[:, :k], True, axis=1)
        return cls(is_near, order[:, k])

    def shared_left_out(self, other: Self) -> Doubles:
        """Return the share of common neighbours without each word in turn, [words]."""
        words = np.arange(len(self.is_near))
        both = self.is_near & other.is_near
        shared, k = both.sum(axis=1), int(self.is_near[0].sum())
        # The word that moves up is shared if it is in the other list, or moves up there as well.
        mine = other.is_near[words, self.following].astype(np.float64)
        theirs = self.is_near[words, other.following].astype(np.float64)
        same = (self.following == other.following).astype(np.float64)
        gained = mine @ self.is_near + theirs @ other.is_near + (same - 1) @ both
        left: Doubles = (shared.sum() - shared + gained) / (k * (len(words) - 1))
        return left


def _shared(one: Ids, other: Ids) -> float:
    is_same = (one[:, :, None] == other[:, None, :]) & (one != NONE)[:, :, None]
    return float(np.count_nonzero(is_same))


def _links(near: list[Ids]) -> Doubles:
    return np.array([np.count_nonzero(ids != NONE) for ids in near], np.float64)


def _chance(near_a: list[Ids], near_b: list[Ids]) -> tuple[Doubles, Doubles]:
    """Mean and standard deviation of the shared links over all permutations of one side.

    Whether i's neighbour j and k's neighbour l are both shared depends on which of the four words
    coincide: each such pattern is counted in both layers and divided by its number of positions.
    """
    n = len(near_a[0])
    links_a, links_b = _links(near_a), _links(near_b)
    places = n * (n - 1) * np.cumprod([1.0, n - 2, n - 3])
    weights = np.array([1, 1, 1, 1, 2, 1]) / places[[0, 0, 1, 1, 1, 2]]
    patterns_a = np.array([_patterns(ids) for ids in near_a])
    patterns_b = patterns_a if near_b is near_a else np.array([_patterns(ids) for ids in near_b])
    mean = np.outer(links_a, links_b) / places[0]
    variance = (patterns_a * weights) @ patterns_b.T - mean**2
    return mean, np.sqrt(np.maximum(variance, 0.0))


def _patterns(ids: Ids) -> list[float]:
    """Count pairs of links: equal, mutual, from one word, to one word, in a chain, or disjoint.

    Pairs are ordered; those in a chain are counted in one of their two directions.
    """
    is_link = ids != NONE
    n, links = len(ids), float(is_link.sum())
    leaving = is_link.sum(axis=1).astype(np.float64)
    arriving = np.bincount(ids[is_link], minlength=n).astype(np.float64)
    answered = (ids[ids] == np.arange(n)[:, None, None]).any(axis=2) & is_link
    mutual = float(answered.sum())
    of_one = float(leaving @ leaving) - links
    to_one = float(arriving @ arriving) - links
    chain = float(leaving @ arriving) - mutual
    apart = links**2 - links - mutual - of_one - to_one - 2 * chain
    return [links, mutual, of_one, to_one, chain, apart]


MUTUAL_NEIGHBOURS = LayerAnalysis(
    id="mutual-neighbours",
    title="Shared neighbours",
    explains="What share of a word's nearest words in one layer are also nearest in another.",
    reading="1 means the same neighbours for every word; chance is k / (n - 1), so it falls as "
    "words are added.",
    avoid="Not where many rows are identical, such as takes in a text encoder: which of them are "
    "nearest is then arbitrary.",
    formula=f"mean over words of |N_x & N_y| / k, N the k = {NEIGHBOURS} nearest words by cosine "
    "(half of the others if these are fewer)",
    source="Huh et al. (2024), The Platonic representation hypothesis",
    min_words=MIN_WORDS,
    compute=shared_neighbours,
)
