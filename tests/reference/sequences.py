"""Dynamic time warping and edit distance as they are defined: whole tables in plain loops."""

from collections.abc import Callable, Sequence

import numpy as np

from tests.reference.abx import angle


def warped(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean angle along the best path; of equal ones diagonal, then left, then up."""
    steps = [[angle(list(map(float, x)), list(map(float, y))) for y in other] for x in one]
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for i in range(len(one)):
        for j in range(len(other)):
            before = [best[at] for at in ((i - 1, j - 1), (i, j - 1), (i - 1, j)) if at in best]
            cost, length = min(before, key=lambda found: found[0]) if before else (0.0, 0)
            best[i, j] = cost + steps[i][j], length + 1
    cost, length = best[len(one) - 1, len(other) - 1]
    return cost / length


def edits(
    one: Sequence[str], other: Sequence[str], cost: Callable[[str, str], float] | None = None
) -> float:
    """Return the Levenshtein distance as a share of the longer sequence."""
    table = [[float(i + j) for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i, a in enumerate(one, 1):
        for j, b in enumerate(other, 1):
            exchange = cost(a, b) if cost else float(a != b)
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + exchange
            )
    return table[-1][-1] / (max(len(one), len(other)) or 1)
