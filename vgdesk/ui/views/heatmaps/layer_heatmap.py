import numpy as np
from PySide6.QtCore import Signal

from vgdesk.analyses import ANALYSES
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.results import LayerSimilarity
from vgdesk.ui.style.theme import SEQUENTIAL, Theme
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.descriptions.results import (
    inside_chance,
    layer_readout,
    layer_summary,
    layer_table,
)
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.heatmaps.matrix_chart import Marks, MatrixChart
from vgdesk.ui.views.heatmaps.matrix_picture import Axis, Bar, MatrixPicture
from vgdesk.ui.views.view import Quarter, Scene, View


class LayerHeatmap(ViewFrame):
    """Shows the similarity of the layers of two models; layer 0 is bottom left."""

    cell_chosen = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        self._result: LayerSimilarity | None = None
        self._titles = "", ""
        self.matrix = MatrixChart(theme, self._describe)
        super().__init__("Layer heatmap", self.matrix, theme)
        self._fit = self._tool(
            "Fit",
            "Fit the colour range to the values shown instead of 0 to 1",
            checkable=True,
        )
        self.add_control(self._fit)
        self._fit.toggled.connect(self._draw)
        self.matrix.cell_clicked.connect(self.cell_chosen)
        self.set_theme(theme)

    def show_result(self, result: LayerSimilarity, a_title: str, b_title: str) -> None:
        """Show a result; NaN cells are not computed yet and are hatched."""
        self._result, self._titles = result, (a_title, b_title)
        self._draw()
        self._present(
            layer_summary(result, a_title, b_title),
            result.trace.warning,
            lambda: layer_table(result, a_title, b_title),
        )

    def mark(self, row: int, column: int) -> None:
        """Frame the pair of layers that the other views show."""
        self.matrix.set_marks(Marks(cells=((row, column),)))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.matrix.set_theme(theme)

    def _draw(self) -> None:
        if self._result is not None:
            self.matrix.show_picture(
                picture_of(self._result, self._titles, fit=self._fit.isChecked())
            )

    def _describe(self, row: int, column: int) -> str:
        return layer_readout(self._result, row, column, *self._titles) if self._result else ""


def picture_of(
    result: LayerSimilarity, titles: tuple[str, str], *, fit: bool = False
) -> MatrixPicture:
    """Convert a result to a picture.

    Parameters
    ----------
    fit
        Fit the colours to the values instead of 0 to 1; the bar shows it.
    """
    known = result.values[~np.isnan(result.values)]
    low, high, ends = 0.0, 1.0, ("0 unrelated", "1 same")
    title = result.trace.estimator or result.measure
    if fit and known.size:
        low, high = float(known.min()), float(known.max())
        ends = f"{low:.2f} lowest".replace("-", "\u2212"), f"{high:.2f} highest"
        title = f"{title}, colours fitted"
    chance = None
    if not np.isnan(result.chance_mean).all():
        mean, sd = np.nanmean(result.chance_mean), np.nanmean(result.chance_sd)
        chance = float(mean - 2 * sd), float(mean + 2 * sd)
    return MatrixPicture(
        result.values,
        (low, high),
        SEQUENTIAL,
        Axis(result.rows, titles[0]),
        Axis(result.columns, titles[1]),
        Bar(title, *ends, chance),
        faint=inside_chance(result),
        is_upward=True,
    )


def ask(context: ViewContext) -> Request | Missing:
    """Compare the layers of the two cells."""
    recipe, measure = context.recipe, ANALYSES[context.recipe.alignment]
    plans = context.plans(recipe.a, recipe.b)
    if isinstance(plans, Missing):
        return plans
    facts = context.facts_for(measure)
    choices = {"measure": measure.id, "facts": facts, "seed": recipe.seed}
    return Request(work.compare_layers, plans, choices)


def show(frame: LayerHeatmap, result: LayerSimilarity, scene: Scene) -> None:
    """Show the similarities of the layers, with the titles of the cells."""
    a, b = scene.titles_of(result.trace.encoders, scene.recipe.a, scene.recipe.b)
    frame.show_result(result, a, b)


def mark(frame: LayerHeatmap, scene: Scene) -> None:
    """Frame the pair of layers that the other views show."""
    recipe = scene.recipe
    frame.mark(recipe.layer_of(recipe.a), recipe.layer_of(recipe.b))


def command_of(writer: EquivalentCommand, result: LayerSimilarity, _frame: LayerHeatmap) -> str:
    """Return the command that compares these layers."""
    return writer.of_measure("compare", result.trace.encoders, result.measure)


def connect(frame: LayerHeatmap, requests: UserRequests) -> None:
    """Let a click choose the layers of both cells."""
    frame.cell_chosen.connect(requests.choose_layers)


LAYERS_VIEW = View(
    ViewId("layers"),
    "Layer heatmap",
    "Shows how similarly the layers of two encoders represent the words.",
    Quarter.TOP_LEFT,
    LayerHeatmap,
    ask,
    show,
    command_of,
    connect,
    mark,
    controls=("alignment",),
    is_quick=True,
    is_always_shown=True,
)
