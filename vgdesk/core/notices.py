"""Sentences for the user."""

from dataclasses import dataclass
from enum import Enum

from vgdesk.core.errors import VgdeskError


class Level(Enum):
    """The severity of a notice."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for the user (what happened, what is safe) with a hint (what to do)."""

    message: str
    hint: str = ""
    level: Level = Level.INFO

    @classmethod
    def of(cls, error: VgdeskError) -> "Notice":
        return cls(error.message, error.hint, Level.ERROR)
