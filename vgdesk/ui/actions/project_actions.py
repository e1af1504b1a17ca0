import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from vgdesk.app.project.opening import Unsaved
from vgdesk.app.workspace import Workspace
from vgdesk.ui import dialogs
from vgdesk.ui.recording.recording_controller import RecordingController


class ProjectActions(QObject):
    """Opens, saves and exports projects, and asks about unsaved edits before closing one."""

    def __init__(
        self, window: QMainWindow, workspace: Workspace, recording: RecordingController
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._projects = workspace.projects
        self._recording = recording

    def leave(self, then: Callable[[], object]) -> None:
        """Call `then` once unsaved edits are saved or discarded, unless the user cancels."""
        if self._recording.is_holding_a_take:
            # The take is saved first, so that it is not lost.
            self._recording.finish_take(lambda: self.leave(then))
            return
        chosen = dialogs.Leave.DISCARD
        if self._workspace.store.has_unsaved_edits:
            chosen = dialogs.ask_about_edits(self._window, self._projects.title)
        if chosen is dialogs.Leave.SAVE:
            self.save(lambda: self.leave(then))  # asks again if something was edited meanwhile
        elif chosen is dialogs.Leave.DISCARD:
            self._projects.give_up_edits()
            self._workspace.imports.cancel()  # or pending files would be added to another project
            then()

    def new(self) -> None:
        self.leave(lambda: self._projects.new(self._workspace.session))

    def open_demo(self) -> None:
        self.leave(self._projects.open_demo)

    def open(self, folder: Path) -> None:
        """Open a project in place of the current one."""
        self.leave(lambda: self._workspace.open(folder))

    def ask_to_open(self) -> None:
        if folder := dialogs.ask_project(self._window):
            self.open(folder)

    def ask_for_unsaved(self) -> None:
        def ask(found: tuple[Unsaved, ...]) -> None:
            if not found:
                self._workspace.events.say(
                    "There is no unsaved work.", "Open a project to restore its edits."
                )
            elif folder := dialogs.ask_unsaved(self._window, found):
                self.leave(lambda: self._projects.open_unsaved(folder))

        self._projects.list_unsaved(ask)

    def open_recent(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open(Path(action.data()))

    def save(self, then: Callable[[], object] = lambda: None) -> None:
        if self._projects.home is None:
            self.ask_to_save_as(then)
        else:
            self._workspace.save(self._projects.home, then)

    def ask_to_save_as(self, then: Callable[[], object] = lambda: None) -> None:
        folder = dialogs.ask_new_project(self._window, self._projects.title)
        if folder is None:
            return
        if folder != self._projects.home and os.path.lexists(folder):
            self._workspace.events.say(
                f"“{folder.name}” already exists and was not changed.", "Choose a new name."
            )
        else:
            self._workspace.save(folder, then)

    def ask_to_export(self) -> None:
        if kind := dialogs.ask_export_kind(self._window):
            title = self._projects.title
            if asked := dialogs.ask_export_target(self._window, kind, title):
                self._workspace.exports.export(
                    self._workspace.session, kind, asked.place, force=asked.may_replace
                )

    def ask_to_pack(self) -> None:
        def ask() -> None:
            home = self._projects.home
            if home is not None and (asked := dialogs.ask_packed_name(self._window, home)):
                self._workspace.exports.pack(home, asked.place, force=asked.may_replace)

        is_saved = self._projects.home and not self._workspace.store.has_unsaved_edits
        ask() if is_saved else self.save(ask)  # only saved data is packed

    def ask_to_unpack(self) -> None:
        if file := dialogs.ask_packed_file(self._window):
            self.unpack(file)

    def unpack(self, file: Path) -> None:
        """Ask where to unpack a project, and open it there."""
        folder = dialogs.ask_new_project(self._window, file.stem, file.parent)
        if folder is not None:
            # Unpacking may fail, so the current project is left only when the new one is there.
            self._workspace.exports.unpack(file, folder, lambda: self.open(folder))

    def ask_to_report(self) -> None:
        if file := dialogs.ask_report_name(self._window):
            self._workspace.exports.save_report(file, self._workspace.settings)

    def quit(self) -> None:
        self._window.close()
