from PySide6.QtCore import QObject, QTimer

from vgdesk.app.events import SessionChanged
from vgdesk.app.recording import Phase
from vgdesk.app.workspace import Workspace
from vgdesk.audio.devices import Microphone
from vgdesk.core.model import WordId
from vgdesk.core.viewing import Selection
from vgdesk.ui.panels.recorder_panel import RecorderLook, RecorderPanel, RecorderState

LEVELS_A_SECOND = 30

_STATES = {
    Phase.OFF: RecorderState.IDLE,
    Phase.OPENING: RecorderState.IDLE,
    Phase.READY: RecorderState.ARMED,
    Phase.RECORDING: RecorderState.RECORDING,
    Phase.TAIL: RecorderState.SAVING,
    Phase.SAVING: RecorderState.SAVING,
    Phase.LOST: RecorderState.LOST,
}
SILENCE = "The system is sending silence. Is the microphone muted, or not allowed for this program?"
LOST = "The microphone is gone. Press Record to open it again, or choose another one."


class RecordingControl(QObject):
    """Between the recorder panel and the microphone. Looks at the level, never at the sound."""

    def __init__(self, workspace: Workspace, panel: RecorderPanel) -> None:
        super().__init__(panel)
        self._workspace = workspace
        self._panel = panel
        self._offered: WordId | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // LEVELS_A_SECOND)
        self._timer.timeout.connect(self._show_state)
        self._timer.start()
        panel.record_toggled.connect(self.toggle)
        panel.microphone_chosen.connect(self._choose_microphone)
        panel.rescan_requested.connect(self._rescan)
        panel.voice_stop_changed.connect(self._choose_voice_stop)
        panel.set_voice_stop(workspace.settings.stop_by_voice)
        workspace.events.session_changed.subscribe(self._show_groups)
        workspace.events.selection_changed.subscribe(self._show_word)
        workspace.events.microphones_found.subscribe(self._show_microphones)

    @property
    def is_running(self) -> bool:
        """True while a take is recorded."""
        return self._workspace.recording.phase is Phase.RECORDING

    @property
    def is_holding_a_take(self) -> bool:
        """True from the start of a take until it is in the list."""
        return self._workspace.recording.phase in (Phase.RECORDING, Phase.TAIL, Phase.SAVING)

    def toggle(self) -> None:
        """Start a take of the word in the prompt, or end the one that runs."""
        is_asking = self._workspace.flow.toggle(self._panel.prompt(), self._panel.group())
        if is_asking:
            self._panel.ask_for_word()
        self._show_state()

    def toggle_microphone(self) -> None:
        """Open the microphone, or close it."""
        recording = self._workspace.recording
        if recording.phase is Phase.READY:
            recording.disarm()
        elif recording.phase in (Phase.OFF, Phase.LOST):
            recording.arm()

    def _show_microphones(self, found: tuple[Microphone, ...]) -> None:
        wanted = self._workspace.settings.microphone
        by_title = [i for i, microphone in enumerate(found) if microphone.title == wanted]
        default = [i for i, microphone in enumerate(found) if microphone.is_default]
        current = next(iter((*by_title, *default)), 0)
        self._panel.show_microphones(tuple(microphone.title for microphone in found), current)
        if by_title:
            self._workspace.recording.choose(found[by_title[0]])

    def _choose_microphone(self, place: int) -> None:
        microphone = self._workspace.recording.microphones[place]
        self._workspace.configure(microphone=microphone.title)
        self._workspace.recording.choose(microphone)

    def _rescan(self) -> None:
        self._workspace.recording.look_for_microphones(again=True)

    def _choose_voice_stop(self, stop_by_voice: bool) -> None:
        self._workspace.configure(stop_by_voice=stop_by_voice)

    def _show_word(self, selection: Selection) -> None:
        """Offer the chosen word for another take."""
        if selection.primary == self._offered:
            return  # the pointer moved over a view: nothing was chosen
        self._offered = selection.primary
        word = self._workspace.session.words.get(selection.primary) if selection.primary else None
        if word is not None and not self.is_running:
            column = self._workspace.looking.recipe.label_column
            self._panel.set_prompt(word.text, word.labels.get(column, ""))

    def _show_groups(self, change: SessionChanged) -> None:
        column = self._workspace.looking.recipe.label_column
        labels = (word.labels.get(column, "") for word in change.after.words.values())
        self._panel.show_groups(tuple(dict.fromkeys(label for label in labels if label)))

    def _show_state(self) -> None:
        recording = self._workspace.recording
        phase = recording.phase
        if phase not in (Phase.READY, Phase.RECORDING):
            message = LOST if phase is Phase.LOST else ""
            self._panel.show_state(RecorderLook(_STATES[phase], message=message))
            return
        level = recording.recorder.level()
        self._panel.show_state(
            RecorderLook(
                _STATES[phase],
                level.peak_dbfs,
                level.rms_dbfs,
                recording.recorder.seconds,
                recording.recorder.lost_blocks,
                SILENCE if level.is_digital_silence else "",
            )
        )
