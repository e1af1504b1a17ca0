from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from vgdesk.app.state.events import View
from vgdesk.ui.views import VIEWS
from vgdesk.ui.views.frame.view_frame import ViewFrame

# What stands in the four quarters of the grid; of several views the first is seen.
QUARTERS = (
    (View.LAYERS, View.RETRIEVAL),
    (View.WORDS, View.CONFUSIONS),
    (View.MAP, View.CHANGES),
    (View.CURVES, View.GATING, View.LETTERS),
)


class ViewGrid(QWidget):
    """Shows the views in four quarters, or one behind the other as tabs."""

    def __init__(self, frames: Mapping[View, ViewFrame]) -> None:
        super().__init__()
        self._frames = frames
        self._grid = QSplitter(Qt.Orientation.Vertical)
        self._rows = (QSplitter(), QSplitter())
        self._quarters = tuple(_quarter() for _ in QUARTERS)
        self._tabs = QTabWidget()
        self._lay_out()

    @property
    def is_grid(self) -> bool:
        return self._grid.isVisibleTo(self)

    def set_grid(self, is_grid: bool) -> None:
        """Show the views side by side, or one behind the other as tabs."""
        self._tabs.setVisible(not is_grid)
        self._grid.setVisible(is_grid)
        for quarter, views in zip(self._quarters, QUARTERS, strict=True):
            for view in views:
                tabs = quarter if is_grid else self._tabs
                tabs.addTab(self._frames[view], VIEWS[view.value].title)
                self._frames[view].set_titled(is_grid and len(views) == 1)
            quarter.setCurrentIndex(0)
        if is_grid:
            for splitter in (*self._rows, self._grid):
                splitter.setSizes([1000, 1000])

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._grid)
        column.addWidget(self._tabs)
        for place, quarter in enumerate(self._quarters):
            self._rows[place // 2].addWidget(quarter)
        for splitter in (*self._rows, self._grid):
            splitter.setChildrenCollapsible(False)
        for row in self._rows:
            self._grid.addWidget(row)


def _quarter() -> QTabWidget:
    """Make a place for one view, or for several behind tabs."""
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    tabs.tabBar().setAutoHide(True)
    return tabs
