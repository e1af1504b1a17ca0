import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.main_thread import MainThread
from tests.warm_children import warm_children
from vgdesk.app.analysing import analysis_processes
from vgdesk.app.analysing.analysis_processes import AnalysisProcesses, Listener
from vgdesk.app.analysing.request import Request
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.app.state.events import ViewId
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import Embedding

CURVES, CHANGES, MAP = ViewId("curves"), ViewId("changes"), ViewId("map")

pytestmark = pytest.mark.slow


def score(plan: StackPlan, *, measure: str, folder: Path) -> int:
    """Score layer after layer until the test lets it come to an end."""
    name = plan.rows[0][0]
    (folder / f"{name} begun").touch()
    for _layer in until_cancelled(range(10_000)):
        if (folder / f"{name} may end").exists():
            break
        time.sleep(0.01)
    return os.getpid()


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class Desk:
    """Asks, and writes down what comes back."""

    def __init__(self, folder: Path) -> None:
        self.main_thread = MainThread()
        self.analysing = AnalysisProcesses(self.main_thread.post)
        self.folder = folder
        self.heard: list[tuple[str, Any]] = []

    def show(self, view: ViewId, measure: str, name: str) -> None:
        listener = Listener(
            lambda value: self.heard.append((name, value)),
            lambda error: self.heard.append((name, error)),
            lambda is_done: is_done or self.heard.append((name, None)),
        )
        # Another name is another word: it is in the plan, as with a word that was just recorded.
        plan = StackPlan(EncoderId("one"), ((name, WordId(name), ()),))
        choices = {"measure": measure, "folder": self.folder}
        compute = self.analysing.ask if view == MAP else self.analysing.score
        compute(view, Request(score, (plan,), choices), listener)

    def remember(self, words: int) -> None:
        vectors = np.zeros((words, 2, 4), np.float32)
        told = (Embedding(f"{i}", EncoderId("one"), ("0", "1"), vectors[i]) for i in range(words))
        self.analysing.remember(tuple(told), Listener(lambda _: None, self._refuse, lambda _: None))

    def _refuse(self, error: BaseException) -> None:
        raise error

    def let_end(self, *names: str) -> None:
        for name in names:
            (self.folder / f"{name} may end").touch()

    def until(self, is_true: Callable[[], object]) -> None:
        self.main_thread.run_until(is_true)

    def until_begun(self, name: str) -> None:
        deadline = time.monotonic() + 60
        while not (self.folder / f"{name} begun").exists():
            assert time.monotonic() < deadline
            os.sched_yield()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with warm_children() as children:
        children.may_analyse.set()
        made = Desk(tmp_path)
        yield made
        made.analysing.close()


def test_a_map_does_not_wait_for_scores(desk: Desk) -> None:
    desk.show(CURVES, "probe", "curves")
    desk.until_begun("curves")
    desk.let_end("map")
    desk.show(MAP, "pca", "map")
    desk.until(lambda: desk.heard)
    desk.let_end("curves")
    desk.until(lambda: len(desk.heard) == 2)
    (first, map_process), (second, curve_process) = desk.heard
    assert (first, second) == ("map", "curves")
    assert map_process != curve_process


def test_another_measure_ends_the_scores_that_are_computed(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        desk.show(CURVES, name, name)
        desk.until_begun(name)
    desk.let_end("three")
    desk.until(lambda: len(desk.heard) == 3)
    assert [name for name, value in desk.heard if value is None] == ["one", "two"]
    # It is the same process: to tell another one all vectors would take long.
    desk.let_end("four")
    desk.show(CURVES, "four", "four")
    desk.until(lambda: "four" in dict(desk.heard))
    assert dict(desk.heard)["four"] == desk.heard[2][1]


def test_words_that_come_in_faster_than_they_are_scored_are_scored_all_the_same(desk: Desk) -> None:
    desk.show(CURVES, "probe", "one")
    desk.until_begun("one")
    desk.show(CURVES, "probe", "two")
    desk.until_begun("two")
    for name in ("three", "four"):
        desk.show(CURVES, "probe", name)
    desk.let_end("two", "three", "four")
    desk.until(lambda: len(desk.heard) == 4)
    assert [name for name, value in desk.heard if value is None] == ["one", "three"]
    assert [name for name, value in desk.heard if value is not None] == ["two", "four"]


def test_scores_of_another_view_go_on(desk: Desk) -> None:
    desk.show(CURVES, "probe", "curves")
    desk.until_begun("curves")
    desk.show(CHANGES, "neighbours", "changes")
    desk.let_end("curves", "changes")
    desk.until(lambda: len(desk.heard) == 2)
    assert [name for name, _ in desk.heard] == ["curves", "changes"]
    assert None not in dict(desk.heard).values()


def test_a_long_list_is_sent_to_one_process_without_losing_scores(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis_processes, "TOLD_TWICE", 100 * 2 * 4 * 4)
    desk.remember(100)
    desk.show(CURVES, "probe", "short")
    desk.until_begun("short")
    desk.remember(101)
    desk.let_end("map", "long", "short")
    desk.show(MAP, "pca", "map")
    desk.show(CHANGES, "neighbours", "long")
    desk.until(lambda: len(desk.heard) == 3)
    process = dict(desk.heard)
    assert process["long"] == process["map"] != process["short"]
    desk.until(lambda: not is_alive(process["short"]))  # its memory is free again


def test_vectors_sent_again_do_not_count_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis_processes, "TOLD_TWICE", 100 * 2 * 4 * 4)
    desk.remember(100)
    desk.remember(100)
    desk.let_end("map", "curves")
    desk.show(MAP, "pca", "map")
    desk.show(CURVES, "probe", "curves")
    desk.until(lambda: len(desk.heard) == 2)
    assert len({process for _, process in desk.heard}) == 2
