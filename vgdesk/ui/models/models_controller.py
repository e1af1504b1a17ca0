from PySide6.QtCore import QObject

from vgdesk.app.state.events import Embedded, SessionChanged
from vgdesk.app.workspace import Workspace
from vgdesk.core.model import Cell, EncoderId
from vgdesk.core.viewing import ViewRecipe
from vgdesk.encoders.base import EncoderSpec
from vgdesk.ui import dialogs
from vgdesk.ui.models.model_card import Choice
from vgdesk.ui.models.models_panel import ModelsPanel
from vgdesk.ui.user_requests import UserRequests

DEVICES = {
    "auto": "the fastest device",
    "cpu": "the processor (CPU)",
    "cuda": "the graphics card (CUDA)",
    "mps": "the graphics card (MPS)",
}


class ModelsController(QObject):
    """Connects the models panel with the available encoders."""

    def __init__(self, workspace: Workspace, requests: UserRequests, panel: ModelsPanel) -> None:
        super().__init__(panel)
        self._workspace = workspace
        self._panel = panel
        panel.encoder_chosen.connect(self._choose)
        panel.folder_requested.connect(self._add_folder)
        panel.vectors_requested.connect(self._add_vectors)
        panel.download_requested.connect(self._download)
        panel.twin_requested.connect(workspace.encoder_selection.add_twin)
        panel.compared_chosen.connect(requests.compare)
        panel.device_chosen.connect(self._choose_device)
        self._show_device("")
        events = workspace.events
        events.session_changed.subscribe(self._show_choices)
        events.embedded.subscribe(self._show_progress)
        events.recipe_changed.subscribe(self._show_compared)
        events.device_found.subscribe(self._show_device)
        self._show_compared(requests.recipe)
        self._show_choices(SessionChanged(workspace.session, workspace.session, ""))

    def _choose(self, cell: Cell, encoder: EncoderId | None) -> None:
        self._workspace.encoder_selection.choose(cell, encoder)

    def _add_folder(self, cell: Cell) -> None:
        title = f"A folder with a model for {cell.title}: config.json and safetensors"
        if folder := dialogs.ask_folder(self._panel, title):
            self._workspace.encoder_selection.add_folder(cell, folder)

    def _add_vectors(self, cell: Cell) -> None:
        if file := dialogs.ask_vectors(self._panel):
            self._workspace.encoder_selection.add_folder(cell, file)

    def _download(self, cell: Cell) -> None:
        if repo := dialogs.ask_model_name(self._panel):
            self._workspace.encoder_selection.download(cell, repo)

    def _choose_device(self, title: str) -> None:
        chosen = next(device for device, name in DEVICES.items() if title.startswith(name))
        self._workspace.configure(device=chosen)

    def _show_device(self, device: str) -> None:
        chosen = self._workspace.settings.device
        names = {**DEVICES, "auto": f"{DEVICES['auto']} ({device})"} if device else DEVICES
        self._panel.show_device(names.get(chosen, names["auto"]), tuple(names.values()))

    def _show_choices(self, change: SessionChanged) -> None:
        encoder_registry = self._workspace.encoder_registry
        choices = {
            cell: tuple(_choice(spec) for spec in encoder_registry.choices(cell)) for cell in Cell
        }
        for cell, encoder in change.after.encoders.items():
            if all(choice.id != encoder for choice in choices[cell]):
                spec = encoder_registry.spec(encoder)
                choices[cell] += (_choice(spec) if spec else _absent(encoder),)
        self._panel.show_choices(choices, change.after.encoders)

    def _show_progress(self, embedded: Embedded) -> None:
        for cell, progress in embedded.cells.items():
            problem = progress.problem
            self._panel.show_progress(
                cell,
                progress.done,
                progress.total,
                problem or ("stopped" if progress.is_stopped else ""),
                failed=bool(problem),
            )

    def _show_compared(self, recipe: ViewRecipe) -> None:
        self._panel.show_compared(recipe.a, recipe.b)


def _choice(spec: EncoderSpec) -> Choice:
    detail = f"{len(spec.layers)} layers of {spec.dim}. {spec.source}"
    return Choice(spec.id, spec.title, detail, purpose=spec.purpose)


def _absent(encoder: EncoderId) -> Choice:
    return Choice(
        encoder,
        encoder,
        available=False,
        why="This model is not on this computer. Add its folder or download it.",
    )
