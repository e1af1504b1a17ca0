import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.ui.views.examples import legend, theme
from vgdesk.core.details import GatingResult
from vgdesk.core.gates import Condition
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.results import Trace
from vgdesk.ui.views.curves.gating_curves import GatingCurves

TIMES = np.array([0.1, 0.2, 0.3, 0.4])


def heard(condition: Condition, ranks: list[float], at: float | None) -> GatingResult:
    layers = np.array([[9.0, 9.0, 9.0, 9.0], ranks])
    is_start = condition is Condition.START
    return GatingResult(
        "gating",
        EncoderId("a"),
        WordId("w2"),
        "w2-anna",
        condition.value,
        ("0", "1"),
        TIMES,
        layers,
        (None, at),
        "1",
        tuple((WordId("w0"), WordId(f"w{gate + 3}")) for gate in range(4)),
        2 if is_start else None,
        0.25 if is_start else None,
        12.5,
        Trace("rank by cosine", 24, (EncoderId("a"),), "random", warning="Said only once."),
    )


RESULTS = (
    heard(Condition.START, [12.0, 4.0, 1.0, 1.0], 0.3),
    heard(Condition.END, [20.0, 18.5, 7.0, 2.0], None),
)


@pytest.fixture
def view(qtbot: QtBot) -> GatingCurves:
    made = GatingCurves(theme())
    qtbot.addWidget(made)
    made.resize(500, 420)
    made.show_result(RESULTS, legend(24, theme()), "Speech")
    made.show()
    qtbot.waitExposed(made)
    return made


def place(view: GatingCurves, ms: float, rank: float) -> QPointF:
    return view.plot.box.mapViewToScene(QPointF(ms, np.log10(rank)))


def test_rank_1_is_on_top_and_time_runs_to_the_right(view: GatingCurves) -> None:
    first, last = place(view, 100, 24), place(view, 400, 1)
    assert last.y() < first.y()
    assert last.x() > first.x()
    inside = view.plot.box.sceneBoundingRect()
    assert inside.contains(first)
    assert inside.contains(last)


def test_the_summary_says_when_the_word_is_recognised_in_each_way(view: GatingCurves) -> None:
    assert view.summary.startswith("n = 24.")
    assert "“word2” (w2-anna) at layer 1 of Speech" in view.summary
    assert "300 of 400 ms (from the start)" in view.summary
    assert "never (from the end)" in view.summary
    assert "chance rank 12.5" in view.summary
    assert "phone 2, about 250 ms (estimate" in view.summary


def test_the_table_has_a_row_for_each_gate_with_its_competitors(view: GatingCurves) -> None:
    rows = view.table.rows
    assert len(rows) == 8
    assert tuple(rows[1]) == ("from the start", 200, 4.0, "word0, word4")
    assert tuple(rows[7]) == ("from the end", 400, 2.0, "word0, word6")


@pytest.mark.parametrize(
    ("ms", "rank", "expected"),
    [(300, 1, ["w2-anna", False, 0.3]), (300, 7, ["w2-anna", True, 0.3])],
)
def test_a_click_on_a_gate_plays_what_was_heard(
    view: GatingCurves, qtbot: QtBot, ms: float, rank: float, expected: list[object]
) -> None:
    at = view.plot.mapFromScene(place(view, ms, rank))
    with qtbot.waitSignal(view.part_requested) as asked:
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == expected


def test_the_keyboard_walks_along_the_lines_and_plays(view: GatingCurves, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(view.plot, key)
    assert "300 ms from the end: rank 7 of 24; nearest others word0, word5" in view.plot.toolTip()
    with qtbot.waitSignal(view.part_requested) as asked:
        qtbot.keyClick(view.plot, Qt.Key.Key_Return)
    assert asked.args == ["w2-anna", True, 0.3]


@pytest.mark.parametrize("size", [(220, 200), (320, 260), (900, 700)])
def test_lines_keep_their_room_in_a_small_view(
    view: GatingCurves, qtbot: QtBot, size: tuple[int, int]
) -> None:
    view.resize(*size)
    qtbot.wait(10)
    height = place(view, 100, 24).y() - place(view, 100, 1).y()
    assert height > 0.4 * view.plot.box.height()


def test_another_theme_keeps_the_word(view: GatingCurves) -> None:
    view.set_theme(theme(dark=True))
    assert view.summary.startswith("n = 24.")
