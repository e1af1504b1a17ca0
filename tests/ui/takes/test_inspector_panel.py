from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.docks import Dock, shape
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Concern, Session, Take, TakeId, Verdict, WordId
from vgdesk.ui.takes.inspector_panel import InspectorPanel
from vgdesk.ui.takes.sound_view import SHORTEST_S

LEFT = Qt.MouseButton.LeftButton
RATE = 16000
AMY, RYAN = TakeId("horse-Amy"), TakeId("horse-Ryan")


@pytest.fixture(autouse=True)
def no_mouse_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every move count; pyqtgraph drops those that follow too soon, as they do here."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def sound() -> FloatArray:
    """One second: a tone of 2 kHz between silence."""
    seconds = np.arange(RATE) / RATE
    tone: FloatArray = np.where(abs(seconds - 0.5) < 0.2, np.sin(2 * np.pi * 2000 * seconds), 0)
    return tone


@pytest.fixture
def takes(session: Session) -> tuple[Take, ...]:
    return session.takes_of(WordId("horse"))


@pytest.fixture
def panel(
    dock: Dock, session: Session, takes: tuple[Take, ...], sound: FloatArray
) -> InspectorPanel:
    panel: InspectorPanel = dock(InspectorPanel(), 400)
    panel.show_word(session.words[WordId("horse")], takes, RYAN)
    panel.show_sound(RYAN, sound, RATE)
    QApplication.processEvents()
    return panel


def seen(panel: InspectorPanel) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def place_of(panel: InspectorPanel, seconds: float) -> QPoint:
    """Return where a moment lies on the waveform, above the marker of a handle."""
    box = panel.sound.wave
    low, high = box.viewRange()[1]
    scene = box.mapViewToScene(QPointF(seconds, low + 0.85 * (high - low)))
    return panel.sound.mapFromScene(scene)


def mouse(panel: InspectorPanel, kind: QEvent.Type, place: QPoint, buttons: Qt.MouseButton) -> None:
    target = panel.sound.viewport()
    button = LEFT if kind != QEvent.Type.MouseMove else Qt.MouseButton.NoButton
    at, on_screen = QPointF(place), QPointF(target.mapToGlobal(place))
    event = QMouseEvent(kind, at, on_screen, button, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target, event)


def drag(panel: InspectorPanel, start: float, end: float, *, release: bool = True) -> None:
    places = [place_of(panel, start + (end - start) * share) for share in np.linspace(0, 1, 9)]
    mouse(panel, QEvent.Type.MouseMove, places[0], Qt.MouseButton.NoButton)
    mouse(panel, QEvent.Type.MouseButtonPress, places[0], LEFT)
    for place in places:
        mouse(panel, QEvent.Type.MouseMove, place, LEFT)
    if release:
        mouse(panel, QEvent.Type.MouseButtonRelease, places[-1], Qt.MouseButton.NoButton)


def test_an_empty_selection_shows_what_to_do(dock: Dock) -> None:
    assert "No word selected" in seen(dock(InspectorPanel()))


def test_a_word_without_takes_says_so(panel: InspectorPanel, session: Session) -> None:
    panel.show_word(session.words[WordId("justice")], (), None)
    assert "Not recorded yet. Press R to record it." in seen(panel)
    assert not panel.sound.isVisible()


def test_synthetic_voices_are_labelled(panel: InspectorPanel) -> None:
    assert [panel.takes.item(i).text() for i in range(2)] == [
        "Amy, synthetic voice",
        "Ryan, synthetic voice",
    ]
    assert panel.takes.currentRow() == 1
    assert {"horse", "category: animal, onset: h, language: en"} <= set(seen(panel))


def test_a_take_is_chosen_with_arrows(qtbot: QtBot, panel: InspectorPanel) -> None:
    panel.takes.setFocus()
    with qtbot.waitSignal(panel.take_chosen) as chosen:
        qtbot.keyClick(panel.takes, Qt.Key.Key_Up)
    assert chosen.args == [AMY]


def test_a_dragged_handle_tells_once_when_it_is_let_go(panel: InspectorPanel) -> None:
    heard: list[tuple[str, float, float]] = []
    panel.trim_changed.connect(lambda *trim: heard.append(trim))
    drag(panel, 0.6, 0.8, release=False)
    assert heard == []
    assert panel.end.value() == pytest.approx(0.8, abs=0.01), "the field follows"
    mouse(panel, QEvent.Type.MouseButtonRelease, place_of(panel, 0.8), Qt.MouseButton.NoButton)
    assert heard == [(RYAN, pytest.approx(0.1), pytest.approx(0.8, abs=0.01))]


def test_the_handles_of_both_pictures_go_together(panel: InspectorPanel) -> None:
    drag(panel, 0.1, 0.3)
    upper, lower = (trim.getRegion() for trim in panel.sound.trims)
    assert upper == lower
    assert upper[0] == pytest.approx(0.3, abs=0.01)


def test_handles_cannot_leave_an_empty_word(panel: InspectorPanel) -> None:
    heard: list[tuple[str, float, float]] = []
    panel.trim_changed.connect(lambda *trim: heard.append(trim))
    drag(panel, 0.6, 0.02)
    ((_, start, end),) = heard
    assert end - start >= SHORTEST_S - 1e-9


def test_dragging_between_the_handles_moves_none(qtbot: QtBot, panel: InspectorPanel) -> None:
    with qtbot.assertNotEmitted(panel.trim_changed):
        drag(panel, 0.3, 0.45)
    assert panel.sound.trims[0].getRegion() == (pytest.approx(0.1), pytest.approx(0.6))


def test_the_outside_is_dimmed(panel: InspectorPanel) -> None:
    """The middle of a silent stretch is brighter inside the trim than outside of it."""
    panel.sound.show_trim(0.5, 0.9)
    image = panel.sound.grab().toImage()
    inside, outside = (
        image.pixelColor(place_of(panel, moment)).lightness() for moment in (0.8, 0.95)
    )
    assert inside > outside


def test_showing_a_trim_sends_no_wish(
    qtbot: QtBot, panel: InspectorPanel, session: Session, takes: tuple[Take, ...]
) -> None:
    shorter = (takes[0], replace(takes[1], start=0.2, end=0.5))
    with qtbot.assertNotEmitted(panel.trim_changed):
        panel.show_word(session.words[WordId("horse")], shorter, RYAN)
    assert (panel.start.value(), panel.end.value()) == (0.2, 0.5)
    assert panel.sound.duration == 1.0, "the same file needs no second reading"


def test_the_trim_can_be_typed(qtbot: QtBot, panel: InspectorPanel) -> None:
    panel.start.setFocus()
    panel.start.selectAll()
    with qtbot.waitSignal(panel.trim_changed) as changed:
        qtbot.keyClicks(panel.start, "0.25")
        qtbot.keyClick(panel.start, Qt.Key.Key_Return)
    assert changed.args == [RYAN, 0.25, 0.6]
    panel.end.selectAll()
    with qtbot.waitSignal(panel.trim_changed) as changed:
        qtbot.keyClicks(panel.end, "0.1")
        qtbot.keyClick(panel.end, Qt.Key.Key_Return)
    assert changed.args[2] == pytest.approx(0.25 + SHORTEST_S)


def test_buttons_ask_for_their_take(qtbot: QtBot, panel: InspectorPanel) -> None:
    for button, signal in (
        (panel.play, panel.play_requested),
        (panel.propose, panel.trim_proposed_requested),
        (panel.delete, panel.take_delete_requested),
    ):
        with qtbot.waitSignal(signal) as asked:
            qtbot.mouseClick(button, LEFT)
        assert asked.args == [RYAN]
    with qtbot.waitSignal(panel.trim_changed) as changed:
        qtbot.mouseClick(panel.reset, LEFT)
    assert changed.args == [RYAN, 0.0, 1.0]


def test_the_sound_of_another_take_is_not_shown(
    panel: InspectorPanel, session: Session, takes: tuple[Take, ...], sound: FloatArray
) -> None:
    panel.show_word(session.words[WordId("horse")], takes, AMY)
    assert panel.sound.duration == 0.0
    panel.show_sound(RYAN, sound, RATE)
    assert panel.sound.duration == 0.0
    assert not panel.play.isEnabled()


def test_the_playhead_is_visible_only_during_playback(panel: InspectorPanel) -> None:
    before = panel.sound.grab().toImage()
    panel.show_playhead(0.4)
    assert panel.play.text() == "■ Stop"
    assert panel.sound.grab().toImage() != before
    panel.show_playhead(None)
    assert panel.play.text() == "▶ Play"
    assert panel.sound.grab().toImage() == before


def test_neighbours_are_listed_and_clicked(qtbot: QtBot, panel: InspectorPanel) -> None:
    near = [(WordId("dog"), "dog", 0.834), (WordId("saw"), "saw", -0.05)]
    panel.show_neighbours(near, "nearest in the original space, Spectrum layer 3")
    assert "Nearest in the original space, Spectrum layer 3" in seen(panel)
    items = [panel.neighbours.topLevelItem(i) for i in range(2)]
    assert [(item.text(0), item.text(1)) for item in items] == [("dog", "0.83"), ("saw", "−0.05")]
    place = panel.neighbours.visualItemRect(items[1]).center()
    with qtbot.waitSignal(panel.word_chosen) as chosen:
        qtbot.mouseClick(panel.neighbours.viewport(), LEFT, pos=place)
    assert chosen.args == ["saw"]
    panel.neighbours.setCurrentItem(items[0])
    with qtbot.waitSignal(panel.word_chosen) as chosen:
        qtbot.keyClick(panel.neighbours, Qt.Key.Key_Return)
    assert chosen.args == ["dog"]
    panel.show_neighbours((), "")
    assert not panel.neighbours.isVisible()


@pytest.mark.parametrize("length", [0, 1, 100])
def test_very_short_and_silent_sounds_are_drawn(panel: InspectorPanel, length: int) -> None:
    panel.show_sound(RYAN, np.zeros(length), RATE)
    assert panel.sound.duration == length / RATE
    assert panel.play.isEnabled() == (length > 0)


def test_of_a_long_recording_the_part_around_the_word_is_shown_at_its_time(
    qtbot: QtBot, panel: InspectorPanel, sound: FloatArray
) -> None:
    panel.show_sound(RYAN, sound, RATE, begin=60.0, whole=90.0)
    assert panel.sound.wave.viewRange()[0] == pytest.approx([60.0, 61.0])
    assert panel.end.maximum() == 90.0
    panel.sound.show_trim(60.2, 60.6)
    assert panel.sound.trims[0].getRegion() == pytest.approx((60.2, 60.6))
    with qtbot.waitSignal(panel.trim_changed) as changed:
        panel.end.setValue(75.0)
    assert changed.args[2] == pytest.approx(75.0), "what is not shown can be typed"


def test_what_speaks_against_a_take_is_named(
    panel: InspectorPanel, session: Session, takes: tuple[Take, ...]
) -> None:
    assert not panel.quality.isVisible()
    concerns = (Concern("noise", Verdict.WARN), Concern("clipping", Verdict.FAIL))
    bad = replace(takes[0], concerns=concerns)
    kept = replace(bad, id=TakeId("kept"), is_kept_anyway=True)
    pictures = set()
    for current in (bad, kept):
        panel.show_word(session.words[WordId("horse")], (bad, takes[1], kept), current.id)
        said = panel.quality.text().casefold()
        assert panel.quality.isVisible()
        assert "nois" in said
        assert "clip" in said
        assert ("kept anyway" in said) == current.is_kept_anyway
        pictures.add(shape(panel.quality._picture.pixmap().toImage()))
    assert len(pictures) == 2
    marked = [not panel.takes.item(i).icon().isNull() for i in range(3)]
    assert marked == [True, False, True]
