"""Sound files come in beside everything else; only where they were meant to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.exchange.odd_files import noise
from tests.main_thread import MainThread
from vgdesk.app.exchange.import_manager import ImportManager
from vgdesk.app.exchange.import_preview import first_choices, look_at
from vgdesk.app.state.events import Events
from vgdesk.app.state.store import Store
from vgdesk.app.workers.background import Background
from vgdesk.app.workers.jobs import JobChanged, JobState
from vgdesk.app.workers.long_work import LongWork
from vgdesk.core.model import Session, Word, WordId
from vgdesk.core.notices import Notice

CANCELLED, DONE = JobState.CANCELLED, JobState.DONE


class Desk:
    """An import desk and what it was heard to say."""

    def __init__(self) -> None:
        self.main_thread = MainThread()
        self.events = events = Events()
        self.jobs: list[JobState] = []
        events.job_changed.subscribe(self._hear)
        self.store = Store(events)
        thread = Background("imports", self.main_thread.post)
        work = LongWork(events.job_changed.publish, self.main_thread.post)
        self.imports = ImportManager(thread, work, events, self.store)

    def _hear(self, job: JobChanged) -> None:
        self.jobs.append(job.state)

    def take(self, file: Path) -> None:
        incoming = look_at([file])
        self.imports.take(incoming, first_choices(incoming))

    def until(self, *ends: JobState) -> None:
        """Wait until imports have ended like this, one after the other."""
        is_end = {CANCELLED, DONE, JobState.FAILED}
        self.main_thread.run_until(lambda: len([j for j in self.jobs if j in is_end]) >= len(ends))
        assert [job for job in self.jobs if job in is_end] == list(ends)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.imports.close()


@pytest.fixture
def sounds(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("dog", "tea"):
        noise(tmp_path / f"{name}.wav", 1)
    return tmp_path / "dog.wav", tmp_path / "tea.wav"


def test_an_import_that_was_cancelled_stays_so_whatever_comes_next(
    desk: Desk, sounds: tuple[Path, Path]
) -> None:
    first, second = sounds
    desk.take(first)
    desk.imports.cancel()
    desk.take(second)
    desk.until(CANCELLED, DONE)
    assert list(desk.store.session.words) == ["tea"]


def test_what_comes_late_does_not_land_in_another_project(
    desk: Desk, sounds: tuple[Path, Path]
) -> None:
    first, second = sounds
    dog = Word(WordId("dog"), "dog")
    desk.take(second)
    desk.store.open(Session(), "Open another")
    desk.until(CANCELLED)
    desk.imports.take_in([second])
    desk.store.open(Session({dog.id: dog}), "Open another")
    desk.imports.pronounce(frozenset())
    desk.store.open(desk.store.session, "Open another")
    desk.take(first)
    desk.until(CANCELLED, DONE)
    assert list(desk.store.session.words) == ["dog"]
    assert not desk.store.session.words[dog.id].labels
    assert len(desk.store.session.takes) == 1


def test_a_link_in_a_folder_that_leads_outside_is_left_out_and_said(
    tmp_path: Path, desk: Desk
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    noise(tmp_path / "mine.wav", 0.4)
    noise(theirs / "dog.wav", 0.4)
    (theirs / "cat.wav").symlink_to(tmp_path / "mine.wav")
    (theirs / "cow.wav").symlink_to(theirs / "dog.wav")  # leads nowhere else
    notices: list[Notice] = []
    desk.events.notice.subscribe(notices.append)
    desk.imports.take_in([theirs])
    desk.until(DONE)
    assert {str(word.text) for word in desk.store.session.words.values()} == {"dog", "cow"}
    assert str(theirs / "cat.wav") in notices[0].message
    desk.imports.take_in([theirs / "cat.wav"])  # chosen by hand
    desk.until(DONE, DONE)
    assert "cat" in desk.store.session.words
