import numpy as np
from PySide6.QtCore import Signal

from vgdesk.app.events import View
from vgdesk.core.results import LabelConfusions
from vgdesk.ui.theme import SEQUENTIAL, Theme
from vgdesk.ui.views.describe_confusions import (
    confusion_readout,
    confusion_summary,
    confusion_table,
    labels_inside_chance,
)
from vgdesk.ui.views.frame import ViewFrame, ViewSpec
from vgdesk.ui.views.matrix_chart import MatrixChart
from vgdesk.ui.views.matrix_picture import Axis, Bar, MatrixPicture

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


SPEC = ViewSpec(View.CONFUSIONS.value, "Confusions", ConfusionHeatmap)
