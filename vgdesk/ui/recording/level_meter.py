from math import isfinite

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgdesk.ui.style.theme import Theme, mixed, text_on, theme_of
from vgdesk.ui.widgets.form_parts import GAP, TARGET, named

FLOOR_DB = -60.0
QUIET_DB, LOUD_DB, HOT_DB = -30.0, -12.0, -3.0
# The largest 16-bit sample is slightly below 0 dBFS; three in a row sound distorted.
CLIPPED_DB = -0.1


class LevelMeter(QWidget):
    """The level of the microphone as a bar, a number and a word.

    The thick bar is the mean level, the thin line the peak. "Clipped" stays until it is clicked,
    Space is pressed, or the next recording starts.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peak = self._rms = float("-inf")
        self._is_clipped = False
        self._theme = theme_of(self.palette())
        named(self, "Level", "Level of the microphone. Click to clear “clipped”.")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, TARGET)

    @property
    def is_clipped(self) -> bool:
        return self._is_clipped

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_level(self, peak_dbfs: float, rms_dbfs: float) -> None:
        """Show a level in dB relative to full scale; minus infinity is silence."""
        before = self.word()
        self._peak, self._rms = peak_dbfs, rms_dbfs
        self._is_clipped |= peak_dbfs >= CLIPPED_DB
        if self.word() != before:
            self.setAccessibleDescription(self.word())
        self.update()

    def clear_clipped(self) -> None:
        self._is_clipped = False
        self.setAccessibleDescription(self.word())
        self.update()

    def word(self) -> str:
        """Return the level as a word, so that it does not depend on colour."""
        if self._is_clipped:
            return "clipped"
        if not isfinite(self._peak):
            return "silent"
        if self._peak >= HOT_DB:
            return "too loud"
        return "quiet" if self._peak < QUIET_DB else "good"

    def number(self) -> str:
        return f"{self._peak:.0f} dB".replace("-", "−") if isfinite(self._peak) else "−∞ dB"

    def bar(self) -> QRectF:
        """Return the rectangle of the bar."""
        text = self.fontMetrics().horizontalAdvance("−120 dB too loud") + 2 * GAP
        return QRectF(2, self.height() / 2 - 6, max(20, self.width() - text - 4), 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bar = self.bar()
        self._paint_zones(painter, bar)
        self._paint_peak(painter, bar)
        self._paint_text(painter, bar)
        if self.hasFocus():
            painter.setPen(QColor(self._theme.accent))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _zones(self) -> tuple[tuple[float, float, str], ...]:
        theme = self._theme
        return (
            (FLOOR_DB, LOUD_DB, theme.good),
            (LOUD_DB, HOT_DB, theme.warn),
            (HOT_DB, 0.0, theme.bad),
        )

    def _paint_zones(self, painter: QPainter, bar: QRectF) -> None:
        end = _along(bar, self._rms)
        for low, high, colour in self._zones():
            left, right = _along(bar, low), _along(bar, high)
            zone = QRectF(left, bar.top(), right - left - 1, bar.height())
            painter.fillRect(zone, QColor(mixed(self._theme.base, colour, 0.22)))
            if end > left:
                zone.setRight(min(end, zone.right()))
                painter.fillRect(zone, QColor(colour))

    def _paint_peak(self, painter: QPainter, bar: QRectF) -> None:
        if self._peak > FLOOR_DB:
            x = min(_along(bar, self._peak), bar.right() - 2)
            line = QRectF(x, bar.top() - 3, 2, bar.height() + 6)
            painter.fillRect(line, QColor(self._theme.text))

    def _paint_text(self, painter: QPainter, bar: QRectF) -> None:
        left = bar.right() + GAP
        place = QRectF(left, 0, self.width() - left, self.height())
        number = QRectF(place)
        number.setWidth(self.fontMetrics().horizontalAdvance("−120 dB"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._theme.text))
        painter.drawText(number, Qt.AlignmentFlag.AlignRight | middle, self.number())
        place.setLeft(number.right() + GAP)
        if self._is_clipped:
            badge = place.adjusted(-2, 5, 0, -5)
            painter.fillRect(badge, QColor(self._theme.bad))
            painter.setPen(QColor(text_on(self._theme.bad)))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self.word())
        else:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | middle, self.word())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clear_clipped()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self._is_clipped:
            self.clear_clipped()
        else:
            super().keyPressEvent(event)


def _along(bar: QRectF, level: float) -> float:
    share = min(1.0, max(0.0, 1 - level / FLOOR_DB)) if isfinite(level) else 0.0
    return bar.left() + share * bar.width()
