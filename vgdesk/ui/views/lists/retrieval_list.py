from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTableView, QVBoxLayout, QWidget

from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.details import RetrievalList
from vgdesk.core.model import Cell, Modality, WordId
from vgdesk.core.viewing import Rows, Search, Selection
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.descriptions.retrieval import (
    finding_list,
    finding_summary,
    finding_table,
    recall_line,
)
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.view import Quarter, Scene, View
from vgdesk.ui.widgets.data_table import TableModel, table_view

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
        self._found: RetrievalList | None = None
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

    def show_result(self, found: RetrievalList, legend: Legend, titles: tuple[str, ...]) -> None:
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


def ask(context: ViewContext) -> Request | Missing:
    """Rank the match of each word in another encoder, or of each word by a speaker among others."""
    recipe = context.recipe
    if recipe.search is Search.VOICES:
        return _ask_for_speakers(context, recipe.focus)
    one, other = recipe.searched
    plans = context.plans(one, other)
    if isinstance(plans, Missing):
        return plans
    choices = {"layers": (recipe.layer_of(one), recipe.layer_of(other)), "seed": recipe.seed}
    return Request(work.find_partners_of, plans, choices)


def _ask_for_speakers(context: ViewContext, cell: Cell) -> Request | Missing:
    recipe, takes = context.recipe, context.plan(cell, Rows.TAKES)
    if cell.modality is Modality.TEXT and context.session.words:
        return context.needs_speech(cell)
    if takes is None:
        return context.not_yet(cell)
    choices = {"layer": recipe.layer_of(cell), "facts": context.facts, "seed": recipe.seed}
    return Request(work.find_other_voices, (takes,), choices)


def show(frame: FoundWords, found: RetrievalList, scene: Scene) -> None:
    """List the matches, with the titles of the encoders."""
    recipe = scene.recipe
    likely = recipe.searched if len(found.layers) > 1 else (recipe.focus,)
    frame.show_result(found, scene.legend, scene.titles_of(found.trace.encoders, *likely))


def command_of(writer: EquivalentCommand, found: RetrievalList, frame: FoundWords) -> str:
    """Return the command that lists these matches."""
    first = ["--best-first"] if frame.is_best_first else []
    return writer.of_list("retrieve", found.trace.encoders, "--layer", *found.layers, *first)


def connect(frame: FoundWords, requests: UserRequests) -> None:
    """Let an entry select its row and play its word."""
    frame.entry_chosen.connect(requests.choose_row)
    frame.entry_played.connect(requests.play_if_recorded)


RETRIEVAL_VIEW = View(
    ViewId("retrieval"),
    "Retrieval",
    "Lists the rank of the match of each word or take, with its nearest matches.",
    Quarter.TOP_LEFT,
    FoundWords,
    ask,
    show,
    command_of,
    connect,
    controls=("search",),
)
