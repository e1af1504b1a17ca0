"""The check of the microphone as a widget; with sound it is tested in the real window."""

import pytest
from pytestqt.qtbot import QtBot

from vgdesk.app.recording.microphone_check import CheckStage
from vgdesk.ui.recording.microphone_dialog import MicrophoneDialog


@pytest.fixture
def dialog(qtbot: QtBot) -> MicrophoneDialog:
    made = MicrophoneDialog()
    qtbot.addWidget(made)
    return made


def test_the_microphone_can_be_changed_outside_a_take(dialog: MicrophoneDialog) -> None:
    assert not dialog.microphones.isEnabled()
    dialog.show_microphones(("Built in", "Headset"), 1)
    assert dialog.microphones.currentText() == "Headset"
    free = {}
    for stage in CheckStage:
        dialog.show_stage(stage, ())
        free[stage] = dialog.microphones.isEnabled()
    assert [stage for stage in free if free[stage]] == [CheckStage.WAITING, CheckStage.DONE]


def test_where_there_is_no_microphone_none_can_be_chosen(dialog: MicrophoneDialog) -> None:
    dialog.show_microphones((), 0)
    assert dialog.microphones.currentText() == "No microphone found"
    dialog.show_stage(CheckStage.DONE, ())
    assert not dialog.microphones.isEnabled()
    dialog.show_microphones(("Headset",), 0)
    assert dialog.microphones.isEnabled()
