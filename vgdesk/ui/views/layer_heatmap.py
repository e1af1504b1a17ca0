import numpy as np
from PySide6.QtCore import Signal

from vgdesk.app.events import View
from vgdesk.core.results import LayerSimilarity
from vgdesk.ui.theme import SEQUENTIAL, Theme
from vgdesk.ui.views.describe import inside_chance, layer_readout, layer_summary, layer_table
from vgdesk.ui.views.frame import ViewFrame, ViewSpec
from vgdesk.ui.views.matrix_chart import Marks, MatrixChart
from vgdesk.ui.views.matrix_picture import Axis, Bar, MatrixPicture


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
        """Frame the cell of the layers that the other views show."""
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


SPEC = ViewSpec(View.LAYERS.value, "Layer heatmap", LayerHeatmap)
