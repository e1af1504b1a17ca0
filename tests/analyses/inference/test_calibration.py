"""Takes are no evidence of their own: a small version of benchmarks/calibration.py."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.calibration import CONDITIONS, Ended, Task, missing_tasks, work
from benchmarks.calibration_measures import MEASURES, NULLS, Finding, computed, run
from benchmarks.calibration_table import (
    Findings,
    Share,
    coverage_line_verdict,
    coverage_verdict,
    line_verdict,
    page,
    rate_verdict,
)
from benchmarks.calibration_world import (
    DIM,
    Condition,
    Dealer,
    Null,
    Simulated,
    group_codes,
    simulate,
)
from vgdesk.analyses import ANALYSES
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.stack import LayerStack

FAST = ("cka", "silhouette", "pair-types", "retrieval-rank")
RUNS, FEW_RUNS, ALPHA = 60, 15, 0.05
# One right measure in a thousand has more false positives.
LUCK = 0.001
SIX_TAKES = CONDITIONS["6 takes"]
SMALL = Condition("small", words=12, takes=2)


def is_liberal(p_values: Callable[[int], dict[str, float]], runs: int) -> bool:
    """Return whether any line of a measure has too many p <= ALPHA without an effect."""
    hits = Counter(series for i in range(runs) for series, p in p_values(i).items() if p <= ALPHA)
    return max(hits.values(), default=0) > binom.ppf(1 - LUCK, runs, ALPHA)


def copied(stack: LayerStack, facts: Facts, times: int) -> tuple[LayerStack, Facts]:
    """Copy every take."""
    rows = tuple(f"{row}, copy {copy}" for row in stack.rows for copy in range(times))
    speaker_of = facts.speaker_of()
    speakers = tuple((row, speaker_of[row.split(",")[0]]) for row in rows)
    words = tuple(word for word in stack.words for _ in range(times))
    values = stack.values.repeat(times, axis=1)
    return replace(stack, rows=rows, words=words, values=values), replace(facts, speakers=speakers)


@pytest.mark.parametrize("measure", [one.id for one in MEASURES])
def test_copies_of_all_takes_change_nothing(measure: str) -> None:
    world = simulate(SMALL, NULLS.get(measure, Null()), np.random.default_rng(0))
    copies = [copied(stack, world.facts, 5) for stack in world.takes]
    more = Simulated((copies[0][0], copies[1][0]), copies[0][1])
    for one, other in zip(*(computed(ANALYSES[measure], w, 0) for w in (world, more)), strict=True):
        for name in ("values", "q_values", "low", "high", "chance_low", "chance_high"):
            if (numbers := getattr(one, name, None)) is not None:
                assert np.allclose(numbers, getattr(other, name), atol=1e-5), name


@pytest.mark.slow
@pytest.mark.parametrize("measure", FAST)
def test_six_takes_of_each_word_are_not_six_words(measure: str) -> None:
    def p_values(number: int) -> dict[str, float]:
        found = run(ANALYSES[measure], SIX_TAKES, number)
        assert not isinstance(found, str)
        return {one.series: one.q for one in found}

    assert not is_liberal(p_values, RUNS)


@pytest.mark.slow
def test_takes_that_are_taken_for_words_are_found_out() -> None:
    def p_values(number: int) -> dict[str, float]:
        world = simulate(SIX_TAKES, Null(), np.random.default_rng(number))
        takes, labels = world.takes[0], world.facts.labels()
        as_words = replace(takes, words=tuple(map(WordId, takes.rows)))
        named = zip(as_words.words, takes.words, strict=True)
        facts = Facts.of_labels({row: labels[word] for row, word in named})
        (curve,) = ANALYSES["silhouette"].compute(as_words, facts, number)
        return {"": float(curve.q_values[0])}

    assert is_liberal(p_values, FEW_RUNS)


def test_all_measures_with_p_values_or_intervals_are_asked() -> None:
    result = {name: one for name, one in ANALYSES.items() if one not in MEASURES}
    assert {one.kind.value for one in result.values()} == {"words", "map", "changes", "gating"}


def test_a_run_can_be_repeated() -> None:
    for number in (0, 1):
        first, second = (run(ANALYSES["silhouette"], SMALL, number) for _ in range(2))
        assert first == second
    assert run(ANALYSES["silhouette"], SMALL, 0) != first


def test_a_word_is_the_mean_of_its_voices_whatever_their_takes() -> None:
    condition = replace(SMALL, is_unequal=True)
    world = simulate(condition, Null(), np.random.default_rng(0))
    takes, words = world.takes[0], world.words[0]
    assert len(set(takes.rows)) == len(takes.rows) > len(words.rows) == condition.words
    voices = [
        np.mean(
            [takes.values[0, i] for i, row in enumerate(takes.rows) if row[:7] == f"w003 v{v}"], 0
        )
        for v in range(condition.voices)
    ]
    assert np.allclose(words.values[0, 3], np.mean(voices, axis=0), atol=1e-6)


def test_spectra_are_flat_or_steep_and_layers_resemble_their_neighbours() -> None:
    condition = Condition("many", is_steep=True, layers=3)
    drawn = Dealer(condition, np.random.default_rng(0))(20_000)
    eigenvalues = np.tile(1 / np.arange(1, DIM + 1) ** 2, (3, 1))
    assert np.allclose(drawn.var(axis=1), eigenvalues, rtol=0.05)
    assert np.corrcoef(drawn[0, :, 5], drawn[1, :, 5])[0, 1] == pytest.approx(0.9, abs=0.02)
    flat = Dealer(Condition("flat"), np.random.default_rng(0))(20_000)
    assert np.allclose(flat.var(axis=1), 1, rtol=0.05)


def test_a_single_voice_does_not_repeat_its_words_under_the_null_of_words() -> None:
    condition = Condition("one", words=400, voices=1, takes=2)
    world = simulate(condition, Null(of_words=True), np.random.default_rng(0))
    values = world.takes[0].values[0].reshape(400, 2, DIM)
    first, second = (values - values.mean(axis=(0, 1))).transpose(1, 0, 2)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.05


def test_unequal_groups_halve() -> None:
    assert np.bincount(group_codes(36, 4, is_unequal=False)).tolist() == [9, 9, 9, 9]
    assert np.bincount(group_codes(36, 4, is_unequal=True)).tolist() == [19, 10, 5, 2]


def test_rates_are_judged_by_their_monte_carlo_error() -> None:
    assert rate_verdict(Share(10, 200), 0.05) == "holds"
    assert rate_verdict(Share(18, 200), 0.05) == "liberal"
    assert rate_verdict(Share(18, 200), 0.05, among=10) == "holds"
    assert rate_verdict(Share(2, 200), 0.05) == "conservative"
    # 200 runs cannot tell a rate of .001 from none.
    assert rate_verdict(Share(0, 200), 0.001) == "holds"
    assert Share(10, 200).error(0.05) == pytest.approx(np.sqrt(0.05 * 0.95 / 200))


def test_coverage_is_judged_by_its_limits() -> None:
    verdicts = [coverage_verdict(Share(hits, 1000)) for hits in (919, 920, 980, 981)]
    assert verdicts == ["too narrow", "holds", "holds", "too wide"]
    # Twenty runs cannot tell .95 from 1.
    assert coverage_verdict(Share(20, 20)) == "holds"


def found_of(condition: str, findings: list[Finding]) -> Findings:
    found = Findings()
    for one in findings:
        found.add("cka", condition, [one], 0.1)
    return found


def test_a_liberal_condition_is_named() -> None:
    rng = np.random.default_rng(0)
    found = found_of("3 takes", [Finding("", q, 0, None, None, False) for q in rng.random(400)])
    assert line_verdict(found, ("cka", "")) == "holds"
    for q in rng.random(400):
        found.add("cka", "6 takes", [Finding("", q / 5, 0, None, None, False)], 0.1)
    assert line_verdict(found, ("cka", "")) == "liberal: all together, 6 takes"
    assert found.coverage(("cka", ""), "3 takes") is None


def test_intervals_are_compared_with_the_mean_over_all_draws() -> None:
    scores = np.random.default_rng(0).standard_normal(1000)
    for reach, verdict in ((1.96, "holds"), (1.0, "too narrow: 36 words°")):
        findings = [Finding("", 1, s, s - reach, s + reach, True) for s in scores]
        found = found_of("36 words, effect", findings)
        assert coverage_line_verdict(found, ("cka", "")) == verdict


def test_an_interrupted_calibration_resumes() -> None:
    runs = {"cka": 3}
    (task,) = missing_tasks(runs, ["3 takes"], [("cka", "3 takes", 1)])
    assert task == Task("cka", "3 takes", (0, 2))
    ended = work(task)
    assert [Ended.of_json(one.as_json()) for one in ended] == ended
    done = [("cka", "3 takes", 1), *(one[:3] for one in ended)]
    assert not list(missing_tasks(runs, ["3 takes"], done))


def test_the_page_has_refusals_and_the_number_of_runs() -> None:
    found = found_of("3 takes", [Finding("", 0.5, 0, None, None, False)] * 2)
    for ended in work(Task("svcca", "12 words", (0,))):
        found.add(*ended[:2], ended.found, ended.seconds)
    text = page(found, "python -m benchmarks.calibration")
    assert "run 2 times in every condition (fewer where it is slow: `svcca` 1)" in text
    assert "| `svcca` | 12 words | 1 of 1 | Layer 0 of a keeps" in text
