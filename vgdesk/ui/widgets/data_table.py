from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

Entry = str | float
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
MEASURED_ROWS = 20  # rows measured for the width of columns


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The numbers of a chart, for screen readers, copying and checking."""

    headers: tuple[str, ...] = ()
    rows: Sequence[Sequence[Entry]] = ()

    def as_tsv(self) -> str:
        """Return the table as tab-separated text for spreadsheets and statistics programs."""
        lines = [self.headers, *([_exact(entry) for entry in row] for row in self.rows)]
        return "\n".join("\t".join(line) for line in lines) + "\n"


def shown(entry: Entry) -> str:
    """Format a number for the screen; NaN is empty."""
    if isinstance(entry, str | int):
        return str(entry)
    return "" if entry != entry else f"{entry:.3f}".replace("-", "\u2212")


def _exact(entry: Entry) -> str:
    if isinstance(entry, float):
        return "" if entry != entry else f"{entry:.6g}"
    return str(entry).replace("\t", " ").replace("\n", " ")


class TableModel(QAbstractTableModel):
    """A table for a `QTableView`."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table()

    def show_table(self, table: Table) -> None:
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.table.headers)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        entry = self.table.rows[index.row()][index.column()]
        if role == Role.DisplayRole:
            return shown(entry)
        if role == Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft
            if not isinstance(entry, str):
                side = Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if role != Role.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.table.headers[section]
        return str(section + 1)


def table_view(model: TableModel) -> QTableView:
    """Make the view of a table, accessible to screen readers."""
    view = QTableView()
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setAlternatingRowColors(True)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(view.fontMetrics().lineSpacing() + 8)
    view.horizontalHeader().setHighlightSections(False)
    # Measuring all rows of a thousand columns would take twenty seconds.
    view.horizontalHeader().setResizeContentsPrecision(MEASURED_ROWS)
    view.setFrameShape(QTableView.Shape.NoFrame)
    return view
