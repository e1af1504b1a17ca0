from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.retrieval import hits
from vgdesk.analyses.retrieval import partner_retrieval as measure
from vgdesk.analyses.retrieval.partner_retrieval import Profiles, find_partners

SEEDS = st.integers(0, 2**32 - 1)


def related(words: int, *, strength: float = 1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make two layers of different width with a common structure."""
    shared = noise(words, 6, seed=seed)
    one = strength * shared @ noise(6, 20, seed=1) + noise(words, 20, seed=seed + 2)
    return one, strength * shared @ noise(6, 9, seed=3) + noise(words, 9, seed=seed + 4)


@pytest.mark.parametrize("words", [5, 8, 25])
@pytest.mark.parametrize("strength", [0, 0.7, 3])
def test_it_is_the_definition(words: int, strength: float) -> None:
    a, b = related(words, strength=strength)
    values = find_partners(stack_of(a + 3), stack_of(b)).values
    assert values[0, 0] == pytest.approx(hits(a, b) / words)


def test_correlations_are_those_without_both_words() -> None:
    a, b = related(12)
    one, other = Profiles.of(a), Profiles.of(b)
    i, j = 3, 8
    left = [k for k in range(12) if k not in (i, j)]

    def cosines(values: np.ndarray) -> np.ndarray:
        units = values - values.mean(axis=0)
        units /= np.linalg.norm(units, axis=1, keepdims=True)
        return units @ units.T

    expected = np.corrcoef(cosines(a)[i, left], cosines(b)[j, left])[0, 1]
    assert one.correlations(other)[i, j] == pytest.approx(expected, abs=1e-6)


def test_a_layer_finds_itself_whatever_its_rotation_and_scale() -> None:
    values = noise(3, 60, 20)
    turned = stack_of(5 * (values @ rotation(20) + 2), encoder="b")
    result = find_partners(stack_of(values), turned)
    assert np.diag(result.values).tolist() == [1, 1, 1]
    assert np.diag(find_partners(stack_of(values), stack_of(values)).values).tolist() == [1, 1, 1]
    assert result.values[0, 1] < 0.15
    assert result.trace.seed is None


@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=15, deadline=None)
def test_rotation_scale_offset_and_order_do_not_matter(seed: int, scale: float) -> None:
    a, b = related(25, seed=seed % 1000)
    order = np.random.default_rng(seed).permutation(25)
    turned = scale * (a @ rotation(20, seed) + 1)
    before = find_partners(stack_of(a), stack_of(b)).values
    after = find_partners(stack_of(turned[order]), stack_of(b[order])).values
    assert after == pytest.approx(before, abs=1 / 25 + 1e-9)


def test_common_structure_is_found_at_the_layer_where_it_is() -> None:
    a, b = noise(5, 80, 20), noise(4, 80, 9, seed=1)
    a[3], b[1] = related(80, strength=3)
    result = find_partners(stack_of(a), stack_of(b, encoder="b"))
    assert np.unravel_index(result.values.argmax(), (5, 4)) == (3, 1)
    assert np.argwhere(result.q_values < 0.05).tolist() == [[3, 1]]
    assert result.values[3, 1] > 0.2


def test_chance_is_no_more_than_it_says() -> None:
    a, b = related(30, strength=2)
    rng, one = np.random.default_rng(0), Profiles.of(a)
    found = np.array([one.hits(Profiles.of(b[rng.permutation(30)])) for _ in range(1500)])
    result = find_partners(stack_of(a), stack_of(b))
    assert result.chance_mean[0, 0] == result.chance_sd[0, 0] == pytest.approx(1 / 30)
    assert 0.4 < found.mean() < 1.1
    assert 0.6 < found.std() < 1.1
    for least in range(1, 6):
        p = measure._p_values(np.array([float(least)]))[0]
        assert (found >= least).mean() <= p + 3 * (p / 1500) ** 0.5


def test_p_is_that_of_fixed_points() -> None:
    fixed = np.array([sum(i == j for i, j in enumerate(order)) for order in permutations(range(7))])
    found = measure._p_values(np.arange(6.0))
    assert found == pytest.approx([(fixed >= k).mean() for k in range(6)], abs=1e-3)
    assert 0 <= measure._p_values(np.array([2000.0]))[0] < 1e-300


def test_words_that_are_equal_are_not_found() -> None:
    values = noise(1, 30, 10)
    values[:, 7] = values[:, 12]
    assert find_partners(stack_of(values), stack_of(values)).values[0, 0] == pytest.approx(28 / 30)
    equal = stack_of(np.full((1, 30, 4), 0.1))
    result = find_partners(equal, equal)
    assert result.values[0, 0] == 0
    assert result.q_values[0, 0] == pytest.approx(1)


def test_a_large_offset_does_not_matter() -> None:
    a, b = related(100, strength=2)
    exact = find_partners(stack_of(a), stack_of(b)).values
    assert find_partners(stack_of(a + 1000), stack_of(b)).values == pytest.approx(exact, abs=0.021)


def test_a_long_list_is_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "MOST_WORDS", 20)
    a, b = related(50)
    result = find_partners(stack_of(a), stack_of(b), seed=3)
    drawn = np.sort(np.random.default_rng(3).choice(50, 20, replace=False))
    assert result.values[0, 0] == pytest.approx(hits(a[drawn], b[drawn]) / 20)
    assert (result.trace.n, result.trace.seed) == (20, 3)
    assert "sampled" in result.trace.estimator


def test_other_rows_are_refused() -> None:
    one, other = stack_of(noise(1, 9, 4)), stack_of(noise(1, 9, 4), rows=list("abcdefghi"))
    with pytest.raises(ValueError, match="same order"):
        find_partners(one, other)
