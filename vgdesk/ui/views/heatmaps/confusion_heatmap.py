import numpy as np
from PySide6.QtCore import Signal

from vgdesk.analyses.abx.confusions import ABX_LABELS
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.details import LabelConfusions
from vgdesk.ui.style.theme import SEQUENTIAL, Theme
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.descriptions.confusions import (
    confusion_readout,
    confusion_summary,
    confusion_table,
    labels_inside_chance,
)
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.heatmaps.matrix_chart import MatrixChart
from vgdesk.ui.views.heatmaps.matrix_picture import Axis, Bar, MatrixPicture
from vgdesk.ui.views.view import Quarter, Scene, View

CHANCE = 0.5


class ConfusionHeatmap(ViewFrame):
    """Shows which labels one layer confuses; the first label is top left.

    Signals
    -------
    labels_chosen
        The labels of the cell that was clicked.
    """

    labels_chosen = Signal(list)

    def __init__(self, theme: Theme) -> None:
        self._result: LabelConfusions | None = None
        self.matrix = MatrixChart(theme, self._describe)
        super().__init__("Confusions", self.matrix, theme)
        self.matrix.cell_clicked.connect(self._choose)
        self.matrix.row_clicked.connect(self._choose_row)
        self.set_theme(theme)

    def show_result(self, result: LabelConfusions, title: str) -> None:
        """Show a result; `title` is the name of the model."""
        self._result = result
        self.matrix.show_picture(picture_of(result))
        self._present(
            confusion_summary(result, title),
            result.trace.warning,
            lambda: confusion_table(result),
        )

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.matrix.set_theme(theme)

    def _describe(self, row: int, column: int) -> str:
        return confusion_readout(self._result, row, column) if self._result else ""

    def _choose(self, row: int, column: int) -> None:
        if self._result is not None:
            labels = self._result.labels
            self.labels_chosen.emit(list(dict.fromkeys((labels[row], labels[column]))))

    def _choose_row(self, row: int) -> None:
        self._choose(row, row)


def picture_of(result: LabelConfusions) -> MatrixPicture:
    """Convert a result to a picture."""
    reach = 2 * float(np.mean(result.chance_sd[result.is_asked]))
    return MatrixPicture(
        result.values,
        (0.0, 1.0),
        SEQUENTIAL,
        Axis(result.labels, "words of"),
        Axis(result.labels, "taken for"),
        Bar("ABX error", "0 told apart", "1 confused", (CHANCE - reach, CHANCE + reach)),
        masked=np.logical_not(result.is_asked),
        faint=labels_inside_chance(result),
    )


def ask(context: ViewContext) -> Request | Missing:
    """Find the labels that one layer confuses."""
    recipe, cell = context.recipe, context.recipe.focus
    facts, plan = context.facts, context.plan(cell)
    if context.session.words and not facts.labels():
        return context.no_labels()
    if plan is None:
        return context.not_yet(cell)
    choices = {"measure": ABX_LABELS.id, "layer": recipe.layer_of(cell)}
    return Request(work.confuse_labels, (plan,), {**choices, "facts": facts, "seed": recipe.seed})


def show(frame: ConfusionHeatmap, result: LabelConfusions, scene: Scene) -> None:
    """Show the confusions of one layer."""
    frame.show_result(result, scene.title_of(result.trace.encoders[0], scene.recipe.focus))


def command_of(writer: EquivalentCommand, result: LabelConfusions, _frame: ConfusionHeatmap) -> str:
    """Return the command that finds these confusions."""
    more = "--layer", result.layer
    return writer.of_measure("confusions", result.trace.encoders, result.measure, *more)


def connect(frame: ConfusionHeatmap, requests: UserRequests) -> None:
    """Let a click on a cell select the words of its labels."""
    frame.labels_chosen.connect(requests.choose_labels)


CONFUSIONS_VIEW = View(
    ViewId("confusions"),
    "Confusions",
    "Shows which groups of words one layer confuses.",
    Quarter.TOP_RIGHT,
    ConfusionHeatmap,
    ask,
    show,
    command_of,
    connect,
)
