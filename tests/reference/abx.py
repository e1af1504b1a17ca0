"""ABX as it is defined: plain loops over triples."""

from collections.abc import Sequence
from math import acos, fsum, pi

import numpy as np

from tests.reference.word_pairs import all_pairs, cosine

Cell = tuple[str, str, str, str]


def angle(x: list[float], y: list[float]) -> float:
    """Return the angle as a share of half a turn; a vector of zeros is as far as can be."""
    if not any(x) or not any(y):
        return 1.0
    return acos(max(-1.0, min(1.0, cosine(x, y)))) / pi


def angles(values: np.ndarray) -> np.ndarray:
    return all_pairs(angle, values)


def cells(
    distances: np.ndarray,
    labels: Sequence[str],
    speakers: Sequence[str] = (),
    *,
    within: bool = False,
) -> dict[Cell, float]:
    """Return the error of each cell: label of A and X, label of B, speaker of A and B, of X.

    If there are speakers, X is by another one than A and B, or by the same one if `within`.
    """
    by = list(speakers) or [""] * len(labels)
    answers: dict[Cell, list[float]] = {}
    for x in range(len(labels)):
        for a in range(len(labels)):
            for b in range(len(labels)):
                is_triple = a != x and labels[a] == labels[x] != labels[b]
                if is_triple and by[a] == by[b] and (not speakers or (by[a] == by[x]) == within):
                    cell = labels[a], labels[b], by[a], by[x]
                    answers.setdefault(cell, []).append(loss(distances[x][a], distances[x][b]))
    return {cell: fsum(losses) / len(losses) for cell, losses in answers.items()}


def loss(to_a: float, to_b: float) -> float:
    if abs(to_a - to_b) < 1e-12:
        return 0.5
    return float(to_b < to_a)


def error_rate(
    distances: np.ndarray,
    labels: Sequence[str],
    speakers: Sequence[str] = (),
    *,
    within: bool = False,
) -> float:
    found = cells(distances, labels, speakers, within=within)
    return fsum(found.values()) / len(found)
