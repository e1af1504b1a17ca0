from collections.abc import Mapping
from math import ceil, floor, log10
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEasingCurve as Easing
from PySide6.QtCore import QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from vgdesk.core.arrays import Doubles
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.views.maps.map_labels import Box
from vgdesk.ui.views.maps.map_marks import MarkLook
from vgdesk.ui.views.maps.map_picture import MapPicture, moved

GLIDE_MS = 250
# With more points the animation would stutter.
MOST_GLIDING = 2000
LEAST_WAY = 0.5  # pixels
PADDING = 0.08
GRID_PIXELS = 70
Align = Qt.AlignmentFlag


class MapCanvas(pg.GraphicsLayoutWidget):
    """Draws points on a plane with equal axes, and animates them to new places."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.picture: MapPicture | None = None
        self.reduced_motion = False
        self.point_size = 10
        self._shown: Doubles = np.empty((0, 2))
        self._starts = self._shown
        self._styles: dict[str, Any] = {}
        self._pens: dict[MarkLook, tuple[QPen, QBrush]] = {}
        self._is_whole = True
        self._whole_width = 1.0
        self._be_plain()
        self.box = pg.ViewBox(
            lockAspect=True, enableMouse=False, enableMenu=False, defaultPadding=0
        )
        self.scatter = pg.ScatterPlotItem()
        self.box.addItem(self.scatter)
        self.addItem(self.box)
        self.box.sigResized.connect(self._box_resized)
        self.box.sigRangeChanged.connect(self.invalidate)
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(GLIDE_MS)
        self._glide.setStartValue(0.0)
        self._glide.setEndValue(1.0)
        self._glide.setEasingCurve(Easing.Type.InOutCubic)
        self._glide.valueChanged.connect(self._glide_on)

    def _be_plain(self) -> None:
        """Leave keys to the surrounding chart, and disable partial updates."""
        self.setFrameShape(self.Shape.NoFrame)
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        # Titles and grid change without a change of size.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        for part in (self, self.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    # Content

    def show_picture(self, picture: MapPicture, sources: Mapping[str, QPointF]) -> None:
        """Show new points; existing rows move smoothly to their new places.

        Parameters
        ----------
        sources
            Start positions of new words, in pixels.
        """
        before = self.picture
        old = dict(zip(before.rows, self.places, strict=True)) if before else {}
        self._glide.stop()
        self.picture, self._shown = picture, picture.points
        self._lay_out(picture)
        if before is None or moved(before, picture) or not self._is_all_visible():
            self.show_whole()
        self._style_points()
        self._set_off(picture, old, sources)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._pens.clear()
        self._style_points()
        self._draw_points()
        self.invalidate()

    def show_whole(self) -> None:
        """Show all points with some padding."""
        if self.picture is None or not self.picture.rows:
            return
        low, high = self.picture.points.min(axis=0), self.picture.points.max(axis=0)
        # Collinear or coincident points need a width and a height, too.
        span = float((high - low).max()) or 1.0
        half = np.maximum((high - low) / 2, 0.01 * span)
        middle = (low + high) / 2
        (left, bottom), (right, top) = middle - half, middle + half
        self.box.setRange(xRange=(left, right), yRange=(bottom, top), padding=PADDING)
        self._is_whole = True
        self._whole_width = self._view()[2] - self._view()[0]

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in (below 1) or out around a point of the widget, at most to everything."""
        left, _, right, _ = self._view()
        if (right - left) * factor >= self._whole_width:
            self.show_whole()
            return
        x, y = self._values_of(np.array((at or self.area.center()).toTuple()))
        self._is_whole = False
        self.box.scaleBy((factor, factor), center=QPointF(x, y))

    def pan(self, way: QPointF) -> None:
        """Scroll by a distance in pixels."""
        scale = self._scale()
        self._is_whole = False
        self.box.translateBy(x=-way.x() / scale[0], y=-way.y() / scale[1])

    def show_point(self, row: int) -> None:
        """Scroll until a point is visible."""
        if self.picture is not None:
            place = QPointF(*self.pixels_of(self.picture.points[row]))
            if not self.area.contains(place):
                self.pan(self.area.center() - place)

    # Coordinates

    @property
    def area(self) -> QRectF:
        """The drawing area, in pixels."""
        return QRectF(self.box.sceneBoundingRect())

    @property
    def area_box(self) -> Box:
        area = self.area
        return area.left(), area.top(), area.right(), area.bottom()

    @property
    def places(self) -> Doubles:
        """Current positions of the points, in pixels, also during the animation."""
        return self.pixels_of(self._shown)

    def pixels_of(self, points: Doubles) -> Doubles:
        left, _, _, top = self._view()
        corner = np.array([self.area.left(), self.area.top()])
        pixels: Doubles = corner + (points - (left, top)) * self._scale()
        return pixels

    def _values_of(self, pixels: Doubles) -> Doubles:
        left, _, _, top = self._view()
        corner = np.array([self.area.left(), self.area.top()])
        values: Doubles = (left, top) + (pixels - corner) / self._scale()
        return values

    def _view(self) -> Box:
        (left, right), (bottom, top) = self.box.viewRange()
        return left, bottom, right, top

    def _scale(self) -> Doubles:
        """Return the pixels per unit to the right and up."""
        left, bottom, right, top = self._view()
        return np.array([self.area.width() / (right - left), -self.area.height() / (top - bottom)])

    def _is_all_visible(self) -> bool:
        if not self._is_whole or self.picture is None:
            return True
        left, bottom, right, top = self._view()
        low, high = np.array([left, bottom]), np.array([right, top])
        points = self.picture.points
        return bool(((points >= low) & (points <= high)).all())

    def _lay_out(self, picture: MapPicture) -> None:
        """Reserve space for the titles of the axes."""
        below, beside = (self._title_height if title else 4 for title in picture.axes)
        self.ci.setContentsMargins(beside, 4, 4, below)

    @property
    def _title_height(self) -> int:
        return int(self.fontMetrics().height()) + 3

    def _box_resized(self) -> None:
        if self._is_whole:
            self.show_whole()
        self._style_points()
        self._draw_points()
        self.invalidate()

    # Points

    def _style_points(self) -> None:
        if self.picture is None or not self.picture.rows:
            return
        room = self.area.width() * self.area.height() / len(self.picture.rows)
        size = round(min(max(0.3 * room**0.5, 6), 11))
        if size != self.point_size:
            self.point_size = size
            self._pens.clear()
        looks = self.picture.looks
        # The plot caches a drawing for every pen, so pens are reused.
        for look in set(looks) - set(self._pens):
            self._pens[look] = look.style(size, self.theme)
        self._styles = {
            "size": [look.scaled(size) for look in looks],
            "symbol": [look.symbol for look in looks],
            "pen": [self._pens[look][0] for look in looks],
            "brush": [self._pens[look][1] for look in looks],
        }

    def _draw_points(self) -> None:
        self.scatter.setData(x=self._shown[:, 0], y=self._shown[:, 1], **self._styles)
        self.viewport().update()

    def _set_off(
        self, picture: MapPicture, old: Mapping[str, Doubles], sources: Mapping[str, QPointF]
    ) -> None:
        """Animate points from their old pixel positions, because the scale may have changed."""
        new = {word: np.array(place.toTuple()) for word, place in sources.items()}
        rest = self.pixels_of(picture.points)
        starts = rest.copy()
        for i, (row, word) in enumerate(zip(picture.rows, picture.words, strict=True)):
            starts[i] = old.get(row, new.get(word, rest[i]))
        way = np.abs(starts - rest).max(initial=0.0)
        is_still = self.reduced_motion or not self.isVisible() or len(starts) > MOST_GLIDING
        self._starts = self._values_of(starts)
        if is_still or way < LEAST_WAY:
            self._glide_on(1.0)
        else:
            self._glide_on(0.0)
            self._glide.start()
        self.invalidate()

    def _glide_on(self, share: float) -> None:
        if self.picture is not None:
            # In this form the end equals the values exactly, without rounding.
            way = (1 - share) * (self._starts - self.picture.points)
            self._shown = self.picture.points + way
            self._draw_points()

    def invalidate(self) -> None:
        """Discard the layout of labels."""
        self.viewport().update()

    # Painting

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(rect, QColor(self.theme.base))
        if self.picture is None or self.area.isEmpty():
            return
        pattern = Qt.PenStyle.DotLine if self.theme.is_high_contrast else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(self.theme.grid), 1, pattern))
        self._paint_grid(painter)
        self._paint_titles(painter)

    def _paint_grid(self, painter: QPainter) -> None:
        """Draw lines at round values, with equal spacing on both axes."""
        area, scale = self.area, self._scale()
        left, bottom, right, top = self._view()
        step = _round_step(GRID_PIXELS / scale[0])
        for value in range(ceil(left / step), floor(right / step) + 1):
            x = round(area.left() + (value * step - left) * scale[0]) + 0.5
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        for value in range(ceil(bottom / step), floor(top / step) + 1):
            y = round(area.top() + (value * step - top) * scale[1]) + 0.5
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))

    def _paint_titles(self, painter: QPainter) -> None:
        area, height = self.area, self._title_height
        across, upwards = self.picture.axes if self.picture else ("", "")
        painter.setPen(QColor(self.theme.muted))
        below = QRectF(area.left(), area.bottom() + 1, area.width(), height)
        painter.drawText(below, Align.AlignHCenter | Align.AlignTop, across)
        painter.save()
        painter.translate(area.left() - 1, area.bottom())
        painter.rotate(-90)
        beside = QRectF(0, -height, area.height(), height)
        painter.drawText(beside, Align.AlignHCenter | Align.AlignBottom, upwards)
        painter.restore()


def _round_step(at_least: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    power: float = 10.0 ** floor(log10(at_least))
    return power * next(step for step in (1, 2, 5, 10) if step * power >= at_least)
