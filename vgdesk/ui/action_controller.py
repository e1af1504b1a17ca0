from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from vgdesk.app.workspace import Workspace
from vgdesk.ui import dialogs
from vgdesk.ui.actions.import_actions import ImportActions
from vgdesk.ui.actions.project_actions import ProjectActions
from vgdesk.ui.actions.take_actions import TakeActions
from vgdesk.ui.actions.view_actions import ViewActions
from vgdesk.ui.actions.word_actions import WordActions
from vgdesk.ui.control_bar import ControlBar
from vgdesk.ui.models.models_panel import ModelsPanel
from vgdesk.ui.recording.recording_controller import RecordingController
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.views_controller import ViewsController
from vgdesk.ui.words.words_panel import WordsPanel


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the window that actions reach."""

    controls: ControlBar
    views: ViewsController
    words: WordsPanel
    models: ModelsPanel
    recording: RecordingController


class ActionController(QObject):
    """What actions call (`app.actions.ActionTarget`): a group of methods for each kind of thing."""

    def __init__(
        self, window: QMainWindow, parts: Parts, workspace: Workspace, requests: UserRequests
    ) -> None:
        super().__init__(window)
        self.project = ProjectActions(window, workspace, parts.recording)
        self.imports = ImportActions(window, workspace, requests)
        self.words = WordActions(parts.words, workspace, requests)
        self.takes = TakeActions(window, workspace, requests, parts.recording)
        self.views = ViewActions(
            window, workspace, requests, parts.views, parts.controls, parts.models
        )

    def take_in(self, paths: list[Path]) -> None:
        """Open a project that was dropped, or add files and folders."""
        if [path.suffix for path in paths] == [dialogs.PROJECT]:
            self.project.open(paths[0])
        elif [path.suffix for path in paths] == [dialogs.PACKED]:
            self.project.unpack(paths[0])
        else:
            self.imports.take_in(paths)
