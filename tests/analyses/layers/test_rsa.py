from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.rsa import compared, correlation, distances, rank_correlation, tau_b
from vgdesk.analyses.layers.rsa import MOST_WORDS, kendall_rsa, pearson_rsa, spearman_rsa
from vgdesk.analyses.numerics.pair_tiles import TILE

MEASURES = {pearson_rsa: correlation, spearman_rsa: rank_correlation, kendall_rsa: tau_b}
ALL = pytest.mark.parametrize("compare", MEASURES)
LINEAR = pytest.mark.parametrize("compare", [pearson_rsa, spearman_rsa])
SEEDS = st.integers(0, 2**32 - 1)

# rsatoolbox 0.3.2: compare(r, r, method)[0] for r = calc_rdm([Dataset(x) for x in planted()],
# method="correlation"), with "corr", "spearman" and "tau-b".
RSATOOLBOX = {
    pearson_rsa: [1.0, 0.136296792, 0.262321005, 0.592813669],
    spearman_rsa: [1.0, 0.126330661, 0.268886002, 0.560064209],
    kendall_rsa: [1.0, 0.084489, 0.183180173, 0.395711501],
}


def planted() -> np.ndarray:
    """Make four layers of which the later ones hold more and more of the first."""
    values = noise(4, 20, 15)
    values[1:] += values[:1] * np.array([0.2, 0.5, 1.0])[:, None, None]
    return values.astype(np.float32)


def with_copies(words: int) -> np.ndarray:
    values = noise(2, words, 7, seed=words)
    values[:, 1] = values[:, 0]
    values[1, -1] = 3.0
    return values


def exact(values: np.ndarray) -> list[np.ndarray]:
    """Correlation distances by numpy in float64, one row a layer."""
    upper = np.triu_indices(values.shape[1], 1)
    return [np.round(1 - np.corrcoef(layer.astype(np.float64))[upper], 12) for layer in values]


def in_a_cone(words: int) -> np.ndarray:
    """Make words that differ little beside what they have in common."""
    return (noise(3, words, 60) + 40 * noise(60, seed=1)).astype(np.float32)


def with_one_odd_word(words: int) -> np.ndarray:
    values = in_a_cone(words)
    values[:, 5] = noise(60, seed=2)
    return values


def with_ties(words: int) -> np.ndarray:
    """Make words that fall into few kinds, as spelling does, beside layers without ties."""
    values = noise(3, words, 60)
    values[1] = np.sign(noise(9, 60, seed=4))[np.arange(words) % 9]
    return values


LARGE = {
    "ties": with_ties(200),
    "ties in several tiles": with_ties(600),
    "float64": noise(3, 362, 60),
    "float32": noise(3, 363, 60),
    "several tiles": noise(3, TILE + 80, 60),
    "a cone": in_a_cone(600),
    "a cone and one odd word": with_one_odd_word(600),
    "a thousand on top": noise(3, 400, 60) + 1000,
    "one dimension far out": noise(3, 400, 60) + 300 * (np.arange(60) == 7),
}


@ALL
@pytest.mark.parametrize("words", [4, 5, 9])
def test_it_is_the_definition(compare, words: int) -> None:
    a, b = with_copies(words), noise(3, words, 5)
    found = compare(stack_of(a), stack_of(b))
    expected = compared(MEASURES[compare], a.astype(np.float32), b.astype(np.float32))
    assert found.values == pytest.approx(expected, abs=1e-9)


@ALL
def test_it_is_what_rsatoolbox_gives(compare) -> None:
    stack = stack_of(planted())
    assert compare(stack, stack).values[0] == pytest.approx(RSATOOLBOX[compare], abs=2e-9)


@pytest.mark.slow
@pytest.mark.parametrize("case", LARGE)
def test_it_is_right_to_six_digits(case: str) -> None:
    stack = stack_of(LARGE[case])
    pairs = exact(stack.values)
    # The distances of one odd word follow each other, and are nearly all there is to add up.
    limit = 3e-6 if "odd" in case else 1e-6
    assert np.abs(pearson_rsa(stack, stack).values - np.corrcoef(pairs)).max() < limit
    by_ranks = stats.spearmanr(pairs, axis=1).statistic
    assert np.abs(spearman_rsa(stack, stack).values - by_ranks).max() < 1e-6


def test_kendall_counts_all_couples_of_few_words() -> None:
    stack = stack_of(noise(2, 64, 8))
    result = kendall_rsa(stack, stack)
    expected = stats.kendalltau(*exact(stack.values)).statistic
    assert result.values[0, 1] == pytest.approx(expected, abs=1e-9)
    assert result.trace.seed is None


@pytest.mark.slow
@pytest.mark.parametrize("words", [65, 300])
def test_kendall_of_many_words_is_right_to_what_drawing_allows(words: int) -> None:
    values = noise(2, words, 8)
    values[1] += values[0]
    stack = stack_of(values)
    expected = stats.kendalltau(*exact(stack.values)).statistic
    found = [kendall_rsa(stack, stack, seed=seed) for seed in range(6)]
    errors = np.array([result.values[0, 1] - expected for result in found])
    assert 1e-6 < np.abs(errors).max() < 0.002
    assert abs(errors.mean()) < 0.001
    assert found[5].trace.seed == 5
    assert "2,097,152 couples" in found[5].trace.estimator


@ALL
@given(seed=SEEDS, words=st.integers(4, 24))
@settings(max_examples=25, deadline=None)
def test_size_and_offset_of_each_word_do_not_matter(compare, seed: int, words: int) -> None:
    a, b = noise(2, words, 6, seed=seed), noise(2, words, 9, seed=seed + 1)
    rng = np.random.default_rng(seed)
    moved = a * rng.uniform(0.1, 10, (words, 1)) + rng.uniform(-3, 3, (words, 1))
    moved = moved[..., rng.permutation(6)]
    before, after = compare(stack_of(a), stack_of(b)), compare(stack_of(moved), stack_of(b))
    # Float32 input may swap neighbouring ranks.
    pairs = words * (words - 1) // 2
    one_swap = {kendall_rsa: 4 / (pairs * (pairs - 1)), spearman_rsa: 12 / (pairs**3 - pairs)}
    tolerance = 1e-5 + 2 * one_swap.get(compare, 0.0)
    assert after.values == pytest.approx(before.values, abs=tolerance)
    assert after.chance_sd == pytest.approx(before.chance_sd, abs=1e-5)


@pytest.mark.slow
@ALL
@given(seed=SEEDS, words=st.integers(4, 24))
@settings(max_examples=25, deadline=None)
def test_a_layer_is_like_itself_and_sides_and_order_do_not_matter(compare, seed, words) -> None:
    a, b = noise(2, words, 6, seed=seed), noise(3, words, 9, seed=seed + 1)
    order = np.random.default_rng(seed).permutation(words)
    result = compare(stack_of(a), stack_of(b))
    assert np.diag(compare(stack_of(a), stack_of(a)).values) == pytest.approx(1.0)
    swapped = compare(stack_of(b), stack_of(a))
    assert pytest.approx(result.values) == swapped.values.T
    assert pytest.approx(result.chance_sd) == swapped.chance_sd.T
    reordered = compare(stack_of(a[:, order]), stack_of(b[:, order]))
    assert reordered.values == pytest.approx(result.values)
    assert reordered.chance_sd == pytest.approx(result.chance_sd)
    assert np.abs(result.values).max() <= 1


@LINEAR
@pytest.mark.parametrize("words", [4, 5, 6])
def test_chance_is_exact_over_all_orders(compare, words: int) -> None:
    a, b = with_copies(words)[:1], noise(1, words, 5, seed=99) ** 3
    result = compare(stack_of(a), stack_of(b))
    orders = [list(order) for order in permutations(range(words))]
    values = [MEASURES[compare](distances(a[0, order]), distances(b[0])) for order in orders]
    assert result.chance_mean[0, 0] == pytest.approx(np.mean(values), abs=1e-7)
    assert result.chance_sd[0, 0] == pytest.approx(np.std(values), abs=1e-7)


@pytest.mark.slow
@ALL
@pytest.mark.parametrize("words", [8, 24])
def test_chance_is_what_shuffling_gives(compare, words: int) -> None:
    a, b = noise(1, words, 12, seed=1), noise(1, words, 9, seed=2)
    # Some words stand apart from all others, and some pairs are ties.
    a[:, :3] *= 4
    b[:, 3] = b[:, 4]
    rng = np.random.default_rng(0)
    shuffled = stack_of(np.stack([a[0, rng.permutation(words)] for _ in range(500)]))
    values = compare(shuffled, stack_of(b)).values
    result = compare(stack_of(a), stack_of(b))
    spread = result.chance_sd[0, 0]
    assert values.mean() == pytest.approx(result.chance_mean[0, 0], abs=4 * spread / 500**0.5)
    assert values.std() == pytest.approx(spread, rel=0.1)


@pytest.mark.slow
@ALL
@pytest.mark.parametrize("words", [30, 300])
def test_unrelated_layers_score_chance(compare, words: int) -> None:
    a, b = noise(12, words, 64, seed=1), noise(12, words, 64, seed=2)
    result = compare(stack_of(a), stack_of(b))
    z = result.values / result.chance_sd
    assert abs(z.mean()) < 0.4
    assert 0.7 < z.std() < 1.3
    assert result.q_values.min() > 0.01


@ALL
def test_what_layers_share_is_found_where_it_is(compare) -> None:
    a, b = noise(6, 60, 20, seed=1), noise(6, 60, 30, seed=2)
    b[4, :, :20] += 2 * a[2]
    result = compare(stack_of(a), stack_of(b))
    assert np.unravel_index(result.values.argmax(), result.values.shape) == (2, 4)
    assert result.q_values[2, 4] < 0.001


def test_one_odd_word_carries_pearson_but_not_the_ranks() -> None:
    a, b = noise(1, 60, 20, seed=1), noise(1, 60, 20, seed=2)
    for values in (a, b):
        values += 5 * noise(20, seed=3)
        values[:, 7] *= -1
    assert pearson_rsa(stack_of(a), stack_of(b)).values[0, 0] > 0.9
    assert spearman_rsa(stack_of(a), stack_of(b)).values[0, 0] < 0.4


@ALL
def test_a_layer_that_is_the_same_for_all_words_scores_zero(compare) -> None:
    a = np.stack([np.tile(noise(1, 9), (200, 1)), noise(200, 9)])
    # Copies of one profile that differ in size, so that rounding differs.
    a[0] *= np.linspace(1, 50, 200)[:, None]
    result = compare(stack_of(a), stack_of(a))
    assert result.values[0].tolist() == [0, 0]
    assert result.chance_sd[0].tolist() == [0, 0]
    assert result.q_values[0].tolist() == [1, 1]
    assert result.values[1, 1] == pytest.approx(1)


@ALL
@pytest.mark.parametrize("words", [12, 400])
def test_a_layer_of_equidistant_words_scores_zero(compare, words) -> None:
    without_mean = np.linalg.qr(np.column_stack([np.ones(words), noise(words, words - 1)]))[0][
        :, 1:
    ]
    simplex = without_mean @ rotation(words - 1) @ without_mean.T
    result = compare(stack_of(simplex), stack_of(noise(1, words, 9)))
    assert result.values[0, 0] == 0
    assert result.chance_sd[0, 0] == 0


@pytest.mark.slow
def test_of_too_many_words_some_are_drawn() -> None:
    values = noise(2, MOST_WORDS + 400, 3)
    values[1] += values[0]
    stack = stack_of(values)
    one, other = (pearson_rsa(stack, stack, seed=seed) for seed in (1, 2))
    assert one.trace.n == MOST_WORDS
    assert one.trace.seed == 1
    assert "5,000 of 5,400 words" in one.trace.estimator
    assert one.values[0, 0] == pytest.approx(1)
    assert 0 < abs(one.values[0, 1] - other.values[0, 1]) < 0.01
    few = stack.only(range(MOST_WORDS))
    assert pearson_rsa(few, few, seed=1).trace.seed is None


@ALL
@pytest.mark.parametrize(("words", "is_trusted"), [(19, False), (20, True)])
def test_few_words_are_warned_about(compare, words: int, is_trusted: bool) -> None:
    stack = stack_of(noise(1, words, 8))
    warning = compare(stack, stack).trace.warning
    assert (warning == "") == is_trusted
    assert is_trusted or warning.startswith("Too few words to trust")


@ALL
def test_other_rows_are_refused(compare) -> None:
    values = noise(1, 5, 4)
    with pytest.raises(ValueError, match="rows"):
        compare(stack_of(values), stack_of(values, rows=list("abcde")))
