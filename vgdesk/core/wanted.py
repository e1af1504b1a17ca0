"""Long work that nobody may want any more by the time it is half done.

Who runs it says whom to ask (`asking`); the work goes through its layers, blocks or shuffles with
`while_wanted`, and ends there once the answer is no.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
_is_wanted: ContextVar[Callable[[], bool]] = ContextVar("is_wanted", default=lambda: True)


class NotWantedError(Exception):
    """Ends work in the middle. Nothing went wrong, and nobody is told."""


@contextmanager
def asking(is_wanted: Callable[[], bool]) -> Iterator[None]:
    """Let work that is done inside ask `is_wanted` from time to time."""
    token = _is_wanted.set(is_wanted)
    try:
        yield
    finally:
        _is_wanted.reset(token)


def while_wanted(things: Iterable[T]) -> Iterator[T]:
    """Go through things as long as the result is wanted.

    Raises
    ------
    NotWantedError
        Before the next thing, once it is not.
    """
    for thing in things:
        if not _is_wanted.get()():
            raise NotWantedError
        yield thing
