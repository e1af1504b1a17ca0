"""Sound symbolism as it is defined: plain loops over words and pairs of words."""

from collections.abc import Sequence
from math import fsum, sqrt

from tests.reference.word_pairs import cosine

Vectors = Sequence[list[float]]


def contrast(vector: list[float], rounds: Vectors, sharps: Vectors) -> float:
    """Return the mean cosine to the round minus that to the sharp ones."""
    to_round = fsum(cosine(vector, other) for other in rounds) / len(rounds)
    return to_round - fsum(cosine(vector, other) for other in sharps) / len(sharps)


def area(rounds: Sequence[float], sharps: Sequence[float]) -> float:
    """Return the share of pairs in which the round one scores more; ties count half."""
    wins = [float(r > s) + 0.5 * (r == s) for r in rounds for s in sharps]
    return fsum(wins) / len(wins)


def tau_b(rounds: Sequence[float], sharps: Sequence[float]) -> float:
    """Return Kendall's tau-b of scores and classes, pair by pair."""
    items = [(score, 1) for score in rounds] + [(score, 0) for score in sharps]
    agreeing = score_pairs = class_pairs = 0
    for i, (score, sort) in enumerate(items):
        for other_score, other_sort in items[:i]:
            by_score = (score > other_score) - (score < other_score)
            by_class = sort - other_sort
            agreeing += by_score * by_class
            score_pairs += by_score != 0
            class_pairs += by_class != 0
    return agreeing / sqrt(score_pairs * class_pairs) if score_pairs else 0.0
