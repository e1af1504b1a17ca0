from itertools import permutations

import numpy as np
import pytest

from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses.layers.cka import debiased_cka
from vgdesk.analyses.layers.rsa import pearson_rsa
from vgdesk.analyses.numerics.third_moments import third_moments, u_centred

WORDS = 7
ORDERS = [list(order) for order in permutations(range(WORDS))]


def matrices(count: int, seed: int) -> np.ndarray:
    """Make symmetric matrices without diagonals, whose squares sum to 1, with odd rows."""
    values = noise(count, WORDS, WORDS, seed=seed) ** 3
    values = values + values.transpose(0, 2, 1)
    off = 1 - np.eye(WORDS)
    values *= off
    values -= values.sum(axis=(1, 2), keepdims=True) / (WORDS * (WORDS - 1)) * off
    return values / np.sqrt((values**2).sum(axis=(1, 2), keepdims=True))


@pytest.mark.parametrize("has_rows", [False, True])
def test_it_is_that_of_all_permutations(*, has_rows: bool) -> None:
    a, b = matrices(2, 1), matrices(3, 2)
    if not has_rows:
        a, b = u_centred(a), u_centred(b)
        a, b = (m / np.sqrt((m**2).sum(axis=(1, 2), keepdims=True)) for m in (a, b))
    sums = np.array([np.einsum("aij,bij->ab", a, b[:, o][:, :, o]) for o in ORDERS])
    assert sums.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert third_moments(a, b, WORDS) == pytest.approx((sums**3).mean(axis=0))


@pytest.mark.parametrize("compute", [debiased_cka, pearson_rsa])
def test_the_p_of_a_layer_is_about_its_share_of_all_permutations(compute: object) -> None:
    one, other = noise(WORDS, 5, seed=3), noise(WORDS, 5, seed=4)
    found = compute(stack_of(one), stack_of(other, encoder="b"))  # type: ignore[operator]
    values = [
        compute(stack_of(one), stack_of(other[order], encoder="b")).values[0, 0]  # type: ignore[operator]
        for order in ORDERS[::7]
    ]
    share = np.mean(np.array(values) >= found.values[0, 0] - 1e-9)
    assert found.q_values[0, 0] == pytest.approx(share, abs=0.1)


def test_a_sample_estimates_the_moment_of_all_words() -> None:
    points = noise(400, 6, seed=5) * np.array([4, 2, 1, 1, 1, 1])
    products = points @ points.T
    np.fill_diagonal(products, 0)
    whole = u_centred(products[None])
    some = u_centred(products[None, :200, :200])
    exact, estimate = (third_moments(one, one, 400)[0, 0] for one in (whole, some))
    assert estimate == pytest.approx(exact, rel=0.3)
