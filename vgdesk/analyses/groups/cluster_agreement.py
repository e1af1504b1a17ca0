"""Agreement of clusters with labels, corrected for chance."""

import numpy as np

from vgdesk.core.arrays import Codes, Doubles

# Smaller differences are rounding.
ROUNDING = 1e-12


def adjusted_rand(clusters: Codes, labellings: Codes) -> Doubles:
    """Return the adjusted Rand index of clusters and labels, [labellings].

    Parameters
    ----------
    clusters
        Shape [rows]: the cluster of each row.
    labellings
        Shape [labellings, rows]: the group of each row.

    Returns
    -------
    array
        1 is perfect agreement, 0 is chance.

    References
    ----------
    Hubert and Arabie (1985), Comparing partitions.
    """
    groups = int(labellings.max()) + 1
    tables = np.stack([_table(clusters, codes, groups) for codes in labellings]).astype(np.float64)
    both, by_cluster, by_group, pairs = (
        (sizes * (sizes - 1) / 2)
        for sizes in (tables, tables.sum(-1), tables.sum(-2), tables.sum((-2, -1)))
    )
    both, by_cluster, by_group = both.sum((-2, -1)), by_cluster.sum(-1), by_group.sum(-1)
    expected = by_cluster * by_group / np.maximum(pairs, 1)
    return _ratio(both - expected, (by_cluster + by_group) / 2 - expected)


def adjusted_information(clusters: Codes, labellings: Codes) -> Doubles:
    """Return the adjusted mutual information, [labellings]; otherwise as `adjusted_rand`.

    It is normalised by the mean of the two entropies.

    References
    ----------
    Vinh, Epps and Bailey (2010), Information theoretic measures for clusterings comparison.
    """
    from sklearn.metrics.cluster import expected_mutual_information

    groups, n = int(labellings.max()) + 1, len(clusters)
    expected_of: dict[bytes, float] = {}
    shared, whole = np.empty((2, len(labellings)))
    for place, codes in enumerate(labellings):
        table = _table(clusters, codes, groups)
        # The expected value depends on sizes only, which shuffling mostly keeps.
        sizes = table.sum(axis=0).tobytes()
        if sizes not in expected_of:
            expected_of[sizes] = expected_mutual_information(table, n)
        information, entropy = _information(table / n)
        shared[place] = information - expected_of[sizes]
        whole[place] = entropy - expected_of[sizes]
    return _ratio(shared, whole)


def _table(clusters: Codes, codes: Codes, groups: int) -> Codes:
    """Count the rows of each cluster and group, [clusters, groups]."""
    size = (int(clusters.max()) + 1) * groups
    return np.bincount(clusters * groups + codes, minlength=size).reshape(-1, groups)


def _information(shares: Doubles) -> tuple[float, float]:
    """Return the mutual information and the mean entropy of clusters and groups, in nats."""
    of_cluster, of_group = shares.sum(axis=1), shares.sum(axis=0)
    ends = _entropy(of_cluster), _entropy(of_group)
    return sum(ends) - _entropy(shares.ravel()), sum(ends) / 2


def _entropy(shares: Doubles) -> float:
    some = shares[shares > 0]
    return -float(some @ np.log(some))


def _ratio(part: Doubles, whole: Doubles) -> Doubles:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > ROUNDING)
