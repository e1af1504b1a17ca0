"""A long recording in a real dialog."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QToolButton
from pytestqt.qtbot import QtBot

from tests.app.project_examples import sessions_of, word
from tests.audio.test_long_recording import NAMES, spoken
from vgdesk.app.cutting import LongRecording, Piece, propose, with_pieces
from vgdesk.audio.files import write_flac
from vgdesk.core.model import Session, WordId
from vgdesk.ui.cutting_dialog import CuttingDialog

WORDS = (word("snake"), word("apple"), word("river"))


@pytest.fixture
def dialog(qtbot: QtBot) -> CuttingDialog:
    outline = np.tile(np.array([[-0.1, 0.1]], np.float32), (1000, 1))
    pieces = (Piece(0.5, 1.0, WORDS[0].id), Piece(2.0, 2.1), Piece(3.0, 3.6, WORDS[1].id))
    made = CuttingDialog(LongRecording(Path("/x/long.wav"), outline, pieces), WORDS)
    qtbot.addWidget(made)
    made.show()
    return made


def choice(dialog: CuttingDialog, place: int) -> QComboBox:
    found = dialog.table.cellWidget(place, 0)
    assert isinstance(found, QComboBox)
    return found


def ok(dialog: CuttingDialog) -> str:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).text()


def test_what_was_proposed_is_shown_and_counted(dialog: CuttingDialog) -> None:
    assert [text for text, _piece in dialog.pieces] == ["snake", "", "apple"]
    assert ok(dialog) == "Add 2 takes"


def test_a_piece_can_be_given_a_word_and_passed_over(dialog: CuttingDialog) -> None:
    choice(dialog, 1).setEditText("a new one")
    choice(dialog, 0).setCurrentIndex(0)
    choice(dialog, 2).setCurrentIndex(3)
    assert [text for text, _piece in dialog.pieces] == ["", "a new one", "river"]
    assert dialog.pieces[2][1].word == "river"
    choice(dialog, 1).setEditText("")
    choice(dialog, 2).setCurrentIndex(0)
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


def test_a_word_may_be_written_and_confirmed(dialog: CuttingDialog) -> None:
    field = choice(dialog, 1).lineEdit()
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "a new one")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [text for text, _piece in dialog.pieces] == ["snake", "a new one", "apple"]
    assert dialog.pieces[1][1].word not in [one.id for one in WORDS]


def test_ends_are_dragged_or_written_and_both_agree(dialog: CuttingDialog) -> None:
    dialog._regions[0].setRegion((0.4, 1.25))
    assert dialog.table.item(0, 1).text() == "0.400"
    assert dialog.pieces[0][1] == Piece(0.4, 1.25, WordId("snake"))
    dialog.table.item(2, 2).setText("4.5")
    assert dialog._regions[2].getRegion() == (3.0, 4.5)
    for nonsense in ("soon", "2.0", "99", "-1"):
        dialog.table.item(2, 2).setText(nonsense)
        assert dialog.pieces[2][1].end == 4.5
        assert dialog.table.item(2, 2).text() == "4.500"


def test_no_piece_is_dragged_out_of_the_recording(dialog: CuttingDialog) -> None:
    dialog._regions[0].setRegion((-0.5, 1.25))
    dialog._regions[2].setRegion((9.0, 12.0))
    ends = [(piece.start, piece.end) for _text, piece in dialog.pieces]
    assert ends == [(0.0, 1.25), (2.0, 2.1), (9.0, 10.0)]
    assert len(with_pieces(sessions_of(list(WORDS), []), Path("l.wav"), dialog.pieces, "").takes)


def test_a_piece_that_is_dragged_to_nothing_goes_back(dialog: CuttingDialog) -> None:
    dialog._regions[0].setRegion((0.5, 0.505))
    assert dialog.pieces[0][1] == Piece(0.5, 1.0, WORDS[0].id)
    assert dialog._regions[0].getRegion() == (0.5, 1.0)


def test_a_piece_is_heard(dialog: CuttingDialog, qtbot: QtBot) -> None:
    button = dialog.table.cellWidget(1, 3)
    assert isinstance(button, QToolButton)
    with qtbot.waitSignal(dialog.play_requested) as played:
        button.click()
    assert played.args == [2.0, 2.1]


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
