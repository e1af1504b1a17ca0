import numpy as np
import pytest
from scipy.stats import ttest_1samp

from vgdesk.analyses.inference.jackknife import jackknife_interval


def test_the_interval_of_a_mean_is_that_of_student() -> None:
    numbers = np.random.default_rng(0).normal(size=(12, 3))
    left_out = np.array([np.delete(numbers, i, axis=0).mean(axis=0) for i in range(12)])
    wanted = ttest_1samp(numbers, 0).confidence_interval(0.95)
    low, high = jackknife_interval(left_out, numbers.mean(axis=0))
    assert low == pytest.approx(wanted.low)
    assert high == pytest.approx(wanted.high)


def test_a_score_that_hangs_on_no_word_has_no_width() -> None:
    low, high = jackknife_interval(np.full((5, 2), 0.25), np.full(2, 0.25))
    assert low == pytest.approx(0.25)
    assert high == pytest.approx(0.25)


def test_one_word_has_no_interval() -> None:
    with pytest.raises(ValueError, match="at least 2 words"):
        jackknife_interval(np.zeros((1, 3)), np.zeros(3))
