"""Chance level for sums of singular values, at the cost of a few shuffles.

Procrustes and canonical correlations sum the singular values of X'Y, with X and Y the centred
words x dim matrices of two layers. Shuffling the words of one side a thousand times would take a
thousand decompositions for each pair of layers. But shuffling words is much like a random rotation,
Q X, whose chance level follows from the spectra of XX' and YY' alone, almost exactly even for a
dozen words. With N = n - 1 dimensions left after centring, a and b the N eigenvalues of either side
and m the squared singular values:

    share of dimensions that a ridge leaves      q = mean of a / (a + alpha)
    the same share for b, and for m              beta(q) and t(q)
    under random rotation, they are tied by      t = q alpha beta / (1 - q)
    sum of the singular values                   (2 N / pi) integral of sqrt(t) dq
    its variance                                 (2 / pi^2) integral of k d sqrt(t) d sqrt(t'),
    k = log[(alpha - alpha') (beta - beta') q q' / ((t - t') (q' - q))]

Permutations are not rotations: an outlying recording widens the spread of shuffles. So a few
shuffles are run, and the spread is scaled to theirs.

References
----------
Voiculescu (1987), Multiplication of certain non-commuting random variables (the tie).
Collins, Mingo, Sniady and Speicher (2007), Second order freeness and fluctuations of random
matrices III (why k has this form; that it holds here is tested against shuffles).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import Doubles

SHUFFLES = 30
CHANCE = (
    "mean and standard deviation under random rotation of the words of one encoder, from the "
    f"spectra of both layers; the standard deviation is scaled to {SHUFFLES} shuffles of the words "
    "of random pairs of layers"
)
TRUSTED_WORDS = 20
# A higher chance level leaves hardly any room for what the layers share.
HIGH_CHANCE = 0.5
# Points of the integrals: alternately for q and for q', because k is singular at q = q'.
POINTS = 256
# Ridges for which the share is computed; values between them are interpolated.
RIDGES = 4096

Table = tuple[Doubles, Doubles]
Score = Callable[[int, int, NDArray[np.intp]], float]


def rotation_chance(
    a: Sequence[Doubles], b: Sequence[Doubles], words: int
) -> tuple[Doubles, Doubles]:
    """Mean and standard deviation of the sum of singular values of X'QY over random rotations Q.

    Parameters
    ----------
    a, b
        For each layer of either side the non-zero eigenvalues of XX', in any order; at most
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
    """Return increasing shares of dimensions, and the logarithm of the ridge that leaves each."""
    if not len(eigenvalues):
        return np.zeros(0), np.zeros(0)
    logs = np.log(eigenvalues)
    ridges = np.linspace(logs.max() + np.log(dimensions) + 12, logs.min() - 25, RIDGES)
    shares = (eigenvalues / (eigenvalues + np.exp(ridges)[:, None])).sum(axis=1) / dimensions
    return shares, ridges


def _of_pair(a: Table, b: Table, rank: int, dimensions: int) -> tuple[float, float]:
    step = np.pi / 2 / POINTS
    angle = (np.arange(POINTS) + 0.5) * step
    # Points are dense at both ends, where the integrand is steep.
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
    """Scale the spread of random rotations to that of shuffles of the words.

    Parameters
    ----------
    score
        Score of a layer of one side with a layer of the other, with the words of the first in the
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
    """Score all pairs of layers; if both sides are the same, each pair once."""
    values = np.zeros((len(one_side), len(other_side)))
    for i, j in np.ndindex(values.shape):
        is_known = one_side is other_side and j < i
        values[i, j] = values[j, i] if is_known else score(i, j)
    return values


def chance_warning(words: int, mean: Doubles) -> str:
    """Return a warning if chance level is high or words are few, or an empty string."""
    highest = float(mean.max())
    if words >= TRUSTED_WORDS and highest <= HIGH_CHANCE:
        return ""
    return f"Too few words to trust: with n = {words}, chance alone gives up to {highest:.2f}."
