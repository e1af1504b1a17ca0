"""Overlap of nearest neighbours as it is defined: plain loops over words."""

import numpy as np

from tests.reference.word_pairs import cosine


def mutual_neighbours(x: np.ndarray, y: np.ndarray, k: int) -> float:
    shared = [len(one & other) for one, other in zip(nearest(x, k), nearest(y, k), strict=True)]
    return sum(shared) / (k * len(shared))


def nearest(x: np.ndarray, k: int) -> list[set[int]]:
    rows = [[float(value) for value in row] for row in x]
    found = []
    for i, row in enumerate(rows):
        others = [j for j in range(len(rows)) if j != i]
        others.sort(key=lambda j: cosine(row, rows[j]), reverse=True)
        found.append(set(others[:k]))
    return found
