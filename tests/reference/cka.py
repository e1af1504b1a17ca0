"""CKA as it is defined: plain loops over pairs of words."""

from collections.abc import Sequence
from math import exp
from statistics import median

import numpy as np

Matrix = list[list[float]]


def cka(x: np.ndarray, y: np.ndarray, *, debiased: bool) -> float:
    centre = _u_centred if debiased else _centred
    return _cosine(centre(_gram(x)), centre(_gram(y)))


def rbf_cka(x: np.ndarray, y: np.ndarray, fraction: float) -> float:
    """Debiased, with a Gaussian kernel as wide as a fraction of the median distance."""
    return _cosine(_u_centred(_rbf(x, fraction)), _u_centred(_rbf(y, fraction)))


def _rbf(x: np.ndarray, fraction: float) -> Matrix:
    rows = [[float(value) for value in row] for row in x]
    squares = [[_square(one, other) for other in rows] for one in rows]
    middle = median(squares[i][j] for i in range(len(rows)) for j in range(i))
    return [[exp(-square / (2 * fraction**2 * middle)) for square in row] for row in squares]


def _square(one: Sequence[float], other: Sequence[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _cosine(k: Matrix, m: Matrix) -> float:
    return _dot(k, m) / (_dot(k, k) * _dot(m, m)) ** 0.5


def _gram(x: np.ndarray) -> Matrix:
    rows = [[float(value) for value in row] for row in x]
    mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    rows = [[value - m for value, m in zip(row, mean, strict=True)] for row in rows]
    return [[_product(one, other) for other in rows] for one in rows]


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _centred(k: Matrix) -> Matrix:
    n = len(k)
    means = [sum(row) / n for row in k]
    mean = sum(means) / n
    return [[k[i][j] - means[i] - means[j] + mean for j in range(n)] for i in range(n)]


def _u_centred(k: Matrix) -> Matrix:
    """Song et al. (2012): no diagonal, and means over what is left."""
    n = len(k)
    k = [[0.0 if i == j else k[i][j] for j in range(n)] for i in range(n)]
    sums = [sum(row) for row in k]
    total = sum(sums)
    return [
        [
            0.0
            if i == j
            else k[i][j] - sums[i] / (n - 2) - sums[j] / (n - 2) + total / ((n - 1) * (n - 2))
            for j in range(n)
        ]
        for i in range(n)
    ]


def _dot(k: Matrix, m: Matrix) -> float:
    return sum(_product(one, other) for one, other in zip(k, m, strict=True))
