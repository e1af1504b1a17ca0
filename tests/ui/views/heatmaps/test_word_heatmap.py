from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.views.examples import (
    colour_at,
    colour_in,
    distance,
    legend,
    session,
    similarity,
    theme,
)
from vgdesk.analyses.words.word_overview import MOST_ROWS
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import WordId
from vgdesk.core.results import Trace, WordOverview
from vgdesk.core.viewing import Order, Selection
from vgdesk.ui.style.theme import SEQUENTIAL, mixed
from vgdesk.ui.style.word_colours import legend_of
from vgdesk.ui.views.heatmaps.matrix_picture import colour_table
from vgdesk.ui.views.heatmaps.word_heatmap import WordHeatmap

N = 8
VALUES = np.random.default_rng(0).uniform(-0.9, 0.9, (N, N))
VALUES = (VALUES + VALUES.T) / 2


def show(
    qtbot: QtBot,
    values: FloatArray = VALUES,
    *,
    order: tuple[int, ...] = (),
    dark: bool = False,
    centred: bool = False,
) -> WordHeatmap:
    look = theme(dark=dark)
    view = WordHeatmap(look)
    qtbot.addWidget(view)
    view.resize(640, 560)
    order = order or tuple(range(len(values)))
    view.show_result(similarity(values), order, legend(len(values), look), centred=centred)
    view.show()
    qtbot.waitExposed(view)
    return view


def centre(view: WordHeatmap, row: int, column: int) -> QPointF:
    return view.matrix.rect_of(row, column).center()


def click(qtbot: QtBot, view: WordHeatmap, at: QPointF) -> None:
    qtbot.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=at.toPoint())


def due(value: float) -> QColor:
    return QColor(*(int(part) for part in colour_table(SEQUENTIAL)[int((value + 1) * 127.5)]))


def spot(view: WordHeatmap, row: int, column: int) -> QPointF:
    cell = view.matrix.rect_of(row, column)
    return cell.topLeft() + QPointF(0.12, 0.12) * cell.width()


@pytest.mark.parametrize("dark", [False, True])
def test_the_first_word_is_top_left_and_colours_are_the_values(qtbot: QtBot, dark: bool) -> None:
    order = (3, 0, 1, 2, 7, 6, 5, 4)
    view = show(qtbot, order=order, dark=dark)
    assert view.matrix.rect_of(0, 0).top() < view.matrix.rect_of(1, 0).top()
    for i, row in enumerate(order):
        for j, column in enumerate(order):
            if i != j:
                found = colour_at(view.matrix, spot(view, i, j))
                assert distance(found, due(VALUES[row, column])) < 15


@pytest.mark.parametrize("dark", [False, True])
def test_the_diagonal_is_masked(qtbot: QtBot, dark: bool) -> None:
    view = show(qtbot, dark=dark)
    neutral = mixed(view.theme.base, view.theme.text, 0.16)
    for i in range(N):
        assert distance(colour_at(view.matrix, centre(view, i, i)), neutral) < 12


@pytest.mark.parametrize("line", [0, 411, 777, 999])
def test_one_bright_word_among_a_thousand_is_seen(qtbot: QtBot, line: int) -> None:
    values = np.random.default_rng(0).normal(0, 0.02, (1000, 1000)).astype(np.float32)
    values[line] = values[:, line] = 0.95
    view = show(qtbot, values)
    y = view.matrix.rect_of(line, 0).center().y()
    xs = [view.matrix.rect_of(0, column).center().x() for column in range(10, 990, 20)]
    image = view.matrix.grab().toImage()

    def is_bright(x: float) -> bool:
        near = [colour_in(image, QPointF(x, y + shift)) for shift in (-1, -0.5, 0, 0.5, 1)]
        return min(distance(colour, due(0.95)) for colour in near) < 60

    assert sum(map(is_bright, xs)) >= len(xs) - 3
    other = (y + 60) if line < 500 else (y - 60)
    assert distance(colour_in(image, QPointF(xs[3], other)), due(0.95)) > 100


def test_a_cell_chooses_the_pair(qtbot: QtBot) -> None:
    view = show(qtbot, order=tuple(reversed(range(N))))
    with qtbot.waitSignal(view.pair_chosen) as chosen:
        click(qtbot, view, centre(view, 0, 2))
    assert chosen.args == ["w7", "w5"]


def test_the_diagonal_and_the_labels_choose_the_word(qtbot: QtBot) -> None:
    view = show(qtbot)
    columns = QPointF(centre(view, 0, 4).x(), view.matrix.rect_of(0, 0).top() - 20)
    for at, word in (
        (centre(view, 3, 3), "w3"),
        (view.matrix.label_rect_of(5).center(), "w5"),
        (columns, "w4"),
    ):
        with qtbot.waitSignal(view.word_chosen) as chosen:
            click(qtbot, view, at)
        assert chosen.args == [word]


def test_a_double_click_plays_both_words(qtbot: QtBot) -> None:
    view = show(qtbot)
    with qtbot.waitSignal(view.play_requested) as played:
        qtbot.mouseDClick(view.matrix, Qt.MouseButton.LeftButton, pos=centre(view, 1, 6).toPoint())
    assert played.args == [["w1", "w6"]]
    with qtbot.waitSignal(view.play_requested) as played:
        at = view.matrix.label_rect_of(2).center().toPoint()
        qtbot.mouseDClick(view.matrix, Qt.MouseButton.LeftButton, pos=at)
    assert played.args == [["w2"]]


def test_pointing_tells_the_word_and_leaving_tells_none(qtbot: QtBot) -> None:
    view = show(qtbot)
    with qtbot.waitSignal(view.word_hovered) as hovered:
        qtbot.mouseMove(view.matrix, centre(view, 2, 5).toPoint())
    assert hovered.args == ["w2"]
    assert view.matrix.readout.startswith("word2 (animal), word5 (tool): ")
    with qtbot.waitSignal(view.word_hovered) as hovered:
        qtbot.mouseMove(view.matrix, QPoint(1, 1))
    assert hovered.args == [""]


def test_groups_have_their_colours_at_the_margin(qtbot: QtBot) -> None:
    view = show(qtbot)
    first = view.matrix.rect_of(0, 0)
    for row in (1, 6):
        at = QPointF(first.left() - 5, centre(view, row, 0).y())
        group = view.theme.groups[0 if row < N // 2 else 1]
        assert distance(colour_at(view.matrix, at), group) < 12


@pytest.mark.parametrize("dark", [False, True])
def test_the_selection_is_marked(qtbot: QtBot, dark: bool) -> None:
    view = show(qtbot, dark=dark)
    before = view.matrix.grab().toImage()
    view.show_selection(Selection().of(WordId("w1"), WordId("w6")))
    after = view.matrix.grab().toImage()
    label = view.matrix.label_rect_of(1)
    at = QPointF(label.right() + 2, label.center().y())
    assert distance(colour_in(after, at), view.theme.accent) < 40
    edge = view.matrix.rect_of(1, 6)
    at = QPointF(edge.left(), edge.center().y())
    assert distance(colour_in(after, at), colour_in(before, at)) > 60
    view.show_selection(Selection())
    assert view.matrix.grab().toImage() == before


def test_pending_words_are_hatched_rows_at_the_end_until_they_are_ready(qtbot: QtBot) -> None:
    view = show(qtbot)
    view.show_pending((WordId("w8"), WordId("w9")))
    assert view.matrix.rect_of(9, 9).bottom() < view.matrix.height()
    qtbot.mouseMove(view.matrix, centre(view, 9, 2).toPoint())
    qtbot.waitUntil(lambda: "not ready yet" in view.matrix.readout)
    corner = view.matrix.rect_of(9, 2).toRect().adjusted(2, 2, -2, -2)
    image = view.matrix.grab(corner).toImage()
    assert len({image.pixelColor(x, 3).name() for x in range(image.width())}) > 1
    more = np.pad(VALUES, (0, 1), constant_values=0.5)
    view.show_result(similarity(more), tuple(range(N + 1)), legend(N + 1, view.theme))
    assert view._pending == ("w9",)


def test_a_difference_is_neutral_at_zero(qtbot: QtBot) -> None:
    values = np.zeros((N, N))
    values[0, 1], values[1, 0] = 0.8, -0.8
    view = show(qtbot, values, centred=True)
    zero, more, less = (colour_at(view.matrix, spot(view, *at)) for at in ((4, 2), (0, 1), (1, 0)))
    assert max(zero.toTuple()[:3]) - min(zero.toTuple()[:3]) < 15
    assert more.red() - more.blue() > 60
    assert less.blue() - less.red() > 60


def test_the_wheel_zooms_to_the_pointer_and_zero_shows_all(qtbot: QtBot) -> None:
    view = show(qtbot)
    before = view.matrix.rect_of(2, 6)
    at = before.center()
    turn = QWheelEvent(
        at,
        view.matrix.mapToGlobal(at),
        QPoint(),
        QPoint(0, 400),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.matrix, turn)
    after = view.matrix.rect_of(2, 6)
    assert after.width() > 1.2 * before.width()
    assert after.contains(at)
    with qtbot.waitSignal(view.pair_chosen) as chosen:
        click(qtbot, view, at)
    assert chosen.args == ["w2", "w6"]
    qtbot.keyClick(view.matrix, Qt.Key.Key_0)
    assert view.matrix.rect_of(2, 6) == before


def test_dragging_pans_the_zoomed_matrix_without_selecting(qtbot: QtBot) -> None:
    view = show(qtbot)
    view.matrix.zoom(0.5)
    start = view.matrix.rect_of(3, 3).center()
    here, there = start.toPoint(), start.toPoint() + QPoint(40, 30)
    with qtbot.assertNotEmitted(view.pair_chosen):
        qtbot.mousePress(view.matrix, Qt.MouseButton.LeftButton, pos=here)
        qtbot.mouseMove(view.matrix, there)
        drag(view, there)
        qtbot.mouseRelease(view.matrix, Qt.MouseButton.LeftButton, pos=there)
    moved = view.matrix.rect_of(3, 3).center() - start
    assert moved.x() == pytest.approx(40, abs=2)
    assert moved.y() == pytest.approx(30, abs=2)


def drag(view: WordHeatmap, to: QPoint) -> None:
    """Move the mouse with its button down, which the test's own mouse does not do."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(to),
        view.matrix.mapToGlobal(QPointF(to)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.matrix, event)


def test_the_table_holds_the_shown_order(qtbot: QtBot) -> None:
    order = (3, 0, 1, 2, 7, 6, 5, 4)
    table = show(qtbot, order=order).table
    assert [row[0] for row in table.rows] == [f"word{i}" for i in order]
    assert table.rows[0][3] == VALUES[3, 0]
    assert np.isnan(table.rows[0][2])


def test_takes_of_one_word_choose_their_word(qtbot: QtBot) -> None:
    view = show(qtbot)
    takes = similarity(VALUES[:3, :3], ("w0", "w0", "w1"))
    view.show_result(takes, (0, 1, 2), legend(N, view.theme))
    with qtbot.waitSignal(view.word_chosen) as chosen:
        click(qtbot, view, centre(view, 0, 1))
    assert chosen.args == ["w0"]
    view.show_selection(Selection().of(WordId("w0")))
    view.matrix.grab()


def test_no_word_at_all_is_no_trouble(qtbot: QtBot) -> None:
    view = show(qtbot, np.zeros((1, 1)))
    nothing = replace(
        similarity(np.zeros((1, 1))), rows=(), words=(), order=(), values=np.zeros((0, 0))
    )
    view.show_result(nothing, (), legend_of(session(2), "kind", view.theme))
    click(qtbot, view, QPointF(50, 50))
    qtbot.keyClick(view.matrix, Qt.Key.Key_Down)
    view.matrix.grab()


def test_the_label_of_a_selected_word_leaves_no_half_of_a_neighbour(qtbot: QtBot) -> None:
    """Every second word has a label; one between two of them takes the place of both."""
    n = 48
    chance = np.random.default_rng(3)
    values = chance.uniform(-0.9, 0.9, (n, n))
    order = tuple(int(i) for i in chance.permutation(n))
    view = show(qtbot, (values + values.T) / 2, order=order)
    chart = view.matrix
    chart.grab()
    assert chart._painter is not None
    line = QFontMetricsF(chart._painter.label_font).height()
    cell = chart.rect_of(0, 0).height()
    assert cell < line < 2 * cell, "the test needs labels that touch their neighbours"
    shown, hidden = 20, 21
    middle, left = chart.rect_of(hidden, 0).center().y(), chart.rect_of(0, 0).left()

    def is_written(top: float, bottom: float) -> bool:
        picture = chart.grab().toImage()
        places = [QPointF(left - 14 - x, y) for x in range(30) for y in np.arange(top, bottom)]
        return any(distance(colour_in(picture, at), view.theme.base) > 100 for at in places)

    above = chart.rect_of(shown, 0).center().y() - line / 2, middle - line / 2 - 1
    below = middle + line / 2 + 2, chart.rect_of(hidden + 1, 0).center().y() + line / 2
    assert is_written(*above)
    assert is_written(*below)
    view.show_selection(Selection().of(WordId(f"w{order[hidden]}")))
    assert is_written(middle - 2, middle + 2)
    assert not is_written(*above)
    assert not is_written(*below)


def test_a_list_of_which_too_much_is_to_come_has_no_hatched_rows(qtbot: QtBot) -> None:
    view = show(qtbot)
    view.show_pending(tuple(WordId(f"late {i}") for i in range(MOST_ROWS - N)))
    assert view.matrix._shape == (MOST_ROWS, MOST_ROWS)
    view.show_pending(tuple(WordId(f"late {i}") for i in range(26_000)))
    assert view.matrix._shape == (N, N)


def blocks(values: FloatArray, starts: Sequence[int]) -> WordOverview:
    ids = tuple(WordId(f"w{i}") for i in range(starts[-1]))
    return WordOverview(
        "cosine",
        "3",
        ids,
        ids,
        np.array(starts),
        values,
        (-1.0, 1.0),
        False,
        (0.5, 0.25),
        Order.GROUP,
        Trace("Cosine, mean", len(ids), ()),
    )


@pytest.fixture
def overview(qtbot: QtBot) -> WordHeatmap:
    """Show 80 words, half of them animals, in the blocks 0 to 25, 26 to 52 and 53 to 79."""
    view = show(qtbot)
    values = np.array([[0.1, 0.2, -0.5], [0.2, 0.9, 0.3], [-0.5, 0.3, 0.4]])
    view.show_overview(blocks(values, (0, 26, 53, 80)), legend(80, view.theme), title="speech")
    return view


def test_blocks_are_read_out_by_their_ends(overview: WordHeatmap, qtbot: QtBot) -> None:
    qtbot.mouseMove(overview.matrix, centre(overview, 0, 2).toPoint())
    assert overview.matrix.readout == (
        "26 words from “word0” to “word25” with 27 words from “word53” to “word79”: "
        "\u22120.50 on average. Click to see each word."
    )
    qtbot.mouseMove(overview.matrix, centre(overview, 0, 0).toPoint())
    assert "26 words from “word0” to “word25” with each other: 0.10" in overview.matrix.readout


def test_the_summary_of_blocks_names_the_nearest_and_the_groups(overview: WordHeatmap) -> None:
    assert overview.summary == (
        "n = 80 in 3 blocks of 26 to 27. Most similar at layer 3 of speech: 27 words from “word26” "
        "to “word52” with each other (0.90). On average 0.50 within and 0.25 between groups "
        "(kind). Cosine, mean; no chance level."
    )


def test_the_table_of_blocks_is_the_picture(overview: WordHeatmap) -> None:
    table = overview.table
    assert table.headers[:4] == ("words", "n", "kind", "word0 – word25")
    assert [row[:3] for row in table.rows] == [
        ("word0 – word25", 26, "animal"),
        ("word26 – word52", 27, "animal"),
        ("word53 – word79", 27, "tool"),
    ]
    assert list(table.rows[0][3:]) == [0.1, 0.2, -0.5]


def test_the_diagonal_of_blocks_is_a_value(overview: WordHeatmap) -> None:
    cell = overview.matrix.rect_of(1, 1)
    at = cell.topLeft() + QPointF(0.12, 0.12) * cell.width()
    assert distance(colour_at(overview.matrix, at), due(0.9)) < 15


def test_a_click_on_a_block_requests_its_words_without_selecting(
    overview: WordHeatmap, qtbot: QtBot
) -> None:
    with (
        qtbot.assertNotEmitted(overview.pair_chosen),
        qtbot.assertNotEmitted(overview.word_chosen),
        qtbot.waitSignal(overview.part_wished) as wished,
    ):
        click(qtbot, overview, centre(overview, 0, 0))
    # Of 26 words with their neighbours: fewer than 50 are not shown.
    assert wished.args == [[f"w{i}" for i in range(53)]]
    with qtbot.waitSignal(overview.part_wished) as wished:
        click(qtbot, overview, overview.matrix.label_rect_of(2).center())
    assert wished.args == [[f"w{i}" for i in range(26, 80)]]
    with qtbot.assertNotEmitted(overview.play_requested):
        at = centre(overview, 1, 2).toPoint()
        qtbot.mouseDClick(overview.matrix, Qt.MouseButton.LeftButton, pos=at)


def test_the_block_of_a_selected_word_is_marked(overview: WordHeatmap) -> None:
    overview.show_selection(Selection().of(WordId("w30"), WordId("w31"), WordId("w79")))
    assert overview.matrix._marks.lines == (1, 2)
    overview.show_selection(Selection(hovered=WordId("w79")))
    assert (overview.matrix._marks.lines, overview.matrix._marks.hovered) == ((), 2)


def test_the_way_back_is_there_only_in_a_part(overview: WordHeatmap, qtbot: QtBot) -> None:
    assert not overview._back.isVisible()
    part = replace(similarity(VALUES), part_of=80)
    overview.show_result(part, tuple(range(N)), legend(80, overview.theme))
    assert overview._back.isVisible()
    assert overview.summary.startswith("n = 8 of 80. ")
    with qtbot.waitSignal(overview.part_wished) as wished:
        overview._back.click()
    assert wished.args == [[]]
    with qtbot.waitSignal(overview.part_wished) as wished:
        qtbot.keyClick(overview.matrix, Qt.Key.Key_Escape)
    assert wished.args == [[]]
    overview.show_result(similarity(VALUES), tuple(range(N)), legend(N, overview.theme))
    assert not overview._back.isVisible()
    with qtbot.assertNotEmitted(overview.part_wished):
        qtbot.keyClick(overview.matrix, Qt.Key.Key_Escape)
