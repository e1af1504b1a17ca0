"""A long recording in a real dialog."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.app.project_examples import sessions_of, word
from tests.audio.test_long_recording import NAMES, spoken
from vgdesk.app.exchange.segmentation import LongRecording, Piece, propose, with_pieces
from vgdesk.audio.files import write_flac
from vgdesk.core.model import Session, Word, WordId
from vgdesk.ui.importing.segmentation_dialog import SegmentationDialog
from vgdesk.ui.importing.segments_model import END, HEADINGS, LISTEN, START, WORD
from vgdesk.ui.importing.segments_wave import WIDEST_VIEW

NO_KEY = Qt.KeyboardModifier.NoModifier
WORDS = (word("snake"), word("apple"), word("river"))
PIECES = (Piece(0.5, 1.0, WORDS[0].id), Piece(2.0, 2.1), Piece(3.0, 3.6, WORDS[1].id))


def shown(
    qtbot: QtBot, pieces: tuple[Piece, ...], words: tuple[Word, ...], seconds: int
) -> SegmentationDialog:
    outline = np.tile(np.array([[-0.1, 0.1]], np.float32), (100 * seconds, 1))
    made = SegmentationDialog(LongRecording(Path("/x/long.wav"), outline, pieces), words)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def dialog(qtbot: QtBot) -> SegmentationDialog:
    return shown(qtbot, PIECES, WORDS, 10)


def go_to(dialog: SegmentationDialog, place: int, column: int) -> None:
    dialog.table.setCurrentIndex(dialog.model.index(place, column))


def edited(dialog: SegmentationDialog, place: int) -> QComboBox:
    """Begin to edit the word of a piece."""
    go_to(dialog, place, WORD)
    QTest.keyClick(dialog.table, Qt.Key.Key_F2)
    choice = dialog.table.indexWidget(dialog.model.index(place, WORD))
    assert isinstance(choice, QComboBox)
    return choice


def field(choice: QComboBox) -> QLineEdit:
    line = choice.lineEdit()
    assert line is not None
    return line


def press_at(
    dialog: SegmentationDialog, place: int, column: int, from_right: int | None = None
) -> None:
    cell = dialog.table.visualRect(dialog.model.index(place, column))
    at = (
        cell.center()
        if from_right is None
        else QPoint(cell.right() - from_right, cell.center().y())
    )
    QTest.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def end_edit(qtbot: QtBot, dialog: SegmentationDialog, key: Qt.Key) -> None:
    editor = dialog.table.indexWidget(dialog.table.currentIndex())
    assert editor is not None
    QTest.keyClick(editor, key)
    qtbot.waitUntil(lambda: dialog.table.indexWidget(dialog.table.currentIndex()) is None)


def write(qtbot: QtBot, dialog: SegmentationDialog, place: int, column: int, text: str) -> None:
    """Write into a cell with the keyboard."""
    go_to(dialog, place, column)
    QTest.keyClick(dialog.table, Qt.Key.Key_F2)
    line = dialog.table.viewport().findChild(QLineEdit)
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, text)
    end_edit(qtbot, dialog, Qt.Key.Key_Return)


def cell(dialog: SegmentationDialog, place: int, column: int) -> str:
    return str(dialog.model.index(place, column).data())


def ok(dialog: SegmentationDialog) -> QPushButton:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


def texts(dialog: SegmentationDialog) -> list[str]:
    return [text for text, _piece in dialog.pieces]


def test_what_was_proposed_is_shown_and_counted(dialog: SegmentationDialog) -> None:
    assert texts(dialog) == ["snake", "", "apple"]
    assert ok(dialog).text() == "Add 2 takes"
    assert {place: span.tag.toPlainText() for place, span in dialog.wave.spans.items()} == {
        0: "snake",
        1: "–",
        2: "apple",
    }


def test_a_piece_can_be_given_a_word_and_passed_over(dialog: SegmentationDialog) -> None:
    edited(dialog, 1).setEditText("a new one")
    edited(dialog, 0).setCurrentIndex(0)
    edited(dialog, 2).setCurrentIndex(3)
    assert texts(dialog) == ["", "a new one", "river"]
    assert dialog.pieces[2][1].word == "river"
    edited(dialog, 1).setEditText("")
    edited(dialog, 2).setCurrentIndex(0)
    assert not ok(dialog).isEnabled()


def test_each_letter_shows_at_once_and_enter_ends_the_edit_only(
    dialog: SegmentationDialog, qtbot: QtBot
) -> None:
    line = field(edited(dialog, 1))
    QTest.keyClicks(line, "app")
    assert (line.text(), texts(dialog)) == ("app", ["snake", "app", "apple"])
    assert ok(dialog).text() == "Add 3 takes"
    assert dialog.wave.spans[1].tag.toPlainText() == "app"
    line.setCursorPosition(1)
    QTest.keyClicks(line, "new")
    assert line.text() == "anewpp"
    end_edit(qtbot, dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.pieces[1] == ("anewpp", PIECES[1])


@pytest.mark.parametrize("written", ["x", "river", "RIVER"])
def test_escape_takes_an_edit_back_and_leaves_the_dialog_open(
    dialog: SegmentationDialog, qtbot: QtBot, written: str
) -> None:
    line = field(edited(dialog, 0))
    line.selectAll()
    QTest.keyClicks(line, written)
    assert texts(dialog)[0] == written
    end_edit(qtbot, dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.pieces[0] == ("snake", PIECES[0])


@pytest.mark.parametrize(
    ("written", "key"),
    [("river", Qt.Key.Key_Return), ("RIVER", Qt.Key.Key_Return), ("river", Qt.Key.Key_Tab)],
)
def test_a_word_of_the_list_can_be_written_too(
    dialog: SegmentationDialog, qtbot: QtBot, written: str, key: Qt.Key
) -> None:
    QTest.keyClicks(field(edited(dialog, 1)), written)
    editor = dialog.table.indexWidget(dialog.model.index(1, WORD))
    QTest.keyClick(editor, key)
    qtbot.waitUntil(lambda: dialog.table.indexWidget(dialog.model.index(1, WORD)) is None)
    assert dialog.pieces[1] == ("river", Piece(2.0, 2.1, WordId("river")))
    assert dialog.isVisible()


def test_typing_into_a_cell_replaces_its_word(dialog: SegmentationDialog, qtbot: QtBot) -> None:
    go_to(dialog, 0, WORD)
    QTest.keyClicks(dialog.table, "o")
    QTest.keyClicks(dialog.table.viewport().findChild(QComboBox), "wl")
    end_edit(qtbot, dialog, Qt.Key.Key_Return)
    assert texts(dialog)[0] == "owl"


def test_one_of_two_words_that_are_written_alike_can_be_chosen(qtbot: QtBot) -> None:
    alike = (Word(WordId("bank"), "bank"), Word(WordId("bank_2"), "bank"))
    made = shown(qtbot, (Piece(0.5, 1.0, alike[1].id), Piece(2.0, 2.5)), alike, 10)
    edited(made, 0)
    edited(made, 1).setCurrentIndex(2)
    assert [piece.word for _text, piece in made.pieces] == ["bank_2", "bank_2"]
    edited(made, 1).setCurrentIndex(1)
    assert made.pieces[1][1].word == "bank"


def test_what_is_still_being_written_is_added(dialog: SegmentationDialog, qtbot: QtBot) -> None:
    QTest.keyClicks(field(edited(dialog, 1)), "owl")
    go_to(dialog, 0, START)
    QTest.keyClick(dialog.table, Qt.Key.Key_F2)
    line = dialog.table.viewport().findChildren(QLineEdit)[-1]
    line.setText("0.25")
    with qtbot.waitSignal(dialog.accepted):
        ok(dialog).click()  # without taking the focus, as on macOS
    assert dialog.pieces[:2] == [
        ("snake", Piece(0.25, 1.0, WordId("snake"))),
        ("owl", PIECES[1]),
    ]


def test_a_word_that_was_deleted_meanwhile_is_none(qtbot: QtBot) -> None:
    made = shown(qtbot, PIECES, WORDS[1:], 10)
    assert texts(made) == ["", "", "apple"]
    assert ok(made).text() == "Add 1 take"


@pytest.mark.parametrize("seconds", [0, 1, 20])
def test_a_recording_without_any_voice_is_reported_and_can_be_closed(
    qtbot: QtBot, seconds: int
) -> None:
    made = shown(qtbot, (), WORDS, seconds)
    made.grab()
    assert not ok(made).isEnabled()
    QTest.keyClick(made.table, Qt.Key.Key_Space)
    QTest.keyClick(made.table, Qt.Key.Key_Escape)
    assert not made.isVisible()


def test_one_click_edits_a_word_and_the_arrow_opens_the_list(
    dialog: SegmentationDialog, qtbot: QtBot
) -> None:
    press_at(dialog, 0, WORD)
    choice = dialog.table.viewport().findChild(QComboBox)
    assert choice.currentText() == "snake"
    assert not choice.view().isVisible()
    end_edit(qtbot, dialog, Qt.Key.Key_Escape)
    press_at(dialog, 2, WORD, from_right=5)
    choice = dialog.table.indexWidget(dialog.model.index(2, WORD))
    assert isinstance(choice, QComboBox)
    assert choice.view().isVisible()
    QTest.keyClick(choice.view(), Qt.Key.Key_Down)
    QTest.keyClick(choice.view(), Qt.Key.Key_Return)
    assert texts(dialog)[2] == "river"


def test_ends_are_dragged_or_written_and_both_agree(
    dialog: SegmentationDialog, qtbot: QtBot
) -> None:
    dialog.wave.spans[0].setRegion((0.4, 1.25))
    assert cell(dialog, 0, START) == "0.400"
    assert dialog.pieces[0][1] == Piece(0.4, 1.25, WordId("snake"))
    write(qtbot, dialog, 2, END, "4.5")
    assert dialog.wave.spans[2].getRegion() == (3.0, 4.5)
    for nonsense in ("soon", "2.0", "99", "-1", "nan", "inf"):
        write(qtbot, dialog, 2, END, nonsense)
        assert dialog.pieces[2][1].end == 4.5
        assert cell(dialog, 2, END) == "4.500"


def drag(dialog: SegmentationDialog, *stops: float, then_look_at: float | None = None) -> None:
    """Drag what is at the first of the stops, in seconds, along the others."""
    dialog.grab()  # lays the waveform out
    wave, box = dialog.wave, dialog.wave.box

    def at(seconds: float) -> QPoint:
        return wave.mapFromScene(box.mapViewToScene(QPointF(seconds, 0.05)))

    left, view = Qt.MouseButton.LeftButton, wave.viewport()
    places = [at(seconds) for seconds in stops]
    QTest.mouseMove(view, places[0])
    QTest.mousePress(view, left, pos=places[0])
    for place in places[1:]:
        # QTest moves the pointer without a button, which no drag does.
        over = QPointF(view.mapToGlobal(place))
        move = QMouseEvent(QEvent.Type.MouseMove, QPointF(place), over, left, left, NO_KEY)
        QApplication.sendEvent(view, move)
    if then_look_at is not None:
        box.setXRange(then_look_at, then_look_at + 12, padding=0)
    QTest.mouseRelease(view, left, pos=places[-1])


@pytest.fixture
def every_move_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)  # else fast moves are ignored


@pytest.mark.usefixtures("every_move_counts")
def test_an_end_is_dragged_with_the_mouse(dialog: SegmentationDialog) -> None:
    drag(dialog, 3.6, 3.8, 4.0, 4.4, 4.8)
    assert dialog.pieces[2][1].start == 3.0
    assert dialog.pieces[2][1].end == pytest.approx(4.8, abs=0.05)
    assert dialog.pieces[:2] == [("snake", PIECES[0]), ("", PIECES[1])]


@pytest.mark.usefixtures("every_move_counts")
def test_scrolling_away_in_the_middle_of_a_drag_moves_no_other_piece(qtbot: QtBot) -> None:
    dialog = long_recording(qtbot, 100)
    before = dialog.pieces
    drag(dialog, 5.5, 5.6, 5.7, then_look_at=100.0)
    changed = [place for place in range(100) if dialog.pieces[place] != before[place]]
    assert changed == [2]
    dialog.wave.box.setXRange(0, 12, padding=0)
    piece = dialog.pieces[2][1]
    assert dialog.wave.spans[2].getRegion() == (piece.start, piece.end)


def test_no_piece_is_dragged_out_of_the_recording(dialog: SegmentationDialog) -> None:
    dialog.wave.spans[0].setRegion((-0.5, 1.25))
    dialog.wave.spans[2].setRegion((9.0, 12.0))
    ends = [(piece.start, piece.end) for _text, piece in dialog.pieces]
    assert ends == [(0.0, 1.25), (2.0, 2.1), (9.0, 10.0)]
    assert len(with_pieces(sessions_of(list(WORDS), []), Path("l.wav"), dialog.pieces, "").takes)


def test_a_segment_dragged_to_zero_length_is_restored(dialog: SegmentationDialog) -> None:
    dialog.wave.spans[0].setRegion((0.5, 0.505))
    assert dialog.pieces[0][1] == Piece(0.5, 1.0, WORDS[0].id)
    assert dialog.wave.spans[0].getRegion() == (0.5, 1.0)


def test_a_piece_is_heard_by_a_click(dialog: SegmentationDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.play_requested) as played:
        press_at(dialog, 1, LISTEN)
    assert played.args == [2.0, 2.1]


@pytest.mark.parametrize(
    ("column", "key"),
    [
        (LISTEN, Qt.Key.Key_Space),
        (LISTEN, Qt.Key.Key_Return),
        (LISTEN, Qt.Key.Key_Enter),
        (WORD, Qt.Key.Key_Space),
        (END, Qt.Key.Key_Space),
    ],
)
def test_a_piece_is_heard_by_the_keyboard(
    dialog: SegmentationDialog, qtbot: QtBot, column: int, key: Qt.Key
) -> None:
    go_to(dialog, 0, column)
    QTest.keyClick(dialog.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(dialog.play_requested) as played:
        QTest.keyClick(dialog.table, key)
    assert played.args == [2.0, 2.1]
    assert dialog.isVisible()
    assert texts(dialog) == ["snake", "", "apple"]


def test_enter_edits_a_cell_and_tab_leaves_the_table(
    dialog: SegmentationDialog, qtbot: QtBot
) -> None:
    go_to(dialog, 0, WORD)
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    assert dialog.table.viewport().findChild(QComboBox) is not None
    end_edit(qtbot, dialog, Qt.Key.Key_Escape)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    assert dialog.focusWidget() is dialog.table
    QTest.keyClick(dialog.table, Qt.Key.Key_Tab)
    assert dialog.focusWidget() is ok(dialog)


def test_a_screen_reader_announces_the_segment_of_a_cell(dialog: SegmentationDialog) -> None:
    assert dialog.table.accessibleName() == "Segments"
    said = QAccessible.queryAccessibleInterface(dialog.table)
    # The headings are a row, and the numbers of the rows a column.
    cells = [said.child(2 * (1 + len(HEADINGS)) + 1 + column) for column in range(len(HEADINGS))]
    names = [one.text(QAccessible.Text.Name) for one in cells]
    assert names == [
        "Word of segment 2: none",
        "Start of segment 2: 2.000 seconds",
        "End of segment 2: 2.100 seconds",
        "Play segment 2",
    ]
    assert edited(dialog, 1).accessibleName() == "Word of segment 2"


# Hours of sound


def long_recording(qtbot: QtBot, count: int) -> SegmentationDialog:
    words = tuple(Word(WordId(f"w{i}"), f"word{i}") for i in range(count))
    pieces = tuple(Piece(2.0 * i + 0.5, 2.0 * i + 1.5, one.id) for i, one in enumerate(words))
    return shown(qtbot, pieces, words, 2 * count)


def things_in(dialog: SegmentationDialog) -> tuple[int, int]:
    return len(dialog.findChildren(QWidget)), len(dialog.wave.scene().items())


def test_thousands_of_pieces_take_no_more_widgets_than_a_few(qtbot: QtBot) -> None:
    few, many = long_recording(qtbot, 10), long_recording(qtbot, 2000)
    assert things_in(many) == things_in(few)
    choices = (edited(few, 5), edited(many, 5))
    for choice in choices:
        assert choice.currentText() == "word5"
    assert things_in(many) == things_in(few)


def test_only_what_is_in_sight_is_drawn_wherever_one_looks(qtbot: QtBot) -> None:
    dialog = long_recording(qtbot, 500)
    box = dialog.wave.box
    box.setXRange(0, 1000, padding=0)
    low, high = box.viewRange()[0]
    assert high - low <= WIDEST_VIEW
    most = len(dialog.wave.spans) + 2
    items = len(dialog.wave.scene().items())
    for middle in (0, 37, 500, 990):
        box.setXRange(middle - 20, middle + 20, padding=0)
        low, high = box.viewRange()[0]
        for place, span in dialog.wave.spans.items():
            piece = dialog.pieces[place][1]
            assert span.getRegion() == (piece.start, piece.end)
            assert span.isVisible()
            assert f"word{place}".startswith(span.tag.toPlainText().rstrip("…"))
        due = [i for i in range(500) if 2 * i + 0.5 < high and 2 * i + 1.5 > low]
        assert sorted(dialog.wave.spans) == due
        visible = [span for span in dialog.wave.scene().items() if hasattr(span, "place")]
        assert sum(span.isVisible() for span in visible) == len(due) <= most
        assert len(dialog.wave.scene().items()) == items


@pytest.mark.parametrize("seconds", [6, 12, 60])
def test_the_words_above_the_pieces_never_overlap(qtbot: QtBot, seconds: int) -> None:
    dialog = long_recording(qtbot, 50)
    for place in range(50):
        dialog.model.set_word(place, "Donaudampfschifffahrtsgesellschaft", None)
    dialog.grab()
    dialog.wave.box.setXRange(0, seconds, padding=0)
    dialog.grab()
    tags = [span.tag for _place, span in sorted(dialog.wave.spans.items())]
    assert len(tags) == seconds // 2
    ends = [tag.mapRectToScene(tag.boundingRect()) for tag in tags]
    for one, other in pairwise(ends):
        assert one.right() <= other.left() + 1


def test_a_chosen_row_and_a_written_end_come_into_sight(qtbot: QtBot) -> None:
    dialog = long_recording(qtbot, 500)
    assert 400 not in dialog.wave.spans
    go_to(dialog, 400, WORD)
    assert dialog.wave.spans[400].getRegion() == (800.5, 801.5)
    dialog.wave.spans[400].setRegion((800.25, 801.5))
    assert cell(dialog, 400, START) == "800.250"
    dialog.model.move(0, 800.0, 800.2)  # into what is in sight
    assert dialog.wave.spans[0].getRegion() == (800.0, 800.2)
    dialog.model.move(0, 1.0, 1.2)
    assert 0 not in dialog.wave.spans


def test_the_pieces_become_takes_of_one_file(tmp_path: Path) -> None:
    recording, places = spoken(NAMES[:3], [0.5, 1.0, 0.8])
    write_flac(tmp_path / "long.flac", recording)
    listed = [word(name.partition("-")[0]) for name in NAMES[:3]]
    found = propose(tmp_path / "long.flac", listed)
    assert [piece.word for piece in found.pieces] == [one.id for one in listed]
    texts = ["snake", "", "brand new"]
    session = with_pieces(
        sessions_of(listed, []),
        tmp_path / "long.flac",
        list(zip(texts, found.pieces, strict=True)),
        "S01",
    )
    assert list(session.takes) == ["snake-1", "brand-new-1"]
    assert {take.file for take in session.takes.values()} == {tmp_path / "long.flac"}
    first = session.takes[next(iter(session.takes))]
    assert (first.speaker, first.start) == ("S01", pytest.approx(places[0][0], abs=0.12))
    assert isinstance(session, Session)
