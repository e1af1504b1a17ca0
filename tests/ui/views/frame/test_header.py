import pytest
from PySide6.QtWidgets import QComboBox, QToolButton
from pytestqt.qtbot import QtBot

from vgdesk.ui.views.frame.header import Header


@pytest.fixture
def header(qtbot: QtBot) -> Header:
    made = Header("Layer curve")
    combo = QComboBox()
    combo.addItem("a choice of some width")
    made.add_controls([combo])
    made.add_button(QToolButton())
    qtbot.addWidget(made)
    made.resize(600, 90)
    made.show()
    qtbot.waitExposed(made)
    return made


def combo_of(header: Header) -> QComboBox:
    return header.findChild(QComboBox)


def top(header: Header) -> int:
    combo = combo_of(header)
    return combo.mapTo(header, combo.rect().topLeft()).y()


def test_controls_go_below_the_title_where_there_is_no_room(header: Header, qtbot: QtBot) -> None:
    beside = top(header)
    header.resize(200, 90)
    qtbot.waitUntil(lambda: top(header) > beside + 5)
    header.resize(600, 90)
    qtbot.waitUntil(lambda: top(header) == beside)


def test_controls_are_never_cut(header: Header, qtbot: QtBot) -> None:
    combo = combo_of(header)
    for width in (600, 300, 200):
        header.resize(width, 90)
        qtbot.waitUntil(lambda: combo.mapTo(header, combo.rect().topRight()).x() < header.width())


def test_without_its_title_there_is_more_room(header: Header, qtbot: QtBot) -> None:
    beside = top(header)
    header.resize(200, 90)
    qtbot.waitUntil(lambda: top(header) > beside + 5)
    header.set_titled(False)
    qtbot.waitUntil(lambda: top(header) == beside)
