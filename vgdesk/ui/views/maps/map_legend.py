from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgdesk.ui.style.fonts import small_font
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.views.maps.map_picture import LegendEntry

MARK = 10
EDGE = 8
GAP = 14


class LegendStrip(QWidget):
    """A legend in several lines; entries that do not fit are counted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.entries: tuple[LegendEntry, ...] = ()
        self._max_lines = 3
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_entries(self, entries: tuple[LegendEntry, ...]) -> None:
        self.entries = entries
        self.setAccessibleName("Legend: " + ", ".join(entry.text for entry in entries))
        self._change()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def set_max_lines(self, max_lines: int) -> None:
        if max_lines != self._max_lines:
            self._max_lines = max_lines
            self._change()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._height_of(len(self.lines(width)))

    def sizeHint(self) -> QSize:
        return QSize(200, self._height_of(1))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._height_of(1))

    def lines(self, width: int) -> list[list[tuple[float, LegendEntry | str]]]:
        """Return the entries of each line with their left edges; a text counts the rest."""
        metrics = QFontMetricsF(small_font(self))
        lines: list[list[tuple[float, LegendEntry | str]]] = [[]]
        x = float(EDGE)
        for i, entry in enumerate(self.entries):
            needed = MARK + 5 + metrics.horizontalAdvance(entry.text)
            is_last_line = len(lines) == self._max_lines
            rest = f"+ {len(self.entries) - i} more"
            is_followed = i + 1 < len(self.entries)
            spare = GAP + metrics.horizontalAdvance(rest) if is_last_line and is_followed else 0.0
            if lines[-1] and x + needed + spare > width - EDGE:
                if is_last_line:
                    lines[-1].append((x, rest))
                    break
                lines.append([])
                x = float(EDGE)
            lines[-1].append((x, entry))
            x += needed + GAP
        return lines

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(self))
        for number, line in enumerate(self.lines(self.width())):
            self._paint_line(painter, line, 2 + number * self._line_height)

    def _paint_line(
        self, painter: QPainter, line: Sequence[tuple[float, LegendEntry | str]], top: float
    ) -> None:
        middle = top + self._line_height / 2
        for x, entry in line:
            text, indent = (entry, 0) if isinstance(entry, str) else (entry.text, MARK + 5)
            if not isinstance(entry, str):
                entry.look.paint(painter, QPointF(x + MARK / 2, middle), MARK, self.theme)
            painter.setPen(QColor(self.theme.text))
            place = QRectF(x + indent, top, self.width() - x - indent, self._line_height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    @property
    def _line_height(self) -> int:
        return int(QFontMetricsF(small_font(self)).height()) + 3

    def _height_of(self, lines: int) -> int:
        return lines * self._line_height + 4

    def _change(self) -> None:
        self.updateGeometry()
        self.update()
