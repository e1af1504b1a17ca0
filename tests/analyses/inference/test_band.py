import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.analyses.stacks import noise
from vgdesk.analyses.inference.band import Band, Normal

WIDE = (-99.0, 99.0)


@given(st.integers(0, 2**32 - 1), st.sampled_from([19, 39, 199]), st.floats(0, 5))
def test_a_score_is_outside_the_band_exactly_if_its_p_is_at_most_05(
    seed: int, shuffles: int, effect: float
) -> None:
    scores = noise(6, seed=seed) + effect
    band = Band.of_shuffles(scores, noise(shuffles, 6, seed=seed + 1), WIDE)
    is_outside = (scores < band.low) | (scores > band.high)
    assert is_outside.tolist() == (band.p <= 0.05).tolist()


@pytest.mark.parametrize("shuffles", [19, 199])
@pytest.mark.parametrize("is_one_curve", [False, True])
def test_a_curve_leaves_the_band_by_chance_in_five_percent(
    shuffles: int, *, is_one_curve: bool
) -> None:
    runs, layers = 1500, 8
    left = 0
    for run in range(runs):
        drawn = noise(shuffles + 1, layers, seed=run)
        if is_one_curve:  # all layers the same up to scale
            drawn = drawn[:, :1] * np.arange(1, layers + 1)
        left += bool((Band.of_shuffles(drawn[0], drawn[1:], WIDE).p <= 0.05).any())
    # Nineteen shuffles are a little too careful.
    assert (0.033 if shuffles > 19 else 0.02) < left / runs < 0.067


def test_p_is_never_below_one_over_the_shuffles_plus_one() -> None:
    band = Band.of_shuffles(np.full(3, 50.0), noise(199, 3), WIDE)
    assert band.p == pytest.approx(1 / 200)


def test_with_too_few_shuffles_no_score_leaves_the_band() -> None:
    band = Band.of_shuffles(np.full(3, 50.0), noise(10, 3), (-1.0, 1.0))
    assert (band.low.tolist(), band.high.tolist()) == ([-1.0] * 3, [1.0] * 3)


def test_a_normal_p_is_corrected_for_the_number_of_layers() -> None:
    scores = np.array([0.5, 4.0])
    band = Band.of_normal(scores, Normal(np.zeros(2), np.ones(2)), WIDE)
    assert band.p == pytest.approx(1 - (1 - 2 * stats.norm.sf(scores)) ** 2)
    assert stats.norm.cdf(band.high[0]) - stats.norm.cdf(band.low[0]) == pytest.approx(0.95**0.5)


def test_a_layer_in_which_nearly_all_shuffles_are_equal_does_not_widen_the_band_of_others() -> None:
    shuffled = noise(19, 2)
    alone = Band.of_shuffles(np.zeros(1), shuffled[:, :1], WIDE)
    shuffled[:, 1] = np.arange(19) == 3
    band = Band.of_shuffles(np.zeros(2), shuffled, WIDE)
    assert np.isfinite([band.low, band.high]).all()
    assert band.high[0] < 2 * alone.high[0]


def test_shuffles_that_do_not_differ_are_the_band() -> None:
    band = Band.of_shuffles(np.array([0.5, 0.7]), np.full((19, 2), 0.5), WIDE)
    assert band.p == pytest.approx([1, 1 / 20])
    assert band.low.tolist() == band.high.tolist() == [0.5, 0.5]
