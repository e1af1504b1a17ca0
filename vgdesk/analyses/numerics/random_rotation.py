"""What chance gives for sums of singular values, at the price of a few shuffles.

Procrustes and canonical correlations add up the singular values of X'Y, with X and Y the centred
words x dim matrices of two layers. Shuffling the words of one side a thousand times would take a
thousand decompositions for each pair of layers. But shuffled words are much like words turned at
random, Q X, and what that gives follows from the spectra of XX' and YY' alone, almost exactly
even for a dozen words. With N = n - 1 dimensions left after centring, a and b the N eigenvalues of
either side and m the squared singular values:

    share of dimensions that a ridge leaves      q = mean of a / (a + alpha)
    the same share for b, and for m              beta(q) and t(q)
    turned at random, they are tied by           t = q alpha beta / (1 - q)
    sum of the singular values                   (2 N / pi) integral of sqrt(t) dq
    its variance                                 (2 / pi^2) integral of k d sqrt(t) d sqrt(t'),
    k = log[(alpha - alpha') (beta - beta') q q' / ((t - t') (q' - q))]

Words are no rotations: an odd recording makes shuffles spread wider. So a few shuffles are done,
and the spread is scaled to theirs.

References
----------
Voiculescu (1987), Multiplication of certain non-commuting random variables (the tie).
Collins, Mingo, Sniady and Speicher (2007), Second order freeness and fluctuations of random
matrices III (why k has this form; that it holds here is tested against shuffles).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.numerics.layer_products import Doubles

SHUFFLES = 30
CHANCE = (
    "mean and spread when the words of one encoder are turned at random, from the spectra of both "
    f"layers; the spread scaled to {SHUFFLES} shuffles of words, each of a pair of layers drawn "
    "at random"
)
TRUSTED_WORDS = 20
# Where chance gives more than this, hardly anything is left for what the layers share.
HIGH_CHANCE = 0.5
# Points of the integrals: every other one for q, those between for q', for k has a gap at q = q'.
POINTS = 256
# Ridges for which the share is computed; those between are interpolated.
RIDGES = 4096

Table = tuple[Doubles, Doubles]
Score = Callable[[int, int, NDArray[np.intp]], float]


def rotation_chance(
    a: Sequence[Doubles], b: Sequence[Doubles], words: int
) -> tuple[Doubles, Doubles]:
    """Mean and standard deviation of the sum of singular values of X'QY over rotations Q.

    Parameters
    ----------
    a, b
        For each layer of either side the eigenvalues of XX' that are not 0, in any order; at most
        `words` - 1 of them.

    Returns
    -------
    tuple
        Both of shape [layers of a, layers of b]; 0 where a layer has no eigenvalues.
    """
    found = np.zeros((2, len(a), len(b)))
    tables_a, tables_b = ([_ridges(layer, words - 1) for layer in side] for side in (a, b))
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            if len(one) and len(other):
                rank = min(len(one), len(other))
                found[:, i, j] = _of_pair(tables_a[i], tables_b[j], rank, words - 1)
    return found[0], found[1]


def _ridges(eigenvalues: Doubles, dimensions: int) -> Table:
    """Return shares of dimensions, rising, and the logarithm of the ridge that leaves each."""
    if not len(eigenvalues):
        return np.zeros(0), np.zeros(0)
    logs = np.log(eigenvalues)
    ridges = np.linspace(logs.max() + np.log(dimensions) + 12, logs.min() - 25, RIDGES)
    shares = (eigenvalues / (eigenvalues + np.exp(ridges)[:, None])).sum(axis=1) / dimensions
    return shares, ridges


def _of_pair(a: Table, b: Table, rank: int, dimensions: int) -> tuple[float, float]:
    step = np.pi / 2 / POINTS
    angle = (np.arange(POINTS) + 0.5) * step
    # Points lie densely at both ends, where the integrand is steep.
    q = rank / dimensions * np.sin(angle) ** 2
    alpha, beta = (np.exp(np.interp(q, shares, ridges)) for shares, ridges in (a, b))
    t = q * alpha * beta / (1 - q)
    root = np.sqrt(t)
    widths = rank / dimensions * np.sin(2 * angle) * step
    mean = 2 * dimensions / np.pi * float(root @ widths)
    ratio = _gaps(alpha) * _gaps(beta) * np.outer(q[::2], q[1::2]) / (_gaps(t) * -_gaps(q))
    falls = root * np.gradient(np.log(root), angle) * 2 * step
    variance = 2 / np.pi**2 * float(falls[::2] @ np.log(ratio) @ falls[1::2])
    return mean, float(np.sqrt(max(variance, 0.0)))


def _gaps(values: Doubles) -> Doubles:
    gaps: Doubles = values[::2, None] - values[1::2]
    return gaps


def shuffled_spread(
    score: Score, mean: Doubles, spread: Doubles, words: int, rng: np.random.Generator
) -> Doubles:
    """Scale the spread of random rotations to how far shuffles of the words are from their mean.

    Parameters
    ----------
    score
        Score of a layer of the one side with a layer of the other, the words of the one in the
        given order.
    mean, spread
        Shape [layers of a, layers of b], of random rotations.
    """
    pairs = np.argwhere(spread > 0)
    if not len(pairs):
        return spread
    strayed = []
    for i, j in rng.choice(pairs, SHUFFLES):
        strayed.append((score(i, j, rng.permutation(words)) - mean[i, j]) / spread[i, j])
    scaled: Doubles = spread * np.sqrt(np.mean(np.square(strayed)))
    return scaled


def scores_of_pairs(
    one_side: Sequence[object], other_side: Sequence[object], score: Callable[[int, int], float]
) -> Doubles:
    """Score all pairs of layers, those of a side with itself once."""
    values = np.zeros((len(one_side), len(other_side)))
    for i, j in np.ndindex(values.shape):
        is_known = one_side is other_side and j < i
        values[i, j] = values[j, i] if is_known else score(i, j)
    return values


def chance_warning(words: int, mean: Doubles) -> str:
    """Say what chance gives where that is much; empty where it is little."""
    highest = float(mean.max())
    if words >= TRUSTED_WORDS and highest <= HIGH_CHANCE:
        return ""
    return f"Too few words to trust: with n = {words}, chance alone gives up to {highest:.2f}."
