"""What is followed from list to list is what a full run gives: heatmap, silhouette, PCA."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses import ANALYSES
from vgdesk.analyses.maps import pca
from vgdesk.analyses.words import pair_tables
from vgdesk.analyses.words.euclidean import PAIRS as DISTANCES
from vgdesk.analyses.words.pair_tables import MOST_ROWS, PairMeasure, pair_table
from vgdesk.core.arrays import FloatArray
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import WordMap
from vgdesk.core.stack import LayerStack

POOL, DIM = 90, 12
VALUES = noise(2, POOL, DIM)
VALUES[:, 11], VALUES[:, 12] = VALUES[:, 10], 0.0
FAR = VALUES + 1e4
LABELS = Facts.of_labels({WordId(f"w{i}"): "ab"[i % 2] for i in range(POOL)})

Draw = Callable[[LayerStack], FloatArray]
DRAW: dict[str, Draw] = {
    "cosine": lambda stack: ANALYSES["cosine"].compute(stack, 1).values,
    "euclidean": lambda stack: ANALYSES["euclidean"].compute(stack, 1).values,
    "order": lambda stack: np.array(ANALYSES["euclidean"].compute(stack, 1).order),
    "silhouette": lambda stack: ANALYSES["silhouette"].compute(stack, LABELS, 0)[0].values,
    "chance": lambda stack: ANALYSES["silhouette"].compute(stack, LABELS, 0)[0].chance_high,
    "by cosine": lambda stack: ANALYSES["silhouette-cosine"].compute(stack, LABELS, 0)[0].values,
}
LISTS = st.lists(st.integers(0, POOL - 1), min_size=6, max_size=24, unique=True).filter(
    lambda rows: len({row % 2 for row in rows}) == 2
)


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    pair_tables._kept.drop()
    pca._kept.drop()


def of_rows(rows: Sequence[int], values: FloatArray = VALUES) -> LayerStack:
    """Take some words of the pool; their place in it, and which pool it is, is their key."""
    names, pool = [f"w{row}" for row in rows], values.sum()
    stack = stack_of(values[:, list(rows)], rows=names)
    return stack.with_keys(f"{row} of {pool}" for row in rows)


@pytest.mark.parametrize("values", [VALUES, FAR], ids=["near", "offset 1e4"])
@pytest.mark.parametrize("what", DRAW)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: [*rows, 80], id="one more"),
        pytest.param(lambda rows: [81, *rows], id="one in front"),
        pytest.param(lambda rows: [*rows[:9], *rows[10:]], id="one less"),
        pytest.param(lambda rows: [*rows[:9], 82, *rows[10:]], id="one changed"),
        pytest.param(lambda rows: rows[::-1], id="another order"),
    ],
)
def test_a_step_gives_what_a_full_run_gives(values, what: str, change) -> None:  # type: ignore[no-untyped-def]
    before, after = list(range(40)), of_rows(change(list(range(40))), values)
    DRAW[what](of_rows(before, values))
    assert DRAW[what](after) == pytest.approx(DRAW[what](replace(after)), abs=1e-6)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(lists=st.lists(LISTS, min_size=2, max_size=6))
def test_many_lists_after_each_other_give_what_full_runs_give(lists: list[list[int]]) -> None:
    for rows in lists:
        stack = of_rows(rows)
        for draw in DRAW.values():
            assert draw(stack) == pytest.approx(draw(replace(stack)), abs=1e-6)


def test_only_new_rows_are_computed() -> None:
    asked: list[int] = []

    def some(layer: FloatArray, places: FloatArray) -> FloatArray:
        asked.extend(places.tolist())
        return DISTANCES.some(layer, places)  # type: ignore[arg-type]

    measure = PairMeasure("counted", DISTANCES.blocks, some)
    whole = pair_table(measure, of_rows(range(50)), 0)
    assert asked == []
    more = pair_table(measure, of_rows([60, *range(50), 61]), 0)
    assert asked == [0, 51]
    assert np.array_equal(more[1:51, 1:51], whole)
    assert not more.flags.writeable


def test_long_lists_are_not_kept() -> None:
    rows = np.arange(MOST_ROWS + 1) % POOL
    pair_table(DISTANCES, of_rows(rows.tolist()), 0)  # type: ignore[arg-type]
    assert pair_tables._kept.find(("Euclidean distance", "a", "0", DIM), ()) is None


def test_another_layer_or_other_vectors_of_the_same_rows_are_not_mistaken() -> None:
    stack = of_rows(range(30))
    found = [pair_table(DISTANCES, stack, layer) for layer in (0, 1)]
    assert not np.allclose(*found)
    shifted = replace(stack, values=stack.values[::-1])
    assert np.allclose(pair_table(DISTANCES, shifted, 0), found[1])


def test_a_stack_without_its_first_layer_is_not_taken_for_the_whole() -> None:
    stack = of_rows(range(30))
    found = [pair_table(DISTANCES, stack, layer) for layer in (0, 1)]
    rest = replace(stack, layers=stack.layers[1:], values=stack.values[1:]).with_keys(stack.keys)
    assert np.array_equal(pair_table(DISTANCES, rest, 0), found[1])
    assert np.array_equal(pair_table(DISTANCES, stack, 0), found[0])


def map_of(stack: LayerStack, fitted: int) -> WordMap:
    found: WordMap = ANALYSES["pca"].compute(stack, 0, frozenset(stack.rows[:fitted]))
    return found


def test_a_word_is_placed_on_the_axes_that_are_kept() -> None:
    old, new = map_of(of_rows(range(40)), 40), map_of(of_rows(range(41)), 40)
    full = map_of(replace(of_rows(range(41))), 40)
    assert np.array_equal(new.points[:40], old.points)
    assert new.points == pytest.approx(full.points, abs=1e-9)
    assert new.axes == full.axes
    assert map_of(of_rows(range(41)), 41).axes == map_of(replace(of_rows(range(41))), 41).axes
