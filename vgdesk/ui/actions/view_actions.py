from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from vgdesk.app.state.settings import Layout
from vgdesk.app.workspace import Workspace
from vgdesk.core.viewing import Shown
from vgdesk.ui import dialogs
from vgdesk.ui.control_bar import ControlBar
from vgdesk.ui.models.models_panel import ModelsPanel
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.views_controller import ViewsController
from vgdesk.ui.widgets.docks import reveal


class ViewActions(QObject):
    """Changes the content of the views, their encoders, and the layout of the window.

    Signals
    -------
    reset_requested
        The layout should return to that of the first start.
    """

    reset_requested = Signal()

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        requests: UserRequests,
        views: ViewsController,
        controls: ControlBar,
        models: ModelsPanel,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._requests = requests
        self._views = views
        self._controls = controls
        self._models = models

    def step_layer(self, step: int) -> None:
        self._controls.step_layer(step)

    def show(self, shown: Shown) -> None:
        self._requests.show(shown)

    def toggle_grid(self) -> None:
        is_grid = not self._views.is_grid
        self._views.set_grid(is_grid)
        self._workspace.configure(layout=Layout.GRID if is_grid else Layout.TABS)

    def toggle_tables(self) -> None:
        self._views.toggle_tables()

    def toggle_published(self) -> None:
        self._requests.toggle_published()

    def refit_map(self) -> None:
        self._requests.refit_map()

    def reset_layout(self) -> None:
        self.reset_requested.emit()

    def choose_encoder(self) -> None:
        reveal(self._models)
        recipe, encoders = self._requests.recipe, self._workspace.session.encoders
        empty = [cell for cell in (recipe.a, recipe.b) if cell not in encoders]
        self._models.open_choices((*empty, recipe.focus)[0])

    def encode_again(self) -> None:
        self._workspace.encoder_selection.encode_again()

    def choose_pooling(self, pooling: str) -> None:
        self._requests.choose_pooling(pooling)

    def show_shortcuts(self) -> None:
        dialogs.show_shortcuts(self._window)

    def show_about(self) -> None:
        dialogs.show_about(self._window)
