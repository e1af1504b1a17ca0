from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from vgdesk.ui.style.theme import Theme
from vgdesk.ui.views.heatmaps.matrix_layout import GAP, MatrixLayout
from vgdesk.ui.views.heatmaps.matrix_picture import Bar, MatrixPicture, colour_table
from vgdesk.ui.widgets.turned_text import draw_text

Align = Qt.AlignmentFlag


@dataclass(frozen=True, slots=True)
class ColourBar:
    """Paints the colour bar of a matrix."""

    picture: MatrixPicture
    layout: MatrixLayout
    theme: Theme
    font: QFont

    def paint(self, painter: QPainter) -> None:
        bar = self.layout.bar
        table = np.ascontiguousarray(colour_table(self.picture.colours)[::-1, ::-1])
        pixels = np.full((256, 1, 4), 255, np.uint8)
        pixels[:, 0, :3] = table
        painter.drawImage(bar, QImage(pixels.data, 1, 256, 4, QImage.Format.Format_ARGB32))
        text = self.picture.bar
        self._paint_chance(painter)
        painter.setPen(QColor(self.theme.text))
        beside = QRectF(bar.right() + 2 * GAP, bar.y(), 2000, bar.height())
        if not self.layout.bar_is_roomy:
            beside.setWidth(QFontMetricsF(self.font).height())
            self._paint_turned_bar_text(painter, beside)
            return
        beside.setWidth(bar_text_width(text, self.font))
        painter.drawText(beside, Align.AlignLeft | Align.AlignTop, text.high)
        painter.drawText(beside, Align.AlignLeft | Align.AlignBottom, text.low)
        painter.setPen(QColor(self.theme.muted))
        line = QFontMetricsF(self.font).height()
        middle = beside.adjusted(0, 1.5 * line, 0, -1.5 * line)
        flags = Align.AlignLeft | Align.AlignVCenter | Qt.TextFlag.TextWordWrap
        if painter.boundingRect(middle, flags, text.title).height() <= middle.height():
            painter.drawText(middle, flags, text.title)

    def _paint_turned_bar_text(self, painter: QPainter, beside: QRectF) -> None:
        metrics = QFontMetricsF(self.font)
        low, high, title = self.picture.bar.low, self.picture.bar.high, self.picture.bar.title
        if metrics.horizontalAdvance(low + high) + 2 * GAP > beside.height():
            low, high = low.split()[0], high.split()[0]
        draw_text(painter, beside, low, Align.AlignLeft, is_turned=True)
        draw_text(painter, beside, high, Align.AlignRight, is_turned=True)
        ends = [metrics.horizontalAdvance(end) + 3 * GAP for end in (high, low)]
        middle = beside.adjusted(0, ends[0], 0, -ends[1])
        if middle.height() >= metrics.horizontalAdvance(title):
            painter.setPen(QColor(self.theme.muted))
            draw_text(painter, middle, title, Align.AlignCenter, is_turned=True)

    def _paint_chance(self, painter: QPainter) -> None:
        chance = self.picture.bar.chance
        if chance is None:
            return
        bar, (low, high) = self.layout.bar, self.picture.limits
        ends = [(min(max(end, low), high) - low) / ((high - low) or 1) for end in chance]
        x = bar.right() + GAP / 2
        bottom, top = (bar.bottom() - share * bar.height() for share in ends)
        painter.setPen(QPen(QColor(self.theme.text), 2, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x, top), QPointF(x, max(bottom, top + 2)))


def bar_text_width(bar: Bar, font: QFont) -> float:
    """Return the width of the text beside a colour bar; its title may wrap."""
    words = (bar.low, bar.high, *bar.title.split())
    return max(QFontMetricsF(font).horizontalAdvance(word) for word in words) + 4
