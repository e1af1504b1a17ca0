"""Levenshtein distance through the longer length, as Wagner and Fischer (1974) compute it."""

from collections.abc import Sequence


def edit_distance(one: Sequence[str], other: Sequence[str]) -> float:
    line = list(range(len(other) + 1))
    for i, symbol in enumerate(one, 1):
        diagonal, line[0] = line[0], i
        for j, wanted in enumerate(other, 1):
            cost = min(line[j] + 1, line[j - 1] + 1, diagonal + (symbol != wanted))
            diagonal, line[j] = line[j], cost
    return line[-1] / max(len(one), len(other), 1)
