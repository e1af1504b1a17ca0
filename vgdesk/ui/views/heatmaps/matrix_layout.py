"""Layout of a matrix: sizes to rectangles, without widgets."""

from dataclasses import dataclass
from math import floor

from PySide6.QtCore import QPointF, QRectF, QSizeF

GAP = 4
STRIP = 6
BAR = 12


@dataclass(frozen=True, slots=True)
class Needs:
    """Preferred sizes of the parts of a matrix, in pixels.

    Attributes
    ----------
    row_label, column_label
        Extent of the longest label away from the matrix.
    line
        Height of a line of text.
    strip
        Width of the strips that show the groups; 0 if there are none.
    bar_text
        Width of the text beside the colour bar.
    is_upward
        True if row 0 is at the bottom and the column labels below the matrix.
    """

    shape: tuple[int, int]
    row_label: float
    column_label: float
    line: float
    strip: float
    bar_text: float
    has_titles: bool
    is_upward: bool


@dataclass(frozen=True, slots=True)
class MatrixLayout:
    """Rectangles of the parts of a matrix in its widget.

    Attributes
    ----------
    cells
        The matrix itself; its cells are square.
    bar
        The colour bar without its text.
    bar_is_roomy
        Whether upright text fits beside the bar; otherwise it is rotated.
    """

    cells: QRectF
    row_labels: QRectF
    column_labels: QRectF
    row_strip: QRectF
    column_strip: QRectF
    row_title: QRectF
    column_title: QRectF
    bar: QRectF
    bar_is_roomy: bool


def lay_out(size: QSizeF, needs: Needs) -> MatrixLayout:
    """Fit a matrix with square cells, its labels, titles and colour bar into a widget."""
    title = needs.line + GAP if needs.has_titles else 0.0
    strip = needs.strip + 2 if needs.strip else 0.0
    row_label = min(needs.row_label, 0.26 * size.width())
    column_label = min(needs.column_label, 0.26 * size.height())
    left = GAP + title + row_label + GAP + strip
    around = title + column_label + GAP + strip
    narrow = 2 * GAP + BAR + GAP + needs.line + GAP
    rows, columns = needs.shape
    room = QSizeF(size.width() - left - narrow, size.height() - around - 3 * GAP)
    cell = _cell_size(min(room.width() / max(columns, 1), room.height() / max(rows, 1)))
    width, height = cell * columns, cell * rows
    roomy = 2 * GAP + BAR + 2 * GAP + needs.bar_text
    is_roomy = room.width() + narrow - width >= roomy
    right = roomy if is_roomy else narrow
    x = left + max(0.0, (size.width() - left - width - right) / 2)
    y = max(0.0, (size.height() - around - height) / 2)
    y += 0.0 if needs.is_upward else around
    below = y + height
    label_y = below + GAP + strip if needs.is_upward else y - strip - GAP - column_label
    title_y = label_y + column_label if needs.is_upward else label_y - title
    return MatrixLayout(
        cells=QRectF(x, y, width, height),
        row_labels=QRectF(x - strip - GAP - row_label, y, row_label, height),
        column_labels=QRectF(x, label_y, width, column_label),
        row_strip=QRectF(x - strip, y, needs.strip, height),
        column_strip=QRectF(x, below + 2 if needs.is_upward else y - strip, width, needs.strip),
        row_title=QRectF(x - strip - GAP - row_label - title, y, title, height),
        column_title=QRectF(x, title_y, width, title),
        bar=QRectF(x + width + 2 * GAP, y, BAR, height),
        bar_is_roomy=is_roomy,
    )


def _cell_size(room: float) -> float:
    # Whole pixels keep gaps between large cells equal; small cells need all the space.
    room = max(room, 0.01)
    return float(floor(room)) if room >= 12 else room


@dataclass(frozen=True, slots=True)
class Window:
    """The visible part of a matrix, in cells from the upper left corner of the picture."""

    x: float
    y: float
    width: float
    height: float

    def zoomed(self, factor: float, at: QPointF, shape: tuple[int, int]) -> "Window":
        """Zoom around a point, given as shares from 0 to 1."""
        rows, columns = shape
        least = min(1.0, 4 / max(rows, columns, 1))
        share = min(max(self.width * factor / max(columns, 1), least), 1.0)
        width, height = columns * share, rows * share
        x = self.x + at.x() * (self.width - width)
        y = self.y + at.y() * (self.height - height)
        return Window(x, y, width, height).inside(shape)

    def moved(self, x: float, y: float, shape: tuple[int, int]) -> "Window":
        """Move by a number of cells, but not beyond the matrix."""
        return Window(self.x + x, self.y + y, self.width, self.height).inside(shape)

    def inside(self, shape: tuple[int, int]) -> "Window":
        rows, columns = shape
        return Window(
            min(max(self.x, 0.0), columns - self.width),
            min(max(self.y, 0.0), rows - self.height),
            self.width,
            self.height,
        )
