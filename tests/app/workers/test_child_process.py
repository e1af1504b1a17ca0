import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.main_thread import MainThread
from vgdesk.app.workers.child_process import ChildLostError, ChildProcess, Job
from vgdesk.core.errors import TooFewWordsError


class Heard:
    def __init__(self) -> None:
        self.values: list[Any] = []
        self.errors: list[BaseException] = []
        self.ends: list[bool] = []

    def job(self, call: Any, *arguments: Any, slot: str = "") -> Job:
        return Job(
            call,
            lambda: arguments,
            self.values.append,
            self.errors.append,
            self.ends.append,
            slot=slot,
        )


def count_slowly(n: int) -> Iterator[int]:
    for i in range(n):
        yield i
        time.sleep(0.02)


def sleep_for_ever() -> None:
    time.sleep(3600)


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise TooFewWordsError.of(needed=4, found=2)


@pytest.fixture
def main_thread() -> MainThread:
    return MainThread()


@pytest.fixture
def child(main_thread: MainThread) -> Iterator[ChildProcess]:
    process = ChildProcess("test process", main_thread.post)
    yield process
    process.close()


def test_large_and_small_arrays_come_back_equal_and_read_only(
    child: ChildProcess, main_thread: MainThread
) -> None:
    heard = Heard()
    small, large = np.arange(10.0), np.arange(500_000.0)
    child.submit(heard.job(np.stack, [small, small + 1]))
    child.submit(heard.job(np.stack, [large, large + 1]))
    main_thread.run_until(lambda: len(heard.ends) == 2)
    assert np.array_equal(heard.values[0], np.stack([small, small + 1]))
    assert np.array_equal(heard.values[1], np.stack([large, large + 1]))
    assert not heard.values[1].flags.writeable


def test_values_of_a_generator_arrive_one_by_one_and_in_order(
    child: ChildProcess, main_thread: MainThread
) -> None:
    heard = Heard()
    child.submit(heard.job(count_slowly, 5))
    main_thread.run_until(lambda: heard.ends == [True])
    assert heard.values == [0, 1, 2, 3, 4]


def test_an_error_of_ours_keeps_its_sentence(child: ChildProcess, main_thread: MainThread) -> None:
    heard = Heard()
    child.submit(heard.job(refuse))
    main_thread.run_until(lambda: bool(heard.ends))
    assert isinstance(heard.errors[0], TooFewWordsError)
    assert heard.errors[0].hint == "Record or load more words."


def test_cancel_between_two_values_ends_the_job_silently(
    child: ChildProcess, main_thread: MainThread
) -> None:
    heard = Heard()
    job = child.submit(heard.job(count_slowly, 10_000))
    main_thread.run_until(lambda: bool(heard.values))
    child.cancel(job)
    main_thread.run_until(lambda: heard.ends == [False])
    assert not heard.errors


def test_a_child_that_does_not_answer_a_cancel_is_replaced(
    child: ChildProcess, main_thread: MainThread
) -> None:
    stuck, next_one = Heard(), Heard()
    job = child.submit(stuck.job(sleep_for_ever))
    child.cancel(job)
    child.submit(next_one.job(os.getpid))
    main_thread.run_until(lambda: next_one.ends == [True])
    assert stuck.ends == [False]
    assert not stuck.errors


def test_a_crash_costs_one_job_and_not_the_next(
    child: ChildProcess, main_thread: MainThread
) -> None:
    crashed, next_one = Heard(), Heard()
    child.submit(crashed.job(kill_myself))
    child.submit(next_one.job(os.getpid))
    main_thread.run_until(lambda: next_one.ends == [True])
    assert isinstance(crashed.errors[0], ChildLostError)


@pytest.mark.slow
def test_the_newest_waiting_job_of_a_slot_wins(
    child: ChildProcess, main_thread: MainThread
) -> None:
    first, second, third = Heard(), Heard(), Heard()
    child.submit(first.job(count_slowly, 20, slot="heatmap"))
    main_thread.run_until(lambda: bool(first.values))
    child.submit(second.job(count_slowly, 2, slot="heatmap"))
    child.submit(third.job(count_slowly, 3, slot="heatmap"))
    main_thread.run_until(lambda: third.ends == [True])
    assert first.values == list(range(20))
    assert second.ends == [False]
    assert second.values == []
    assert third.values == [0, 1, 2]


PARENT = """
import os, queue, sys, time
from vgdesk.app.workers.child_process import ChildProcess, Job
if __name__ == "__main__":
    calls = queue.SimpleQueue()
    child = ChildProcess("orphan", calls.put)
    child.submit(Job(os.getpid, tuple, lambda pid: print(pid, flush=True), print))
    child.submit(Job(time.sleep, lambda: (3600,), print, print))
    while True:
        calls.get()()
"""


def test_no_child_outlives_a_killed_parent(tmp_path: Any) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while _is_alive(pid) and time.monotonic() < deadline:
        os.sched_yield()
    assert not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def fail_to_prepare() -> tuple[object, ...]:
    raise ZeroDivisionError("no arguments")


def test_a_mistake_of_ours_in_the_feeder_costs_one_job(
    child: ChildProcess, main_thread: MainThread
) -> None:
    broken, next_one = Heard(), Heard()
    job = broken.job(os.getpid)
    job.arguments = fail_to_prepare
    child.submit(job)
    child.submit(next_one.job(os.getpid))
    main_thread.run_until(lambda: next_one.ends == [True])
    assert isinstance(broken.errors[0], ZeroDivisionError)
    assert broken.ends == [False]


def test_a_renewed_child_has_no_memory_and_accepts_jobs(
    child: ChildProcess, main_thread: MainThread
) -> None:
    heard, renewed = Heard(), list[bool]()
    child.submit(heard.job(os.getpid))
    main_thread.run_until(lambda: heard.ends)
    child.submit(heard.job(sleep_for_ever))
    child.renew(lambda: renewed.append(True))
    after = Heard()
    child.submit(after.job(os.getpid))
    main_thread.run_until(lambda: after.ends)
    assert renewed == [True]
    assert heard.ends == [True, False]
    assert heard.errors == []
    assert after.values != heard.values
