from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgdesk.core.model import Verdict
from vgdesk.ui.style.theme import Theme, theme_of
from vgdesk.ui.widgets.form_parts import GAP, StatusLine, column
from vgdesk.ui.widgets.status_marks import MARK_SIZE, Mark

VERDICT_MARKS = {
    Verdict.PASS: Mark.TICK,
    Verdict.WARN: Mark.TRIANGLE,
    Verdict.FAIL: Mark.OCTAGON,
}
MOST_SHOWN = 2


def verdict_colour(verdict: Verdict, theme: Theme) -> str:
    """Return the colour that goes with the mark of a verdict."""
    return {
        Verdict.PASS: theme.good,
        Verdict.WARN: theme.warn,
        Verdict.FAIL: theme.bad,
    }[verdict]


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on a take or the microphone, and what to do about it."""

    verdict: Verdict
    message: str
    remedy: str = ""

    @property
    def text(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class Findings(QWidget):
    """Remarks in a fixed space: as many as fit, the worst first, all in the tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self._remarks: tuple[Remark, ...] = ()
        self._theme = theme_of(self.palette())
        self.lines = tuple(StatusLine() for _ in range(MOST_SHOWN))
        layout = column(*self.lines, gap=0)
        layout.addStretch()
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.reserve(MOST_SHOWN)

    def reserve(self, rows: int) -> None:
        """Reserve space for a number of text rows."""
        self._rows = rows
        self.setFixedHeight(rows * self.fontMetrics().lineSpacing() + 2)
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._fit()

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        order = (Verdict.FAIL, Verdict.WARN, Verdict.PASS)
        self._remarks = tuple(sorted(remarks, key=lambda remark: order.index(remark.verdict)))
        whole = "\n".join(remark.text for remark in self._remarks)
        self.setToolTip(whole)
        self.setAccessibleName(whole)
        self._fit()

    def text(self) -> str:
        """Return the text visible without the tooltip."""
        return "\n".join(line.text() for line in self.lines if not line.isHidden())

    def _fit(self) -> None:
        texts = next((t for t in self._choices() if self._height(t) <= self._rows), self._least())
        for line, text, remark in zip(
            self.lines,
            (*texts, *[""] * MOST_SHOWN),
            (*self._remarks, *[None] * MOST_SHOWN),
            strict=False,
        ):
            line.setVisible(bool(text))
            if text and remark is not None:
                colour = verdict_colour(remark.verdict, self._theme)
                mark = VERDICT_MARKS[remark.verdict]
                line.show_status(mark, text, colour, ink=self._theme.text)

    def _choices(self) -> Sequence[tuple[str, ...]]:
        """Return the possible texts, from the most to the least detailed."""
        shown = self._remarks[:MOST_SHOWN]
        return (
            self._ended([remark.text for remark in shown]),
            self._ended([remark.text for remark in shown[:1]]),
            self._ended([remark.message for remark in shown]),
        )

    def _least(self) -> tuple[str, ...]:
        return self._ended([remark.message for remark in self._remarks[:1]])

    def _ended(self, texts: list[str]) -> tuple[str, ...]:
        left = len(self._remarks) - len(texts)
        return (*texts[:-1], f"{texts[-1]} (and {left} more)") if left else tuple(texts)

    def _height(self, texts: tuple[str, ...]) -> int:
        """Return the number of rows that texts need at this width."""
        metrics, width = self.fontMetrics(), self.width() - MARK_SIZE - GAP
        flags = Qt.TextFlag.TextWordWrap
        heights = (
            metrics.boundingRect(0, 0, max(width, 1), 9999, flags, t).height() for t in texts
        )
        return sum(round(height / metrics.lineSpacing()) for height in heights)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)
