from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgdesk.core.arrays import FloatArray
from vgdesk.ui.style.theme import Theme, theme_of
from vgdesk.ui.takes.spectrogram import RANGE_DB, TOP_HZ, log_spectrogram
from vgdesk.ui.widgets.form_parts import named

AXIS_WIDTH = 34
HEIGHT = 210
SHORTEST_S = 0.02
KHZ_TICKS = [[(hertz, f"{hertz / 1000:.0f}") for hertz in (0, 4000, 8000)]]


class SoundView(pg.GraphicsLayoutWidget):
    """Waveform and spectrogram on one time axis, with handles for the trim.

    Signals
    -------
    trim_dragging
        Start and end in seconds, at every step of a drag.
    trim_dragged
        The same, once, when a handle is released.
    """

    trim_dragging = Signal(float, float)
    trim_dragged = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "Waveform and spectrogram", "Drag the handles to the start and end of the word")
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # Keyboard users have fields for the same values.
        for part in (self, self.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._duration = 0.0
        # Two bare boxes with three axes; full plots would build fourteen hidden menus.
        self.wave, self.picture = self._box(0), self._box(1)
        self.picture.setXLink(self.wave)
        self._axes = (pg.AxisItem("left"), pg.AxisItem("left"), _Seconds("bottom"))
        self._curve = pg.PlotDataItem(downsampleMethod="peak", autoDownsample=True, clipToView=True)
        self.wave.addItem(self._curve)
        self._image = pg.ImageItem(axisOrder="row-major")
        self.picture.addItem(self._image)
        self.trims = tuple(_Trim(box) for box in (self.wave, self.picture))
        self._playheads = tuple(pg.InfiniteLine(movable=False) for _ in self.trims)
        for box, playhead in zip((self.wave, self.picture), self._playheads, strict=True):
            box.addItem(playhead, ignoreBounds=True)
        for trim in self.trims:
            trim.sigRegionChanged.connect(self._on_moved)
            trim.sigRegionChangeFinished.connect(self._on_released)
        self._lay_out()
        self.set_theme(theme_of(self.palette()))
        self.clear_sound()

    def _box(self, row: int) -> Any:
        box = pg.ViewBox(enableMenu=False, defaultPadding=0)
        box.setMouseEnabled(x=True, y=False)
        self.addItem(box, row=row, col=1)
        return box

    def _lay_out(self) -> None:
        self.ci.setContentsMargins(0, 2, 4, 0)
        self.ci.setSpacing(2)
        self.ci.layout.setRowStretchFactor(0, 2)
        self.ci.layout.setRowStretchFactor(1, 3)
        places = ((0, 0, self.wave), (1, 0, self.picture), (2, 1, self.picture))
        for axis, (row, col, box) in zip(self._axes, places, strict=True):
            axis.linkToView(box)
            axis.enableAutoSIPrefix(False)
            self.addItem(axis, row=row, col=col)
        loudness, frequency, time = self._axes
        loudness.setTicks([[]])
        frequency.setTicks(KHZ_TICKS)
        frequency.setLabel("kHz")
        for axis in (loudness, frequency):
            axis.setWidth(AXIS_WIDTH)
        time.setTickDensity(0.3)
        self.picture.setYRange(0, TOP_HZ)

    def set_theme(self, theme: Theme) -> None:
        self.setBackground(theme.base)
        self._curve.setPen(pg.mkPen(theme.text, width=1))
        # Dark on light as in print; inverted in the dark theme.
        colours = pg.ColorMap([0.0, 1.0], [QColor(theme.base), QColor(theme.text)])
        self._image.setColorMap(colours)
        for trim, playhead in zip(self.trims, self._playheads, strict=True):
            trim.set_theme(theme)
            playhead.setPen(pg.mkPen(theme.bad, width=1))
        for axis in self._axes:
            axis.setPen(theme.edge)
            axis.setTextPen(theme.muted)

    @property
    def duration(self) -> float:
        """Length of the whole recording in seconds; 0 while there is none."""
        return self._duration

    def clear_sound(self) -> None:
        self._duration = 0.0
        self._curve.setData([], [])
        self._image.clear()
        for item in (*self.trims, *self._playheads):
            item.hide()

    def show_sound(
        self,
        samples: FloatArray,
        sample_rate: int,
        *,
        begin: float = 0.0,
        whole: float | None = None,
    ) -> None:
        """Draw a mono sound, or a part of it that begins at `begin` seconds of the whole."""
        if not len(samples):
            self.clear_sound()
            return
        end = begin + len(samples) / sample_rate
        self._duration = end if whole is None else whole
        self._curve.setData(begin + np.arange(len(samples)) / sample_rate, samples)
        loudest = float(np.abs(samples).max()) or 1.0
        self.wave.setYRange(-loudest, loudest, padding=0.04)
        values, hop, top = log_spectrogram(samples, sample_rate)
        self._image.setImage(values, levels=(-RANGE_DB, 0.0), autoLevels=False)
        # Windows are drawn around their centres.
        self._image.setRect(QRectF(begin - hop / 2, 0, values.shape[1] * hop, top))
        self.wave.setLimits(xMin=begin, xMax=end)
        self.wave.setXRange(begin, end)
        for trim in self.trims:
            trim.setBounds((begin, end))
            trim.show()

    def show_trim(self, start: float, end: float | None) -> None:
        """Move the handles; emits no signal. An end of None is the end of the sound."""
        self._set_all(start, self._duration if end is None else min(end, self._duration))

    def show_playhead(self, seconds: float | None) -> None:
        for playhead in self._playheads:
            playhead.setVisible(seconds is not None and self._duration > 0)
            playhead.setValue(seconds or 0.0)

    def _set_all(self, start: float, end: float) -> None:
        for trim in self.trims:
            trim.blockSignals(True)
            trim.setRegion((start, end))
            trim.blockSignals(False)
            trim.update()

    def _on_moved(self, trim: Any) -> None:
        self._set_all(*trim.getRegion())
        self.trim_dragging.emit(*trim.getRegion())

    def _on_released(self, trim: Any) -> None:
        start, end = trim.getRegion()
        if end - start < SHORTEST_S:
            end = min(self._duration, start + SHORTEST_S)
            start = max(0.0, end - SHORTEST_S)
            self._set_all(start, end)
        self.trim_dragged.emit(start, end)


class _Seconds(pg.AxisItem):
    """A time axis without a title."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{value:.6g} s" for value in values]


class _Trim(pg.LinearRegionItem):
    """Two draggable handles; the parts outside are dimmed."""

    def __init__(self, box: Any) -> None:
        super().__init__(swapMode="block", brush="#0000", hoverBrush="#0000")
        self._dim = QColor()
        for line, marker in zip(self.lines, ("|>", "<|"), strict=True):
            line.addMarker(marker, position=0.5, size=14)
            line.setCursor(Qt.CursorShape.SizeHorCursor)
        box.addItem(self, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        self._dim = QColor(theme.surface)
        self._dim.setAlpha(190)
        for line in self.lines:
            line.setPen(pg.mkPen(theme.accent, width=2))
            line.setHoverPen(pg.mkPen(theme.accent, width=4))
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self.viewRect())

    def paint(self, painter: QPainter, *_: Any) -> None:
        left, right = QRectF(self.viewRect()), QRectF(self.viewRect())
        start, end = self.getRegion()
        left.setRight(max(left.left(), start))
        right.setLeft(min(right.right(), end))
        for outside in (left, right):
            painter.fillRect(outside, self._dim)

    def mouseDragEvent(self, event: Any) -> None:
        event.ignore()

    def hoverEvent(self, event: Any) -> None:
        """Ignore hovering: only the handles are highlighted."""
