import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event, Timer
from typing import Any, Generic, TypeVar

from vgdesk.app.workers.background import Background, raise_again
from vgdesk.app.workers.child_process import Post
from vgdesk.app.workers.jobs import JobChanged, JobId, JobState
from vgdesk.core.cancellation import CancelledError, cancellable, raise_if_cancelled
from vgdesk.core.errors import VgdeskError

T = TypeVar("T")

SHOWN_AFTER = 1.0  # seconds; shorter work shows no progress
TOLD_EVERY = 0.2


def nothing(*_values: object) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Answers(Generic[T]):
    """Callbacks for the end of work; one of them is called on the main thread.

    Attributes
    ----------
    cancelled
        The user cancelled, or an unexpected error occurred.
    dropped
        Receives a value that arrived after the work was abandoned.
    """

    done: Callable[[T], object]
    failed: Callable[[VgdeskError], object]
    cancelled: Callable[[], object] = nothing
    dropped: Callable[[T], object] = nothing


class LongWork:
    """Long work on files, each in a separate thread, so that none waits for another.

    Work of more than a second is shown as a job with progress. It can be cancelled: work that
    iterates over its files with `until_cancelled` stops there; the result of work that no longer
    responds, for example on a dead network drive, is dropped.
    """

    def __init__(self, changed: Callable[[JobChanged], object], post: Post) -> None:
        self._changed = changed
        self._post = post
        self._running: dict[JobId, _Running] = {}

    def run(
        self,
        job: JobChanged,
        call: Callable[[], T],
        answers: Answers[T],
        thread: Background | None = None,
    ) -> None:
        """Run a call in a new thread, or in a shared one that runs work of one kind in order.

        Running work with the same id is abandoned without a callback.
        """
        if (before := self._running.pop(job.id, None)) is not None:
            before.end(JobState.CANCELLED)
        running = _Running(job, self._changed, self._post, answers.cancelled)
        self._running[job.id] = running

        def work() -> T:
            with cancellable(running.is_wanted, running.tell):
                raise_if_cancelled()
                return call()

        def end(outcome: T | Exception) -> None:
            if running.is_wanted():
                del self._running[job.id]
                running.end(JobState.FAILED if isinstance(outcome, Exception) else JobState.DONE)
                _answer(outcome, answers)
            elif not isinstance(outcome, Exception):
                answers.dropped(outcome)

        used = thread or Background(job.id.name, self._post)
        used.run(lambda: _outcome(work), done=end, failed=answers.failed)
        if thread is None:
            used.end_soon()
            running.thread = used

    def cancel(self, job: JobId) -> None:
        """Abandon the work with this id, if any."""
        if (running := self._running.pop(job, None)) is not None:
            running.end(JobState.CANCELLED)
            running.cancelled()

    def close(self) -> None:
        """Abandon all work in separate threads; it stops at its next file and cleans up.

        Work in a shared thread, such as a save, continues until that thread is closed.
        """
        for running in self._running.values():
            running.end(JobState.CANCELLED, is_unwanted=running.thread is not None)
        for running in self._running.values():
            if running.thread is not None:
                running.thread.close()
        self._running.clear()


def _outcome(work: Callable[[], T]) -> T | Exception:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - reported or re-raised by `_answer`
        return error


def _answer(outcome: Any, answers: Answers[Any]) -> None:
    if isinstance(outcome, VgdeskError):
        answers.failed(outcome)
    elif isinstance(outcome, Exception):
        answers.cancelled()  # callers get an answer even after a bug
        if not isinstance(outcome, CancelledError):
            raise_again(outcome)
    else:
        answers.done(outcome)


class _Running:
    """A running job."""

    def __init__(
        self,
        job: JobChanged,
        changed: Callable[[JobChanged], object],
        post: Post,
        cancelled: Callable[[], object],
    ) -> None:
        self.cancelled = cancelled
        self.thread: Background | None = None
        self._job = job
        self._changed = changed
        self._post = post
        self._is_over = Event()
        self._is_shown = False
        self._told_at = 0.0
        self._clock = Timer(SHOWN_AFTER, lambda: post(self._show))
        self._clock.daemon = True
        self._clock.start()

    def is_wanted(self) -> bool:
        return not self._is_over.is_set()

    def tell(self, done: int, total: int) -> None:
        """Report progress; called in the thread of the job."""
        if time.monotonic() - self._told_at > TOLD_EVERY:
            self._told_at = time.monotonic()
            self._job = replace(self._job, done=done, total=total)
            self._post(self._show_progress)

    def end(self, state: JobState, *, is_unwanted: bool = True) -> None:
        if is_unwanted:
            self._is_over.set()
        self._clock.cancel()
        if self._is_shown:
            self._changed(replace(self._job, state=state))

    def _show(self) -> None:
        if self.is_wanted():
            self._is_shown = True
            self._changed(self._job)

    def _show_progress(self) -> None:
        if self._is_shown:
            self._show()
