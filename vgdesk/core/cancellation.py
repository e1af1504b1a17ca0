"""Cancellation of long work whose result may no longer be needed.

The caller provides a check (`cancellable`); the work iterates over its layers, blocks, shuffles or
files with `until_cancelled`, and ends there once it is cancelled.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
Told = Callable[[int, int], object]
_is_wanted: ContextVar[Callable[[], bool]] = ContextVar("is_wanted", default=lambda: True)
_told: ContextVar[Told] = ContextVar("told", default=lambda _done, _total: None)


class CancelledError(Exception):
    """The work was cancelled. This is not an error and is not reported."""


@contextmanager
def cancellable(is_wanted: Callable[[], bool], told: Told | None = None) -> Iterator[None]:
    """Let the work inside check `is_wanted` from time to time.

    Parameters
    ----------
    told
        Called with the number of finished items and the total.
    """
    token, other = _is_wanted.set(is_wanted), _told.set(told or _told.get())
    try:
        yield
    finally:
        _is_wanted.reset(token)
        _told.reset(other)


def raise_if_cancelled() -> None:
    """Raise CancelledError if the result is no longer wanted."""
    if not _is_wanted.get()():
        raise CancelledError


def until_cancelled(things: Iterable[T], total: int = 0) -> Iterator[T]:
    """Iterate over items while the result is wanted.

    Parameters
    ----------
    total
        The number of items, if progress is to be reported.

    Raises
    ------
    CancelledError
        Before the next item, once it is no longer wanted.
    """
    for done, thing in enumerate(things):
        raise_if_cancelled()
        if total:
            _told.get()(done, total)
        yield thing
