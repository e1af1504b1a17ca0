from collections.abc import Iterable, Mapping
from itertools import islice

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication

from vgdesk.core.arrays import Doubles
from vgdesk.core.model import WordId
from vgdesk.core.viewing import Selection
from vgdesk.ui.style.fonts import small_font
from vgdesk.ui.style.theme import Theme, text_on
from vgdesk.ui.style.word_colours import WordLook
from vgdesk.ui.views.maps.map_canvas import MapCanvas
from vgdesk.ui.views.maps.map_labels import Box, LabelRoom, place_labels, with_labels
from vgdesk.ui.views.maps.map_marks import Mark
from vgdesk.ui.views.maps.map_picture import mark_of, next_in_direction

LABEL_PAD = 3
LONGEST_LABEL = 160
REACH = 6  # pixels around a mark that count as hovering
PENDING_MARK = 10
Align = Qt.AlignmentFlag


class MapPlot(MapCanvas):
    """The points with labels, selection and pointer.

    Signals
    -------
    word_pointed
        The word under the pointer; empty if none.
    words_chosen
        Words in a rubber band; may be empty.
    """

    word_chosen = Signal(str)
    word_toggled = Signal(str)
    words_chosen = Signal(list)
    word_pointed = Signal(str)
    play_requested = Signal(list)

    def __init__(self, theme: Theme) -> None:
        self._selection = Selection()
        self._pointed: WordId | None = None
        self._pending: Mapping[WordId, WordLook] = {}
        self._cursor = 0
        self._room: LabelRoom | None = None
        self._placed: dict[int, Box] = {}
        self._press: QPointF | None = None
        self._last = QPointF()
        self._is_dragging = False
        self._band: QRectF | None = None
        super().__init__(theme)

    def show_selection(self, selection: Selection) -> None:
        self._selection = selection
        self.viewport().update()

    def show_pending(self, pending: Mapping[WordId, WordLook]) -> None:
        """Show words without positions yet as hollow marks at the left edge."""
        self._pending = pending
        self.viewport().update()

    def step(self, step: tuple[int, int]) -> None:
        """Select the nearest point in a direction from the primary word; (1, 0) is right."""
        if self.picture is None or not self.picture.rows:
            return
        words, primary = self.picture.words, self._selection.primary
        if primary not in words:
            found: int | None = 0
        else:
            # Of several points of a word, the last one reached.
            is_there = self._cursor < len(words) and words[self._cursor] == primary
            start = self._cursor if is_there else words.index(primary)
            found = next_in_direction(self.picture.points, start, step)
        if found is not None:
            self._cursor = found
            self.show_point(found)
            self.word_chosen.emit(words[found])

    def play_primary(self) -> None:
        if self._selection.primary is not None:
            self.play_requested.emit([self._selection.primary])

    # Labels

    def invalidate(self) -> None:
        self._room = None
        super().invalidate()

    def labels(self) -> dict[int, Box]:
        """Return the visible labels: point to left, top, right and bottom in pixels."""
        room = self._prepared()
        if room is None or self.picture is None:
            return {}
        selected = [*self._rows_of(self._selection.words)]
        hovered = [*self._rows_of(self._hovered)]
        # The hovered word always gets its label, next to the selected ones if possible.
        both = with_labels(self._placed, [*selected, *hovered], room)
        shown = with_labels(both, hovered, room)
        waiting, wanted = self._pending_column(), {*selected, *hovered}
        return {
            i: box for i, box in shown.items() if i in wanted or not _rect(box).intersects(waiting)
        }

    def _prepared(self) -> LabelRoom | None:
        """Place labels once for the final positions; they move along during the animation."""
        if self._room is None and self.picture is not None and not self.area.isEmpty():
            metrics = QFontMetricsF(small_font(self))
            sizes = [
                (
                    min(metrics.horizontalAdvance(title), LONGEST_LABEL) + 2 * LABEL_PAD,
                    metrics.height(),
                )
                for title in self.picture.titles
            ]
            self._room = LabelRoom(
                self.pixels_of(self.picture.points),
                np.array(sizes, dtype=np.float64).reshape(-1, 2),
                self.point_size / 2,
                self.area_box,
            )
            self._placed = place_labels(self._room)
        return self._room

    @property
    def _hovered(self) -> tuple[WordId, ...]:
        hovered = self._pointed or self._selection.hovered
        return (hovered,) if hovered else ()

    def _rows_of(self, words: Iterable[WordId]) -> list[int]:
        wanted = set(words)
        if self.picture is None or not wanted:
            return []
        return [i for i, word in enumerate(self.picture.words) if word in wanted]

    # Pending words

    def pending_places(self) -> dict[str, QPointF]:
        """Return the mark position of each pending word; the last ones may share one."""
        line, column = self._pending_line, self._pending_column()
        last = max(int(column.height() / line) - 1, 0)
        x, y = column.left() + 4 + PENDING_MARK / 2, column.top() + line / 2
        return {word: QPointF(x, y + min(i, last) * line) for i, word in enumerate(self._pending)}

    @property
    def _pending_line(self) -> float:
        return float(QFontMetricsF(small_font(self)).height()) + 4

    def _pending_column(self) -> QRectF:
        """Return the area of the pending words at the left edge; empty if there are none."""
        area, metrics = self.area, QFontMetricsF(small_font(self))
        lines = min(len(self._pending), max(int(area.height() / self._pending_line), 1))
        texts = [look.text for look in islice(self._pending.values(), lines)]
        if lines < len(self._pending):
            texts.append(f"+ {len(self._pending)} more")
        widest = max(map(metrics.horizontalAdvance, texts), default=0.0)
        width = min(widest, LONGEST_LABEL) + PENDING_MARK + 14 if lines else 0.0
        return QRectF(area.left(), area.top(), width, lines * self._pending_line)

    # Painting

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        if self.picture is None or self.area.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(self))
        painter.save()
        painter.setClipRect(self.area)
        places = self.places
        self._paint_pending(painter)
        self._paint_rings(painter, places)
        self._paint_labels(painter, places)
        self._paint_hovered(painter, places)
        painter.restore()
        if self._band is not None:
            fill = QColor(self.theme.accent)
            fill.setAlphaF(0.15)
            painter.setPen(QPen(QColor(self.theme.accent), 1, Qt.PenStyle.DashLine))
            painter.setBrush(fill)
            painter.drawRect(self._band)

    def _paint_rings(self, painter: QPainter, places: Doubles) -> None:
        """Ring the selected words, the primary one with a thicker line."""
        if self.picture is None:
            return
        radius = self.point_size / 2 + 3.5
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for i in self._rows_of(self._selection.words):
            is_primary = self.picture.words[i] == self._selection.primary
            width = 2.8 if is_primary else 1.6
            for colour, line in ((self.theme.base, width + 2), (self.theme.accent, width)):
                painter.setPen(QPen(QColor(colour), line))
                painter.drawEllipse(QPointF(*places[i]), radius, radius)

    def _paint_hovered(self, painter: QPainter, places: Doubles) -> None:
        """Enlarge every point of the hovered word."""
        if self.picture is None:
            return
        for i in self._rows_of(self._hovered):
            look, at = self.picture.looks[i], QPointF(*places[i])
            size = 1.5 * self.point_size
            look.paint(painter, at, size, self.theme)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.text), 1.2))
            painter.drawEllipse(at, size / 2 + 1.5, size / 2 + 1.5)

    def _paint_labels(self, painter: QPainter, places: Doubles) -> None:
        room = self._prepared()
        if self.picture is None or room is None:
            return
        metrics = QFontMetricsF(painter.font())
        selected = set(self._rows_of(self._selection.words))
        hovered = set(self._rows_of(self._hovered))
        for i, box in self.labels().items():
            place = _rect(box).translated(QPointF(*(places[i] - room.points[i])))
            colour = self.theme.text
            if i in selected or i in hovered:
                plate = self.theme.text if i in hovered else self.theme.accent
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(plate))
                painter.drawRoundedRect(place, 3, 3)
                colour = text_on(plate)
            painter.setPen(QColor(colour))
            text = metrics.elidedText(
                self.picture.titles[i],
                Qt.TextElideMode.ElideRight,
                place.width() - 2 * LABEL_PAD + 1,
            )
            painter.drawText(place, Align.AlignCenter, text)

    def _paint_pending(self, painter: QPainter) -> None:
        column, line = self._pending_column(), self._pending_line
        if column.isEmpty():
            return
        ground = QColor(self.theme.base)
        ground.setAlphaF(0.85)
        painter.fillRect(column, ground)
        room = round(column.height() / line)
        metrics = QFontMetricsF(painter.font())
        places = self.pending_places()
        for i, (word, look) in enumerate(self._pending.items()):
            text = look.text
            if i == room - 1 and len(self._pending) > room:
                text = f"+ {len(self._pending) - i} more"
            elif i >= room:
                break
            at = places[word]
            mark_of(look, Mark.PENDING).paint(painter, at, PENDING_MARK, self.theme)
            left = at.x() + PENDING_MARK / 2 + 4
            place = QRectF(left, at.y() - line / 2, column.right() - left, line)
            painter.setPen(QColor(self.theme.muted))
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Align.AlignVCenter, elided)

    # Pointing

    def word_at(self, at: QPointF) -> WordId | None:
        """Return the word whose mark or label is at a position in the widget."""
        if self.picture is None or not self.picture.rows or not self.area.contains(at):
            return None
        way = np.hypot(*(self.places - np.array(at.toTuple())).T)
        nearest = int(way.argmin())
        if way[nearest] <= self.point_size / 2 + REACH:
            return self.picture.words[nearest]
        labels = self.labels().items()
        found = (self.picture.words[i] for i, box in labels if _rect(box).contains(at))
        return next(found, None)

    def _point(self, word: WordId | None) -> None:
        if word != self._pointed:
            self._pointed = word
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if word else Qt.CursorShape.ArrowCursor
            )
            self.word_pointed.emit(word or "")
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._press = self._last = event.position()
        self._is_dragging = False
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._band = QRectF(self._press, self._press)
        # The surrounding chart takes the focus.
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._press is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._point(self.word_at(at))
            return
        far = (at - self._press).manhattanLength() >= QApplication.startDragDistance()
        self._is_dragging = self._is_dragging or far
        if not self._is_dragging:
            return
        if self._band is not None:
            self._band = QRectF(self._press, at).normalized()
            self.viewport().update()
        else:
            self.pan(at - self._last)
        self._last = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        press, band = self._press, self._band
        self._press = self._band = None
        self.viewport().update()
        if press is None:
            return
        if self._is_dragging:
            if band is not None:
                self.words_chosen.emit(self._words_in(band))
            return
        word = self.word_at(event.position())
        if word is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.word_toggled.emit(word)
        else:
            self.word_chosen.emit(word)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        word = self.word_at(event.position())
        if word is None:
            self.show_whole()
        else:
            self.play_requested.emit([word])

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(0.999 ** event.angleDelta().y(), event.position())

    def _words_in(self, band: QRectF) -> list[WordId]:
        if self.picture is None:
            return []
        found = [
            word
            for word, place in zip(self.picture.words, self.places.tolist(), strict=True)
            if band.contains(QPointF(*place))
        ]
        return list(dict.fromkeys(found))


def _rect(box: Box) -> QRectF:
    left, top, right, bottom = box
    return QRectF(left, top, right - left, bottom - top)
