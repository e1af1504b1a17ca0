from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from vgdesk.analyses import ANALYSES
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.model import WordId
from vgdesk.core.results import WordMap
from vgdesk.core.viewing import Selection
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.descriptions.results import map_summary, map_table, row_titles
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.maps.map_legend import LegendStrip
from vgdesk.ui.views.maps.map_picture import entries_of, picture_of
from vgdesk.ui.views.maps.map_plot import MapPlot
from vgdesk.ui.views.view import Quarter, Scene, View
from vgdesk.ui.widgets.data_table import Table

STEPS = {
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
ZOOMS = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Minus: 1.25, Qt.Key.Key_0: float("inf")}


class ClusterMap(ViewFrame):
    """Shows the words of one layer as points on a map: near points are similar.

    Signals
    -------
    word_toggled
        A word was clicked with Ctrl.
    words_chosen
        Words selected by dragging with Shift.
    word_hovered
        The word under the pointer; empty if none.
    """

    word_chosen = Signal(str)
    word_toggled = Signal(str)
    words_chosen = Signal(list)
    word_hovered = Signal(str)
    play_requested = Signal(list)

    def __init__(self, theme: Theme) -> None:
        self._result: WordMap | None = None
        self._legend: Legend | None = None
        self._selection = Selection()
        self._pending: tuple[WordId, ...] = ()
        self.map = MapChart(theme)
        self.plot = self.map.plot
        super().__init__("Cluster map", self.map, theme)
        self.plot.word_chosen.connect(self.word_chosen)
        self.plot.word_toggled.connect(self.word_toggled)
        self.plot.words_chosen.connect(self.words_chosen)
        self.plot.word_pointed.connect(self.word_hovered)
        self.plot.play_requested.connect(self.play_requested)
        self.set_theme(theme)

    @property
    def reduced_motion(self) -> bool:
        """Whether points jump to new places without animation."""
        return self.plot.reduced_motion

    @reduced_motion.setter
    def reduced_motion(self, is_reduced: bool) -> None:
        self.plot.reduced_motion = is_reduced

    def show_result(self, result: WordMap, legend: Legend) -> None:
        """Show a result; existing rows move smoothly to their new places."""
        self._result, self._legend = result, legend
        self.plot.show_picture(picture_of(result, legend), self.plot.pending_places())
        arrived = set(result.words)
        self.show_pending(tuple(word for word in self._pending if word not in arrived))
        self._show_legend()
        self._present(
            map_summary(result, legend, ""),
            result.trace.warning,
            lambda: _table(result, legend),
        )

    def show_selection(self, selection: Selection) -> None:
        """Ring the points of selected words, and enlarge those of the hovered one."""
        is_other = selection.words != self._selection.words
        self._selection = selection
        self.plot.show_selection(selection)
        if is_other:
            self._show_legend()

    def show_pending(self, words: tuple[WordId, ...]) -> None:
        """Show words without vectors yet as hollow marks at the left edge."""
        self._pending = words
        if self._legend is not None:
            self.plot.show_pending({word: self._legend.look_of(word) for word in words})

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.map.set_theme(theme)

    def _show_legend(self) -> None:
        if self._result is not None and self._legend is not None:
            selected = frozenset(self._selection.words)
            self.map.legend.show_entries(entries_of(self._result, self._legend, selected))


class MapChart(QWidget):
    """The plot above its legend; handles the keyboard for both."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.plot = MapPlot(theme)
        self.legend = LegendStrip(theme)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.plot, 1)
        rows.addWidget(self.legend)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_theme(self, theme: Theme) -> None:
        self.plot.set_theme(theme)
        self.legend.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.legend.set_max_lines(2 if self.height() < 320 else 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS:
            self.plot.step(STEPS[key])
        elif key in ZOOMS:
            self.plot.zoom(ZOOMS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.plot.play_primary()
        else:
            super().keyPressEvent(event)


def _table(result: WordMap, legend: Legend) -> Table:
    """List every point; the row id distinguishes the takes of a word."""
    table = map_table(result, row_titles(result.rows, result.words, legend), legend)
    rows = [(row, *entries) for row, entries in zip(result.rows, table.rows, strict=True)]
    return Table(("row", *table.headers), rows)


def ask(context: ViewContext) -> Request | Missing:
    """Map the words or takes of a layer; the axes stay fixed while the list grows a little."""
    recipe, cell, method = context.recipe, context.recipe.focus, ANALYSES[context.recipe.map_method]
    plan = context.plan(cell, recipe.rows)
    if plan is None:
        return context.not_yet(cell)
    choices = {
        "measure": method.id,
        "layer": recipe.layer_of(cell),
        "fitted": context.fitted_rows(cell, frozenset(row for row, _word, _keys in plan.rows)),
        "facts": context.facts_for(method),
        "seed": recipe.seed,
    }
    return Request(work.place_words, (plan,), choices)


def show(frame: ClusterMap, result: WordMap, scene: Scene) -> None:
    """Show the map of the words."""
    frame.show_result(result, scene.legend)


def command_of(writer: EquivalentCommand, result: WordMap, _frame: ClusterMap) -> str:
    """Return the command that computes this map."""
    more = writer.rows_of([result.layer])
    return writer.of_measure("map", result.trace.encoders, result.method, *more)


def connect(frame: ClusterMap, requests: UserRequests) -> None:
    """Let clicks and drags select and play words, and the button refit the map."""
    frame.reduced_motion = requests.reduced_motion
    refit = QPushButton("Refit")
    refit.setToolTip("Recompute the map with all its words (Ctrl+M)")
    refit.clicked.connect(requests.refit_map)
    frame.add_control(refit)
    frame.word_chosen.connect(requests.choose_word)
    frame.word_hovered.connect(requests.hover)
    frame.play_requested.connect(requests.play)
    frame.word_toggled.connect(requests.toggle_word)
    frame.words_chosen.connect(requests.choose_words)


MAP_VIEW = View(
    ViewId("map"),
    "Cluster map",
    "Shows which words form groups in one layer.",
    Quarter.BOTTOM_LEFT,
    ClusterMap,
    ask,
    show,
    command_of,
    connect,
    controls=("map_method", "rows"),
    is_quick=True,
    is_always_shown=True,
)
