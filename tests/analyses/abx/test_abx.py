from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import in_pairs, noise, rotation, stack_of
from tests.reference.abx import angles, cells, error_rate
from vgdesk.analyses.abx.abx import SHUFFLED_ROWS, discriminate_labels, recognise_words
from vgdesk.analyses.abx.abx_triples import (
    MatrixNearness,
    Trials,
    VectorNearness,
    abx_cells,
    abx_losses,
)
from vgdesk.analyses.numerics.triple_counts import FEW
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

SEEDS = st.integers(0, 2**32 - 1)
GROUPS = ["a", "b", "a", "c", "a", "b", "b", "c", "a", "alone", "a"]


def by_label(stack: LayerStack, groups: list[str], seed: int = 0) -> LayerCurve:
    facts = Facts.of_labels(dict(zip(stack.words, groups, strict=True)))
    (curve,) = discriminate_labels(stack, facts, seed)
    return curve


def by_word(stack: LayerStack, speakers: dict[str, str], seed: int = 0) -> LayerCurve:
    (curve,) = recognise_words(stack, Facts((), "", tuple(speakers.items())), seed)
    return curve


def dealt(rows: int, groups: int) -> list[str]:
    return [f"group {i % groups}" for i in range(rows)]


def codes_of(names: list[str]) -> np.ndarray:
    return np.unique(names, return_inverse=True)[1]


@pytest.mark.slow
def test_it_is_the_definition() -> None:
    stack = stack_of(noise(3, 11, 4))
    expected = [error_rate(angles(layer), GROUPS) for layer in stack.values]
    assert by_label(stack, GROUPS).values == pytest.approx(np.array(expected), abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("others", [FEW, FEW + 1])
def test_small_and_large_groups_are_the_definition(others: int) -> None:
    groups = dealt(2 * (others + 1), 2)
    stack = stack_of(noise(1, len(groups), 4))
    expected = [error_rate(angles(stack.values[0]), groups)]
    assert by_label(stack, groups).values == pytest.approx(np.array(expected), abs=1e-12)


def test_each_pair_of_labels_is_the_definition() -> None:
    values = noise(11, 4)
    found = abx_cells(VectorNearness.of(values), Trials.of(codes_of(GROUPS)))
    names = sorted(set(GROUPS))
    expected = cells(angles(values), GROUPS)
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            error = expected.get((a, b, "", ""), np.nan)
            assert found[i, j] == pytest.approx(error, abs=1e-12, nan_ok=True)
    assert np.isnan(found[names.index("alone")]).all()


@pytest.mark.parametrize("repeats", [1, 3])
def test_words_across_speakers_are_the_definition(repeats: int) -> None:
    # Speaker c says some words only, and word 3 is said by a alone.
    said = [(w, s) for w in "01234" for s in "abc" if (w, s) not in {("3", "b"), ("3", "c")}]
    said = [pair for pair in said * repeats if pair != ("1", "c")]
    words, speakers = ([pair[k] for pair in said] for k in (0, 1))
    stack = stack_of(noise(2, len(said), 5), words=words)
    found = by_word(stack, dict(zip(stack.rows, speakers, strict=True)))
    # Takes of a word by a speaker are averaged, whatever their number.
    sayings = list(dict.fromkeys(said))
    places = [[i for i, one in enumerate(said) if one == saying] for saying in sayings]
    words, speakers = ([saying[k] for saying in sayings] for k in (0, 1))
    means = np.stack([stack.values[:, i].mean(axis=1) for i in places], axis=1)
    stack = stack_of(means, words=words)
    expected = [error_rate(angles(layer), words, speakers) for layer in stack.values]
    assert found.values == pytest.approx(np.array(expected), abs=1e-12)
    assert "across speakers" in found.trace.estimator
    trials = Trials.of(codes_of(words), codes_of(speakers))
    table = abx_cells(VectorNearness.of(stack.values[0]), trials)
    single = cells(angles(stack.values[0]), words, speakers)
    for i, a in enumerate("01234"):
        for j, b in enumerate("01234"):
            errors = [error for cell, error in single.items() if cell[:2] == (a, b)]
            mean = np.mean(errors) if errors else np.nan
            assert table[i, j] == pytest.approx(mean, abs=1e-12, nan_ok=True)


def test_words_without_speakers_are_the_definition() -> None:
    words = ["w", "w", "x", "y", "x", "y", "y", "z"]
    stack = stack_of(noise(2, 8, 4), words=words)
    expected = [error_rate(angles(layer), words) for layer in stack.values]
    one = by_word(stack, {})
    assert one.values == pytest.approx(np.array(expected), abs=1e-12)
    # Takes of one voice cannot be asked for across speakers either.
    assert np.array_equal(by_word(stack, dict.fromkeys(stack.rows, "a")).values, one.values)
    assert "speakers" not in one.trace.estimator


def test_speakers_without_a_common_word_are_asked_one_by_one() -> None:
    stack = in_pairs(stack_of(noise(2, 14, 4)))
    halves = stack.only(range(8)), stack.only(range(8, 14))
    found = by_word(stack, {row: "ab"[i > 7] for i, row in enumerate(stack.rows)})
    cells = [words * (words - 1) for words in (4, 3)]
    each = [by_word(half, {}).values for half in halves]
    assert found.values == pytest.approx(np.average(each, axis=0, weights=cells))
    assert "tests whether takes of a word are alike" in found.trace.chance


def test_takes_of_unknown_speakers_are_left_out_across_speakers() -> None:
    stack = in_pairs(stack_of(noise(2, 12, 4)))
    speakers = {row: "ab"[i % 2] for i, row in enumerate(stack.rows[:10])}
    found = by_word(stack, speakers)
    assert found.trace.n == 10
    assert np.array_equal(found.values, by_word(stack.only(range(10)), speakers).values)


def test_losses_are_split_by_the_role_of_each_row() -> None:
    distances = np.abs(noise(12, 12))
    codes = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
    found = abx_losses(MatrixNearness.of_distances(distances), Trials.of(codes))
    sizes, parts = np.bincount(codes), np.zeros((3, 12))
    for x, a, b in permutations(range(12), 3):
        if codes[x] == codes[a] != codes[b] and distances[x, b] < distances[x, a]:
            own = sizes[codes[x]]
            parts[[0, 1, 2], [x, a, b]] += 1 / (own * (own - 1) * sizes[codes[b]])
    assert np.stack([found.as_x, found.as_a, found.as_b]) == pytest.approx(parts)
    assert found.cells == pytest.approx(9)


def test_distances_are_taken_as_well() -> None:
    distances = np.abs(noise(11, 11))
    found = abx_losses(MatrixNearness.of_distances(distances), Trials.of(codes_of(GROUPS)))
    assert found.rate == pytest.approx(error_rate(distances, GROUPS), abs=1e-12)


def test_ties_are_half() -> None:
    # Few values, so that copies of A, of B and of X abound.
    values = np.random.default_rng(0).integers(0, 2, (30, 3)).astype(float)
    values[5] = 0
    groups = dealt(30, 4)
    expected = error_rate(angles(values), groups)
    assert by_label(stack_of(values), groups).values[0] == pytest.approx(expected, abs=1e-12)
    assert by_label(stack_of(np.zeros((1, 30, 3))), groups).values[0] == pytest.approx(0.5)


def test_silence_is_far_from_everything() -> None:
    values = noise(12, 4)
    values[[0, 4]] = 0
    groups = dealt(12, 2)
    expected = error_rate(angles(values), groups)
    assert by_label(stack_of(values), groups).values[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [60, 1300])
@pytest.mark.parametrize("first", ["a word", "silence"])
def test_it_is_right_to_six_digits_in_a_narrow_cone(rows: int, first: str) -> None:
    values = (noise(rows, 200) / (1 + np.arange(200)) ** 0.6 + 300).astype(np.float32)
    groups = dealt(rows, 13)
    values[:, :13] += 0.5 * np.eye(13)[codes_of(groups)]
    units = values.astype(np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    units -= units.mean(axis=0)
    near = units @ units.T - (units**2).sum(axis=1) / 2
    if first == "silence":
        values[0], near[0], near[:, 0] = 0, -np.inf, -np.inf
    codes, errors = codes_of(groups), []
    for a in range(13):
        own = np.flatnonzero(codes == a)
        for b in set(range(13)) - {a}:
            to_b = near[np.ix_(own, codes == b)]
            to_a = near[np.ix_(own, own)]
            lost = (to_a[:, :, None] < to_b[:, None]) + (to_a[:, :, None] == to_b[:, None]) / 2
            lost[np.arange(len(own)), np.arange(len(own))] = 0
            errors.append(lost.sum() / (len(own) * (len(own) - 1) * to_b.shape[1]))
    found = by_label(stack_of(values), groups)
    assert found.values[0] == pytest.approx(np.mean(errors), abs=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("words", [40, 2 * SHUFFLED_ROWS])
@pytest.mark.parametrize("sizes", [(0.25, 0.25, 0.25, 0.25), (0.7, 0.2, 0.1)])
def test_chance_is_what_shuffled_labels_give(words: int, sizes: tuple[float, ...]) -> None:
    values = noise(words, 6) * np.exp(0.3 * noise(words, 1, seed=1)) + 0.5
    groups = np.repeat(
        [str(i) for i in range(len(sizes))], np.round(np.array(sizes) * words).astype(int)
    )
    result = by_label(stack_of(np.stack([values] * 2)), list(groups))
    rng, nearness = np.random.default_rng(1), VectorNearness.of(values)
    rates = [
        abx_losses(nearness, Trials.of(rng.permutation(codes_of(list(groups))))).rate
        for _ in range(200)
    ]
    assert result.chance_mean[0] == pytest.approx(0.5, abs=0.3 * np.std(rates))
    found = result.chance_high[0] - result.chance_low[0]
    assert found == pytest.approx(np.subtract(*np.percentile(rates, [97.5, 2.5])), rel=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("words", [20, 2 * SHUFFLED_ROWS])
def test_chance_is_what_shuffled_takes_give(words: int) -> None:
    stack = in_pairs(stack_of(noise(1, 2 * words, 6)))
    codes, speakers = codes_of(list(stack.words)), np.arange(2 * words) % 2
    result = by_word(stack, {row: "ab"[i % 2] for i, row in enumerate(stack.rows)})
    rng, nearness, rates = np.random.default_rng(1), VectorNearness.of(stack.values[0]), []
    for _ in range(200):
        for speaker in (0, 1):
            codes[speakers == speaker] = rng.permutation(codes[speakers == speaker])
        rates.append(abx_losses(nearness, Trials.of(codes, speakers)).rate)
    assert result.chance_mean[0] == pytest.approx(0.5, abs=0.3 * np.std(rates))
    found = result.chance_high[0] - result.chance_low[0]
    assert found == pytest.approx(np.subtract(*np.percentile(rates, [97.5, 2.5])), rel=0.3)


def test_the_interval_is_that_of_words_drawn_again() -> None:
    groups = dealt(48, 3)
    values = noise(48, 6) + 0.8 * noise(3, 6, seed=1)[codes_of(groups)]
    values *= np.exp(0.5 * noise(48, 1, seed=2))
    result = by_label(stack_of(values), groups)
    distances, codes, rates = angles(values), codes_of(groups), []
    lost = distances[:, :, None] > distances[:, None, :]
    for counts in draws(48):
        # A word is not compared with itself, also where it was drawn twice.
        pairs = np.outer(counts, counts) - np.diag(counts**2)
        errors = []
        for a, b in permutations(range(3), 2):
            own, other = np.flatnonzero(codes == a), np.flatnonzero(codes == b)
            weights = pairs[np.ix_(own, own)][:, :, None] * counts[other]
            errors.append(np.average(lost[np.ix_(own, own, other)], weights=weights))
        rates.append(np.mean(errors))
    assert width(result) == pytest.approx(np.subtract(*np.percentile(rates, [97.5, 2.5])), rel=0.25)
    assert result.low[0] < result.values[0] < result.high[0]


def test_the_interval_of_words_is_that_of_words_drawn_again() -> None:
    # Half of the words have one take, and can be B only.
    words = [f"w{i // 3:02}" for i in range(60)] + [f"x{i:02}" for i in range(20)]
    values = noise(40, 6)[codes_of(words)] + 0.9 * noise(80, 6, seed=1)
    result = by_word(stack_of(values, words=words), {})
    table = abx_cells(VectorNearness.of(values), Trials.of(codes_of(words)))
    is_cell = np.isfinite(table)
    table[~is_cell] = 0
    rates = [counts @ table @ counts / (counts @ is_cell @ counts) for counts in draws(40)]
    assert width(result) == pytest.approx(np.subtract(*np.percentile(rates, [97.5, 2.5])), rel=0.2)
    assert result.low[0] == pytest.approx(np.percentile(rates, 2.5), abs=0.1 * width(result))


def draws(words: int) -> np.ndarray:
    return np.random.default_rng(0).multinomial(words, [1 / words] * words, 400).astype(float)


def width(curve: LayerCurve) -> float:
    return float(curve.high[0] - curve.low[0])


@pytest.mark.slow
def test_random_labels_stay_in_the_chance_band() -> None:
    result = by_label(stack_of(noise(20, 60, 8)), dealt(60, 5))
    outside = (result.values < result.chance_low) | (result.values > result.chance_high)
    assert outside.mean() < 0.2


@pytest.mark.slow
def test_groups_are_found_at_the_layer_where_they_are() -> None:
    values = noise(13, 60, 32)
    values[7] += noise(4, 32, seed=1)[np.arange(60) % 4]
    result = by_label(stack_of(values), dealt(60, 4))
    assert result.values.argmin() == 7
    assert result.values[7] < result.chance_low[7] - 0.1
    assert result.q_values.argmin() == 7


def test_words_are_found_at_the_layer_where_they_are() -> None:
    values = noise(6, 40, 32)
    values[4] += 2 * np.repeat(noise(20, 32, seed=1), 2, axis=0)
    stack = in_pairs(stack_of(values))
    result = by_word(stack, {row: "ab"[i % 2] for i, row in enumerate(stack.rows)})
    assert result.values.argmin() == 4
    assert result.values[4] < 0.1
    assert result.high[4] < result.chance_low[4]


@pytest.mark.slow
@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=15, deadline=None)
def test_rotation_lengths_names_and_order_do_not_matter(seed: int, scale: float) -> None:
    values = noise(2, 24, 5, seed=seed)
    groups, order = dealt(24, 3), np.random.default_rng(seed).permutation(24)
    longer = scale * (1 + np.arange(24))[:, None] * (values @ rotation(5, seed))
    names = {"group 0": "x", "group 1": "y", "group 2": "a"}
    one = by_label(stack_of(values), groups)
    other = by_label(stack_of(longer[:, order]), [names[groups[i]] for i in order])
    assert other.values == pytest.approx(one.values, abs=1e-3)
    assert other.high - other.low == pytest.approx(one.high - one.low, abs=0.05)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_a_and_b_change_sides(seed: int) -> None:
    # With two takes a word and no ties, what is not lost is won.
    distances = np.abs(noise(8, 8, seed=seed))
    trials = Trials.of(np.arange(8) // 2)
    one = abx_losses(MatrixNearness.of_distances(distances), trials)
    other = abx_losses(MatrixNearness.of_distances(distances.max() - distances), trials)
    assert one.rate + other.rate == pytest.approx(1)
    for part in (one.as_x, one.as_a, one.as_b):
        assert part.sum() == pytest.approx(one.rate * one.cells)


def test_words_without_a_label_are_left_out() -> None:
    stack = stack_of(noise(2, 30, 5))
    facts = Facts.of_labels(dict(zip(stack.words[:20], dealt(20, 3), strict=True)))
    (some,) = discriminate_labels(stack, facts, 0)
    (only,) = discriminate_labels(stack.only(range(20)), facts, 0)
    assert some.trace.n == 20
    assert np.array_equal(some.values, only.values)


def test_what_cannot_be_asked_is_explained() -> None:
    stack = stack_of(noise(1, 6, 4))
    with pytest.raises(VgdeskError, match="“animal”"):
        by_label(stack, ["animal"] * 6)
    with pytest.raises(VgdeskError, match="No two words share"):
        by_label(stack, list("abcdef"))
    with pytest.raises(TooFewWordsError, match="only 2 of 6"):
        discriminate_labels(stack, Facts.of_labels({WordId(w): "a" for w in stack.words[:2]}), 0)
    with pytest.raises(VgdeskError, match="second take"):
        recognise_words(stack, NOTHING_KNOWN, 0)
    with pytest.raises(VgdeskError, match="second take"):
        recognise_words(replace(stack, words=(WordId("w"),) * 6), NOTHING_KNOWN, 0)


@pytest.mark.parametrize(
    ("words", "extra", "warning"),
    [
        (30, [], ""),
        (30, ["rare"], "Groups too small to trust: rare."),
        (19, [], "Too few words to trust: only 19 with a label."),
    ],
)
def test_unreliable_results_carry_a_warning(words: int, extra: list[str], warning: str) -> None:
    groups = dealt(words - len(extra), 3) + extra
    assert by_label(stack_of(noise(1, words, 4)), groups).trace.warning == warning
