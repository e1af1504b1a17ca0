from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow

from vgdesk.app.exchange.segmentation import LongRecording
from vgdesk.app.workspace import Workspace
from vgdesk.core.model import TakeId
from vgdesk.ui import dialogs
from vgdesk.ui.importing.import_controller import ImportController
from vgdesk.ui.importing.segmentation_dialog import SegmentationDialog
from vgdesk.ui.user_requests import UserRequests


class ImportActions(QObject):
    """Adds words and takes from sound files, annotations, tables, lists and long recordings."""

    def __init__(self, window: QMainWindow, workspace: Workspace, requests: UserRequests) -> None:
        super().__init__(window)
        self._requests = requests
        self._window = window
        self._workspace = workspace
        self.controller = ImportController(window, workspace)

    def ask_for_files(self) -> None:
        if files := dialogs.ask_files_to_add(self._window):
            self.take_in(files)

    def ask_for_folder(self) -> None:
        if folder := dialogs.ask_folder(self._window, "A folder of sound files"):
            self.take_in([folder])

    def take_in(self, paths: list[Path]) -> None:
        """Add files and folders."""
        self.controller.take_in(paths)

    def ask_to_segment(self) -> None:
        if file := dialogs.ask_long_recording(self._window):
            self._segment(file)

    def segment_take(self, take: str) -> None:
        """Segment a take that is too long for one word."""
        whole = self._workspace.session.takes.get(TakeId(take))
        if whole is not None:
            self._segment(whole.file)

    def _segment(self, file: Path) -> None:
        self._workspace.segmentation.look_into(file, self._workspace.due_words, self._show_segments)

    def _show_segments(self, recording: LongRecording) -> None:
        workspace, file = self._workspace, recording.file
        dialog = SegmentationDialog(
            recording, tuple(workspace.session.words.values()), self._window
        )
        sounds, segmentation = workspace.sounds, workspace.segmentation
        dialog.play_requested.connect(lambda start, end: sounds.play_stretch(file, start, end))
        dialog.accepted.connect(
            lambda: segmentation.cut(file, dialog.pieces, workspace.settings.speaker)
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def ask_for_list(self) -> None:
        if name := dialogs.ask_word_list(self._window):
            self.add_list(name)

    def add_list(self, name: str) -> None:
        self._workspace.lists.add(name)

    def ask_for_ratings(self) -> None:
        if (file := dialogs.ask_ratings(self._window)) is not None:
            self._workspace.lists.load_ratings(file)

    def ask_for_columns(self) -> None:
        if file := dialogs.ask_table(self._window):
            self.controller.add_columns(file)

    def fill_in_pronunciations(self) -> None:
        chosen = self._requests.selection.words
        self._workspace.imports.pronounce(frozenset(chosen))
