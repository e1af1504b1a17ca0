import pytest
from PySide6.QtWidgets import QComboBox, QToolButton
from pytestqt.qtbot import QtBot

from vgdesk.ui.views.header import Header


@pytest.fixture
def header(qtbot: QtBot) -> Header:
    made = Header("Layer curve")
    combo = QComboBox()
    combo.addItem("a choice of some width")
    made.add_controls([combo])
    made.add_button(QToolButton())
    qtbot.addWidget(made)
    made.resize(600, 60)
    made.show()
    qtbot.waitExposed(made)
    return made


def combo_of(header: Header) -> QComboBox:
    return header.findChild(QComboBox)


def top(header: Header) -> int:
    combo = combo_of(header)
    return combo.mapTo(header, combo.rect().topLeft()).y()


def test_controls_stand_beside_the_title_where_there_is_room(header: Header) -> None:
    beside = top(header)
    header.resize(170, 90)
    assert top(header) > beside + 10
    header.resize(600, 60)
    assert top(header) == beside


def test_controls_are_never_cut(header: Header) -> None:
    for width in (600, 300, 220):
        header.resize(width, 90)
        combo = combo_of(header)
        right = combo.mapTo(header, combo.rect().topRight()).x()
        assert right < header.width()


def test_without_its_title_there_is_more_room(header: Header, qtbot: QtBot) -> None:
    beside = top(header)
    width = next(w for w in range(600, 100, -5) if _is_below(header, w, beside))
    below = top(header)
    header.set_titled(False)
    qtbot.waitUntil(lambda: top(header) < below)
    assert header.width() == width


def _is_below(header: Header, width: int, beside: int) -> bool:
    header.resize(width, 90)
    return top(header) > beside + 10
