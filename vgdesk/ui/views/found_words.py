from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTableView, QVBoxLayout, QWidget

from vgdesk.analyses.retrieval_list import Finding
from vgdesk.app.events import View
from vgdesk.core.model import WordId
from vgdesk.core.viewing import Selection
from vgdesk.ui.legend import Legend
from vgdesk.ui.theme import Theme
from vgdesk.ui.views.describe_retrieval import (
    finding_list,
    finding_summary,
    finding_table,
    recall_line,
)
from vgdesk.ui.views.frame import ViewFrame, ViewSpec
from vgdesk.ui.views.table import TableModel, table_view

FIRST_HIT = 2  # columns: query, rank, then matches


class FoundWords(ViewFrame):
    """Lists the matches of every query word or take; each entry can be played.

    Signals
    -------
    entry_chosen
        Word and row id of the entry clicked or reached by key.
    entry_played
        The word to play; its row was chosen before.
    """

    entry_chosen = Signal(str, str)
    entry_played = Signal(str)

    def __init__(self, theme: Theme) -> None:
        self._found: Finding | None = None
        self._legend: Legend | None = None
        self._titles: tuple[str, ...] = ()
        self._order: list[int] = []
        self._model_of_list = TableModel()
        self.list: QTableView = table_view(self._model_of_list)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.scores = QLabel()
        self.scores.setWordWrap(True)
        self.scores.setContentsMargins(6, 2, 6, 2)
        super().__init__("Retrieval", _above(self.scores, self.list), theme)
        self._best_first = self._tool(
            "Best first", "Show the best ranks first instead of the worst", checkable=True
        )
        self.add_control(self._best_first)
        self._best_first.toggled.connect(self._show)
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.list.clicked.connect(self._play)
        self.set_theme(theme)

    @property
    def is_best_first(self) -> bool:
        return self._best_first.isChecked()

    def show_result(self, found: Finding, legend: Legend, titles: tuple[str, ...]) -> None:
        """Show a result; `titles` are those of the models, one per layer."""
        self._found, self._legend, self._titles = found, legend, titles
        self._show()

    def show_selection(self, selection: Selection) -> None:
        """Mark the row of the primary word, unless an entry of it is already marked."""
        entry = self._entry_of(self.list.currentIndex())
        if self._found is None or (entry is not None and entry[0] == selection.primary):
            return
        words = [self._found.words[place] for place in self._order]
        if selection.primary in words:
            row = words.index(selection.primary)
            self.list.selectionModel().blockSignals(True)
            self.list.setCurrentIndex(self._model_of_list.index(row, 0))
            self.list.selectionModel().blockSignals(False)
            self.list.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._play(self.list.currentIndex())
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        found, legend = self._found, self._legend
        if found is None or legend is None:
            return
        order = self._order = found.order(is_best_first=self.is_best_first)
        self.scores.setText(recall_line(found))
        self._model_of_list.show_table(finding_list(found, legend, order))
        self.list.resizeColumnsToContents()
        self._present(
            finding_summary(found, legend, self._titles),
            found.trace.warning,
            lambda: finding_table(found, legend, order),
        )

    def _entry_of(self, index: QModelIndex) -> tuple[WordId, str] | None:
        """Return word and row id of a cell; the rank belongs to the query."""
        if self._found is None or not 0 <= index.row() < len(self._order):
            return None
        place, hit = self._order[index.row()], index.column() - FIRST_HIT
        if hit < 0:
            return self._found.words[place], self._found.rows[place]
        return self._found.hit_words[place][hit], self._found.hits[place][hit]

    def _choose(self, index: QModelIndex) -> None:
        if (entry := self._entry_of(index)) is not None:
            self.entry_chosen.emit(*entry)

    def _play(self, index: QModelIndex) -> None:
        if (entry := self._entry_of(index)) is not None:
            self.entry_chosen.emit(*entry)
            self.entry_played.emit(entry[0])


def _above(scores: QWidget, entries: QWidget) -> QWidget:
    both = QWidget()
    rows = QVBoxLayout(both)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(scores)
    rows.addWidget(entries, 1)
    both.setFocusProxy(entries)
    return both


SPEC = ViewSpec(View.RETRIEVAL.value, "Retrieval", FoundWords)
