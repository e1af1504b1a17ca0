from PySide6.QtCore import Signal

from vgdesk.analyses.retrieval.gating import GATING
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.details import GatingResult
from vgdesk.core.errors import VgdeskError
from vgdesk.core.gates import Condition
from vgdesk.core.model import Modality
from vgdesk.core.viewing import Rows
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.curves.gating_plot import GatingPlot
from vgdesk.ui.views.descriptions.gating import gate_readout, gating_summary, gating_table
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.view import Quarter, Scene, View


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


def ask(context: ViewContext) -> Request | Missing | None:
    """Rank the inspected take at its gates among the takes of the layer."""
    recipe, cell, take = context.recipe, context.recipe.focus, context.inspected
    takes = context.plan(cell, Rows.TAKES)
    if cell.modality is Modality.TEXT and context.session.words:
        return context.needs_speech(cell)
    if takes is None:
        return context.not_yet(cell)
    if take is None:
        return context.empty("Select a recorded word.")
    gates = context.gates_of(takes.encoder, take)
    if gates is None or isinstance(gates, VgdeskError):
        return None if gates is None else Missing(context.view, str(gates))
    layer, facts = recipe.layer_of(cell), context.facts
    choices = {"measure": GATING.id, "gates": gates, "layer": layer, "facts": facts}
    return Request(work.rank_gates, (takes,), choices)


def show(frame: GatingCurves, results: tuple[GatingResult, ...], scene: Scene) -> None:
    """Show the ranks of one word."""
    title = scene.title_of(results[0].encoder, scene.recipe.focus)
    frame.show_result(results, scene.legend, title)


def command_of(
    writer: EquivalentCommand, results: tuple[GatingResult, ...], _frame: GatingCurves
) -> str:
    """Return the command that ranks this take at the same gates."""
    first, controls = results[0], [result.condition for result in results[1:]]
    more = "--layer", first.layer, *(["--control", *controls] if controls else [])
    return writer.of_take("gate", first.take, first.encoder, *more)


def connect(frame: GatingCurves, requests: UserRequests) -> None:
    """Let a click play the sound of a gate."""
    frame.part_requested.connect(requests.play_part)


GATING_VIEW = View(
    ViewId("gating"),
    "Gating",
    "Shows how much of a word must be heard before one layer recognises it.",
    Quarter.BOTTOM_RIGHT,
    GatingCurves,
    ask,
    show,
    command_of,
    connect,
    follows_take=True,
)
