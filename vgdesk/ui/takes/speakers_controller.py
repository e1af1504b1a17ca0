from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from vgdesk.app.state.events import SessionChanged
from vgdesk.app.words.speakers import next_pseudonym, speakers_of
from vgdesk.app.workspace import Workspace
from vgdesk.core.model import Speaker
from vgdesk.ui.takes.removal_controller import RemovalController
from vgdesk.ui.takes.speakers_dialog import SpeakersDialog


class SpeakersController(QObject):
    """Connects the speakers dialog with the session; all changes except deletion can be undone."""

    def __init__(self, workspace: Workspace, window: QWidget, removals: RemovalController) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        self._removals = removals
        self._chosen = ""
        self._unsubscribe: Callable[[], None] = lambda: None
        self.dialog: SpeakersDialog | None = None

    def open(self) -> None:
        """Show the speakers of the project."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        dialog = self.dialog = SpeakersDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.speaker_added.connect(self._add)
        dialog.speaker_changed.connect(self._change)
        dialog.speaker_renamed.connect(self._rename)
        dialog.speaker_chosen.connect(self._choose)
        dialog.removal_requested.connect(self._removals.plan)
        dialog.finished.connect(self._closed)
        self._unsubscribe = self._workspace.events.session_changed.subscribe(self._show)
        self._chosen = self._workspace.settings.speaker
        self._show()
        dialog.open()

    def _closed(self) -> None:
        self._unsubscribe()
        self.dialog = None

    def _show(self, _change: SessionChanged | None = None) -> None:
        if self.dialog is not None:
            speakers = speakers_of(self._workspace.session)
            chosen = self.dialog.chosen
            shown = self._chosen or (chosen.name if chosen else "")
            self._chosen = ""
            self.dialog.show_speakers(speakers, self._workspace.settings.speaker, shown)

    def _add(self) -> None:
        self._chosen = name = next_pseudonym(self._workspace.session)
        self._workspace.editor.add_speaker(name)
        if not self._workspace.settings.speaker:
            self._choose(name)

    def _change(self, speaker: Speaker) -> None:
        self._workspace.editor.edit_speaker(speaker)

    def _rename(self, old: str, new: str) -> None:
        self._chosen = new
        try:
            self._workspace.editor.rename_speaker(old, new)
        except ValueError:
            self._chosen = old
            why = f"There is already a speaker “{new}”, so “{old}” keeps its name."
            self._workspace.events.say(why, "Choose another name.")
            self._show()
            return
        if self._workspace.settings.speaker == old:
            self._choose(new)

    def _choose(self, name: str) -> None:
        self._workspace.configure(speaker=name)
        self._show()
