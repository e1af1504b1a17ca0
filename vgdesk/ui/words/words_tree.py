from PySide6.QtCore import QItemSelection, QItemSelectionRange, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from vgdesk.core.model import TakeId, WordId
from vgdesk.core.viewing import Selection
from vgdesk.ui.widgets.form_parts import GAP, NARROW, named
from vgdesk.ui.widgets.status_marks import MARK_SIZE
from vgdesk.ui.words.words_model import AnyIndex, Kind, WordsModel


class WordsTree(QTreeView):
    """The words by group; remembers expanded lines when the words change.

    Signals
    -------
    words_chosen
        The words that the user selected, the last one first.
    take_chosen
        A take with the cursor on it.
    play_requested, delete_requested
        A request for the selection.
    """

    words_chosen = Signal(list)
    take_chosen = Signal(str)
    play_requested = Signal()
    delete_requested = Signal()

    def __init__(self, model: WordsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._open_words: set[str] = set()
        self._closed_groups: set[str] = set()
        self._everything_open = False
        self._shown: tuple[tuple[WordId, ...], WordId | None, TakeId | None] = ((), None, None)
        # A gesture changes cursor and selection in turn; it is signalled once, at its end.
        self._gesture = QTimer(self, singleShot=True, interval=0)
        self._gesture.timeout.connect(self._tell_choice)
        self.setModel(model)
        self._set_looks()
        self.selectionModel().selectionChanged.connect(self._gesture.start)
        self.expanded.connect(self._on_expanded)
        self.collapsed.connect(self._on_collapsed)
        self.doubleClicked.connect(self._on_double_clicked)
        model.modelAboutToBeReset.connect(self._gesture.stop)
        model.modelReset.connect(self._restore)

    def _set_looks(self) -> None:
        named(self, "Words", "")
        self.setToolTip("")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(MARK_SIZE)
        self.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(False)
        self.setItemDelegateForColumn(1, _MarkAfterText(self))
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(MARK_SIZE)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        width = self.fontMetrics().horizontalAdvance("22 takes") + MARK_SIZE + 2 * GAP
        header.resizeSection(1, min(width, NARROW // 2))

    def open_everything(self, *, everything: bool) -> None:
        """Expand all matches of a search; False restores the expanded lines."""
        self._everything_open = everything

    def selected_words(self) -> list[WordId]:
        """Return the words of all selected lines, the one under the cursor first."""
        words = [word for row in self._rows() for word in self._model.words_under(row)]
        current = self.currentIndex()
        if current.isValid() and self._model.word_of(current) in words:
            words.insert(0, self._model.words_under(current)[0])
        return list(dict.fromkeys(words))

    def _rows(self) -> list[QModelIndex]:
        """Return the selected lines from top to bottom."""
        rows = {
            index.internalId(): index
            for part in self.selectionModel().selection().toList()
            for row in range(part.top(), part.bottom() + 1)
            if (index := self._model.index(row, 0, part.parent())).isValid()
        }
        return sorted(rows.values(), key=self._model.path)

    def selected_takes(self) -> list[TakeId]:
        rows = (self._model.line(row) for row in self._rows())
        return [TakeId(line.key) for line in rows if line.kind is Kind.TAKE]

    def selected_whole_words(self) -> list[WordId]:
        """Return the words that are selected themselves, not only by one of their takes."""
        found = (row for row in self._rows() if self._model.line(row).kind is not Kind.TAKE)
        return list(dict.fromkeys(word for row in found for word in self._model.words_under(row)))

    def show_selection(self, selection: Selection) -> None:
        """Show the current selection; emits no signal."""
        wanted = (selection.words, selection.primary, selection.take)
        if wanted == self._shown:
            return
        self._shown = wanted
        if set(self.selected_words()) != set(selection.words) or selection.take is not None:
            self._select()
        current = self._cursor()
        if current.isValid():
            self.scrollTo(current)

    def _select(self) -> None:
        words, _, take = self._shown
        lines = [self._model.index_of(Kind.WORD, word) for word in words]
        taken = self._model.index_of(Kind.TAKE, take) if take else QModelIndex()
        if taken.isValid() and (self.isExpanded(taken.parent()) or len(words) == 1):
            lines = [taken, *(line for line in lines if line != taken.parent())]
        chosen = _ranges([line for line in lines if line.isValid()])
        selecting = self.selectionModel()
        cursor = self._cursor()
        selecting.setCurrentIndex(cursor, selecting.SelectionFlag.NoUpdate)
        selecting.select(chosen, selecting.SelectionFlag.ClearAndSelect)
        self._gesture.stop()

    def _cursor(self) -> QModelIndex:
        _, primary, take = self._shown
        taken = self._model.index_of(Kind.TAKE, take) if take else QModelIndex()
        return taken if taken.isValid() else self._model.index_of(Kind.WORD, primary or "")

    def _restore(self) -> None:
        """Restore expanded lines and selection after the words changed."""
        top = self.verticalScrollBar().value()
        self.blockSignals(True)
        for row in range(self._model.rowCount()):
            group = self._model.index(row, 0)
            if self._everything_open or self._model.line(group).key not in self._closed_groups:
                self.expand(group)
        for word in self._open_words:
            self.expand(self._model.index_of(Kind.WORD, word))
        self.blockSignals(False)
        self._select()
        self.verticalScrollBar().setValue(top)

    def _on_expanded(self, index: QModelIndex) -> None:
        line = self._model.line(index)
        if line.kind is Kind.WORD:
            self._open_words.add(line.key)
        else:
            self._closed_groups.discard(line.key)

    def _on_collapsed(self, index: QModelIndex) -> None:
        line = self._model.line(index)
        if line.kind is Kind.WORD:
            self._open_words.discard(line.key)
        elif not self._everything_open:
            self._closed_groups.add(line.key)

    def _tell_choice(self) -> None:
        words, take = tuple(self.selected_words()), None
        current = self.currentIndex()
        if current.isValid() and self._model.line(current).kind is Kind.TAKE and words:
            take = TakeId(self._model.line(current).key)
        self._shown = (words, words[0] if words else None, take)
        self.words_chosen.emit(list(words))
        if take is not None:
            self.take_chosen.emit(take)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if self._model.line(index).kind is Kind.GROUP:
            group = index.siblingAtColumn(0)
            self.setExpanded(group, not self.isExpanded(group))
        else:
            self.play_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.play_requested.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)


def _ranges(lines: list[QModelIndex]) -> QItemSelection:
    """Return lines as few ranges, because thousands of ranges take seconds."""
    chosen = QItemSelection()
    lines = sorted(lines, key=lambda line: (line.parent().internalId(), line.row()))
    first = last = QModelIndex()
    for line in lines:
        if last.isValid() and line.row() == last.row() + 1 and line.parent() == last.parent():
            last = line
            continue
        if last.isValid():
            chosen.append(QItemSelectionRange(first, last.siblingAtColumn(1)))
        first = last = line
    if last.isValid():
        chosen.append(QItemSelectionRange(first, last.siblingAtColumn(1)))
    return chosen


class _MarkAfterText(QStyledItemDelegate):
    """Places the status mark after the number, so that the marks form a column."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().initStyleOption(option, index)
        option.decorationPosition = QStyleOptionViewItem.Position.Right
