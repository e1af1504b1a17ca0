"""Kendall's tau b between many rankings at once.

tau b is the cosine between two long vectors of signs, one sign for each couple of ranked items:
which of the two is higher, or 0 for a tie. Sampling couples gives it to the same precision for any
number of rankings, where sorting would be needed for every two of them.

References
----------
Kendall (1945), The treatment of ties in ranking problems.
Hájek (1968), Asymptotic normality of simple linear rank statistics (projection on the ranks).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vgdesk.core.arrays import Doubles, FloatArray, Places

# Up to this number all couples are counted; of more, so many are drawn at random.
COUPLES = 2**21
# Couples processed at once.
BLOCK = 2**16


@dataclass(frozen=True, slots=True, eq=False)
class Concordance:
    """Kendall's tau b between two sets of rankings, and the quantities that determine its chance.

    Attributes
    ----------
    values
        Shape [rankings of a, rankings of b]; 0 for a ranking in which all are tied.
    share_a, share_b
        Shape [rankings]. By chance tau is `share_a * share_b` times the correlation of the ranks,
        up to terms that vanish with many items; without ties the product is 2/3.
    couples
        Number of couples used.
    sampling_error
        Upper bound on the standard deviation due to sampling couples; 0 if all are used.
    """

    values: Doubles
    share_a: Doubles
    share_b: Doubles
    couples: int
    sampling_error: float


def concordance(a: FloatArray, b: FloatArray, rng: np.random.Generator) -> Concordance:
    """Compare each ranking of `a` with each of `b`.

    Parameters
    ----------
    a, b
        Centred ranks of length 1, shapes [rankings, items]; the same items.
    """
    things = a.shape[1]
    agreeing = np.zeros((len(a), len(b)))
    untied_a, untied_b = np.zeros(len(a)), np.zeros(len(b))
    apart_a, apart_b = np.zeros(len(a)), np.zeros(len(b))
    couples = 0
    for first, second in _couples(things, rng):
        signs_a, distance_a = _signs(a, first, second)
        signs_b, distance_b = (signs_a, distance_a) if b is a else _signs(b, first, second)
        agreeing += signs_a @ signs_b.T
        untied_a += np.count_nonzero(signs_a, axis=1)
        untied_b += np.count_nonzero(signs_b, axis=1)
        apart_a += distance_a
        apart_b += distance_b
        couples += len(first)
    sizes = np.sqrt(np.outer(untied_a, untied_b))
    all_couples = things * (things - 1) // 2
    return Concordance(
        _ratio(agreeing, sizes),
        _share(apart_a / couples, untied_a / couples, things),
        _share(apart_b / couples, untied_b / couples, things),
        couples,
        0.0 if couples == all_couples else couples**-0.5,
    )


def _couples(things: int, rng: np.random.Generator) -> Iterator[tuple[Places, Places]]:
    if things * (things - 1) // 2 <= COUPLES:
        first, second = np.triu_indices(things, 1)
        for start in range(0, len(first), BLOCK):
            yield first[start : start + BLOCK], second[start : start + BLOCK]
        return
    for _ in range(COUPLES // BLOCK):
        first = rng.integers(things, size=BLOCK)
        yield first, (first + rng.integers(1, things, size=BLOCK)) % things


def _signs(ranks: FloatArray, first: Places, second: Places) -> tuple[FloatArray, Doubles]:
    """Return which of each couple is higher, and the summed distance of their ranks."""
    differences = np.take(ranks, first, axis=1) - np.take(ranks, second, axis=1)
    return np.sign(differences), np.abs(differences).sum(axis=1, dtype=np.float64)


def _share(apart: Doubles, untied: Doubles, things: int) -> Doubles:
    """Ratio of the length of the ranks to that of the signs, per item.

    The signs of an item against all others add up to twice its centred rank. This is the part of
    tau that is linear in the ranks.
    """
    return _ratio(apart * np.sqrt((things - 1) / 2), np.sqrt(untied))


def _ratio(sums: Doubles, sizes: Doubles) -> Doubles:
    return np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)
