from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QWidget,
)

from vgdesk.app.state.settings import RecordMode
from vgdesk.ui.recording.level_meter import LevelMeter
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.widgets.form_parts import TARGET, column, named, row

TIGHT = 4
MODES = {
    RecordMode.MANUAL: ("Manual", "R starts and ends each take"),
    RecordMode.VOICE: ("By voice", "A take starts when speech starts; words follow automatically"),
    RecordMode.ROUND: ("Timed round", "Each word has a fixed time; words follow automatically"),
}
_PLACES = {mode: place for place, mode in enumerate(MODES)}


class SoundSource(QWidget):
    """Microphone, level, and what starts and ends a take.

    Signals
    -------
    microphone_chosen
        Index in the list of microphones.
    mode_chosen
        A RecordMode.
    """

    microphone_chosen = Signal(int)
    rescan_requested = Signal()
    mode_chosen = Signal(RecordMode)
    round_seconds_changed = Signal(float)
    voice_stop_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.meter = LevelMeter()
        self.microphones = named(QComboBox(), "Microphone")
        self.microphones.setMinimumContentsLength(6)
        adjust = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.microphones.setSizeAdjustPolicy(adjust)
        self.rescan = named(QToolButton(), "Look for microphones again")
        self.rescan.setText("⟳")
        self.rescan.setMinimumWidth(TARGET)
        self.modes = named(QComboBox(), "What starts and ends a take")
        for title, tip in MODES.values():
            self.modes.addItem(title)
            self.modes.setItemData(self.modes.count() - 1, tip, 3)
        self.seconds = named(QDoubleSpinBox(), "Seconds per word", "The time for each word")
        self.voice_stop = named(QCheckBox("Auto-stop"), "Stop automatically at the end of speech")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.seconds.setRange(1.0, 60.0)
        self.seconds.setDecimals(1)
        self.seconds.setSingleStep(0.5)
        self.seconds.setSuffix(" s per word")
        self.seconds.setKeyboardTracking(False)
        source = row(self.microphones, self.rescan)
        source.setStretch(0, 1)
        # The options of each mode share one place, so that nothing moves.
        self._details = QStackedLayout()
        for part in (self.voice_stop, QWidget(), self.seconds):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._details.addWidget(part)
        how = row(self.modes, self._details)
        how.setStretch(1, 1)
        layout = column(self.meter, source, how, gap=TIGHT)
        layout.addStretch()
        self.setLayout(layout)

    def _connect(self) -> None:
        self.microphones.activated.connect(self.microphone_chosen)
        self.rescan.clicked.connect(self.rescan_requested)
        self.modes.activated.connect(self._on_mode)
        self.seconds.valueChanged.connect(self.round_seconds_changed)
        self.voice_stop.toggled.connect(self.voice_stop_changed)

    def set_theme(self, theme: Theme) -> None:
        self.meter.set_theme(theme)

    def show_microphones(self, titles: tuple[str, ...], current: int) -> None:
        """Offer microphones; a current index of -1 means none."""
        self.microphones.clear()
        self.microphones.addItems(list(titles) or ["No microphone found"])
        self.microphones.setEnabled(bool(titles))
        self.microphones.setCurrentIndex(current if titles else 0)
        self.microphones.setToolTip(self.microphones.currentText())

    def show_mode(self, mode: RecordMode, round_seconds: float, *, stop_by_voice: bool) -> None:
        """Show what starts and ends a take; emits no signal."""
        for part in (self.seconds, self.voice_stop):
            part.blockSignals(True)
        self.modes.setCurrentIndex(_PLACES[mode])
        self.modes.setToolTip(MODES[mode][1])
        self._details.setCurrentIndex(_PLACES[mode])
        self.seconds.setValue(round_seconds)
        self.voice_stop.setChecked(stop_by_voice)
        for part in (self.seconds, self.voice_stop):
            part.blockSignals(False)

    def _on_mode(self, place: int) -> None:
        self.mode_chosen.emit(tuple(MODES)[place])
