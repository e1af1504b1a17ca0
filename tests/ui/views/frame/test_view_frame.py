import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.views.examples import colour_at, distance, theme
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.views.frame.message_page import MessagePage
from vgdesk.ui.views.frame.view_frame import State, ViewFrame
from vgdesk.ui.widgets.data_table import Table

SUMMARY = "n = 24. Most alike: dog and cat."
TABLE = Table(("word", "x"), [("dog", 0.5), ("cat", 0.25)])


class Chart(QLabel):
    """A chart that is one colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStyleSheet("background: #ff0000")


class Example(ViewFrame):
    """A view with one result."""

    def show_result(self, *, warning: str = "") -> None:
        self._present(SUMMARY, warning, lambda: TABLE)


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def view(qtbot: QtBot, request: pytest.FixtureRequest) -> Example:
    look = theme(dark=request.param)
    made = Example("Example", Chart(look), look)
    made.set_theme(look)
    qtbot.addWidget(made)
    made.resize(400, 320)
    made.show()
    qtbot.waitExposed(made)
    return made


def button(view: ViewFrame, text: str) -> QToolButton:
    return next(found for found in view.findChildren(QToolButton) if found.text() == text)


def middle(view: ViewFrame) -> QPointF:
    return QPointF(view.chart.mapTo(view, QPoint(20, 20)))


def test_an_empty_view_says_why_and_offers_the_one_step(view: Example, qtbot: QtBot) -> None:
    view.show_missing("Only one model is chosen.", "Choose a second model")
    page = view.findChild(MessagePage)
    assert page.isVisible()
    assert page.text == "Only one model is chosen."
    step = page.findChild(QPushButton)
    assert step.height() >= 32
    with qtbot.waitSignal(view.action_requested):
        qtbot.mouseClick(step, Qt.MouseButton.LeftButton)
    assert not button(view, "Table").isEnabled()


def test_without_a_step_there_is_no_button(view: Example) -> None:
    view.show_missing("Nothing here.")
    assert not view.findChild(QPushButton).isVisible()


def test_a_result_ends_the_message(view: Example) -> None:
    view.show_missing("Nothing here.")
    view.show_result()
    assert view.state is State.READY
    assert view.chart.isVisible()
    assert not view.findChild(MessagePage).isVisible()
    assert colour_at(view, middle(view)).name() == "#ff0000"


def test_a_busy_view_keeps_its_result_and_dims_it_after_a_moment(
    view: Example, qtbot: QtBot
) -> None:
    view.show_result()
    view.show_busy("layer 7 of 12")
    assert colour_at(view, middle(view)).name() == "#ff0000"
    qtbot.waitUntil(lambda: colour_at(view, middle(view)).name() != "#ff0000")
    assert view.chart.isVisible()
    view.show_ready()
    assert colour_at(view, middle(view)).name() == "#ff0000"


def test_a_quick_result_comes_without_flicker(view: Example, qtbot: QtBot) -> None:
    view.show_result()
    view.show_busy("Updating…")
    view.show_result()
    qtbot.wait(400)
    assert colour_at(view, middle(view)).name() == "#ff0000"


def test_a_dimmed_chart_can_still_be_clicked(view: Example, qtbot: QtBot) -> None:
    view.show_result()
    view.show_stale()
    at = view.chart.mapTo(view, view.chart.rect().center())
    assert view.childAt(at) is view.chart


def test_a_stale_view_says_so_at_once(view: Example) -> None:
    view.show_result()
    view.show_stale()
    assert view.state is State.STALE
    assert colour_at(view, middle(view)).name() != "#ff0000"
    names = [child.accessibleName() for child in view.findChildren(type(view._box._veil))]
    assert "Out of date" in names


def test_a_view_without_a_result_is_neither_busy_nor_stale(view: Example) -> None:
    view.show_missing("Nothing here.")
    view.show_stale()
    assert view.state is State.MISSING
    view.show_busy("loading")
    assert view.findChild(MessagePage).text == "loading"


@pytest.mark.slow
def test_a_problem_stays_in_words(view: Example) -> None:
    view.show_result()
    view.show_problem("The model could not be read.", "Copy it again.")
    page = view.findChild(MessagePage)
    assert page.isVisible()
    assert page.text == "The model could not be read. Copy it again."
    image = page.grab().toImage()
    reds = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if distance(image.pixelColor(x, y), view.theme.bad) < 40
    ]
    assert reds


def test_a_doubtful_result_has_a_strip_that_says_why(view: Example) -> None:
    view.show_result(warning="n = 6: too few words to trust this.")
    strip = next(label for label in view.findChildren(QLabel) if "n = 6" in label.text())
    assert strip.isVisible()
    assert distance(colour_at(strip, QPointF(2, 2)), view.theme.strip) < 12
    view.show_result()
    assert not strip.isVisible()


def test_the_table_twin_shows_the_same_result(view: Example, qtbot: QtBot) -> None:
    view.show_result()
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.chart.hasFocus)
    qtbot.keyClick(view.chart, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    twin = view.findChild(QTableView)
    assert twin.isVisible()
    assert [twin.model().index(row, 1).data() for row in (0, 1)] == ["0.500", "0.250"]
    view.show_table(False)
    assert view.chart.isVisible()


def test_the_numbers_can_be_copied(view: Example, qtbot: QtBot) -> None:
    view.show_result()
    qtbot.mouseClick(button(view, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "word\tx\ndog\t0.5\ncat\t0.25\n"


def test_screen_readers_get_a_name_and_the_summary(view: Example) -> None:
    view.show_result()
    assert view.summary == SUMMARY
    for part in (view, view.chart):
        assert part.accessibleName() == "Example"
        assert part.accessibleDescription() == SUMMARY


def test_the_part_with_the_keyboard_has_a_ring(view: Example, qtbot: QtBot) -> None:
    view.show_result()
    view.activateWindow()
    corner = QPointF(view._box.mapTo(view, QPoint(0, 0)) + QPoint(1, 30))
    button(view, "Table").setFocus()
    qtbot.waitUntil(lambda: not view.chart.hasFocus())
    without = colour_at(view, corner)
    view.setFocus()
    qtbot.waitUntil(view.chart.hasFocus)
    assert distance(colour_at(view, corner), view.theme.accent) < 12
    assert distance(without, view.theme.accent) > 60


@pytest.mark.parametrize("size", [(300, 280), (1200, 900)])
def test_every_part_is_inside_at_every_size(view: Example, size: tuple[int, int]) -> None:
    view.show_result(warning="n = 6: too few words to trust this.")
    view.resize(*size)
    view.grab()
    assert (view.width(), view.height()) == size
    for part in view.findChildren(QToolButton):
        if part.isVisible():
            assert view.rect().contains(part.geometry())
