"""In the window: a take that is too long for a word, and a recorder that does not end."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from tests.app.project_examples import sessions_of, word
from tests.windows import opened_window
from vgdesk.app.recording.capture import Phase
from vgdesk.audio.files import LONGEST_WORD_SECONDS, Recording, read, write_flac
from vgdesk.core.model import Take, TakeId, TakeSource, WordId
from vgdesk.core.notices import Notice
from vgdesk.core.resources import resource
from vgdesk.ui.importing.segmentation_dialog import SegmentationDialog
from vgdesk.ui.main_window import MainWindow

pytestmark = pytest.mark.slow

SECONDS = 60_000  # ms
SAID = read(resource("demo.vgdesk") / "takes" / "snake-bella.flac")
EVERY = 12  # seconds from one word to the next
LONG = TakeId("snake-1")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window in which one take of 48 seconds holds four words."""
    samples = np.zeros(4 * EVERY * SAID.sample_rate, np.float32)
    for number in range(4):
        begin = (number * EVERY + 5) * SAID.sample_rate
        samples[begin : begin + len(SAID.samples)] = SAID.samples
    write_flac(tmp_path / "snake-1.flac", Recording(samples, SAID.sample_rate))
    take = Take(LONG, WordId("snake"), tmp_path / "snake-1.flac", "Ana")
    with opened_window(qtbot) as made:
        made.workspace.store.apply("Add", lambda _s: sessions_of([word("snake")], [take]))
        made.workspace.view_state.select(WordId("snake"))
        made.show()
        qtbot.waitUntil(lambda: made.inspector.sound.duration > 0, timeout=SECONDS)
        yield made


def seconds(window: MainWindow) -> float:
    take = window.workspace.session.takes[LONG]
    return (take.end or 4.0 * EVERY) - take.start


def test_a_long_take_can_be_trimmed_to_a_word(window: MainWindow, qtbot: QtBot) -> None:
    assert window.inspector.cut.isVisible()
    assert window.inspector.end.value() == pytest.approx(4 * EVERY)
    window.inspector.propose.click()
    qtbot.waitUntil(lambda: seconds(window) < 2, timeout=SECONDS)
    assert not window.inspector.cut.isVisible()
    window.inspector.reset.click()
    assert seconds(window) > LONGEST_WORD_SECONDS
    assert window.inspector.cut.isVisible()
    window.inspector.end.setValue(20.0)
    assert seconds(window) == 20.0
    assert not window.inspector.cut.isVisible()


def test_a_long_take_can_be_cut_into_words(window: MainWindow, qtbot: QtBot) -> None:
    window.inspector.cut.click()
    qtbot.waitUntil(lambda: bool(window.findChildren(SegmentationDialog)), timeout=SECONDS)
    (dialog,) = window.findChildren(SegmentationDialog)
    assert len(dialog.pieces) == 4
    for place in range(4):
        dialog.model.set_word(place, "snake" if place else "", None)
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    cut = [take for take in window.workspace.session.takes.values() if take.id != LONG]
    assert [round(take.start) // EVERY for take in cut] == [1, 2, 3]
    assert {(take.speaker, take.source) for take in cut} == {("Ana", TakeSource.RECORDED)}
    qtbot.waitUntil(lambda: not window.findChildren(SegmentationDialog), timeout=SECONDS)


def test_a_long_take_can_be_heard(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[Recording] = []
    monkeypatch.setattr(window.workspace.playback._player, "play", played.append)
    window.workspace.sounds.play([WordId("snake")])
    qtbot.waitUntil(lambda: bool(played), timeout=SECONDS)
    assert played[0].seconds == 4 * EVERY


def test_a_stuck_recorder_does_not_prevent_closing(window: MainWindow) -> None:
    notices: list[Notice] = []
    window.workspace.events.notice.subscribe(notices.append)
    window.workspace.store.saved(window.workspace.session)
    window.workspace.capture._waiting_for = Phase.SAVING
    assert not window.close()
    assert "still being saved" in notices[-1].message
    assert window.close()
