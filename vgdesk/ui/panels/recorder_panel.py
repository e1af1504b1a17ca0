from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from vgdesk.ui.panels.level_meter import LevelMeter
from vgdesk.ui.panels.marks import Mark
from vgdesk.ui.panels.parts import (
    GAP,
    MARGIN,
    TARGET,
    Panel,
    StatusLine,
    bend,
    column,
    editable_combo,
    named,
    offer,
    row,
    scale_font,
    tint,
)
from vgdesk.ui.theme import Theme, mixed, text_on, theme_of

WIDE = 620
TIGHT = 4


class RecorderState(Enum):
    """Where the recorder stands; the value is the word that the user reads."""

    IDLE = "Idle"
    ARMED = "Ready"
    RECORDING = "Recording"
    SAVING = "Saving"
    LOST = "Microphone lost"


@dataclass(frozen=True, slots=True)
class RecorderLook:
    """Everything that changes while one records.

    Attributes
    ----------
    peak_dbfs, rms_dbfs
        Level of the last blocks; minus infinity is silence.
    seconds
        Length of the running take.
    lost_blocks
        Blocks of sound that got lost in the running take.
    message
        What is wrong and what to do; empty if nothing is.
    """

    state: RecorderState = RecorderState.IDLE
    peak_dbfs: float = float("-inf")
    rms_dbfs: float = float("-inf")
    seconds: float = 0.0
    lost_blocks: int = 0
    message: str = ""


_MARKS = {
    RecorderState.IDLE: Mark.RING,
    RecorderState.ARMED: Mark.TICK,
    RecorderState.RECORDING: Mark.DISC,
    RecorderState.SAVING: Mark.DOTS,
    RecorderState.LOST: Mark.TRIANGLE,
}


class RecorderPanel(Panel):
    """What to say, into which microphone, and how it goes.

    Signals
    -------
    record_toggled
        Start or stop.
    microphone_chosen
        Place in the list of microphones.
    """

    record_toggled = Signal()
    microphone_chosen = Signal(int)
    rescan_requested = Signal()
    voice_stop_changed = Signal(bool)
    prompt_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = RecorderLook()
        self._poster = _Poster()
        self._word = named(
            QLineEdit(), "Word to say", "Type the word, then press Return to record it"
        )
        self._word.setPlaceholderText("Word to say")
        self._group = editable_combo("Group", "Group of the word, for example animal")
        self._group.setMinimumContentsLength(6)
        self.microphones = named(QComboBox(), "Microphone")
        self.microphones.setMinimumContentsLength(6)
        adjust = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.microphones.setSizeAdjustPolicy(adjust)
        self._rescan = named(QToolButton(), "Look for microphones again")
        self._rescan.setText("⟳")
        self._rescan.setMinimumWidth(TARGET)
        self.meter = LevelMeter()
        self.record = named(QPushButton("● Record"), "Record", "Record the word, or stop (R)")
        self.voice_stop = named(
            QCheckBox("Stop when I stop speaking"), "Stop by itself when I stop speaking"
        )
        self._status, self._clock = StatusLine(), QLabel()
        self._lost, self._message = QLabel(), StatusLine()
        self._lay_out()
        self._connect()
        self.set_theme(theme_of(self.palette()))
        self._poster.show_word("")

    def _lay_out(self) -> None:
        words = row(self._word, self._group)
        words.setStretch(0, 3)
        words.setStretch(1, 2)
        say = column(self._poster, words)
        say.setStretch(0, 1)
        state = row(self._status, self._clock)
        state.setStretch(0, 1)
        button = column(self.record, state)
        source = row(self.microphones, self._rescan)
        source.setStretch(0, 1)
        self.voice_stop.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        sound = column(self.meter, source, self.voice_stop, gap=TIGHT)
        for block in (button, sound):
            block.addStretch()
        self._blocks = row(gap=2 * MARGIN)
        for block, stretch in ((say, 5), (button, 2), (sound, 6)):
            self._blocks.addLayout(block, stretch)
        layout = column(self._blocks, self._news(), gap=TIGHT)
        layout.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.record.setMinimumSize(
            self.fontMetrics().horizontalAdvance("● Record") * 2, TARGET + 16
        )
        scale_font(self.record, 1.2, bold=True)
        self.first = self._word

    def _news(self) -> QHBoxLayout:
        news = row(self._lost, self._message)
        news.setStretch(1, 1)
        # The room for bad news is always there: nothing jumps while one speaks.
        news.addStrut(self.fontMetrics().height() + TIGHT + 2)
        room = self._message.sizePolicy()
        room.setRetainSizeWhenHidden(True)
        self._message.setSizePolicy(room)
        self._lost.hide()
        return news

    def _connect(self) -> None:
        self._word.textChanged.connect(self._on_prompt)
        self._word.returnPressed.connect(self._on_return)
        self.record.clicked.connect(self._on_record)
        self.microphones.activated.connect(self.microphone_chosen)
        self._rescan.clicked.connect(self.rescan_requested)
        self.voice_stop.toggled.connect(self.voice_stop_changed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.meter.set_theme(theme)
        tint(self._lost, theme.bad)
        self._restyle()
        self.show_state(self._look)

    def show_microphones(self, titles: tuple[str, ...], current: int) -> None:
        """Offer microphones; a current place of -1 means that none is chosen."""
        self.microphones.clear()
        self.microphones.addItems(list(titles) or ["No microphone found"])
        self.microphones.setEnabled(bool(titles))
        self.microphones.setCurrentIndex(current if titles else 0)
        self.microphones.setToolTip(self.microphones.currentText())

    def show_groups(self, groups: tuple[str, ...]) -> None:
        """Offer the groups in use; what was typed stays."""
        offer(self._group, groups, self._group.currentText())

    def show_state(self, look: RecorderLook) -> None:
        """Show how the recording goes; called for every block of sound."""
        before, self._look = self._look, look
        is_recording = look.state is RecorderState.RECORDING
        if is_recording and before.state is not look.state:
            self.meter.clear_clipped()
        self.meter.show_level(look.peak_dbfs, look.rms_dbfs)
        if before.state is not look.state:
            self._restyle()
        self._clock.setText(_clock(look.seconds) if is_recording else "")
        self._lost.setVisible(is_recording and look.lost_blocks > 0)
        self._lost.setText(f"{look.lost_blocks} blocks of sound lost")
        if look.message != self._message.text():
            self._message.show_status(Mark.TRIANGLE, look.message, self._theme.warn)
        self._message.setVisible(bool(look.message))

    def prompt(self) -> str:
        """Return the word to say, without spaces around it."""
        return self._word.text().strip()

    def group(self) -> str:
        return self._group.currentText().strip()

    def set_voice_stop(self, on: bool) -> None:
        """Show whether a take ends by itself; sends no wish."""
        self.voice_stop.blockSignals(True)
        self.voice_stop.setChecked(on)
        self.voice_stop.blockSignals(False)

    def set_prompt(self, text: str, group: str = "") -> None:
        """Put a word into the prompt, unless somebody is typing another one there.

        Without a group the one of the word before stays: lists are often said group by group.
        """
        if not (self._word.hasFocus() and self._word.isModified()):
            self._word.setText(text)
            self._group.setEditText(group or self._group.currentText())

    def ask_for_word(self) -> None:
        """Put the cursor where the word is typed."""
        self._word.setFocus()
        self._word.selectAll()

    def _restyle(self) -> None:
        """Let colour, word and shape say the same."""
        state, theme = self._look.state, self._theme
        self._status.show_status(_MARKS[state], state.value, self._colour(state))
        self.record.setText("■ Stop" if state is RecorderState.RECORDING else "● Record")
        self.record.setAccessibleName(self.record.text()[2:])
        fill = theme.bad if state is RecorderState.RECORDING else theme.base
        ink = text_on(fill) if state is RecorderState.RECORDING else theme.bad
        self.record.setStyleSheet(
            f"QPushButton {{ background: {fill}; color: {ink}; border: 2px solid {theme.bad};"
            f" border-radius: 8px; padding: 0 {GAP}px; }}"
            f"QPushButton:hover {{ background: {mixed(fill, ink, 0.1)}; }}"
            f"QPushButton:focus {{ border: 3px solid {theme.accent}; }}"
        )
        is_open = state in (RecorderState.ARMED, RecorderState.RECORDING)
        tint(self._poster, theme.text if is_open and self.prompt() else theme.muted)

    def _colour(self, state: RecorderState) -> str:
        theme = self._theme
        return {
            RecorderState.ARMED: theme.good,
            RecorderState.RECORDING: theme.bad,
            RecorderState.LOST: theme.bad,
        }.get(state, theme.muted)

    def _on_record(self) -> None:
        # Not disabled while a take is saved: the focus would jump to whatever is next.
        if self._look.state is not RecorderState.SAVING:
            self.record_toggled.emit()

    def _on_return(self) -> None:
        # The cursor leaves the field, so that R stops the take and is not written into it.
        self.record.setFocus()
        self._on_record()

    def _on_prompt(self, text: str) -> None:
        self._poster.show_word(text.strip())
        self._restyle()
        self.prompt_changed.emit(text.strip())

    def resizeEvent(self, event: QResizeEvent) -> None:
        bend(self._blocks, is_wide=self.width() >= WIDE)
        self._blocks.setSpacing(2 * MARGIN if self.width() >= WIDE else GAP)
        super().resizeEvent(event)


class _Poster(QLabel):
    """The word to say, as large as the room allows."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(TARGET + GAP)
        self._ordinary = self.font().pointSizeF()

    def show_word(self, text: str) -> None:
        self.setText(text or "Type a word, then record it")
        self.setToolTip(text)
        self._largest = self._ordinary * (2.4 if text else 1.15)
        self._fit()

    def _fit(self) -> None:
        font = self.font()
        font.setPointSizeF(self._largest)
        metrics = QFontMetricsF(font)
        across = self.width() / (metrics.horizontalAdvance(self.text()) + TIGHT)
        room = min(across, self.height() / metrics.height())
        font.setPointSizeF(max(self._ordinary, self._largest * min(1.0, room)))
        self.setFont(font)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
