from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from vgdesk.core.model import Session, WordId
from vgdesk.ui.style.theme import Theme

NO_GROUP_SYMBOL = "o"


@dataclass(frozen=True, slots=True)
class WordLook:
    """The appearance of a word, the same in every view.

    Attributes
    ----------
    group
        Value of the label used for colours; empty if the word has none.
    colour, symbol
        As "#rrggbb" and as one of pyqtgraph's symbols.
    """

    text: str
    group: str
    colour: str
    symbol: str


class GroupLook(NamedTuple):
    """Colour and shape of a group; the unnamed group contains the words without a label."""

    group: str
    colour: str
    symbol: str


@dataclass(frozen=True, slots=True, eq=False)
class Legend:
    """The appearance of the words and groups of a session.

    Attributes
    ----------
    groups
        In the order of their first word, without the unnamed group.
    neutral
        The appearance of words without a label or not in the session.
    """

    column: str
    looks: Mapping[WordId, WordLook]
    groups: tuple[GroupLook, ...]
    neutral: GroupLook

    def look_of(self, word: WordId) -> WordLook:
        """Return the look of a word; neutral if it is no longer in the session."""
        found = self.looks.get(word)
        return found or WordLook(str(word), "", self.neutral.colour, self.neutral.symbol)


def legend_of(session: Session, column: str, theme: Theme) -> Legend:
    """Assign to every word the colour and the shape of its group.

    Colours repeat after eight groups, with the shapes shifted by one each time, so that 64 groups
    look different.
    """
    labels = [word.labels.get(column, "") for word in session.words.values()]
    groups = tuple(
        GroupLook(group, theme.groups[i % 8], theme.symbols[(i + i // 8) % 8])
        for i, group in enumerate(dict.fromkeys(label for label in labels if label))
    )
    neutral = GroupLook("", theme.neutral, NO_GROUP_SYMBOL)
    by_name = {look.group: look for look in (*groups, neutral)}
    looks = {
        word.id: WordLook(word.text, label, by_name[label].colour, by_name[label].symbol)
        for word, label in zip(session.words.values(), labels, strict=True)
    }
    return Legend(column, MappingProxyType(looks), groups, neutral)


def paint_symbol(painter: QPainter, symbol: str, centre: QPointF, size: float) -> None:
    """Draw a symbol with the painter's pen and brush; size in the painter's pixels."""
    painter.save()
    painter.translate(centre)
    painter.scale(size, size)
    painter.drawPath(Symbols[symbol])
    painter.restore()


def symbol_pixmap(colour: str, symbol: str, *, size: int = 12, ratio: float = 1.0) -> QPixmap:
    """Draw the symbol of a group for lists and menus.

    Parameters
    ----------
    ratio
        Device pixels per pixel of the widget that shows it.
    """
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QColor(colour))
    paint_symbol(painter, symbol, QPointF(size / 2, size / 2), size - 2)
    painter.end()
    return pixmap
