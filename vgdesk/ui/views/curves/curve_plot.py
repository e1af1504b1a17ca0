from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent

from vgdesk.analyses import ANALYSES
from vgdesk.core.arrays import FloatArray
from vgdesk.core.results import LayerCurve
from vgdesk.ui.style.theme import TEXT_CONTRAST, Theme, readable
from vgdesk.ui.views.axes import label_step
from vgdesk.ui.views.curves.axes_plot import AxesPlot
from vgdesk.ui.views.curves.line_labels import spread
from vgdesk.ui.views.descriptions.results import DISCOVERY
from vgdesk.ui.widgets.elided_text import wrapped

DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DotLine,
)
SYMBOLS = ("o", "s", "t1", "d")
COLOURS = (0, 5, 2, 3)  # indices of the theme's most distinct colours
BAND_ALPHA = 32
LABEL_SHARE = 0.27  # of the width, for the titles of the lines
LABEL_GAP = 4  # pixels
MARGIN = 10  # pixels
REACH = 24  # maximum distance in pixels of a click from its point


class CurvePlot(AxesPlot):
    """The lines, bands and marks of the curves."""

    def __init__(self) -> None:
        super().__init__()
        self._places: list[FloatArray] = []
        self._values: list[FloatArray] = []
        self._titles: Sequence[str] = ()
        self._names: Sequence[str] | None = None
        self._trained = 0
        self._labels: list[pg.TextItem] = []
        self._rings: list[pg.PlotDataItem] = []
        self._marked: tuple[int, ...] = ()
        self._walked = 0
        self.scene().sigMouseMoved.connect(self._move)
        self.scene().sigMouseClicked.connect(self._click)
        self.box.sigResized.connect(self._place_labels)

    def show_curves(
        self,
        curves: Sequence[LayerCurve],
        titles: Sequence[str],
        marked: tuple[int, ...],
        theme: Theme,
        *,
        is_relative: bool,
        floors: int = 0,
        subtracted: str = "",
        smallest_effect: float = 0.0,
    ) -> None:
        """Redraw everything; there are few curves with few points.

        Parameters
        ----------
        subtracted
            What was subtracted from what, if the curves are differences.
        smallest_effect
            The smallest difference that matters, drawn on both sides of 0; none if 0.
        """
        self.box.clear()
        self._trained = len(curves) - floors
        self._walked = min(self._walked, len(curves) - 1)
        self._places = [_places(len(curve.layers), is_relative=is_relative) for curve in curves]
        self._values = [np.asarray(curve.values, np.float64) for curve in curves]
        depth = "relative depth" if is_relative else "layer"
        title = ANALYSES[curves[0].measure].title
        self.dress(theme, left=f"{title}, {subtracted}" if subtracted else title, bottom=depth)
        self._names = None if is_relative else curves[0].layers
        self.box.addItem(pg.InfiniteLine(0, angle=0, pen=self.pen(theme.muted, width=1)))
        for end in {-smallest_effect, smallest_effect} - {0.0}:
            pen = self.pen(theme.muted, width=1, style=Qt.PenStyle.DotLine)
            self.box.addItem(pg.InfiniteLine(end, angle=0, pen=pen))
        for number, curve in enumerate(curves[: self._trained]):
            self._draw_band(number, curve, theme)
        self._titles = titles
        self._labels = [self._draw_line(i, curve, theme) for i, curve in enumerate(curves)]
        self._rings = [self._draw_ring(theme) for _ in curves[: self._trained]]
        self.mark(marked)
        self._fit(curves, smallest_effect)
        self._place_labels()

    def mark(self, layers: tuple[int, ...]) -> None:
        """Ring one layer of each curve, without redrawing the rest."""
        self._marked = layers
        for ring, places, values, layer in zip(
            self._rings, self._places, self._values, layers, strict=False
        ):
            own = min(layer, len(values) - 1)
            ring.setData([places[own]], [values[own]])

    def _draw_band(self, number: int, curve: LayerCurve, theme: Theme) -> None:
        colour = QColor(_colour(number, theme))
        colour.setAlpha(BAND_ALPHA)
        low, high = (
            pg.PlotCurveItem(self._places[number], np.asarray(values, np.float64))
            for values in (curve.chance_low, curve.chance_high)
        )
        self.box.addItem(pg.FillBetweenItem(low, high, brush=colour))

    def _draw_line(self, number: int, curve: LayerCurve, theme: Theme) -> pg.TextItem:
        """Draw a line with its intervals; points that do not differ from chance are hollow."""
        if number >= self._trained:
            return self._draw_floor(number, theme)
        colour = _colour(number, theme)
        places, values = self._places[number], self._values[number]
        self.box.addItem(
            pg.ErrorBarItem(
                x=places,
                y=values,
                top=np.asarray(curve.high) - values,
                bottom=values - np.asarray(curve.low),
                pen=self.pen(colour, width=1),
            )
        )
        line = pg.PlotDataItem(
            places,
            values,
            pen=self.pen(colour, width=2, style=DASHES[number % len(DASHES)]),
            symbol=SYMBOLS[number % len(SYMBOLS)],
            symbolSize=8,
            symbolBrush=colour,
            symbolPen=self.pen(colour, width=1.5),
        )
        self.box.addItem(line)
        # Drawn over the filled ones: a brush per point would take much longer.
        is_hollow = np.asarray(curve.q_values) > DISCOVERY
        if is_hollow.any():
            hollow = pg.PlotDataItem(
                places[is_hollow],
                values[is_hollow],
                pen=None,
                symbol=SYMBOLS[number % len(SYMBOLS)],
                symbolSize=8,
                symbolBrush=theme.base,
                symbolPen=self.pen(colour, width=1.5),
            )
            self.box.addItem(hollow)
        return self._draw_label(readable(colour, theme.base, TEXT_CONTRAST))

    def _draw_floor(self, number: int, theme: Theme) -> pg.TextItem:
        pen = self.pen(theme.muted, width=1, style=DASHES[-number % len(DASHES)])
        self.box.addItem(pg.PlotDataItem(self._places[number], self._values[number], pen=pen))
        return self._draw_label(theme.muted)

    def _draw_label(self, colour: str) -> pg.TextItem:
        label = pg.TextItem("", color=colour, anchor=(0, 0.5))
        self.box.addItem(label)
        return label

    def _draw_ring(self, theme: Theme) -> pg.PlotDataItem:
        ring = pg.PlotDataItem(
            pen=None,
            symbol="o",
            symbolSize=16,
            symbolBrush=None,
            symbolPen=self.pen(theme.text, width=2),
        )
        self.box.addItem(ring)
        return ring

    def _fit(self, curves: Sequence[LayerCurve], beside: float) -> None:
        every = np.concatenate(
            [part for c in curves for part in (c.low, c.high, c.chance_low, c.chance_high)]
        )
        low, high = float(np.nanmin([*every, -beside])), float(np.nanmax([*every, beside]))
        room = 0.15 * (high - low or 1.0)
        self.box.setYRange(low - room / 2, high + room, padding=0)

    def _place_labels(self) -> None:
        """Place each title to the right of its line, without overlaps."""
        box = self.box
        if not self._labels or min(box.width(), box.height()) <= 0:
            return
        self._write_labels(box.width(), box.height())
        sizes = [label.boundingRect() for label in self._labels]
        room = max(size.width() for size in sizes) + LABEL_GAP
        last = max(float(places[-1]) for places in self._places) or 1.0
        unit = last / max(box.width() - room - 2 * MARGIN, 1.0)
        self._write_ticks(unit)
        box.setXRange(-MARGIN * unit, last + (MARGIN + room) * unit, padding=0)
        height = max(size.height() for size in sizes)
        ends = [
            box.mapFromView(QPointF(0, float(known[-1]) if len(known) else 0.0)).y()
            for known in (values[~np.isnan(values)] for values in self._values)
        ]
        middles = spread(ends, height - 6, (height / 2, box.height() - height / 2))
        for label, middle in zip(self._labels, middles, strict=True):
            y = box.mapToView(QPointF(0, middle)).y()
            label.setPos(last + LABEL_GAP * unit, y)

    def _write_ticks(self, unit: float) -> None:
        """Label every layer, or every second, third, … one if labels would touch."""
        ticks = [(share, f"{share:g}") for share in (0, 0.25, 0.5, 0.75, 1)]
        if self._names is not None:
            metrics = QFontMetricsF(self.font())
            widest = max(metrics.horizontalAdvance(name) for name in self._names) + 6
            step = label_step(1 / unit, widest)
            ticks = [(i, self._names[i]) for i in range(0, len(self._names), step)]
        self._axes["bottom"].setTicks([ticks])

    def _write_labels(self, width: float, height: float) -> None:
        """Write the titles, in two lines if they are long and there is space."""
        font = self._labels[0].textItem.font()
        is_high = height > 2.2 * len(self._labels) * QFontMetricsF(font).height()
        for label, title in zip(self._labels, self._titles, strict=True):
            lines = wrapped(title, font, LABEL_SHARE * width, max_lines=2 if is_high else 1)
            label.setText("\n".join(lines))

    def _nearest(self, at: QPointF) -> tuple[int, int]:
        """Return the curve and layer of the point at a scene position; -1, -1 if none."""
        box, best, found = self.box, REACH**2, (-1, -1)
        for number, (places, values) in enumerate(zip(self._places, self._values, strict=True)):
            for layer, (x, y) in enumerate(zip(places, values, strict=True)):
                point = box.mapViewToScene(QPointF(x, y)) - at
                distance = point.x() ** 2 + point.y() ** 2
                if distance < best:
                    best, found = distance, (number, layer)
        return found

    def _move(self, at: QPointF) -> None:
        self.pointed.emit(*self._nearest(at))

    def _click(self, event: object) -> None:
        number, layer = self._nearest(event.scenePos())  # type: ignore[attr-defined]
        if number >= 0:
            self._walked = number
            self.chosen.emit(number, layer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move along a curve with left and right, between curves with up and down."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        turns = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if not self._values or key not in {**steps, **turns}:
            super().keyPressEvent(event)
            return
        self._walked = (self._walked + turns.get(key, 0)) % len(self._values)
        layer = self._marked[self._walked] + steps.get(key, 0)
        self.chosen.emit(self._walked, max(0, min(layer, len(self._values[self._walked]) - 1)))


def _colour(number: int, theme: Theme) -> str:
    return theme.groups[COLOURS[number % len(COLOURS)]]


def _places(count: int, *, is_relative: bool) -> FloatArray:
    """Return the x coordinates of the layers: 0, 1, 2, … or spread from 0 to 1."""
    if not is_relative:
        return np.arange(count, dtype=np.float64)
    return np.linspace(0.0, 1.0, count) if count > 1 else np.zeros(1)
