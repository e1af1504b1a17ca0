from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.docks import Dock, shape
from vgdesk.core.notices import Level, Notice
from vgdesk.ui.widgets import notice_bar
from vgdesk.ui.widgets.notice_bar import NoticeBar

LEFT = Qt.MouseButton.LeftButton
SAVED = Notice("The project was saved.")
FEW = Notice("n = 6 is below the chance band.", "Record more words.", Level.WARNING)
LOST = Notice("The microphone was unplugged.", "Choose another one.", Level.ERROR)


@pytest.fixture
def bar(dock: Dock) -> NoticeBar:
    bar: NoticeBar = dock(NoticeBar(), 800, 60)
    return bar


def button(bar: NoticeBar, start: str) -> QPushButton:
    return next(b for b in bar.findChildren(QPushButton) if b.text().startswith(start))


def test_without_notices_the_bar_takes_no_space(bar: NoticeBar) -> None:
    assert not bar.isVisible()
    assert bar.history() == ()


def test_level_sentence_and_hint_are_shown(bar: NoticeBar) -> None:
    bar.show_notice(LOST)
    assert bar.isVisible()
    assert bar._head.text() == "Problem: The microphone was unplugged."
    assert bar._hint.text() == "Choose another one."


def test_the_same_notice_counts_up(qtbot: QtBot, bar: NoticeBar) -> None:
    for _ in range(3):
        bar.show_notice(LOST)
    assert bar._head.text().endswith("(3 times)")
    qtbot.mouseClick(button(bar, "Close"), LEFT)
    assert not bar.isVisible()
    assert bar.history() == (LOST, LOST, LOST)


def test_the_most_serious_comes_first_and_the_others_wait(qtbot: QtBot, bar: NoticeBar) -> None:
    for notice in (SAVED, FEW, LOST):
        bar.show_notice(notice)
    said = []
    while bar.isVisible():
        said.append((bar._head.text().split(": ")[1], button(bar, "Close").text()))
        qtbot.keyClick(button(bar, "Close"), Qt.Key.Key_Space)
    assert said == [
        (LOST.message, "Close (2 more)"),
        (FEW.message, "Close (1 more)"),
        (SAVED.message, "Close"),
    ]


def test_information_disappears_by_itself(
    qtbot: QtBot, bar: NoticeBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notice_bar.INFO_MS == 6000
    monkeypatch.setattr(notice_bar, "INFO_MS", 10)
    bar.show_notice(SAVED)
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert bar.history() == (SAVED,)


@pytest.mark.parametrize("notice", [FEW, LOST])
def test_what_matters_stays(
    qtbot: QtBot, bar: NoticeBar, notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_bar, "INFO_MS", 0)
    bar.show_notice(SAVED)
    bar.show_notice(notice)
    assert not bar._timer.isActive()
    with qtbot.assertNotEmitted(bar._timer.timeout, wait=30):
        assert bar.isVisible()


def test_an_action_helps_and_closes(qtbot: QtBot, bar: NoticeBar) -> None:
    bar.show_notice(LOST, action="rescan", action_title="Look again")
    with qtbot.waitSignal(bar.action_requested) as asked:
        qtbot.mouseClick(button(bar, "Look again"), LEFT)
    assert asked.args == ["rescan"]
    assert not bar.isVisible()


def test_the_three_levels_differ_in_word_and_shape(bar: NoticeBar) -> None:
    looks: set[Any] = set()
    for notice in (SAVED, FEW, LOST):
        bar.show_notice(notice)
        image = bar._head._picture.pixmap().toImage()
        looks.add((bar._head.text().split(":")[0], shape(image)))
        bar.dismiss()
    assert len(looks) == 3
