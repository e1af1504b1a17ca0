from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.mutual_neighbours import mutual_neighbours, nearest
from vgdesk.analyses.layers.mutual_neighbours import shared_neighbours
from vgdesk.analyses.words.nearest_words import BLOCK, NONE, nearest_by_cosine

SEEDS = st.integers(0, 2**32 - 1)


def sets(ids: np.ndarray) -> list[set[int]]:
    return [set(row) for row in ids.tolist()]


@pytest.mark.parametrize(("words", "k"), [(4, 1), (5, 2), (12, 5), (21, 10), (60, 10)])
def test_it_is_the_definition(words: int, k: int) -> None:
    a = noise(2, words, 7, seed=1)
    b = noise(3, words, 5, seed=2) + a[:1, :, :5]
    expected = [[mutual_neighbours(x, y, k) for y in b] for x in a]
    found = shared_neighbours(stack_of(a), stack_of(b))
    assert found.values == pytest.approx(np.array(expected))
    assert f"mutual {k}-nearest" in found.trace.estimator


@pytest.mark.parametrize("words", [3, 17, BLOCK + 70])
@pytest.mark.parametrize("k", [1, 2, 10])
def test_another_program_finds_the_same_neighbours(words: int, k: int) -> None:
    k = min(k, words - 1)
    rows = noise(words, 20, seed=3).astype(np.float32)
    peer = NearestNeighbors(n_neighbors=k, metric="cosine", algorithm="brute").fit(rows)
    expected = sets(peer.kneighbors(return_distance=False))
    assert sets(nearest_by_cosine(rows, k)) == expected
    assert words > 20 or expected == nearest(rows, k)


def test_a_common_direction_does_not_blur_the_neighbours() -> None:
    rows = (noise(200, 30) + 1000 * noise(30, seed=2)).astype(np.float32)
    units = rows.astype(np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    cosines = units @ units.T
    np.fill_diagonal(cosines, -1)
    expected = sets(np.argsort(cosines, axis=1)[:, -10:])
    assert sets(nearest_by_cosine(rows, 10)) == expected


def test_a_word_without_direction_has_no_neighbours_and_shares_none() -> None:
    rows = noise(30, 6)
    rows[4] = 0
    assert set(nearest_by_cosine(rows, 3)[4]) == {NONE}
    assert (np.delete(nearest_by_cosine(rows, 3), 4, axis=0) != NONE).all()
    values = shared_neighbours(stack_of(rows), stack_of(rows)).values
    assert values == pytest.approx(1)
    rows[:] = 0.1
    result = shared_neighbours(stack_of(rows), stack_of(noise(30, 6)))
    assert (result.values, result.chance_mean, result.chance_sd) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("words", [4, 5, 6])
def test_chance_is_exact_over_all_orders(words: int) -> None:
    a, b = noise(1, words, 3, seed=words), noise(1, words, 2, seed=99)
    if words > 4:
        a[0, 2] = 0
    result = shared_neighbours(stack_of(a), stack_of(b))
    orders = [list(order) for order in permutations(range(words))]
    all_values = [shared_neighbours(stack_of(a[:, order]), stack_of(b)).values for order in orders]
    assert result.chance_mean[0, 0] == pytest.approx(np.mean(all_values))
    assert result.chance_sd[0, 0] == pytest.approx(np.std(all_values))


@pytest.mark.slow
def test_chance_is_what_shuffling_gives() -> None:
    rng = np.random.default_rng(0)
    # In many dimensions few words are neighbours of many.
    a, b = noise(50, 60, seed=1), noise(50, 4, seed=2)
    shuffled = np.stack([a[rng.permutation(50)] for _ in range(1000)])
    values = shared_neighbours(stack_of(shuffled), stack_of(b)).values
    result = shared_neighbours(stack_of(a), stack_of(b))
    assert result.chance_mean == pytest.approx(10 / 49)
    spread = result.chance_sd[0, 0]
    assert values.mean() == pytest.approx(10 / 49, abs=4 * spread / 1000**0.5)
    assert values.std() == pytest.approx(spread, rel=0.15)


@given(seed=SEEDS, scale=st.floats(1e-3, 1e3), words=st.integers(4, 40))
@settings(max_examples=25, deadline=None)
def test_rotation_scale_order_and_sides_do_not_matter(seed, scale, words) -> None:
    a, b = noise(2, words, 6, seed=seed), noise(3, words, 9, seed=seed + 1)
    order = np.random.default_rng(seed).permutation(words)
    before = shared_neighbours(stack_of(a), stack_of(b))
    turned = scale * a[:, order] @ rotation(6, seed)
    after = shared_neighbours(stack_of(turned), stack_of(b[:, order]))
    # A rounded tie may change one neighbour.
    assert after.values == pytest.approx(before.values, abs=1.01 / words)
    assert pytest.approx(before.values) == shared_neighbours(stack_of(b), stack_of(a)).values.T
    assert np.diag(shared_neighbours(stack_of(a), stack_of(a)).values) == pytest.approx(1)


def test_shared_structure_is_found_where_it_is() -> None:
    shared = noise(100, 5, seed=3)
    a, b = noise(13, 100, 64, seed=1), noise(7, 100, 48, seed=2)
    a[8] += 2 * shared @ noise(5, 64, seed=4)
    b[2] += 2 * shared @ noise(5, 48, seed=5)
    result = shared_neighbours(stack_of(a), stack_of(b))
    z = (result.values - result.chance_mean) / result.chance_sd
    assert np.unravel_index(z.argmax(), z.shape) == (8, 2)
    assert z[8, 2] > 10
    z[8, 2] = 0
    assert np.abs(z).max() < 5
    assert 0.7 < z.std() < 1.3


def test_few_words_are_warned_about_and_others_are_not() -> None:
    for words, is_trusted in ((20, False), (21, True)):
        stack = stack_of(noise(1, words, 8))
        assert (shared_neighbours(stack, stack).trace.warning == "") == is_trusted


def test_rows_in_another_order_are_refused() -> None:
    values = noise(1, 5, 4)
    with pytest.raises(ValueError, match="rows"):
        shared_neighbours(stack_of(values), stack_of(values, rows=list("abcde")))
