"""Cancelling long work between two of its steps.

The caller says how to ask whether the result is still wanted (`cancellable`); the work goes through
its layers, blocks, shuffles or files with `until_cancelled`, and ends there once it is not.
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
    """Ends work in the middle. Nothing went wrong, and nobody is told."""


@contextmanager
def cancellable(is_wanted: Callable[[], bool], told: Told | None = None) -> Iterator[None]:
    """Let work that is done inside ask `is_wanted` from time to time.

    Parameters
    ----------
    told
        Is called with how many things are done, and how many there are.
    """
    token, other = _is_wanted.set(is_wanted), _told.set(told or _told.get())
    try:
        yield
    finally:
        _is_wanted.reset(token)
        _told.reset(other)


def raise_if_cancelled() -> None:
    """Raise CancelledError if the result is not wanted any more."""
    if not _is_wanted.get()():
        raise CancelledError


def until_cancelled(things: Iterable[T], total: int = 0) -> Iterator[T]:
    """Go through things as long as the result is wanted.

    Parameters
    ----------
    total
        How many things there are, if progress is to be told.

    Raises
    ------
    CancelledError
        Before the next thing, once it is not.
    """
    for done, thing in enumerate(things):
        raise_if_cancelled()
        if total:
            _told.get()(done, total)
        yield thing
