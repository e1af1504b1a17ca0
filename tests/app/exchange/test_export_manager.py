"""What is handed on says what is not in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.project_examples import take, word
from tests.main_thread import MainThread
from vgdesk.__main__ import main
from vgdesk.app.exchange.export_manager import ExportManager
from vgdesk.app.project.archive import unpack
from vgdesk.app.project.journal import rewrite
from vgdesk.app.project.journal_replay import JOURNAL_FILE
from vgdesk.app.project.missing_takes import missing_takes
from vgdesk.app.project.project_file import Project, open_project
from vgdesk.app.state.events import Events
from vgdesk.app.workers.long_work import LongWork
from vgdesk.core.notices import Level, Notice

COMMANDS = [["export", "P", "T.tsv"], ["pack", "P", "T.vgz"]]
commands = pytest.mark.parametrize("command", COMMANDS)


def hand_on(command: list[str], project: Path) -> tuple[int, Path]:
    target = project.with_name(command[2])
    return main([command[0], str(project), str(target)]), target


class Window:
    """Hands on what is open, and remembers what was said."""

    def __init__(self) -> None:
        self.main_thread, self.events, self.notices = MainThread(), Events(), list[Notice]()
        self.events.notice.subscribe(self.notices.append)
        self.work = LongWork(self.events.job_changed.publish, self.main_thread.post)
        self.exports = ExportManager(self.work, self.events)

    def said(self) -> Notice:
        self.main_thread.run_until(lambda: self.notices)
        return self.notices.pop()


@pytest.fixture
def window() -> Iterator[Window]:
    made = Window()
    yield made
    made.work.close()


@commands
def test_a_whole_project_is_handed_on_without_a_word_more(
    before: Project, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert hand_on(command, before.folder)[0] == 0
    assert capsys.readouterr().err == ""


@commands
@pytest.mark.parametrize("is_folder", [False, True])
def test_missing_sounds_are_reported_and_the_rest_is_exported(
    before: Project, command: list[str], is_folder: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    tea = before.folder / "takes" / "tea.flac"
    tea.unlink()
    if is_folder:
        tea.mkdir()
    code, target = hand_on(command, before.folder)
    assert code == 2
    assert "The sound file of one take is missing: tea-1 (tea.flac)" in capsys.readouterr().err
    if target.suffix == ".vgz":
        unpack(target, target.with_suffix(".vgdesk"))
        assert len(list((target.with_suffix(".vgdesk") / "takes").iterdir())) == 2
    else:
        assert "tea-1" in target.read_text("utf-8-sig")


def test_a_sound_whose_name_no_disk_takes_is_missing(before: Project) -> None:
    long = take("tea-9", before.folder / "takes" / ("t" * 300))
    (said,) = missing_takes(before.session.with_take(long))
    assert "missing: tea-9 (ttt" in said.message


@commands
def test_omitted_rows_are_reported(
    before: Project, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    table = before.folder / "words.tsv"
    table.write_text(table.read_text("utf-8") + "moon\t\n", "utf-8")
    code, target = hand_on(command, before.folder)
    assert code == 2
    assert target.exists()
    assert "Rows left out of words.tsv: row 5 (" in capsys.readouterr().err


@commands
@pytest.mark.parametrize("is_readable", [True, False])
def test_unsaved_edits_are_reported(
    before: Project, command: list[str], is_readable: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if is_readable:
        rewrite(before.folder, before.session, before.session.with_word(word("moon")))
    else:
        (before.folder / JOURNAL_FILE).mkdir()
    code, target = hand_on(command, before.folder)
    assert code == 0
    assert target.exists()
    said = capsys.readouterr().err
    assert ("has unsaved edits" if is_readable else "could not be read") in said
    assert "as it was last saved" in said


def test_a_window_says_which_sounds_are_missing(before: Project, window: Window) -> None:
    vgz, tsv = before.folder.with_name("a.vgz"), before.folder.with_name("a.tsv")
    (before.folder / "takes" / "tea.flac").unlink()
    session = open_project(before.folder).session
    for done, call in (
        ("Packed “a” into a.vgz (0.0 MB)", lambda: window.exports.pack(before.folder, vgz)),
        ("Exported 2 words", lambda: window.exports.export(session, "tsv", tsv)),
    ):
        call()
        said = window.said()
        assert said.message.startswith(done)
        assert (
            ", but parts are missing. The sound file of one take is missing: tea-1" in said.message
        )
        assert "Put the files back" in said.hint
        assert said.level is Level.WARNING
    assert vgz.exists()
    assert tsv.exists()
