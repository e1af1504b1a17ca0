from PySide6.QtCore import Signal

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.lexicon.ratings import RATINGS
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.model import EncoderId
from vgdesk.core.results import LayerCurve
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.curves.curve_plot import CurvePlot
from vgdesk.ui.views.descriptions.results import (
    curve_readout,
    curve_summary,
    curve_table,
)
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.view import Quarter, Scene, View


class LayerCurves(ViewFrame):
    """Shows a score at every layer, one line per model, each with its chance band.

    Signals
    -------
    layer_chosen
        Encoder of the curve, and the layer.
    floors_wished
        Whether untrained twins and baselines should also be shown.
    """

    layer_chosen = Signal(str, int)
    floors_wished = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        self._curves: tuple[LayerCurve, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._floor_count = 0
        self._marked: tuple[int, ...] = ()
        self.plot = CurvePlot()
        super().__init__("Layer curve", self.plot, theme)
        self._relative = self._tool(
            "Depth", "Relative depth instead of layer numbers", checkable=True
        )
        self._floors = self._tool(
            "Floors", "Also show controls, untrained twins and baselines", checkable=True
        )
        self.add_control(self._relative, self._floors)
        self._floors.clicked.connect(self.floors_wished)
        self._relative.toggled.connect(self._draw)
        self.plot.pointed.connect(self._point)
        self.plot.chosen.connect(self._choose)
        self.set_theme(theme)

    def show_result(
        self,
        curves: tuple[LayerCurve, ...],
        titles: tuple[str, ...],
        of: str = "",
        *,
        floors: int = 0,
    ) -> None:
        """Show the curves of all models; models of different depth use relative depth.

        Parameters
        ----------
        titles
            Name of each line.
        of
            The model, if all lines belong to one.
        floors
            Number of curves at the end that are floors.
        """
        self._curves, self._titles, self._floor_count = curves, titles, floors
        self._marked = self._marked if len(self._marked) == len(curves) else (0,) * len(curves)
        self._draw()
        warnings = dict.fromkeys(curve.trace.warning for curve in curves if curve.trace.warning)
        self._present(
            curve_summary(curves, titles, of),
            " ".join(warnings),
            lambda: curve_table(curves, titles),
        )

    @property
    def encoders(self) -> tuple[EncoderId, ...]:
        """The encoder of each curve."""
        return tuple(curve.encoder for curve in self._curves)

    def mark(self, layers: tuple[int, ...]) -> None:
        """Ring the layer of each curve that the other views show."""
        self._marked = layers
        self.plot.mark(layers)

    def show_floors(self, is_on: bool) -> None:
        """Show whether floors are requested."""
        self._floors.setChecked(is_on)

    def _choose(self, curve: int, layer: int) -> None:
        self.layer_chosen.emit(self.encoders[curve], layer)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._draw()

    def _is_relative(self) -> bool:
        depths = {len(curve.layers) for curve in self._curves}
        return self._relative.isChecked() or len(depths) > 1

    def _draw(self) -> None:
        if not self._curves:
            return
        self.plot.show_curves(
            self._curves,
            self._titles,
            self._marked,
            self.theme,
            is_relative=self._is_relative(),
            floors=self._floor_count,
        )

    def _point(self, curve: int, layer: int) -> None:
        known = 0 <= curve < len(self._curves)
        text = curve_readout(self._curves[curve], layer, self._titles[curve]) if known else ""
        self.plot.setToolTip(text)


def ask(context: ViewContext) -> Request | Missing:
    """Score every layer of all encoders, or of one if the measure has several series."""
    recipe, facts, measure = context.recipe, context.facts, ANALYSES[context.recipe.curve]
    assert isinstance(measure, CurveAnalysis)
    if not context.session.words:
        return context.no_words()
    if measure.uses_labels and not facts.labels():
        return context.no_labels()
    if measure.id == RATINGS.id and not facts.ratings:
        return _no_ratings(context)
    cells = (recipe.focus,) if measure.has_series else context.cells
    plans = [plan for cell in cells if (plan := context.plan(cell, measure.rows)) is not None]
    if not plans:
        return context.not_yet(recipe.focus)
    floors = () if measure.has_series else context.encoding.floor_plans(measure.rows)
    ready = (*dict.fromkeys(plans), *floors)
    known = work.facts_about(ready, facts)
    choices = {"measure": measure.id, "facts": known, "seed": recipe.seed}
    return Request(work.score_layers, ready, choices)


def _no_ratings(context: ViewContext) -> Missing:
    """Report that there are no similarity ratings of these words."""
    rated = len(context.session.ratings)
    what = (
        f"None of the {rated} rated pairs has both words in the list."
        if rated
        else "It needs a table of ratings with the columns word1, word2 and similarity."
    )
    purpose = "Shows whether words that people rate as similar are close together."
    load = "load_ratings", "Load similarity ratings…"
    return Missing(context.view, f"{purpose} {what}", *load)


def show(frame: LayerCurves, curves: tuple[LayerCurve, ...], scene: Scene) -> None:
    """Show a line for each encoder, or for each series of one."""
    encoders = [scene.title_of(curve.encoder, None) for curve in curves]
    titles = [curve.series or title for curve, title in zip(curves, encoders, strict=True)]
    of = encoders[0] if curves[0].series else ""
    chosen = set(scene.session.encoders.values())
    floors = sum(curve.encoder not in chosen for curve in curves)
    frame.show_result(curves, tuple(titles), of, floors=floors)


def mark(frame: LayerCurves, scene: Scene) -> None:
    """Ring the layer of each curve that the other views show."""
    recipe, encoders = scene.recipe, scene.session.encoders
    layers = {encoders[cell]: recipe.layer_of(cell) for cell in encoders}
    frame.show_floors(recipe.floors)
    frame.mark(tuple(layers.get(encoder, 0) for encoder in frame.encoders))


def command_of(
    writer: EquivalentCommand, curves: tuple[LayerCurve, ...], frame: LayerCurves
) -> str:
    """Return the command that scores these encoders."""
    return writer.of_measure("score", tuple(dict.fromkeys(frame.encoders)), curves[0].measure)


def connect(frame: LayerCurves, requests: UserRequests) -> None:
    """Let a click on a point choose its layer, and the button show floors."""
    frame.layer_chosen.connect(requests.choose_layer_of)
    frame.floors_wished.connect(requests.show_floors)


CURVES_VIEW = View(
    ViewId("curves"),
    "Layer curve",
    "Shows how well the words form their groups at every layer.",
    Quarter.BOTTOM_RIGHT,
    LayerCurves,
    ask,
    show,
    command_of,
    connect,
    mark,
    controls=("curve", "label_column"),
    is_always_shown=True,
)
