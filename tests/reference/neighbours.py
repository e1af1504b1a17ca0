"""A vote of the nearest other words: plain loops."""

from collections.abc import Sequence
from math import fsum, hypot

import numpy as np


def cosine(x: Sequence[float], y: Sequence[float]) -> float:
    return fsum(a * b for a, b in zip(x, y, strict=True)) / (hypot(*x) * hypot(*y))


def told(values: np.ndarray, words: Sequence[str], groups: Sequence[int], count: int) -> list[int]:
    """Tell each row's group by its nearest rows of other words; draws go to the nearer group."""
    rows = [[float(value) for value in row] for row in values]
    found = []
    for i, row in enumerate(rows):
        others = [j for j in range(len(rows)) if words[j] != words[i]]
        near = sorted(others, key=lambda j: -cosine(row, rows[j]))[:count]
        votes = {
            group: (
                sum(groups[j] == group for j in near),
                fsum(cosine(row, rows[j]) for j in near if groups[j] == group),
            )
            for group in {groups[j] for j in near}
        }
        found.append(max(votes, key=lambda group: votes[group]))
    return found
