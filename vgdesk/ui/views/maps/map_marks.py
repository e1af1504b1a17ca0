"""Drawing of points in the map, in its legend and under the pointer."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from vgdesk.ui.style.theme import Theme, mixed
from vgdesk.ui.style.word_colours import paint_symbol

# Scale factors of shapes with little area, so that all look equally large.
OPTICAL = {"star": 1.5, "d": 1.3, "t": 1.15, "t1": 1.15, "+": 1.25, "x": 1.15}


class Mark(Enum):
    """The status of a point's position.

    `FITTED` points determined the axes, `PLACED` ones were added later without moving others,
    `PENDING` ones have no position yet.
    """

    FITTED = "fitted"
    PLACED = "placed"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class MarkLook:
    """Colour, shape and status of one mark; the symbol is one of pyqtgraph's."""

    colour: str
    symbol: str
    mark: Mark = Mark.FITTED

    def scaled(self, size: float) -> float:
        """Return the size at which the symbol looks as large as a circle of the given size."""
        return size * OPTICAL.get(self.symbol, 1.0)

    def style(self, size: float, theme: Theme) -> tuple[QPen, QBrush]:
        """Return pen and brush.

        The pen width is in units of the mark's size, because symbols are drawn scaled by it.
        """
        size = self.scaled(size)
        if self.mark is Mark.FITTED:
            # A rim in the background colour separates overlapping marks.
            return QPen(QColor(theme.base), 0.9 / size), QBrush(QColor(self.colour))
        pen = QPen(QColor(self.colour), 1.5 / size)
        if self.mark is Mark.PLACED:
            return pen, QBrush(QColor(mixed(theme.base, self.colour, 0.22)))
        pen.setDashPattern([1.8, 1.6])
        return pen, QBrush(Qt.BrushStyle.NoBrush)

    def paint(self, painter: QPainter, at: QPointF, size: float, theme: Theme) -> None:
        """Draw the mark around a point."""
        pen, brush = self.style(size, theme)
        painter.setPen(pen)
        painter.setBrush(brush)
        paint_symbol(painter, self.symbol, at, self.scaled(size))
