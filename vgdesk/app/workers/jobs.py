"""Work that takes long, as the Activity panel shows it."""

from dataclasses import dataclass
from enum import Enum


class JobKind(Enum):
    """What kind of work a job is, and so who can cancel it."""

    ENCODING = "encoding"
    DOWNLOAD = "download"
    IMPORT = "import"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class JobId:
    """Which job: a kind of work, and an encoder, a file or a task by name."""

    kind: JobKind
    name: str = ""

    @classmethod
    def of_files(cls, name: str) -> "JobId":
        """Return the id of work on files; a newer job of this name replaces an older one."""
        return cls(JobKind.FILES, name)


class JobState(Enum):
    """The state of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobChanged:
    """Progress of one job for the Activity panel.

    Attributes
    ----------
    done, total
        In the unit of the title; a total of 0 is unknown.
    """

    id: JobId
    title: str
    state: JobState
    done: int = 0
    total: int = 0
    detail: str = ""
    can_cancel: bool = True
