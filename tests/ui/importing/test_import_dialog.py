"""Files come in through the real window: what is asked, what is shown, what is there after."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.app.exchange.odd_files import Marked, eaf, long_grid, noise
from tests.windows import opened_window
from vgdesk.app.exchange.import_preview import Choices
from vgdesk.app.state.settings import load_settings, user_folder
from vgdesk.core.model import WordId
from vgdesk.ui.importing.import_dialog import ImportDialog
from vgdesk.ui.main_window import MainWindow

SECONDS = 60_000  # ms that a step may take on a machine that is busy with other things
TIERS = {"sentence": [Marked(0, 3, "dog cow")], "words": [Marked(0, 1, "dog"), Marked(2, 3, "cow")]}


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened_window(qtbot) as made:
        workspace = made.workspace
        made.show()
        workspace.projects.new(workspace.session)
        yield made


def dialog_of(window: MainWindow, qtbot: QtBot) -> ImportDialog:
    qtbot.waitUntil(
        lambda: window.controller.imports.controller.dialog is not None, timeout=SECONDS
    )
    dialog = window.controller.imports.controller.dialog
    assert dialog is not None
    return dialog


def ok(dialog: ImportDialog) -> QPushButton:
    return dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)


def combo(dialog: ImportDialog, name: str) -> QComboBox:
    return next(c for c in dialog.findChildren(QComboBox) if c.accessibleName() == name)


def confirm(dialog: ImportDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: ok(dialog).isEnabled(), timeout=SECONDS)
    qtbot.mouseClick(ok(dialog), Qt.MouseButton.LeftButton)


def test_a_tier_is_chosen_and_its_words_come_in_as_one_step(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    noise(tmp_path / "a.wav", 3)
    (tmp_path / "a.TextGrid").write_text(long_grid(TIERS, 3), "utf-8")
    window.controller.take_in([tmp_path / "a.TextGrid", tmp_path / "a.wav"])
    dialog = dialog_of(window, qtbot)
    assert dialog.isVisible()
    tiers = combo(dialog, "Word tier")
    assert [tiers.itemText(i) for i in range(tiers.count())] == ["sentence", "words"]
    assert tiers.currentText() == "words"
    qtbot.waitUntil(lambda: "2 new words and 2 recordings" in dialog.sentence, timeout=SECONDS)
    tiers.setCurrentText("sentence")
    assert not ok(dialog).isEnabled()
    qtbot.waitUntil(lambda: "1 new word and 1 recording" in dialog.sentence, timeout=SECONDS)
    tiers.setCurrentText("words")
    confirm(dialog, qtbot)
    qtbot.waitUntil(lambda: len(window.workspace.session.takes) == 2, timeout=SECONDS)
    takes = window.workspace.session.takes.values()
    assert [(t.word, t.start, t.end) for t in takes] == [("dog", 0, 1), ("cow", 2, 3)]
    window.controller.words.undo()
    assert not window.workspace.session.words


def test_what_columns_mean_is_corrected_and_remembered(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    noise(tmp_path / "1.wav", 0.4)
    table = tmp_path / "t.csv"
    table.write_text("id,clip,who\ndog,1.wav,Ana\ncat,,\n", "utf-8")
    window.controller.take_in([table])
    dialog = dialog_of(window, qtbot)
    combo(dialog, "Meaning of who").setCurrentText("speaker")
    combo(dialog, "Meaning of id").setCurrentText("file")
    qtbot.waitUntil(lambda: "Two columns are set to “file”" in dialog.sentence, timeout=SECONDS)
    assert not ok(dialog).isEnabled()
    combo(dialog, "Meaning of id").setCurrentText("word")
    confirm(dialog, qtbot)
    qtbot.waitUntil(lambda: len(window.workspace.session.words) == 2, timeout=SECONDS)
    (take,) = window.workspace.session.takes.values()
    assert (take.word, take.speaker) == ("dog", "Ana")
    file = user_folder("config") / "settings.json"
    meanings = {"id": "word", "clip": "file", "who": "speaker"}
    qtbot.waitUntil(lambda: load_settings(file)[0].column_meanings == (meanings,), timeout=SECONDS)
    window.controller.take_in([table])
    again = dialog_of(window, qtbot)
    assert again.choices == Choices("", "", meanings)
    again.reject()
    assert window.controller.imports.controller.dialog is None


def test_a_problem_is_reported_in_the_dialog(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "x.eaf").write_text(eaf({"words": [Marked(0, 1, "dog")]}), "utf-8")
    window.controller.take_in([tmp_path / "x.eaf"])
    dialog = dialog_of(window, qtbot)
    qtbot.waitUntil(
        lambda: "The sound file of “x.eaf” was not found" in dialog.sentence, timeout=SECONDS
    )
    assert not ok(dialog).isEnabled()
    dialog.reject()


def test_an_unreadable_file_opens_no_dialog(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "x.TextGrid").write_bytes(b"\0\0")
    window.controller.take_in([tmp_path / "x.TextGrid"])
    qtbot.waitUntil(lambda: bool(window.notices.history()), timeout=SECONDS)
    assert "x.TextGrid" in window.notices.history()[-1].message
    assert window.controller.imports.controller.dialog is None


def test_columns_of_a_table_join_the_words(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    words = tmp_path / "w.txt"
    words.write_text("dog\ncat\n", "utf-8")
    window.controller.take_in([words])
    confirm(dialog_of(window, qtbot), qtbot)
    qtbot.waitUntil(lambda: len(window.workspace.session.words) == 2, timeout=SECONDS)
    norms = tmp_path / "n.csv"
    norms.write_text("Word,Conc.M,Other\ndog,4.85,x\n", "utf-8")
    window.controller.imports.controller.add_columns(norms)
    dialog = dialog_of(window, qtbot)
    qtbot.waitUntil(lambda: "1 of 2 words" in dialog.sentence, timeout=SECONDS)
    confirm(dialog, qtbot)
    dog = WordId("dog")
    qtbot.waitUntil(
        lambda: window.workspace.session.words[dog].labels == {"Conc.M": "4.85"}, timeout=SECONDS
    )


def test_sounds_outside_the_folder_are_shown_and_asked_about(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    mine = tmp_path / "mine" / "dog.wav"
    for file in (mine, tmp_path / "theirs" / "cat.wav"):
        file.parent.mkdir()
        noise(file, 0.4)
    table = tmp_path / "theirs" / "t.csv"
    table.write_text(f"word,file\ndog,{mine}\ncat,cat.wav\n", "utf-8")
    window.controller.take_in([table])
    dialog = dialog_of(window, qtbot)
    qtbot.waitUntil(lambda: "1 new word and 1 recording" in dialog.sentence, timeout=SECONDS)
    assert str(mine) in dialog.sentence
    box = dialog.findChild(QCheckBox)
    assert box.isVisible()
    assert not box.isChecked()
    box.setChecked(True)
    qtbot.waitUntil(lambda: "2 new words and 2 recordings" in dialog.sentence, timeout=SECONDS)
    box.setChecked(False)
    qtbot.waitUntil(lambda: "1 new word and 1 recording" in dialog.sentence, timeout=SECONDS)
    confirm(dialog, qtbot)
    qtbot.waitUntil(lambda: len(window.workspace.session.takes) == 1, timeout=SECONDS)
    assert list(window.workspace.session.words) == ["cat"]
