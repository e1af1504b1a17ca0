"""Whether two distance tables agree on which pairs of words are near.

Pairs share words, so chance comes from permuting words, not pairs.
"""

from collections.abc import Iterator

import numpy as np

from vgdesk.analyses.inference.chance import SHUFFLES
from vgdesk.analyses.words.distances import distance_blocks
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Doubles, FloatArray

# Distances that agree to so many digits of their range share a rank, or rounding would order equal
# ones.
DIGITS = 9
# Shuffles correlated with all layers at once.
TOGETHER = 8


def cosine_distances(values: FloatArray) -> Doubles:
    """Return 1 - cosine between all rows, accurate even if all are similar, [rows, rows].

    A row of zeros is at 1 from all others.
    """
    units = unit_rows(values)
    distances: Doubles = np.hstack([block for _, block in distance_blocks(units)]) ** 2 / 2
    is_silent = ~units.any(axis=1)
    distances[is_silent] = distances[:, is_silent] = 1.0
    return distances


def standard_ranks(distances: Doubles) -> FloatArray:
    """Rank all pairs, and scale the ranks to a mean of 0 and a variance of 1.

    Parameters
    ----------
    distances
        Shape [words, words], symmetric.

    Returns
    -------
    array
        Shape [words, words], float32, with zeros on the diagonal; all zeros if no pair differs.
    """
    upper = np.triu_indices(len(distances), 1)
    pairs = distances[upper]
    low, high = pairs.min(), pairs.max()
    found = np.zeros(distances.shape, np.float32)
    # Variation by rounding only does not count.
    if high - low > 1e-12 * high:
        scaled = ((pairs - low) / (high - low)).round(DIGITS)
        _, place, counts = np.unique(scaled, return_inverse=True, return_counts=True)
        ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
        found[upper] = (ranks - ranks.mean()) / ranks.std()
    return found + found.T


def correlation(a: FloatArray, b: FloatArray) -> float:
    """Correlate two tables of standard ranks: Spearman's correlation over pairs of words."""
    pairs = len(a) * (len(a) - 1)
    return float(np.einsum("ij,ij->i", a, b).sum(dtype=np.float64) / pairs)


def shuffled_correlations(
    layers: FloatArray, table: FloatArray, rng: np.random.Generator
) -> Doubles:
    """Correlate layers with a table whose words are permuted.

    Parameters
    ----------
    layers, table
        Standard ranks, shapes [layers, words, words] and [words, words]. Ranks do not depend on
        the order of the words, so no ranking is repeated.

    Returns
    -------
    array
        Shape [shuffles, layers].
    """
    count, words = layers.shape[:2]
    flat = layers.reshape(count, -1)
    found = [flat @ mixed.T for mixed in _mixed(table, rng)]
    correlations: Doubles = np.hstack(found).T.astype(np.float64) / (words * (words - 1))
    return correlations


def _mixed(table: FloatArray, rng: np.random.Generator) -> Iterator[FloatArray]:
    words = len(table)
    for start in range(0, SHUFFLES, TOGETHER):
        orders = [rng.permutation(words) for _ in range(start, min(start + TOGETHER, SHUFFLES))]
        yield np.stack([table[np.ix_(order, order)].ravel() for order in orders])
