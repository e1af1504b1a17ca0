from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, label_ranking_average_precision_score

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.retrieval import average_precision, ranks, without_means
from vgdesk.analyses.retrieval import retrieval as measure
from vgdesk.analyses.retrieval.retrieval import score_rank, score_retrieval
from vgdesk.analyses.words.speaker_groups import FEWEST_ROWS
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

SEEDS = st.integers(0, 2**32 - 1)
BOUNDS = ("low", "high", "chance_low", "chance_mean", "chance_high", "q_values")
MAP = "mean average precision"


def spoken(
    words: int, voices: int, *, layers: int = 1, dim: int = 16, seed: int = 0
) -> tuple[LayerStack, Facts]:
    """Make noise for takes of all words by all voices."""
    rows = [f"w{i:03} voice {j}" for i in range(words) for j in range(voices)]
    values = noise(layers, len(rows), dim, seed=seed)
    return stack_of(values, rows=rows, words=[row[:4] for row in rows]), known(rows)


def known(rows: list[str]) -> Facts:
    return Facts(speakers=tuple((row, row[5:]) for row in rows))


def moved(stack: LayerStack, by: np.ndarray) -> LayerStack:
    return stack_of(stack.values + by, rows=stack.rows, words=stack.words)


def by_series(curves: tuple[LayerCurve, ...]) -> dict[str, LayerCurve]:
    return {curve.series: curve for curve in curves}


def expected_of(
    values: np.ndarray, words: list[str], speakers: list[str]
) -> tuple[list[float], list[float]]:
    """Return the best rank and the average precision of all queries, by plain loops."""
    takes = Counter(speakers)
    voices = [speaker if takes[speaker] >= FEWEST_ROWS else "" for speaker in speakers]
    rows = without_means(values, voices)
    found = [ranks(rows, words, speakers, query) for query in range(len(rows))]
    return [own[0] for own in found if own], [average_precision(own) for own in found if own]


def compare(stack: LayerStack, facts: Facts, speakers: list[str]) -> None:
    curves = by_series(score_retrieval(stack, facts, 0))
    (rank,) = score_rank(stack, facts, 0)
    for layer, values in enumerate(stack.values):
        best, precision = expected_of(values, list(stack.words), speakers)
        for k in (1, 5, 10):
            share = np.mean(np.array(best) <= k)
            assert curves[f"R@{k}"].values[layer] == pytest.approx(share)
        assert curves[MAP].values[layer] == pytest.approx(np.mean(precision))
        assert rank.values[layer] == np.median(best)


def test_it_is_the_definition() -> None:
    stack, facts = spoken(14, 3, layers=2, dim=6)
    # Some words have one take, some have two, some voices have too few takes to be known.
    some = stack.only([i for i in range(42) if i % 5 and i not in (1, 2, 7)])
    compare(some, facts, [row[5:] for row in some.rows])
    each = [f"speaker {i}" for i in range(len(some.rows))]
    compare(some, Facts(speakers=tuple(zip(some.rows, each, strict=True))), each)


def test_ties_count_half() -> None:
    stack, facts = spoken(14, 3, dim=4)
    copies = stack.values.copy()
    copies[:, 3:12] = copies[:, :1]
    copies[:, 20] = 0
    tied = stack_of(copies, rows=stack.rows, words=stack.words)
    compare(tied, facts, [row[5:] for row in stack.rows])


def test_average_precision_is_that_of_scikit_learn() -> None:
    stack, facts = spoken(12, 4)
    values = stack.values[0].astype(np.float64)
    voice, word = np.arange(48) % 4, np.arange(48) // 4
    values -= np.stack([values[voice == i].mean(axis=0) for i in range(4)])[voice]
    units = values / np.linalg.norm(values, axis=1, keepdims=True)
    cosines, is_other = units @ units.T, voice[:, None] != voice
    is_same = word[:, None] == word
    each = [
        average_precision_score(is_same[i][is_other[i]], cosines[i][is_other[i]]) for i in range(48)
    ]
    found = by_series(score_retrieval(stack, facts, 0))[MAP].values[0]
    assert found == pytest.approx(np.mean(each))
    others = np.where(is_other, cosines, -2)
    assert found == pytest.approx(label_ranking_average_precision_score(is_same & is_other, others))


def test_blocks_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    stack, facts = spoken(14, 3)
    whole = score_retrieval(stack, facts, 0)
    monkeypatch.setattr(measure, "BLOCK", 5)
    for one, other in zip(score_retrieval(stack, facts, 0), whole, strict=True):
        for name in ("values", *BOUNDS):
            assert getattr(one, name) == pytest.approx(getattr(other, name))


def test_chance_is_what_chance_gives() -> None:
    stack, facts = spoken(30, 2, layers=30)
    curves = by_series(score_retrieval(stack, facts, 0))
    for k in (1, 5, 10):
        curve = curves[f"R@{k}"]
        assert curve.chance_mean.mean() == pytest.approx(k / 30, rel=0.05)
        assert curve.values.mean() == pytest.approx(k / 30, abs=0.02)
    harmonic = np.mean(1 / np.arange(1, 31))
    assert curves[MAP].chance_mean.mean() == pytest.approx(harmonic, rel=0.03)
    (rank,) = score_rank(stack, facts, 0)
    assert rank.chance_mean.mean() == pytest.approx(15.5, abs=0.5)
    for curve in (*curves.values(), rank):
        is_outside = (curve.values < curve.chance_low) | (curve.values > curve.chance_high)
        assert is_outside.mean() < 0.2


@pytest.mark.slow
def test_chance_is_what_new_noise_gives() -> None:
    stack, facts = spoken(20, 3)
    curve = by_series(score_retrieval(stack, facts, 0))[MAP]
    fresh, _ = spoken(20, 3, layers=400, seed=1)
    values = by_series(score_retrieval(fresh, facts, 0))[MAP].values
    spread = values.std()
    assert curve.chance_mean[0] == pytest.approx(values.mean(), abs=0.3 * spread)
    assert curve.chance_high[0] == pytest.approx(np.percentile(values, 97.5), abs=0.7 * spread)


def test_words_are_found_where_they_are() -> None:
    stack, facts = spoken(30, 3, layers=5)
    planted = np.zeros(stack.values.shape)
    planted[3] = 2 * noise(30, 16, seed=1).repeat(3, axis=0)
    curves = score_retrieval(moved(stack, planted), facts, 0)
    (rank,) = score_rank(moved(stack, planted), facts, 0)
    for curve in curves:
        assert curve.values.argmax() == 3
        assert np.flatnonzero(curve.q_values < 0.05).tolist() == [3]
    assert rank.values.argmin() == 3
    assert rank.high[3] < rank.chance_low[3]


def test_voices_do_not_matter() -> None:
    stack, facts = spoken(12, 3)
    voices = 30 * noise(3, 16, seed=1)[[0, 1, 2] * 12]
    one, other = (score_retrieval(x, facts, 0) for x in (stack, moved(stack, voices)))
    for before, after in zip(one, other, strict=True):
        assert after.values == pytest.approx(before.values, abs=0.03)
        assert after.chance_high == pytest.approx(before.chance_high, abs=0.03)


def test_the_same_in_all_voices_is_always_found() -> None:
    stack, facts = spoken(20, 2)
    same = moved(stack, -stack.values + noise(20, 16).repeat(2, axis=0))
    for curve in score_retrieval(same, facts, 0):
        assert curve.values.tolist() == curve.low.tolist() == [1]
    (rank,) = score_rank(same, facts, 0)
    assert (rank.values[0], rank.low[0], rank.high[0], rank.limits) == (1, 1, 1, (1.0, 20.0))


def test_equal_takes_are_found_by_chance() -> None:
    stack, facts = spoken(20, 2)
    equal = stack_of(np.full((1, 40, 6), 0.1), rows=stack.rows, words=stack.words)
    curves = by_series(score_retrieval(equal, facts, 0))
    assert curves["R@10"].values.tolist() == [0]
    assert curves[MAP].values[0] == pytest.approx(1 / 10.5)
    (rank,) = score_rank(equal, facts, 0)
    assert rank.values.tolist() == rank.chance_mean.tolist() == [10.5]
    assert rank.q_values.tolist() == [1]


@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=15, deadline=None)
def test_rotation_scale_offset_and_order_do_not_matter(seed: int, scale: float) -> None:
    stack, facts = spoken(11, 2, layers=2, seed=seed)
    order = np.random.default_rng(seed).permutation(22).tolist()
    turned = stack_of(
        scale * (stack.values @ rotation(16, seed) + 1), rows=stack.rows, words=stack.words
    ).only(order)
    for score in (score_retrieval, score_rank):
        for before, after in zip(score(stack, facts, 1), score(turned, facts, 1), strict=True):
            assert after.values == pytest.approx(before.values)
            assert after.low == pytest.approx(before.low)
            assert after.high == pytest.approx(before.high)


def test_the_median_of_drawn_ranks_is_that_of_a_list() -> None:
    rng = np.random.default_rng(0)
    ranks_, counts = rng.integers(1, 9, 11) / 2, rng.multinomial(11, np.full(11, 1 / 11), 20)
    expected = [np.median(np.repeat(ranks_, drawn)) for drawn in counts]
    assert measure._medians(ranks_, counts.astype(np.float64)) == pytest.approx(expected)


def test_places_that_all_takes_have_are_left_out() -> None:
    stack, facts = spoken(5, 2)
    assert set(by_series(score_retrieval(stack, facts, 0))) == {"R@1", MAP}
    stack, facts = spoken(6, 2)
    assert set(by_series(score_retrieval(stack, facts, 0))) == {"R@1", "R@5", MAP}


@pytest.mark.parametrize("score", [score_retrieval, score_rank])
def test_takes_without_a_possible_target_are_refused(score) -> None:
    stack, facts = spoken(12, 2)
    one_voice = stack.only(range(0, 24, 2))
    for who, reason in ((facts, "by “voice 0”"), (NOTHING_KNOWN, "No take has a known")):
        with pytest.raises(VgdeskError, match=reason) as refusal:
            score(one_voice, who, 0)
        assert refusal.value.hint
    apart = stack.only([*range(0, 12, 2), *range(13, 24, 2)])
    with pytest.raises(VgdeskError, match="No word has takes by two speakers"):
        score(apart, facts, 0)
    one_word = stack_of(noise(1, 12, 4), rows=stack.rows[:12], words=["dog"] * 12)
    with pytest.raises(VgdeskError, match="other words"):
        score(one_word, facts, 0)
    with pytest.raises(TooFewWordsError):
        score(stack.only(range(3)), facts, 0)


def test_takes_of_unknown_speakers_are_left_out() -> None:
    stack, facts = spoken(14, 3)
    named = [i for i in range(42) if i % 3]
    some = Facts(speakers=tuple(facts.speakers[i] for i in named))
    for score in (score_retrieval, score_rank):
        for one, other in zip(
            score(stack, some, 0), score(stack.only(named), facts, 0), strict=True
        ):
            assert np.array_equal(one.values, other.values)
            assert one.trace == other.trace


def test_takes_without_a_partner_are_only_to_choose_from() -> None:
    stack, facts = spoken(25, 2)
    curves = score_retrieval(stack.only([*range(45), 46, 48]), facts, 0)
    assert {curve.trace.n for curve in curves} == {44}
    assert {curve.trace.warning for curve in curves} == {""}
    few = score_retrieval(stack.only(range(41)), facts, 0)
    assert few[0].trace.warning == ""
    assert "only 19" in score_retrieval(stack.only(range(38)), facts, 0)[0].trace.warning
