from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView

from vgdesk.app.events import View
from vgdesk.core.model import WordId
from vgdesk.core.results import NeighbourChanges
from vgdesk.core.viewing import Selection
from vgdesk.ui.legend import Legend
from vgdesk.ui.theme import Theme
from vgdesk.ui.views.describe import changes_list, changes_summary, changes_table
from vgdesk.ui.views.frame import ViewFrame, ViewSpec
from vgdesk.ui.views.table import TableModel, table_view


class ChangedWords(ViewFrame):
    """Lists the words whose neighbours change most from A to B; each can be played.

    Signals
    -------
    word_chosen
        The word of the row clicked or reached by key.
    play_requested
        The word to play.
    """

    word_chosen = Signal(str)
    play_requested = Signal(list)

    def __init__(self, theme: Theme) -> None:
        self._result: NeighbourChanges | None = None
        self._model_of_list = TableModel()
        self.list: QTableView = table_view(self._model_of_list)
        super().__init__("Changed words", self.list, theme)
        self.list.selectionModel().currentRowChanged.connect(self._choose)
        self.list.doubleClicked.connect(self._play)
        self.set_theme(theme)

    def show_result(
        self, result: NeighbourChanges, legend: Legend, a_title: str, b_title: str
    ) -> None:
        """Show a result, the most changed words on top."""
        self._result = result
        self._model_of_list.show_table(changes_list(result, legend, a_title, b_title))
        self.list.resizeColumnsToContents()
        self.list.horizontalHeader().setStretchLastSection(True)
        self._present(
            changes_summary(result, legend, a_title, b_title),
            result.trace.warning,
            lambda: changes_table(result, legend, a_title, b_title),
        )

    def show_selection(self, selection: Selection) -> None:
        """Mark the row of the primary word."""
        words = self._result.words if self._result is not None else ()
        if selection.primary in words:
            self.list.selectionModel().blockSignals(True)
            self.list.selectRow(words.index(selection.primary))
            self.list.selectionModel().blockSignals(False)
            self.list.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._play(self.list.currentIndex())
        else:
            super().keyPressEvent(event)

    def _word_of(self, index: QModelIndex) -> WordId | None:
        known = self._result is not None and 0 <= index.row() < len(self._result.words)
        return self._result.words[index.row()] if self._result and known else None

    def _choose(self, index: QModelIndex) -> None:
        if (word := self._word_of(index)) is not None:
            self.word_chosen.emit(word)

    def _play(self, index: QModelIndex) -> None:
        if (word := self._word_of(index)) is not None:
            self.play_requested.emit([word])


SPEC = ViewSpec(View.CHANGES.value, "Changed words", ChangedWords)
