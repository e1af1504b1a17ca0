import numpy as np
import pytest

from tests.analyses.stacks import noise, rotation
from vgdesk.analyses.numerics.random_rotation import (
    chance_warning,
    rotation_chance,
    shuffled_spread,
)


def chance_of(a: np.ndarray, b: np.ndarray, words: int) -> tuple[float, float]:
    mean, spread = rotation_chance([a], [b], words)
    return float(mean[0, 0]), float(spread[0, 0])


def turned(a: np.ndarray, b: np.ndarray, words: int, times: int) -> np.ndarray:
    """Turn one side at random again and again; sums of singular values."""
    sums = []
    for seed in range(times):
        part = rotation(words - 1, seed)[: len(a), : len(b)]
        product = np.sqrt(a)[:, None] * part * np.sqrt(b)
        sums.append(np.linalg.svd(product, compute_uv=False).sum())
    return np.array(sums)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "kept_a", "kept_b", "power"),
    [
        pytest.param(80, 50, 60, 0.0, id="correlations, some of them 1 by construction"),
        pytest.param(120, 30, 70, 0.0, id="correlations"),
        pytest.param(120, 30, 70, 1.0, id="steep spectra"),
        pytest.param(120, 119, 119, 1.0, id="more dimensions than words"),
        pytest.param(12, 8, 5, 0.5, id="a dozen words"),
        pytest.param(60, 1, 1, 0.0, id="one dimension"),
    ],
)
def test_it_is_what_random_rotations_give(words, kept_a, kept_b, power) -> None:
    a, b = ((1.0 + np.arange(kept)) ** -power for kept in (kept_a, kept_b))
    sums = turned(a, b, words, 600)
    mean, spread = chance_of(a, b, words)
    assert mean == pytest.approx(sums.mean(), abs=0.4 * sums.std())
    assert spread == pytest.approx(sums.std(), rel=0.15)


def test_what_cannot_vary_does_not() -> None:
    a = (1.0 + np.arange(30)) ** -0.7
    mean, spread = chance_of(a, np.ones(59), 60)
    assert mean == pytest.approx(np.sqrt(a).sum(), rel=1e-3)
    assert spread == pytest.approx(0, abs=0.01)


def test_sides_and_scale_only_scale() -> None:
    a, b = (1.0 + np.arange(30)) ** -0.7, (1.0 + np.arange(20)) ** -0.2
    mean, spread = chance_of(a, b, 100)
    assert chance_of(b, a, 100) == pytest.approx((mean, spread), rel=1e-2)
    assert chance_of(1e-20 * a, 4 * b, 100) == pytest.approx((2e-10 * mean, 2e-10 * spread))


def test_a_layer_without_spread_has_no_chance() -> None:
    mean, spread = rotation_chance([np.ones(3), np.zeros(0)], [np.ones(2)], 20)
    assert mean[0, 0] > 0
    assert (mean[1, 0], spread[1, 0]) == (0, 0)
    unchanged = shuffled_spread(lambda *_: 1.0, mean[1:], spread[1:], 20, np.random.default_rng(0))
    assert unchanged.tolist() == [[0]]


def test_the_spread_is_scaled_to_shuffles() -> None:
    draws = iter(noise(30, seed=1).tolist())
    mean, spread = np.full((2, 3), 5.0), np.full((2, 3), 0.5)
    found = shuffled_spread(
        lambda _i, _j, _order: 5.0 + 3 * next(draws), mean, spread, 9, np.random.default_rng(0)
    )
    assert found == pytest.approx(3 * np.sqrt(np.mean(noise(30, seed=1) ** 2)))


@pytest.mark.parametrize(
    ("words", "chance", "is_trusted"), [(19, 0.1, False), (20, 0.1, True), (900, 0.51, False)]
)
def test_high_chance_and_few_words_are_warned_about(words, chance, is_trusted) -> None:
    assert (chance_warning(words, np.array([[0.0, chance]])) == "") == is_trusted
