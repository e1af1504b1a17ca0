import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vgdesk.analyses.inference.pearson_three import upper_p_values

ZERO = np.zeros(2)


def p_of(score: float, skewness: float) -> float:
    one = np.array([1.0])
    return float(upper_p_values(one * score, one * 0.5, one * 2.0, skewness)[0])


@given(st.floats(-6, 6), st.floats(-3, 3).map(lambda value: round(value, 4)))
def test_p_is_that_of_scipy(score: float, skewness: float) -> None:
    expected = stats.pearson3.sf((score - 0.5) / 2, skewness)
    assert p_of(score, skewness) == pytest.approx(expected, abs=1e-5)


def test_without_skewness_p_is_that_of_a_normal_curve() -> None:
    assert p_of(4.5, 0.0) == pytest.approx(stats.norm.sf(2))


def test_p_of_a_squared_correlation_is_that_of_chi_squared() -> None:
    # Chi-squared with one degree of freedom: mean 1, variance 2, skewness sqrt(8).
    found = upper_p_values(np.array([3.841]), np.ones(1), np.sqrt([2.0]), np.sqrt(8))
    assert found == pytest.approx([0.05], abs=1e-4)


def test_without_spread_only_a_higher_score_is_above_chance() -> None:
    scores = np.array([0.0, 0.3])
    assert upper_p_values(scores, ZERO, ZERO).tolist() == [1.0, 0.0]
