"""The recording screen of a real window, with a virtual microphone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.app.project_examples import sessions_of, word
from tests.virtual_sound_card import VirtualSoundCard, sound_card  # noqa: F401
from tests.windows import opened_window
from vgdesk.app.actions import RECORDER_KEYS
from vgdesk.app.recording.take_sequence import Stage
from vgdesk.app.state.settings import RecordMode
from vgdesk.audio.files import Recording, read, write_flac
from vgdesk.audio.ring_buffer import RingBuffer
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Take, TakeId, WordId
from vgdesk.core.resources import resource
from vgdesk.ui import dialogs
from vgdesk.ui.main_window import MainWindow

pytestmark = [pytest.mark.sound, pytest.mark.slow]

SECONDS = 60_000  # ms that a step may take on a machine that is busy with other things
SAID = resource("demo.vgdesk") / "takes" / "snake-bella.flac"
KEYS = (
    Qt.Key.Key_Enter,
    Qt.Key.Key_Return,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Down,
    Qt.Key.Key_Up,
    Qt.Key.Key_Right,
    Qt.Key.Key_Left,
)


@pytest.fixture
def window(qtbot: QtBot, sound_card: VirtualSoundCard) -> Iterator[MainWindow]:  # noqa: F811
    with opened_window(qtbot) as made:
        workspace = made.workspace
        words = [word(name) for name in ("snake", "apple", "river")]
        workspace.store.apply("Add", lambda _s: sessions_of(words, []))
        workspace.view_state.select(WordId("snake"))
        workspace.capture.choose(sound_card.microphone())
        made.show()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow, timeout=SECONDS)
        yield made


def wait_for(qtbot: QtBot, window: MainWindow, stage: Stage) -> None:
    qtbot.waitUntil(lambda: window.recorder.light.stage is stage, timeout=SECONDS)


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget() or window, key)


def record(qtbot: QtBot, window: MainWindow, card: VirtualSoundCard) -> None:
    window.recorder.record.setFocus()
    press(qtbot, window, Qt.Key.Key_R)
    wait_for(qtbot, window, Stage.RECORDING)
    card.play_into_microphone(SAID)
    wait_for(qtbot, window, Stage.REVIEW)  # the voice ends the take


def progress(window: MainWindow) -> str:
    return window.recorder.poster.progress.text()


def test_words_are_recorded_kept_and_retaken_by_keys(
    window: MainWindow,
    qtbot: QtBot,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    workspace, view_state = window.workspace, window.workspace.view_state
    assert progress(window) == "take 1 · 0 of 3"
    record(qtbot, window, sound_card)
    assert progress(window) == "take 1 · 1 of 3"
    assert window.recorder.findings.text()
    press(qtbot, window, Qt.Key.Key_Backspace)
    wait_for(qtbot, window, Stage.RECORDING)
    assert list(workspace.session.trash) == ["snake-1"]
    sound_card.play_into_microphone(SAID)
    wait_for(qtbot, window, Stage.REVIEW)
    press(qtbot, window, Qt.Key.Key_Return)
    assert list(workspace.session.takes) == ["snake-2"]
    assert view_state.selection.primary == "apple"
    assert window.recorder.prompt() == "apple"
    assert not window.recorder.keep.isEnabled()
    for key, expected in ((Qt.Key.Key_Up, "snake"), (Qt.Key.Key_Down, "apple")):
        press(qtbot, window, key)
        assert view_state.selection.primary == expected
    press(qtbot, window, Qt.Key.Key_Up)
    press(qtbot, window, Qt.Key.Key_Right)
    assert view_state.selection.take == "snake-2"


def test_keys_of_the_recorder_are_left_to_whatever_needs_them(
    window: MainWindow,
    qtbot: QtBot,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    record(qtbot, window, sound_card)
    run: list[str] = []
    for name in RECORDER_KEYS:
        action = window.actions_by_id[name]
        assert action.isEnabled()
        action.triggered.disconnect()
        action.triggered.connect(lambda _on, name=name: run.append(name))
    takers: tuple[QWidget, ...] = (
        window.words.search,
        window.words.tree,
        window.words.label_column,
        window.inspector.takes,
        window.inspector.start,
        window.recorder.source.modes,
        window.recorder.source.seconds,
        window.views.frames["words"].matrix,
    )
    for taker in takers:
        taker.setEnabled(True)
        taker.setFocus(Qt.FocusReason.OtherFocusReason)
        for key in KEYS:
            qtbot.keyClick(taker, key)
        assert not run, taker
    tree = window.words.tree
    tree.setFocus()
    tree.setCurrentIndex(tree.model().index(0, 0))
    press(qtbot, window, Qt.Key.Key_Down)
    assert tree.currentIndex() != tree.model().index(0, 0)
    window.recorder.record.setFocus()
    for key in KEYS:
        press(qtbot, window, key)
    assert run == ["keep_take", *RECORDER_KEYS]


def test_return_in_the_word_records_even_while_a_take_waits(
    window: MainWindow,
    qtbot: QtBot,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    record(qtbot, window, sound_card)
    window.recorder.ask_for_word()
    qtbot.keyClicks(window.recorder.word, "pear")
    press(qtbot, window, Qt.Key.Key_Left)
    press(qtbot, window, Qt.Key.Key_Backspace)
    assert window.recorder.prompt() == "per"
    press(qtbot, window, Qt.Key.Key_Return)
    wait_for(qtbot, window, Stage.RECORDING)
    press(qtbot, window, Qt.Key.Key_R)
    wait_for(qtbot, window, Stage.REVIEW)
    assert WordId("per") in window.workspace.session.words


def test_keys_have_no_effect_outside_recording(window: MainWindow) -> None:
    assert not any(window.actions_by_id[name].isEnabled() for name in RECORDER_KEYS)


def test_closing_the_window_keeps_the_take_and_then_closes(
    window: MainWindow,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    monkeypatch.setattr(dialogs, "ask_about_edits", lambda *_: dialogs.Leave.DISCARD)
    window.recorder.record.setFocus()
    press(qtbot, window, Qt.Key.Key_R)
    wait_for(qtbot, window, Stage.RECORDING)
    sound_card.play_into_microphone(SAID)
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=SECONDS)
    (take,) = window.workspace.session.takes.values()
    assert read(take.file).seconds > read(SAID).seconds


def test_closing_ends_a_timed_round(
    window: MainWindow,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dialogs, "ask_about_edits", lambda *_: dialogs.Leave.STAY)
    window.workspace.configure(record_mode=RecordMode.ROUND, round_seconds=30.0)
    press(qtbot, window, Qt.Key.Key_R)
    wait_for(qtbot, window, Stage.RECORDING)
    window.close()
    wait_for(qtbot, window, Stage.REVIEW)
    assert window.isVisible(), "somebody chose to stay"
    assert not window.workspace.take_sequence.is_going
    assert len(window.workspace.session.takes) == 1


def test_the_mode_is_saved_and_ends_automatic_recording(window: MainWindow, qtbot: QtBot) -> None:
    source = window.recorder.source
    source.modes.setFocus()
    press(qtbot, window, Qt.Key.Key_Down)
    assert window.workspace.settings.record_mode is RecordMode.VOICE
    window.recorder.record.setFocus()
    press(qtbot, window, Qt.Key.Key_R)
    wait_for(qtbot, window, Stage.LISTENING)
    assert window.recorder.record.text() == "■ Stop"
    source.modes.setFocus()
    press(qtbot, window, Qt.Key.Key_Down)
    wait_for(qtbot, window, Stage.READY)
    assert window.workspace.settings.record_mode is RecordMode.ROUND
    source.seconds.setValue(7.0)
    assert window.workspace.settings.round_seconds == 7.0


def test_a_long_recording_can_be_retrimmed_anywhere(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    write_flac(tmp_path / "long.flac", Recording(np.zeros(90 * 8000, np.float32), 8000))
    long = Take(TakeId("snake-1"), WordId("snake"), tmp_path / "long.flac", start=40.0, end=41.0)
    window.workspace.store.apply("Add", lambda session: session.with_take(long))
    sound = window.inspector.sound

    def shown() -> list[float]:
        return list(sound.wave.viewRange()[0])

    qtbot.waitUntil(lambda: shown() == pytest.approx([26.0, 55.0]), timeout=SECONDS)
    window.inspector.end.setValue(60.0)
    qtbot.waitUntil(lambda: shown() == pytest.approx([35.5, 64.5]), timeout=SECONDS)
    take = window.workspace.session.takes[long.id]
    assert (take.start, take.end) == (40.0, 60.0)
    assert sound.trims[0].getRegion() == pytest.approx((40.0, 60.0))


def test_a_window_can_be_closed_while_samples_are_broken_and_keeps_the_take(
    window: MainWindow,
    qtbot: QtBot,
    sound_card: VirtualSoundCard,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = RingBuffer.write

    def write_broken(ring: RingBuffer, block: FloatArray) -> None:
        write(ring, np.full_like(block, np.nan))

    workspace = window.workspace
    window.recorder.record.setFocus()
    press(qtbot, window, Qt.Key.Key_R)
    wait_for(qtbot, window, Stage.RECORDING)
    sound_card.play_into_microphone(SAID)
    monkeypatch.setattr(RingBuffer, "write", write_broken)
    begun = workspace.capture.recorder.seconds
    qtbot.waitUntil(
        lambda: (
            workspace.capture.recorder.seconds > begun + 0.2
            or not window.recording.is_holding_a_take
        ),
        timeout=SECONDS,
    )
    monkeypatch.setattr(dialogs, "ask_about_edits", lambda *_: dialogs.Leave.DISCARD)
    window.close()
    qtbot.waitUntil(window.isHidden, timeout=SECONDS)
    (take,) = workspace.session.takes.values()
    assert read(take.file).seconds > read(SAID).seconds
    assert "damaged" in {concern.check for concern in take.concerns}
