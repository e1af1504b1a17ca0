"""Measures between two vectors as they are defined: plain loops over dimensions."""

from collections.abc import Callable
from math import fsum, sqrt

import numpy as np


def cosine(x: list[float], y: list[float]) -> float:
    size = sqrt(fsum(a * a for a in x)) * sqrt(fsum(b * b for b in y))
    return fsum(a * b for a, b in zip(x, y, strict=True)) / size if size else 0.0


def pearson(x: list[float], y: list[float]) -> float:
    mean_x, mean_y = fsum(x) / len(x), fsum(y) / len(y)
    return cosine([a - mean_x for a in x], [b - mean_y for b in y])


def euclidean(x: list[float], y: list[float]) -> float:
    return sqrt(fsum((a - b) ** 2 for a, b in zip(x, y, strict=True)))


def all_pairs(
    measure: Callable[[list[float], list[float]], float], values: np.ndarray
) -> np.ndarray:
    rows = [[float(value) for value in row] for row in values]
    return np.array([[measure(one, other) for other in rows] for one in rows])
