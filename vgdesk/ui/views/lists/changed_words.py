from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView

from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.details import NeighbourChanges
from vgdesk.core.model import WordId
from vgdesk.core.viewing import Selection
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.descriptions.results import changes_list, changes_summary, changes_table
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.view import Quarter, Scene, View
from vgdesk.ui.widgets.data_table import TableModel, table_view


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


def ask(context: ViewContext) -> Request | Missing:
    """Compare the neighbours of each word in the two layers."""
    recipe = context.recipe
    plans = context.plans(recipe.a, recipe.b)
    if isinstance(plans, Missing):
        return plans
    layers = recipe.layer_of(recipe.a), recipe.layer_of(recipe.b)
    return Request(work.find_changes, plans, {"measure": recipe.changes, "layers": layers})


def show(frame: ChangedWords, result: NeighbourChanges, scene: Scene) -> None:
    """List the words, with the titles of the cells."""
    a, b = scene.titles_of(result.trace.encoders, scene.recipe.a, scene.recipe.b)
    frame.show_result(result, scene.legend, a, b)


def command_of(writer: EquivalentCommand, result: NeighbourChanges, _frame: ChangedWords) -> str:
    """Return the command that lists these changes."""
    layers = result.layers.split(" minus ")[::-1]
    return writer.of_measure("changes", result.trace.encoders, result.measure, "--layer", *layers)


def connect(frame: ChangedWords, requests: UserRequests) -> None:
    """Let a row select and play its word."""
    frame.word_chosen.connect(requests.choose_word)
    frame.play_requested.connect(requests.play)


CHANGES_VIEW = View(
    ViewId("changes"),
    "Changed words",
    "Lists the words whose neighbours change most from A to B.",
    Quarter.BOTTOM_LEFT,
    ChangedWords,
    ask,
    show,
    command_of,
    connect,
)
