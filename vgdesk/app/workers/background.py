import logging
import weakref
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from vgdesk.app.workers.child_process import Post
from vgdesk.core.errors import VgdeskError

T = TypeVar("T")
Call = Callable[[], None]

AT_ONCE = 2.0  # seconds that are waited at the end for what only reads
UNTIL_WRITTEN = 30.0  # seconds that are waited at the end for what writes

_log = logging.getLogger("vgdesk")


class Background:
    """One thread for what may wait: files and the sound system. Calls run in order.

    What the user can act on goes to `on_error`; any other error is raised again on the main
    thread, where the exception hook is.
    """

    def __init__(self, name: str, post: Post) -> None:
        self._post = post
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        # A daemon: a drive that does not answer must not keep the program from ending.
        self._thread = Thread(target=_work, args=(self._calls,), name=name, daemon=True)
        self._thread.start()
        weakref.finalize(self, self._calls.put, None)  # who forgets it leaves no thread behind

    def run(
        self,
        call: Callable[[], T],
        *,
        done: Callable[[T], object] = lambda _value: None,
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Call in the thread; the answer is posted to the main thread."""
        self._calls.put(lambda: self._answer(call, done, failed))

    def run_each(
        self,
        values: Callable[[], Iterator[T]],
        *,
        each: Callable[[T], object],
        done: Callable[[None], object],
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Go through an iterator in the thread; each value is posted as it comes."""

        def go_through() -> None:
            for value in values():
                self._post(lambda value=value: each(value))  # type: ignore[misc]

        self.run(go_through, done=done, failed=failed)

    def end_soon(self) -> None:
        """End the thread once everything was called, without waiting for it."""
        self._calls.put(None)

    def close(self, patience: float = AT_ONCE) -> bool:
        """End the thread once everything was called; False if that takes longer than `patience`.

        The thread is then left to itself, and ends with the program.
        """
        self.end_soon()
        self._thread.join(patience)
        if self._thread.is_alive():
            _log.info("%s did not end within %.0f s and was left", self._thread.name, patience)
        return not self._thread.is_alive()

    def _answer(
        self,
        call: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[VgdeskError], object],
    ) -> None:
        try:
            value = call()
        except VgdeskError as error:
            self._post_call(failed, error)
        except Exception as error:  # noqa: BLE001 - raised again where it is seen
            self._post_call(raise_again, error)
        else:
            self._post_call(done, value)

    def _post_call(self, call: Callable[[Any], object], value: Any) -> None:
        self._post(lambda: call(value))


def _work(calls: "SimpleQueue[Call | None]") -> None:
    while (call := calls.get()) is not None:
        call()
        del call  # what it holds must not wait for the next one


def raise_again(error: Exception) -> None:
    """Raise an error of a thread on the main thread, where the exception hook is."""
    raise error
