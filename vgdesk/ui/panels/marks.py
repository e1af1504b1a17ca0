"""Small shapes that stand beside a word, so that no state is told by its colour alone."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
)

MARK_SIZE = 14


class Mark(Enum):
    """The shapes; each reads differently without its colour."""

    TICK = "tick"
    DOTS = "dots"
    RING = "ring"
    DISC = "disc"
    SQUARE = "square"
    TRIANGLE = "triangle"
    OCTAGON = "octagon"
    INFO = "info"
    DASH = "dash"


def mark_icon(mark: Mark, colour: str) -> QIcon:
    """Draw a mark for lists and buttons."""
    return list_icon(colour, lambda shade, ratio: mark_pixmap(mark, shade, ratio=ratio))


def list_icon(colour: str, draw: Callable[[str, float], QPixmap]) -> QIcon:
    """Make an icon that is sharp on dense screens and seen on the highlight of a selected row."""
    on_highlight = QGuiApplication.palette().color(QPalette.ColorRole.HighlightedText).name()
    icon = QIcon()
    for ratio in (1.0, 2.0, 3.0):
        icon.addPixmap(draw(colour, ratio), QIcon.Mode.Normal)
        icon.addPixmap(draw(on_highlight, ratio), QIcon.Mode.Selected)
    return icon


def mark_pixmap(mark: Mark, colour: str, *, ratio: float = 1.0) -> QPixmap:
    """Draw a mark of `MARK_SIZE` pixels at the given number of device pixels for each."""
    pixmap = QPixmap(round(MARK_SIZE * ratio), round(MARK_SIZE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark in _LINES:
        pen = QPen(QColor(colour), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(_DRAWINGS[mark].path())
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawPath(_DRAWINGS[mark].path())
    painter.end()
    return pixmap


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Parts of a mark on a sheet of 14 by 14; what lies inside another part is cut out of it."""

    polygon: tuple[tuple[float, float], ...] = ()
    rectangle: tuple[float, float, float, float] | None = None
    circles: tuple[tuple[float, float, float], ...] = ()

    def path(self) -> QPainterPath:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in self.polygon]))
        if self.rectangle:
            path.addRect(QRectF(*self.rectangle))
        for x, y, radius in self.circles:
            path.addEllipse(QPointF(x, y), radius, radius)
        return path


_LINES = {Mark.TICK, Mark.RING, Mark.DASH}
_DRAWINGS = {
    Mark.TICK: _Drawing(polygon=((2.5, 7.5), (5.5, 10.5), (11.5, 3.5))),
    Mark.DASH: _Drawing(polygon=((4, 7), (10, 7))),
    Mark.RING: _Drawing(circles=((7, 7, 4.5),)),
    Mark.DISC: _Drawing(circles=((7, 7, 5),)),
    Mark.SQUARE: _Drawing(rectangle=(2.5, 2.5, 9, 9)),
    Mark.DOTS: _Drawing(circles=((2.5, 7, 1.5), (7, 7, 1.5), (11.5, 7, 1.5))),
    Mark.INFO: _Drawing(rectangle=(6.1, 5.9, 1.8, 5), circles=((7, 7, 6.5), (7, 3.8, 1.1))),
    Mark.TRIANGLE: _Drawing(
        polygon=((7, 0.5), (13.8, 13), (0.2, 13), (7, 0.5)),
        rectangle=(6.2, 4.6, 1.6, 4.4),
        circles=((7, 10.9, 1),),
    ),
    Mark.OCTAGON: _Drawing(
        polygon=(
            *((4.3, 0.5), (9.7, 0.5), (13.5, 4.3), (13.5, 9.7)),
            *((9.7, 13.5), (4.3, 13.5), (0.5, 9.7), (0.5, 4.3)),
        ),
        rectangle=(6.1, 2.9, 1.8, 5.2),
        circles=((7, 10.5, 1.1),),
    ),
}
