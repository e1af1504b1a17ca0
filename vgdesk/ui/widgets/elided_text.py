from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgdesk.ui.style.plain_text import shortened


class ElidedText(QWidget):
    """Text that wraps, with an ellipsis if it does not fit.

    The full text is in the tooltip and available to screen readers.
    """

    def __init__(self, text: str = "", *, max_lines: int = 1) -> None:
        super().__init__()
        self._max_lines = max_lines
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(max_lines > 1)
        self.setSizePolicy(policy)
        self.set_text(text)

    @property
    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        self._text = text
        self._measured = shortened(text)
        self.setAccessibleName(text)
        self.setToolTip(shortened(text))
        self.updateGeometry()
        self.update()

    def set_max_lines(self, max_lines: int) -> None:
        if max_lines != self._max_lines:
            self._max_lines = max_lines
            self.updateGeometry()
            self.update()

    def heightForWidth(self, width: int) -> int:
        return self._height_of(len(self.lines(width)))

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._measured) + 2
        return QSize(min(width, 480), self._height_of(1))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._height_of(1))

    def lines(self, width: int) -> list[str]:
        """Return the lines as drawn at a width."""
        return wrapped(self._measured, self.font(), width, max_lines=self._max_lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = self.fontMetrics()
        lines = self.lines(self.width())
        top = max(0.0, (self.height() - self._height_of(len(lines))) / 2)
        for i, line in enumerate(lines):
            painter.drawText(QPointF(0, top + metrics.ascent() + i * metrics.lineSpacing()), line)

    def _height_of(self, lines: int) -> int:
        metrics = self.fontMetrics()
        return max(lines, 1) * metrics.lineSpacing() + metrics.leading() + 1


def wrapped(text: str, font: QFont, width: float, *, max_lines: int) -> list[str]:
    """Break text into lines, with an ellipsis if it does not fit."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    found: list[str] = []
    layout.beginLayout()
    line = layout.createLine()
    while line.isValid():
        line.setLineWidth(max(width, 1))
        start = line.textStart()
        if len(found) == max_lines - 1:
            metrics = QFontMetricsF(font)
            rest = metrics.elidedText(text[start:], Qt.TextElideMode.ElideRight, width)
            found.append(rest)
            break
        found.append(text[start : start + line.textLength()].rstrip())
        line = layout.createLine()
    layout.endLayout()
    return found
