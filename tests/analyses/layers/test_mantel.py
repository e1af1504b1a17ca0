from itertools import permutations

import numpy as np
import pytest

from tests.analyses.stacks import noise
from vgdesk.analyses.layers.mantel import PairSums, chance, permuted
from vgdesk.analyses.numerics.pair_tiles import TILE, over_pairs, pairs_of, square, tiles, word_sums

SIZES = pytest.mark.parametrize("words", [2, 7, TILE, TILE + 1, 2 * TILE + 90])


def symmetric(words: int, seed: int = 0) -> np.ndarray:
    values = noise(words, words, seed=seed) ** 3 + 0.5
    values += values.T
    np.fill_diagonal(values, 0)
    return values


def pairs(matrix: np.ndarray) -> np.ndarray:
    return over_pairs(len(matrix), lambda rows, columns: matrix[rows, columns])


def sums(matrix: np.ndarray) -> PairSums:
    words = matrix.sum(axis=0)
    parts = matrix.sum() / 2, (matrix**2).sum() / 2, (words**2).sum()
    return PairSums(*(np.array([part]) for part in parts))


@SIZES
def test_tiles_hold_each_pair_once(words: int) -> None:
    seen = np.zeros((words, words), int)
    end = 0
    for rows, columns, place in tiles(words):
        assert place.start == end
        end = place.stop
        is_above = np.arange(words)[rows, None] < np.arange(words)[columns]
        seen[rows, columns] += is_above
        assert is_above.sum() == place.stop - place.start
    assert end == pairs_of(words)
    assert np.array_equal(seen, np.triu(np.ones_like(seen), 1))


@SIZES
def test_pairs_unfold_into_the_matrix_they_came_from(words: int) -> None:
    matrix = symmetric(words)
    assert len(pairs(matrix)) == pairs_of(words)
    assert np.array_equal(square(pairs(matrix), words), matrix)
    assert word_sums(pairs(matrix), words) == pytest.approx(matrix.sum(axis=0))


@pytest.mark.parametrize("words", [4, 5, 6])
def test_chance_is_exact_over_all_orders(words: int) -> None:
    a, b = symmetric(words, seed=1), symmetric(words, seed=2)
    found = [
        (a[np.ix_(order, order)] * b).sum() / 2 for order in map(list, permutations(range(words)))
    ]
    mean, spread = chance(words, sums(a), sums(b))
    assert mean[0, 0] == pytest.approx(np.mean(found))
    assert spread[0, 0] == pytest.approx(np.std(found))


@pytest.mark.slow
@pytest.mark.parametrize("words", [5, 60, TILE + 40])
@pytest.mark.parametrize("matrices", [1, 2])
def test_reordered_words_are_compared_as_they_stand(words: int, matrices: int) -> None:
    a, others = symmetric(words), [symmetric(words, seed=1 + which) for which in range(matrices)]
    orders = np.stack([np.random.default_rng(i).permutation(words) for i in range(70)])
    found = permuted(pairs(a), np.stack([pairs(other) for other in others]), orders)
    expected = [
        [(a[np.ix_(order, order)] * other).sum() / 2 for other in others] for order in orders
    ]
    assert found == pytest.approx(np.array(expected))


def test_reordered_words_give_mean_and_spread_of_chance() -> None:
    words, count = 40, 4000
    a, b = symmetric(words, seed=3), symmetric(words, seed=4)
    rng = np.random.default_rng(5)
    orders = np.stack([rng.permutation(words) for _ in range(count)])
    found = permuted(pairs(a), pairs(b)[None], orders)
    mean, spread = (part[0, 0] for part in chance(words, sums(a), sums(b)))
    assert found.mean() == pytest.approx(mean, abs=4 * spread / count**0.5)
    assert found.std() == pytest.approx(spread, rel=0.08)
