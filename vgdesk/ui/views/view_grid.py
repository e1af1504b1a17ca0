from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.view import Quarter, View


class ViewGrid(QWidget):
    """Shows the views in four quarters, or as tabs."""

    def __init__(self, views: Sequence[tuple[View[Any, Any], ViewFrame]]) -> None:
        super().__init__()
        self._views = {
            quarter: [(view.title, frame) for view, frame in views if view.quarter is quarter]
            for quarter in Quarter
        }
        self._grid = QSplitter(Qt.Orientation.Vertical)
        self._rows = (QSplitter(), QSplitter())
        self._quarters = {quarter: _tabs() for quarter in Quarter}
        self._tabs = QTabWidget()
        self._lay_out()

    @property
    def is_grid(self) -> bool:
        return self._grid.isVisibleTo(self)

    def set_grid(self, is_grid: bool) -> None:
        """Show the views side by side, or as tabs."""
        self._tabs.setVisible(not is_grid)
        self._grid.setVisible(is_grid)
        for quarter, views in self._views.items():
            for title, frame in views:
                tabs = self._quarters[quarter] if is_grid else self._tabs
                tabs.addTab(frame, title)
                frame.set_titled(is_grid and len(views) == 1)
            self._quarters[quarter].setCurrentIndex(0)
        if is_grid:
            for splitter in (*self._rows, self._grid):
                splitter.setSizes([1000, 1000])

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._grid)
        column.addWidget(self._tabs)
        for quarter, tabs in self._quarters.items():
            self._rows[quarter.value // 2].addWidget(tabs)
        for splitter in (*self._rows, self._grid):
            splitter.setChildrenCollapsible(False)
        for row in self._rows:
            self._grid.addWidget(row)


def _tabs() -> QTabWidget:
    """Make a quarter for one view, or for several as tabs."""
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    tabs.tabBar().setAutoHide(True)
    return tabs
