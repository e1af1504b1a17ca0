from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.viewing import ViewRecipe
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.view import Scene, View

NO_RESULT = object()


class ViewSlot(QObject):
    """A view in the window: its frame, its result, and the action that fills it.

    Signals
    -------
    action_requested
        Id of the action that fills the view.
    seen
        Id of the view, and whether it is visible.
    """

    action_requested = Signal(str)
    seen = Signal(str, bool)

    def __init__(
        self, view: View[Any, Any], theme: Theme, command: Callable[[], EquivalentCommand]
    ) -> None:
        super().__init__()
        self.view = view
        self.frame = view.build(theme)
        self._command = command
        self._result: Any = NO_RESULT
        self._way_out = ""
        self._drawn_by: tuple[object, ...] = ()
        self.frame.action_requested.connect(self._go_way_out)
        self.frame.seen.connect(self._tell_seen)

    @property
    def id(self) -> ViewId:
        return self.view.id

    def connect_requests(self, requests: UserRequests, controls: Sequence[QWidget]) -> None:
        """Connect the frame, and add controls to its header."""
        if controls:
            self.frame.add_control(*controls)
        self.view.connect(self.frame, requests)

    def show_result(self, result: Any, scene: Scene) -> None:
        """Show a new result."""
        self._result = result
        self.draw(scene)

    def draw(self, scene: Scene) -> None:
        """Redraw the result, if any, with the current labels and colours."""
        self._drawn_by = self._drawing_choices(scene.recipe)
        if self._result is NO_RESULT:
            return
        result = self._result
        self.view.show(self.frame, result, scene)
        self.view.mark(self.frame, scene)
        self.frame.show_selection(scene.selection)
        self.frame.show_recipe(lambda: self.view.command(self._command(), result, self.frame))

    def show_choices(self, scene: Scene) -> None:
        """Mark the choices of the recipe; redraw only if they change the look of the result."""
        self.view.mark(self.frame, scene)
        if self._drawing_choices(scene.recipe) != self._drawn_by:
            self.draw(scene)

    def show_missing(self, missing: Missing) -> None:
        """Show why there is no result, and offer the action that helps."""
        self._result = NO_RESULT
        self._way_out = missing.action
        self.frame.show_missing(missing.reason, missing.action_title)

    def _drawing_choices(self, recipe: ViewRecipe) -> tuple[object, ...]:
        return tuple(getattr(recipe, name) for name in self.view.drawn_by)

    def _go_way_out(self) -> None:
        self.action_requested.emit(self._way_out)

    def _tell_seen(self, is_seen: bool) -> None:
        self.seen.emit(self.id, is_seen)
