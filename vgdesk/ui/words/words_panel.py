from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMenu, QStackedLayout, QWidget

from vgdesk.core.counting import counted
from vgdesk.core.model import Session, TakeId
from vgdesk.core.viewing import Selection
from vgdesk.ui.style.theme import Theme, theme_of
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.widgets.form_parts import (
    GAP,
    MARGIN,
    EmptyNote,
    Panel,
    column,
    named,
    offer,
    row,
    tint,
    wrapped,
)
from vgdesk.ui.words.label_dialog import LabelDialog
from vgdesk.ui.words.words_model import WordsModel
from vgdesk.ui.words.words_tree import WordsTree


class WordsPanel(Panel):
    """The words by group with their takes: search, selection, playback, labels.

    Signals
    -------
    words_chosen
        Ids of the selected words; the first is the primary one.
    play_requested, delete_requested, label_requested
        Word ids; words and takes; words, label column and value.
    files_dropped
        Paths of files and folders.
    """

    words_chosen = Signal(list)
    take_chosen = Signal(str)
    play_requested = Signal(list)
    delete_requested = Signal(list, list)
    label_requested = Signal(list, str, str)
    label_column_chosen = Signal(str)
    files_dropped = Signal(list)
    record_requested = Signal()
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = Session()
        self._column = ""
        theme = theme_of(self.palette())
        self._model = WordsModel(theme, self)
        self.tree = WordsTree(self._model)
        self.search = named(
            _SearchField(), "Search words", "Search in words, labels and failed checks (Ctrl+F)"
        )
        self.search.setPlaceholderText("Search words and labels")
        self.search.setClearButtonEnabled(True)
        self.label_column = named(QComboBox(), "Group by", "The label used for groups and colours")
        self._count = wrapped()
        self._nothing = EmptyNote("No matches", "")
        self._empty = EmptyNote(
            "No words yet",
            "Record a word, or drop sound files here.",
            (("Record a word", "Record a word (R)"), ("Open files…", "Open sound files")),
        )
        self._target = QLabel("Drop sound files or folders here", self)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.set_theme(theme)

    def _lay_out(self) -> None:
        caption = QLabel("Group by")
        caption.setBuddy(self.label_column)
        chooser = row(caption, self.label_column)
        chooser.setStretch(1, 1)
        self._list = QStackedLayout()
        self._list.addWidget(self.tree)
        self._list.addWidget(self._nothing)
        full = QWidget()
        full.setLayout(column(self.search, chooser, self._list, self._count, margin=MARGIN))
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(full)
        self.setLayout(self._pages)
        self._target.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._target.setWordWrap(True)
        self._target.hide()
        self.first = self.tree

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.search.down_pressed.connect(self.tree.setFocus)
        self.label_column.textActivated.connect(self.label_column_chosen)
        self.tree.words_chosen.connect(self.words_chosen)
        self.tree.take_chosen.connect(self.take_chosen)
        self.tree.play_requested.connect(self._play)
        self.tree.delete_requested.connect(self._delete)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self._empty.step_requested.connect(self._on_step)

    def set_theme(self, theme: Theme) -> None:
        self._model.set_theme(theme)
        for note in (self._empty, self._nothing):
            note.set_muted(theme.muted)
        tint(self._count, theme.muted)
        self._target.setStyleSheet(
            f"QLabel {{ background: {theme.surface}; color: {theme.text}; font-weight: bold;"
            f" border: 2px dashed {theme.accent}; border-radius: 6px; padding: {MARGIN}px; }}"
        )

    def show_session(self, session: Session, legend: Legend) -> None:
        """Show all words, grouped and coloured as the legend says."""
        self._session, self._column = session, legend.column
        self._model.show_session(session, legend)
        columns = dict.fromkeys((*session.label_columns(), legend.column))
        offer(self.label_column, tuple(columns), legend.column)
        self._pages.setCurrentIndex(1 if session.words else 0)
        self._count_words()

    def show_status(self, pending: frozenset[TakeId], failed: Mapping[TakeId, str]) -> None:
        """Mark the takes without vectors yet, and those that failed, with the reasons."""
        self._model.show_status(pending, failed)

    def show_selection(self, selection: Selection) -> None:
        """Show the current selection; emits no signal."""
        self.tree.show_selection(selection)

    def _on_search(self, text: str) -> None:
        self.tree.open_everything(everything=bool(text.strip()))
        self._model.search(text)
        self._nothing.show_reason(f"No word, label or failed check contains “{text.strip()}”.")
        self._list.setCurrentIndex(0 if self._model.rowCount() else 1)
        self._count_words()

    def _count_words(self) -> None:
        shown, total = self._model.word_count(), len(self._session.words)
        words = counted(total, "word") if shown == total else f"{shown} of {total} words"
        self._count.setText(f"{words}, {counted(len(self._session.takes), 'take')}")

    def _play(self) -> None:
        if words := self.tree.selected_words():
            self.play_requested.emit(words)

    def _delete(self) -> None:
        words, takes = self.tree.selected_whole_words(), self.tree.selected_takes()
        if words or takes:
            self.delete_requested.emit(words, takes)

    def _open_menu(self, place: QPoint) -> None:
        if not self.tree.selected_words():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Play", self._play)
        menu.addAction("Set label…", self.ask_label)
        menu.addSeparator()
        menu.addAction("Delete", self._delete)
        menu.popup(self.tree.viewport().mapToGlobal(place))

    def ask_label(self) -> None:
        """Ask for a label of the selected words."""
        words = self._session.words.values()
        known = {
            name: tuple(dict.fromkeys(w.labels[name] for w in words if name in w.labels))
            for name in dict.fromkeys((self._column, *self._session.label_columns()))
        }
        dialog = LabelDialog(len(self.tree.selected_words()), known, self._column, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.label_chosen.connect(self._on_label_chosen)
        dialog.open()

    def _on_label_chosen(self, name: str, value: str) -> None:
        self.label_requested.emit(self.tree.selected_words(), name, value)

    def _on_step(self, step: int) -> None:
        (self.record_requested, self.open_requested)[step].emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _files(event):
            event.acceptProposedAction()
            self._target.setGeometry(self.rect().adjusted(GAP, GAP, -GAP, -GAP))
            self._target.show()
            self._target.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._target.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._target.hide()
        if files := _files(event):
            event.acceptProposedAction()
            self.files_dropped.emit(files)


def _files(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


class _SearchField(QLineEdit):
    """A field that Esc clears and from which Down moves to the list.

    An empty field ignores Esc, which then has its meaning in the window.
    """

    down_pressed = Signal()

    def event(self, event: QEvent) -> bool:
        # Shortcuts of the window take precedence unless the field claims the key first.
        if event.type() == QEvent.Type.ShortcutOverride and self._clears(event):
            event.accept()
            return True
        return super().event(event)

    def _clears(self, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        return is_escape and bool(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._clears(event):
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.down_pressed.emit()
        else:
            super().keyPressEvent(event)
