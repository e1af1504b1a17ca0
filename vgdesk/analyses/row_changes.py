"""How one list came from another, and what is kept to follow such steps.

While words are recorded each list is the last one and one more row. Rows are told by their keys
(`LayerStack.keys`): where keys are the same, vectors are. So a measure can keep what it found about
the rows that stay, and look only at those that are new or gone. What is kept is a cache: it may be
dropped at any time, and without it everything is computed anew.
"""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
Keys = tuple[Hashable, ...]
State = TypeVar("State")


@dataclass(frozen=True, slots=True, eq=False)
class RowChange:
    """What became of the rows of a list.

    Attributes
    ----------
    before, after
        Where each row that stays was, and where it is now.
    gone, new
        Where the rows that went away were, and where the new ones are. A row that changed is both.
    """

    before: Places
    after: Places
    gone: Places
    new: Places


@lru_cache(maxsize=2)  # asked for by every layer
def row_change(old: Keys, new: Keys) -> RowChange:
    """Compare the keys of two lists; of rows with the same key as many stay as both have."""
    was = {key: place for place, key in enumerate(_numbered(old))}
    found = [was.pop(key, -1) for key in _numbered(new)]
    before = np.array(found, np.intp)
    is_new = before < 0
    gone = np.array(list(was.values()), np.intp)
    return RowChange(before[~is_new], np.flatnonzero(~is_new), gone, np.flatnonzero(is_new))


def _numbered(keys: Keys) -> list[tuple[Hashable, int]]:
    """Tell rows of the same key apart by counting them."""
    seen: Counter[Hashable] = Counter()
    numbered = []
    for key in keys:
        numbered.append((key, seen[key]))
        seen[key] += 1
    return numbered


class IncrementalCache(Generic[State]):
    """The newest state of each of the last few things that were looked at.

    Parameters
    ----------
    most
        Of so many things a state is kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._states: dict[Hashable, tuple[Keys, State]] = {}

    def find(self, thing: Hashable, keys: Keys) -> tuple[State, RowChange] | None:
        """Return what is kept of a thing, and how its rows have changed since."""
        if thing not in self._states:
            return None
        old, state = self._states[thing]
        return state, row_change(old, keys)

    def find_same(self, thing: Hashable, keys: Keys) -> State | None:
        """Return what is kept of a thing if its rows are the same, in the same order."""
        old, state = self._states.get(thing, ((), None))
        return state if old == keys else None

    def get_or_compute(self, thing: Hashable, keys: Keys, make: Callable[[], State]) -> State:
        """Return what is kept of the same rows, or else make it; without keys nothing is kept."""
        state = self.find_same(thing, keys) if keys else None
        if state is None:
            state = make()
        if keys:
            self.keep(thing, keys, state)  # also the one that was found: it is the newest now
        return state

    def keep(self, thing: Hashable, keys: Keys, state: State) -> None:
        """Keep this state instead of the one before."""
        self._states.pop(thing, None)
        self._states[thing] = keys, state  # the newest is the last
        while len(self._states) > self._most:
            del self._states[next(iter(self._states))]

    def drop(self) -> None:
        """Forget everything."""
        self._states.clear()
