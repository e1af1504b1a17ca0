from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget


class Header(QWidget):
    """The title of a view and its controls; where both are too wide, the controls stand below."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = QLabel(f"<b>{title}</b>")
        self._controls = QWidget()
        self._buttons = QHBoxLayout()
        self._row = QHBoxLayout(self._controls)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 3, 4, 2)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._title, 0, 0)
        self._grid.addLayout(self._buttons, 0, 2)
        self._is_narrow = False
        self._place()

    def add_controls(self, controls: Sequence[QWidget]) -> None:
        """Put small controls beside the title."""
        for control in controls:
            self._row.addWidget(control)

    def add_button(self, button: QToolButton) -> None:
        """Put a button into the corner, where it always stays."""
        self._buttons.addWidget(button)

    def minimumSizeHint(self) -> QSize:
        # The controls go below the title before the view would have to be wider.
        wide = self._title.sizeHint().width() + self._buttons.sizeHint().width() + 28
        return QSize(wide, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a control was shown or hidden
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        parts = (self._title, self._controls, self._buttons)
        needed = sum(part.sizeHint().width() for part in parts) + 36
        if (needed > self.width()) != self._is_narrow:
            self._is_narrow = not self._is_narrow
            self._place()

    def _place(self) -> None:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if self._is_narrow:
            self._grid.addWidget(self._controls, 1, 0, 1, 3)
        else:
            self._grid.addWidget(self._controls, 0, 1, 1, 1, right)
