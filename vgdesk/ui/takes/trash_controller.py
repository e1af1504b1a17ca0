from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from vgdesk.app.project.trash import TrashRow
from vgdesk.app.state.events import SessionChanged
from vgdesk.app.workspace import Workspace
from vgdesk.core.model import TakeId
from vgdesk.ui.takes.removal_controller import RemovalController
from vgdesk.ui.takes.trash_dialog import TrashDialog


class TrashController(QObject):
    """Connects the trash dialog with the session."""

    def __init__(self, workspace: Workspace, window: QWidget, removals: RemovalController) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        self._removals = removals
        self._unsubscribe: Callable[[], None] = lambda: None
        self.dialog: TrashDialog | None = None

    def open(self) -> None:
        """Show the trash of the project."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        dialog = self.dialog = TrashDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.play_requested.connect(self._play)
        dialog.restore_requested.connect(self._restore)
        dialog.empty_requested.connect(self._empty)
        dialog.finished.connect(self._closed)
        self._unsubscribe = self._workspace.events.session_changed.subscribe(self._show)
        self._show()
        dialog.open()

    def _closed(self) -> None:
        self._unsubscribe()
        self.dialog = None
        self._workspace.playback.stop()

    def _show(self, _change: SessionChanged | None = None) -> None:
        def show(rows: tuple[TrashRow, ...]) -> None:
            if self.dialog is not None:
                self.dialog.show_trash(rows)

        self._workspace.projects.list_trash(show)

    def _play(self, takes: list[TakeId]) -> None:
        trash = self._workspace.session.trash
        found = [trash[take].take for take in takes if take in trash]
        if found:
            self._workspace.playback.play(found)

    def _restore(self, takes: list[TakeId]) -> None:
        self._workspace.editor.restore(takes)

    def _empty(self) -> None:
        self._removals.plan("")
