import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import orthogonal_procrustes
from scipy.spatial import procrustes as scipy_procrustes

from tests.analyses.stacks import noise, rotation, stack_of
from vgdesk.analyses.layers.procrustes import procrustes_similarity

SEEDS = st.integers(0, 2**32 - 1)


def laid_on(x: np.ndarray, y: np.ndarray) -> float:
    """Turn x so that it lies on y as well as it can: the cosine that is left, in float64."""
    x, y = (z.astype(np.float64) - z.mean(axis=0, dtype=np.float64) for z in (x, y))
    width = max(x.shape[1], y.shape[1])
    x, y = (np.pad(z, ((0, 0), (0, width - z.shape[1]))) for z in (x, y))
    turn, _ = orthogonal_procrustes(x, y)
    return float(np.vdot(x @ turn, y) / np.linalg.norm(x) / np.linalg.norm(y))


def steep(words: int, dim: int, seed: int) -> np.ndarray:
    return noise(words, dim, seed=seed) / (1 + np.arange(dim)) ** 0.6


@pytest.mark.parametrize(("words", "dims"), [(4, (3, 9)), (60, (30, 8)), (200, (40, 300))])
def test_it_is_what_the_best_rotation_leaves(words: int, dims: tuple[int, int]) -> None:
    a = noise(2, words, dims[0], seed=1)
    b = noise(3, words, dims[1], seed=2) + a[:1, :, :1] + 100
    a, b = a.astype(np.float32), b.astype(np.float32)
    expected = np.array([[laid_on(x, y) for y in b] for x in a])
    assert np.abs(procrustes_similarity(stack_of(a), stack_of(b)).values - expected).max() < 1e-5


def test_scipys_disparity_is_what_is_missing_of_its_square() -> None:
    a, b = noise(50, 6, seed=1), noise(50, 6, seed=2)
    _, _, disparity = scipy_procrustes(a, b)
    found = procrustes_similarity(stack_of(a), stack_of(b)).values
    assert found**2 == pytest.approx(1 - disparity, abs=1e-6)


@pytest.mark.slow
@given(seed=SEEDS, scale=st.floats(1e-3, 1e3), words=st.integers(4, 30))
@settings(max_examples=25, deadline=None)
def test_rotation_scale_offset_order_and_sides_do_not_matter(seed, scale, words) -> None:
    a, b = noise(2, words, 6, seed=seed), noise(3, words, 9, seed=seed + 1)
    order = np.random.default_rng(seed).permutation(words)
    turned = scale * (a @ rotation(6, seed) + 3)
    before = procrustes_similarity(stack_of(a), stack_of(b)).values
    after = procrustes_similarity(stack_of(turned[:, order]), stack_of(b[:, order])).values
    assert after == pytest.approx(before, abs=1e-3)
    assert pytest.approx(before) == procrustes_similarity(stack_of(b), stack_of(a)).values.T
    same = procrustes_similarity(stack_of(a), stack_of(turned)).values
    assert np.diag(same) == pytest.approx(1, abs=1e-3)
    assert ((before >= 0) & (before <= 1 + 1e-6)).all()


def test_a_stack_with_itself_is_as_with_its_copy() -> None:
    values = noise(4, 200, 30)
    with_itself, copy = stack_of(values), stack_of(values, encoder="copy")
    expected = procrustes_similarity(with_itself, copy)
    found = procrustes_similarity(with_itself, with_itself)
    assert found.values == pytest.approx(expected.values, abs=1e-5)
    assert found.chance_mean == pytest.approx(expected.chance_mean)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "dims"), [(12, (8, 8)), (40, (100, 60)), (150, (64, 30)), (100, (1, 1))]
)
def test_chance_is_what_shuffling_gives(words: int, dims: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    a, b = steep(words, dims[0], 1), steep(words, dims[1], 2)
    shuffled = np.array([laid_on(a[rng.permutation(words)], b) for _ in range(500)])
    result = procrustes_similarity(stack_of(a), stack_of(b))
    assert result.chance_mean[0, 0] == pytest.approx(shuffled.mean(), abs=0.4 * shuffled.std())
    assert result.chance_sd[0, 0] == pytest.approx(shuffled.std(), rel=0.4)


def test_an_odd_recording_widens_chance() -> None:
    rng = np.random.default_rng(0)
    a, b = noise(200, 30, seed=1), noise(200, 30, seed=2)
    a[3] *= 8
    b[3] *= 8
    shuffled = np.array([laid_on(a[rng.permutation(200)], b) for _ in range(500)])
    result = procrustes_similarity(stack_of([a] * 3), stack_of([b] * 3))
    assert result.chance_mean == pytest.approx(shuffled.mean(), abs=shuffled.std())
    assert result.chance_sd[0, 0] > 0.6 * shuffled.std()


def test_unrelated_layers_score_chance() -> None:
    a, b = noise(12, 200, 64, seed=1), noise(12, 200, 64, seed=2)
    result = procrustes_similarity(stack_of(a), stack_of(b))
    z = (result.values - result.chance_mean) / result.chance_sd
    assert abs(z.mean()) < 0.5
    assert 0.6 < z.std() < 1.4
    assert (result.q_values > 0.05).mean() > 0.95


def test_shared_structure_is_found_where_it_is() -> None:
    shared = noise(100, 5, seed=3)
    a, b = noise(13, 100, 64, seed=1), noise(7, 100, 48, seed=2)
    a[8] += shared @ noise(5, 64, seed=4)
    b[2] += shared @ noise(5, 48, seed=5)
    result = procrustes_similarity(stack_of(a), stack_of(b))
    z = (result.values - result.chance_mean) / result.chance_sd
    assert np.unravel_index(z.argmax(), z.shape) == (8, 2)
    assert result.q_values[8, 2] < 1e-6


def test_a_layer_that_is_the_same_for_all_words_scores_0() -> None:
    a = noise(2, 40, 8)
    a[0] = 0.1
    result = procrustes_similarity(stack_of(a), stack_of(a))
    for values in (result.values, result.chance_mean, result.chance_sd):
        assert values[0].tolist() == [0, 0]
    assert result.values[1, 1] == pytest.approx(1)


def test_rows_in_another_order_are_refused() -> None:
    values = noise(1, 5, 4)
    with pytest.raises(ValueError, match="rows"):
        procrustes_similarity(stack_of(values), stack_of(values, rows=list("abcde")))
