from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from vgdesk.app.recording.capture import HOLDS_A_TAKE
from vgdesk.app.workspace import Workspace
from vgdesk.audio.devices import Microphone
from vgdesk.core.notices import Notice
from vgdesk.ui.recording.microphone_dialog import MicrophoneDialog

LEVELS_A_SECOND = 30


class MicrophoneController(QObject):
    """Connects the microphone check with its dialog; never blocks a take."""

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        self._then: Callable[[], object] = lambda: None
        self._unsubscribe: Callable[[], None] = lambda: None
        self.dialog: MicrophoneDialog | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // LEVELS_A_SECOND)
        self._timer.timeout.connect(self._look)

    @property
    def is_due(self) -> bool:
        """Whether to check before the first take: wanted by the user, and a microphone exists."""
        is_wanted = (
            self._workspace.settings.checks_microphone
            and not self._workspace.microphone_check.is_over
        )
        return is_wanted and not self._is_busy and bool(self._workspace.capture.microphones)

    @property
    def _is_busy(self) -> bool:
        return (
            self._workspace.capture.phase in HOLDS_A_TAKE or self._workspace.take_sequence.is_going
        )

    def open(self, then: Callable[[], object] = lambda: None) -> None:
        """Offer the check; `then` is called when it is done or skipped."""
        if self._is_busy:
            busy = Notice("The microphone is in use.", "Stop the recording first.")
            self._workspace.events.notice.publish(busy)
            return
        if self.dialog is not None:
            self.dialog.raise_()
            return
        self._then = then
        dialog = self.dialog = MicrophoneDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.set_asks(self._workspace.settings.checks_microphone)
        dialog.begin_requested.connect(self._workspace.microphone_check.begin)
        dialog.play_requested.connect(self._workspace.microphone_check.play)
        dialog.finished_with.connect(self._go_on)
        dialog.microphone_chosen.connect(self._choose)
        dialog.asking_changed.connect(self._ask)
        dialog.finished.connect(self._closed)
        found = self._workspace.events.microphones_found
        self._unsubscribe = found.subscribe(self._show_microphones)
        self._show_microphones(self._workspace.capture.microphones)
        self._timer.start()
        dialog.open()

    def _go_on(self) -> None:
        then, self._then = self._then, lambda: None
        if self.dialog is not None:
            self.dialog.accept()
        then()

    def _closed(self) -> None:
        self._timer.stop()
        self._unsubscribe()
        self.dialog = None
        self._workspace.microphone_check.finish()

    def _look(self) -> None:
        if self.dialog is not None:
            check, level = (
                self._workspace.microphone_check,
                self._workspace.capture.recorder.level(),
            )
            self.dialog.meter.show_level(level.peak_dbfs, level.rms_dbfs)
            self.dialog.show_stage(check.stage, check.findings)

    def _show_microphones(self, found: tuple[Microphone, ...]) -> None:
        wanted = self._workspace.settings.microphone
        titles = tuple(microphone.title for microphone in found)
        default = [i for i, microphone in enumerate(found) if microphone.is_default]
        chosen = titles.index(wanted) if wanted in titles else next(iter(default), 0)
        if self.dialog is not None:
            self.dialog.show_microphones(titles, chosen)

    def _choose(self, place: int) -> None:
        found = self._workspace.capture.microphones
        if place < len(found):
            self._workspace.configure(microphone=found[place].title)
            self._workspace.microphone_check.give_up()
            self._workspace.capture.choose(found[place])
            # The recorder panel shows the same choice.
            self._workspace.events.microphones_found.publish(found)

    def _ask(self, is_wanted: bool) -> None:
        self._workspace.configure(checks_microphone=is_wanted)
