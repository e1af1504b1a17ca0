"""A child process that runs heavy jobs one after another.

Jobs are plain functions. A generator job sends each value that it yields; it can be cancelled
between two values, and so can work that polls for cancellation (`core.cancellation`). A child that
does not answer a cancel within a second, or that dies, is replaced: the job is lost, the window and
the recording are not.
"""

import inspect
import math
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any

from vgdesk.app.workers.shared_memory import Parcel, discard, pack, unpack
from vgdesk.core.cancellation import CancelledError, cancellable
from vgdesk.core.errors import VgdeskError

CANCEL_SECONDS = 0.9

Post = Callable[[Callable[[], object]], object]


@dataclass(eq=False)
class Job:
    """One call to run in the child.

    Attributes
    ----------
    arguments
        Builds the arguments of the call. It runs in the feeder thread, so that building large
        arrays does not block the window.
    slot
        A newer job in the same slot replaces this one while it waits; a running job continues, so
        that a view requested faster than it can be computed is still drawn.
    may_linger
        Whether the child is kept after a cancel until the job answers, however long that takes,
        because its cached data would take longer to rebuild.
    on_value, on_error, on_end
        Called on the main thread: for each value, for the one error, and at the end with True on
        success. After a cancel only `on_end` is called, with False.
    """

    call: Callable[..., Any]
    arguments: Callable[[], tuple[Any, ...]]
    on_value: Callable[[Any], object]
    on_error: Callable[[BaseException], object]
    on_end: Callable[[bool], object] = lambda _ok: None
    slot: str = ""
    may_linger: bool = False
    is_cancelled: threading.Event = field(default_factory=threading.Event)


class ChildLostError(VgdeskError):
    """The child process ended during a job."""


class ChildProcess:
    """Runs jobs in a spawned process, fed by a dedicated thread."""

    def __init__(self, name: str, post: Post) -> None:
        self._name = name
        self._post = post
        self._waiting: list[Job] = []
        self._running: Job | None = None
        self._news = threading.Condition()
        self._is_closing = False
        self._renewals: list[Callable[[], object]] = []
        self._process: Any = None
        self._pipe: Connection | None = None
        self._feeder = threading.Thread(target=self._feed, name=f"{name} feeder", daemon=True)
        self._feeder.start()

    @property
    def is_busy(self) -> bool:
        with self._news:
            return bool(self._waiting) or self._running is not None

    def submit(self, job: Job) -> Job:
        """Queue a job; a waiting one in the same slot is dropped."""
        with self._news:
            for other in [j for j in self._waiting if j.slot and j.slot == job.slot]:
                self._drop(other)
            self._waiting.append(job)
            self._news.notify_all()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a job within a second. A cancelled job is not an error."""
        with self._news:
            if job in self._waiting:
                self._drop(job)
            job.is_cancelled.set()
            self._news.notify_all()

    def renew(self, then: Callable[[], object]) -> None:
        """End the child with its cached data, then call `then`; the next job gets a new child.

        Running and waiting jobs are cancelled.
        """
        with self._news:
            self._renewals.append(then)
            for job in tuple(self._waiting):
                self._drop(job)
            if self._running is not None:
                self._running.is_cancelled.set()
            self._news.notify_all()

    def close(self) -> None:
        """End the child now and abandon its job."""
        with self._news:
            self._is_closing = True
            for job in tuple(self._waiting):
                self._drop(job)
            if self._running is not None:
                self._running.is_cancelled.set()
            self._news.notify_all()
        self._feeder.join()

    def _drop(self, job: Job) -> None:
        self._waiting.remove(job)
        job.is_cancelled.set()
        self._post(lambda: job.on_end(False))

    def _feed(self) -> None:
        try:
            self._start_child()
            while (job := self._next_job()) is not None:
                self._run(job)
        finally:
            self._end_child()

    def _next_job(self) -> Job | None:
        with self._news:
            while not self._is_closing:
                if self._renewals:
                    self._end_child()
                    for then in self._renewals:
                        self._post(then)
                    self._renewals.clear()
                if self._waiting:
                    self._running = self._waiting.pop(0)
                    return self._running
                self._news.wait()
            return None

    def _run(self, job: Job) -> None:
        try:
            if self._pipe is None:
                self._start_child()
            assert self._pipe is not None
            self._pipe.send(("run", pack((job.call, job.arguments()))))
            is_done = self._listen(self._pipe, job)
        except (EOFError, OSError):
            self._end_child()
            is_done = False
            if not job.is_cancelled.is_set():
                self._tell_lost(job)
        except Exception as error:  # noqa: BLE001 - reported by on_error; the feeder continues
            self._end_child()
            is_done = False
            self._post(partial(job.on_error, error))
        with self._news:
            self._running = None  # before on_end, whose listener may ask whether we are busy
        self._post(lambda: job.on_end(is_done and not job.is_cancelled.is_set()))

    def _tell_lost(self, job: Job) -> None:
        error = ChildLostError(
            f"The {self._name} stopped unexpectedly. Your words and recordings are safe.",
            "It restarts with the next job; if this happens again, choose a smaller model.",
        )
        self._post(lambda: job.on_error(error))

    def _listen(self, pipe: Connection, job: Job) -> bool:
        """Dispatch the child's messages until the job ends; True on success."""
        waited: float | None = None
        while True:
            if job.is_cancelled.is_set() and waited is None:
                pipe.send(("cancel", None))
                waited = 0.0
            if not pipe.poll(0.05):
                if waited is not None:
                    waited += 0.05
                    if waited >= self._patience(job):
                        self._end_child()
                        return False
                continue
            kind, content = pipe.recv()
            if kind == "end":
                return bool(content)
            self._hand_out(kind, content, job)

    def _patience(self, job: Job) -> float:
        if self._is_closing or self._renewals:
            return 0.0
        return math.inf if job.may_linger else CANCEL_SECONDS

    def _hand_out(self, kind: str, content: Parcel, job: Job) -> None:
        if job.is_cancelled.is_set():
            discard(content)
            return
        value = unpack(content)
        hear = job.on_error if kind == "error" else job.on_value
        # A job may be cancelled while this call is queued; its value must then be dropped.
        self._post(lambda: job.is_cancelled.is_set() or hear(value))

    def _start_child(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs,), name=self._name, daemon=True)
        process.start()
        theirs.close()
        self._pipe, self._process = ours, process

    def _end_child(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


def serve(pipe: Connection) -> None:
    """Run jobs until the pipe closes; the main function of the child."""
    # Ctrl+C in a terminal reaches all its processes; the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    while True:
        try:
            kind, content = pipe.recv()
        except (EOFError, OSError):
            return
        if kind == "run":  # a late cancel is ignored
            pipe.send(("end", _run_here(pipe, *unpack(content))))


def _run_here(pipe: Connection, call: Callable[..., Any], arguments: tuple[Any, ...]) -> bool:
    try:
        # During a job the only possible message is a cancel.
        with cancellable(lambda: not pipe.poll()):
            made = call(*arguments)
            for value in made if inspect.isgenerator(made) else iter((made,)):
                pipe.send(("value", pack(value)))
                if _cancel_came(pipe, made):
                    return False
    except CancelledError:
        pipe.recv()
        return False
    except VgdeskError as error:
        pipe.send(("error", pack(error)))
        return False
    except Exception as error:  # noqa: BLE001 - every error is reported to the parent
        pipe.send(("error", pack(RuntimeError(f"{error!r}\n{traceback.format_exc()}"))))
        return False
    return True


def _cancel_came(pipe: Connection, made: Iterator[Any] | Any) -> bool:
    if not pipe.poll():
        return False
    pipe.recv()
    if inspect.isgenerator(made):
        made.close()
    return True


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
