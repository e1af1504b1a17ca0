"""A view: the words with the longest vectors in one layer."""

import numpy as np
from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QTableView

from vgdesk.app.analysing.analysis_worker import stack_of
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.model import EncoderId, WordId
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.view import Quarter, Scene, View
from vgdesk.ui.widgets.data_table import Table, TableModel, table_view

Lengths = tuple[EncoderId, str, tuple[tuple[WordId, float], ...]]  # encoder, layer, longest first


class LongestVectors(ViewFrame):
    """Lists words by the length of their vectors."""

    word_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        self._model_of_list = TableModel()
        self.list: QTableView = table_view(self._model_of_list)
        self._words: tuple[WordId, ...] = ()
        super().__init__("Longest vectors", self.list, theme)
        self.list.selectionModel().currentRowChanged.connect(self._choose)
        self.set_theme(theme)

    def _choose(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._words):
            self.word_chosen.emit(self._words[index.row()])

    def show_lengths(self, lengths: Lengths, title: str) -> None:
        """Show the words, the longest vector on top."""
        _encoder, layer, rows = lengths
        self._words = tuple(word for word, _length in rows)
        table = Table(("word", "length"), [(word, round(length, 2)) for word, length in rows])
        self._model_of_list.show_table(table)
        self._present(f"{len(rows)} words of {title}, layer {layer}", "", lambda: table)


def measure(plan: StackPlan, *, layer: int) -> Lengths:
    """Measure every row, in the analysis process."""
    stack = stack_of(plan)
    lengths = np.linalg.norm(stack.values[layer].astype(float), axis=1)
    order = np.argsort(-lengths, kind="stable")
    rows = tuple((stack.words[i], float(lengths[i])) for i in order)
    return stack.encoder, stack.layers[layer], rows


def ask(context: ViewContext) -> Request | Missing:
    """Ask for the lengths in the layer that is looked at."""
    cell = context.recipe.focus
    plan = context.plan(cell)
    if plan is None:
        return context.not_yet(cell)
    return Request(measure, (plan,), {"layer": context.recipe.layer_of(cell)})


def show(frame: LongestVectors, lengths: Lengths, scene: Scene) -> None:
    """List the words, with the title of the encoder."""
    frame.show_lengths(lengths, scene.title_of(lengths[0], scene.recipe.focus))


def command_of(writer: EquivalentCommand, lengths: Lengths, _frame: LongestVectors) -> str:
    """Return the command that writes the vectors."""
    return writer.of_list("embed", lengths[:1])


def connect(frame: LongestVectors, requests: UserRequests) -> None:
    """Let a row choose its word."""
    frame.word_chosen.connect(requests.choose_word)


LONGEST_VIEW = View(
    ViewId("longest"),
    "Longest vectors",
    "Lists the words with the longest vectors.",
    Quarter.BOTTOM_LEFT,
    LongestVectors,
    ask,
    show,
    command_of,
    connect,
)
