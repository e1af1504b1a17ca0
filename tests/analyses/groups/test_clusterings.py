import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, ward
from scipy.spatial.distance import pdist
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from tests.analyses.labels import codes_of, curve_of, planted
from tests.analyses.stacks import noise, stack_of
from tests.reference import agreement as reference
from vgdesk.analyses.groups.cluster_agreement import adjusted_information, adjusted_rand
from vgdesk.analyses.groups.clusterings import (
    component_points,
    kmeans_clusters,
    tree_clusters,
)

SEEDS = st.integers(0, 2**32 - 1)
MEASURES = ("kmeans-ari", "kmeans-ami", "agglomerative-ari")


@pytest.mark.slow
@given(seed=SEEDS, clusters=st.integers(1, 5), groups=st.integers(2, 6))
@settings(max_examples=25, deadline=None)
def test_agreement_is_that_of_scikit_learn_and_of_the_definition(seed, clusters, groups) -> None:
    rng = np.random.default_rng(seed)
    found = np.unique(rng.integers(0, clusters, 18), return_inverse=True)[1]
    dealt = np.array([rng.permutation(codes_of(18, groups)) for _ in range(3)])
    rand = adjusted_rand(found, dealt)
    assert rand == pytest.approx([adjusted_rand_score(codes, found) for codes in dealt])
    assert rand == pytest.approx(
        [reference.adjusted_rand(found, codes, [1] * 18) for codes in dealt]
    )
    information = adjusted_information(found, dealt)
    expected = [adjusted_mutual_info_score(codes, found) for codes in dealt]
    assert information == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_score_is_the_agreement_of_clusters_and_labels(measure: str) -> None:
    codes = codes_of(60, 4)
    stack = stack_of(planted(2, codes, 20, at=1, strength=0.7))
    agree = adjusted_mutual_info_score if measure == "kmeans-ami" else adjusted_rand_score
    for layer, value in zip(stack.values, curve_of(measure, stack, codes, 3).values, strict=True):
        tree = measure == "agglomerative-ari"
        found = (
            tree_clusters(layer, 4) if tree else kmeans_clusters(component_points(layer), 4, seed=3)
        )
        assert value == pytest.approx(agree(codes, found), abs=1e-9)


def test_clusters_are_those_of_the_libraries() -> None:
    layer = planted(1, codes_of(60, 4), 20, at=0, strength=2.0)[0]
    units = layer / np.linalg.norm(layer, axis=1, keepdims=True)
    branches = fcluster(ward(pdist(units)), 4, "maxclust")
    assert adjusted_rand_score(branches, tree_clusters(layer, 4)) == 1
    means = KMeans(4, n_init=20, random_state=1).fit_predict(layer)
    assert adjusted_rand_score(means, kmeans_clusters(component_points(layer), 4, seed=0)) == 1


@pytest.mark.parametrize("measure", MEASURES)
def test_groups_are_found_at_the_layer_where_they_are(measure: str) -> None:
    codes = codes_of(60, 3)
    result = curve_of(measure, stack_of(planted(5, codes, 30, at=2, strength=1.5)), codes)
    assert result.values.argmax() == 2
    assert result.values[2] == pytest.approx(1, abs=0.1)
    assert result.q_values[2] < 0.05
    assert np.abs(result.chance_mean).max() < 0.02


@pytest.mark.parametrize("measure", MEASURES)
def test_random_labels_stay_in_the_chance_band(measure: str) -> None:
    result = curve_of(measure, stack_of(noise(20, 60, 24)), codes_of(60, 5))
    outside = (result.values < result.chance_low) | (result.values > result.chance_high)
    assert outside.mean() < 0.25
    # Copies of a drawn word do not make the interval climb.
    middle = (result.low + result.high) / 2
    assert np.mean(middle - result.values) == pytest.approx(0, abs=0.03)


def test_copies_give_as_many_clusters_as_there_are_places() -> None:
    values = np.repeat(noise(3, 40), 5, axis=0)
    assert len(set(kmeans_clusters(values, 6, seed=0).tolist())) == 3
    assert len(set(tree_clusters(values, 6).tolist())) <= 6
    assert set(kmeans_clusters(np.full((9, 4), 0.1), 3, seed=0).tolist()) == {0}


@pytest.mark.parametrize("measure", MEASURES)
def test_scale_does_not_matter(measure: str) -> None:
    codes = codes_of(40, 4)
    values = planted(2, codes, 10, at=0, strength=1.0)
    one, other = (curve_of(measure, stack_of(values * scale), codes) for scale in (1, 1e6))
    assert other.values == pytest.approx(one.values, abs=1e-6)
