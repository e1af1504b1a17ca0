from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from vgdesk.ui.style.theme import Theme, mixed, text_on
from vgdesk.ui.views.axes import label_step
from vgdesk.ui.views.heatmaps.colour_bar import ColourBar
from vgdesk.ui.views.heatmaps.matrix_layout import MatrixLayout, Window
from vgdesk.ui.views.heatmaps.matrix_picture import (
    Axis,
    MatrixPicture,
    Pixels,
    Run,
    pixels_of,
)
from vgdesk.ui.widgets.turned_text import draw_text

Align = Qt.AlignmentFlag
LEAST_CELL_WITH_GAPS = 10
LABEL_SPACE = 6


@dataclass(frozen=True, slots=True)
class MatrixPainter:
    """Paints a matrix picture into a layout.

    Attributes
    ----------
    font, least_font
        The usual font, and the smallest readable one for labels and values of small cells.
    """

    picture: MatrixPicture
    layout: MatrixLayout
    window: Window
    theme: Theme
    font: QFont
    least_font: QFont

    @property
    def cell(self) -> float:
        """The side of a cell, in pixels."""
        return self.layout.cells.width() / max(self.window.width, 1e-9)

    def rect_of(self, row: int, column: int) -> QRectF:
        """Return the rectangle of a cell, even outside the window."""
        across, down = column - self.window.x, self._shown_row(row) - self.window.y
        return QRectF(
            self.layout.cells.x() + across * self.cell,
            self.layout.cells.y() + down * self.cell,
            self.cell,
            self.cell,
        )

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return the row and the column of the cell at a position."""
        if not self.layout.cells.contains(at):
            return None
        return self.row_at(at.y()), self.column_at(at.x())

    def row_at(self, y: float) -> int:
        shown = floor(self.window.y + (y - self.layout.cells.y()) / self.cell)
        return self._shown_row(min(max(shown, 0), self._rows - 1))

    def column_at(self, x: float) -> int:
        column = floor(self.window.x + (x - self.layout.cells.x()) / self.cell)
        return min(max(column, 0), len(self.picture.columns.labels) - 1)

    def paint(self, painter: QPainter, ratio: float) -> None:
        """Paint everything except marks.

        Parameters
        ----------
        ratio
            Device pixels per pixel of the widget.
        """
        painter.setFont(self.font)
        self._paint_cells(painter, ratio)
        self._paint_separators(painter)
        self._paint_axis(painter, self.picture.rows, is_row=True)
        self._paint_axis(painter, self.picture.columns, is_row=False)
        ColourBar(self.picture, self.layout, self.theme, self.font).paint(painter)

    # The cells

    def _paint_cells(self, painter: QPainter, ratio: float) -> None:
        cells = self.layout.cells
        painter.fillRect(cells, QColor(mixed(self.theme.base, self.theme.text, 0.05)))
        hatch = QBrush(QColor(mixed(self.theme.base, self.theme.text, 0.3)))
        hatch.setStyle(Qt.BrushStyle.BDiagPattern)
        painter.fillRect(cells, hatch)
        top, bottom = floor(self.window.y), ceil(self.window.y + self.window.height - 1e-9)
        left, right = floor(self.window.x), ceil(self.window.x + self.window.width - 1e-9)
        part = self._part(top, bottom, left, right)
        fit = max(1, floor(self.cell * ratio * (bottom - top)))
        fit_across = max(1, floor(self.cell * ratio * (right - left)))
        pixels = np.ascontiguousarray(pixels_of(part, self.theme, (fit, fit_across)))
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
        corner = cells.topLeft() + QPointF(left - self.window.x, top - self.window.y) * self.cell
        size = QSizeF(right - left, bottom - top) * self.cell
        target = _on_pixels(QRectF(corner, size), ratio)
        painter.save()
        painter.setClipRect(cells)
        painter.drawImage(target, image)
        if self.cell >= LEAST_CELL_WITH_GAPS:
            self._paint_gaps(painter, (top, bottom), (left, right))
            if pixels.shape[:2] == part.values.shape:
                self._paint_values(painter, part, pixels, corner)
        painter.restore()

    def _part(self, top: int, bottom: int, left: int, right: int) -> MatrixPicture:
        """Return the visible part of the picture, flipped so that the top row comes first."""
        picture = self.picture
        flip = slice(None, None, -1 if picture.is_upward else 1)
        rows, columns = slice(top, bottom), slice(left, right)
        masked, faint = picture.masked, picture.faint
        return replace(
            picture,
            values=picture.values[flip][rows, columns],
            masked=None if masked is None else masked[flip][rows, columns],
            faint=None if faint is None else faint[flip][rows, columns],
        )

    def _paint_gaps(
        self, painter: QPainter, rows: tuple[int, int], columns: tuple[int, int]
    ) -> None:
        cells = self.layout.cells
        painter.setPen(QPen(QColor(self.theme.base), 1))
        for row in range(rows[0], rows[1] + 1):
            y = cells.y() + (row - self.window.y) * self.cell
            painter.drawLine(QPointF(cells.left(), y), QPointF(cells.right(), y))
        for column in range(columns[0], columns[1] + 1):
            x = cells.x() + (column - self.window.x) * self.cell
            painter.drawLine(QPointF(x, cells.top()), QPointF(x, cells.bottom()))

    def _paint_values(
        self, painter: QPainter, part: MatrixPicture, pixels: Pixels, corner: QPointF
    ) -> None:
        digits = digits_that_fit(self.cell, self.font)
        painter.setFont(self.font)
        if digits < 2 and digits_that_fit(self.cell, self.least_font) > digits:
            digits = digits_that_fit(self.cell, self.least_font)
            painter.setFont(self.least_font)
        dot = dot_radius(self.cell)
        for (row, column), value in np.ndenumerate(part.values):
            hidden = part.masked is not None and part.masked[row, column]
            if np.isnan(value) or hidden:
                continue
            blue, green, red, _ = (int(part) for part in pixels[row, column])
            ink = QColor(text_on(f"#{red:02x}{green:02x}{blue:02x}"))
            place = QRectF(corner + QPointF(column, row) * self.cell, self.layout.cells.size())
            place.setSize(QRectF(0, 0, self.cell, self.cell).size())
            if part.faint is not None and part.faint[row, column]:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink)
                painter.drawEllipse(place.topRight() + QPointF(-3 * dot, 3 * dot), dot, dot)
            if digits:
                painter.setPen(ink)
                painter.drawText(place, Align.AlignCenter, printed(float(value), digits))

    def _paint_separators(self, painter: QPainter) -> None:
        cells = self.layout.cells
        width = min(3.0, max(1.0, self.cell / 4))
        painter.save()
        painter.setClipRect(cells)
        painter.setPen(QPen(QColor(self.theme.base), width))
        for run in _separated(self.picture.rows.runs):
            y = self.rect_of(run.start, 0).y()
            painter.drawLine(QPointF(cells.left(), y), QPointF(cells.right(), y))
        for run in _separated(self.picture.columns.runs):
            x = self.rect_of(0, run.start).x()
            painter.drawLine(QPointF(x, cells.top()), QPointF(x, cells.bottom()))
        painter.restore()

    # The margins

    def _paint_axis(self, painter: QPainter, axis: Axis, *, is_row: bool) -> None:
        self._paint_strip(painter, axis, is_row=is_row)
        painter.setPen(QColor(self.theme.text))
        painter.setFont(self.label_font)
        for text, place in self._labels(axis, is_row=is_row):
            self.paint_label(painter, text, place, is_row=is_row)
        painter.setPen(QColor(self.theme.muted))
        painter.setFont(self.font)
        title = self.layout.row_title if is_row else self.layout.column_title
        if axis.title and not title.isEmpty():
            draw_text(painter, title, axis.title, Align.AlignCenter, is_turned=is_row)

    def label_place(self, start: float, stop: float, *, is_row: bool) -> QRectF:
        """Return the rectangle for the label of the cells from `start` to `stop`."""
        area = self._area(is_row=is_row)
        if is_row:
            edges = [self.rect_of(int(i), 0) for i in (start, stop - 1)]
            top = min(edge.top() for edge in edges)
            return QRectF(area.x(), top, area.width(), max(e.bottom() for e in edges) - top)
        left = self.rect_of(0, int(start)).left()
        return QRectF(left, area.y(), (stop - start) * self.cell, area.height())

    def is_in_margin(self, index: int, *, is_row: bool) -> bool:
        """Return whether the label of a row or column is visible."""
        place = self.label_place(index, index + 1, is_row=is_row)
        return self._area(is_row=is_row).adjusted(-2, -2, 2, 2).contains(place.center())

    def paint_label(self, painter: QPainter, text: str, place: QRectF, *, is_row: bool) -> None:
        """Write a label beside its cells, even if these are smaller than the text."""
        metrics = QFontMetricsF(painter.font())
        line = metrics.height()
        axis = self.picture.rows if is_row else self.picture.columns
        if is_row:
            place = _at_least(place, 0, line)
            draw_text(painter, place, text, Align.AlignRight | Align.AlignVCenter)
        elif axis.is_turned:
            place = _at_least(place, line, 0)
            side = Align.AlignRight if self.picture.is_upward else Align.AlignLeft
            draw_text(painter, place, text, side | Align.AlignVCenter, is_turned=True)
        else:
            wide = _at_least(place, metrics.horizontalAdvance(text) + 4, 0)
            draw_text(painter, wide, text, Align.AlignHCenter | Align.AlignTop)

    @property
    def label_font(self) -> QFont:
        """The smaller font if only that allows a label for every word."""
        line, least = (QFontMetricsF(font).height() for font in (self.font, self.least_font))
        return self.least_font if least <= self.cell + 1 < line + 1 else self.font

    def _labels(self, axis: Axis, *, is_row: bool) -> Iterator[tuple[str, QRectF]]:
        """Yield the labels that fit: every word, else the groups, else some words."""
        step = self._label_step(axis, is_row=is_row)
        area = self._area(is_row=is_row)
        if step > 1 and self._shows_groups(axis):
            for run in axis.runs:
                place = self.label_place(run.start, run.stop, is_row=is_row).intersected(area)
                if run.name and not place.isEmpty():
                    yield run.name, place
            return
        for i in range(0, len(axis.labels), step):
            place = self.label_place(i, i + 1, is_row=is_row)
            if area.adjusted(-1, -1, 1, 1).contains(place.center()):
                yield axis.labels[i], place

    def _label_step(self, axis: Axis, *, is_row: bool) -> int:
        metrics = QFontMetricsF(self.label_font)
        extent = metrics.height() - 1
        if not (is_row or axis.is_turned):
            extent = max((metrics.horizontalAdvance(text) for text in axis.labels), default=0)
            extent += LABEL_SPACE
        return label_step(self.cell, extent)

    def _shows_groups(self, axis: Axis) -> bool:
        return names_fit(axis.runs, self.cell, QFontMetricsF(self.label_font).height())

    def names_at(self, box: QRectF, *, is_row: bool) -> list[QRectF]:
        """Return the boxes of names that an additional label would partly cover."""
        axis = self.picture.rows if is_row else self.picture.columns
        if self._label_step(axis, is_row=is_row) == 1:
            return []
        line = QFontMetricsF(self.label_font).height()
        found = []
        for _, place in self._labels(axis, is_row=is_row):
            middle = place.center()
            name = QRectF(place.x(), middle.y() - line / 2, place.width(), line)
            if not is_row:
                name = QRectF(middle.x() - line / 2, place.y(), line, place.height())
            if name.intersects(box):
                found.append(name)
        return found

    def _area(self, *, is_row: bool) -> QRectF:
        return self.layout.row_labels if is_row else self.layout.column_labels

    def _paint_strip(self, painter: QPainter, axis: Axis, *, is_row: bool) -> None:
        strip = self.layout.row_strip if is_row else self.layout.column_strip
        if strip.isEmpty():
            return
        painter.save()
        painter.setClipRect(strip)
        for run in axis.runs:
            place = self.label_place(run.start, run.stop, is_row=is_row)
            if is_row:
                place = QRectF(strip.x(), place.y(), strip.width(), place.height())
            else:
                place = QRectF(place.x(), strip.y(), place.width(), strip.height())
            painter.fillRect(place, QColor(run.colour))
        painter.restore()

    @property
    def _rows(self) -> int:
        return len(self.picture.rows.labels)

    def _shown_row(self, row: int) -> int:
        return self._rows - 1 - row if self.picture.is_upward else row


def dot_radius(cell: float) -> float:
    """Return the radius of the dot in a cell that does not differ from chance."""
    return min(max(1.2, cell / 16), 2.2)


def names_fit(runs: tuple[Run, ...], cell: float, line: float) -> bool:
    """Return whether most groups have space for their names; scattered words never do."""
    high = [run for run in runs if (run.stop - run.start) * cell >= line]
    return bool(runs) and 2 * len(high) > len(runs)


def digits_that_fit(cell: float, font: QFont) -> int:
    """Return how many decimals fit into a cell: 2, 1 or none."""
    metrics = QFontMetricsF(font)
    for digits, widest in ((2, "\u2212.00"), (1, "\u2212.0")):
        if max(metrics.horizontalAdvance(widest), metrics.height()) + 2 <= cell:
            return digits
    return 0


def printed(value: float, digits: int) -> str:
    """Format a value without leading zero: .42, \u2212.03, 1.0."""
    text = f"{abs(value):.{digits}f}"
    sign = "\u2212" if value < 0 and float(text) else ""
    return sign + (text[1:] if text.startswith("0.") else text[: digits + 1])


def _on_pixels(place: QRectF, ratio: float) -> QRectF:
    """Align edges with device pixels; the outer rows would otherwise blend with the background."""
    edges = place.left(), place.top(), place.right(), place.bottom()
    left, top, right, bottom = (round(edge * ratio) / ratio for edge in edges)
    return QRectF(left, top, right - left, bottom - top)


def _at_least(place: QRectF, width: float, height: float) -> QRectF:
    across, down = max(0.0, width - place.width()) / 2, max(0.0, height - place.height()) / 2
    return place.adjusted(-across, -down, across, down)


def _separated(runs: Sequence[Run]) -> Sequence[Run]:
    """Return the runs preceded by a line; none if the order does not follow groups."""
    return runs[1:] if len(runs) == len({run.name for run in runs}) else ()
