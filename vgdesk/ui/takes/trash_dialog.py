from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from vgdesk.app.project.trash import TrashRow
from vgdesk.core.model import TakeId
from vgdesk.ui.widgets.form_parts import MARGIN, TARGET, column, named, row, wrapped

COLUMNS = ("Word", "Take", "Speaker", "Recorded", "Checks")
EMPTY = "The trash is empty. Rejected and deleted takes appear here."
FULL = "These takes are not in the list, but their recordings are kept."


class TrashDialog(QDialog):
    """The takes in the trash: play, restore, or delete permanently.

    Signals
    -------
    play_requested, restore_requested
        Ids of the selected takes.
    """

    play_requested = Signal(list)
    restore_requested = Signal(list)
    empty_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Trash")
        self.list = named(QTreeWidget(), "Rejected takes")
        self.list.setHeaderLabels(COLUMNS)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._about = wrapped()
        self.play = named(QPushButton("Play"), "Play", "Play the selected takes")
        self.restore = named(
            QPushButton("Restore"), "Restore", "Restore the selected takes to the list"
        )
        self.empty = named(QPushButton("Empty trash…"), "Empty trash")
        self._close = named(QPushButton("Close"), "Close")
        buttons = row(self.play, self.restore)
        buttons.addStretch()
        for button in (self.empty, self._close):
            buttons.addWidget(button)
        self.setLayout(column(self._about, self.list, buttons, margin=2 * MARGIN, gap=MARGIN))
        self.resize(720, 420)
        self._connect()
        self.show_trash(())

    def _connect(self) -> None:
        self.list.itemSelectionChanged.connect(self._show_choice)
        self.list.itemActivated.connect(self._play)
        self.play.clicked.connect(self._play)
        self.restore.clicked.connect(self._restore)
        self.empty.clicked.connect(self.empty_requested)
        self._close.clicked.connect(self.accept)
        for button in (self.play, self.restore, self.empty, self._close):
            button.setAutoDefault(False)  # Return plays the selected takes

    def show_trash(self, rows: tuple[TrashRow, ...]) -> None:
        """Show the takes; remaining ones stay selected."""
        chosen = set(self.chosen())
        self.list.clear()
        self.list.addTopLevelItems([_item(each) for each in rows])
        for place, each in enumerate(rows):
            item = self.list.topLevelItem(place)
            if item is not None:
                item.setSelected(each.take.id in chosen)
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self._about.setText(FULL if rows else EMPTY)
        self.empty.setEnabled(bool(rows))
        self._show_choice()

    def chosen(self) -> list[TakeId]:
        """Return the selected takes, from top to bottom."""
        items = (self.list.topLevelItem(i) for i in range(self.list.topLevelItemCount()))
        return [
            TakeId(item.data(0, Qt.ItemDataRole.UserRole))
            for item in items
            if item is not None and item.isSelected()
        ]

    def _show_choice(self) -> None:
        for button in (self.play, self.restore):
            button.setEnabled(bool(self.chosen()))

    def _play(self) -> None:
        self.play_requested.emit(self.chosen())

    def _restore(self) -> None:
        self.restore_requested.emit(self.chosen())


def _item(each: TrashRow) -> QTreeWidgetItem:
    # ISO dates, because the order of day and month differs between locales.
    when = f"{each.written:%Y-%m-%d %H:%M}" if each.written else "no file"
    texts = [each.word, str(each.take.id), each.take.speaker, when, each.concerns]
    item = QTreeWidgetItem(texts)
    item.setData(0, Qt.ItemDataRole.UserRole, str(each.take.id))
    item.setSizeHint(0, QSize(0, TARGET))
    for place, text in enumerate(texts):
        item.setToolTip(place, text)
    return item
