from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from vgdesk.app.recording.capture import HOLDS_A_TAKE, Phase
from vgdesk.app.recording.take_sequence import Stage
from vgdesk.app.state.events import SessionChanged
from vgdesk.app.state.settings import RecordMode
from vgdesk.app.words.prompt_order import hint_of, progress, take_number
from vgdesk.app.workspace import Workspace
from vgdesk.audio.devices import Microphone
from vgdesk.core.model import Verdict, Word, WordId
from vgdesk.core.viewing import Selection
from vgdesk.ui.recording.recorder_panel import RecorderLook, RecorderPanel
from vgdesk.ui.takes.remarks import Remark
from vgdesk.ui.takes.take_quality import remarks_of
from vgdesk.ui.user_requests import UserRequests

LEVELS_A_SECOND = 30
SILENCE = Remark(
    Verdict.WARN,
    "The system is sending silence.",
    "Check that the microphone is not muted and that vgdesk may use it.",
)
LOST = Remark(
    Verdict.FAIL,
    "The microphone was disconnected; the recording so far is kept.",
    "Press Record to reconnect, or choose another microphone.",
)


class RecordingController(QObject):
    """Connects the recorder panel with the microphone. Reads the level, never the sound.

    Signals
    -------
    use_changed
        Whether the recorder is in use, or whether a take is under review, has changed.
    """

    use_changed = Signal()

    def __init__(self, workspace: Workspace, requests: UserRequests, panel: RecorderPanel) -> None:
        super().__init__(panel)
        self._requests = requests
        self._workspace = workspace
        self.panel = panel
        self._offered: WordId | None = None
        self._then: Callable[[], object] | None = None
        self._takes_before = 0
        self._use = (False, False)
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // LEVELS_A_SECOND)
        self._timer.timeout.connect(self._show_state)
        self._timer.start()
        panel.keep_requested.connect(self.keep_take)
        panel.retake_requested.connect(self.retake)
        source = panel.source
        source.microphone_chosen.connect(self._choose_microphone)
        source.rescan_requested.connect(self._rescan)
        source.voice_stop_changed.connect(self._choose_voice_stop)
        source.mode_chosen.connect(self._choose_mode)
        source.round_seconds_changed.connect(self._choose_round_seconds)
        self.show_settings()
        workspace.events.session_changed.subscribe(self._session_changed)
        workspace.events.selection_changed.subscribe(self._show_word)
        workspace.events.microphones_found.subscribe(self._show_microphones)

    @property
    def is_running(self) -> bool:
        """Whether a take is being recorded."""
        return self._workspace.capture.phase is Phase.RECORDING

    @property
    def is_holding_a_take(self) -> bool:
        """Whether a take is being recorded or saved."""
        return self._workspace.capture.phase in HOLDS_A_TAKE

    @property
    def is_finishing(self) -> bool:
        """Whether a call waits for the current take to be saved."""
        return self._then is not None

    @property
    def is_waiting(self) -> bool:
        """Whether a take is under review."""
        return self._workspace.take_sequence.review is not None

    @property
    def is_in_use(self) -> bool:
        """Whether the microphone is open or a take is under review."""
        return self.is_waiting or self._workspace.take_sequence.stage is not Stage.OFF

    def toggle(self) -> None:
        """Start a take of the prompt, or end the running one."""
        is_asking = self._workspace.take_sequence.toggle(self.panel.prompt(), self.panel.group())
        if is_asking:
            self.panel.ask_for_word()
        self._show_state()

    def keep_take(self) -> None:
        """Keep the take under review and continue with the next word."""
        if self.is_waiting:
            self._workspace.take_sequence.accept()
            self._show_state()

    def retake(self) -> None:
        """Record again the word of the take under review, or of the inspected take."""
        self._workspace.take_sequence.retake()
        self._show_state()

    def finish_take(self, then: Callable[[], object]) -> None:
        """End the current take, and call `then` once it is in the list."""
        if self._then is None:
            self._takes_before = len(self._workspace.session.takes)
        self._then = then
        self._workspace.take_sequence.close()
        if self.is_running:
            self._workspace.take_sequence.toggle(self.panel.prompt(), self.panel.group())

    def show_settings(self) -> None:
        """Show the recording settings and the progress of the prompts."""
        settings = self._workspace.settings
        self.panel.source.show_mode(
            settings.record_mode, settings.round_seconds, stop_by_voice=settings.stop_by_voice
        )
        self._show_progress()

    def toggle_microphone(self) -> None:
        """Open the microphone, or close it."""
        recording = self._workspace.capture
        if recording.phase is Phase.READY:
            recording.disarm()
        elif recording.phase in (Phase.OFF, Phase.LOST):
            recording.arm()

    def _show_microphones(self, found: tuple[Microphone, ...]) -> None:
        wanted = self._workspace.settings.microphone
        by_title = [i for i, microphone in enumerate(found) if microphone.title == wanted]
        default = [i for i, microphone in enumerate(found) if microphone.is_default]
        current = next(iter((*by_title, *default)), 0)
        self.panel.source.show_microphones(tuple(microphone.title for microphone in found), current)
        if by_title:
            self._workspace.capture.choose(found[by_title[0]])

    def _choose_microphone(self, place: int) -> None:
        microphone = self._workspace.capture.microphones[place]
        self._workspace.configure(microphone=microphone.title)
        self._workspace.capture.choose(microphone)

    def _rescan(self) -> None:
        self._workspace.capture.look_for_microphones(again=True)

    def _choose_voice_stop(self, stop_by_voice: bool) -> None:
        self._workspace.configure(stop_by_voice=stop_by_voice)

    def _choose_mode(self, mode: RecordMode) -> None:
        self._workspace.take_sequence.close()  # automatic prompts would otherwise continue
        self._workspace.configure(record_mode=mode)
        self.show_settings()

    def _choose_round_seconds(self, seconds: float) -> None:
        self._workspace.configure(round_seconds=seconds)

    def _show_word(self, selection: Selection) -> None:
        """Offer the selected word as the prompt."""
        if selection.primary == self._offered:
            return  # only hovering changed
        self._offered = selection.primary
        if not self.is_running:
            self._offer(self._word())
        self._show_progress()

    def _offer(self, word: Word | None) -> None:
        if word is None:
            self.panel.forget_prompt()
            return
        column = self._requests.recipe.label_column
        hint = hint_of(self._workspace.session, word, column)
        self.panel.set_prompt(word.text, word.labels.get(column, ""), hint)

    def _word(self) -> Word | None:
        return self._workspace.session.words.get(self._offered) if self._offered else None

    def _session_changed(self, change: SessionChanged) -> None:
        column = self._requests.recipe.label_column
        labels = (word.labels.get(column, "") for word in change.after.words.values())
        self.panel.show_groups(tuple(dict.fromkeys(label for label in labels if label)))
        self._show_progress()

    def _show_progress(self) -> None:
        session, settings = self._workspace.session, self._workspace.settings
        word = self._word()
        found = progress(session, self._workspace.take_sequence.plan, settings.speaker)
        number = take_number(session, word.id, settings.speaker) if word else 1
        number -= self.is_waiting  # the take under review is already counted
        done = f"{found.done} of {found.needed}" if found.needed else ""
        self.panel.show_progress(f"take {number} · {done}" if word and done else done)

    def _show_state(self) -> None:
        recorder, flow = self._workspace.capture.recorder, self._workspace.take_sequence
        level = recorder.level() if self._is_open else None
        review = flow.review
        self.panel.show_state(
            RecorderLook(
                flow.stage,
                level.peak_dbfs if level else float("-inf"),
                level.rms_dbfs if level else float("-inf"),
                recorder.seconds if level else 0.0,
                remarks_of(review) if review else self._troubles(),
                review is not None,
                bool(review and review.concerns),
            )
        )
        self._tell_use()

    @property
    def _is_open(self) -> bool:
        return self._workspace.capture.phase in (Phase.READY, Phase.RECORDING)

    def _troubles(self) -> tuple[Remark, ...]:
        """Return remarks about the microphone."""
        recorder = self._workspace.capture.recorder
        if self._workspace.capture.phase is Phase.LOST:
            return (LOST,)
        lost = recorder.lost_blocks if self.is_running else 0
        silent = (SILENCE,) if self._is_open and recorder.level().is_digital_silence else ()
        return (*((_lost(lost),) if lost else ()), *silent)

    def _tell_use(self) -> None:
        use = self.is_in_use, self.is_waiting
        if use != self._use:
            self._use = use
            self.use_changed.emit()
            self._show_progress()
        if self._then is not None and not self.is_holding_a_take:
            then, self._then = self._then, None
            if len(self._workspace.session.takes) > self._takes_before:
                then()


def _lost(blocks: int) -> Remark:
    return Remark(
        Verdict.FAIL,
        f"{blocks} blocks of sound lost." if blocks > 1 else "One block of sound lost.",
        "Close programs that keep the computer busy, then say the word again.",
    )
