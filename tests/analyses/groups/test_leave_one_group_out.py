import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses.groups.leave_one_group_out import biased_cka_without_groups, half_width
from vgdesk.analyses.layers.cka import biased_cka


@given(seed=st.integers(0, 2**20), offset=st.sampled_from([0.0, 1e4]))
@settings(max_examples=15, deadline=None)
def test_it_is_cka_of_the_rows_that_are_left(seed: int, offset: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = noise(24, 7, seed=seed) + offset, noise(24, 5, seed=seed + 1)
    y[:, :3] += x[:, :3] - offset
    x, y = x.astype(np.float32), y.astype(np.float32)
    codes = rng.permutation(np.arange(24) % 5) - 1  # those of -1 always stay
    found = biased_cka_without_groups(x, y, codes)
    for group, value in enumerate(found):
        a, b = (stack_of(layer[codes != group]) for layer in (x, y))
        assert value == pytest.approx(biased_cka(a, b).values[0, 0], abs=1e-6)
    assert len(found) == 4


def test_layers_without_any_spread_score_0() -> None:
    assert not biased_cka_without_groups(np.ones((9, 3)), noise(9, 3), np.arange(9) % 3).any()


def test_the_reach_is_that_of_student() -> None:
    repeats = noise(6, 4)
    low, high = t.interval(0.95, 5, repeats.mean(axis=0), repeats.std(axis=0, ddof=1) / 6**0.5)
    assert half_width(repeats) == pytest.approx((high - low) / 2)
    assert not half_width(repeats[:1]).any()
