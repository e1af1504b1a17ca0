from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from vgdesk.ui.style.plain_text import LONGEST, on_one_line, shortened
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.widgets.form_parts import TARGET, column, row, tint

TIGHT = 4
LARGE, MODEST = 2.4, 1.15


class PromptPoster(QWidget):
    """The prompt as large as possible, with its hint and the progress below."""

    def __init__(self) -> None:
        super().__init__()
        self.word, self.hint, self.progress = FittedLabel(), FittedLabel(), QLabel()
        self.word.setMinimumHeight(TARGET)
        below = row(self.hint, self.progress)
        below.setStretch(0, 1)
        # Space for the hint is always reserved, to avoid jumps.
        below.addStrut(self.fontMetrics().height())
        layout = column(self.word, below, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.show_prompt("", "")

    def show_prompt(self, text: str, hint: str) -> None:
        """Show a prompt and its hint."""
        self.word.show_text(text or "Type a word, then record it", LARGE if text else MODEST)
        self.hint.show_text(hint, 1.0)
        self.hint.setAccessibleName(f"Hint: {hint}" if hint else "")

    def show_progress(self, progress: str) -> None:
        self.progress.setText(progress)

    def set_colours(self, theme: Theme, *, is_lit: bool) -> None:
        """Set colours; the prompt is dimmed while it should not be spoken."""
        tint(self.word, theme.text if is_lit else theme.muted)
        tint(self.hint, theme.text if is_lit else theme.muted)
        tint(self.progress, theme.muted)


class FittedLabel(QLabel):
    """One line of text as large as fits, up to a maximum size."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._ordinary = self.font().pointSizeF()
        self._largest = self._ordinary

    def show_text(self, text: str, scale: float) -> None:
        """Show a text at most `scale` times as large as ordinary text."""
        self.setText(on_one_line(text, LONGEST))
        self.setToolTip(shortened(text))
        self._largest = self._ordinary * scale
        self._fit()

    def _fit(self) -> None:
        font = self.font()
        font.setPointSizeF(self._largest)
        metrics = QFontMetricsF(font)
        across = self.width() / (metrics.horizontalAdvance(self.text()) + TIGHT)
        room = min(across, self.height() / metrics.height())
        smallest = min(self._ordinary, self._largest) * 0.8
        font.setPointSizeF(max(smallest, self._largest * min(1.0, room)))
        self.setFont(font)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)
