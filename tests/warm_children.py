"""Child processes that start within milliseconds: forks of one that has loaded the libraries.

A child of the program is spawned and loads torch or SciPy, which takes most of the time of a test.
Here it is forked from a server that has loaded them once; jobs, pipe, signals and death are the
program's own. Spawned children are tested in `app/workers/test_child_process.py`, by one test of
`app/test_workspace.py` and by the tests that start the whole program.

While spawned analysis processes load their libraries, the vectors of the demo arrive. Forked ones
would be fast enough to analyse every few of them, so they wait for all of them, up to two seconds.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from vgdesk.app.state.events import Embedded, Events
from vgdesk.app.workers import child_process

PRELOADED = ["tests.warm_libraries"]
WAITING = ("analysis process", "scoring process")
LONGEST_WAIT = 2.0  # seconds


def serve(environment: Mapping[str, str], pipe: Any) -> None:
    """Do what a spawned child does, in the environment of its parent rather than the server's."""
    os.environ.clear()
    os.environ.update(environment)
    child_process.serve(pipe)


class WarmContext:
    """What the program uses of the context of `multiprocessing`.

    Attributes
    ----------
    may_analyse
        Set once the processes of the analyses may start.
    """

    def __init__(self) -> None:
        if "forkserver" in multiprocessing.get_all_start_methods():
            self._context: Any = multiprocessing.get_context("forkserver")
            self._context.set_forkserver_preload(PRELOADED)
        else:
            self._context = multiprocessing.get_context("spawn")
        self.Pipe = self._context.Pipe
        self.may_analyse = threading.Event()

    def Process(self, *, target: object, args: tuple[Any], name: str, daemon: bool) -> Any:  # noqa: N802
        assert target is child_process.serve
        if name in WAITING:
            self.may_analyse.wait(LONGEST_WAIT)
        given = (dict(os.environ), *args)
        return self._context.Process(target=serve, args=given, name=name, daemon=daemon)

    def follow(self, events: Events) -> None:
        """Let the analyses start once all vectors of a workspace are there."""
        events.embedded.subscribe(self._hear)

    def _hear(self, embedded: Embedded) -> None:
        cells = embedded.cells.values()
        if cells and all(cell.done == cell.total for cell in cells):
            self.may_analyse.set()


@contextmanager
def warm_children() -> Iterator[WarmContext]:
    """Let the child processes that are started in the block be forks."""
    context = WarmContext()
    forked = SimpleNamespace(
        get_context=lambda _method: context, parent_process=multiprocessing.parent_process
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child_process, "multiprocessing", forked)
        yield context


def server() -> int | None:
    """Return the process id of the server, if one runs."""
    return getattr(multiprocessing.forkserver._forkserver, "_forkserver_pid", None)


def stop_server() -> None:
    """End the server; without it, it would end by itself after this process."""
    multiprocessing.forkserver._forkserver._stop()  # type: ignore[attr-defined]
