from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSignalBlocker, Qt
from PySide6.QtGui import QFontMetricsF

from vgdesk.audio.long_recording import OUTLINE_PER_SECOND
from vgdesk.core.arrays import FloatArray
from vgdesk.ui.importing.segments_model import SHORTEST, START, Index, PiecesModel
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.widgets.form_parts import named

HEIGHT = 220
FIRST_VIEW = 12.0  # seconds
WIDEST_VIEW = 60.0  # seconds; more segments could not be distinguished or clicked


class PiecesWave(pg.GraphicsLayoutWidget):
    """The waveform of a long recording with draggable segments.

    Only visible segments have items: thousands of them would take minutes.
    """

    def __init__(self, model: PiecesModel, outline: FloatArray, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._outline = outline
        self._theme = theme
        # A bare box with one axis: a full plot would build hidden menus.
        self.box = pg.ViewBox(enableMenu=False, defaultPadding=0)
        self._curve = pg.PlotDataItem(pen=pg.mkPen(theme.text, width=1), autoDownsample=True)
        self._spans: dict[int, _Span] = {}
        self._spare: list[_Span] = []
        named(self, "Waveform with segments", "The table below shows the same in numbers")
        for part in (self, self.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(HEIGHT)
        self.setBackground(theme.base)
        self._lay_out()
        self.box.sigXRangeChanged.connect(self._show_stretch)
        self.box.sigResized.connect(self._write_words)
        model.dataChanged.connect(self._on_changed)
        self._show_stretch()

    @property
    def spans(self) -> "dict[int, _Span]":
        """The visible segments, by index."""
        return dict(self._spans)

    def _lay_out(self) -> None:
        theme, box, length = self._theme, self.box, self._model.length
        box.setMouseEnabled(x=True, y=False)
        axis = pg.AxisItem("bottom")
        axis.linkToView(box)
        axis.enableAutoSIPrefix(False)
        axis.setPen(theme.edge)
        axis.setTextPen(theme.muted)
        self.addItem(box, row=0, col=0)
        self.addItem(axis, row=1, col=0)
        box.addItem(self._curve)
        box.setLimits(xMin=0, xMax=max(length, SHORTEST), maxXRange=WIDEST_VIEW)
        box.setXRange(0, min(length, FIRST_VIEW), padding=0)
        loudest = float(np.abs(self._outline).max(initial=0.01))
        box.setYRange(-loudest, 1.4 * loudest)  # space for the words above

    def bring_into_sight(self, place: int) -> None:
        """Scroll to a segment unless it is visible."""
        piece = self._model.piece(place)
        low, high = self.box.viewRange()[0]
        if not low <= piece.start <= piece.end <= high:
            middle, half = (piece.start + piece.end) / 2, (high - low) / 2
            self.box.setXRange(middle - half, middle + half, padding=0)

    def _show_stretch(self) -> None:
        """Draw the visible part of the sound and the segments."""
        low, high = self.box.viewRange()[0]
        first, last = (round(seconds * OUTLINE_PER_SECOND) for seconds in (low - 1, high + 1))
        part = self._outline[max(0, first) : last]
        times = (max(0, first) + np.arange(len(part))) / OUTLINE_PER_SECOND
        self._curve.setData(np.repeat(times, 2), part.reshape(-1))
        self._show_spans()

    def _show_spans(self) -> None:
        """Reuse the items of hidden segments for newly visible ones."""
        places = set(self._model.places_between(*self.box.viewRange()[0]))
        for place in self._spans.keys() - places:
            if not self._spans[place].is_dragged:
                self._spare.append(self._spans.pop(place))
        for place in places - self._spans.keys():
            self._spans[place] = self._spare.pop() if self._spare else self._new_span()
            self._update(place)
        for span in self._spare:
            span.hide()
        self._write_words()

    def _new_span(self) -> "_Span":
        span = _Span(self._theme, self._model.length)
        span.sigRegionChanged.connect(self._on_dragged)
        span.sigRegionChangeFinished.connect(self._on_let_go)
        self.box.addItem(span)
        return span

    def _update(self, place: int) -> None:
        piece = self._model.piece(place)
        is_word = bool(self._model.text(place))
        self._spans[place].show_piece(place, (piece.start, piece.end), is_word=is_word)

    def _write_words(self) -> None:
        """Write the word above each segment, shortened to the space before the next one."""
        (low, high), (_bottom, top) = self.box.viewRange()
        starts = {place: self._model.piece(place).start for place in self._spans}
        ends = sorted([*starts.values(), high])[1:]
        room = dict(zip(sorted(starts.values()), ends, strict=True))
        pixels = self.box.width() / (high - low)
        for place, start in starts.items():
            width = (room[start] - start) * pixels
            self._spans[place].write(self._model.text(place) or "–", QPointF(start, top), width)

    def _on_changed(self, first: Index) -> None:
        if first.row() in self._spans:
            self._update(first.row())
        if first.column() == START:
            self._show_spans()
        else:
            self._write_words()

    def _on_dragged(self, span: "_Span") -> None:
        self._model.move(span.place, *span.getRegion())

    def _on_let_go(self, span: "_Span") -> None:
        """Apply a drag, or revert it if the segment is too short."""
        self._on_dragged(span)
        if span.place in self._spans:  # unless scrolled out of view meanwhile
            self._update(span.place)


class _Span(pg.LinearRegionItem):
    """One segment in the waveform, with its word."""

    def __init__(self, theme: Theme, length: float) -> None:
        super().__init__(pen=pg.mkPen(theme.accent, width=2), bounds=(0, length), swapMode="block")
        self._theme = theme
        self.place = 0
        self.tag = pg.TextItem(color=theme.text, anchor=(0, 0))
        self.tag.setParentItem(self)

    @property
    def is_dragged(self) -> bool:
        return bool(self.moving or any(line.moving for line in self.lines))

    def show_piece(self, place: int, ends: tuple[float, float], *, is_word: bool) -> None:
        """Represent this segment from now on."""
        self.place = place
        with QSignalBlocker(self):
            self.setRegion(ends)
        self._paint(is_word=is_word)
        self.show()

    def write(self, text: str, at: QPointF, width: float) -> None:
        """Write the word, shortened to a width in pixels."""
        margins = 2 * self.tag.textItem.document().documentMargin()
        metrics = QFontMetricsF(self.tag.textItem.font())
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - margins)
        if text != self.tag.toPlainText():
            self.tag.setText(text)
        self.tag.setPos(at)

    def _paint(self, *, is_word: bool) -> None:
        # Skipped segments are hatched, so that they do not depend on colour.
        style = Qt.BrushStyle.SolidPattern if is_word else Qt.BrushStyle.BDiagPattern
        colour: Any = pg.mkColor(self._theme.accent if is_word else self._theme.muted)
        for alpha, paint in ((80, self.setBrush), (130, self.setHoverBrush)):
            colour.setAlpha(alpha)
            paint(pg.QtGui.QBrush(colour, style))
        self.update()
