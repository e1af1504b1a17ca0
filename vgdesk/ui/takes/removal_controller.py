from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from vgdesk.app.words.removal import Removal
from vgdesk.app.workspace import Workspace
from vgdesk.core.notices import Notice
from vgdesk.ui.takes import removal_question


class RemovalController(QObject):
    """Asks before permanent deletions, and before finishing an interrupted one."""

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        workspace.events.removal_interrupted.subscribe(self.ask)

    def plan(self, speaker: str) -> None:
        """Ask about deleting a speaker's data, or the trash if the name is empty."""
        self._workspace.projects.plan_removal(speaker, self.ask)

    def ask(self, removal: Removal) -> None:
        """Ask, and delete what the user agreed to."""
        projects = self._workspace.projects
        title = projects.title if projects.home is not None else ""
        parent = QApplication.activeModalWidget() or self._window
        agreed = removal_question.ask_to_remove(parent, removal, title)
        if agreed is not None:
            done = Notice(removal_question.is_removed(agreed))
            self._workspace.delete_permanently(
                agreed, lambda: self._workspace.events.notice.publish(done)
            )
        elif removal.is_interrupted:
            projects.give_up_removal()
