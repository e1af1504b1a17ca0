import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from vgdesk.analyses.inference.chance import (
    SHUFFLES,
    bootstrap_counts,
    false_discovery_rates,
    permuted_labels,
)

WORDS = tuple(f"word {i // 3}" for i in range(24))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discovery_rates_are_those_of_scipy(p: list[float]) -> None:
    assert false_discovery_rates(np.array(p)) == pytest.approx(false_discovery_control(p))


def test_all_entries_of_a_matrix_are_corrected_together() -> None:
    p = np.array([[0.01, 0.5], [0.02, 0.9]])
    expected = false_discovery_control(p.ravel()).reshape(2, 2)
    assert false_discovery_rates(p) == pytest.approx(expected)


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
