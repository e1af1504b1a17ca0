from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from vgdesk.ui.style.fonts import small_font
from vgdesk.ui.style.theme import Theme, text_on
from vgdesk.ui.views.heatmaps.colour_bar import bar_text_width
from vgdesk.ui.views.heatmaps.matrix_layout import STRIP, MatrixLayout, Needs, Window, lay_out
from vgdesk.ui.views.heatmaps.matrix_painter import LABEL_SPACE, MatrixPainter, names_fit
from vgdesk.ui.views.heatmaps.matrix_picture import Axis, MatrixPicture

STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


@dataclass(frozen=True, slots=True)
class Marks:
    """Emphasis: frames of single cells, lines and labels of whole rows and columns."""

    cells: tuple[tuple[int, int], ...] = ()
    lines: tuple[int, ...] = ()
    hovered: int | None = None


def _label_box(painter: QPainter, matrix: MatrixPainter, index: int, *, is_row: bool) -> QRectF:
    """Return the background box of an emphasised label."""
    axis = matrix.picture.rows if is_row else matrix.picture.columns
    place, text = matrix.label_place(index, index + 1, is_row=is_row), axis.labels[index]
    metrics = QFontMetricsF(painter.font())
    line, length = metrics.height(), metrics.horizontalAdvance(text) + 6
    middle = place.center()
    if is_row:
        length = min(length, place.width() + 6)
        return QRectF(place.right() + 3 - length, middle.y() - line / 2, length, line)
    if axis.is_turned:
        length = min(length, place.height() + 6)
        top = place.top() - 3 if matrix.picture.is_upward else place.bottom() + 3 - length
        return QRectF(middle.x() - line / 2, top, line, length)
    return QRectF(middle.x() - length / 2, place.y(), length, place.height())


def _sides(picture: MatrixPicture) -> tuple[Axis, Axis]:
    return picture.rows, picture.columns


class MatrixChart(QWidget):
    """Shows a matrix picture, and signals hovered and clicked cells, rows and columns."""

    cell_pointed = Signal(int, int)
    cell_clicked = Signal(int, int)
    cell_double_clicked = Signal(int, int)
    row_clicked = Signal(int)
    row_double_clicked = Signal(int)

    def __init__(self, theme: Theme, describe: Callable[[int, int], str]) -> None:
        """`describe` returns a text about the cell of a row and a column."""
        super().__init__()
        self.theme = theme
        self.readout = ""
        self._describe = describe
        self._picture: MatrixPicture | None = None
        self._window = Window(0, 0, 0, 0)
        self._marks = Marks()
        self._pointed: tuple[int, int] | None = None
        self._backdrop: QPixmap | None = None
        self._painter: MatrixPainter | None = None
        self._press: QPointF | None = None
        self._is_dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_picture(self, picture: MatrixPicture) -> None:
        """Show a matrix; the zoom is kept if the shape is the same."""
        rows, columns = picture.values.shape
        if self._picture is None or self._picture.values.shape != picture.values.shape:
            self._window = Window(0, 0, columns, rows)
            self._pointed = None
        self._picture = picture
        self._refresh()

    def set_marks(self, marks: Marks) -> None:
        self._marks = marks
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._refresh()

    def rect_of(self, row: int, column: int) -> QRectF:
        """Return the rectangle of a cell in the widget."""
        painter = self._prepared()
        return painter.rect_of(row, column) if painter else QRectF()

    def label_rect_of(self, row: int) -> QRectF:
        """Return the rectangle of a row label in the widget."""
        painter = self._prepared()
        return painter.label_place(row, row + 1, is_row=True) if painter else QRectF()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in (below 1) or out around a position in the widget."""
        painter = self._prepared()
        if painter is None or self._picture is None:
            return
        cells = painter.layout.cells
        at = at or cells.center()
        share = QPointF((at.x() - cells.x()) / cells.width(), (at.y() - cells.y()) / cells.height())
        self._window = self._window.zoomed(factor, share, self._shape)
        self._refresh()

    # Drawing

    @property
    def _shape(self) -> tuple[int, int]:
        if self._picture is None:
            return 0, 0
        rows, columns = self._picture.values.shape
        return rows, columns

    def _refresh(self) -> None:
        self._backdrop = self._painter = None
        self.update()

    def _prepared(self) -> MatrixPainter | None:
        if self._painter is None and self._picture is not None and min(self._shape):
            picture, fonts = self._turned(self._picture), (small_font(self), small_font(self, 0.78))
            least = QFontMetricsF(fonts[1]).height()
            layout = self._lay_out(picture, [axis.labels for axis in _sides(picture)])
            cell = layout.cells.width() / self._shape[1]
            # Space for labels that do not fit would be wasted.
            if cell + 1 < least and names_fit(picture.rows.runs, cell, least):
                names = [[run.name for run in axis.runs] for axis in _sides(picture)]
                layout = self._lay_out(picture, names)
            self._painter = MatrixPainter(picture, layout, self._window, self.theme, *fonts)
        return self._painter

    def _turned(self, picture: MatrixPicture) -> MatrixPicture:
        """Rotate the column labels if they do not fit side by side."""
        columns = picture.columns
        if columns.is_turned or columns.is_counted:
            return picture
        layout = self._lay_out(picture, [axis.labels for axis in _sides(picture)])
        metrics = QFontMetricsF(small_font(self))
        widest = max(metrics.horizontalAdvance(label) for label in columns.labels)
        if layout.cells.width() / self._shape[1] >= widest + LABEL_SPACE:
            return picture
        return replace(picture, columns=replace(columns, is_turned=True))

    def _lay_out(self, picture: MatrixPicture, names: Sequence[Sequence[str]]) -> MatrixLayout:
        font = small_font(self)
        metrics = QFontMetricsF(font)
        widths = [
            max((metrics.horizontalAdvance(name) for name in set(side)), default=0) + 2
            for side in names
        ]
        needs = Needs(
            shape=self._shape,
            row_label=widths[0],
            column_label=widths[1] if picture.columns.is_turned else metrics.height(),
            line=metrics.height(),
            strip=STRIP if picture.rows.runs else 0,
            bar_text=bar_text_width(picture.bar, font),
            has_titles=bool(picture.rows.title),
            is_upward=picture.is_upward,
        )
        return lay_out(QSizeF(self.size()), needs)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        matrix = self._prepared()
        if self._backdrop is None:
            self._backdrop = QPixmap(self.size() * ratio)
            self._backdrop.setDevicePixelRatio(ratio)
            self._backdrop.fill(QColor(self.theme.base))
            if matrix is not None:
                behind = QPainter(self._backdrop)
                behind.setRenderHint(QPainter.RenderHint.Antialiasing)
                matrix.paint(behind, ratio)
                behind.end()
        painter.drawPixmap(0, 0, self._backdrop)
        if matrix is not None:
            self._paint_marks(painter, matrix)

    def _paint_marks(self, painter: QPainter, matrix: MatrixPainter) -> None:
        painter.setFont(matrix.label_font)
        for line in self._marks.lines:
            self._paint_line(painter, matrix, line)
        labels = [(line, line, self.theme.accent) for line in self._marks.lines]
        if self._marks.hovered is not None:
            labels.append((self._marks.hovered, self._marks.hovered, self.theme.text))
        if self._pointed is not None:
            labels.append((*self._pointed, self.theme.text))
        self._paint_labels(painter, matrix, labels)
        painter.setClipRect(matrix.layout.cells.adjusted(-3, -3, 3, 3))
        for row, column in self._marks.cells:
            self._frame(painter, matrix.rect_of(row, column), 2.0)
        if self._pointed is not None:
            self._frame(painter, matrix.rect_of(*self._pointed), 1.0)

    def _frame(self, painter: QPainter, rect: QRectF, width: float) -> None:
        """Draw a frame visible on every colour: text colour on background colour."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        small = max(0.0, 5 - rect.width()) / 2
        rect = rect.adjusted(-small, -small, small, small)
        for colour, thickness in ((self.theme.base, width + 2.4), (self.theme.text, width)):
            painter.setPen(QPen(QColor(colour), thickness, j=Qt.PenJoinStyle.MiterJoin))
            painter.drawRect(rect)

    def _paint_line(self, painter: QPainter, matrix: MatrixPainter, index: int) -> None:
        cells, cell = matrix.layout.cells, matrix.rect_of(index, index)
        painter.setPen(QPen(QColor(self.theme.accent), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        row = QRectF(cells.left(), cell.top(), cells.width(), cell.height())
        column = QRectF(cell.left(), cells.top(), cell.width(), cells.height())
        for band in (row, column):
            if cells.intersects(band):
                painter.drawRect(band.intersected(cells))

    def _paint_labels(
        self, painter: QPainter, matrix: MatrixPainter, labels: Sequence[tuple[int, int, str]]
    ) -> None:
        """Write emphasised labels of rows and columns, even if normally left out.

        Parameters
        ----------
        labels
            Row, column and background colour.
        """
        sides = [(row, True, fill) for row, _, fill in labels]
        sides += [(column, False, fill) for _, column, fill in labels]
        boxes = [
            (_label_box(painter, matrix, index, is_row=is_row), index, is_row, fill)
            for index, is_row, fill in sides
            if matrix.is_in_margin(index, is_row=is_row)
        ]
        for box, _, is_row, _ in boxes:
            for name in matrix.names_at(box, is_row=is_row):
                painter.fillRect(name.adjusted(-1, -1, 1, 1), QColor(self.theme.base))
        for box, index, is_row, fill in boxes:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(fill))
            painter.drawRoundedRect(box, 2, 2)
            painter.setPen(QColor(text_on(fill)))
            axis = matrix.picture.rows if is_row else matrix.picture.columns
            place = matrix.label_place(index, index + 1, is_row=is_row)
            matrix.paint_label(painter, axis.labels[index], place, is_row=is_row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._refresh()
        super().changeEvent(event)

    # Pointing

    def _point(self, cell: tuple[int, int] | None, at: QPoint | None = None) -> None:
        if cell == self._pointed:
            return
        self._pointed = cell
        self.readout = self._describe(*cell) if cell else ""
        self.cell_pointed.emit(*(cell or (-1, -1)))
        if cell is None:
            QToolTip.hideText()
        else:
            where = at or self.rect_of(*cell).bottomRight().toPoint()
            QToolTip.showText(self.mapToGlobal(where), self.readout, self)
        self.update()

    def _line_at(self, at: QPointF) -> int | None:
        """Return the index of the row or column whose label is at a position."""
        matrix = self._prepared()
        if matrix is None:
            return None
        layout = matrix.layout
        if layout.row_labels.united(layout.row_strip).contains(at):
            return matrix.row_at(at.y())
        if layout.column_labels.united(layout.column_strip).contains(at):
            return matrix.column_at(at.x())
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        matrix = self._prepared()
        if matrix is None:
            return
        if self._press is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event.position(), matrix)
            return
        self._point(matrix.cell_at(event.position()), event.position().toPoint())

    def _drag(self, at: QPointF, matrix: MatrixPainter) -> None:
        if self._press is None:
            return
        way = at - self._press
        if not self._is_dragging and way.manhattanLength() < QApplication.startDragDistance():
            return
        self._is_dragging = True
        self._press = at
        self._window = self._window.moved(
            -way.x() / matrix.cell, -way.y() / matrix.cell, self._shape
        )
        self._refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press, self._is_dragging = event.position(), False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._press = self._press is not None, None
        matrix = self._prepared()
        if matrix is None or not pressed or self._is_dragging:
            return
        cell, line = matrix.cell_at(event.position()), self._line_at(event.position())
        if cell is not None:
            self.cell_clicked.emit(*cell)
        elif line is not None:
            self.row_clicked.emit(line)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        matrix = self._prepared()
        if matrix is None:
            return
        cell, line = matrix.cell_at(event.position()), self._line_at(event.position())
        if cell is not None:
            self.cell_double_clicked.emit(*cell)
        elif line is not None:
            self.row_double_clicked.emit(line)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(0.999 ** event.angleDelta().y(), event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not min(self._shape):
            super().keyPressEvent(event)
        elif key in STEPS:
            self._step(*STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pointed is not None:
            self.cell_clicked.emit(*self._pointed)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_0):
            self.zoom({Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Minus: 1.25}.get(key, 1e9))
        else:
            super().keyPressEvent(event)

    def _step(self, down: int, right: int) -> None:
        rows, columns = self._shape
        if self._pointed is None:
            start: Iterable[tuple[int, int]] = (*self._marks.cells, (0, 0))
            self._point(next(iter(start)))
            return
        row, column = self._pointed
        row += -down if self._picture is not None and self._picture.is_upward else down
        cell = min(max(row, 0), rows - 1), min(max(column + right, 0), columns - 1)
        self._point(cell)
