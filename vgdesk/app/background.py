from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from vgdesk.app.child_process import Post
from vgdesk.core.errors import VgdeskError

T = TypeVar("T")


class Background:
    """One thread for what may wait: files and the sound system. Calls run in order.

    What the user can act on goes to `on_error`; any other error is raised again on the main
    thread, where the exception hook is.
    """

    def __init__(self, name: str, post: Post) -> None:
        self._post = post
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    def run(
        self,
        call: Callable[[], T],
        *,
        done: Callable[[T], object] = lambda _value: None,
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Call in the thread; the answer is posted to the main thread."""
        self._thread.submit(self._answer, call, done, failed)

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

    def close(self) -> None:
        """End the thread once everything was called: a save that waits must not be lost."""
        self._thread.shutdown(wait=True)

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
            self._post_call(_raise, error)
        else:
            self._post_call(done, value)

    def _post_call(self, call: Callable[[Any], object], value: Any) -> None:
        self._post(lambda: call(value))


def _raise(error: Exception) -> None:
    raise error
