"""What every analysis promises; a new one passes these tests unchanged."""

import pickle
import subprocess
import sys
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.analyses.stacks import known_of, noise, results_of, stack_of
from vgdesk.analyses import ANALYSES, of_kind
from vgdesk.analyses.base import Analysis, Kind, LayerAnalysis, MapAnalysis
from vgdesk.core.details import GatingResult, LabelConfusions, NeighbourChanges
from vgdesk.core.errors import NotFiniteError, TooFewWordsError, VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN
from vgdesk.core.results import LayerCurve, LayerSimilarity, WordMap, WordSimilarity

RESULTS = {
    Kind.LAYERS: LayerSimilarity,
    Kind.WORDS: WordSimilarity,
    Kind.MAP: WordMap,
    Kind.CURVE: LayerCurve,
    Kind.CHANGES: NeighbourChanges,
    Kind.GATING: GatingResult,
    Kind.CONFUSION: LabelConfusions,
}


def with_silence() -> np.ndarray:
    values = noise(3, 12, 8)
    values[:, 4] = 0
    return values


def with_a_constant_layer() -> np.ndarray:
    values = noise(3, 12, 8)
    values[0] = 0.1
    return values


def with_copies() -> np.ndarray:
    values = noise(3, 12, 8)
    values[:, 5:9] = values[:, :1]
    return values


ODD = {
    "silence in one row": with_silence(),
    "silence everywhere": np.zeros((3, 12, 8)),
    "a layer that is the same for all words": with_a_constant_layer(),
    "one word unlike all others, which are equal": np.eye(12, 8)[None]
    * (np.arange(12) == 3)[:, None],
    "copies": with_copies(),
    "a large offset": noise(3, 12, 8) + 1e4,
    "large numbers": noise(3, 12, 8) * 1e15,
    "small numbers": noise(3, 12, 8) * 1e-15,
    "one dimension": noise(3, 12, 1),
    "more than a hundred words": noise(2, 150, 8),
    "more words than dimensions of all layers": noise(2, 300, 4),
}


@pytest.fixture(params=ANALYSES.values(), ids=lambda analysis: analysis.id)
def analysis(request: pytest.FixtureRequest) -> Analysis:
    return request.param


@cache
def of_noise(analysis: Analysis, seed: int = 0) -> tuple[Any, ...]:
    """Return results that several tests look at; they are frozen."""
    return results_of(analysis, stack_of(noise(3, 12, 8)), seed=seed)


def numbers(results: tuple[Any, ...]) -> np.ndarray:
    """Return every number of some results in one array."""
    values = [getattr(result, field.name) for result in results for field in fields(result)]
    limits = [np.array(getattr(result, "limits", ())) for result in results]
    return np.concatenate([np.ravel(v) for v in values if isinstance(v, np.ndarray)] + limits)


def test_ids_in_saved_files_stay_in_the_catalogue() -> None:
    saved = {"cka", "cka-biased", "cosine", "euclidean", "pearson", "pca", "mds", "silhouette"}
    assert saved <= set(ANALYSES)
    assert [of_kind(kind)[0].id for kind in Kind] == [
        "cka", "cosine", "pca", "silhouette", "neighbour-changes", "gating",
        "abx-labels",
    ]  # fmt: skip


def test_a_menu_and_a_tooltip_can_show_it(analysis: Analysis) -> None:
    assert 0 < len(analysis.title) < 30
    for sentence in (analysis.explains, analysis.reading, analysis.avoid):
        assert sentence.endswith(".")
        assert "\n" not in sentence
    assert analysis.formula
    assert analysis.source


@pytest.mark.slow
def test_the_result_suits_the_kind(analysis: Analysis) -> None:
    for result in of_noise(analysis):
        assert isinstance(result, RESULTS[analysis.kind])


@pytest.mark.slow
def test_the_same_input_gives_the_same_output(analysis: Analysis) -> None:
    first, second = of_noise(analysis), results_of(analysis, stack_of(noise(3, 12, 8)))
    assert np.array_equal(numbers(first), numbers(second))
    assert [result.trace for result in first] == [result.trace for result in second]


def test_the_input_stays_as_it_is(analysis: Analysis) -> None:
    values = noise(3, 12, 8).astype(np.float32)
    before = values.copy()
    values.flags.writeable = False
    stack = stack_of(values)
    assert np.shares_memory(stack.values, values)
    results_of(analysis, stack)
    assert np.array_equal(values, before)


@pytest.mark.parametrize("case", ODD)
def test_odd_words_give_numbers(analysis: Analysis, case: str) -> None:
    assert np.isfinite(numbers(results_of(analysis, stack_of(ODD[case])))).all()


@pytest.mark.parametrize(
    ("number", "place"),
    [(np.nan, (0, 0, 0)), (np.inf, (1, 7, 3)), (-np.inf, (2, 11, 7)), (1e39, (1, 7, 3))],
)
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_no_measure_gives_a_number_if_one_is_none(
    analysis: Analysis, number: float, place: tuple[int, int, int]
) -> None:
    """One rule for all: a stack is the only way in, and none can be made of such numbers."""
    values = noise(3, 12, 8)
    values[place] = number
    with pytest.raises(NotFiniteError) as refusal:
        results_of(analysis, stack_of(values))
    assert f"“w{place[1]:04}” in layer “{place[0]}”" in refusal.value.message


def test_the_smallest_list_gives_numbers(analysis: Analysis) -> None:
    results = results_of(analysis, stack_of(noise(3, analysis.min_words, 8)))
    assert np.isfinite(numbers(results)).all()
    if analysis.kind is not Kind.WORDS:
        assert all("Too few words" in result.trace.warning for result in results)


def test_a_smaller_list_is_refused(analysis: Analysis) -> None:
    with pytest.raises(TooFewWordsError) as refusal:
        results_of(analysis, stack_of(noise(3, analysis.min_words - 1, 8)))
    assert str(analysis.min_words) in refusal.value.message
    assert refusal.value.hint


def test_the_trace_says_where_numbers_come_from(analysis: Analysis) -> None:
    for result in of_noise(analysis, seed=5):
        trace = result.trace
        assert trace.estimator
        assert trace.n > 0
        assert set(trace.encoders) == {"a"}
        assert bool(trace.chance) == (analysis.kind not in (Kind.WORDS, Kind.MAP))
        assert bool(trace.interval) == (analysis.kind in (Kind.CURVE, Kind.LAYERS))
        assert trace.seed in (None, 5)


@pytest.mark.slow
def test_the_seed_is_named_if_and_only_if_it_matters(analysis: Analysis) -> None:
    one, other = (of_noise(analysis, seed=seed) for seed in (5, 6))
    assert (one[0].trace.seed is None) == np.array_equal(numbers(one), numbers(other))


def test_a_score_is_within_its_limits(analysis: Analysis) -> None:
    for result in of_noise(analysis):
        if isinstance(result, LayerCurve):
            low, high = result.limits
            assert ((low - 1e-6 <= result.values) & (result.values <= high + 1e-6)).all()
            assert (result.low <= result.high).all()
            assert ((result.q_values >= 0) & (result.q_values <= 1)).all()


def test_a_result_crosses_a_process_border(analysis: Analysis) -> None:
    results = of_noise(analysis)
    arrived = pickle.loads(pickle.dumps(results))
    assert np.array_equal(numbers(results), numbers(arrived))
    assert [r.trace for r in arrived] == [r.trace for r in results]


def test_importing_the_catalogue_loads_no_heavy_library() -> None:
    heavy = "{'scipy', 'sklearn', 'torch'} & set(sys.modules)"
    command = [sys.executable, "-c", f"import sys, vgdesk.analyses; print({heavy})"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "set()"


def test_a_measure_that_says_it_looks_at_no_facts_does_not(analysis: Analysis) -> None:
    if not isinstance(analysis, LayerAnalysis | MapAnalysis):
        return
    stack, known = stack_of(noise(3, 12, 8)), known_of(stack_of(noise(3, 12, 8)))
    first = (stack, stack) if isinstance(analysis, LayerAnalysis) else (stack, 0, None)
    told = analysis.compute(*first, known, 0)
    try:
        untold = analysis.compute(*first, NOTHING_KNOWN, 0)
    except VgdeskError:
        assert analysis.uses_facts
        return
    assert analysis.uses_facts != np.array_equal(numbers((told,)), numbers((untold,)))
