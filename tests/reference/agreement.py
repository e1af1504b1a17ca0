"""The adjusted Rand index by its definition: plain loops over pairs of words."""

from collections.abc import Sequence
from itertools import combinations


def adjusted_rand(
    clusters: Sequence[int], groups: Sequence[int], times: Sequence[int] = ()
) -> float:
    """Count pairs; a word that was drawn several times is no pair with itself."""
    times = times or [1] * len(groups)
    both = in_cluster = in_group = pairs = 0.0
    for i, j in combinations(range(len(groups)), 2):
        weight = times[i] * times[j]
        pairs += weight
        in_cluster += weight * (clusters[i] == clusters[j])
        in_group += weight * (groups[i] == groups[j])
        both += weight * (clusters[i] == clusters[j] and groups[i] == groups[j])
    expected = in_cluster * in_group / pairs
    return (both - expected) / ((in_cluster + in_group) / 2 - expected)
