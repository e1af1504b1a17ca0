"""Representational similarity as it is defined: plain loops over pairs of words."""

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

Pairs = list[float]


def distances(x: np.ndarray) -> Pairs:
    rows = [[float(value) for value in row] for row in x]
    return [1 - correlation(one, other) for one, other in combinations(rows, 2)]


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's correlation; 0 if one side is the same throughout."""
    a, b = _centred(one), _centred(other)
    sizes = _product(a, a) * _product(b, b)
    return _product(a, b) / sizes**0.5 if sizes else 0.0


def ranks(values: Sequence[float], *, tie: float = 1e-12) -> Pairs:
    """Count what is lower, and half of what is tied."""
    lower = [sum(other < value - tie for other in values) for value in values]
    tied = [sum(abs(other - value) <= tie for other in values) for value in values]
    return [low + (same + 1) / 2 for low, same in zip(lower, tied, strict=True)]


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    return correlation(ranks(one), ranks(other))


def tau_b(one: Sequence[float], other: Sequence[float], *, tie: float = 1e-12) -> float:
    def sign(difference: float) -> int:
        return 0 if abs(difference) <= tie else 1 if difference > 0 else -1

    couples = list(combinations(range(len(one)), 2))
    a = [sign(one[i] - one[j]) for i, j in couples]
    b = [sign(other[i] - other[j]) for i, j in couples]
    sizes = _product(a, a) * _product(b, b)
    return _product(a, b) / sizes**0.5 if sizes else 0.0


def partial(one: Pairs, other: Pairs, out: Sequence[Pairs]) -> float:
    """Partial rank correlation, taking out one thing after the other (Yule 1907)."""
    if not out:
        return rank_correlation(one, other)
    last, rest = out[-1], out[:-1]
    r, a, b = partial(one, other, rest), partial(one, last, rest), partial(other, last, rest)
    return (r - a * b) / ((1 - a * a) * (1 - b * b)) ** 0.5


def compared(measure: Callable[[Pairs, Pairs], float], a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compare all layers of two stacks [layers, words, dim]."""
    ones, others = ([distances(layer) for layer in values] for values in (a, b))
    return np.array([[measure(one, other) for other in others] for one in ones])


def _centred(values: Sequence[float]) -> list[float]:
    mean = sum(values) / len(values)
    return [value - mean for value in values]


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
