from collections.abc import Sequence
from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QGraphicsTextItem

from vgdesk.core.arrays import FloatArray
from vgdesk.core.details import GatingResult
from vgdesk.core.gates import Condition
from vgdesk.ui.style.theme import TEXT_CONTRAST, Theme, readable
from vgdesk.ui.views.axes import label_step
from vgdesk.ui.views.curves.axes_plot import AxesPlot
from vgdesk.ui.views.curves.curve_plot import COLOURS, DASHES, REACH, SYMBOLS
from vgdesk.ui.views.descriptions.gating import SHORT_TITLES, ranks_of

MARGIN = 8  # pixels at the edges
LEGEND_SHARE = 0.3  # of the height
SIGNS = "\u25cf\u25a0\u25b2\u25c6"  # the symbols of the lines, as characters
CHANCE, UNIQUE = Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
RANKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)


class GatingPlot(AxesPlot):
    """Lines of ranks over milliseconds, rank 1 at the top, on a logarithmic scale."""

    def __init__(self) -> None:
        super().__init__(is_downward=True)
        self._lines: list[tuple[FloatArray, FloatArray]] = []
        self._walked = 0, 0
        self._ring: pg.PlotDataItem | None = None
        self._legend = QGraphicsTextItem(self.box)  # in pixels, independent of the axes
        self._legends: tuple[str, ...] = ()  # the full legend, and shorter ones for small views
        self._limits = 1.0, 1.0
        self.scene().sigMouseMoved.connect(self._move)
        self.scene().sigMouseClicked.connect(self._click)
        self.box.sigResized.connect(self._fit)

    def show_results(self, results: Sequence[GatingResult], theme: Theme) -> None:
        """Redraw everything; there are few lines with few points."""
        self.box.clear()
        first = results[0]
        self._lines = [(1000 * one.times, np.log10(ranks_of(one))) for one in results]
        self.dress(theme, left="rank", bottom="ms heard")
        self._draw_mark(float(np.log10(first.chance)), theme, angle=0, style=CHANCE)
        names = [self._draw_line(number, one, theme) for number, one in enumerate(results)]
        marks = [_coloured(f"\u254c\u254c chance {first.chance:g}", theme.muted)]
        if first.unique_at is not None:
            self._draw_mark(1000 * first.unique_at, theme, angle=90, style=UNIQUE)
            marks.append(_coloured("\u2506 unique (estimate)", theme.muted))
        self._legends = tuple(map(" &nbsp; ".join, ([*names, *marks], names, [])))
        self._draw_ring(theme)
        self._limits = 1000 * float(first.times[-1]), float(np.log10(first.trace.n))
        self._fit()

    def _fit(self) -> None:
        """Reserve space for the legend at the top, and for points and ticks at the ends."""
        box = self.box
        if not self._lines or min(box.width(), box.height()) <= 0:
            return
        for html in self._legends:
            self._legend.setHtml(html)
            self._legend.setTextWidth(box.width())
            top = MARGIN + (self._legend.boundingRect().height() if html else 0)
            if top < LEGEND_SHARE * box.height():
                break
        right, bottom = self._limits
        room = max(box.height() - top - MARGIN, 1.0)
        unit = bottom / room
        self._write_ticks(round(10**bottom), room)
        box.setYRange(-top * unit, bottom + MARGIN * unit, padding=0)
        box.setXRange(0, right + MARGIN * right / max(box.width() - MARGIN, 1.0), padding=0)

    def _write_ticks(self, last: int, room: float) -> None:
        """Label ranks up to the last one, as many as fit."""
        ranks = [rank for rank in RANKS if rank < 0.6 * last]
        step = label_step(room / (len(ranks) + 1), QFontMetricsF(self.font()).height())
        ticks = [(float(np.log10(rank)), str(rank)) for rank in (*ranks[::step], last)]
        self._axes["left"].setTicks([ticks])

    def _draw_mark(self, at: float, theme: Theme, *, angle: int, style: Qt.PenStyle) -> None:
        pen = self.pen(theme.muted, width=1, style=style)
        self.box.addItem(pg.InfiniteLine(at, angle=angle, pen=pen))

    def _draw_line(self, number: int, result: GatingResult, theme: Theme) -> str:
        """Draw a line and return its name for the legend."""
        colour = theme.groups[COLOURS[number % len(COLOURS)]]
        line = pg.PlotDataItem(
            *self._lines[number],
            pen=self.pen(colour, width=2, style=DASHES[number % len(DASHES)]),
            symbol=SYMBOLS[number % len(SYMBOLS)],
            symbolSize=7,
            symbolBrush=colour,
            symbolPen=self.pen(colour, width=1),
        )
        self.box.addItem(line)
        name = f"{SIGNS[number % len(SIGNS)]} {SHORT_TITLES[Condition(result.condition)]}"
        return _coloured(name, readable(colour, theme.base, TEXT_CONTRAST))

    def _draw_ring(self, theme: Theme) -> None:
        pen = self.pen(theme.text, width=2)
        self._ring = pg.PlotDataItem(
            pen=None, symbol="o", symbolSize=15, symbolBrush=None, symbolPen=pen
        )
        self.box.addItem(self._ring)

    def _nearest(self, at: QPointF) -> tuple[int, int]:
        """Return the line and gate of the point at a scene position; -1, -1 if none."""
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
        """Move along a line with left and right, between lines with up and down; Return plays."""
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


def _coloured(name: str, colour: str) -> str:
    kept = escape(name).replace(" ", "&nbsp;")
    return f'<span style="color: {colour}">{kept}</span>'
