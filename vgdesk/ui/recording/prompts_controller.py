from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from vgdesk.app.words.prompt_order import PromptPlan, next_prompt
from vgdesk.app.workspace import Workspace
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session
from vgdesk.ui import dialogs
from vgdesk.ui.recording.prompts_dialog import PromptsDialog
from vgdesk.ui.recording.recording_controller import RecordingController
from vgdesk.ui.user_requests import UserRequests


class PromptsController(QObject):
    """Asks for the prompts and applies them to the project and the settings."""

    def __init__(
        self,
        window: QWidget,
        workspace: Workspace,
        requests: UserRequests,
        recording: RecordingController,
    ) -> None:
        super().__init__(window)
        self._requests = requests
        self._window, self._workspace, self._recording = window, workspace, recording
        self._dialog: PromptsDialog | None = None

    def ask(self) -> None:
        """Open the prompts dialog."""
        workspace = self._workspace
        self._dialog = PromptsDialog(
            workspace.session,
            workspace.take_sequence.plan,
            workspace.settings.speaker,
            self._requests.recipe.label_column,
            self._window,
        )
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.file_requested.connect(self._ask_for_file)
        self._dialog.prompts_chosen.connect(self._use)
        self._dialog.finished.connect(self._forget)
        self._dialog.open()

    def _ask_for_file(self) -> None:
        if file := dialogs.ask_prompt_file(self._window):
            self._workspace.lists.read(file, self._show_words, self._show_trouble)

    def _show_words(self, words: Session) -> None:
        if self._dialog is not None:
            self._dialog.show_words(words)

    def _show_trouble(self, error: VgdeskError) -> None:
        if self._dialog is not None:
            self._dialog.show_trouble(f"{error.message} {error.hint}")

    def _forget(self) -> None:
        self._dialog = None

    def _use(self, words: Session, plan: PromptPlan) -> None:
        workspace = self._workspace
        workspace.configure(
            shuffles_prompts=plan.is_shuffled,
            prompt_seed=plan.seed,
            takes_a_word=plan.takes,
            skips_recorded=plan.skips_recorded,
        )
        workspace.lists.add_prompts(words)
        first = next_prompt(workspace.session, plan, workspace.settings.speaker, None)
        if first is not None:
            self._requests.choose_word(first)
        self._recording.show_settings()
