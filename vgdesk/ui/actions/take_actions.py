from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from vgdesk.app.workspace import Workspace
from vgdesk.ui.recording.microphone_controller import MicrophoneController
from vgdesk.ui.recording.prompts_controller import PromptsController
from vgdesk.ui.recording.recording_controller import RecordingController
from vgdesk.ui.recording.speaker_window import SpeakerWindow
from vgdesk.ui.takes.removal_controller import RemovalController
from vgdesk.ui.takes.speakers_controller import SpeakersController
from vgdesk.ui.takes.trash_controller import TrashController
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.widgets.docks import reveal


class TakeActions(QObject):
    """Records takes, and opens the prompts, the speakers and the trash."""

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        requests: UserRequests,
        recording: RecordingController,
    ) -> None:
        super().__init__(window)
        self._requests = requests
        self._window = window
        self._workspace = workspace
        self._recording = recording
        self._prompts = PromptsController(window, workspace, requests, recording)
        self.microphone = MicrophoneController(workspace, window)
        removals = RemovalController(workspace, window)
        self.speakers = SpeakersController(workspace, window, removals)
        self.trash = TrashController(workspace, window, removals)
        self.speaker_window: SpeakerWindow | None = None

    def record(self) -> None:
        reveal(self._recording.panel)
        if self.microphone.is_due:
            self.microphone.open(self._recording.toggle)
        else:
            self._recording.toggle()

    def keep(self) -> None:
        self._recording.keep_take()

    def retake(self) -> None:
        self._recording.retake()

    def step_prompt(self, step: int) -> None:
        self._workspace.take_sequence.step_word(step)

    def step(self, step: int) -> None:
        self._workspace.take_sequence.step_take(step)

    def ask_for_prompts(self) -> None:
        self._prompts.ask()

    def toggle_microphone(self) -> None:
        self._recording.toggle_microphone()

    def check_microphone(self) -> None:
        self.microphone.open()

    def show_speakers(self) -> None:
        self.speakers.open()

    def show_speaker_window(self) -> None:
        if self.speaker_window is None:
            self.speaker_window = SpeakerWindow(self._workspace, self._requests, self._window)
        self.speaker_window.open()

    def show_trash(self) -> None:
        self.trash.open()
