from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent

from vgdesk.core.arrays import FloatArray
from vgdesk.core.gates import Condition
from vgdesk.core.results import GatingResult
from vgdesk.ui.theme import TEXT_CONTRAST, Theme, readable
from vgdesk.ui.views.describe_gating import SHORT_TITLES, ranks_of
from vgdesk.ui.views.layer_curves import COLOURS, DASHES, REACH, SYMBOLS

MARGIN = 0.08  # of the ranges, so that points and ticks at the ends are seen whole
RANKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)


class GatingPlot(pg.GraphicsLayoutWidget):
    """Lines of ranks against milliseconds, rank 1 on top; ranks are on a logarithmic scale.

    Signals
    -------
    pointed, chosen
        Line and gate under the pointer (-1 if there is none), and those that were clicked or
        entered.
    """

    pointed = Signal(int, int)
    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[FloatArray, FloatArray]] = []
        self._walked = 0, 0
        self._ring: pg.PlotDataItem | None = None
        # Not a PlotItem: that one makes menus which outlive the window.
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True)
        self._axes = {side: pg.AxisItem(side) for side in ("left", "bottom")}
        self._legend = pg.LegendItem(colCount=3, verSpacing=-4)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scene().sigMouseMoved.connect(self._move)
        self.scene().sigMouseClicked.connect(self._click)

    def _lay_out(self) -> None:
        self.addItem(self._legend, 0, 1)
        self.addItem(self._axes["left"], 1, 0)
        self.addItem(self.box, 1, 1)
        self.addItem(self._axes["bottom"], 2, 1)
        for axis in self._axes.values():
            axis.linkToView(self.box)
            axis.enableAutoSIPrefix(False)
        self.ci.layout.setSpacing(0)

    def show_results(self, results: Sequence[GatingResult], theme: Theme) -> None:
        """Draw everything anew; there are few lines with few points."""
        self.box.clear()
        self._legend.clear()
        self._lines = [(1000 * one.times, np.log10(ranks_of(one))) for one in results]
        self._dress(results[0], theme)
        for number, result in enumerate(results):
            self._draw_line(number, SHORT_TITLES[Condition(result.condition)], theme)
        self._draw_ring(theme)
        self.box.setYRange(0, np.log10(results[0].trace.n), padding=MARGIN)
        self.box.setXRange(0, 1000 * float(results[0].times[-1]), padding=MARGIN)

    def _dress(self, first: GatingResult, theme: Theme) -> None:
        self.setBackground(theme.base)
        for side, title in (("left", "rank"), ("bottom", "ms heard")):
            self._axes[side].setPen(theme.edge)
            self._axes[side].setTextPen(theme.text)
            self._axes[side].setLabel(title, color=theme.muted)
        ranks = [rank for rank in RANKS if rank < 0.8 * first.trace.n] + [first.trace.n]
        self._axes["left"].setTicks([[(np.log10(rank), str(rank)) for rank in ranks]])
        self._axes["left"].setGrid(40)
        self._draw_mark(float(np.log10(first.chance)), "chance", theme, angle=0)
        if first.unique_at is not None:
            self._draw_mark(1000 * first.unique_at, "unique (estimate)", theme, angle=90)

    def _draw_mark(self, at: float, name: str, theme: Theme, *, angle: int) -> None:
        pen = pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine)
        anchors = [(0, 1), (0, 1)] if angle == 0 else [(0, 0.5), (1, 0.5)]
        position = 0.01 if angle == 0 else 0.93
        options = {"color": theme.muted, "position": position, "anchors": anchors}
        self.box.addItem(pg.InfiniteLine(at, angle=angle, pen=pen, label=name, labelOpts=options))

    def _draw_line(self, number: int, title: str, theme: Theme) -> None:
        colour = theme.groups[COLOURS[number % len(COLOURS)]]
        line = pg.PlotDataItem(
            *self._lines[number],
            pen=pg.mkPen(colour, width=2, style=DASHES[number % len(DASHES)]),
            symbol=SYMBOLS[number % len(SYMBOLS)],
            symbolSize=7,
            symbolBrush=colour,
            symbolPen=pg.mkPen(colour, width=1),
        )
        self.box.addItem(line)
        self._legend.setLabelTextColor(readable(colour, theme.base, TEXT_CONTRAST))
        self._legend.addItem(line, title)

    def _draw_ring(self, theme: Theme) -> None:
        pen = pg.mkPen(theme.text, width=2)
        self._ring = pg.PlotDataItem(
            pen=None, symbol="o", symbolSize=15, symbolBrush=None, symbolPen=pen
        )
        self.box.addItem(self._ring)

    def _nearest(self, at: QPointF) -> tuple[int, int]:
        """Return the line and gate of the point at a place of the scene; -1, -1 if none."""
        best, found = float(REACH**2), (-1, -1)
        for number, line in enumerate(self._lines):
            for gate, (x, y) in enumerate(zip(*line, strict=True)):
                point = self.box.mapViewToScene(QPointF(x, y)) - at
                distance = point.x() ** 2 + point.y() ** 2
                if distance < best:
                    best, found = distance, (number, gate)
        return found

    def _walk_to(self, line: int, gate: int) -> None:
        self._walked = line, gate
        x, y = self._lines[line]
        if self._ring is not None:
            self._ring.setData([x[gate]], [y[gate]])
        self.pointed.emit(line, gate)

    def _move(self, at: QPointF) -> None:
        self.pointed.emit(*self._nearest(at))

    def _click(self, event: object) -> None:
        line, gate = self._nearest(event.scenePos())  # type: ignore[attr-defined]
        if line >= 0:
            self._walk_to(line, gate)
            self.chosen.emit(line, gate)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along a line with left and right, to another with up and down; Return plays."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        turns = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if not self._lines or key not in {**steps, **turns, Qt.Key.Key_Return: 0}:
            super().keyPressEvent(event)
            return
        line = (self._walked[0] + turns.get(key, 0)) % len(self._lines)
        gate = self._walked[1] + steps.get(key, 0)
        self._walk_to(line, max(0, min(gate, len(self._lines[line][0]) - 1)))
        if key == Qt.Key.Key_Return:
            self.chosen.emit(*self._walked)
