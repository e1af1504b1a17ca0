from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vgdesk.app.analysing.equivalent_command import UNSAVED, EquivalentCommand
from vgdesk.app.state.events import Embedded, Missing, SessionChanged, ViewId, ViewResult
from vgdesk.app.workspace import Workspace
from vgdesk.core.model import Cell, EncoderId
from vgdesk.core.viewing import Selection, ViewRecipe
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import Legend, legend_of
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views import VIEWS
from vgdesk.ui.views.encoder_titles import encoder_title
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.view import Scene, View
from vgdesk.ui.views.view_controls import ViewControls
from vgdesk.ui.views.view_grid import ViewGrid
from vgdesk.ui.views.view_slot import ViewSlot


class ViewsController(QWidget):
    """The linked views: shows every result in the slot of its view.

    Signals
    -------
    action_requested
        Id of the action that an empty view offers.
    """

    action_requested = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        requests: UserRequests,
        theme: Theme,
        views: Iterable[View[Any, Any]] = tuple(VIEWS.values()),
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._requests = requests
        self._theme = theme
        self.legend: Legend = self._make_legend()
        self._slots = {view.id: ViewSlot(view, theme, self._command) for view in views}
        self._controls = ViewControls(requests.change_recipe)
        self._grid = ViewGrid([(slot.view, slot.frame) for slot in self._slots.values()])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._grid)
        self._connect_slots()
        self._subscribe()

    @property
    def frames(self) -> Mapping[ViewId, ViewFrame]:
        return {view: slot.frame for view, slot in self._slots.items()}

    @property
    def is_grid(self) -> bool:
        return self._grid.is_grid

    def set_grid(self, is_grid: bool) -> None:
        """Show the views side by side, or as tabs."""
        self._grid.set_grid(is_grid)

    def toggle_tables(self) -> None:
        """Switch all views between tables and pictures."""
        is_table = not all(frame.is_table for frame in self.frames.values())
        for frame in self.frames.values():
            frame.show_table(is_table)

    def set_theme(self, theme: Theme) -> None:
        """Redraw everything in the colours of a theme."""
        self._theme = theme
        for frame in self.frames.values():
            frame.set_theme(theme)
        self._draw()

    def _connect_slots(self) -> None:
        for slot in self._slots.values():
            slot.connect_requests(self._requests, self._controls.named(*slot.view.controls))
            slot.action_requested.connect(self.action_requested)
            if not slot.view.is_always_shown:
                slot.seen.connect(self._watch)
            self._workspace.pipeline.add(slot.view, is_seen=slot.view.is_always_shown)

    def _subscribe(self) -> None:
        events = self._workspace.events
        events.result_ready.subscribe(self._show_result)
        events.view_missing.subscribe(self._show_missing)
        events.view_asked.subscribe(self._show_asked)
        events.embedded.subscribe(self._show_pending)
        events.selection_changed.subscribe(self._show_selection)
        events.session_changed.subscribe(self._session_changed)
        events.recipe_changed.subscribe(self._recipe_changed)

    def _watch(self, view: str, is_seen: bool) -> None:
        self._workspace.pipeline.watch(ViewId(view), is_seen=is_seen)

    def _show_result(self, result: ViewResult) -> None:
        self._slots[result.view].show_result(result.value, self._scene())

    def _show_missing(self, missing: Missing) -> None:
        self._slots[missing.view].show_missing(missing)

    def _show_asked(self, view: ViewId) -> None:
        self._slots[view].frame.show_busy("Updating…")

    def _show_pending(self, embedded: Embedded) -> None:
        takes = self._workspace.session.takes
        pending = [takes[take].word for take in takes if take in embedded.pending]
        words = tuple(dict.fromkeys(pending))
        is_stopped = any(progress.is_stopped for progress in embedded.cells.values())
        for frame in self.frames.values():
            frame.show_pending(words)
            if is_stopped:
                frame.show_stale("Encoding was stopped")

    def _show_selection(self, selection: Selection) -> None:
        for frame in self.frames.values():
            frame.show_selection(selection)

    def _session_changed(self, _change: SessionChanged) -> None:
        self._draw()

    def _recipe_changed(self, recipe: ViewRecipe) -> None:
        self._controls.show_recipe(recipe)
        if recipe.label_column != self.legend.column:
            self._take_over_labels()
        scene = self._scene()
        for slot in self._slots.values():
            slot.show_choices(scene)

    def _draw(self) -> None:
        """Redraw all views with the current labels, colours and order; results are unchanged."""
        self._take_over_labels()
        scene = self._scene()
        for slot in self._slots.values():
            slot.draw(scene)

    def _take_over_labels(self) -> None:
        recipe = self._requests.recipe
        columns = self._workspace.session.label_columns()
        self._controls.show_columns(columns, recipe.label_column)
        self.legend = self._make_legend()

    def _make_legend(self) -> Legend:
        recipe = self._requests.recipe
        return legend_of(self._workspace.session, recipe.label_column, self._theme)

    def _scene(self) -> Scene:
        session, asked = self._workspace.session, self._requests
        return Scene(session, asked.recipe, asked.selection, self.legend, self._title_of)

    def _command(self) -> EquivalentCommand:
        workspace = self._workspace
        home = workspace.projects.home or UNSAVED
        name_of = workspace.encoder_registry.command_name
        return EquivalentCommand(home, self._requests.recipe, name_of)

    def _title_of(self, encoder: EncoderId, likely: Cell | None = None) -> str:
        return encoder_title(self._workspace, encoder, likely)
