"""Agreement of clusters with labels, corrected for chance."""

import numpy as np

from vgdesk.core.arrays import Codes, Doubles

# Smaller differences are rounding.
ROUNDING = 1e-12


def adjusted_rand(clusters: Codes, labellings: Codes, counts: Doubles) -> tuple[Doubles, Doubles]:
    """Return the adjusted Rand index of clusters and labels.

    Parameters
    ----------
    clusters
        Shape [rows]: the cluster of each row.
    labellings
        Shape [labellings, rows]: the group of each row.
    counts
        Shape [samples, rows]: how often each row is resampled. A row never forms a pair with
        itself, however often it is drawn: that would look like agreement.

    Returns
    -------
    tuple
        The index of each labelling, and that of the first labelling in each sample. 1 is perfect
        agreement, 0 is chance.

    References
    ----------
    Hubert and Arabie (1985), Comparing partitions.
    """
    from scipy.sparse import csr_array

    groups = int(labellings.max()) + 1
    tables = np.stack([_table(clusters, codes, groups) for codes in labellings]).astype(np.float64)
    cells = (clusters * groups + labellings[0], np.arange(len(clusters)))
    member = csr_array((np.ones(len(clusters)), cells), shape=(tables[0].size, len(clusters)))
    shape = (len(counts), *tables.shape[1:])
    drawn, squares = ((member @ weights.T).T.reshape(shape) for weights in (counts, counts**2))
    return _rand(tables, tables), _rand(drawn, squares)


def adjusted_information(
    clusters: Codes, labellings: Codes, counts: Doubles
) -> tuple[Doubles, Doubles]:
    """Return the adjusted mutual information; otherwise as `adjusted_rand`.

    It is normalised by the mean of the two entropies. Samples resample the contribution of each
    row to information and entropy; resampling the rows would count what copies share.

    References
    ----------
    Vinh, Epps and Bailey (2010), Information theoretic measures for clusterings comparison.
    """
    from sklearn.metrics.cluster import expected_mutual_information

    groups, n = int(labellings.max()) + 1, len(clusters)
    expected_of: dict[bytes, float] = {}
    parts = []
    for codes in labellings:
        table = _table(clusters, codes, groups)
        # The expected value depends on sizes only, which shuffling mostly keeps.
        sizes = table.sum(axis=0).tobytes()
        if sizes not in expected_of:
            expected_of[sizes] = expected_mutual_information(table, n)
        information, entropy = _row_information(table / n, clusters, codes)
        parts.append((information - expected_of[sizes], entropy - expected_of[sizes]))
    scores = np.array([_ratio(shared.mean(), whole.mean()) for shared, whole in parts])
    shares = counts / counts.sum(axis=1, keepdims=True)
    shared, whole = (shares @ part for part in parts[0])
    return scores, _ratio(shared, whole)


def _table(clusters: Codes, codes: Codes, groups: int) -> Codes:
    """Count the rows of each cluster and group, [clusters, groups]."""
    size = (int(clusters.max()) + 1) * groups
    return np.bincount(clusters * groups + codes, minlength=size).reshape(-1, groups)


def _rand(tables: Doubles, squares: Doubles) -> Doubles:
    """Compare pairs in the same cluster and group with pairs in either.

    Parameters
    ----------
    tables, squares
        Shape [..., clusters, groups]: sums of weights and of squared weights.
    """
    both, by_cluster, by_group, pairs = (
        ((tables.sum(axis=axes) ** 2 - squares.sum(axis=axes)) / 2)
        for axes in ((), -1, -2, (-2, -1))
    )
    both, by_cluster, by_group = both.sum((-2, -1)), by_cluster.sum(-1), by_group.sum(-1)
    expected = by_cluster * by_group / np.maximum(pairs, 1)
    return _ratio(both - expected, (by_cluster + by_group) / 2 - expected)


def _row_information(shares: Doubles, clusters: Codes, codes: Codes) -> tuple[Doubles, Doubles]:
    """Return what each row adds to mutual information and to mean entropy, in nats."""
    of_cluster, of_group = shares.sum(axis=1)[clusters], shares.sum(axis=0)[codes]
    information = np.log(shares[clusters, codes] / (of_cluster * of_group))
    return information, -(np.log(of_cluster) + np.log(of_group)) / 2


def _ratio(part: Doubles, whole: Doubles) -> Doubles:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > ROUNDING)
