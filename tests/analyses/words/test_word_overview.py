from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.analyses.stacks import noise, stack_of
from tests.reference import word_pairs
from vgdesk.analyses import of_kind
from vgdesk.analyses.base import Kind, WordAnalysis
from vgdesk.analyses.words.block_sums import CHUNK, sum_parts
from vgdesk.analyses.words.cosine import COSINE
from vgdesk.analyses.words.euclidean import EUCLIDEAN
from vgdesk.analyses.words.word_overview import (
    MOST_BLOCKS,
    MOST_ROWS,
    Sight,
    block_starts,
    compare_rows,
    overview,
)
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import WordOverview, WordSimilarity
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Order

REFERENCES = {
    "cosine": word_pairs.cosine,
    "pearson": word_pairs.pearson,
    "euclidean": word_pairs.euclidean,
}


@pytest.fixture(params=of_kind(Kind.WORDS), ids=lambda analysis: analysis.id)
def measure(request: pytest.FixtureRequest) -> WordAnalysis:
    assert isinstance(request.param, WordAnalysis)
    return request.param


def mean_of_pairs(
    measure: WordAnalysis, pairs: np.ndarray, one: Sequence[int], other: Sequence[int]
) -> float:
    """Average by hand: root mean square of distances, plain mean of all else."""
    found = [pairs[i, j] for i in one for j in other if i != j]
    if not found:
        return float("nan")
    if measure.is_distance:
        return float(np.sqrt(np.mean(np.square(found))))
    return float(np.mean(found))


def means_by_hand(
    measure: WordAnalysis, values: np.ndarray, parts: Sequence[Sequence[int]]
) -> np.ndarray:
    pairs = word_pairs.all_pairs(REFERENCES[measure.id], values)
    return np.array([[mean_of_pairs(measure, pairs, a, b) for b in parts] for a in parts])


def blocks_of(result: WordOverview, stack: LayerStack) -> list[list[int]]:
    place = {row: i for i, row in enumerate(stack.rows)}
    return [[place[row] for row in result.rows[a:b]] for a, b in pairwise(result.starts)]


def two_labels(stack: LayerStack) -> Facts:
    """Label most words; which group a word is in has nothing to do with its place."""
    labels = {word: "ab"[i * i % 3 % 2] for i, word in enumerate(stack.words) if i % 5}
    return Facts.of_labels(labels)


@pytest.mark.parametrize("offset", [0, 100])
def test_means_of_uneven_parts_are_those_of_all_pairs(measure: WordAnalysis, offset: float) -> None:
    values = (noise(40, 7) + offset).astype(np.float32)
    codes = np.random.default_rng(1).integers(0, 4, 40)
    codes[codes == 3] = 2
    codes[11] = 3  # a part of one row has no pair
    (sums,) = sum_parts(measure, values, [(codes, 4)])
    expected = means_by_hand(measure, values, [np.flatnonzero(codes == i) for i in range(4)])
    assert np.isnan(expected[3, 3])
    np.testing.assert_allclose(sums.means(), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("n", [2, 3, 5, 31])
def test_an_overview_is_the_mean_over_its_blocks(
    measure: WordAnalysis, order: Order, n: int
) -> None:
    stack = stack_of(noise(2, n, 6))
    facts = two_labels(stack)
    result = overview(measure, [(stack, 1)], Sight(order, facts))
    assert sorted(result.rows) == sorted(stack.rows)
    expected = means_by_hand(measure, stack.values[1], blocks_of(result, stack))
    np.testing.assert_allclose(result.values, expected, rtol=1e-5, atol=1e-6)
    assert (result.measure, result.layer, result.order) == (measure.id, "1", order)
    assert result.is_distance == measure.is_distance


@pytest.mark.slow
def test_many_rows_are_summed_as_few_are(measure: WordAnalysis) -> None:
    n = 2 * CHUNK + 11
    stack = stack_of(noise(1, n, 5) + 1)
    full = measure.compute(stack, 0).values.astype(np.float64)
    power = 2 if measure.is_distance else 1
    np.fill_diagonal(full, 0)
    result = overview(measure, [(stack, 0)], Sight())
    assert isinstance(result, WordOverview)
    for i, j in ((0, 0), (0, 7), (500, 3), (len(result.values) - 1,) * 2):
        one, other = (slice(*result.starts[k : k + 2]) for k in (i, j))
        size = (one.stop - one.start) * (other.stop - other.start - (i == j))
        mean = ((full[one, other] ** power).sum() / size) ** (1 / power)
        assert result.values[i, j] == pytest.approx(mean, rel=1e-5, abs=1e-6)


def test_means_within_and_between_groups_are_those_of_all_pairs(measure: WordAnalysis) -> None:
    stack = stack_of(noise(1, 30, 6))
    facts = two_labels(stack)
    labels = facts.labels()
    groups = [labels.get(word, "") for word in stack.words]
    pairs = word_pairs.all_pairs(REFERENCES[measure.id], stack.values[0])
    known = [(i, j) for i in range(30) for j in range(i) if groups[i] and groups[j]]
    power = 2 if measure.is_distance else 1
    expected = [
        np.mean([pairs[i, j] ** power for i, j in known if (groups[i] == groups[j]) == same])
        ** (1 / power)
        for same in (True, False)
    ]
    for order in Order:
        result = overview(measure, [(stack, 0)], Sight(order, facts))
        assert result.group_means == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("labels", [{}, {WordId("w0000"): "a", WordId("w0001"): "a"}])
def test_without_two_groups_there_are_no_means_of_groups(labels: dict[WordId, str]) -> None:
    result = overview(COSINE, [(stack_of(noise(8, 4)), 0)], Sight(facts=Facts.of_labels(labels)))
    assert result.group_means is None


def test_a_label_for_every_word_makes_no_matrix_of_labels() -> None:
    stack = stack_of(noise(1, 3000, 4))
    facts = Facts.of_labels({word: f"{i // 2}" for i, word in enumerate(stack.words)})
    result = overview(COSINE, [(stack, 0)], Sight(Order.GROUP, facts))
    assert result.group_means is not None


def test_groups_come_in_the_order_of_the_list_and_words_without_one_last() -> None:
    stack = stack_of(noise(1, 6, 4))
    labels = {"w0001": "late", "w0002": "early", "w0003": "late", "w0005": "early"}
    facts = Facts.of_labels({WordId(word): label for word, label in labels.items()})
    result = overview(COSINE, [(stack, 0)], Sight(Order.GROUP, facts))
    assert result.rows == ("w0001", "w0003", "w0002", "w0005", "w0000", "w0004")


@pytest.mark.parametrize("n", [600, 2500])
def test_similar_words_stand_side_by_side(measure: WordAnalysis, n: int) -> None:
    groups = np.random.default_rng(0).integers(0, 6, n)
    stack = stack_of(noise(n, 20) + 10 * noise(6, 20, seed=1)[groups])
    result = overview(measure, [(stack, 0)], Sight(Order.SIMILARITY))
    shown = [groups[i] for block in blocks_of(result, stack) for i in block]
    assert sum(a != b for a, b in pairwise(shown)) == 5


@pytest.mark.parametrize("n", [2, 3, 2000, 2001, 2049, 26_000, 26_001, 100_003])
def test_blocks_are_equal_and_never_a_single_word(n: int) -> None:
    starts = block_starts(n)
    sizes = np.diff(starts)
    assert (starts[0], starts[-1]) == (0, n)
    assert len(sizes) <= MOST_BLOCKS
    assert sizes.min() >= 2
    assert sizes.max() - sizes.min() <= 1


def test_a_difference_is_that_of_the_means_in_the_order_of_the_first(
    measure: WordAnalysis,
) -> None:
    one, other = stack_of(noise(2, 20, 6)), stack_of(noise(1, 20, 9, seed=5), encoder="b")
    facts = two_labels(one)
    sight = Sight(Order.SIMILARITY, facts)
    result = overview(measure, [(one, 1), (other, 0)], sight)
    first = overview(measure, [(one, 1)], sight)
    assert result.rows == first.rows
    means = [
        means_by_hand(measure, stack.values[layer], blocks_of(first, one))
        for stack, layer in ((one, 1), (other, 0))
    ]
    np.testing.assert_allclose(result.values, means[1] - means[0], rtol=1e-4, atol=1e-6)
    assert result.layer == "0 minus 1"
    assert result.limits[0] == -result.limits[1]
    assert result.trace.encoders == ("a", "b")
    second = overview(measure, [(other, 0)], sight)
    assert first.group_means is not None
    assert second.group_means is not None
    assert result.group_means == pytest.approx(np.subtract(second.group_means, first.group_means))


def test_a_short_list_is_shown_pair_by_pair(measure: WordAnalysis) -> None:
    stack = stack_of(noise(2, 30, 5))
    result = compare_rows(measure, [(stack, 1)], Sight(Order.SIMILARITY))
    assert isinstance(result, WordSimilarity)
    np.testing.assert_array_equal(result.values, measure.compute(stack, 1).values)
    assert result.part_of == 0


@pytest.mark.slow
def test_a_long_list_is_shown_in_blocks_and_a_part_of_it_pair_by_pair(
    measure: WordAnalysis,
) -> None:
    n = MOST_ROWS + 1
    one, other = stack_of(noise(2, n, 4)), stack_of(noise(2, n, 4, seed=1))
    assert isinstance(compare_rows(measure, [(one, 0)], Sight()), WordOverview)
    part = [3, 40, 41, 1990]
    sight = Sight(part=frozenset(one.rows[i] for i in part))
    full = [measure.compute(stack, 1).values[np.ix_(part, part)] for stack in (one, other)]
    found = compare_rows(measure, [(one, 1)], sight)
    assert isinstance(found, WordSimilarity)
    assert found.rows == tuple(one.rows[i] for i in part)
    assert found.part_of == n
    np.testing.assert_allclose(found.values, full[0], rtol=1e-6, atol=1e-6)
    between = compare_rows(measure, [(one, 1), (other, 1)], sight)
    np.testing.assert_allclose(between.values, full[1] - full[0], rtol=1e-5, atol=1e-6)


def test_a_part_names_rows_that_are_there() -> None:
    with pytest.raises(VgdeskError, match="no row “w9999”"):
        compare_rows(COSINE, [(stack_of(noise(5, 4)), 0)], Sight(part=frozenset({"w9999"})))


def test_equal_words_are_at_no_distance_whatever_the_offset() -> None:
    values = np.tile(noise(1, 8) * 1e4 + 1e5, (12, 1)).astype(np.float32)
    result = overview(EUCLIDEAN, [(stack_of(values), 0)], Sight())
    assert (result.values == 0).all()


def test_words_without_a_direction_are_like_none() -> None:
    values = noise(8, 6)
    values[2:4] = 0
    result = overview(COSINE, [(stack_of(values), 0)], Sight())
    assert result.values[1].tolist() == [0] * 4


def test_small_distances_far_from_the_middle_keep_their_digits() -> None:
    values = noise(40, 50)
    values[20:] += 1e3
    stack = stack_of(values)
    expected = means_by_hand(EUCLIDEAN, stack.values[0], [[2 * i, 2 * i + 1] for i in range(20)])
    result = overview(EUCLIDEAN, [(stack, 0)], Sight())
    np.testing.assert_allclose(result.values, expected, rtol=1e-5)


def test_the_blocks_must_hold_all_rows() -> None:
    result = overview(COSINE, [(stack_of(noise(8, 6)), 0)], Sight())
    with pytest.raises(ValueError, match="blocks must hold"):
        replace(result, rows=result.rows[1:])
