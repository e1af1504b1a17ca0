import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vgdesk.analyses.inference.jackknife import (
    correlation_interval,
    jackknife_interval,
    scale_of_sample,
    scale_of_some,
    standard_errors,
)


def leave_one_out(values: np.ndarray, score: object) -> np.ndarray:
    return np.array([score(np.delete(values, i, axis=0)) for i in range(len(values))])  # type: ignore[operator]


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=30))
def test_the_jackknife_of_a_mean_is_its_standard_error(numbers: list[float]) -> None:
    values = np.array(numbers)
    found = standard_errors(leave_one_out(values, np.mean))
    assert np.isclose(found, values.std(ddof=1) / np.sqrt(len(values)), atol=1e-9)


def test_the_interval_of_a_mean_is_that_of_student() -> None:
    values = np.random.default_rng(0).normal(3, 2, 12)
    found = jackknife_interval(leave_one_out(values, np.mean), values.mean())[:2]
    by_scipy = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert np.allclose(found, by_scipy)


def test_the_interval_of_a_correlation_covers_it_in_95_percent_of_samples() -> None:
    rng, covered, runs = np.random.default_rng(1), 0, 400
    for _ in range(runs):
        pairs = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 20)
        left_out = leave_one_out(pairs, lambda rows: np.corrcoef(rows.T)[0, 1])
        low, high, _ = correlation_interval(left_out, np.corrcoef(pairs.T)[0, 1])
        covered += bool(low < 0.8 < high)
    assert 0.92 < covered / runs < 0.98


def test_the_error_from_a_sample_is_that_of_all_words() -> None:
    values = np.random.default_rng(2).normal(size=2000)
    expected = values.std(ddof=1) / np.sqrt(2000)
    of_sample = leave_one_out(values[:400], np.mean)
    scale = scale_of_sample(of_sample, 2000)
    assert np.isclose(scale * standard_errors(of_sample), expected, rtol=0.1)
    some = np.array([np.delete(values, i).mean() for i in range(0, 2000, 5)])
    assert np.isclose(scale_of_some(some, 2000) * standard_errors(some), expected, rtol=0.1)


def test_scores_without_words_of_a_sample_carry_the_error_of_all_words() -> None:
    values = np.random.default_rng(2).normal(size=2000)
    left_out = leave_one_out(values[:400], np.mean)
    found = jackknife_interval(left_out, values.mean(), scale=0.5)
    assert found.left_out is not None
    assert standard_errors(found.left_out) == pytest.approx(standard_errors(left_out) / 2)


def test_a_score_of_one_has_no_width() -> None:
    low, high, _ = correlation_interval(np.ones(5), np.array(1.0))
    assert np.allclose([low, high], 1.0)
