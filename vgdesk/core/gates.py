"""Gating: words of which only a part is heard, how much and which part."""

from dataclasses import dataclass
from enum import Enum
from math import ceil

from vgdesk.core.model import WordId
from vgdesk.core.stack import LayerStack

SHORTEST = 0.1  # s; the first gate
STEP = 0.05  # s between gates, or more if there would be too many gates
MOST = 24  # gates
GRAIN = 0.01  # s; longer steps are whole multiples of it
ROUNDING = 1e-9


class Condition(Enum):
    """The part of a word that is heard; all but the first are controls."""

    START = "start"
    END = "end"
    PADDED = "padded"
    FADED = "faded"

    @property
    def title(self) -> str:
        return TITLES[self]


TITLES = {
    Condition.START: "from the start",
    Condition.END: "from the end",
    Condition.PADDED: "from the start, then silence",
    Condition.FADED: "from the start, fading out",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A word heard through a series of gates.

    Attributes
    ----------
    take
        Id of the gated take, which need not be in the list.
    times
        The duration heard at each gate, in seconds; at the last one the whole word.
    """

    word: WordId
    take: str
    condition: Condition
    times: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    """Vectors of a word at its gates; the stack has a row for each of `heard`."""

    heard: Heard
    stack: LayerStack


def gate_times(seconds: float) -> tuple[float, ...]:
    """Return the duration heard at each gate for a word of this length, in seconds.

    The last gate is the whole word; the step to it is between half a step and one and a half.
    """
    room = max(seconds - SHORTEST, 0.0)
    step = max(STEP, GRAIN * ceil(room / (MOST - 1) / GRAIN - ROUNDING))
    count = int(room / step + 0.5 + ROUNDING)
    return (*(round(SHORTEST + step * i, 6) for i in range(count)), seconds)
