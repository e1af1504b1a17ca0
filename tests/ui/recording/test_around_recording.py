"""What stands around the recording, in the real window: speakers, trash, second window, check."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.app.project_examples import contents
from tests.virtual_sound_card import VirtualSoundCard, best_correlation, sound_card  # noqa: F401
from tests.windows import Wait
from vgdesk.app.recording.capture import Phase
from vgdesk.app.recording.microphone_check import NAME, CheckStage
from vgdesk.app.state.settings import embeddings_folder, user_folder
from vgdesk.app.words.removal import Removal
from vgdesk.audio.files import Recording, read, resample
from vgdesk.audio.take_checks import BAND, LEVEL, NOISE
from vgdesk.core.model import TakeId, WordId
from vgdesk.core.resources import resource
from vgdesk.ui.main_window import MainWindow
from vgdesk.ui.recording.microphone_dialog import MicrophoneDialog
from vgdesk.ui.recording.speaker_window import Light
from vgdesk.ui.takes import removal_question

pytestmark = pytest.mark.slow

SECONDS = 60_000
SAID = resource("demo.vgdesk") / "takes" / "snake-bella.flac"


def press(window: MainWindow, action: str) -> None:
    window.actions_by_id[action].trigger()


# Speakers


def test_a_speaker_is_added_named_asked_and_chosen(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    press(window, "speakers")
    dialog = window.controller.takes.speakers.dialog
    assert dialog is not None
    assert dialog.list.count() == 2  # adam and bella, whom takes name
    dialog.add.click()
    assert dialog.name.text() == "S01"
    assert workspace.settings.speaker == "S01"
    dialog.name.setText("S07")
    dialog.name.editingFinished.emit()
    assert list(workspace.session.speakers) == ["S07"]
    assert workspace.settings.speaker == "S07"
    qtbot.keyClicks(dialog.language, "Swabian")
    dialog.language.editingFinished.emit()
    dialog.consent.setCurrentIndex(2)
    dialog.consent.activated.emit(2)
    speaker = workspace.session.speakers["S07"]
    assert (speaker.language, speaker.has_consent) == ("Swabian", False)
    assert "does not agree" in dialog.list.item(0).text()
    press(window, "undo")
    assert workspace.session.speakers["S07"].has_consent is None
    dialog.name.setText("Bella")
    dialog.name.editingFinished.emit()
    assert list(workspace.session.speakers) == ["Bella"]
    dialog.name.setText(dialog._facts[1].name)
    dialog.name.editingFinished.emit()
    assert "already" in window.notices.history()[-1].message
    assert list(workspace.session.speakers) == ["Bella"]
    dialog.reject()
    assert window.controller.takes.speakers.dialog is None


def test_a_new_name_keeps_the_takes_and_can_be_undone(window: MainWindow) -> None:
    session = window.workspace.session
    old = next(iter(session.takes.values())).speaker
    window.controller.takes.speakers._rename(old, "S02")
    speakers = [take.speaker for take in window.workspace.session.takes.values()]
    assert speakers.count("S02") == 36
    assert list(window.workspace.session.takes) == list(session.takes)
    press(window, "undo")
    assert window.workspace.session is session


def test_removing_a_speaker_forgets_the_voice_in_every_process(
    window: MainWindow, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, folder = window.workspace, tmp_path / "mine.vgdesk"
    workspace.save(folder)
    wait(lambda: workspace.projects.home == folder)
    wait(lambda: not workspace.encoding.missing)
    name = next(iter(workspace.session.takes.values())).speaker
    workspace.configure(speaker=name)
    theirs = [take.id for take in workspace.session.takes.values() if take.speaker == name]
    before = {child.pid for child in multiprocessing.active_children()}
    stale = embeddings_folder() / "ab" / "abc.safetensors"
    stale.parent.mkdir(parents=True, exist_ok=True)
    stale.write_bytes(b"a voice")
    asked: list[Removal] = []
    monkeypatch.setattr(
        removal_question,
        "ask_to_remove",
        lambda _parent, removal, _title: asked.append(removal) or removal,
    )
    press(window, "speakers")
    window.controller.takes.speakers.dialog.removal_requested.emit(name)  # type: ignore[union-attr]
    wait(lambda: "permanently deleted" in " ".join(n.message for n in window.notices.history()))
    assert len(asked[0].files) == len(theirs) == 36
    assert not stale.exists()
    assert workspace.settings.speaker == ""
    everything = {**contents(folder), **contents(user_folder("data"))}
    wanted = [name.encode(), *(take.encode() for take in theirs)]
    found = [f for f, c in everything.items() if any(w in c + f.encode() for w in wanted)]
    assert found == []
    wait(lambda: not workspace.encoding.missing)
    wait(lambda: "n = 36" in window.views.frames["layers"].summary)
    after = {child.pid for child in multiprocessing.active_children()}
    assert not before & after
    assert not window.actions_by_id["undo"].isEnabled()
    settings = user_folder("config") / "settings.json"
    wait(lambda: f'"{name}"' not in settings.read_text())
    window.controller.takes.speakers.dialog.accept()  # type: ignore[union-attr]


def test_the_question_lists_what_is_deleted_and_what_is_kept() -> None:
    removal = Removal(
        "S01",
        (TakeId("dog-1"), TakeId("dog-2")),
        (Path("/p/takes/dog-1.flac"),),
        (Path("/p/takes/long.flac"),),
        tuple(Path(f"/elsewhere/{n}.wav") for n in range(5)),
    )
    said = " ".join(removal_question.sentences(removal, "mine"))
    for part in (
        "2 takes",
        "1 sound file,",
        "“mine” will be saved",
        "cannot be undone",
        "so kept: /p/takes/long.flac",
        "/elsewhere/2.wav and 2 more",
        "Copies of the project",
    ):
        assert part in said
    assert "saved" not in removal_question.sentences(Removal(""), "")[1]


# Trash


def test_what_was_rejected_is_listed_restored_or_let_go(
    window: MainWindow, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = window.workspace
    takes = list(workspace.session.takes)[:3]
    workspace.editor.delete(frozenset(), frozenset(takes))
    press(window, "trash")
    dialog = window.controller.takes.trash.dialog
    assert dialog is not None
    wait(lambda: dialog.list.topLevelItemCount() == 3)
    assert not dialog.restore.isEnabled()
    dialog.list.topLevelItem(0).setSelected(True)
    chosen = dialog.chosen()
    dialog.restore.click()
    assert chosen[0] in workspace.session.takes
    wait(lambda: dialog.list.topLevelItemCount() == 2)
    press(window, "undo")
    wait(lambda: dialog.list.topLevelItemCount() == 3)
    asked: list[Removal] = []
    monkeypatch.setattr(
        removal_question, "ask_to_remove", lambda _parent, removal, _title: asked.append(removal)
    )
    dialog.empty.click()
    wait(lambda: asked)
    assert len(workspace.session.trash) == 3
    monkeypatch.setattr(removal_question, "ask_to_remove", lambda _parent, removal, _title: removal)
    dialog.empty.click()
    wait(lambda: not workspace.session.trash)
    wait(lambda: dialog.list.topLevelItemCount() == 0)
    assert not dialog.empty.isEnabled()
    wait(lambda: any("3 takes permanently deleted" in n.message for n in window.notices.history()))
    demo = resource("demo.vgdesk") / "takes"
    assert len(list(demo.iterdir())) == 72  # what ships is not ours to delete
    dialog.accept()


# The second window


@pytest.mark.sound
def test_the_speaker_sees_the_word_and_when_to_say_it(
    sound_card: VirtualSoundCard,  # noqa: F811
    window: MainWindow,
    wait: Wait,
    qtbot: QtBot,
) -> None:
    workspace = window.workspace
    ready_to_record(window, wait, sound_card)
    workspace.configure(checks_microphone=False)
    workspace.view_state.select(WordId("goat"))
    word = workspace.session.words[WordId("goat")].with_label("hint", "the animal")
    workspace.store.apply("Hint", lambda s: s.with_word(word))
    press(window, "speaker_window")
    speaker = window.controller.takes.speaker_window
    assert speaker is not None
    assert (speaker.cue.light, speaker.cue.text) == (Light.WAIT, "goat")
    assert speaker.cue.hint == "the animal"
    press(window, "record")
    wait(lambda: speaker.cue.light is Light.SPEAK)
    sound_card.play_into_microphone(SAID)
    wait(lambda: speaker.cue.light is Light.THANKS)
    wait(lambda: workspace.take_sequence.review)
    workspace.take_sequence.accept()
    wait(lambda: speaker.cue.light is Light.GET_READY)
    qtbot.keyClick(speaker, Qt.Key.Key_F11)
    assert speaker.isFullScreen()
    speaker.close()
    assert not speaker._timer.isActive()


# The microphone


def ready_to_record(
    window: MainWindow,
    wait: Wait,
    card: VirtualSoundCard,
) -> None:
    workspace = window.workspace
    workspace.capture.look_for_microphones(again=True)
    wait(lambda: workspace.capture.microphones)
    workspace.capture.choose(card.microphone())


def trying_out(window: MainWindow, wait: Wait, card: VirtualSoundCard) -> MicrophoneDialog:
    """Press record for the first time; the check of the microphone opens."""
    ready_to_record(window, wait, card)
    window.workspace.view_state.select(WordId("snake"))
    press(window, "record")
    dialog = window.controller.takes.microphone.dialog
    assert dialog is not None
    return dialog


@pytest.mark.sound
def test_before_the_first_take_the_microphone_is_tried_out(
    sound_card: VirtualSoundCard,  # noqa: F811
    window: MainWindow,
    wait: Wait,
) -> None:
    workspace, dialog = window.workspace, trying_out(window, wait, sound_card)
    assert not dialog.good.isEnabled()
    assert dialog.skip.isEnabled()
    dialog.begin.click()
    wait(lambda: workspace.microphone_check.stage is CheckStage.LISTENING)

    def say() -> None:
        # A room without the faintest noise is no room.
        said = read(SAID)
        room = np.random.default_rng(0).normal(0, 1e-4, 3 * said.sample_rate).astype(np.float32)
        room[said.sample_rate : said.sample_rate + len(said.samples)] += said.samples
        sound_card.play_into_microphone(Recording(room, said.sample_rate))
        wait(lambda: workspace.microphone_check.stage is CheckStage.DONE)
        wait(lambda: dialog.good.isEnabled())
        player = workspace.playback._player
        wait(lambda: player.is_playing)
        wait(lambda: not player.is_playing)

    heard = sound_card.heard_by_loudspeaker(say)
    assert (user_folder("cache") / NAME).exists()
    shown = [line.text() for line in dialog.lines if line.isVisibleTo(dialog)]
    assert shown == [check.good for check in (LEVEL, NOISE, BAND)]
    takes = len(workspace.session.takes)
    dialog.good.click()
    wait(lambda: workspace.capture.phase is Phase.RECORDING)  # what was asked for goes on
    assert window.controller.takes.microphone.dialog is None
    wait(lambda: not (user_folder("cache") / NAME).exists())
    press(window, "record")
    wait(lambda: len(workspace.session.takes) == takes + 1)
    press(window, "record")
    assert window.controller.takes.microphone.dialog is None  # once a session
    wait(lambda: workspace.capture.phase is Phase.RECORDING)
    press(window, "record")
    wait(lambda: len(workspace.session.takes) == takes + 2)
    whole = resample(read(SAID), heard.sample_rate)
    assert best_correlation(heard.samples, whole.samples)[0] > 0.9  # one hears oneself


@pytest.mark.sound
def test_skipping_the_check_records_at_once_and_leaves_no_files(
    sound_card: VirtualSoundCard,  # noqa: F811
    window: MainWindow,
    wait: Wait,
) -> None:
    workspace, dialog = window.workspace, trying_out(window, wait, sound_card)
    dialog.begin.click()
    wait(lambda: workspace.microphone_check.stage is CheckStage.LISTENING)
    dialog.reject()  # in the middle of it
    wait(lambda: workspace.capture.phase is Phase.READY)
    wait(lambda: not (user_folder("cache") / NAME).exists())
    assert not window.notices.history() or "could not" not in window.notices.history()[-1].message
    press(window, "record")
    assert window.controller.takes.microphone.dialog is None
    wait(lambda: workspace.capture.phase is Phase.RECORDING)
    takes = len(workspace.session.takes)
    press(window, "record")
    wait(lambda: len(workspace.session.takes) == takes + 1)


@pytest.mark.sound
def test_a_microphone_that_dies_ends_the_check_and_can_be_replaced(
    sound_card: VirtualSoundCard,  # noqa: F811
    window: MainWindow,
    wait: Wait,
) -> None:
    workspace = window.workspace
    ready_to_record(window, wait, sound_card)
    press(window, "check_microphone")
    dialog = window.controller.takes.microphone.dialog
    assert dialog is not None
    dialog.begin.click()
    wait(lambda: workspace.microphone_check.stage is CheckStage.LISTENING)
    sound_card.kill()
    wait(lambda: workspace.microphone_check.stage in (CheckStage.DONE, CheckStage.WAITING))
    wait(lambda: dialog.begin.isEnabled())
    assert any("microphone was disconnected" in n.message for n in window.notices.history())
    dialog.asks.click()
    assert not workspace.settings.checks_microphone
    dialog.reject()
    wait(lambda: not (user_folder("cache") / NAME).exists())
