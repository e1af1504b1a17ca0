"""Differences between successive lists, and caches that are updated by them.

While words are recorded, each list is the previous one plus one row. Rows are identified by their
keys (`LayerStack.keys`): equal keys mean equal vectors. So a measure can cache its results for the
rows that stay, and process only those that are new or deleted. A cache may be dropped at any time;
without it everything is recomputed.
"""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np

from vgdesk.core.arrays import Places

Keys = tuple[Hashable, ...]
State = TypeVar("State")


@dataclass(frozen=True, slots=True, eq=False)
class RowChange:
    """How the rows of a list changed.

    Attributes
    ----------
    before, after
        The old and the new index of each row that stays.
    gone, new
        The old indices of deleted rows, and the indices of new ones. A changed row is in both.
    """

    before: Places
    after: Places
    gone: Places
    new: Places


@lru_cache(maxsize=2)  # called for every layer
def row_change(old: Keys, new: Keys) -> RowChange:
    """Compare the keys of two lists; of equal keys, as many rows stay as both lists have."""
    was = {key: place for place, key in enumerate(_numbered(old))}
    found = [was.pop(key, -1) for key in _numbered(new)]
    before = np.array(found, np.intp)
    is_new = before < 0
    gone = np.array(list(was.values()), np.intp)
    return RowChange(before[~is_new], np.flatnonzero(~is_new), gone, np.flatnonzero(is_new))


def _numbered(keys: Keys) -> list[tuple[Hashable, int]]:
    """Make equal keys distinct by numbering them."""
    seen: Counter[Hashable] = Counter()
    numbered = []
    for key in keys:
        numbered.append((key, seen[key]))
        seen[key] += 1
    return numbered


class IncrementalCache(Generic[State]):
    """A cache of the newest state of each of the last few things computed.

    Parameters
    ----------
    most
        The maximum number of things.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._states: dict[Hashable, tuple[Keys, State]] = {}

    def find(self, thing: Hashable, keys: Keys) -> tuple[State, RowChange] | None:
        """Return the cached state of a thing, and how its rows have changed since."""
        if thing not in self._states:
            return None
        old, state = self._states[thing]
        return state, row_change(old, keys)

    def find_same(self, thing: Hashable, keys: Keys) -> State | None:
        """Return the cached state of a thing if its rows are the same, in the same order."""
        old, state = self._states.get(thing, ((), None))
        return state if old == keys else None

    def get_or_compute(self, thing: Hashable, keys: Keys, make: Callable[[], State]) -> State:
        """Return the cached state of the same rows, or compute it; without keys cache nothing."""
        state = self.find_same(thing, keys) if keys else None
        if state is None:
            state = make()
        if keys:
            self.keep(thing, keys, state)  # a cached one becomes the newest
        return state

    def keep(self, thing: Hashable, keys: Keys, state: State) -> None:
        """Replace the cached state."""
        self._states.pop(thing, None)
        self._states[thing] = keys, state  # the newest is the last
        while len(self._states) > self._most:
            del self._states[next(iter(self._states))]

    def drop(self) -> None:
        """Clear the cache."""
        self._states.clear()
