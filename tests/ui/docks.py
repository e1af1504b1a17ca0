from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from vgdesk.core.model import Session, Take, TakeId, TakeSource, Word, WordId
from vgdesk.ui.style.plain_text import insist
from vgdesk.ui.style.theme import Theme, apply

Dock = Callable[..., Any]

GROUPS = {"animal": ("dog", "cat", "horse"), "tool": ("hammer", "saw"), "": ("justice",)}


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    insist(qapp)  # as the window does: a style sheet changes what Qt asks for
    return apply(qapp, dark=False)


@pytest.fixture
def session() -> Session:
    """Six words in two groups and one without; two synthetic takes each, justice has none."""
    found = Session()
    for group, texts in GROUPS.items():
        for text in texts:
            labels = {"category": group, "onset": text[0]} if group else {"onset": text[0]}
            word = Word(WordId(text), text, "en", labels)
            found = found.with_word(word)
            for speaker in ("Amy", "Ryan") if group else ():
                found = found.with_take(take_of(word.id, speaker))
    return found


def take_of(word: WordId, speaker: str) -> Take:
    file = Path("takes") / f"{word}-{speaker}.flac"
    take = TakeId(f"{word}-{speaker}")
    return Take(take, word, file, speaker, 0.1, 0.1 + 0.1 * len(word), TakeSource.SYNTHETIC)


@pytest.fixture
def dock(qtbot: QtBot, theme: Theme) -> Dock:
    """Show a panel as a dock does: not as a window, which would insist on a width of its own."""
    hosts = []

    def show(panel: QWidget, width: int = 400, height: int = 760) -> QWidget:
        host = QWidget()
        qtbot.addWidget(host)
        hosts.append(host)
        layout = QVBoxLayout(host)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(panel)
        host.resize(width, height)
        host.show()
        qtbot.waitExposed(host)
        QApplication.processEvents()
        return panel

    # Tests that are over let go of their windows, and qtbot closes them.
    show.hosts = hosts  # type: ignore[attr-defined]
    return show


def shape(image: QImage) -> tuple[bool, ...]:
    """Return which pixels of a mark are covered: what is left of it without its colour."""
    return tuple(
        image.pixelColor(x, y).alpha() > 99
        for x in range(image.width())
        for y in range(image.height())
    )
