from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from vgdesk.ui.style.theme import Theme


class MessagePage(QWidget):
    """The page shown instead of a chart: why there is none, and a helpful action."""

    action_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = QLabel()
        self._detail = QLabel()
        self._button = QPushButton()
        self._button.clicked.connect(self.action_requested)
        for label in (self._title, self._detail):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 12, 20, 12)
        rows.setSpacing(10)
        rows.addStretch(2)
        rows.addWidget(self._title)
        rows.addWidget(self._detail)
        rows.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addStretch(3)
        self.setAutoFillBackground(True)

    @property
    def text(self) -> str:
        return f"{self._title.text()} {self._detail.text()}".strip()

    def say(self, title: str, detail: str, action: str, *, is_problem: bool = False) -> None:
        """Show a message, an optional detail, and an optional button."""
        self._title.setProperty("problem", is_problem)
        # Style sheets evaluate properties only when polishing a widget.
        self._title.style().polish(self._title)
        for widget, text in ((self._title, title), (self._detail, detail), (self._button, action)):
            widget.setText(text)
            widget.setVisible(bool(text))
        self._button.setMinimumHeight(32)
        self.setAccessibleName(self.text)

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"MessagePage {{ background: {theme.base}; }}"
            f"QLabel {{ color: {theme.muted}; }}"
            f'QLabel[problem="false"] {{ color: {theme.text}; }}'
            f'QLabel[problem="true"] {{ color: {theme.bad}; font-weight: bold; }}'
        )
