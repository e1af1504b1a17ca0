"""Agreement of unsupervised clusters with the labels."""

from collections.abc import Callable
from functools import partial

import numpy as np

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.groups.cluster_agreement import adjusted_information, adjusted_rand
from vgdesk.analyses.groups.label_scores import (
    JACKKNIFE_OF_GROUPS,
    MIN_WORDS,
    label_curve,
    labelled_rows,
    refitted,
)
from vgdesk.analyses.numerics.principal_components import principal_components
from vgdesk.analyses.words.distances import distance_blocks
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

# Further components cost time and hardly move a cluster.
COMPONENTS = 50
# Restarts of k-means; the tightest clustering is kept.
STARTS = 4
# Points that agree to so many digits of the largest coordinate are the same.
DIGITS = 9
LIMITS = (-1.0, 1.0)
Agreement = Callable[[Codes, Codes], Doubles]
# Takes some rows, and returns their clusters among themselves.
Reclustering = Callable[[list[int]], Codes]
# Takes a layer and a number of clusters, and returns the cluster of each row.
Clustering = Callable[[FloatArray, int], tuple[Codes, Reclustering]]


def score_kmeans_by_rand(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Compare the labels with as many k-means clusters, at every layer, by the Rand index.

    The clusters are computed once, without labels; for chance the labels are shuffled.

    Parameters
    ----------
    seed
        For the starts of k-means and the shuffled labels.
    """
    name = f"adjusted Rand index of k-means on up to {COMPONENTS} principal components"
    asked = stack, facts, seed
    return _curve("kmeans-ari", name, asked, partial(_by_means, seed=seed), adjusted_rand)


def score_kmeans_by_information(
    stack: LayerStack, facts: Facts, seed: int
) -> tuple[LayerCurve, ...]:
    """Compare by mutual information; otherwise as `score_kmeans_by_rand`."""
    name = f"adjusted mutual information of k-means on up to {COMPONENTS} principal components"
    asked = stack, facts, seed
    return _curve("kmeans-ami", name, asked, partial(_by_means, seed=seed), adjusted_information)


def score_tree_by_rand(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Compare the labels with as many branches of a tree, at every layer, by the Rand index.

    The tree is Ward's, on vectors of unit length: average linkage by cosine splits off outliers
    one by one and leaves the rest in one branch.
    """
    name = "adjusted Rand index of Ward's clusters of unit vectors"
    asked = stack, facts, seed
    return _curve("agglomerative-ari", name, asked, _by_tree, adjusted_rand)


def _curve(
    measure: str,
    name: str,
    asked: tuple[LayerStack, Facts, int],
    cluster: Clustering,
    agree: Agreement,
) -> tuple[LayerCurve, ...]:
    stack, facts, seed = asked
    labelled = labelled_rows(stack, facts, name="A clustering")

    def score(layer: FloatArray, labellings: Codes) -> tuple[FloatArray, FloatArray]:
        clusters, recluster = cluster(layer, len(labelled.groups))

        def again(rows: list[int], codes: Codes) -> float:
            return float(agree(recluster(rows), codes[None])[0])

        return agree(clusters, labellings), refitted(labelled, seed, again)

    return label_curve(
        measure,
        name,
        labelled,
        seed,
        score=score,
        limits=LIMITS,
        interval_of=JACKKNIFE_OF_GROUPS,
    )


def _by_means(layer: FloatArray, count: int, *, seed: int) -> tuple[Codes, Reclustering]:
    # Components are found without labels: those of all rows serve for some of them.
    points = component_points(layer)
    clusters = kmeans_clusters(points, count, seed=seed)
    return clusters, lambda rows: kmeans_clusters(points[rows], count, seed=seed, starts=1)


def _by_tree(layer: FloatArray, count: int) -> tuple[Codes, Reclustering]:
    return tree_clusters(layer, count), lambda rows: tree_clusters(layer[rows], count)


def component_points(layer: FloatArray) -> Doubles:
    """Return the first components, in which duplicates stay equal: each is one point."""
    points = principal_components(layer, COMPONENTS)
    points /= np.abs(points).max(initial=0.0) or 1.0
    return points.round(DIGITS)


def kmeans_clusters(points: Doubles, count: int, *, seed: int, starts: int = STARTS) -> Codes:
    """Find `count` clusters by k-means, or one per distinct row if there are fewer."""
    from sklearn.cluster import KMeans

    count = min(count, len(np.unique(points, axis=0)))
    if count == 1:
        return np.zeros(len(points), np.intp)
    found = KMeans(count, n_init=starts, random_state=seed).fit_predict(points)
    return np.asarray(found, np.intp)


def tree_clusters(layer: FloatArray, count: int) -> Codes:
    """Cut Ward's tree of the directions of rows into `count` branches."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distances = np.hstack([block for _, block in distance_blocks(unit_rows(layer))])
    tree = linkage(squareform(distances, checks=False), "ward")
    return np.asarray(fcluster(tree, count, "maxclust"), np.intp) - 1


KMEANS_ARI = CurveAnalysis(
    id="kmeans-ari",
    title="K-means (ARI)",
    explains="Whether clusters found without labels match the groups of the labels, counted over "
    "pairs of words.",
    reading="1 means the same groups, 0 is chance level; values below 0 are chance as well.",
    avoid="Not where groups may be elongated or of unequal size: k-means assumes neither.",
    formula="(pairs together in both - expected) / (mean of pairs together in each - expected), "
    f"k-means with one cluster per label on the first {COMPONENTS} principal components",
    source="Hubert and Arabie (1985), Comparing partitions; Lloyd (1982), Least squares "
    "quantization in PCM",
    min_words=MIN_WORDS,
    compute=score_kmeans_by_rand,
)
KMEANS_AMI = CurveAnalysis(
    id="kmeans-ami",
    title="K-means (AMI)",
    explains="How much information clusters found without labels share with the labels.",
    reading="1 means the same groups, 0 is chance level; values below 0 are chance as well.",
    avoid="Not where groups may be elongated or of unequal size; small groups count for more than "
    "in the Rand index.",
    formula="(I - E I) / ((H(clusters) + H(labels)) / 2 - E I), I the mutual information, "
    f"k-means as above on the first {COMPONENTS} principal components",
    source="Vinh, Epps and Bailey (2010), Information theoretic measures for clusterings "
    "comparison; Lloyd (1982), Least squares quantization in PCM",
    min_words=MIN_WORDS,
    compute=score_kmeans_by_information,
)
AGGLOMERATIVE_ARI = CurveAnalysis(
    id="agglomerative-ari",
    title="Cluster tree (ARI)",
    explains="Whether a tree of similar words, cut into as many branches as there are labels, "
    "gives the groups of the labels.",
    reading="1 means the same groups, 0 is chance level; values below 0 are chance as well.",
    avoid="Not where a few outlying recordings may each form a branch.",
    formula="the adjusted Rand index of Ward's tree of x / |x|, cut into one branch per label",
    source="Ward (1963), Hierarchical grouping to optimize an objective function; Hubert and "
    "Arabie (1985), Comparing partitions",
    min_words=MIN_WORDS,
    compute=score_tree_by_rand,
)
