"""Distribution of the views over the analysis processes.

Heatmaps and maps are fast; scores with their chance levels may take minutes. Each kind has a
separate process, so a new word appears while its scores are still being computed. Both processes
hold all vectors; for a long list, where memory is scarcer than time, one process does everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.request import Request, answer
from vgdesk.app.state.events import ViewId
from vgdesk.app.workers.child_process import ChildProcess, Job, Post
from vgdesk.core.stack import Embedding

TOLD_TWICE = 2**30  # bytes of vectors: two models of base size and 13,000 words


@dataclass(frozen=True, slots=True)
class Listener:
    """Callbacks for the result, an error, and the end, with whether it succeeded."""

    hear: Callable[[Any], object]
    failed: Callable[[BaseException], object]
    ended: Callable[[bool], object]


@dataclass(frozen=True, slots=True)
class _Scoring:
    """A running or waiting request."""

    request: Request
    child: ChildProcess
    job: Job


class AnalysisProcesses:
    """Sends each request to the process of its view; the newest request of a view wins."""

    def __init__(self, post: Post) -> None:
        self._quick = ChildProcess("analysis process", post)
        self._slow = ChildProcess("scoring process", post)
        self._scoring: dict[ViewId, _Scoring] = {}
        self._passed_over: set[ViewId] = set()
        self._told: set[str] = set()
        self._bytes = 0

    @property
    def is_busy(self) -> bool:
        """Whether a heatmap or a map is being computed."""
        return self._quick.is_busy

    def remember(self, embeddings: tuple[Embedding, ...], listener: Listener) -> None:
        """Send vectors to the processes that use them."""
        new = {one.key: one.values.nbytes for one in embeddings if one.key not in self._told}
        self._told |= new.keys()
        self._bytes += sum(new.values())
        told = Listener(listener.hear, listener.failed, lambda done: self._ended(listener, done))
        for child in {self._quick, self._scorer}:
            child.submit(_job("", Request(work.remember, choices={"embeddings": embeddings}), told))

    def ask(self, slot: str, request: Request, listener: Listener) -> None:
        """Compute something quick."""
        self._quick.submit(_job(slot, request, listener))

    def score(self, view: ViewId, request: Request, listener: Listener) -> None:
        """Compute something that may take minutes; the newest request of a view wins."""

        def hear(result: Any) -> None:
            self._passed_over.discard(view)
            listener.hear(result)

        def ended(is_done: bool) -> None:
            if self._scoring.get(view) == scoring:
                del self._scoring[view]
            self._ended(listener, is_done)

        if view in self._scoring:
            self._pass_over(view, request)
        job = _job(view, request, Listener(hear, listener.failed, ended))
        scoring = self._scoring[view] = _Scoring(request, self._scorer, job)
        scoring.child.submit(job)

    def _pass_over(self, view: ViewId, newer: Request) -> None:
        """Cancel the running request of a view.

        Words may arrive faster than they can be scored: if nothing else has changed, every second
        result is completed and shown.
        """
        older = self._scoring[view]
        if view in self._passed_over and older.request.is_same_question(newer):
            return
        self._passed_over.add(view)
        older.child.cancel(older.job)

    @property
    def _scorer(self) -> ChildProcess:
        return self._slow if self._bytes <= TOLD_TWICE else self._quick

    def _ended(self, listener: Listener, is_done: bool) -> None:
        if self._scorer is self._quick and not self._slow.is_busy:
            self._slow.renew(lambda: None)  # no longer used, and holds a gigabyte
        listener.ended(is_done)

    def renew(self, then: Callable[[], object]) -> None:
        """Restart both processes without their vectors, then call `then`."""
        self._told, self._bytes = set(), 0
        self._quick.renew(lambda: self._slow.renew(then))

    def close(self) -> None:
        """End both processes."""
        self._quick.close()
        self._slow.close()


def _job(slot: str, request: Request, listener: Listener) -> Job:
    # A restarted process needs all vectors again, so none is ended for being slow.
    return Job(
        answer,
        lambda: (request,),
        listener.hear,
        listener.failed,
        listener.ended,
        slot,
        may_linger=True,
    )
