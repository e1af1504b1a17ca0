"""Ranks and average precision of takes, and matching by profiles: plain loops."""

from collections.abc import Sequence
from statistics import mean

import numpy as np

from tests.reference.word_pairs import cosine, pearson


def without_means(values: np.ndarray, groups: Sequence[object]) -> list[list[float]]:
    rows = [[float(value) for value in row] for row in values]
    means = {
        group: [mean(column) for column in zip(*own, strict=True)]
        for group in set(groups)
        for own in [[row for row, other in zip(rows, groups, strict=True) if other == group]]
    }
    return [
        [value - m for value, m in zip(row, means[group], strict=True)]
        for row, group in zip(rows, groups, strict=True)
    ]


def ranks(
    rows: list[list[float]], words: Sequence[str], speakers: Sequence[object], query: int
) -> list[float]:
    """Rank the takes of the word of a query: others that are as near count half."""
    nearness = {
        i: round(cosine(rows[query], row), 9)
        for i, row in enumerate(rows)
        if speakers[i] != speakers[query]
    }
    own = sorted((i for i in nearness if words[i] == words[query]), key=lambda i: -nearness[i])
    others = [nearness[i] for i in nearness if words[i] != words[query]]
    return [
        place
        + sum(other > nearness[i] for other in others)
        + sum(other == nearness[i] for other in others) / 2
        for place, i in enumerate(own, 1)
    ]


def average_precision(found: Sequence[float]) -> float:
    return mean(place / rank for place, rank in enumerate(found, 1))


def hits(a: np.ndarray, b: np.ndarray) -> int:
    """Count the words that are most like themselves by their cosines with all other words."""
    own = [cosines_of(values) for values in (a, b)]
    n = len(a)
    found = 0
    for i in range(n):
        likeness = [profile_likeness(*own, i, j) for j in range(n)]
        found += all(likeness[i] > likeness[j] + 1e-5 for j in range(n) if j != i)
    return found


def cosines_of(values: np.ndarray) -> list[list[float]]:
    rows = without_means(values, [0] * len(values))
    return [[cosine(one, other) for other in rows] for one in rows]


def profile_likeness(a: list[list[float]], b: list[list[float]], i: int, j: int) -> float:
    others = [k for k in range(len(a)) if k not in (i, j)]
    return pearson([a[i][k] for k in others], [b[j][k] for k in others])
