import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.scaling import added_point, classical_scaling
from vgdesk.analyses import of_kind
from vgdesk.analyses.base import Analysis, Kind
from vgdesk.analyses.maps import mds
from vgdesk.analyses.maps.mds import map_by_distance
from vgdesk.analyses.maps.pca import map_by_variance

SEEDS = st.integers(0, 2**32 - 1)


# The axes of LDA are found by labels; see test_lda_map.
METHODS = [method for method in of_kind(Kind.MAP) if method.id != "lda"]


@pytest.fixture(params=METHODS, ids=lambda analysis: analysis.id)
def method(request: pytest.FixtureRequest) -> Analysis:
    return request.param


def spread(*shape: int, seed: int = 0) -> np.ndarray:
    """Make vectors with clearly different variances along their axes."""
    return noise(*shape, seed=seed) / (1 + np.arange(shape[-1])) + 0.3


def shares(axes: tuple[str, str]) -> list[int]:
    return [int(re.fullmatch(r"(?:PC|MDS) [12] \((\d+) %\)", title)[1]) for title in axes]


def same_up_to_signs(found: np.ndarray, expected: np.ndarray) -> bool:
    flips = np.sign((found * expected).sum(axis=0))
    return bool(np.allclose(found, expected * flips, atol=1e-6 * np.abs(expected).max()))


@pytest.mark.parametrize(("words", "dim"), [(30, 8), (30, 100), (3, 5)])
def test_pca_is_that_of_scikit_learn(words: int, dim: int) -> None:
    stack = stack_of(spread(2, words, dim) + 50)
    values = stack.values[1].astype(np.float64)
    oracle = PCA(2, svd_solver="full").fit(values)
    result = map_by_variance(stack, 1, None)
    assert same_up_to_signs(result.points, oracle.transform(values))
    assert shares(result.axes) == [round(100 * s) for s in oracle.explained_variance_ratio_]


def test_pca_projects_rows_that_were_not_fitted() -> None:
    stack = stack_of(spread(30, 8))
    values = stack.values[0].astype(np.float64)
    oracle = PCA(2, svd_solver="full").fit(values[:20])
    result = map_by_variance(stack, 0, frozenset(stack.rows[:20]))
    assert same_up_to_signs(result.points, oracle.transform(values))


def test_mds_is_classical_scaling_of_the_cosine_distance() -> None:
    stack = stack_of(spread(30, 8))
    points, eigenvalues = classical_scaling(squareform(pdist(stack.values[0], "cosine")))
    result = map_by_distance(stack, 0, None)
    assert same_up_to_signs(result.points, points)
    assert shares(result.axes) == [
        round(100 * v / eigenvalues.clip(0).sum()) for v in eigenvalues[:2]
    ]


def test_mds_adds_rows_by_the_formula_of_gower() -> None:
    stack = stack_of(spread(30, 8))
    distances = squareform(pdist(stack.values[0].astype(np.float64), "cosine"))
    points, _ = classical_scaling(distances[:20, :20])
    added = [added_point(points, distances[:20, :20], distances[i, :20]) for i in range(20, 30)]
    result = map_by_distance(stack, 0, frozenset(stack.rows[:20]))
    assert same_up_to_signs(result.points, np.vstack([points, added]))


def test_long_lists_are_placed_by_landmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = stack_of(spread(300, 8))
    monkeypatch.setattr(mds, "LANDMARKS", 60)
    result = map_by_distance(stack, 0, None)
    landmarks = np.flatnonzero(result.is_fitted)
    assert len(landmarks) == result.trace.n == 60
    assert (landmarks[0], landmarks[-1]) == (0, 299)
    assert np.diff(landmarks).max() <= 6
    named = map_by_distance(stack, 0, frozenset(stack.rows[i] for i in landmarks))
    assert np.array_equal(result.points, named.points)


def test_an_added_row_does_not_move_the_others(method: Analysis) -> None:
    values = spread(30, 8)
    fitted = frozenset(stack_of(values[:29]).rows)
    before = method.compute(stack_of(values[:29]), 0, None)
    values[29] = 1e3
    after = method.compute(stack_of(values), 0, fitted)
    assert after.points[:29] == pytest.approx(before.points, abs=1e-9)
    assert after.axes == before.axes
    assert after.is_fitted == (True,) * 29 + (False,)
    assert (before.trace.n, after.trace.n) == (29, 29)


def test_a_row_like_a_fitted_one_is_placed_on_it(method: Analysis) -> None:
    values = spread(30, 8)
    values[29] = values[4]
    stack = stack_of(values)
    points = method.compute(stack, 0, frozenset(stack.rows[:29])).points
    assert points[29] == pytest.approx(points[4], abs=1e-9)


def test_all_rows_are_fitted_if_none_of_the_named_is_there(method: Analysis) -> None:
    stack = stack_of(spread(30, 8))
    gone = method.compute(stack, 0, frozenset({"gone"}))
    assert gone.is_fitted == (True,) * 30
    assert np.array_equal(gone.points, method.compute(stack, 0, None).points)


@pytest.mark.slow
@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_neither_order_nor_rotation_nor_scale_turns_the_map_over(seed: int) -> None:
    values = spread(40, 6, seed=seed) ** 3
    mixed = np.random.default_rng(seed).permutation(40)
    for method in METHODS:
        plain = method.compute(stack_of(values), 0, None).points
        reordered = method.compute(stack_of(values[mixed]), 0, None).points
        assert reordered == pytest.approx(plain[mixed], abs=1e-4 * np.abs(plain).max())
    turned = map_by_variance(stack_of(values @ rotation(6, seed) * 4), 0, None).points
    plain = map_by_variance(stack_of(values), 0, None).points
    assert turned == pytest.approx(4 * plain, abs=1e-3 * np.abs(plain).max())


def test_the_longer_tail_is_positive(method: Analysis) -> None:
    points = method.compute(stack_of(spread(40, 6) ** 3), 0, None).points
    assert ((points**3).sum(axis=0) > 0).all()


def test_two_words_lie_left_and_right(method: Analysis) -> None:
    points = method.compute(stack_of(noise(2, 6)), 0, None).points
    assert points[0, 0] == pytest.approx(-points[1, 0])
    assert points[0, 0] > 0
    assert points[:, 1].tolist() == [0, 0]


@pytest.mark.parametrize("words", [1, 2, 3])
def test_fewer_words_than_axes_are_centred_or_on_a_line(method: Analysis, words) -> None:
    result = method.compute(stack_of(noise(words, 6)), 0, None)
    assert np.isfinite(result.points).all()
    assert np.linalg.matrix_rank(result.points, tol=1e-9) == words - 1
    assert "Too few words" in result.trace.warning


def test_equal_words_share_one_point(method: Analysis) -> None:
    result = method.compute(stack_of(np.full((20, 6), 0.1)), 0, None)
    assert (result.points == 0).all()
    assert method.id == "tsne" or shares(result.axes) == [0, 0]


def test_groups_stay_together(method: Analysis) -> None:
    groups = np.arange(60) % 3
    points = method.compute(
        stack_of(noise(60, 20) + 10 * noise(3, 20, seed=1)[groups]), 0, None
    ).points
    centres = np.stack([points[groups == group].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == groups).all()
