from html import escape

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPen

from vgdesk.ui.style.theme import Theme


class AxesPlot(pg.GraphicsLayoutWidget):
    """A plot with a left and a bottom axis; subclasses draw lines of points.

    Signals
    -------
    pointed, chosen
        Line and point under the pointer (-1 if none), and those clicked or reached by key.
    """

    pointed = Signal(int, int)
    chosen = Signal(int, int)

    def __init__(self, *, is_downward: bool = False) -> None:
        super().__init__()
        # Not a PlotItem, whose menus outlive the window.
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=is_downward)
        self._axes = {side: pg.AxisItem(side) for side in ("left", "bottom")}
        self.addItem(self._axes["left"], 0, 0)
        self.addItem(self.box, 0, 1)
        self.addItem(self._axes["bottom"], 1, 1)
        for axis in self._axes.values():
            axis.linkToView(self.box)
            axis.enableAutoSIPrefix(False)
        self.ci.layout.setSpacing(0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def pen(self, colour: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """Make a pen with a width in logical pixels; pyqtgraph draws in device pixels."""
        made: QPen = pg.mkPen(colour, width=width * self.devicePixelRatioF(), style=style)
        return made

    def dress(self, theme: Theme, *, left: str, bottom: str) -> None:
        """Set the colours of background and axes, and the axis titles."""
        self.setBackground(theme.base)
        for side, title in (("left", left), ("bottom", bottom)):
            self._axes[side].setPen(theme.edge)
            self._axes[side].setTextPen(theme.text)
            self._axes[side].setLabel(escape(title), color=theme.muted)
        self._axes["left"].setGrid(40)
