"""Retrieval of each word of one encoder among the words of another.

The spaces of two encoders have no axes in common, so a word is described by its cosines with all
other words of the same space. The mean vector is subtracted first, or all words of a narrow cone
would have the same description.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from vgdesk.analyses.base import LayerAnalysis, need_same_rows, need_words
from vgdesk.analyses.inference.chance import layer_similarity
from vgdesk.analyses.inference.jackknife import INTERVAL_OF_SHARES, proportion_interval
from vgdesk.analyses.words.speaker_groups import without_voices
from vgdesk.analyses.words.word_pairs import ROUNDING, unit_rows
from vgdesk.core.arrays import Doubles, FloatArray, Floats
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack

MIN_WORDS = 5
# With fewer words a few lucky ones are enough to be far above chance.
TRUSTED_WORDS = 20
# The work grows with the cube of the words.
MOST_WORDS = 2000
# Correlations that differ by less are tied: float32 keeps no more digits.
TIED = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """The profile of each word of a layer: its cosines with all other words.

    Attributes
    ----------
    values
        Shape [words, words]: each row has mean 0 and length 1 without its own entry, which is 0; a
        row of zeros for a word that is equally similar to all others.
    sizes
        Shape [words, words]: 1 / the length of row i without entry j; 0 where that is zero.
    """

    values: Floats
    sizes: Floats

    @classmethod
    def of(cls, layer: FloatArray) -> Self:
        n = len(layer)
        mean_word = np.zeros(n, np.intp)
        units = unit_rows(without_voices(layer.astype(np.float64), mean_word))
        cosines = units @ units.T
        np.fill_diagonal(cosines, 0.0)
        cosines -= cosines.sum(axis=1, keepdims=True) / (n - 1)
        np.fill_diagonal(cosines, 0.0)
        cosines[np.linalg.norm(cosines, axis=1) <= ROUNDING * n] = 0.0
        profiles = unit_rows(cosines)
        left = 1 - profiles**2 * (1 + 1 / (n - 2))
        sizes = np.divide(
            1, np.sqrt(np.maximum(left, 0)), out=np.zeros_like(left), where=left > TIED
        )
        return cls(profiles.astype(np.float32), sizes.astype(np.float32))

    def correlations(self, other: Self) -> Floats:
        """Correlate all words of two layers, excluding the entries of the two words themselves."""
        # The zeros on both diagonals exclude each word itself. One entry of each profile remains to
        # be excluded, after which mean and length have to be corrected.
        values: Floats = self.values @ other.values.T
        values -= self.values * other.values.T / np.float32(len(values) - 2)
        values *= self.sizes
        values *= other.sizes.T
        return values

    def hits(self, other: Self) -> int:
        """Count the words retrieved in another layer; a tie for first place is not a hit."""
        likeness = self.correlations(other)
        own = likeness.diagonal().copy()
        np.fill_diagonal(likeness, -np.inf)
        return int(np.sum(own > likeness.max(axis=1) + TIED))


def find_partners(
    a: LayerStack, b: LayerStack, _facts: Facts = NOTHING_KNOWN, seed: int = 0
) -> LayerSimilarity:
    """Share of words of `a` retrieved among all words of `b` (R@1), for all pairs of layers.

    Parameters
    ----------
    seed
        For sampling words where there are more than `MOST_WORDS`.

    Returns
    -------
    LayerSimilarity
        1 if every word is most similar to itself, at most 1 / n by chance. Words with equal vectors
        are never retrieved, not even when a layer is compared with itself.
    """
    is_drawn = len(a.rows) > MOST_WORDS
    a, b = drawn_pair(a, b, seed)
    n = len(a.rows)
    others = [Profiles.of(layer) for layer in b.values]
    hits = np.array(
        [[one.hits(other) for other in others] for one in map(Profiles.of, a.values)], np.float64
    )
    level = np.full(hits.shape, 1 / n)
    trace = Trace(
        f"R@1 by cosine profiles{', of words sampled at random' if is_drawn else ''}",
        n,
        (a.encoder, b.encoder),
        "at most the fixed points of a random permutation: mean 1, standard deviation 1",
        seed if is_drawn else None,
        luck_of(n),
        INTERVAL_OF_SHARES,
    )
    return layer_similarity(
        "retrieval",
        (a, b),
        hits / n,
        interval=proportion_interval(hits / n, n),
        mean=level,
        spread=level,
        p=_p_values(hits),
        trace=trace,
    )


def drawn_pair(a: LayerStack, b: LayerStack, seed: int) -> tuple[LayerStack, LayerStack]:
    """Check the rows of two stacks, and sample them where there are more than `MOST_WORDS`."""
    need_words(MIN_WORDS, len(a.rows))
    need_same_rows(a, b)
    if len(a.rows) <= MOST_WORDS:
        return a, b
    drawn = np.random.default_rng(seed).choice(len(a.rows), MOST_WORDS, replace=False)
    rows = np.sort(drawn).tolist()
    return a.only(rows), b.only(rows)


def luck_of(words: int) -> str:
    """Return a warning about chance hits among few words, or an empty string."""
    if words >= TRUSTED_WORDS:
        return ""
    share = 3 / words
    return (
        f"Too few words to trust: with n = {words}, three chance hits are a share of {share:.2f}."
    )


def _p_values(hits: Doubles) -> Doubles:
    """Return the probability of at least so many fixed points in a random permutation.

    Except for very few words, their number follows a Poisson distribution with mean 1.
    """
    tail = np.arange(20)
    p: Doubles = np.vectorize(
        lambda found: sum(math.exp(-1 - math.lgamma(found + k + 1)) for k in tail)
    )(hits)
    return np.minimum(p, 1.0)


PARTNER_RETRIEVAL = LayerAnalysis(
    id="retrieval",
    title="Retrieval between encoders",
    explains="How often a word of one encoder retrieves itself among all words of the other, by "
    "its similarity to the remaining words.",
    reading="R@1 is 1 if every word retrieves itself; chance is 1 / n for n words.",
    avoid="Not across lists of different length: among fewer words the target is easier to find.",
    formula="share of i with r(i, i) > r(i, j) for all j; r(i, j) = correlation over all k except "
    "i and j of cos(x_i, x_k) and cos(y_j, y_k), mean vector subtracted",
    source="Moschella et al. (2023), Relative representations enable zero-shot latent space "
    "communication; Montmort (1713), Essay d'analyse sur les jeux de hazard (chance)",
    min_words=MIN_WORDS,
    compute=find_partners,
)
