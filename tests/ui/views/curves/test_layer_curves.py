from itertools import pairwise

import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from vgdesk.core.model import EncoderId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.ui.style.theme import Theme, plain_palette, theme_of
from vgdesk.ui.views.curves.layer_curves import LayerCurves
from vgdesk.ui.views.curves.line_labels import spread


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def theme(request: pytest.FixtureRequest, qapp: object) -> Theme:
    return theme_of(plain_palette(dark=request.param))


def curve(encoder: str, values: list[float], warning: str = "") -> LayerCurve:
    score = np.array(values)
    trace = Trace("silhouette", 24, (EncoderId(encoder),), "shuffled labels", 0, warning)
    return LayerCurve(
        "silhouette",
        EncoderId(encoder),
        tuple(str(i) for i in range(len(values))),
        score,
        score - 0.05,
        score + 0.05,
        np.full_like(score, -0.1),
        np.full_like(score, 0.0),
        np.full_like(score, 0.1),
        np.where(np.abs(score) > 0.1, 0.01, 0.5),
        (-1.0, 1.0),
        trace,
    )


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> LayerCurves:
    made = LayerCurves(theme)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show_result(
        (curve("a", [0.0, 0.2, 0.5]), curve("b", [0.1, 0.0, -0.1])), ("Speech · A", "Text · B")
    )
    made.show()
    qtbot.waitExposed(made)
    return made


def at(view: LayerCurves, x: float, y: float) -> QPointF:
    return view.plot.box.mapViewToScene(QPointF(x, y))


def test_a_click_on_a_point_chooses_its_curve_and_layer(view: LayerCurves, qtbot: QtBot) -> None:
    place = view.plot.mapFromScene(at(view, 2, 0.5))
    with qtbot.waitSignal(view.plot.chosen) as chosen:
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [0, 2]


def test_a_click_far_from_every_point_selects_no_layer(view: LayerCurves, qtbot: QtBot) -> None:
    place = view.plot.mapFromScene(at(view, 1.5, -0.05))
    with qtbot.assertNotEmitted(view.plot.chosen, wait=100):
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_arrows_walk_along_a_curve_and_to_the_next(view: LayerCurves, qtbot: QtBot) -> None:
    view.mark((1, 0))
    for key, expected in (
        (Qt.Key.Key_Right, [0, 2]),
        (Qt.Key.Key_Down, [1, 0]),
        (Qt.Key.Key_Left, [1, 0]),
    ):
        with qtbot.waitSignal(view.plot.chosen) as chosen:
            qtbot.keyClick(view.plot, key)
        assert chosen.args == expected


def test_the_table_holds_every_number_and_the_summary_names_what_it_is(view: LayerCurves) -> None:
    assert [row[2] for row in view.table.rows] == [0.0, 0.2, 0.5, 0.1, 0.0, -0.1]
    assert "n = 24" in view.summary
    assert "chance" in view.summary


def test_models_of_different_depth_meet_at_relative_depth(view: LayerCurves) -> None:
    view.show_result((curve("a", [0.0, 0.5]), curve("b", [0.1] * 5)), ("A", "B"))
    assert [places[-1] for places in view.plot._places] == [1.0, 1.0]


def test_a_warning_of_any_curve_is_shown(view: LayerCurves) -> None:
    view.show_result((curve("a", [0.0], "Only 3 words."), curve("b", [0.1])), ("A", "B"))
    assert "Only 3 words." in view._strip.text()


@given(
    st.lists(st.floats(0, 300), min_size=1, max_size=6),
    st.floats(1, 40),
)
def test_labels_keep_apart_and_stay_inside(wanted: list[float], gap: float) -> None:
    places = spread(wanted, gap, (0.0, 300.0))
    inside = sorted(places)
    assert all(b - a >= gap - 1e-6 for a, b in pairwise(inside))
    assert inside[-1] <= 300.0
    assert inside[0] >= 0.0


@pytest.mark.slow
@pytest.mark.parametrize("size", [(300, 280), (500, 400), (1200, 900)])
def test_titles_stand_beside_their_lines_and_cover_no_point(
    view: LayerCurves, qtbot: QtBot, size: tuple[int, int]
) -> None:
    view.resize(*size)
    view.grab()
    boxes = [label.mapRectToScene(label.boundingRect()) for label in view.plot._labels]
    points = [
        at(view, layer, value) for curve in view._curves for layer, value in enumerate(curve.values)
    ]
    area = view.plot.box.sceneBoundingRect()
    for number, box in enumerate(boxes):
        assert area.adjusted(-1, -1, 1, 1).contains(box)
        assert not any(box.contains(point) for point in points)
        assert not any(box.adjusted(0, 4, 0, -4).intersects(other) for other in boxes[number + 1 :])
        assert box.left() > max(point.x() for point in points)


def test_names_of_layers_never_touch(view: LayerCurves, qtbot: QtBot) -> None:
    view.resize(300, 280)
    view.show_result((curve("a", list(np.linspace(0, 1, 49))),), ("Speech",))
    view.grab()
    ticks = view.plot._axes["bottom"]._tickLevels[0]
    distance = at(view, ticks[1][0], 0).x() - at(view, ticks[0][0], 0).x()
    assert distance > view.plot.fontMetrics().horizontalAdvance("48")
    assert ticks[0] == (0, "0")


def test_points_that_chance_could_have_given_are_hollow(view: LayerCurves, theme: Theme) -> None:
    view.show_result((curve("a", [0.0, 0.05, 0.5]),), ("A",))
    items = [item for item in view.plot.box.addedItems if isinstance(item, pg.PlotDataItem)]
    full, hollow = items[:2]
    assert hollow.getData()[0].tolist() == [0, 1]
    assert QColor(hollow.opts["symbolBrush"]).name() == QColor(theme.base).name()
    assert QColor(full.opts["symbolBrush"]).name() != QColor(theme.base).name()


def test_intervals_are_seen_and_read(view: LayerCurves) -> None:
    view.show_result((curve("a", [0.0, 0.2, 0.9]),), ("A",))
    (low, high) = view.plot.box.viewRange()[1]
    assert low < -0.1
    assert high > 0.95
    assert "[0.85, 0.95]" in view.summary
    assert view.table.headers[3:5] == ("low", "high")


def test_floors_are_drawn_without_marks_and_are_not_ringed(view: LayerCurves) -> None:
    curves = (curve("a", [0.0, 0.2, 0.5]), curve("a+untrained", [0.0, 0.0, 0.01]))
    view.show_result(curves, ("A", "Untrained A"), floors=1)
    lines = [item for item in view.plot.box.addedItems if isinstance(item, pg.PlotDataItem)]
    assert [line.opts["symbol"] for line in lines if line.opts["pen"] is not None] == ["o", None]
    assert len(view.plot._rings) == 1
    assert len(view.table.rows) == 6


def test_curves_of_one_model_are_named_by_their_series(view: LayerCurves) -> None:
    view.show_result(
        (curve("a", [0.1, 0.2]), curve("a", [0.3, 0.4])), ("same word", "synonym"), "Speech"
    )
    assert view.summary.startswith("Speech, n = 24.")
    assert "synonym layer 1: 0.40" in view.summary
