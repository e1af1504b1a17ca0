from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.docks import Dock, shape
from vgdesk.app.recording.take_sequence import Stage
from vgdesk.app.state.settings import RecordMode
from vgdesk.core.model import Verdict
from vgdesk.ui.recording.level_meter import FLOOR_DB, HOT_DB, LOUD_DB, LevelMeter
from vgdesk.ui.recording.recorder_panel import RecorderLook, RecorderPanel
from vgdesk.ui.style.theme import Theme, mixed
from vgdesk.ui.takes.remarks import VERDICT_MARKS, Remark
from vgdesk.ui.widgets.status_marks import Mark, mark_pixmap

LEFT = Qt.MouseButton.LeftButton
GOOD = Remark(Verdict.PASS, "It is loud enough.")
QUIET = Remark(Verdict.WARN, "It is quiet.", "Come nearer.")
CUT = Remark(Verdict.FAIL, "It is cut off.", "Wait for the light.")
RECORDING = RecorderLook(Stage.RECORDING, -8.0, -20.0, 3.24)


@pytest.fixture
def panel(dock: Dock) -> RecorderPanel:
    panel: RecorderPanel = dock(RecorderPanel(), 900, 170)
    return panel


@pytest.fixture
def meter(dock: Dock) -> LevelMeter:
    meter: LevelMeter = dock(LevelMeter(), 400, 28)
    return meter


def seen(panel: RecorderPanel) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def test_the_prompt_is_typed_and_shown_large(qtbot: QtBot, panel: RecorderPanel) -> None:
    heard: list[str] = []
    panel.prompt_changed.connect(heard.append)
    panel.setFocus()
    qtbot.keyClicks(panel.focusWidget() or panel.word, " dog ")
    assert panel.prompt() == heard[-1] == "dog"
    assert panel.poster.word.text() == "dog"
    assert panel.poster.word.font().pointSizeF() > 1.5 * panel.font().pointSizeF()
    panel.set_prompt("hippopotamus and rhinoceros and a very long word list beside it")
    poster = panel.poster.word
    assert poster.font().pointSizeF() >= panel.font().pointSizeF()


def test_the_group_stays_from_word_to_word(qtbot: QtBot, panel: RecorderPanel) -> None:
    qtbot.keyClicks(panel._group.lineEdit(), "animal")
    panel.set_prompt("cat")
    panel.show_groups(("tool", "vehicle"))
    assert panel.group() == "animal"


@pytest.mark.parametrize("state", Stage)
def test_each_state_has_its_own_word_and_picture(panel: RecorderPanel, state: Stage) -> None:
    others = [other for other in Stage if other is not state]
    panel.show_state(RecorderLook(state))
    assert state.value in seen(panel)
    assert not {other.value for other in others} & set(seen(panel))
    pictures = set()
    for each in Stage:
        panel.show_state(RecorderLook(each))
        image = panel.light.picture.pixmap().toImage()
        pictures.add(shape(image))
    assert len(pictures) == len(Stage)


def test_the_button_says_what_it_does(qtbot: QtBot, panel: RecorderPanel) -> None:
    assert (panel.record.text(), panel.record.accessibleName()) == ("● Record", "Record")
    with qtbot.waitSignal(panel.record_toggled):
        qtbot.mouseClick(panel.record, LEFT)
    panel.show_state(RECORDING)
    assert (panel.record.text(), panel.record.accessibleName()) == ("■ Stop", "Stop")
    assert "0:03.2" in seen(panel)
    panel.show_state(RecorderLook(Stage.LISTENING))
    assert panel.record.accessibleName() == "Stop"
    panel.show_state(RecorderLook(Stage.REVIEW))
    assert panel.record.accessibleName() == "Record"


def test_the_worst_finding_comes_first_and_the_rest_is_counted(panel: RecorderPanel) -> None:
    panel.show_state(RecorderLook(Stage.REVIEW, remarks=(GOOD, QUIET, CUT)))
    assert panel.findings.text() == f"{CUT.text}\n{QUIET.text} (and 1 more)"
    assert panel.findings.toolTip() == f"{CUT.text}\n{QUIET.text}\n{GOOD.text}"
    long = replace(CUT, remedy="Say it once more. " * 11)
    panel.show_state(RecorderLook(Stage.REVIEW, remarks=(QUIET, long)))
    assert panel.findings.text() == f"{long.text} (and 1 more)"
    endless = replace(CUT, remedy="Say it once more. " * 50)
    panel.show_state(RecorderLook(Stage.REVIEW, remarks=(QUIET, endless)))
    assert panel.findings.text() == f"{CUT.message}\n{QUIET.message}"
    panel.show_state(RecorderLook(Stage.READY))
    assert panel.findings.text() == ""


@pytest.mark.parametrize("verdict", Verdict)
def test_each_verdict_has_its_own_shape(panel: RecorderPanel, verdict: Verdict) -> None:
    panel.show_state(RecorderLook(Stage.REVIEW, remarks=(Remark(verdict, "So it is."),)))
    drawn = shape(panel.findings.lines[0]._picture.pixmap().toImage())
    assert len({shape(mark_pixmap(mark, "#000000").toImage()) for mark in Mark}) == len(Mark)
    assert drawn == shape(mark_pixmap(VERDICT_MARKS[verdict], "#000000").toImage())


def test_a_take_that_waits_is_kept_or_recorded_again(qtbot: QtBot, panel: RecorderPanel) -> None:
    assert not panel.keep.isEnabled()
    assert not panel.again.isEnabled()
    panel.show_state(RecorderLook(Stage.REVIEW, is_waiting=True))
    assert panel.keep.text() == "Keep take (Enter)"
    with qtbot.waitSignal(panel.keep_requested):
        qtbot.mouseClick(panel.keep, LEFT)
    panel.show_state(RecorderLook(Stage.REVIEW, is_waiting=True, has_concerns=True))
    assert panel.keep.text() == "Keep anyway (Enter)"
    with qtbot.waitSignal(panel.retake_requested):
        qtbot.mouseClick(panel.again, LEFT)
    panel.keep.setFocus()
    panel.show_state(RecorderLook(Stage.READY))
    assert panel.record.hasFocus(), "the focus does not jump to whatever is next"


@pytest.mark.parametrize("width", [900, 640, 400, 230])
def test_widgets_keep_their_place_from_stage_to_stage(dock: Dock, width: int) -> None:
    panel = dock(RecorderPanel(), width, 560 if width < 600 else 170)
    places = set()
    for stage in Stage:
        for remarks in ((), (GOOD,), (CUT, QUIET, GOOD)):
            is_waiting = stage is Stage.REVIEW
            panel.show_state(RecorderLook(stage, -8.0, -20.0, 3.2, remarks, is_waiting, is_waiting))
            panel.set_prompt("bank", "animal", "of a river" if remarks else "")
            panel.show_progress("take 2 · 12 of 40" if remarks else "")
            panel.layout().activate()
            QApplication.processEvents()
            parts = (
                panel.record,
                panel.keep,
                panel.again,
                panel.word,
                panel.source,
                panel.findings,
            )
            places.add(tuple(part.mapTo(panel, part.rect().topLeft()).toTuple() for part in parts))
            places.add(panel.minimumSizeHint().height())
    assert len(places) == 2


def test_a_hint_is_shown_until_another_word_is_typed(qtbot: QtBot, panel: RecorderPanel) -> None:
    panel.set_prompt("bank", "place", "of a river")
    panel.show_progress("take 2 · 12 of 40")
    assert {"bank", "of a river", "take 2 · 12 of 40"} <= set(seen(panel))
    panel.ask_for_word()
    qtbot.keyClicks(panel.word, "b")
    assert "of a river" not in seen(panel)


def test_the_mode_is_a_wish_and_brings_what_belongs_to_it(
    qtbot: QtBot, panel: RecorderPanel
) -> None:
    source = panel.source
    with qtbot.assertNotEmitted(source.round_seconds_changed):
        source.show_mode(RecordMode.ROUND, 5.5, stop_by_voice=True)
    assert source.seconds.isVisible()
    assert not source.voice_stop.isVisible()
    with qtbot.waitSignal(source.round_seconds_changed) as seconds:
        source.seconds.stepUp()
    assert seconds.args == [6.0]
    source.modes.setFocus()
    with qtbot.waitSignal(source.mode_chosen) as mode:
        qtbot.keyClick(source.modes, Qt.Key.Key_Up)
    assert mode.args == [RecordMode.VOICE]


def test_microphones_are_listed_chosen_and_looked_for(qtbot: QtBot, panel: RecorderPanel) -> None:
    with qtbot.assertNotEmitted(panel.source.microphone_chosen):
        panel.source.show_microphones(("Built-in", "Headset"), 0)
    panel.source.microphones.setFocus()
    with qtbot.waitSignal(panel.source.microphone_chosen) as chosen:
        qtbot.keyClick(panel.source.microphones, Qt.Key.Key_Down)
    assert chosen.args == [1]
    with qtbot.waitSignal(panel.source.rescan_requested):
        qtbot.mouseClick(panel.source.rescan, LEFT)
    panel.source.show_microphones((), -1)
    assert panel.source.microphones.currentText() == "No microphone found"
    assert not panel.source.microphones.isEnabled()


def test_voice_stop_is_a_wish(qtbot: QtBot, panel: RecorderPanel) -> None:
    panel.source.voice_stop.setFocus()
    with qtbot.waitSignal(panel.source.voice_stop_changed) as changed:
        qtbot.keyClick(panel.source.voice_stop, Qt.Key.Key_Space)
    assert changed.args == [True]
    with qtbot.assertNotEmitted(panel.source.voice_stop_changed):
        panel.source.show_mode(RecordMode.MANUAL, 4.0, stop_by_voice=False)
    assert not panel.source.voice_stop.isChecked()


def colour_at(meter: LevelMeter, level: float) -> QColor:
    bar = meter.bar()
    x = bar.left() + bar.width() * (1 - level / FLOOR_DB)
    return meter.grab().toImage().pixelColor(round(x), round(bar.center().y()))


def test_the_bar_is_filled_up_to_the_level(meter: LevelMeter, theme: Theme) -> None:
    meter.show_level(-20.0, -30.0)
    assert colour_at(meter, -32.0) == QColor(theme.good)
    assert colour_at(meter, -28.0) == QColor(mixed(theme.base, theme.good, 0.22))
    assert colour_at(meter, -20.0) == QColor(theme.text), "the line of the peak"


def test_loud_parts_have_their_own_colours(meter: LevelMeter, theme: Theme) -> None:
    meter.show_level(-0.5, -0.5)
    assert colour_at(meter, LOUD_DB - 4) == QColor(theme.good)
    assert colour_at(meter, LOUD_DB + 4) == QColor(theme.warn)
    assert colour_at(meter, HOT_DB + 1.5) == QColor(theme.bad)


@pytest.mark.parametrize(
    ("peak", "word", "number"),
    [
        (float("-inf"), "silent", "−∞ dB"),
        (-45.0, "quiet", "−45 dB"),
        (-14.0, "good", "−14 dB"),
        (-1.0, "too loud", "−1 dB"),
        (0.0, "clipped", "0 dB"),
    ],
)
def test_the_level_is_also_a_word(meter: LevelMeter, peak: float, word: str, number: str) -> None:
    meter.show_level(-20.0 if word != "good" else 0.0, -30.0)
    meter.clear_clipped()
    meter.show_level(peak, peak - 6)
    assert (meter.word(), meter.number()) == (word, number)
    assert meter.accessibleDescription() == word


def test_clipped_stays_until_it_is_cleared(
    qtbot: QtBot, panel: RecorderPanel, meter: LevelMeter
) -> None:
    for clear in (
        lambda: qtbot.mouseClick(meter, LEFT),
        lambda: qtbot.keyClick(meter, Qt.Key.Key_Space),
    ):
        meter.show_level(0.0, -3.0)
        meter.show_level(-40.0, -50.0)
        assert meter.is_clipped
        clear()
        assert not meter.is_clipped
    panel.show_state(replace(RECORDING, peak_dbfs=0.0))
    panel.show_state(RecorderLook(Stage.READY))
    assert panel.source.meter.is_clipped
    panel.show_state(RECORDING)
    assert not panel.source.meter.is_clipped


def test_return_records_and_takes_the_cursor_out_of_the_word(
    qtbot: QtBot, panel: RecorderPanel
) -> None:
    panel.ask_for_word()
    qtbot.keyClicks(panel.word, "kite")
    with qtbot.waitSignal(panel.record_toggled):
        qtbot.keyClick(panel.word, Qt.Key.Key_Return)
    assert panel.prompt() == "kite"
    assert panel.record.hasFocus()


def test_a_chosen_word_is_offered_but_never_over_what_is_being_typed(
    qtbot: QtBot, panel: RecorderPanel
) -> None:
    panel.set_prompt("goat", "animal")
    assert (panel.prompt(), panel.group()) == ("goat", "animal")
    panel.ask_for_word()
    panel.word.activateWindow()
    qtbot.keyClicks(panel.word, "kite")
    panel.set_prompt("coat", "clothes")
    assert (panel.prompt(), panel.group()) == ("kite", "animal")
