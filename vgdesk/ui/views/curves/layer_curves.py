from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.inference.differences import BLOCK, DEPTH
from vgdesk.analyses.lexicon.ratings import RATINGS
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.model import EncoderId
from vgdesk.core.results import LayerCurve, LayerDifference
from vgdesk.core.viewing import ViewRecipe
from vgdesk.ui.dialogs import ask_smallest_effect
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.curves.curve_plot import CurvePlot
from vgdesk.ui.views.curves.difference_lines import as_curve, places_of
from vgdesk.ui.views.descriptions.differences import (
    difference_readout,
    difference_summary,
    difference_table,
    line_title,
)
from vgdesk.ui.views.descriptions.results import (
    curve_readout,
    curve_summary,
    curve_table,
)
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.view import Quarter, Scene, View

# The curves of some encoders, or differences of two.
Shown = tuple[LayerCurve | LayerDifference, ...]


class LayerCurves(ViewFrame):
    """Shows a score at every layer, one line per model, each with its chance band.

    Signals
    -------
    layer_chosen
        Encoder of the curve, and the layer.
    layers_chosen
        Layers of A and of B at a point of their difference.
    floors_wished
        Whether untrained twins and baselines should also be shown.
    differences_wished
        Whether B minus A should be shown instead.
    smallest_effect_chosen
        The smallest difference that matters; 0 if unknown.
    """

    layer_chosen = Signal(str, int)
    layers_chosen = Signal(int, int)
    floors_wished = Signal(bool)
    differences_wished = Signal(bool)
    smallest_effect_chosen = Signal(float)

    def __init__(self, theme: Theme) -> None:
        self._curves: tuple[LayerCurve, ...] = ()
        self._differences: tuple[LayerDifference, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._floor_count = 0
        self._smallest_effect = 0.0
        self._marked: tuple[int, ...] = ()
        self.plot = CurvePlot()
        super().__init__("Layer curve", self.plot, theme)
        self._relative = self._tool(
            "Depth", "Relative depth instead of layer numbers", checkable=True
        )
        self._floors = self._tool(
            "Floors", "Also show controls, untrained twins and baselines", checkable=True
        )
        self._difference = self._tool(
            "B \N{MINUS SIGN} A",
            "Show the difference B minus A with its paired interval",
            checkable=True,
        )
        self._smallest = QAction("Smallest difference that matters…", self)
        self._difference.addAction(self._smallest)
        self._difference.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.add_control(self._relative, self._floors, self._difference)
        self._floors.clicked.connect(self.floors_wished)
        self._difference.clicked.connect(self.differences_wished)
        self._smallest.triggered.connect(self._ask_smallest_effect)
        self._relative.toggled.connect(self._redraw)
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
        self._differences = ()
        self._marked = self._marked if len(self._marked) == len(curves) else (0,) * len(curves)
        self._draw()
        warnings = dict.fromkeys(curve.trace.warning for curve in curves if curve.trace.warning)
        self._present(
            curve_summary(curves, titles, of),
            " ".join(warnings),
            lambda: curve_table(curves, titles),
        )

    def show_differences(self, found: tuple[LayerDifference, ...], titles: tuple[str, ...]) -> None:
        """Show B minus A, one line for each series.

        Parameters
        ----------
        titles
            Names of A and B.
        """
        self._differences, self._titles, self._floor_count = found, titles, 0
        self._draw_differences()

    @property
    def encoders(self) -> tuple[EncoderId, ...]:
        """The encoder of each curve; A and B if their difference is shown."""
        if self._differences:
            return self._differences[0].trace.encoders
        return tuple(curve.encoder for curve in self._curves)

    @property
    def is_difference(self) -> bool:
        """Whether B minus A is shown."""
        return bool(self._differences)

    def mark(self, layers: tuple[int, ...]) -> None:
        """Ring the layer of each curve that the other views show."""
        self._marked = layers
        self.plot.mark(layers)

    def mark_difference(self, layer: int, *, is_b: bool) -> None:
        """Ring the difference at a layer of A or of B."""
        marked = []
        for one in self._shown_differences():
            own = [pair[is_b] for pair in places_of(one)]
            marked.append(own.index(layer) if layer in own else len(own) - 1)
        self.mark(tuple(marked))

    def show_wishes(self, recipe: ViewRecipe) -> None:
        """Show whether floors or differences are requested."""
        self._floors.setChecked(recipe.floors)
        self._floors.setDisabled(recipe.differences)
        self._difference.setChecked(recipe.differences)
        self._smallest_effect = recipe.smallest_effect

    def _ask_smallest_effect(self) -> None:
        effect = ask_smallest_effect(self, self._smallest_effect)
        if effect is not None:
            self.smallest_effect_chosen.emit(effect)

    def _choose(self, curve: int, layer: int) -> None:
        if self._differences:
            a, b = places_of(self._shown_differences()[curve])[layer]
            self.layers_chosen.emit(a, b)
        else:
            self.layer_chosen.emit(self.encoders[curve], layer)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._redraw()

    def _redraw(self) -> None:
        if self._differences:
            self._draw_differences()
        else:
            self._draw()

    def _shown_differences(self) -> tuple[LayerDifference, ...]:
        """Return the differences of layers paired as shown; models as deep have one pairing."""
        depths = {one.depth for one in self._differences}
        depth = DEPTH if self._relative.isChecked() else BLOCK
        return tuple(one for one in self._differences if depth not in depths or one.depth == depth)

    def _draw_differences(self) -> None:
        shown = self._shown_differences()
        self._marked = self._marked if len(self._marked) == len(shown) else (0,) * len(shown)
        self.plot.show_curves(
            tuple(map(as_curve, shown)),
            tuple(map(line_title, shown)),
            self._marked,
            self.theme,
            is_relative=self._relative.isChecked(),
            subtracted="B \N{MINUS SIGN} A",
            smallest_effect=shown[0].smallest_effect,
        )
        self._present(
            difference_summary(shown, self._titles),
            shown[0].trace.warning,
            lambda: difference_table(self._differences),
        )

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
        if self._differences:
            shown = self._shown_differences()
            known = 0 <= curve < len(shown)
            text = difference_readout(shown[curve], layer, self._titles) if known else ""
            self.plot.setToolTip(text)
            return
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
    if recipe.differences:
        return _ask_difference(context, measure)
    plans = [plan for cell in cells if (plan := context.plan(cell, measure.rows)) is not None]
    if not plans:
        return context.not_yet(recipe.focus)
    floors = () if measure.has_series else context.encoding.floor_plans(measure.rows)
    ready = (*dict.fromkeys(plans), *floors)
    known = work.facts_about(ready, facts)
    choices = {"measure": measure.id, "facts": known, "seed": recipe.seed}
    return Request(work.score_layers, ready, choices)


def _ask_difference(context: ViewContext, measure: CurveAnalysis) -> Request | Missing:
    """Subtract the scores of A from those of B."""
    recipe = context.recipe
    plans: list[StackPlan] = []
    for cell in (recipe.a, recipe.b):
        plan = context.plan(cell, measure.rows)
        if plan is None:
            return context.not_yet(cell)
        plans.append(plan)
    choices = {
        "measure": measure.id,
        "facts": work.facts_about(plans, context.facts),
        "seed": recipe.seed,
        "smallest_effect": recipe.smallest_effect,
    }
    return Request(work.subtract_scores, tuple(plans), choices)


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


def show(frame: LayerCurves, found: Shown, scene: Scene) -> None:
    """Show a line for each encoder, for each series of one, or for B minus A."""
    differences = tuple(one for one in found if isinstance(one, LayerDifference))
    if differences:
        recipe = scene.recipe
        a_and_b = scene.titles_of(differences[0].trace.encoders, recipe.a, recipe.b)
        frame.show_differences(differences, a_and_b)
        return
    curves = tuple(one for one in found if isinstance(one, LayerCurve))
    encoders = [scene.title_of(curve.encoder, None) for curve in curves]
    titles = [curve.series or title for curve, title in zip(curves, encoders, strict=True)]
    of = encoders[0] if curves[0].series else ""
    chosen = set(scene.session.encoders.values())
    floors = sum(curve.encoder not in chosen for curve in curves)
    frame.show_result(curves, tuple(titles), of, floors=floors)


def mark(frame: LayerCurves, scene: Scene) -> None:
    """Ring the layer of each curve that the other views show."""
    recipe, encoders = scene.recipe, scene.session.encoders
    frame.show_wishes(recipe)
    if frame.is_difference:
        frame.mark_difference(recipe.layer_of(recipe.focus), is_b=recipe.focus is recipe.b)
        return
    layers = {encoders[cell]: recipe.layer_of(cell) for cell in encoders}
    frame.mark(tuple(layers.get(encoder, 0) for encoder in frame.encoders))


def command_of(writer: EquivalentCommand, found: Shown, frame: LayerCurves) -> str:
    """Return the command that scores these encoders, or subtracts their scores."""
    measure = found[0].measure
    if isinstance(found[0], LayerDifference):
        smallest = found[0].smallest_effect
        more = ("--smallest-effect", f"{smallest:g}") if smallest else ()
        return writer.of_measure("differences", frame.encoders, measure, *more)
    return writer.of_measure("score", tuple(dict.fromkeys(frame.encoders)), measure)


def connect(frame: LayerCurves, requests: UserRequests) -> None:
    """Let a click on a point choose its layer, and the buttons show floors or differences."""
    frame.layer_chosen.connect(requests.choose_layer_of)
    frame.layers_chosen.connect(requests.choose_layers)
    frame.floors_wished.connect(requests.show_floors)
    frame.differences_wished.connect(requests.show_differences)
    frame.smallest_effect_chosen.connect(requests.choose_smallest_effect)


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
