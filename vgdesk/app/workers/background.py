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

AT_ONCE = 2.0  # seconds to wait on closing for threads that only read
UNTIL_WRITTEN = 30.0  # seconds to wait on closing for threads that write

_log = logging.getLogger("vgdesk")


class Background:
    """One thread for blocking calls to files and the sound system. Calls run in order.

    Errors that the user can act on go to `failed`; any other error is re-raised on the main
    thread for the exception hook.
    """

    def __init__(self, name: str, post: Post) -> None:
        self._post = post
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        # A daemon: a drive that does not answer must not keep the program from ending.
        self._thread = Thread(target=_work, args=(self._calls,), name=name, daemon=True)
        self._thread.start()
        weakref.finalize(self, self._calls.put, None)  # no thread is left behind if it is dropped

    def run(
        self,
        call: Callable[[], T],
        *,
        done: Callable[[T], object] = lambda _value: None,
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Run a call in the thread and post its result to the main thread."""
        self._calls.put(lambda: self._answer(call, done, failed))

    def run_each(
        self,
        values: Callable[[], Iterator[T]],
        *,
        each: Callable[[T], object],
        done: Callable[[None], object],
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Iterate in the thread and post each value as it comes."""

        def go_through() -> None:
            for value in values():
                self._post(lambda value=value: each(value))  # type: ignore[misc]

        self.run(go_through, done=done, failed=failed)

    def end_soon(self) -> None:
        """End the thread after the queued calls, without waiting for it."""
        self._calls.put(None)

    def close(self, patience: float = AT_ONCE) -> bool:
        """End the thread after the queued calls; False if that takes longer than `patience`.

        The thread then keeps running and ends with the program.
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
        except Exception as error:  # noqa: BLE001 - re-raised on the main thread
            self._post_call(raise_again, error)
        else:
            self._post_call(done, value)

    def _post_call(self, call: Callable[[Any], object], value: Any) -> None:
        self._post(lambda: call(value))


def _work(calls: "SimpleQueue[Call | None]") -> None:
    while (call := calls.get()) is not None:
        call()
        del call  # free its captured objects before waiting for the next call


def raise_again(error: Exception) -> None:
    """Raise an error of a thread on the main thread, for the exception hook."""
    raise error
