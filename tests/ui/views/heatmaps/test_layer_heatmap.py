from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.views.examples import colour_at, distance, layers, theme
from vgdesk.core.arrays import FloatArray
from vgdesk.ui.views.heatmaps.layer_heatmap import LayerHeatmap, picture_of
from vgdesk.ui.views.heatmaps.matrix_painter import dot_radius
from vgdesk.ui.views.heatmaps.matrix_picture import colour_table

VALUES = np.linspace(0.2, 0.95, 12).reshape(4, 3)


def show(qtbot: QtBot, values: FloatArray = VALUES, *, dark: bool = False) -> LayerHeatmap:
    view = LayerHeatmap(theme(dark=dark))
    qtbot.addWidget(view)
    view.resize(500, 420)
    view.show_result(layers(values, sd=0.01), "Speech", "Text")
    view.show()
    qtbot.waitExposed(view)
    return view


def spot(view: LayerHeatmap, row: int, column: int) -> QPointF:
    """Return a place in a cell that neither its number nor its dot covers."""
    cell = view.matrix.rect_of(row, column)
    return cell.bottomLeft() + QPointF(0.15, -0.15) * cell.width()


def due(value: float) -> str:
    red, green, blue = (int(part) for part in colour_table("viridis")[int(value * 255)])
    return f"#{red:02x}{green:02x}{blue:02x}"


@pytest.mark.parametrize("dark", [False, True])
def test_every_cell_has_the_colour_of_its_value(qtbot: QtBot, dark: bool) -> None:
    view = show(qtbot, dark=dark)
    for (row, column), value in np.ndenumerate(VALUES):
        assert distance(colour_at(view.matrix, spot(view, row, column)), due(value)) < 12


def test_layer_0_is_bottom_left_and_cells_are_square(qtbot: QtBot) -> None:
    view = show(qtbot)
    first, above, beside = (view.matrix.rect_of(*at) for at in ((0, 0), (1, 0), (0, 1)))
    assert above.bottom() == pytest.approx(first.top())
    assert beside.left() == pytest.approx(first.right())
    assert first.width() == pytest.approx(first.height())


def test_a_click_chooses_the_layers(qtbot: QtBot) -> None:
    view = show(qtbot)
    for row, column in ((0, 0), (3, 2), (1, 2)):
        with qtbot.waitSignal(view.cell_chosen) as chosen:
            at = view.matrix.rect_of(row, column).center().toPoint()
            qtbot.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=at)
        assert chosen.args == [row, column]


def test_a_click_beside_the_matrix_selects_no_cell(qtbot: QtBot) -> None:
    view = show(qtbot)
    outside = (view.matrix.rect_of(3, 2).topRight() + QPointF(15, 5)).toPoint()
    with qtbot.assertNotEmitted(view.cell_chosen):
        qtbot.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=outside)


def test_arrows_walk_upwards_in_layers_and_stop_at_the_edge(qtbot: QtBot) -> None:
    view = show(qtbot)
    view.mark(1, 1)
    view.matrix.setFocus()
    keys = (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left)
    for key in keys:
        qtbot.keyClick(view.matrix, key)
    assert view.matrix.readout.startswith("Speech layer 3, Text layer 0: ")
    with qtbot.waitSignal(view.cell_chosen) as chosen:
        qtbot.keyClick(view.matrix, Qt.Key.Key_Return)
    assert chosen.args == [3, 0]


def test_pointing_reads_out_the_cell_with_chance(qtbot: QtBot) -> None:
    view = show(qtbot)
    qtbot.mouseMove(view.matrix, view.matrix.rect_of(2, 1).center().toPoint())
    qtbot.waitUntil(lambda: bool(view.matrix.readout))
    assert view.matrix.readout == (
        f"Speech layer 2, Text layer 1: {VALUES[2, 1]:.2f} [0.66, 0.70] (chance 0.00 ± 0.01)"
    )


@pytest.mark.parametrize("dark", [False, True])
def test_the_current_layers_are_framed(qtbot: QtBot, dark: bool) -> None:
    view = show(qtbot, dark=dark)
    edge = view.matrix.rect_of(2, 1)
    at = QPointF(edge.left() + 0.5, edge.center().y())
    before = colour_at(view.matrix, at)
    view.mark(2, 1)
    assert distance(colour_at(view.matrix, at), view.theme.text) < 200
    assert distance(before, colour_at(view.matrix, at)) > 150


@pytest.mark.parametrize("dark", [False, True])
def test_cells_inside_chance_fade_and_get_a_dot(qtbot: QtBot, dark: bool) -> None:
    view = show(qtbot, np.array([[0.9, 0.01], [0.01, 0.9]]), dark=dark)
    faded = colour_at(view.matrix, spot(view, 0, 1))
    assert distance(faded, view.theme.base) < distance(QColor(due(0.01)), view.theme.base)
    corner = view.matrix.rect_of(0, 1)
    dot = dot_radius(corner.width())
    at = corner.topRight() + QPointF(-3 * dot, 3 * dot)
    assert distance(colour_at(view.matrix, at), faded) > 200
    assert "2 of 4 pairs are not above chance (q > .05; dotted)" in view.summary


def test_layers_that_are_not_ready_are_hatched(qtbot: QtBot) -> None:
    values = VALUES.copy()
    values[2:] = np.nan
    view = show(qtbot, values)
    cell = view.matrix.rect_of(3, 1)
    image = view.matrix.grab(cell.toRect().adjusted(2, 2, -2, -2)).toImage()
    found = {image.pixelColor(x, 5).name() for x in range(image.width())}
    assert len(found) > 1
    assert all(distance(QColor(colour), view.theme.base) < 300 for colour in found)
    qtbot.mouseMove(view.matrix, cell.center().toPoint())
    qtbot.waitUntil(lambda: "not ready yet" in view.matrix.readout)


def test_fitted_colours_are_labelled(qtbot: QtBot) -> None:
    view = show(qtbot)
    fit = next(b for b in view.findChildren(QToolButton) if b.text() == "Fit")
    fit.click()
    assert distance(colour_at(view.matrix, spot(view, 3, 2)), due(1.0)) < 12
    fitted = picture_of(layers(VALUES), ("a", "b"), fit=True)
    assert fitted.limits == pytest.approx((0.2, 0.95))
    assert "fitted" in fitted.bar.title
    plain = picture_of(layers(VALUES), ("a", "b"))
    assert plain.limits == (0.0, 1.0)
    assert (plain.bar.low, plain.bar.high) == ("0 unrelated", "1 same")


def test_the_table_and_the_strip_tell_the_same(qtbot: QtBot) -> None:
    view = show(qtbot)
    assert len(view.table.rows) == VALUES.size
    value = VALUES[1, 2]
    row = ("1", "2", value, value - 0.02, value + 0.02, 0.0, 0.01, 0.01)
    assert view.table.rows[5] == row
    view.show_result(layers(VALUES, n=6, warning="n = 6: too few words."), "Speech", "Text")
    assert view._strip.isVisible()


@pytest.mark.parametrize("size", [(300, 280), (1200, 900)])
def test_the_matrix_fills_what_room_there_is(qtbot: QtBot, size: tuple[int, int]) -> None:
    view = show(qtbot, np.full((13, 13), 0.5))
    view.resize(*size)
    view.grab()
    height = view.matrix.rect_of(0, 0).bottom() - view.matrix.rect_of(12, 12).top()
    assert height > 0.6 * view.matrix.height()
    assert view.matrix.rect().toRectF().contains(view.matrix.rect_of(0, 0))
    assert view.matrix.rect().toRectF().contains(view.matrix.rect_of(12, 12))


def test_a_new_theme_is_drawn(qtbot: QtBot) -> None:
    view = show(qtbot)
    view.set_theme(theme(dark=True))
    assert distance(colour_at(view.matrix, QPointF(2, 2)), theme(dark=True).base) < 6


@pytest.mark.parametrize(("size", "is_turned"), [((300, 280), True), ((900, 700), False)])
def test_names_of_layers_are_all_there(
    qtbot: QtBot, size: tuple[int, int], is_turned: bool
) -> None:
    view = show(qtbot)
    names = ("letters", "pairs", "syllables")
    view.show_result(replace(layers(VALUES), columns=names), "Speech", "Text")
    view.resize(*size)
    view.grab()
    matrix = view.matrix._prepared()
    assert matrix is not None
    columns = matrix.picture.columns
    assert columns.is_turned == is_turned
    assert [text for text, _ in matrix._labels(columns, is_row=False)] == list(names)
