from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QAbstractAnimation, QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vgdesk.analyses import ANALYSES
from vgdesk.core.model import EncoderId, Session, Word, WordId
from vgdesk.core.results import Trace, WordMap
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Selection
from vgdesk.ui.style.theme import Theme, apply
from vgdesk.ui.style.word_colours import Legend, legend_of
from vgdesk.ui.views.maps.cluster_map import ClusterMap

Show = Callable[..., ClusterMap]
Left = Qt.MouseButton.LeftButton
NO_KEY, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
PLACES = {"dog": (0, 0), "cat": (4, 1), "hammer": (1, 3), "saw": (-3, -2), "justice": (-4, 3)}
GROUPS = {"dog": "animal", "cat": "animal", "hammer": "tool", "saw": "tool", "justice": ""}
TRACE = Trace("principal component analysis", 5, (EncoderId("spectrum"),))


@pytest.fixture(params=["light", "dark"])
def theme(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Theme]:
    yield apply(qapp, dark=request.param == "dark")
    apply(qapp)


@pytest.fixture
def legend(theme: Theme) -> Legend:
    labels = {text: {"category": group} if group else {} for text, group in GROUPS.items()}
    words = [Word(WordId(text), text, labels=labels[text]) for text in GROUPS]
    return legend_of(Session({word.id: word for word in words}), "category", theme)


@pytest.fixture
def show(qtbot: QtBot, theme: Theme) -> Show:
    def show_map(width: int = 500, height: int = 420, *, reduced_motion: bool = True) -> ClusterMap:
        view = ClusterMap(theme)
        view.reduced_motion = reduced_motion
        qtbot.addWidget(view)
        view.resize(width, height)
        view.show()
        qtbot.waitExposed(view)
        return view

    return show_map


def result_of(places: dict[str, tuple[float, float]], *, fitted: int = 99) -> WordMap:
    words = tuple(WordId(text) for text in places)
    is_fitted = tuple(i < fitted for i in range(len(words)))
    points = np.array([*places.values()], dtype=float)
    return WordMap(
        "pca", "3", words, words, points, is_fitted, ("PC 1 (30 %)", "PC 2 (11 %)"), TRACE
    )


def settle(view: ClusterMap) -> None:
    """Let the layout find its size; no time passes."""
    for _ in range(3):
        QApplication.processEvents()
    view.grab()


def place_of(view: ClusterMap, value: tuple[float, float]) -> QPoint:
    """Where a value is drawn, by the plotting library's own transformation."""
    scene = view.plot.box.mapViewToScene(QPointF(*value))
    return view.plot.mapFromScene(scene)


def spies(view: ClusterMap) -> dict[str, QSignalSpy]:
    names = ("word_chosen", "word_toggled", "words_chosen", "word_hovered", "play_requested")
    return {name: QSignalSpy(getattr(view, name)) for name in names}


def heard(spied: dict[str, QSignalSpy]) -> dict[str, list[object]]:
    found = {name: [spy.at(i)[0] for i in range(spy.count())] for name, spy in spied.items()}
    return {name: values for name, values in found.items() if values}


@pytest.fixture
def view(show: Show, legend: Legend) -> ClusterMap:
    shown = show()
    shown.show_result(result_of(PLACES), legend)
    settle(shown)
    return shown


# Places


def test_points_are_where_the_values_say(view: ClusterMap) -> None:
    x, y = view.plot.scatter.getData()
    assert list(zip(x, y, strict=True)) == list(PLACES.values())
    for i, value in enumerate(PLACES.values()):
        drawn = QPointF(*view.plot.places[i]).toPoint()
        assert (drawn - place_of(view, value)).manhattanLength() <= 2


@pytest.mark.parametrize("size", [(300, 280), (1200, 900), (900, 320), (320, 800)])
def test_axes_are_equal_and_all_points_are_seen(
    show: Show, legend: Legend, size: tuple[int, int]
) -> None:
    view = show(*size)
    view.show_result(result_of(PLACES), legend)
    settle(view)
    origin, right, up = (place_of(view, value) for value in ((0, 0), (10, 0), (0, 10)))
    assert right.x() - origin.x() == pytest.approx(origin.y() - up.y(), abs=2)
    assert all(view.plot.area.contains(QPointF(*place)) for place in view.plot.places)
    assert view.plot.viewport().rect().contains(view.plot.area.toRect())


def test_colours_are_those_of_the_groups(view: ClusterMap, legend: Legend) -> None:
    picture = view.plot.grab().toImage()
    ratio = picture.devicePixelRatio()
    for word, value in PLACES.items():
        seen = picture.pixelColor(place_of(view, value) * ratio)
        assert seen.name() == legend.look_of(WordId(word)).colour


def test_points_placed_afterwards_look_lighter_and_are_counted(
    view: ClusterMap, legend: Legend, theme: Theme
) -> None:
    view.show_result(result_of(PLACES, fitted=3), legend)
    settle(view)
    picture = view.plot.grab().toImage()
    seen = picture.pixelColor(place_of(view, PLACES["saw"]) * picture.devicePixelRatio())
    assert seen not in (QColor(legend.look_of(WordId("saw")).colour), QColor(theme.base))
    assert "2 placed afterwards" in view.summary
    assert view.map.legend.entries[-1].text == "placed afterwards (2)"


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_words_have_a_map_too(show: Show, legend: Legend, n: int) -> None:
    view = show(300, 280)
    view.show_result(result_of(dict(list(PLACES.items())[:n])), legend)
    settle(view)
    assert all(view.plot.area.contains(QPointF(*place)) for place in view.plot.places)
    assert len(view.plot.labels()) == n


def test_words_at_one_place_can_be_shown(show: Show, legend: Legend) -> None:
    view = show()
    view.show_result(result_of(dict.fromkeys(PLACES, (7e5, 7e5))), legend)
    settle(view)
    assert (view.plot.places == view.plot.places[0]).all()
    assert view.plot.area.contains(QPointF(*view.plot.places[0]))


def test_a_real_analysis_can_be_shown(show: Show, legend: Legend) -> None:
    words = tuple(WordId(text) for text in PLACES)
    values = np.random.default_rng(0).normal(size=(1, 5, 8)).astype(np.float32)
    stack = LayerStack(EncoderId("spectrum"), ("0",), words, words, values)
    view = show()
    result = ANALYSES["pca"].compute(stack, 0, None)
    view.show_result(result, legend)
    settle(view)
    np.testing.assert_array_equal(np.column_stack(view.plot.scatter.getData()), result.points)


def test_titles_of_the_axes_are_those_of_the_last_result(view: ClusterMap, legend: Legend) -> None:
    def titles() -> list[QImage]:
        area, picture = view.plot.area.toRect(), view.plot.grab()
        below = QRect(0, area.bottom() + 1, view.plot.width(), view.plot.height())
        return [picture.copy(part).toImage() for part in (below, QRect(0, 0, area.left(), 400))]

    before = titles()
    view.show_result(replace(result_of(PLACES), axes=("MDS 1 (90 %)", "MDS 2 (5 %)")), legend)
    assert all(a != b for a, b in zip(before, titles(), strict=True))


# Labels


@pytest.mark.parametrize("size", [(300, 280), (1200, 900)])
def test_labels_of_many_words_do_not_overlap(
    show: Show, legend: Legend, size: tuple[int, int]
) -> None:
    places = np.random.default_rng(1).normal(size=(150, 2))
    view = show(*size)
    view.show_result(result_of({f"word {i}": tuple(p) for i, p in enumerate(places)}), legend)
    view.show_selection(Selection().of(WordId("word 7"), WordId("word 8")))
    settle(view)
    boxes = {i: QRectF(QPointF(*b[:2]), QPointF(*b[2:])) for i, b in view.plot.labels().items()}
    assert not any(a.intersects(b) for a, b in combinations(boxes.values(), 2))
    assert all(view.plot.area.adjusted(-1, -1, 1, 1).contains(box) for box in boxes.values())
    assert 7 in boxes
    assert len(boxes) > 10


def test_the_hovered_word_always_has_its_label(show: Show, legend: Legend) -> None:
    view = show(300, 280)
    crowd = {f"word {i}": (i % 7 / 100, i % 5 / 100) for i in range(60)}
    view.show_result(result_of({**crowd, "far": (9, 9)}), legend)
    settle(view)
    hidden = next(i for i in range(60) if i not in view.plot.labels())
    view.show_selection(Selection(hovered=WordId(f"word {hidden}")))
    assert hidden in view.plot.labels()


# Pointing


def test_a_click_chooses_the_word(view: ClusterMap) -> None:
    spied = spies(view)
    QTest.mouseClick(view.plot.viewport(), Left, NO_KEY, place_of(view, PLACES["cat"]))
    assert heard(spied) == {"word_chosen": ["cat"]}


def test_a_click_on_a_label_chooses_its_word(view: ClusterMap) -> None:
    box = view.plot.labels()[2]
    spied = spies(view)
    at = QPointF((box[0] + box[2]) / 2, (box[1] + box[3]) / 2).toPoint()
    QTest.mouseClick(view.plot.viewport(), Left, NO_KEY, at)
    assert heard(spied) == {"word_chosen": ["hammer"]}


def test_a_click_with_ctrl_toggles_the_word(view: ClusterMap) -> None:
    spied = spies(view)
    QTest.mouseClick(view.plot.viewport(), Left, CTRL, place_of(view, PLACES["saw"]))
    assert heard(spied) == {"word_toggled": ["saw"]}


def test_a_double_click_plays_the_word(view: ClusterMap) -> None:
    spied = spies(view)
    QTest.mouseDClick(view.plot.viewport(), Left, NO_KEY, place_of(view, PLACES["dog"]))
    assert heard(spied)["play_requested"] == [["dog"]]


def test_a_click_on_empty_space_requests_no_word(view: ClusterMap) -> None:
    spied = spies(view)
    QTest.mouseClick(view.plot.viewport(), Left, NO_KEY, place_of(view, (4, -1.5)))
    assert heard(spied) == {}


def test_a_rubber_band_chooses_what_it_catches(view: ClusterMap) -> None:
    spied = spies(view)
    drag(view, place_of(view, (-0.5, 3.4)), place_of(view, (4.5, -0.5)), SHIFT)
    assert heard(spied) == {"words_chosen": [["dog", "cat", "hammer"]]}


def test_a_drag_moves_the_map_and_a_double_click_brings_it_back(view: ClusterMap) -> None:
    spied = spies(view)
    before = place_of(view, (0, 0))
    drag(view, before, before + QPoint(30, -20), NO_KEY)
    moved = place_of(view, (0, 0)) - before
    assert abs(moved.x() - 30) <= 1
    assert abs(moved.y() + 20) <= 1
    QTest.mouseDClick(view.plot.viewport(), Left, NO_KEY, place_of(view, (4, -1.5)))
    assert (place_of(view, (0, 0)) - before).manhattanLength() <= 1
    assert "words_chosen" not in heard(spied)


def drag(view: ClusterMap, start: QPoint, end: QPoint, modifier: Qt.KeyboardModifier) -> None:
    canvas = view.plot.viewport()
    QTest.mousePress(canvas, Left, modifier, start)
    # QTest moves the pointer without a button, which no drag does.
    for at in (start + (end - start) / 2, end):
        there = QPointF(canvas.mapToGlobal(at))
        move = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), there, Left, Left, modifier)
        QApplication.sendEvent(canvas, move)
    QTest.mouseRelease(canvas, Left, modifier, end)


def test_the_pointer_hovers_a_word_and_leaves_it(view: ClusterMap) -> None:
    spied = spies(view)
    QTest.mouseMove(view.plot.viewport(), place_of(view, PLACES["cat"]))
    QTest.mouseMove(view.plot.viewport(), place_of(view, (4, -1.5)))
    assert heard(spied) == {"word_hovered": ["cat", ""]}


def test_hovered_and_selected_points_look_different(view: ClusterMap) -> None:
    plain = view.plot.grab().toImage()
    view.show_selection(Selection().of(WordId("dog"), WordId("saw")))
    selected = view.plot.grab().toImage()
    view.show_selection(Selection(hovered=WordId("dog")))
    assert selected != plain
    assert view.plot.grab().toImage() not in (plain, selected)
    view.show_selection(Selection())
    assert view.plot.grab().toImage() == plain


def test_all_points_of_a_selected_word_are_ringed(show: Show, legend: Legend, theme: Theme) -> None:
    result = result_of({"dog-1": (0, 0), "dog-2": (5, 2), "cat-1": (3, -3)})
    dog, cat = WordId("dog"), WordId("cat")
    view = show()
    view.show_result(replace(result, words=(dog, dog, cat)), legend)
    view.show_selection(Selection().of(dog))
    settle(view)
    picture = view.plot.grab().toImage()
    ratio = picture.devicePixelRatio()

    def is_ringed(place: np.ndarray) -> bool:
        x, y = place.tolist()
        reach = range(5, 14)
        above = [picture.pixelColor(int(x * ratio), int((y - r) * ratio)).name() for r in reach]
        return theme.accent in above

    assert [is_ringed(place) for place in view.plot.places] == [True, True, False]


def test_the_legend_counts_points_and_what_is_selected(view: ClusterMap) -> None:
    texts = [entry.text for entry in view.map.legend.entries]
    assert texts == ["animal (2)", "tool (2)", "no category (1)"]
    view.show_selection(Selection().of(WordId("dog")))
    texts = [entry.text for entry in view.map.legend.entries]
    assert texts == ["animal (1 / 2)", "tool (0 / 2)", "no category (0 / 1)"]


@pytest.mark.parametrize("width", [120, 200, 300, 2000])
def test_the_legend_shows_or_counts_every_group(view: ClusterMap, width: int) -> None:
    legend = view.map.legend
    legend.show_entries(legend.entries * 4)
    legend.set_max_lines(2)
    lines = legend.lines(width)
    shown = [entry for line in lines for _, entry in line]
    left = int(shown[-1].split()[1]) if isinstance(shown[-1], str) else 0
    assert len([entry for entry in shown if not isinstance(entry, str)]) + left == 12
    assert len(lines) <= 2


# Keyboard


def test_arrows_walk_to_the_nearest_point_that_way(view: ClusterMap) -> None:
    chosen: list[str] = []

    def take(word: str) -> None:
        chosen.append(word)
        view.show_selection(Selection().of(WordId(word)))

    view.word_chosen.connect(take)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(view.chart, key)
    # The first key starts somewhere; from the dog, the cat is right and the saw below.
    assert chosen == ["dog", "cat", "dog", "saw", "justice"]
    QTest.keyClick(view.chart, Qt.Key.Key_Left)
    assert chosen[-1] == "justice"


def test_arrows_bring_a_point_into_sight(view: ClusterMap) -> None:
    view.show_selection(Selection().of(WordId("dog")))
    view.plot.zoom(0.1, QPointF(place_of(view, PLACES["dog"])))
    QTest.keyClick(view.chart, Qt.Key.Key_Right)
    assert view.plot.area.contains(QPointF(*view.plot.places[1]))


def test_enter_plays_the_primary_word(view: ClusterMap) -> None:
    spied = spies(view)
    QTest.keyClick(view.chart, Qt.Key.Key_Return)
    assert heard(spied) == {}
    view.show_selection(Selection().of(WordId("saw"), WordId("dog")))
    QTest.keyClick(view.chart, Qt.Key.Key_Return)
    assert heard(spied) == {"play_requested": [["saw"]]}


def test_the_keyboard_zooms_and_0_shows_everything(view: ClusterMap) -> None:
    whole = view.plot.box.viewRange()
    QTest.keyClick(view.chart, Qt.Key.Key_Plus)
    closer = view.plot.box.viewRange()
    assert closer[0][1] - closer[0][0] < whole[0][1] - whole[0][0]
    QTest.keyClick(view.chart, Qt.Key.Key_0)
    np.testing.assert_allclose(view.plot.box.viewRange(), whole)


def test_a_click_gives_the_chart_the_keyboard(view: ClusterMap) -> None:
    QTest.mouseClick(view.plot.viewport(), Left, NO_KEY, place_of(view, (4, -1.5)))
    assert view.chart.hasFocus()


# Motion


def test_points_glide_to_new_places(qtbot: QtBot, show: Show, legend: Legend) -> None:
    view = show(reduced_motion=False)
    view.show_result(result_of(PLACES), legend)
    settle(view)
    before = view.plot.places
    farther = result_of({word: (100 * y, 100 * x) for word, (x, y) in PLACES.items()})
    view.show_result(farther, legend)
    # The scale is another one at once, but on the screen nothing has jumped.
    assert np.abs(view.plot.places - before).max() < 30
    qtbot.waitUntil(lambda: np.array_equal(points_of(view), farther.points), timeout=5000)


def test_points_that_stay_do_not_move_when_a_word_comes(show: Show, legend: Legend) -> None:
    view = show(reduced_motion=False)
    view.show_result(result_of({word: PLACES[word] for word in list(PLACES)[1:]}), legend)
    settle(view)
    before = view.plot.places
    view.show_result(result_of({**{w: PLACES[w] for w in list(PLACES)[1:]}, "dog": (0, 0)}), legend)
    assert np.array_equal(view.plot.places[:-1], before)
    assert not is_gliding(view)


def test_equal_positions_do_not_move(show: Show, legend: Legend) -> None:
    view = show(reduced_motion=False)
    view.show_result(result_of(PLACES), legend)
    settle(view)
    view.plot.zoom(0.5)
    before = view.plot.places
    view.show_result(result_of(PLACES), legend)
    assert np.array_equal(view.plot.places, before)
    assert not is_gliding(view)


def test_reduced_motion_jumps(view: ClusterMap, legend: Legend) -> None:
    other = result_of({word: (-x, y) for word, (x, y) in PLACES.items()})
    view.show_result(other, legend)
    assert not is_gliding(view)
    assert np.array_equal(points_of(view), other.points)


def points_of(view: ClusterMap) -> np.ndarray:
    return np.column_stack(view.plot.scatter.getData())


def is_gliding(view: ClusterMap) -> bool:
    animations = view.plot.findChildren(QAbstractAnimation)
    return any(a.state() == QAbstractAnimation.State.Running for a in animations)


# Waiting words


def test_waiting_words_have_marks_until_they_arrive(view: ClusterMap, legend: Legend) -> None:
    plain = view.plot.grab().toImage()
    view.show_pending((WordId("new"), WordId("newer")))
    waiting = view.plot.pending_places()
    assert list(waiting) == ["new", "newer"]
    assert view.plot.grab().toImage() != plain
    assert all(view.plot.area.contains(place) for place in waiting.values())
    assert waiting["new"].x() < view.plot.area.center().x()
    view.show_result(result_of({**PLACES, "new": (2, 2)}), legend)
    assert list(view.plot.pending_places()) == ["newer"]
    view.show_pending(())
    assert view.plot.pending_places() == {}


def test_a_word_glides_from_where_it_waited(qtbot: QtBot, show: Show, legend: Legend) -> None:
    view = show(reduced_motion=False)
    view.show_result(result_of(PLACES), legend)
    settle(view)
    view.show_pending((WordId("new"),))
    waited = np.array(view.plot.pending_places()["new"].toTuple())
    result = result_of({**PLACES, "new": (2, 2)})
    view.show_result(result, legend)
    assert is_gliding(view)
    assert np.abs(view.plot.places[-1] - waited).max() < 30
    qtbot.waitUntil(lambda: np.array_equal(points_of(view), result.points), timeout=5000)


def test_more_waiting_words_than_room_stay_inside(show: Show, legend: Legend) -> None:
    view = show(300, 280)
    view.show_pending(tuple(WordId(f"new {i}") for i in range(100)))
    view.show_result(result_of(PLACES), legend)
    settle(view)
    places = view.plot.pending_places().values()
    assert len(places) == 100
    assert all(view.plot.area.contains(place) for place in places)


# Words and numbers


def test_the_table_has_every_row(view: ClusterMap) -> None:
    table = view.table
    assert len(table.headers) == len(table.rows[0]) == 6
    assert list(table.rows[1]) == ["cat", "cat", "animal", 4.0, 1.0, "yes"]
    assert [row[0] for row in table.rows] == list(PLACES)


def test_the_summary_says_what_the_axes_show(view: ClusterMap) -> None:
    assert "n = 5" in view.summary
    for part in ("layer 3", "PC 1 (30 %)", "PC 2 (11 %)"):
        assert part in view.summary


def test_a_theme_can_change_while_a_map_is_shown(
    view: ClusterMap, legend: Legend, qapp: QApplication, theme: Theme
) -> None:
    other = apply(qapp, dark=not theme.is_dark)
    view.set_theme(other)
    settle(view)
    picture = view.plot.grab().toImage()
    assert picture.pixelColor(1, 1).name() == other.base
