"""From the microphone to all four views: a real window, a real sound server, real speech."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.virtual_sound_card import VirtualSoundCard, sound_card  # noqa: F401
from tests.windows import opened_window
from vgdesk.app.recording.capture import Phase
from vgdesk.audio.files import read
from vgdesk.core.model import TakeSource, WordId
from vgdesk.core.resources import resource
from vgdesk.ui import dialogs
from vgdesk.ui.main_window import MainWindow

pytestmark = pytest.mark.slow

PEOPLE = Path(__file__).parents[2] / "shared" / "data" / "people" / "en_gcompris"
SECONDS = 60_000  # ms that a step may take on a machine that is busy with other things


@pytest.fixture
def window(qtbot: QtBot, sound_card: VirtualSoundCard) -> Iterator[MainWindow]:  # noqa: F811
    del sound_card  # is there before the window and goes after it
    with opened_window(qtbot) as made:
        workspace = made.workspace
        made.show()
        workspace.configure(checks_microphone=False)  # that has tests of its own
        workspace.start()
        yield made


def speech() -> Path:
    """A word said by a person, or else by one of the synthetic voices that ship."""
    person = PEOPLE / "crocodile.ogg"
    return person if person.exists() else resource("demo.vgdesk") / "takes" / "snake-bella.flac"


def summaries(window: MainWindow) -> dict[str, str]:
    """Return what each view says that can be seen."""
    frames = window.views.frames.items()
    return {view: frame.summary for view, frame in frames if frame.isVisible()}


@pytest.mark.sound
def test_a_word_said_into_the_microphone_appears_in_all_views(
    window: MainWindow,
    qtbot: QtBot,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    workspace = window.workspace
    qtbot.waitUntil(lambda: all(summaries(window).values()), timeout=SECONDS)
    n = len(workspace.session.words)
    workspace.capture.look_for_microphones(again=True)
    qtbot.waitUntil(lambda: workspace.capture.microphones != (), timeout=SECONDS)

    window.recorder.set_prompt("zebra crossing")
    window.views.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: workspace.capture.phase is Phase.RECORDING, timeout=SECONDS)
    sound_card.play_into_microphone(read(speech()))
    qtbot.waitUntil(lambda: WordId("zebra-crossing") in workspace.session.words, timeout=SECONDS)

    take = workspace.session.takes_of(WordId("zebra-crossing"))[0]
    assert take.source is TakeSource.RECORDED
    assert take.end is not None  # voice activity found the word
    assert not {concern.check for concern in take.concerns} & {"silence", "speech", "level"}
    assert 0.2 < take.end - take.start < 2.5
    assert read(take.file).seconds > take.end - take.start  # the recording itself is whole
    views = window.views
    qtbot.waitUntil(
        lambda: (
            f"n = {n + 1}" in views.frames["layers"].summary
            and "zebra crossing" in str(views.frames["words"].table)
            and "zebra crossing" in str(views.frames["map"].table)
        ),
        timeout=SECONDS,
    )
    assert workspace.view_state.selection.primary == WordId("zebra-crossing")
    assert workspace.store.undo_label == "Record “zebra crossing”"


def begin_recording(window: MainWindow, qtbot: QtBot, word: str) -> None:
    workspace = window.workspace
    qtbot.waitUntil(lambda: workspace.session.words != {}, timeout=SECONDS)
    workspace.capture.look_for_microphones(again=True)
    qtbot.waitUntil(lambda: workspace.capture.microphones != (), timeout=SECONDS)
    window.recorder.set_prompt(word)
    window.actions_by_id["record"].trigger()
    qtbot.waitUntil(lambda: workspace.capture.phase is Phase.RECORDING, timeout=SECONDS)
    qtbot.waitUntil(lambda: workspace.capture.recorder.seconds > 0.7, timeout=SECONDS)


@pytest.mark.sound
def test_closing_the_window_keeps_the_take_that_runs(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def stay(_parent: object, title: str) -> dialogs.Leave:
        asked.append(title)
        return dialogs.Leave.STAY

    monkeypatch.setattr(dialogs, "ask_about_edits", stay)
    begin_recording(window, qtbot, "kite")
    window.close()
    assert window.isVisible()
    # First the take is kept, then one is asked about it: closing goes on by itself.
    qtbot.waitUntil(lambda: bool(asked), timeout=SECONDS)
    qtbot.waitUntil(lambda: WordId("kite") in window.workspace.session.words, timeout=SECONDS)
    take = window.workspace.session.takes_of(WordId("kite"))[0]
    assert read(take.file).seconds > 0.7


@pytest.mark.sound
def test_a_dying_sound_server_loses_no_recorded_sound(
    window: MainWindow,
    qtbot: QtBot,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    begin_recording(window, qtbot, "kite")
    sound_card.kill()
    qtbot.waitUntil(lambda: WordId("kite") in window.workspace.session.words, timeout=SECONDS)
    assert read(window.workspace.session.takes_of(WordId("kite"))[0].file).seconds > 0.5
    assert any("kept" in notice.message for notice in window.notices.history())
    qtbot.waitUntil(lambda: window.workspace.capture.phase is Phase.LOST, timeout=SECONDS)
    window.workspace.capture.disarm()
    qtbot.waitUntil(lambda: window.workspace.capture.phase is Phase.OFF, timeout=SECONDS)


@pytest.mark.sound
def test_looking_for_microphones_does_not_end_a_take(window: MainWindow, qtbot: QtBot) -> None:
    begin_recording(window, qtbot, "kite")
    window.recorder.source.rescan_requested.emit()
    window.actions_by_id["record"].trigger()
    qtbot.waitUntil(lambda: WordId("kite") in window.workspace.session.words, timeout=SECONDS)
    assert window.workspace.capture.phase is Phase.READY
