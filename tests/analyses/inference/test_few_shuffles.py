import numpy as np
import pytest
from scipy.stats import ttest_ind

from tests.analyses.stacks import noise
from vgdesk.analyses.inference.chance import few_limits, few_p_values


def test_p_is_that_of_one_more_draw() -> None:
    scores, shuffled = noise(30), noise(20, 30, seed=1)
    expected = [
        ttest_ind([score], drawn).pvalue for score, drawn in zip(scores, shuffled.T, strict=True)
    ]
    assert few_p_values(scores, shuffled) == pytest.approx(expected)


def test_the_false_positive_rate_is_as_stated() -> None:
    scores, shuffled = noise(20_000), noise(20, 20_000, seed=1)
    p = few_p_values(scores, shuffled)
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.006)
    assert np.mean(p < 0.005) == pytest.approx(0.005, abs=0.002)
    low, high = few_limits(shuffled, (-99.0, 99.0))
    assert np.mean((scores < low) | (scores > high)) == pytest.approx(0.05, abs=0.006)


def test_shuffles_that_do_not_differ_are_counted() -> None:
    p = few_p_values(np.array([0.5, 0.7]), np.full((20, 2), 0.5))
    assert p == pytest.approx([1, 1 / 21])


def test_limits_stay_within_those_of_the_score() -> None:
    low, high = few_limits(np.linspace(0, 1, 20)[:, None], (0.0, 1.0))
    assert (low[0], high[0]) == (0, 1)
