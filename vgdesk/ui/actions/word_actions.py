from PySide6.QtCore import QObject

from vgdesk.app.workspace import Workspace
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.widgets.docks import reveal
from vgdesk.ui.words.words_panel import WordsPanel


class WordActions(QObject):
    """Selects, labels and deletes words, plays them, and undoes edits."""

    def __init__(self, panel: WordsPanel, workspace: Workspace, requests: UserRequests) -> None:
        super().__init__(panel)
        self._panel = panel
        self._workspace = workspace
        self._requests = requests

    def undo(self) -> None:
        self._workspace.store.undo()

    def redo(self) -> None:
        self._workspace.store.redo()

    def delete_selection(self) -> None:
        if chosen := self._requests.selection.words:
            self._requests.delete(chosen, ())

    def ask_for_label(self) -> None:
        if self._requests.selection.words:
            self._panel.ask_label()
        else:
            self._workspace.events.say(
                "No word is selected.", "Select words in the list or in a view."
            )

    def select_all(self) -> None:
        self._requests.select_all()

    def clear_selection(self) -> None:
        self._requests.clear_selection()

    def step(self, step: int) -> None:
        self._requests.step_word(step)

    def find(self) -> None:
        reveal(self._panel)
        self._panel.search.setFocus()

    def play(self) -> None:
        self._requests.play(self._requests.selection.words)

    def stop_playing(self) -> None:
        self._workspace.playback.stop()
