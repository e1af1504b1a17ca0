import threading
from collections.abc import Iterator

import pytest

from tests.main_thread import MainThread
from vgdesk.app.state.events import Events
from vgdesk.app.workers.background import Background
from vgdesk.app.workers.jobs import JobChanged, JobId, JobState
from vgdesk.app.workers.long_work import Answers, LongWork
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import VgdeskError

JOB = JobChanged(JobId.of_files("cut a.wav"), "Listening to a.wav", JobState.RUNNING)


class Desk:
    """Long work with all that is heard of it."""

    def __init__(self) -> None:
        self.main_thread = MainThread()
        events = Events()
        self.jobs: list[JobChanged] = []
        events.job_changed.subscribe(self.jobs.append)
        self.work = LongWork(events.job_changed.publish, self.main_thread.post)
        self.heard: list[tuple[str, object]] = []

    def answers(self) -> Answers[str]:
        def hear(kind: str) -> object:
            return lambda value=None: self.heard.append((kind, value))

        kinds = ("done", "failed", "cancelled", "dropped")
        return Answers(*(hear(kind) for kind in kinds))  # type: ignore[arg-type]


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.work.close()


def test_what_is_done_soon_is_no_job(desk: Desk) -> None:
    desk.work.run(JOB, lambda: "takes", desk.answers())
    desk.main_thread.run_until(lambda: desk.heard)
    assert desk.heard == [("done", "takes")]
    assert desk.jobs == []


@pytest.mark.slow
def test_progress_is_shown_and_cancel_ends_the_work_at_its_next_file(desk: Desk) -> None:
    done: list[int] = []
    went_on, is_cancelled = threading.Event(), threading.Event()

    def cut() -> str:
        for piece in until_cancelled(range(10**9), 10**9):
            done.append(piece)
            went_on.wait(0.01)
            if is_cancelled.is_set():
                went_on.set()
        return "takes"

    desk.work.run(JOB, cut, desk.answers())
    desk.main_thread.run_until(lambda: desk.jobs and desk.jobs[-1].done)
    assert desk.jobs[-1].total == 10**9
    desk.work.cancel(JOB.id)
    is_cancelled.set()
    assert desk.heard == [("cancelled", None)]
    assert desk.jobs[-1].state is JobState.CANCELLED
    last = len(done)
    desk.work.close()
    assert len(done) <= last + 2


def test_unresponsive_work_does_not_block_other_work(desk: Desk) -> None:
    has_begun, answers = threading.Event(), threading.Event()

    def wait_for_the_drive() -> str:
        has_begun.set()
        return str(answers.wait())

    desk.work.run(
        JobChanged(JobId.of_files("open"), "", JobState.RUNNING), wait_for_the_drive, desk.answers()
    )
    assert has_begun.wait(60)
    desk.work.run(JOB, lambda: "takes", desk.answers())
    desk.main_thread.run_until(lambda: desk.heard)
    assert desk.heard == [("done", "takes")]
    desk.work.cancel(JobId.of_files("open"))
    answers.set()
    desk.main_thread.run_until(lambda: len(desk.heard) > 2)
    assert desk.heard[1:] == [("cancelled", None), ("dropped", "True")]


def test_the_last_of_two_of_a_kind_is_answered(desk: Desk) -> None:
    has_begun, may_end = threading.Event(), threading.Event()

    def first() -> str:
        has_begun.set()
        return f"first {may_end.wait()}"

    desk.work.run(JOB, first, desk.answers())
    assert has_begun.wait(60)
    desk.work.run(JOB, lambda: "second", desk.answers())
    desk.main_thread.run_until(lambda: desk.heard)
    may_end.set()
    desk.main_thread.run_until(lambda: len(desk.heard) > 1)
    assert desk.heard == [("done", "second"), ("dropped", "first True")]


def test_errors_are_reported_or_raised_on_the_main_thread(desk: Desk) -> None:
    def refuse() -> str:
        raise VgdeskError("No.", "Yes.")

    def break_down() -> str:
        raise ZeroDivisionError("ours")

    desk.work.run(JOB, refuse, desk.answers())
    desk.main_thread.run_until(lambda: desk.heard)
    assert [kind for kind, _error in desk.heard] == ["failed"]
    desk.work.run(JOB, break_down, desk.answers())
    with pytest.raises(ZeroDivisionError):
        desk.main_thread.run_until(lambda: len(desk.heard) > 1)


def test_work_of_a_kind_waits_for_each_other_in_a_thread_that_is_given(desk: Desk) -> None:
    saver, order = Background("saving", desk.main_thread.post), []
    may_go_on = threading.Event()
    for number in range(3):
        job = JobChanged(JobId.of_files(f"save {number}"), "Saving", JobState.RUNNING)
        desk.work.run(
            job,
            lambda number=number: f"{may_go_on.wait()} {order.append(number)}",
            desk.answers(),
            saver,
        )
    may_go_on.set()
    desk.main_thread.run_until(lambda: len(desk.heard) == 3)
    assert order == [0, 1, 2]
    assert saver.close()


def test_a_save_that_waits_is_still_made_when_the_program_ends(desk: Desk) -> None:
    saver, saved = Background("saving", desk.main_thread.post), list[str]()
    may_go_on = threading.Event()
    saver.run(may_go_on.wait, failed=print)
    desk.work.run(JOB, lambda: str(saved.append("words")), desk.answers(), saver)
    desk.work.close()
    may_go_on.set()
    assert saver.close()
    assert saved == ["words"]
