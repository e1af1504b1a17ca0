from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.ui.panels.conftest import Dock, shape
from vgdesk.ui.panels.level_meter import FLOOR_DB, HOT_DB, LOUD_DB, LevelMeter
from vgdesk.ui.panels.recorder_panel import RecorderLook, RecorderPanel, RecorderState
from vgdesk.ui.theme import Theme, mixed

LEFT = Qt.MouseButton.LeftButton
RECORDING = RecorderLook(RecorderState.RECORDING, -8.0, -20.0, 3.24)


@pytest.fixture
def panel(dock: Dock) -> RecorderPanel:
    panel: RecorderPanel = dock(RecorderPanel(), 900, 130)
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
    qtbot.keyClicks(panel.focusWidget() or panel._word, " dog ")
    assert panel.prompt() == heard[-1] == "dog"
    assert panel._poster.text() == "dog"
    assert panel._poster.font().pointSizeF() > 1.5 * panel.font().pointSizeF()
    panel.set_prompt("hippopotamus and rhinoceros and a very long word list beside it")
    poster = panel._poster
    assert poster.font().pointSizeF() >= panel.font().pointSizeF()


def test_the_group_stays_from_word_to_word(qtbot: QtBot, panel: RecorderPanel) -> None:
    qtbot.keyClicks(panel._group.lineEdit(), "animal")
    panel.set_prompt("cat")
    panel.show_groups(("tool", "vehicle"))
    assert panel.group() == "animal"


@pytest.mark.parametrize("state", RecorderState)
def test_each_state_has_its_own_word_and_picture(
    panel: RecorderPanel, state: RecorderState
) -> None:
    others = [other for other in RecorderState if other is not state]
    panel.show_state(RecorderLook(state))
    assert state.value in seen(panel)
    assert not {other.value for other in others} & set(seen(panel))
    pictures = set()
    for each in RecorderState:
        panel.show_state(RecorderLook(each))
        image = panel._status._picture.pixmap().toImage()
        pictures.add(shape(image))
    assert len(pictures) == len(RecorderState)


def test_the_button_says_what_it_does(qtbot: QtBot, panel: RecorderPanel) -> None:
    assert (panel.record.text(), panel.record.accessibleName()) == ("● Record", "Record")
    with qtbot.waitSignal(panel.record_toggled):
        qtbot.mouseClick(panel.record, LEFT)
    panel.show_state(RECORDING)
    assert (panel.record.text(), panel.record.accessibleName()) == ("■ Stop", "Stop")
    assert "0:03.2" in seen(panel)
    panel.show_state(RecorderLook(RecorderState.SAVING))
    with qtbot.assertNotEmitted(panel.record_toggled):
        qtbot.mouseClick(panel.record, LEFT)


def test_lost_blocks_are_shown_only_while_recording(panel: RecorderPanel, theme: Theme) -> None:
    panel.show_state(replace(RECORDING, lost_blocks=2))
    assert "2 blocks of sound lost" in seen(panel)
    assert panel._lost.palette().windowText().color() == QColor(theme.bad)
    panel.show_state(RECORDING)
    assert not any("lost" in text for text in seen(panel))
    panel.show_state(RecorderLook(RecorderState.ARMED, lost_blocks=2))
    assert not any("lost" in text for text in seen(panel))


def test_news_does_not_move_anything(panel: RecorderPanel) -> None:
    heights = set()
    silence = "The system is sending silence. Microphone permission is probably off."
    for look in (
        RecorderLook(),
        RecorderLook(RecorderState.ARMED, message=silence),
        replace(RECORDING, lost_blocks=9),
    ):
        panel.show_state(look)
        panel.layout().activate()
        heights.add(panel.heightForWidth(900))
    assert silence not in seen(panel)
    assert len(heights) == 1
    assert heights.pop() <= 150


def test_microphones_are_listed_chosen_and_looked_for(qtbot: QtBot, panel: RecorderPanel) -> None:
    with qtbot.assertNotEmitted(panel.microphone_chosen):
        panel.show_microphones(("Built-in", "Headset"), 0)
    panel.microphones.setFocus()
    with qtbot.waitSignal(panel.microphone_chosen) as chosen:
        qtbot.keyClick(panel.microphones, Qt.Key.Key_Down)
    assert chosen.args == [1]
    with qtbot.waitSignal(panel.rescan_requested):
        qtbot.mouseClick(panel._rescan, LEFT)
    panel.show_microphones((), -1)
    assert panel.microphones.currentText() == "No microphone found"
    assert not panel.microphones.isEnabled()


def test_voice_stop_is_a_wish(qtbot: QtBot, panel: RecorderPanel) -> None:
    panel.voice_stop.setFocus()
    with qtbot.waitSignal(panel.voice_stop_changed) as changed:
        qtbot.keyClick(panel.voice_stop, Qt.Key.Key_Space)
    assert changed.args == [True]
    with qtbot.assertNotEmitted(panel.voice_stop_changed):
        panel.set_voice_stop(False)
    assert not panel.voice_stop.isChecked()


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
    panel.show_state(RecorderLook(RecorderState.ARMED))
    assert panel.meter.is_clipped
    panel.show_state(RECORDING)
    assert not panel.meter.is_clipped


def test_return_records_and_takes_the_cursor_out_of_the_word(
    qtbot: QtBot, panel: RecorderPanel
) -> None:
    panel.ask_for_word()
    qtbot.keyClicks(panel._word, "kite")
    with qtbot.waitSignal(panel.record_toggled):
        qtbot.keyClick(panel._word, Qt.Key.Key_Return)
    assert panel.prompt() == "kite"
    assert panel.record.hasFocus()


def test_a_chosen_word_is_offered_but_never_over_what_is_being_typed(
    qtbot: QtBot, panel: RecorderPanel
) -> None:
    panel.set_prompt("goat", "animal")
    assert (panel.prompt(), panel.group()) == ("goat", "animal")
    panel.ask_for_word()
    panel._word.activateWindow()
    qtbot.keyClicks(panel._word, "kite")
    panel.set_prompt("coat", "clothes")
    assert (panel.prompt(), panel.group()) == ("kite", "animal")
