from PySide6.QtCore import Signal

from vgdesk.app.events import View
from vgdesk.core.gates import Condition
from vgdesk.core.results import GatingResult
from vgdesk.ui.legend import Legend
from vgdesk.ui.theme import Theme
from vgdesk.ui.views.describe_gating import gate_readout, gating_summary, gating_table
from vgdesk.ui.views.frame import ViewFrame, ViewSpec
from vgdesk.ui.views.gating_plot import GatingPlot


class GatingCurves(ViewFrame):
    """Shows the rank of a word by the amount heard; a click plays that part.

    Signals
    -------
    part_requested
        The take, whether its end is heard instead of its start, and the seconds heard.
    """

    part_requested = Signal(str, bool, float)

    def __init__(self, theme: Theme) -> None:
        self._results: tuple[GatingResult, ...] = ()
        self._legend: Legend | None = None
        self.plot = GatingPlot()
        super().__init__("Gating", self.plot, theme)
        self.plot.pointed.connect(self._point)
        self.plot.chosen.connect(self._play)
        self.set_theme(theme)

    def show_result(self, results: tuple[GatingResult, ...], legend: Legend, title: str) -> None:
        """Show one word with a line per condition; `title` is the name of the model."""
        self._results, self._legend = results, legend
        self._draw()
        self._present(
            gating_summary(results, legend, title),
            results[0].trace.warning,
            lambda: gating_table(results, legend),
        )

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._draw()

    def _draw(self) -> None:
        if self._results:
            self.plot.show_results(self._results, self.theme)

    def _point(self, line: int, gate: int) -> None:
        known = self._legend is not None and 0 <= line < len(self._results)
        text = gate_readout(self._results[line], gate, self._legend) if known else ""  # type: ignore[arg-type]
        self.plot.setToolTip(text)

    def _play(self, line: int, gate: int) -> None:
        result = self._results[line]
        is_end = result.condition == Condition.END.value
        self.part_requested.emit(result.take, is_end, float(result.times[gate]))


SPEC = ViewSpec(View.GATING.value, "Gating", GatingCurves)
