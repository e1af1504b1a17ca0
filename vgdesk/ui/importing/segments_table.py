from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QPoint,
    QRect,
    QSignalBlocker,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QComboBox,
    QCompleter,
    QHeaderView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from vgdesk.core.model import Word, WordId
from vgdesk.core.names import LONGEST_NAME
from vgdesk.ui.importing.segments_model import LISTEN, WORD, Index, PiecesModel
from vgdesk.ui.widgets.form_parts import TARGET, named

ARROW = 24  # width in pixels of the arrow that opens the choices
MOST_LISTED = 12  # visible words
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PiecesTable(QTableView):
    """The segments as a table. Only the edited cell has an editor widget.

    Signals
    -------
    play_requested
        Index of the segment.
    """

    play_requested = Signal(int)

    def __init__(self, model: PiecesModel, words: Sequence[Word]) -> None:
        super().__init__()
        self._pressed_at = QPoint()
        named(self, "Segments", "One row for each segment of the recording")
        self.setToolTip("")  # the cells have tooltips
        self.setModel(model)
        self.setItemDelegateForColumn(WORD, _WordDelegate(model, words, self))
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)  # otherwise Tab would stop at every cell
        self.horizontalHeader().setSectionResizeMode(WORD, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setDefaultSectionSize(TARGET + 2)
        self.clicked.connect(self._on_clicked)
        self.setCurrentIndex(model.index(0, WORD))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def _on_clicked(self, index: Index) -> None:
        if index.column() == LISTEN:
            self.play_requested.emit(index.row())
        elif index.column() == WORD:
            self.edit(index)
            choice, arrow = self.indexWidget(index), _arrow(self.visualRect(index))
            if isinstance(choice, QComboBox) and arrow.contains(self._pressed_at):
                choice.showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index, key = self.currentIndex(), event.key()
        if not index.isValid() or self.state() == QTableView.State.EditingState:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space or (key in _ENTER and index.column() == LISTEN):
            self.play_requested.emit(index.row())
        elif key in _ENTER:
            self.edit(index)
        else:
            super().keyPressEvent(event)


class _WordDelegate(QStyledItemDelegate):
    """Editor for choosing or typing a word; all editors share one list."""

    def __init__(self, model: PiecesModel, words: Sequence[Word], parent: QWidget) -> None:
        super().__init__(parent)
        self._pieces = model
        self._ids = [None, *(word.id for word in words)]
        self._spelled = {word.text: word.id for word in reversed(words)}  # the first one counts
        self._places = {word: place for place, word in enumerate(self._ids)}
        self._choices = QStringListModel(["", *(word.text for word in words)], self)
        self._before: tuple[int, str, WordId | None] = (0, "", None)
        self.closeEditor.connect(self._on_closed)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the arrow of the choices."""
        super().paint(painter, option, index)
        self.initStyleOption(option, index)
        option.rect = _arrow(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            ink = option.palette.color(QPalette.ColorRole.HighlightedText)
            option.palette.setColor(QPalette.ColorRole.ButtonText, ink)
            option.palette.setColor(QPalette.ColorRole.WindowText, ink)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorArrowDown, option, painter)

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, index: Index
    ) -> QComboBox:
        place = index.row()
        self._before = (place, self._pieces.text(place), self._pieces.piece(place).word)
        choice, seen = QComboBox(parent), QListView()
        choice.setAccessibleName(f"Word of segment {place + 1}")
        seen.setUniformItemSizes(True)  # otherwise every word would be measured
        choice.setView(seen)
        choice.setMaxVisibleItems(MOST_LISTED)
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.setModel(self._choices)
        choice.setEditable(True)
        if (field := choice.lineEdit()) is not None:
            field.setMaxLength(LONGEST_NAME)
        # Typed text is not inserted into the choices, where it would match no word.
        choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        # Matches are listed, not inserted: otherwise “car” could not be typed if “carpet” exists.
        completer = QCompleter(self._choices, choice)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        choice.setCompleter(completer)
        choice.currentTextChanged.connect(self._on_changed)
        choice.currentIndexChanged.connect(self._on_changed)  # two words may have the same spelling
        return choice

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        text = self._pieces.text(index.row())
        # Also called after every key press, when it must not move the cursor.
        if editor.currentText().strip() != text:
            with QSignalBlocker(editor):
                editor.setCurrentIndex(self._places.get(self._pieces.piece(index.row()).word, 0))
                editor.setEditText(text)
            editor.lineEdit().selectAll()  # type: ignore[union-attr]

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        chosen, text = editor.currentIndex(), editor.currentText().strip()
        is_chosen = editor.itemText(chosen) == text
        word = self._ids[chosen] if is_chosen else self._spelled.get(text)
        self._pieces.set_word(index.row(), text, word)

    def _on_changed(self) -> None:
        """Commit each letter immediately, for the waveform and the button below."""
        self.commitData.emit(self.sender())

    def _on_closed(self, _editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        if hint == QAbstractItemDelegate.EndEditHint.RevertModelCache:
            self._pieces.set_word(*self._before)


def _arrow(cell: QRect) -> QRect:
    return cell.adjusted(cell.width() - ARROW, 0, 0, 0)
