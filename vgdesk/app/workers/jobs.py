"""Work that takes long, as the Activity panel shows it."""

from dataclasses import dataclass
from enum import Enum


class JobState(Enum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobChanged:
    """Progress of one job as the Activity panel shows it.

    Attributes
    ----------
    done, total
        In the unit that the title names; a total of 0 means that it is not known.
    """

    id: str
    title: str
    state: JobState
    done: int = 0
    total: int = 0
    detail: str = ""
    can_cancel: bool = True
