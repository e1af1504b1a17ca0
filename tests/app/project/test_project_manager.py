"""Which project is open, what a crash leaves of it and who may write into it."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tests.app.project_examples import RECIPE, same, take, word
from tests.main_thread import MainThread
from vgdesk.app.project.journal_replay import JOURNAL_FILE, LEFT_FILE
from vgdesk.app.project.locations import scratch_folder
from vgdesk.app.project.lock import ProjectLock
from vgdesk.app.project.opening import Unsaved
from vgdesk.app.project.project_file import open_project, save
from vgdesk.app.project.project_manager import OPENING, ProjectManager
from vgdesk.app.state.events import Events
from vgdesk.app.state.store import Store
from vgdesk.app.state.view_state import ViewState
from vgdesk.app.words.removal import Removal
from vgdesk.app.workers.long_work import LongWork
from vgdesk.audio.files import Recording, write_flac
from vgdesk.audio.take_writer import partial_path
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import Session, Take, TakeId
from vgdesk.core.notices import Level, Notice
from vgdesk.core.viewing import ViewRecipe

RATE = 16_000


class Window:
    """A project desk and all it needs; a crash is a window that is never closed."""

    def __init__(self) -> None:
        self.main_thread = MainThread()
        self.events, self.notices = Events(), list[Notice]()
        self.events.notice.subscribe(self.notices.append)
        self.interrupted: list[Removal] = []
        self.events.removal_interrupted.subscribe(self.interrupted.append)
        self.store = Store(self.events)
        self.work = LongWork(self.events.job_changed.publish, self.main_thread.post)
        view_state = ViewState(self.events, ViewRecipe())
        self.projects = ProjectManager(
            self.work, self.events, self.store, view_state, self.main_thread.post
        )

    def open(self, folder: Path) -> None:
        ends: list[object] = []
        self.projects.open(folder, ends.append, otherwise=lambda: ends.append(None))
        self.main_thread.run_until(lambda: ends)
        self.settle_files()

    def settle_files(self) -> None:
        ends: list[None] = []
        self.projects._reading.run(lambda: None, done=ends.append, failed=print)
        self.main_thread.run_until(lambda: ends)

    def start(self) -> bool:
        """Start as the program does; True if there was something to go on with."""
        ends: list[bool] = []
        self.events.session_changed.subscribe(lambda _change: ends.append(True))
        self.projects.open_last([], lambda _folder: None, lambda: ends.append(False))
        self.main_thread.run_until(lambda: ends)
        return ends[0]

    def save(self, folder: Path) -> None:
        ends: list[object] = []
        self.projects.save(folder, ends.append)
        self.main_thread.run_until(lambda: ends)

    def settle(self) -> None:
        ends: list[bool] = []
        self.projects.when_written(lambda: ends.append(True))
        self.main_thread.run_until(lambda: ends)

    def crash(self) -> None:
        """End as a killed program does: the system lets go of the lock, nothing else happens."""
        self.settle()
        assert self.projects._lock is not None
        self.projects._lock.release()

    def close(self) -> None:
        self.work.close()
        self.projects.close()

    @property
    def said(self) -> str:
        return " ".join(notice.message for notice in self.notices)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VGDESK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path, small: Session) -> Iterator[Path]:
    folder = tmp_path / "a.vgdesk"
    save(folder, small, RECIPE)
    return folder


def tone(seconds: float = 1.0) -> Recording:
    t = np.arange(round(RATE * seconds)) / RATE
    return Recording(np.sin(2 * np.pi * 200 * t).astype(np.float32) / 4, RATE)


# After a crash


def test_edits_of_a_crash_come_back_with_one_sentence(project: Path) -> None:
    before = Window()
    before.open(project)
    before.store.apply("Add moon", lambda s: s.with_word(word("moon", category="sky")))
    before.store.apply("Delete dog", lambda s: s.without_words(frozenset(["dog"])))  # type: ignore[list-item]
    edited = before.store.session
    before.crash()
    after = Window()
    after.open(project)
    assert same(after.store.session, edited)
    assert [n.message for n in after.notices] == [
        "Restored unsaved work after vgdesk closed unexpectedly: 2 edits."
    ]
    assert after.store.has_unsaved_edits
    after.store.undo()
    assert same(after.store.session, open_project(project).session)
    after.close()


def test_a_second_crash_right_after_loses_no_edits(project: Path) -> None:
    before = Window()
    before.open(project)
    before.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    before.crash()
    second = Window()
    second.open(project)
    second.store.apply("Add sun", lambda s: s.with_word(word("sun")))
    edited = second.store.session
    second.crash()
    third = Window()
    third.open(project)
    assert same(third.store.session, edited)
    third.close()


def test_words_that_were_never_saved_come_back_at_the_next_start(tmp_path: Path) -> None:
    before = Window()
    before.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    edited = before.store.session
    before.crash()
    after = Window()
    assert after.start()
    assert same(after.store.session, edited)
    assert after.projects.home is None
    assert "1 edit" in after.said
    after.save(tmp_path / "kept.vgdesk")
    after.close()
    assert not Window().start()  # once is enough


def test_no_edits_are_restored_after_a_proper_end(project: Path) -> None:
    before = Window()
    before.open(project)
    before.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    before.save(project)
    before.close()
    assert not (project / JOURNAL_FILE).exists()
    after = Window()
    assert not after.start()
    after.open(project)
    assert not after.notices
    after.close()


def test_an_undone_edit_stays_undone_after_a_crash(project: Path) -> None:
    before = Window()
    before.open(project)
    saved = before.store.session
    before.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    before.store.undo()
    before.crash()
    after = Window()
    after.open(project)
    assert same(after.store.session, saved)
    after.close()


def test_edits_that_were_given_up_stay_given_up(project: Path) -> None:
    before = Window()
    before.open(project)
    saved = before.store.session
    before.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    before.projects.give_up_edits()
    before.open(project)
    assert same(before.store.session, saved)
    assert not before.store.has_unsaved_edits
    assert (project / LEFT_FILE).stat().st_size > 0  # but nothing is thrown away for good
    before.close()


def test_a_failed_opening_keeps_the_journal_of_what_is_open(project: Path, tmp_path: Path) -> None:
    window = Window()
    window.open(project)
    window.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    edited = window.store.session
    window.projects.give_up_edits()
    window.open(tmp_path / "nothing.vgdesk")
    assert window.store.session is edited
    window.crash()
    after = Window()
    after.open(project)
    assert same(after.store.session, edited)
    after.close()


def test_an_edit_during_a_save_is_not_lost(project: Path, tmp_path: Path) -> None:
    window = Window()
    window.open(project)
    window.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    ends: list[Path] = []
    window.projects.save(tmp_path / "b.vgdesk", ends.append)
    window.store.apply("Add sun", lambda s: s.with_word(word("sun")))
    window.main_thread.run_until(lambda: ends)
    window.crash()
    assert not (project / JOURNAL_FILE).exists()
    after = Window()
    after.open(tmp_path / "b.vgdesk")
    assert list(after.store.session.words)[-2:] == ["moon", "sun"]
    after.close()


# Recordings that broke off


def broken_off(project: Path, seconds: float = 1.0) -> TakeId:
    """Crash in the middle of a take of a new word."""
    window = Window()
    window.open(project)
    name = TakeId("moon-1")
    window.projects.begin_take(name, word("moon", category="sky"), "S01")
    partial = partial_path(window.projects.takes_folder, name, RATE)
    partial.write_bytes(tone(seconds).samples.tobytes() + b"\x01")
    window.crash()
    return name


def test_a_recording_that_broke_off_is_a_take(project: Path) -> None:
    name = broken_off(project)
    after = Window()
    after.open(project)
    found = after.store.session.takes[name]
    assert (found.word, found.speaker) == ("moon", "S01")
    assert after.store.session.words[found.word] == word("moon", category="sky")
    assert [concern.check for concern in found.concerns] == ["interrupted"]
    assert found.file.name == "moon-1.flac"
    assert not list(after.projects.takes_folder.glob("*.partial"))
    assert "the recording of “moon”" in after.said
    after.save(project)
    after.close()
    assert name in open_project(project).session.takes


def test_a_crash_while_the_file_is_made_brings_the_take_once(project: Path) -> None:
    name = broken_off(project)
    write_flac(project / "takes" / f"{name}.flac", tone())
    for _ in range(2):
        window = Window()
        window.open(project)
        assert list(window.store.session.takes).count(name) == 1
        window.crash()
    assert not list((project / "takes").glob("*.partial"))


def test_a_recording_without_a_journal_finds_its_word_by_its_name(project: Path) -> None:
    broken_off(project)
    (project / JOURNAL_FILE).unlink()
    after = Window()
    after.open(project)
    found = after.store.session.takes[TakeId("moon-1")]
    assert after.store.session.words[found.word].text == "moon"
    after.close()


def test_a_window_that_is_closed_in_the_middle_of_a_take_keeps_it(project: Path) -> None:
    window = Window()
    window.open(project)
    name = TakeId("moon-1")
    window.projects.begin_take(name, word("moon"), "")
    write_flac(window.projects.takes_folder / "moon-1.flac", tone())
    window.close()
    after = Window()
    after.open(project)
    assert name in after.store.session.takes
    after.store.undo()
    after.settle()
    after.close()
    assert not (project / JOURNAL_FILE).exists()  # nobody wants it any more


def test_a_take_without_a_single_sample_is_no_take(project: Path) -> None:
    broken_off(project, 0.0)
    partial = next((project / "takes").glob("*.partial"))
    partial.write_bytes(b"")
    after = Window()
    after.open(project)
    assert TakeId("moon-1") not in after.store.session.takes
    assert not partial.exists()
    assert not after.notices
    after.close()


def test_a_take_in_the_trash_is_not_restored(project: Path) -> None:
    name = broken_off(project)
    first = Window()
    first.open(project)
    first.store.apply("Delete", lambda s: s.without_takes(frozenset([name])))
    first.crash()
    after = Window()
    after.open(project)
    assert name not in after.store.session.takes
    assert name in after.store.session.trash
    after.close()


def test_what_is_undone_while_it_is_saved_is_not_taken_for_saved(project: Path) -> None:
    window = Window()
    window.open(project)
    window.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    ends: list[object] = []
    window.projects.save(project, ends.append)
    window.store.undo()
    window.main_thread.run_until(lambda: ends)
    assert "moon" in open_project(project).session.words
    assert window.store.has_unsaved_edits
    window.close()
    after = Window()
    after.open(project)
    assert "moon" not in after.store.session.words
    after.close()


# Two windows


@pytest.mark.slow
def test_the_second_window_opens_for_reading_only(project: Path) -> None:
    first, second = Window(), Window()
    first.open(project)
    first.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    first.settle()
    second.open(project)
    assert "open in another window" in second.said
    assert second.projects.home is None
    assert "read-only" in second.projects.title
    assert "moon" not in second.store.session.words  # its edits are not the other one's to make
    first.save(project)
    first.settle()  # its journal goes in a thread of its own
    second.store.apply("Add sun", lambda s: s.with_word(word("sun")))
    second.settle()
    assert not (project / JOURNAL_FILE).exists()
    first.close()
    second.open(project)
    assert second.projects.home == project
    second.close()


HOLD = """
import sys, time
from pathlib import Path
from vgdesk.app.project.lock import ProjectLock
held = ProjectLock.taken(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_a_killed_window_holds_no_lock(project: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(project)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert ProjectLock.taken(project) is None
        other.kill()
    lock = ProjectLock.taken(project)
    assert lock is not None
    lock.release()


def test_a_folder_that_may_not_be_written_opens_for_reading(
    mount: Callable[[str], Path], small: Session
) -> None:
    folder = mount("rw") / "a.vgdesk"
    saved = save(folder, small, RECIPE)
    mount("remount,ro")
    window = Window()
    window.open(folder)
    assert "cannot be written to" in window.said
    assert window.projects.home is None
    assert same(window.store.session, saved)
    window.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    window.settle()
    assert not (folder / JOURNAL_FILE).exists()
    window.crash()
    after = Window()
    assert after.start()  # edits of what may only be read are not lost either
    assert "moon" in after.store.session.words
    after.close()


def test_a_full_disk_is_reported_once_and_edits_are_written_later(
    mount: Callable[[str], Path], small: Session
) -> None:
    folder = mount("rw") / "a.vgdesk"
    save(folder, small, RECIPE)
    window = Window()
    window.open(folder)
    filler = folder.parent / "filler"
    with suppress(OSError):
        filler.write_bytes(bytes(2_000_000))
    for number in range(3):
        moon = word(f"moon_{number}", note="x" * 5000)
        window.store.apply("Add moon", lambda s, moon=moon: s.with_word(moon))
    window.settle()
    assert window.said.count("still in this window") == 1
    filler.unlink()
    window.store.apply("Add sun", lambda s: s.with_word(word("sun")))
    edited = window.store.session
    window.crash()
    after = Window()
    after.open(folder)
    assert same(after.store.session, edited)
    after.close()


def test_a_folder_that_disappears_is_reported_without_losing_edits(project: Path) -> None:
    window = Window()
    window.open(project)
    project.rename(project.with_name("moved.vgdesk"))
    window.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    window.settle()
    assert "still in this window" in window.said
    project.with_name("moved.vgdesk").rename(project)
    window.store.apply("Add sun", lambda s: s.with_word(word("sun")))
    edited = window.store.session
    window.crash()
    after = Window()
    after.open(project)
    assert same(after.store.session, edited)
    after.close()


def test_an_empty_scratch_folder_is_cleared_away() -> None:
    window = Window()
    window.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    window.settle()
    window.projects.give_up_edits()
    window.close()
    assert not list(scratch_folder().iterdir())


def test_recordings_stay_when_their_words_are_given_up() -> None:
    window = Window()
    file = window.projects.takes_folder / "moon-1.flac"
    write_flac(file, tone())
    moon = take("moon-1", file)
    window.store.apply("Record moon", lambda s: s.with_word(word("moon")).with_take(moon))
    window.projects.give_up_edits()
    window.close()
    assert file.exists()
    assert not Window().start()  # nobody is asked about them again


def test_a_scratch_folder_with_recordings_stays(tmp_path: Path) -> None:
    window = Window()
    file = window.projects.takes_folder / "moon-1.flac"
    write_flac(file, tone())
    moon = take("moon-1", file)
    assert isinstance(moon, Take)
    window.store.apply("Record moon", lambda s: s.with_word(word("moon")).with_take(moon))
    window.save(tmp_path / "b.vgdesk")
    window.close()
    assert file.exists()
    kept = open_project(tmp_path / "b.vgdesk").session
    assert list(kept.takes) == ["moon-1"]
    assert kept.takes[moon.id].file == tmp_path / "b.vgdesk" / "takes" / "moon-1.flac"


def test_missing_sounds_are_reported_on_saving(project: Path, tmp_path: Path) -> None:
    window = Window()
    window.open(project)
    window.save(tmp_path / "b.vgdesk")
    assert window.notices[-1].message == "Saved “b”."
    files = [take.file for take in window.store.session.takes.values()]
    for file in files[:2]:
        file.unlink()
    for folder in ("b", "c"):
        window.save(tmp_path / f"{folder}.vgdesk")
        said = window.notices[-1]
        assert said.level is Level.WARNING
        assert (
            f"Saved “{folder}”, but parts are missing. The sound files of 2 takes are"
            in said.message
        )
        assert files[0].name in said.message
    window.close()


def test_a_vanished_project_folder_is_not_recreated(project: Path) -> None:
    window = Window()
    window.open(project)
    shutil.rmtree(project)
    with pytest.raises(ProjectError, match="is no longer there"):
        _ = window.projects.takes_folder
    assert not project.exists()
    project.mkdir()
    assert window.projects.takes_folder == project / "takes"
    window.close()


def test_all_that_was_never_saved_is_found_and_can_be_opened() -> None:
    for name in ("moon", "sun", "star"):
        before = Window()
        before.store.apply("Add", lambda s, name=name: s.with_word(word(name)))
        file = before.projects.takes_folder / f"{name}-1.flac"
        write_flac(file, Recording(np.zeros(4000, np.float32), 8000))
        before.store.apply("Record", lambda s, n=name, f=file: s.with_take(take(f"{n}-1", f)))
        before.crash()
    after = Window()
    assert after.start()
    assert "2 more projects were never saved" in after.said
    (opened,) = after.store.session.words
    listed: list[tuple[Unsaved, ...]] = []
    after.projects.list_unsaved(listed.append)
    after.main_thread.run_until(lambda: listed)
    assert {(one.words, one.takes) for one in listed[0]} == {
        ((name,), 1) for name in ("moon", "sun", "star") if name != opened
    }
    changes: list[object] = []
    after.events.session_changed.subscribe(changes.append)
    after.projects.open_unsaved(listed[0][0].folder)
    after.main_thread.run_until(lambda: len(changes) > 1)
    assert tuple(after.store.session.words) == listed[0][0].words
    after.close()


def test_what_was_edited_while_a_project_was_opening_is_not_given_up(project: Path) -> None:
    window, ends = Window(), list[object]()
    mine = window.projects.folder
    window.projects.open(project, ends.append, otherwise=lambda: ends.append(None))
    window.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    window.main_thread.run_until(lambda: ends)
    assert ends == [None]
    assert list(window.store.session.words) == ["moon"]
    assert "continued with this one" in window.said
    window.settle()
    assert "moon" in (mine / JOURNAL_FILE).read_text()
    other = Window()  # nobody holds what was not opened
    other.open(project)
    assert other.projects.home == project
    other.close()
    window.close()


def test_no_project_is_left_while_a_take_of_it_is_held(project: Path) -> None:
    window = Window()
    window.projects.is_recording = lambda: True
    window.open(project)
    assert window.projects.home is None
    window.projects.is_recording = lambda: False
    window.open(project)
    assert window.projects.home == project
    window.close()


def test_the_same_project_asked_for_twice_opens_once_for_writing(project: Path) -> None:
    window, ends = Window(), list[object]()
    for _ in range(3):
        window.projects.open(project, ends.append)
    window.projects._long_work.cancel(OPENING)
    window.projects.open(project, ends.append)
    window.main_thread.run_until(lambda: ends)
    assert ends == [project]
    assert window.projects.home == project
    assert "another window" not in window.said
    window.close()


@pytest.mark.slow
def test_the_open_project_is_recognised_under_another_name(project: Path, tmp_path: Path) -> None:
    window = Window()
    window.open(project)
    (tmp_path / "link.vgdesk").symlink_to(project)
    window.open(tmp_path / "link.vgdesk")
    assert "is already open in this window" in window.said
    assert window.projects.home == project
    window.close()


@pytest.mark.slow
def test_two_windows_never_share_unsaved_work() -> None:
    before = Window()
    before.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    before.crash()
    first, second = Window(), Window()
    folder = before.projects.folder
    changes: list[object] = []
    first.events.session_changed.subscribe(changes.append)
    first.projects.open_unsaved(folder)
    first.main_thread.run_until(lambda: changes)
    ends: list[bool] = []
    second.projects.open_unsaved(folder, lambda: ends.append(True))
    second.main_thread.run_until(lambda: ends)
    assert "open in another window" in second.said
    assert second.projects.folder != folder
    second.close()
    first.settle()
    assert "moon" in (folder / JOURNAL_FILE).read_text()
    first.close()


def test_a_mistake_of_ours_while_opening_leaves_the_edits_on_the_disk(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Window()
    window.store.apply("Add moon", lambda s: s.with_word(word("moon")))
    window.projects.give_up_edits()

    def break_down(*_arguments: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("vgdesk.app.project.project_manager.opened_project", break_down)
    ends: list[bool] = []
    window.projects.open(project, lambda _f: None, otherwise=lambda: ends.append(True))
    with pytest.raises(ZeroDivisionError):
        window.main_thread.run_until(lambda: len(ends) > 1)
    assert ends == [True]
    window.settle()
    assert "moon" in (window.projects.folder / JOURNAL_FILE).read_text()
    window.close()
