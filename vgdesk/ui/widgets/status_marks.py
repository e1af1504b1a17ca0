"""Small shapes next to words, so that states do not depend on colour alone."""

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
    """The shapes, distinguishable without colour."""

    TICK = "tick"
    DOTS = "dots"
    RING = "ring"
    DISC = "disc"
    SQUARE = "square"
    TRIANGLE = "triangle"
    OCTAGON = "octagon"
    INFO = "info"
    DASH = "dash"
    CROSS = "cross"
    FLAG = "flag"
    LENS = "lens"
    BUBBLE = "bubble"
    DIAMOND = "diamond"


def mark_icon(mark: Mark, colour: str) -> QIcon:
    """Draw a mark as an icon for lists and buttons."""
    return list_icon(colour, lambda shade, ratio: mark_pixmap(mark, shade, ratio=ratio))


def list_icon(colour: str, draw: Callable[[str, float], QPixmap]) -> QIcon:
    """Make an icon that is sharp on dense screens and visible in a selected row."""
    on_highlight = QGuiApplication.palette().color(QPalette.ColorRole.HighlightedText).name()
    icon = QIcon()
    for ratio in (1.0, 2.0, 3.0):
        icon.addPixmap(draw(colour, ratio), QIcon.Mode.Normal)
        icon.addPixmap(draw(on_highlight, ratio), QIcon.Mode.Selected)
    return icon


def mark_pixmap(mark: Mark, colour: str, *, ratio: float = 1.0, size: int = MARK_SIZE) -> QPixmap:
    """Draw a mark of `size` pixels at a device pixel ratio."""
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / MARK_SIZE, size / MARK_SIZE)
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
    """Parts of a mark on a 14 by 14 grid; inner parts are cut out of outer ones."""

    polygon: tuple[tuple[float, float], ...] = ()
    line: tuple[tuple[float, float], ...] = ()
    rectangle: tuple[float, float, float, float] | None = None
    circles: tuple[tuple[float, float, float], ...] = ()

    def path(self) -> QPainterPath:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for corners in (self.polygon, self.line):
            path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        if self.rectangle:
            path.addRect(QRectF(*self.rectangle))
        for x, y, radius in self.circles:
            path.addEllipse(QPointF(x, y), radius, radius)
        return path


_LINES = {Mark.TICK, Mark.RING, Mark.DASH, Mark.CROSS, Mark.LENS}
_DRAWINGS = {
    Mark.TICK: _Drawing(polygon=((2.5, 7.5), (5.5, 10.5), (11.5, 3.5))),
    Mark.DASH: _Drawing(polygon=((4, 7), (10, 7))),
    Mark.CROSS: _Drawing(polygon=((3.5, 3.5), (10.5, 10.5)), line=((3.5, 10.5), (10.5, 3.5))),
    Mark.LENS: _Drawing(polygon=((8.8, 8.8), (12.5, 12.5)), circles=((6, 6, 4),)),
    Mark.FLAG: _Drawing(polygon=((3, 1), (12.5, 4.5), (4.6, 8), (4.6, 13.5), (3, 13.5))),
    Mark.BUBBLE: _Drawing(
        polygon=((0.8, 1.5), (13.2, 1.5), (13.2, 9.5), (7, 9.5), (3.5, 13), (3.5, 9.5), (0.8, 9.5))
    ),
    Mark.DIAMOND: _Drawing(polygon=((7, 0.8), (13.2, 7), (7, 13.2), (0.8, 7))),
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
