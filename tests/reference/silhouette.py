"""The silhouette as Rousseeuw (1987) defines it: plain loops over words and groups."""

from collections.abc import Sequence

import numpy as np

from tests.reference.word_pairs import euclidean


def silhouette(values: np.ndarray, groups: Sequence[str]) -> float:
    rows = [[float(value) for value in row] for row in values]
    return sum(_of_row(i, rows, groups) for i in range(len(rows))) / len(rows)


def _of_row(i: int, rows: list[list[float]], groups: Sequence[str]) -> float:
    to_group: dict[str, list[float]] = {}
    for j, group in enumerate(groups):
        if j != i:
            to_group.setdefault(group, []).append(euclidean(rows[i], rows[j]))
    own = to_group.pop(groups[i], [])
    if not own:
        return 0.0
    inside = sum(own) / len(own)
    outside = min(sum(distances) / len(distances) for distances in to_group.values())
    larger = max(inside, outside)
    return (outside - inside) / larger if larger else 0.0
