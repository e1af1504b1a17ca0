from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QToolButton, QWidget

from vgdesk.ui.style.plain_text import bold

# Combo boxes are as wide as their longest entry; this share is enough for most entries.
FITTING = 0.87


class Header(QWidget):
    """The title of a view and its controls, which wrap below the title if too wide."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = bold(title)
        self._controls = QWidget()
        self._buttons = QHBoxLayout()
        self._row = QHBoxLayout(self._controls)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._row.addStretch()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 3, 4, 2)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._grid.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._grid.addWidget(self._title, 0, 0)
        self._grid.addLayout(self._buttons, 0, 2)
        self._is_narrow = False
        self._place()

    def set_titled(self, is_titled: bool) -> None:
        """Show the title, or hide it if a tab shows it."""
        self._title.setVisible(is_titled)
        self._arrange()

    def add_controls(self, controls: Sequence[QWidget]) -> None:
        """Add controls next to the title."""
        for control in controls:
            self._row.addWidget(control)

    def add_button(self, button: QToolButton) -> None:
        """Add a button to the corner."""
        self._buttons.addWidget(button)

    def minimumSizeHint(self) -> QSize:
        # The controls wrap before the view would have to be wider.
        wide = self._title_width() + self._buttons.sizeHint().width() + 28
        return QSize(wide, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a control was shown or hidden
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        parts = (self._controls, self._buttons)
        needed = sum(part.sizeHint().width() for part in parts) + self._title_width() + 36
        if (FITTING * needed > self.width()) != self._is_narrow:
            self._is_narrow = not self._is_narrow
            self._place()

    def _title_width(self) -> int:
        return 0 if self._title.isHidden() else self._title.sizeHint().width()

    def _place(self) -> None:
        if self._is_narrow:
            self._grid.addWidget(self._controls, 1, 0, 1, 3)
        else:
            self._grid.addWidget(self._controls, 0, 1)
