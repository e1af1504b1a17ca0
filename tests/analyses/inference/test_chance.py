import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from tests.analyses.stacks import noise
from vgdesk.analyses.inference.chance import (
    SHUFFLES,
    bootstrap_counts,
    false_discovery_rates,
    p_values,
    permuted_labels,
    resampled_mean,
)

WORDS = tuple(f"word {i // 3}" for i in range(24))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discovery_rates_are_those_of_scipy(p: list[float]) -> None:
    assert false_discovery_rates(np.array(p)) == pytest.approx(false_discovery_control(p))


def test_all_entries_of_a_matrix_are_corrected_together() -> None:
    p = np.array([[0.01, 0.5], [0.02, 0.9]])
    expected = false_discovery_control(p.ravel()).reshape(2, 2)
    assert false_discovery_rates(p) == pytest.approx(expected)


def test_p_counts_shuffles_that_are_as_far_on_either_side() -> None:
    shuffled = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    assert p_values(np.array([1.5]), shuffled) == pytest.approx([3 / 5])
    assert p_values(np.array([9.0]), shuffled) == pytest.approx([1 / 5])


def test_p_of_a_score_that_is_chance_is_spread_evenly() -> None:
    scores, shuffled = noise(2000), noise(99, 2000, seed=1)
    found = np.sort(p_values(scores, shuffled))
    assert np.abs(found - np.linspace(0, 1, 2000)).max() < 0.06


def test_takes_of_a_word_keep_a_common_label() -> None:
    codes = np.arange(24) // 3 % 2
    dealt, among = permuted_labels(WORDS, codes, np.random.default_rng(0))
    assert among == "words"
    assert dealt.shape == (1 + SHUFFLES, 24)
    assert np.array_equal(dealt[0], codes)
    assert (dealt.reshape(-1, 8, 3) == dealt[:, ::3, None]).all()
    assert (dealt.sum(axis=1) == codes.sum()).all()


def test_takes_are_dealt_where_every_word_is_a_group() -> None:
    _, among = permuted_labels(WORDS, np.arange(24) // 3, np.random.default_rng(0))
    assert among == "takes"


def test_takes_come_and_go_with_their_word() -> None:
    counts = bootstrap_counts(WORDS, np.random.default_rng(0))
    assert (counts.reshape(-1, 8, 3) == counts[:, ::3, None]).all()
    assert (counts.sum(axis=1) == 24).all()


def test_the_bootstrap_spreads_as_the_mean_of_words_does() -> None:
    words = tuple(range(400))
    parts = noise(1, 400)
    found = resampled_mean(parts, bootstrap_counts(words, np.random.default_rng(0)))
    assert found.mean() == pytest.approx(parts.mean(), abs=0.01)
    assert found.std() == pytest.approx(parts.std() / 20, rel=0.1)
