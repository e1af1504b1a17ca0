from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.word_pairs import cosine
from vgdesk.analyses.lexicon.ratings import correlate_ratings, standard_ranks
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

SEEDS = st.integers(0, 2**32 - 1)
Rated = Sequence[tuple[int, int, float]]


def scored(stack: LayerStack, rated: Rated, seed: int = 0) -> LayerCurve:
    ratings = tuple((stack.words[i], stack.words[j], rating) for i, j, rating in rated)
    (curve,) = correlate_ratings(stack, Facts(ratings=ratings), seed)
    return curve


def some_pairs(words: int, pairs: int, seed: int = 0) -> list[tuple[int, int]]:
    rng = np.random.default_rng(seed)
    upper = np.transpose(np.triu_indices(words, 1))
    return [(int(i), int(j)) for i, j in rng.choice(upper, pairs, replace=False)]


def rated_by(meanings: np.ndarray, pairs: Sequence[tuple[int, int]], spread: float = 0.0) -> Rated:
    """Rate pairs by the cosine of their meanings, with noise."""
    errors = spread * noise(len(pairs), seed=4)
    return [
        (i, j, cosine(list(meanings[i]), list(meanings[j])) + float(error))
        for (i, j), error in zip(pairs, errors, strict=True)
    ]


def mean_ranks(values: Sequence[float]) -> list[float]:
    """Rank by counting, ties at their mean."""
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2
        for value in values
    ]


def test_it_is_the_definition() -> None:
    stack = stack_of(noise(3, 20, 5))
    pairs = some_pairs(20, 60)
    rated = [(i, j, float((i * j) % 7)) for i, j in pairs]
    expected = []
    for layer in stack.values:
        rows = [[float(value) for value in row] for row in layer]
        cosines = [cosine(rows[i], rows[j]) for i, j in pairs]
        ranks = mean_ranks(cosines), mean_ranks([rating for _, _, rating in rated])
        expected.append(np.corrcoef(*ranks)[0, 1])
        assert expected[-1] == pytest.approx(spearmanr(cosines, [r for *_, r in rated]).statistic)
    assert scored(stack, rated).values == pytest.approx(np.array(expected))


def test_ratings_are_found_at_the_layer_where_they_are() -> None:
    meanings, pairs = noise(60, 10, seed=3), some_pairs(60, 300)
    values = noise(5, 60, 12)
    values[2, :, :10] += 2 * meanings
    curve = scored(stack_of(values), rated_by(meanings, pairs, 0.1))
    assert curve.values.argmax() == 2
    assert curve.low[2] > curve.chance_high[2]
    assert curve.q_values[2] < 0.05
    assert curve.q_values[[0, 1, 3, 4]].min() > 0.05


def test_the_same_order_scores_1_and_the_reverse_scores_minus_1() -> None:
    meanings, pairs = noise(30, 6), some_pairs(30, 100)
    rated = rated_by(meanings.astype(np.float32).astype(float), pairs)
    assert scored(stack_of(meanings), rated).values[0] == pytest.approx(1)
    reverse = [(i, j, -rating) for i, j, rating in rated]
    assert scored(stack_of(meanings), reverse).values[0] == pytest.approx(-1)


@pytest.mark.slow
def test_noise_leaves_chance_as_rarely_as_it_should() -> None:
    pairs = some_pairs(40, 200)
    curve = scored(stack_of(noise(150, 40, 6)), rated_by(noise(40, 6, seed=1), pairs))
    outside = (curve.values < curve.chance_low) | (curve.values > curve.chance_high)
    assert outside.mean() < 0.12
    assert curve.values.mean() == pytest.approx(0, abs=0.02)


def test_chance_is_that_of_words_and_not_of_pairs() -> None:
    # One word is in most pairs, and people find it like anything: pairs are no free evidence.
    pairs = [(0, j) for j in range(1, 40)] + some_pairs(40, 60)
    pairs = list(dict.fromkeys(pairs))
    rated = [(i, j, float(0 in (i, j))) for i, j in pairs]
    values = noise(1, 40, 6)
    curve = scored(stack_of(values), rated)
    rng, found = np.random.default_rng(8), []
    for _ in range(400):
        mixed = values[0, rng.permutation(40)]
        cosines = [cosine(list(mixed[i]), list(mixed[j])) for i, j in pairs]
        found.append(spearmanr(cosines, [rating for *_, rating in rated]).statistic)
    width = np.percentile(found, 97.5) - np.percentile(found, 2.5)
    assert curve.chance_high[0] - curve.chance_low[0] == pytest.approx(width, rel=0.2)


@pytest.mark.slow
def test_the_interval_is_that_of_words_drawn_again() -> None:
    meanings, pairs = noise(60, 6), some_pairs(60, 500)
    rated = rated_by(noise(60, 6, seed=2) + meanings, pairs)
    curve, rng, found = scored(stack_of(meanings), rated), np.random.default_rng(3), []
    for _ in range(300):
        counts = np.bincount(rng.integers(0, 60, 60), minlength=60)
        times = [counts[i] * counts[j] for i, j in pairs]
        cosines = [cosine(list(meanings[i]), list(meanings[j])) for i, j in pairs]
        drawn = np.repeat(cosines, times), np.repeat([r for *_, r in rated], times)
        found.append(spearmanr(*drawn).statistic)
    low, high = np.percentile(found, [2.5, 97.5])
    assert curve.low[0] == pytest.approx(low, abs=0.04)
    assert curve.high[0] == pytest.approx(high, abs=0.04)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_rotation_lengths_and_order_do_not_matter(seed: int) -> None:
    rng, values = np.random.default_rng(seed), noise(2, 20, 5, seed=seed)
    rated = rated_by(noise(20, 5, seed=seed + 1), some_pairs(20, 50, seed))
    order = rng.permutation(20)
    turned = rng.uniform(0.1, 10, (20, 1)) * (values @ rotation(5, seed))
    stack = stack_of(values)
    other = stack_of(turned[:, order], words=[stack.words[i] for i in order])
    place = {word: i for i, word in enumerate(other.words)}
    moved = [(place[stack.words[j]], place[stack.words[i]], rating) for i, j, rating in rated]
    assert scored(other, moved).values == pytest.approx(scored(stack, rated).values, abs=0.01)


@given(seed=SEEDS, scale=st.floats(0.1, 10))
@settings(max_examples=15, deadline=None)
def test_the_scale_of_the_ratings_does_not_matter(seed: int, scale: float) -> None:
    stack, pairs = stack_of(noise(1, 20, 5, seed=seed)), some_pairs(20, 50, seed)
    rated = [(i, j, float((i + j) % 6)) for i, j in pairs]
    other = [(i, j, scale * rating**3 - 5) for i, j, rating in rated]
    assert scored(stack, other).values == pytest.approx(scored(stack, rated).values)


def test_a_narrow_cone_is_no_trap_for_float32() -> None:
    values = (noise(60, 40) + 30).astype(np.float32)
    pairs = some_pairs(60, 200)
    rated = rated_by(noise(60, 6, seed=1), pairs)
    exact = values.astype(np.longdouble)
    exact /= np.sqrt((exact**2).sum(axis=1, keepdims=True))
    cosines = [float((exact[i] * exact[j]).sum() - 1) for i, j in pairs]
    expected = spearmanr(cosines, [rating for *_, rating in rated]).statistic
    assert scored(stack_of(values), rated).values[0] == pytest.approx(expected, abs=1e-6)


def test_pairs_of_words_that_are_not_there_are_left_out() -> None:
    stack, pairs = stack_of(noise(2, 30, 5)), some_pairs(30, 80)
    rated = rated_by(noise(30, 5, seed=1), pairs)
    kept = [(i, j, rating) for i, j, rating in rated if i < 22 and j < 22]
    some = stack.only(range(22))
    ratings = tuple((stack.words[i], stack.words[j], rating) for i, j, rating in rated)
    (found,) = correlate_ratings(some, Facts(ratings=ratings), 0)
    assert found.values == pytest.approx(scored(stack, kept).values)
    assert f"over {len(kept)} pairs" in found.trace.estimator


def test_without_ratings_the_error_names_their_source() -> None:
    stack = stack_of(noise(1, 30, 5))
    with pytest.raises(TooFewWordsError, match=r"At least 10 pairs .* but there are 0") as refusal:
        correlate_ratings(stack, Facts(), 0)
    assert "--ratings FILE" in refusal.value.hint
    with pytest.raises(TooFewWordsError, match="but there are 9"):
        scored(stack, [(0, i, float(i)) for i in range(1, 10)])


@pytest.mark.parametrize(("words", "is_few"), [(19, True), (20, False)])
def test_few_words_are_warned_about(words: int, is_few: bool) -> None:
    chain = [(i, i + 1, float(i % 3)) for i in range(words - 1)]
    warning = scored(stack_of(noise(1, 30, 5)), chain).trace.warning
    assert warning.startswith("Too few words to trust: only 19") == is_few


def test_constant_ratings_score_zero() -> None:
    curve = scored(stack_of(noise(1, 30, 5)), [(i, i + 1, 3.0) for i in range(29)])
    assert (curve.values[0], curve.q_values[0]) == (0, 1)
    assert not standard_ranks(np.full((2, 4), 0.1)).any()
