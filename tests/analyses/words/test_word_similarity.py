import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference import word_pairs
from vgdesk.analyses import ANALYSES, of_kind
from vgdesk.analyses.base import Analysis, Kind
from vgdesk.analyses.words.cosine import compare_by_cosine
from vgdesk.analyses.words.distances import BLOCK
from vgdesk.analyses.words.euclidean import compare_by_distance
from vgdesk.analyses.words.pearson import compare_by_correlation
from vgdesk.analyses.words.word_pairs import ORDERED_WORDS

REFERENCES = {
    "cosine": word_pairs.cosine,
    "pearson": word_pairs.pearson,
    "euclidean": word_pairs.euclidean,
}
SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(params=of_kind(Kind.WORDS), ids=lambda analysis: analysis.id)
def measure(request: pytest.FixtureRequest) -> Analysis:
    return request.param


@pytest.mark.parametrize("offset", [0, 100])
def test_it_is_the_definition(measure: Analysis, offset: float) -> None:
    stack = stack_of(noise(2, 9, 7) + offset)
    expected = word_pairs.all_pairs(REFERENCES[measure.id], stack.values[1])
    result = measure.compute(stack, 1)
    assert result.values == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert result.measure == measure.id
    assert (result.layer, result.rows, result.words) == ("1", stack.rows, stack.words)
    assert result.is_distance == (measure.id == "euclidean")


def test_both_triangles_are_one(measure: Analysis) -> None:
    values = measure.compute(stack_of(noise(BLOCK + 30, 4)), 0).values
    assert np.allclose(values, values.T, rtol=0, atol=1e-6)


@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=25, deadline=None)
def test_what_does_not_matter(seed: int, scale: float) -> None:
    values = noise(8, 6, seed=seed)
    turned = values @ rotation(6, seed)
    plain = stack_of(values)
    cosine, distance = compare_by_cosine(plain, 0).values, compare_by_distance(plain, 0).values
    correlation = compare_by_correlation(plain, 0).values
    assert compare_by_cosine(stack_of(scale * turned), 0).values == pytest.approx(cosine, abs=1e-5)
    assert compare_by_correlation(stack_of(scale * values + scale), 0).values == pytest.approx(
        correlation, abs=1e-3
    )
    moved = compare_by_distance(stack_of(turned + 5), 0).values
    assert moved == pytest.approx(distance, rel=1e-4, abs=1e-5)


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_list_does_not_matter(seed: int) -> None:
    values = noise(9, 6, seed=seed)
    mixed = np.random.default_rng(seed).permutation(9)
    for measure in of_kind(Kind.WORDS):
        one = measure.compute(stack_of(values), 0)
        other = measure.compute(stack_of(values[mixed]), 0)
        assert other.values == pytest.approx(one.values[np.ix_(mixed, mixed)], abs=1e-6)
        assert other.limits == pytest.approx(one.limits)


def test_vectors_without_a_direction_are_like_none() -> None:
    values = noise(5, 6)
    values[2] = 0
    assert compare_by_cosine(stack_of(values), 0).values[2].tolist() == [0] * 5
    values[2] = 0.1
    assert compare_by_correlation(stack_of(values), 0).values[2].tolist() == [0] * 5


def test_near_copies_with_a_large_offset_stay_apart() -> None:
    values = (noise(40, 768) + 30).astype(np.float32)
    values[1] = values[0]
    values[1, :7] += 0.01
    stack = stack_of(values)
    exact = np.linalg.norm(stack.values[0, 0].astype(float) - stack.values[0, 1].astype(float))
    assert compare_by_distance(stack, 0).values[0, 1] == pytest.approx(exact, rel=1e-6)
    cosine = word_pairs.cosine(*([float(x) for x in row] for row in stack.values[0, :2]))
    assert compare_by_cosine(stack, 0).values[0, 1] == pytest.approx(cosine, abs=1e-7)


def test_copies_are_at_no_distance() -> None:
    values = noise(40, 768) * 100 + 1000
    values[30:] = values[3]
    distances = compare_by_distance(stack_of(values), 0).values
    assert (distances[30:, 30:] == 0).all()
    assert (distances[3, 30:] == 0).all()


def test_a_steep_spectrum_leaves_small_distances_right() -> None:
    values = noise(60, 50)
    values[:, 0] *= 1e4
    values[1] = values[0] + 0.01 * noise(50, seed=1)
    stack = stack_of(values)
    expected = word_pairs.all_pairs(word_pairs.euclidean, stack.values[0])
    assert compare_by_distance(stack, 0).values == pytest.approx(expected, rel=1e-6)


def test_similar_words_stand_side_by_side(measure: Analysis) -> None:
    groups = np.arange(60) % 3
    values = noise(60, 20) + 10 * noise(3, 20, seed=1)[groups]
    order = measure.compute(stack_of(values), 0).order
    assert sum(a != b for a, b in zip(groups[[*order]], groups[[*order[1:]]], strict=False)) == 2


def test_the_sides_of_the_branches_are_chosen_well(measure: Analysis) -> None:
    result = measure.compute(stack_of(noise(ORDERED_WORDS, 20)), 0)
    values = result.values.astype(np.float64)
    distances = values if result.is_distance else 1 - values
    plain = leaves_list(linkage(squareform(distances, checks=False), "average"))
    chosen, as_found = (sum(distances[o[:-1], o[1:]]) for o in (np.array(result.order), plain))
    assert chosen < as_found


def test_a_long_list_is_ordered_too(measure: Analysis) -> None:
    result = measure.compute(stack_of(noise(ORDERED_WORDS + 1, 5)), 0)
    assert sorted(result.order) == list(range(ORDERED_WORDS + 1))


def test_limits_hold_most_pairs_and_no_diagonal() -> None:
    values = noise(50, 20) * 0.1 + 1
    result = compare_by_cosine(stack_of(values), 0)
    pairs = result.values[np.triu_indices(50, 1)]
    low, high = result.limits
    assert pairs.min() < low < high < pairs.max() < 1
    assert ((low <= pairs) & (pairs <= high)).mean() == pytest.approx(0.98, abs=0.01)


@pytest.mark.parametrize(
    ("measure", "limits"), [("cosine", (-1, 1)), ("pearson", (-1, 1)), ("euclidean", (0, 1))]
)
def test_equal_words_leave_the_whole_scale(measure: str, limits: tuple[float, float]) -> None:
    stack = stack_of(np.tile(noise(1, 6), (5, 1)))
    assert ANALYSES[measure].compute(stack, 0).limits == limits
