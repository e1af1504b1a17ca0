from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from vgdesk.app.analysing.equivalent_command import UNSAVED, EquivalentCommand
from vgdesk.app.state.events import CurvesReady, Embedded, Missing, SessionChanged, View
from vgdesk.app.workspace import Workspace
from vgdesk.core.details import (
    GatingResult,
    LabelConfusions,
    LetterProfile,
    NeighbourChanges,
    RetrievalList,
)
from vgdesk.core.model import Cell, EncoderId, TakeId, WordId
from vgdesk.core.results import LayerSimilarity, WordMap, WordOverview, WordSimilarity
from vgdesk.core.viewing import Selection, ViewRecipe
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import Legend, legend_of
from vgdesk.ui.views.curves.gating_curves import GatingCurves
from vgdesk.ui.views.curves.layer_curves import LayerCurves
from vgdesk.ui.views.curves.letter_bars import LetterBars
from vgdesk.ui.views.encoder_titles import encoder_title
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.heatmaps.confusion_heatmap import ConfusionHeatmap
from vgdesk.ui.views.heatmaps.layer_heatmap import LayerHeatmap
from vgdesk.ui.views.heatmaps.word_heatmap import WordHeatmap
from vgdesk.ui.views.lists.changed_words import ChangedWords
from vgdesk.ui.views.lists.retrieval_list import FoundWords
from vgdesk.ui.views.maps.cluster_map import ClusterMap
from vgdesk.ui.views.row_order import rows_in_order
from vgdesk.ui.views.view_controls import ViewControls
from vgdesk.ui.views.view_grid import ViewGrid

# What is computed only while it is seen.
WATCHED = (View.CHANGES, View.CONFUSIONS, View.GATING, View.LETTERS, View.RETRIEVAL)


class ViewsController(QWidget):
    """The linked views: hears results and wishes, and passes them on.

    Signals
    -------
    action_requested
        Id of the action that a view offers as the way out of being empty.
    """

    action_requested = Signal(str)

    def __init__(self, workspace: Workspace, theme: Theme) -> None:
        super().__init__()
        self._workspace = workspace
        self._theme = theme
        self.legend: Legend = legend_of(
            workspace.session, workspace.view_state.recipe.label_column, theme
        )
        self.layers = LayerHeatmap(theme)
        self.words = WordHeatmap(theme)
        self.map = ClusterMap(theme)
        self.map.reduced_motion = workspace.settings.reduced_motion
        self.curves = LayerCurves(theme)
        self.changes = ChangedWords(theme)
        self.confusions = ConfusionHeatmap(theme)
        self.gating = GatingCurves(theme)
        self.letters = LetterBars(theme)
        self.retrieval = FoundWords(theme)
        self.frames: Mapping[View, ViewFrame] = {
            View.LAYERS: self.layers,
            View.WORDS: self.words,
            View.MAP: self.map,
            View.CURVES: self.curves,
            View.CHANGES: self.changes,
            View.CONFUSIONS: self.confusions,
            View.GATING: self.gating,
            View.LETTERS: self.letters,
            View.RETRIEVAL: self.retrieval,
        }
        self._curves: tuple[EncoderId, ...] = ()
        self._looks = workspace.view_state.recipe.label_column, workspace.view_state.recipe.order
        self._way_out: dict[View, str] = {}
        self._last: dict[View, Callable[[], None]] = {}
        self._grid = ViewGrid(self.frames)
        self._controls = ViewControls(workspace.view_state.change)
        self._add_controls()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._grid)
        self._hear_views()
        self._hear_workspace()

    @property
    def is_grid(self) -> bool:
        return self._grid.is_grid

    def set_grid(self, is_grid: bool) -> None:
        """Show the views side by side, or one behind the other as tabs."""
        self._grid.set_grid(is_grid)

    def toggle_tables(self) -> None:
        """Show the numbers instead of the pictures in all views, or the pictures again."""
        is_table = not all(frame.is_table for frame in self.frames.values())
        for frame in self.frames.values():
            frame.show_table(is_table)

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in other colours."""
        self._theme = theme
        for frame in self.frames.values():
            frame.set_theme(theme)
        self._look_again()

    def _add_controls(self) -> None:
        controls = self._controls
        refit = QPushButton("Refit")
        refit.setToolTip("Lay out the map anew with all its words (Ctrl+M)")
        refit.clicked.connect(self._workspace.pipeline.refit_map)
        self.layers.add_control(controls.alignment)
        self.words.add_control(controls.words_measure, controls.order)
        self.map.add_control(controls.map_method, controls.rows, refit)
        self.retrieval.add_control(controls.search)
        self.curves.add_control(controls.curve, controls.label_column)

    # Wishes of the views

    def _hear_views(self) -> None:
        self.layers.cell_chosen.connect(self._choose_layers)
        self.curves.layer_chosen.connect(self._choose_curve_layer)
        self.curves.floors_wished.connect(self._wish_floors)
        self.words.pair_chosen.connect(self._choose_pair)
        self.words.part_wished.connect(self._workspace.pipeline.show_part)
        for watched in WATCHED:
            self.frames[watched].seen.connect(self._watch)
            self._workspace.pipeline.watch(watched, is_seen=False)
        self.changes.word_chosen.connect(self._choose_word)
        self.changes.play_requested.connect(self._workspace.play)
        self.confusions.labels_chosen.connect(self._choose_labels)
        self.gating.part_requested.connect(self._play_part)
        self.letters.words_chosen.connect(self._choose_words)
        self.retrieval.entry_chosen.connect(self._choose_entry)
        self.retrieval.entry_played.connect(self._play_entry)
        for view in (self.words, self.map):
            view.word_chosen.connect(self._choose_word)
            view.word_hovered.connect(self._hover)
            view.play_requested.connect(self._workspace.play)
        self.map.word_toggled.connect(self._toggle)
        self.map.words_chosen.connect(self._choose_words)
        for frame in self.frames.values():
            frame.action_requested.connect(self._go_way_out)

    def _go_way_out(self) -> None:
        self.action_requested.emit(self._way_out.get(self._asker(), ""))

    def _asker(self) -> View:
        return next(view for view, frame in self.frames.items() if frame is self.sender())

    def _choose_layers(self, row: int, column: int) -> None:
        recipe = self._workspace.view_state.recipe
        self._workspace.view_state.change(
            lambda r: r.with_layer(recipe.a, row).with_layer(recipe.b, column)
        )

    def _choose_curve_layer(self, curve: int, layer: int) -> None:
        encoders = self._workspace.session.encoders
        cells = [cell for cell in Cell if encoders.get(cell) == self._curves[curve]]
        for cell in cells:
            self._workspace.view_state.choose_layer(cell, layer)

    def _watch(self, is_seen: bool) -> None:
        self._workspace.pipeline.watch(self._asker(), is_seen=is_seen)

    def _wish_floors(self, is_on: bool) -> None:
        self._workspace.view_state.change(lambda recipe: replace(recipe, floors=is_on))

    def _choose_pair(self, one: str, other: str) -> None:
        self._workspace.view_state.select(WordId(one), WordId(other))

    def _choose_word(self, word: str) -> None:
        self._workspace.view_state.select(WordId(word))

    def _choose_entry(self, word: str, row: str) -> None:
        self._workspace.view_state.select(WordId(word))
        if row in self._workspace.session.takes:
            self._workspace.view_state.choose_take(WordId(word), TakeId(row))

    def _play_entry(self, word: str) -> None:
        # A word that is only written is looked at without a word about it.
        if self._workspace.session.takes_of(WordId(word)):
            self._workspace.play([WordId(word)])

    def _toggle(self, word: str) -> None:
        self._workspace.view_state.toggle(WordId(word))

    def _choose_words(self, words: list[WordId]) -> None:
        self._workspace.view_state.select(*words)

    def _choose_labels(self, labels: list[str]) -> None:
        words = self._workspace.session.words
        self._choose_words([w for w in words if self.legend.look_of(w).group in labels])

    def _play_part(self, take: str, is_end: bool, seconds: float) -> None:
        self._workspace.play_part(TakeId(take), seconds, is_end=is_end)

    def _hover(self, word: str) -> None:
        self._workspace.view_state.hover(WordId(word) if word else None)

    # News of the workspace

    def _hear_workspace(self) -> None:
        events = self._workspace.events
        events.layers_ready.subscribe(self._show_layers)
        events.words_ready.subscribe(self._show_words)
        events.map_ready.subscribe(self._show_map)
        events.curves_ready.subscribe(self._show_curves)
        events.changes_ready.subscribe(self._show_changes)
        events.confusions_ready.subscribe(self._show_confusions)
        events.gating_ready.subscribe(self._show_gating)
        events.letters_ready.subscribe(self._show_letters)
        events.retrieval_ready.subscribe(self._show_retrieval)
        events.view_missing.subscribe(self._show_missing)
        events.view_asked.subscribe(self._show_asked)
        events.embedded.subscribe(self._show_pending)
        events.selection_changed.subscribe(self._show_selection)
        events.session_changed.subscribe(self._session_changed)
        events.recipe_changed.subscribe(self._recipe_changed)

    def _session_changed(self, _change: SessionChanged) -> None:
        self._look_again()

    def _recipe_changed(self, recipe: ViewRecipe) -> None:
        self._controls.show_recipe(recipe)
        self.curves.show_floors(recipe.floors)
        self._mark(recipe)
        before, self._looks = self._looks, (recipe.label_column, recipe.order)
        if recipe.label_column != before[0]:
            self._look_again()
        elif recipe.order is not before[1] and View.WORDS in self._last:
            self._last[View.WORDS]()

    def _mark(self, recipe: ViewRecipe) -> None:
        """Show which layers are looked at. Redrawing the pictures would make the slider jerk."""
        encoders = self._workspace.session.encoders
        layers = {encoders[cell]: recipe.layer_of(cell) for cell in encoders}
        self.layers.mark(recipe.layer_of(recipe.a), recipe.layer_of(recipe.b))
        self.curves.mark(tuple(layers.get(curve, 0) for curve in self._curves))

    def _look_again(self) -> None:
        """Take over labels, colours and order of the words; the numbers stay as they are."""
        recipe, session = self._workspace.view_state.recipe, self._workspace.session
        self._controls.show_columns(session.label_columns(), recipe.label_column)
        self.legend = legend_of(session, recipe.label_column, self._theme)
        for show in tuple(self._last.values()):
            show()

    def _show_layers(self, result: LayerSimilarity) -> None:
        def show() -> None:
            recipe = self._workspace.view_state.recipe
            a, b = result.trace.encoders
            titles = self._title_of(a, recipe.a), self._title_of(b, recipe.b)
            self.layers.show_result(result, *titles)
            self.layers.mark(recipe.layer_of(recipe.a), recipe.layer_of(recipe.b))
            self.layers.show_recipe(lambda: self._line().of_layers(result))

        self._keep(View.LAYERS, show)

    def _show_words(self, result: WordSimilarity | WordOverview) -> None:
        def show() -> None:
            # What was asked for a moment ago may come after another choice: the result knows.
            encoder, *is_difference = result.trace.encoders
            recipe = self._workspace.view_state.recipe
            title = "B minus A" if is_difference else self._title_of(encoder, recipe.focus)
            if isinstance(result, WordOverview):
                self.words.show_overview(
                    result, self.legend, centred=bool(is_difference), title=title
                )
            else:
                order = rows_in_order(result, recipe.order, self.legend)
                self.words.show_result(
                    result, order, self.legend, centred=bool(is_difference), title=title
                )
            self.words.show_selection(self._workspace.view_state.selection)
            self.words.show_recipe(lambda: self._line().of_words(result))

        self._keep(View.WORDS, show)

    def _show_map(self, result: WordMap) -> None:
        def show() -> None:
            self.map.show_result(result, self.legend)
            self.map.show_selection(self._workspace.view_state.selection)
            self.map.show_recipe(lambda: self._line().of_map(result))

        self._keep(View.MAP, show)

    def _show_curves(self, ready: CurvesReady) -> None:
        def show() -> None:
            encoders = [self._title_of(curve.encoder) for curve in ready.curves]
            titles = [
                curve.series or encoder
                for curve, encoder in zip(ready.curves, encoders, strict=True)
            ]
            of = encoders[0] if ready.curves[0].series else ""
            chosen = set(self._workspace.session.encoders.values())
            floors = sum(curve.encoder not in chosen for curve in ready.curves)
            self.curves.show_result(ready.curves, tuple(titles), of, floors=floors)
            self._curves = tuple(curve.encoder for curve in ready.curves)
            self._mark(self._workspace.view_state.recipe)
            self.curves.show_recipe(lambda: self._line().of_curves(ready.curves))

        self._keep(View.CURVES, show)

    def _show_changes(self, result: NeighbourChanges) -> None:
        def show() -> None:
            recipe = self._workspace.view_state.recipe
            a, b = result.trace.encoders
            titles = self._title_of(a, recipe.a), self._title_of(b, recipe.b)
            self.changes.show_result(result, self.legend, *titles)
            self.changes.show_selection(self._workspace.view_state.selection)
            self.changes.show_recipe(lambda: self._line().of_changes(result))

        self._keep(View.CHANGES, show)

    def _show_confusions(self, result: LabelConfusions) -> None:
        def show() -> None:
            focus = self._workspace.view_state.recipe.focus
            self.confusions.show_result(result, self._title_of(result.trace.encoders[0], focus))
            self.confusions.show_recipe(lambda: self._line().of_confusions(result))

        self._keep(View.CONFUSIONS, show)

    def _show_gating(self, results: tuple[GatingResult, ...]) -> None:
        def show() -> None:
            focus = self._workspace.view_state.recipe.focus
            title = self._title_of(results[0].encoder, focus)
            self.gating.show_result(results, self.legend, title)
            self.gating.show_recipe(lambda: self._line().of_gating(results))

        self._keep(View.GATING, show)

    def _show_letters(self, profile: LetterProfile) -> None:
        def show() -> None:
            focus = self._workspace.view_state.recipe.focus
            self.letters.show_result(profile, self._title_of(profile.trace.encoders[0], focus))
            self.letters.show_recipe(lambda: self._line().of_letters(profile))

        self._keep(View.LETTERS, show)

    def _show_retrieval(self, found: RetrievalList) -> None:
        def show() -> None:
            recipe = self._workspace.view_state.recipe
            likely = recipe.searched if len(found.layers) > 1 else (recipe.focus,)
            titles = map(self._title_of, found.trace.encoders, likely)
            self.retrieval.show_result(found, self.legend, tuple(titles))
            self.retrieval.show_selection(self._workspace.view_state.selection)
            self.retrieval.show_recipe(
                lambda: self._line().of_retrieval(found, self.retrieval.is_best_first)
            )

        self._keep(View.RETRIEVAL, show)

    def _keep(self, view: View, show: Callable[[], None]) -> None:
        self._last[view] = show
        show()

    def _show_missing(self, missing: Missing) -> None:
        self._last.pop(missing.view, None)
        self._way_out[missing.view] = missing.action
        self.frames[missing.view].show_missing(missing.reason, missing.action_title)

    def _show_asked(self, view: View) -> None:
        self.frames[view].show_busy("Updating…")

    def _show_pending(self, embedded: Embedded) -> None:
        takes = self._workspace.session.takes
        pending = [takes[take].word for take in takes if take in embedded.pending]
        words = tuple(dict.fromkeys(pending))
        self.words.show_pending(words)
        self.map.show_pending(words)
        if any(progress.is_stopped for progress in embedded.cells.values()):
            for frame in self.frames.values():
                frame.show_stale("Encoding was stopped")

    def _show_selection(self, selection: Selection) -> None:
        self.words.show_selection(selection)
        self.map.show_selection(selection)
        self.changes.show_selection(selection)
        self.retrieval.show_selection(selection)

    def _line(self) -> EquivalentCommand:
        workspace = self._workspace
        home = workspace.projects.home or UNSAVED
        return EquivalentCommand(
            home, workspace.view_state.recipe, workspace.encoder_registry.command_name
        )

    def _title_of(self, encoder: EncoderId, likely: Cell | None = None) -> str:
        return encoder_title(self._workspace, encoder, likely)
