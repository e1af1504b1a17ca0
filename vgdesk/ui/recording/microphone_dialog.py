from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QPushButton, QWidget

from vgdesk.app.recording.microphone_check import ABOUT_IT, CheckStage
from vgdesk.audio.take_checks import Finding
from vgdesk.core.model import Verdict
from vgdesk.ui.recording.level_meter import LevelMeter
from vgdesk.ui.style.theme import theme_of
from vgdesk.ui.widgets.form_parts import MARGIN, StatusLine, column, named, row, scale_font, wrapped
from vgdesk.ui.widgets.status_marks import Mark

SAID = {
    CheckStage.WAITING: "Press the button, then say any word in your normal voice.",
    CheckStage.OPENING: "Opening the microphone…",
    CheckStage.LISTENING: "Say a word now.",
    CheckStage.JUDGING: "One moment…",
    CheckStage.DONE: "Results:",
}
IDLE = (CheckStage.WAITING, CheckStage.DONE)
MARKS = {Verdict.PASS: Mark.TICK, Verdict.WARN: Mark.TRIANGLE, Verdict.FAIL: Mark.OCTAGON}
ABOUT = "This recording is not kept. You can skip the check at any time."


class MicrophoneDialog(QDialog):
    """Records a test word, plays it back and shows its quality.

    Signals
    -------
    begin_requested
        The user is about to say a word.
    finished_with
        The check is done or skipped.
    microphone_chosen
        Index in the list of microphones.
    """

    begin_requested = Signal()
    play_requested = Signal()
    finished_with = Signal()
    microphone_chosen = Signal(int)
    asking_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Check microphone")
        self._theme = theme_of(self.palette())
        self._stage: CheckStage | None = None
        self._has_choice = False
        self.microphones = named(QComboBox(), "Microphone")
        self.meter = LevelMeter()
        self._what = wrapped()
        scale_font(self._what, 1.3, bold=True)
        self.lines = tuple(StatusLine() for _ in ABOUT_IT)
        self.begin = named(QPushButton("Say a word"), "Say a word")
        self.play = named(QPushButton("Play again"), "Play again")
        self.good = named(QPushButton("Continue"), "Continue")
        self.skip = named(QPushButton("Skip"), "Skip", "Continue without the check")
        self.asks = named(QCheckBox("Ask before the first take"), "Ask before the first take")
        self._lay_out()
        self._connect()
        self.show_stage(CheckStage.WAITING, ())

    def _lay_out(self) -> None:
        label = QLabel("&Microphone")
        label.setBuddy(self.microphones)
        source = row(label, self.microphones)
        source.setStretch(1, 1)
        buttons = row(self.begin, self.play)
        buttons.addStretch()
        for button in (self.skip, self.good):
            buttons.addWidget(button)
        body = column(source, self.meter, self._what, *self.lines, gap=MARGIN)
        body.addStretch()
        for part in (wrapped(ABOUT), self.asks):
            body.addWidget(part)
        self.setLayout(column(body, buttons, margin=2 * MARGIN, gap=MARGIN))
        self.resize(560, 400)

    def _connect(self) -> None:
        self.begin.clicked.connect(self.begin_requested)
        self.play.clicked.connect(self.play_requested)
        self.good.clicked.connect(self.finished_with)
        self.skip.clicked.connect(self.finished_with)
        self.microphones.activated.connect(self.microphone_chosen)
        self.asks.toggled.connect(self.asking_changed)

    def set_asks(self, on: bool) -> None:
        """Show whether the check is offered before the first take; emits no signal."""
        self.asks.blockSignals(True)
        self.asks.setChecked(on)
        self.asks.blockSignals(False)

    def show_microphones(self, titles: tuple[str, ...], current: int) -> None:
        """Offer microphones."""
        self.microphones.clear()
        self.microphones.addItems(list(titles) or ["No microphone found"])
        self.microphones.setCurrentIndex(max(0, current))
        self._has_choice = bool(titles)
        self._allow_choice()

    def show_stage(self, stage: CheckStage, findings: tuple[Finding, ...]) -> None:
        """Show the stage and the findings of the check."""
        if stage is self._stage:
            return
        self._stage = stage
        self._what.setText(SAID[stage])
        is_done, is_idle = stage is CheckStage.DONE, stage in IDLE
        self.begin.setText("Try again" if is_done else "Say a word")
        self.begin.setAccessibleName(self.begin.text())
        self.begin.setEnabled(is_idle)
        self._allow_choice()
        self.play.setEnabled(is_done)
        self.good.setEnabled(is_done)
        self.skip.setEnabled(not is_done)
        # Return triggers the most likely next step.
        is_good = is_done and all(finding.verdict is Verdict.PASS for finding in findings)
        (self.good if is_good else self.begin).setDefault(True)
        for line, finding in zip(self.lines, (*findings, *[None] * len(self.lines)), strict=False):
            self._show_finding(line, finding if is_done else None)

    def _allow_choice(self) -> None:
        self.microphones.setEnabled(self._has_choice and self._stage in IDLE)

    def _show_finding(self, line: StatusLine, finding: Finding | None) -> None:
        line.setVisible(finding is not None)
        if finding is not None:
            theme = self._theme
            colours = {
                Verdict.PASS: theme.good,
                Verdict.WARN: theme.warn,
                Verdict.FAIL: theme.bad,
            }
            said = f"{finding.message} {finding.remedy}".strip()
            line.show_status(MARKS[finding.verdict], said, colours[finding.verdict], ink=theme.text)
