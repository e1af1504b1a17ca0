"""Long work that nobody may want any more by the time it is half done.

Who runs it says whom to ask (`asking`); the work goes through its layers, blocks, shuffles or files
with `while_wanted`, and ends there once the answer is no.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
Told = Callable[[int, int], object]
_is_wanted: ContextVar[Callable[[], bool]] = ContextVar("is_wanted", default=lambda: True)
_told: ContextVar[Told] = ContextVar("told", default=lambda _done, _total: None)


class NotWantedError(Exception):
    """Ends work in the middle. Nothing went wrong, and nobody is told."""


@contextmanager
def asking(is_wanted: Callable[[], bool], told: Told | None = None) -> Iterator[None]:
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


def refuse_unwanted() -> None:
    """Raise NotWantedError if the result is not wanted any more."""
    if not _is_wanted.get()():
        raise NotWantedError


def while_wanted(things: Iterable[T], total: int = 0) -> Iterator[T]:
    """Go through things as long as the result is wanted.

    Parameters
    ----------
    total
        How many things there are, if progress is to be told.

    Raises
    ------
    NotWantedError
        Before the next thing, once it is not.
    """
    for done, thing in enumerate(things):
        refuse_unwanted()
        if total:
            _told.get()(done, total)
        yield thing
