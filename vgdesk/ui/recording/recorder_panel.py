from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from vgdesk.app.recording.take_sequence import Stage
from vgdesk.core.names import LONGEST_NAME
from vgdesk.ui.recording.prompt_poster import PromptPoster
from vgdesk.ui.recording.sound_source import SoundSource
from vgdesk.ui.recording.traffic_light import TrafficLight
from vgdesk.ui.style.theme import Theme, mixed, text_on, theme_of
from vgdesk.ui.takes.remarks import MOST_SHOWN, Findings, Remark
from vgdesk.ui.widgets.form_parts import (
    GAP,
    MARGIN,
    TARGET,
    Panel,
    bend,
    column,
    editable_combo,
    named,
    offer,
    row,
    scale_font,
)

WIDE = 620
ROWS_WHERE_NARROW = 7
KEEP, KEEP_ANYWAY = "Keep take (Enter)", "Keep anyway (Enter)"
_DARK = {Stage.OFF, Stage.OPENING, Stage.LOST}
_RUNNING = {Stage.RECORDING, Stage.LISTENING}


@dataclass(frozen=True, slots=True)
class RecorderLook:
    """The state shown during recording.

    Attributes
    ----------
    peak_dbfs, rms_dbfs
        Level of the last blocks; minus infinity is silence.
    seconds
        Length of the running take.
    remarks
        Remarks on the take under review, or on the microphone.
    is_waiting
        Whether a take is under review.
    has_concerns
        Whether that take has concerns.
    """

    stage: Stage = Stage.OFF
    peak_dbfs: float = float("-inf")
    rms_dbfs: float = float("-inf")
    seconds: float = 0.0
    remarks: tuple[Remark, ...] = ()
    is_waiting: bool = False
    has_concerns: bool = False


class RecorderPanel(Panel):
    """Prompt, microphone, recording state, and review of the take.

    Signals
    -------
    record_toggled
        Start or stop.
    keep_requested, retake_requested
        The decision about the take under review.
    """

    record_toggled = Signal()
    keep_requested = Signal()
    retake_requested = Signal()
    prompt_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = RecorderLook()
        self._offered = ("", "")
        self.light, self.poster, self._clock = TrafficLight(), PromptPoster(), QLabel()
        self.word = named(QLineEdit(), "Prompt", "Type the word, then press Enter to record it")
        self.word.setPlaceholderText("Word to record")
        self.word.setMaxLength(LONGEST_NAME)
        self._group = editable_combo("Group", "Group of the word, for example animal")
        self._group.setMinimumContentsLength(6)
        self.record = named(QPushButton("● Record"), "Record", "Record the word, or stop (R)")
        self.keep = named(
            QPushButton(KEEP), "Keep", "Keep the take and continue with the next word"
        )
        self.again = named(
            QPushButton("Record again (Backspace)"),
            "Record again",
            "Move the take to the trash and record its word again",
        )
        self.source, self.findings = SoundSource(), Findings()
        self._lay_out()
        self._connect()
        self.set_theme(theme_of(self.palette()))
        self._show_answers()
        self._on_prompt("")

    def _lay_out(self) -> None:
        light = row(self.light, self._clock)
        light.setStretch(0, 1)
        words = row(self.word, self._group)
        words.setStretch(0, 3)
        words.setStretch(1, 2)
        say = column(light, self.poster, words, gap=GAP // 2)
        say.setStretch(1, 1)
        buttons = column(self.record, self.keep, self.again, gap=GAP // 2)
        buttons.addStretch()
        self._blocks = row(gap=2 * MARGIN)
        self._blocks.addLayout(say, 5)
        self._blocks.addLayout(buttons)
        self._blocks.addWidget(self.source, 5)
        layout = column(self._blocks, self.findings, gap=GAP // 2)
        layout.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.record.setMinimumHeight(TARGET + MARGIN)
        scale_font(self.record, 1.2, bold=True)
        self.first = self.word

    def _connect(self) -> None:
        self.word.textChanged.connect(self._on_prompt)
        self.word.returnPressed.connect(self._on_return)
        self.record.clicked.connect(self.record_toggled)
        self.keep.clicked.connect(self._on_keep)
        self.again.clicked.connect(self._on_again)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self.source, self.light, self.findings):
            part.set_theme(theme)
        self._restyle()

    def show_groups(self, groups: tuple[str, ...]) -> None:
        """Offer the groups in use; what was typed stays."""
        offer(self._group, groups, self._group.currentText())

    def show_state(self, look: RecorderLook) -> None:
        """Show the recording state; called for every block of sound."""
        before, self._look = self._look, look
        is_recording = look.stage is Stage.RECORDING
        if is_recording and before.stage is not look.stage:
            self.source.meter.clear_clipped()
        self.source.meter.show_level(look.peak_dbfs, look.rms_dbfs)
        self._clock.setText(_clock(look.seconds) if is_recording else "")
        if look.remarks != before.remarks:
            self.findings.show_remarks(look.remarks)
        if before.stage is not look.stage:
            self.light.show_stage(look.stage)
            self._restyle()
        if (look.is_waiting, look.has_concerns) != (before.is_waiting, before.has_concerns):
            self._show_answers()

    def show_progress(self, progress: str) -> None:
        """Show the next take and the number of recorded takes."""
        self.poster.show_progress(progress)

    def prompt(self) -> str:
        """Return the prompt, without surrounding spaces."""
        return self.word.text().strip()

    def group(self) -> str:
        return self._group.currentText().strip()

    def set_prompt(self, text: str, group: str = "", hint: str = "") -> None:
        """Set the prompt, unless the user is typing another one.

        Without a group the previous one stays, because lists are often recorded group by group.
        """
        if not (self.word.hasFocus() and self.word.isModified()):
            self._offered = (text, hint)
            self.word.setText(text)
            self._on_prompt(text)
            self._group.setEditText(group or self._group.currentText())

    def forget_prompt(self) -> None:
        """Clear the prompt unless it was typed; its word is deselected or deleted."""
        if not self.word.isModified():
            self._offered = ("", "")
            self.word.clear()
            self._on_prompt("")
            self._group.setEditText("")

    def ask_for_word(self) -> None:
        """Focus the field for the word."""
        self.word.setFocus()
        self.word.selectAll()

    def _show_answers(self) -> None:
        for button in (self.keep, self.again):
            if button.hasFocus():
                self.record.setFocus()  # otherwise the focus would jump to the next widget
            button.setEnabled(self._look.is_waiting)
        self.keep.setText(KEEP_ANYWAY if self._look.has_concerns else KEEP)
        self.keep.setAccessibleName(self.keep.text().partition(" (")[0])

    def _restyle(self) -> None:
        """Match the button and the prompt to the state of the light."""
        theme, is_running = self._theme, self._look.stage in _RUNNING
        self.record.setText("■ Stop" if is_running else "● Record")
        self.record.setAccessibleName(self.record.text()[2:])
        fill = theme.bad if is_running else theme.base
        ink = text_on(fill) if is_running else theme.bad
        self.record.setStyleSheet(
            f"QPushButton {{ background: {fill}; color: {ink}; border: 2px solid {theme.bad};"
            f" border-radius: 8px; padding: 0 {GAP}px; }}"
            f"QPushButton:hover {{ background: {mixed(fill, ink, 0.1)}; }}"
            f"QPushButton:focus {{ border: 3px solid {theme.accent}; }}"
        )
        is_lit = self._look.stage not in _DARK and bool(self.prompt())
        self.poster.set_colours(theme, is_lit=is_lit)

    def _on_keep(self) -> None:
        self.record.setFocus()
        self.keep_requested.emit()

    def _on_again(self) -> None:
        self.record.setFocus()
        self.retake_requested.emit()

    def _on_return(self) -> None:
        # The focus leaves the field, so that R stops the take instead of being typed.
        self.record.setFocus()
        self.record_toggled.emit()

    def _on_prompt(self, text: str) -> None:
        offered, hint = self._offered
        self.poster.show_prompt(text.strip(), hint if text == offered else "")
        self._restyle()
        self.prompt_changed.emit(text.strip())

    def resizeEvent(self, event: QResizeEvent) -> None:
        is_wide = self.width() >= WIDE
        bend(self._blocks, is_wide=is_wide)
        self._blocks.setSpacing(2 * MARGIN if is_wide else GAP)
        self.findings.reserve(MOST_SHOWN if is_wide else ROWS_WHERE_NARROW)
        super().resizeEvent(event)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
