"""What holds for all panels: everything has a name, can be hit, and fits into a narrow dock."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.docks import Dock
from vgdesk.app.recording.take_sequence import Stage
from vgdesk.app.workers.jobs import JobChanged, JobId, JobState
from vgdesk.core.model import Cell, EncoderId, Session, Verdict, WordId
from vgdesk.core.notices import Level, Notice
from vgdesk.ui.models.model_card import Choice
from vgdesk.ui.models.models_panel import ModelsPanel
from vgdesk.ui.recording.recorder_panel import RecorderLook, RecorderPanel
from vgdesk.ui.style.theme import Theme, apply
from vgdesk.ui.style.word_colours import legend_of
from vgdesk.ui.takes.inspector_panel import InspectorPanel
from vgdesk.ui.takes.remarks import Remark
from vgdesk.ui.widgets.activity_panel import ActivityPanel
from vgdesk.ui.widgets.form_parts import NARROW, TARGET
from vgdesk.ui.widgets.notice_bar import NoticeBar
from vgdesk.ui.words.label_dialog import LabelDialog
from vgdesk.ui.words.words_panel import WordsPanel

SPECTRUM = Choice(EncoderId("spectrum"), "Spectrum", "no model needed")
Maker = Callable[[Session, Theme], QWidget]


def words(session: Session, theme: Theme) -> QWidget:
    panel = WordsPanel()
    panel.show_session(session, legend_of(session, "category", theme))
    return panel


def models(session: Session, theme: Theme) -> QWidget:
    panel = ModelsPanel()
    panel.show_choices(dict.fromkeys(Cell, (SPECTRUM,)), dict.fromkeys(Cell, SPECTRUM.id))
    panel.show_compared(Cell.SPEECH, Cell.TEXT)
    panel.show_device("CPU", ("CPU",))
    panel.show_progress(Cell.SPEECH, 0, 0, "the file is damaged", failed=True)
    return panel


def recorder(session: Session, theme: Theme) -> QWidget:
    panel = RecorderPanel()
    panel.source.show_microphones(("Built-in microphone with a rather long name",), 0)
    panel.set_prompt("hippopotamus")
    panel.show_progress("take 2 · 12 of 40")
    remarks = (
        Remark(Verdict.FAIL, "The word was too loud for the microphone.", "Move back a little."),
        Remark(
            Verdict.WARN, "The background noise is only 12 dB below the word.", "Close the window."
        ),
        Remark(Verdict.WARN, "The speech is short for a word: 0.18 seconds.", "Listen to it."),
    )
    panel.show_state(RecorderLook(Stage.REVIEW, 0.0, -9.0, 3.2, remarks, True, True))
    return panel


def inspector(session: Session, theme: Theme) -> QWidget:
    panel = InspectorPanel()
    word = session.words[WordId("horse")]
    takes = session.takes_of(word.id)
    panel.show_word(word, takes, takes[1].id)
    panel.show_sound(takes[1].id, np.sin(np.arange(16000) / 20), 16000)
    panel.show_neighbours([(WordId("dog"), "dog", 0.9)], "nearest in the original space, layer 3")
    return panel


def activity(session: Session, theme: Theme) -> QWidget:
    panel = ActivityPanel()
    panel.show_job(
        JobChanged(JobId.of_files("1"), "Encoding words", JobState.RUNNING, 3, 9, "batch 3")
    )
    panel.show_job(JobChanged(JobId.of_files("2"), "Map", JobState.DONE))
    return panel


def notices(session: Session, theme: Theme) -> QWidget:
    bar = NoticeBar()
    notice = Notice("The microphone was unplugged.", "Choose another one.", Level.ERROR)
    bar.show_notice(notice, action="rescan", action_title="Look again")
    bar.show_notice(Notice("Saved.", level=Level.WARNING))
    return bar


def dialog(session: Session, theme: Theme) -> QWidget:
    return LabelDialog(2, {"category": ("animal", "tool")}, "category")


PANELS = (words, models, recorder, inspector, activity, notices)


def focusable(root: QWidget) -> list[QWidget]:
    """Return all that the Tab key can reach; the fields inside combo and spin boxes included."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not in_popup(widget)
    ]


def in_popup(widget: QWidget) -> bool:
    return widget.window().windowType() == Qt.WindowType.Popup


@pytest.mark.parametrize("make", [*PANELS, dialog])
def test_everything_that_takes_the_focus_has_a_name(
    dock: Dock, session: Session, theme: Theme, make: Maker
) -> None:
    panel = dock(make(session, theme), 400)
    nameless = [
        widget
        for widget in focusable(panel)
        if not widget.accessibleName()
        # The field of a box is reached through its box, which has the name.
        and not (isinstance(widget, QLineEdit) and isinstance(widget.parent(), QAbstractSpinBox))
    ]
    assert focusable(panel)
    assert not nameless


def test_the_walk_finds_a_nameless_button(dock: Dock, session: Session, theme: Theme) -> None:
    panel = dock(words(session, theme), 400)
    QLineEdit(panel)
    assert [widget for widget in focusable(panel) if not widget.accessibleName()]


@pytest.mark.parametrize("width", [NARROW, 400])
@pytest.mark.parametrize("make", PANELS)
def test_controls_are_large_enough_and_labels_are_not_cut_off(
    dock: Dock, session: Session, theme: Theme, make: Maker, width: int
) -> None:
    panel = dock(make(session, theme), width)
    assert panel.width() == width
    for control in focusable(panel):
        if control.isVisible() and not isinstance(control.parent(), QComboBox | QAbstractSpinBox):
            assert control.height() >= TARGET or isinstance(control, QLineEdit), control
    for part in panel.findChildren(QLabel):
        if part.isVisible() and part.text():
            room = part.contentsRect().width()
            assert part.wordWrap() or part.fontMetrics().horizontalAdvance(part.text()) <= room
            if part.wordWrap():
                assert part.height() >= part.heightForWidth(part.width()), part.text()
    for button in panel.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())
            place = button.mapTo(panel, button.rect().topRight())
            assert place.x() < width, button.text()


@pytest.mark.parametrize("make", PANELS)
def test_tab_reaches_everything(
    dock: Dock, qtbot: QtBot, session: Session, theme: Theme, make: Maker
) -> None:
    panel = dock(make(session, theme), 400)
    window = panel.window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    reached = set()
    for _ in range(40):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    due = {
        widget
        for widget in focusable(panel)
        if widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None
    }
    # A field inside a box shares the focus with its box.
    owners = {widget.parent() for widget in reached if widget is not None}
    assert {w for w in due if not isinstance(w.parent(), QComboBox | QAbstractSpinBox)} <= (
        reached | owners
    )


@pytest.mark.slow
@pytest.mark.parametrize("make", PANELS)
def test_themes_change_what_is_seen(
    dock: Dock, qapp: QApplication, session: Session, theme: Theme, make: Maker
) -> None:
    panel = dock(make(session, theme), 400)
    light = panel.grab().toImage()
    dark = apply(qapp, dark=True)
    panel.set_theme(dark)  # type: ignore[attr-defined]
    QApplication.processEvents()
    image = panel.grab().toImage()
    apply(qapp, dark=False)
    assert light.pixelColor(2, light.height() // 2) != image.pixelColor(2, image.height() // 2)
    step = 3
    width, height = image.width(), image.height()
    pixels = [
        image.pixelColor(x, y).lightness()
        for x in range(0, width, step)
        for y in range(0, height, step)
    ]
    assert min(pixels) < 60 < 130 < max(pixels)


def test_rows_of_lists_can_be_hit(dock: Dock, session: Session, theme: Theme) -> None:
    list_panel = dock(words(session, theme), NARROW)
    tree = list_panel.findChild(QTreeView)
    assert tree.visualRect(tree.model().index(0, 0)).height() >= TARGET
    inspected = dock(inspector(session, theme), NARROW)
    takes = inspected.findChild(QListWidget)
    assert takes.visualItemRect(takes.item(0)).height() >= TARGET
    assert isinstance(dock(recorder(session, theme), NARROW).findChild(QCheckBox), QWidget)
