"""What an earlier end of the program left, and help, in the real window."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.app.project_examples import contents, sessions_of, word
from tests.windows import Wait
from vgdesk.app.project.erasure import NOTE_FILE
from vgdesk.app.project.journal import edit_record
from vgdesk.app.project.journal_replay import JOURNAL_FILE
from vgdesk.app.project.locations import new_scratch, scratch_folder
from vgdesk.core.model import Session
from vgdesk.ui.main_window import MainWindow

pytestmark = pytest.mark.slow


def test_an_interrupted_deletion_waits_for_the_answer_in_the_window(
    window: MainWindow, wait: Wait, tmp_path: Path, qtbot: QtBot
) -> None:
    workspace, folder = window.workspace, tmp_path / "theirs.vgdesk"
    workspace.save(folder)
    wait(lambda: workspace.projects.home == folder)
    speaker = next(iter(workspace.session.takes.values())).speaker
    (folder / NOTE_FILE).write_text(json.dumps({"speaker": speaker, "files": []}), "utf-8")
    before = contents(folder / "takes")
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(50, answer)
            return
        asked.extend((box.text(), box.informativeText(), box.detailedText()))
        keep = next(b for b in box.buttons() if b.text() == "Keep everything")
        qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)

    QTimer.singleShot(50, answer)
    workspace.open(folder)
    wait(lambda: asked)
    wait(lambda: not (folder / NOTE_FILE).exists())
    assert speaker in asked[0]
    assert "interrupted" in asked[1]
    assert len(asked[2].splitlines()) == 36
    assert all(line.startswith(str(folder / "takes")) for line in asked[2].splitlines())
    assert contents(folder / "takes") == before


def test_unsaved_work_of_an_earlier_window_is_offered(
    window: MainWindow, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.actions_by_id["open_unsaved"].trigger()
    wait(lambda: any("no unsaved work" in n.message for n in window.notices.history()))
    left = new_scratch(scratch_folder())
    line = edit_record(Session(), sessions_of([word("moon")], []), left, "Add moon")
    (left / JOURNAL_FILE).write_text(json.dumps(line), "utf-8")
    titles: list[str] = []

    def choose(*asked: object, **_more: object) -> tuple[str, bool]:
        items = asked[-1]
        assert isinstance(items, list)
        titles.extend(items)
        return items[0], True

    monkeypatch.setattr(QInputDialog, "getItem", choose)
    window.actions_by_id["open_unsaved"].trigger()
    wait(lambda: list(window.workspace.session.words) == ["moon"])
    assert "moon; 0 takes" in titles[0]


def test_a_report_is_saved_where_it_was_asked_for(
    window: MainWindow, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(file), ""))
    window.actions_by_id["report"].trigger()
    wait(file.exists)
    wait(lambda: any("Saved the report" in n.message for n in window.notices.history()))
    assert "Libraries" in file.read_text("utf-8")
