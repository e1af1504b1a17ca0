from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from vgdesk.analyses.letter_profile import LetterProfile
from vgdesk.analyses.retrieval_list import Finding
from vgdesk.app.removal import Removal
from vgdesk.audio.devices import Microphone
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Cell, Session, TakeId
from vgdesk.core.results import (
    GatingResult,
    LabelConfusions,
    LayerCurve,
    LayerSimilarity,
    NeighbourChanges,
    WordMap,
    WordOverview,
    WordSimilarity,
)
from vgdesk.core.viewing import Selection, ViewRecipe

T = TypeVar("T")


class Topic(Generic[T]):
    """One kind of event. Listeners run on the main thread in the order of subscription."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], object]] = []

    def subscribe(self, listener: Callable[[T], object]) -> Callable[[], None]:
        """Call `listener` with every later payload; returns a function to unsubscribe."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, payload: T) -> None:
        for listener in tuple(self._listeners):
            listener(payload)


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


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """An edit, an undo or redo, or an opened project."""

    before: Session
    after: Session
    label: str


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

    id: str
    title: str
    state: JobState
    done: int = 0
    total: int = 0
    detail: str = ""
    can_cancel: bool = True


class View(Enum):
    """The views in the centre of the window."""

    LAYERS = "layers"
    WORDS = "words"
    MAP = "map"
    CURVES = "curves"
    CHANGES = "changes"
    CONFUSIONS = "confusions"
    GATING = "gating"
    LETTERS = "letters"
    RETRIEVAL = "retrieval"


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a view is empty, and the action that fills it.

    Attributes
    ----------
    action, action_title
        Id of an action and the text of its button; empty if the user has to wait.
    """

    view: View
    reason: str
    action: str = ""
    action_title: str = ""


@dataclass(frozen=True, slots=True)
class CurvesReady:
    """The curves of all chosen encoders, in the order of the 2x2."""

    curves: tuple[LayerCurve, ...]


@dataclass(frozen=True, slots=True)
class CellProgress:
    """The number of takes or words of one cell that have vectors.

    Attributes
    ----------
    problem
        Why vectors are missing; empty if none failed.
    is_stopped
        True after a cancel.
    """

    done: int
    total: int
    problem: str = ""
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Embedded:
    """The progress of encoding.

    Attributes
    ----------
    pending
        Takes without vectors yet.
    failed
        Why a take could not be encoded.
    """

    cells: Mapping[Cell, CellProgress]
    pending: frozenset[TakeId] = frozenset()
    failed: Mapping[TakeId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Events:
    """All topics of the application."""

    session_changed: Topic[SessionChanged] = field(default_factory=Topic)
    recipe_changed: Topic[ViewRecipe] = field(default_factory=Topic)
    selection_changed: Topic[Selection] = field(default_factory=Topic)
    embedded: Topic[Embedded] = field(default_factory=Topic)
    layers_ready: Topic[LayerSimilarity] = field(default_factory=Topic)
    words_ready: Topic[WordSimilarity | WordOverview] = field(default_factory=Topic)
    map_ready: Topic[WordMap] = field(default_factory=Topic)
    curves_ready: Topic[CurvesReady] = field(default_factory=Topic)
    changes_ready: Topic[NeighbourChanges] = field(default_factory=Topic)
    confusions_ready: Topic[LabelConfusions] = field(default_factory=Topic)
    gating_ready: Topic[tuple[GatingResult, ...]] = field(default_factory=Topic)
    letters_ready: Topic[LetterProfile] = field(default_factory=Topic)
    retrieval_ready: Topic[Finding] = field(default_factory=Topic)
    view_missing: Topic[Missing] = field(default_factory=Topic)
    view_asked: Topic[View] = field(default_factory=Topic)
    job_changed: Topic[JobChanged] = field(default_factory=Topic)
    device_found: Topic[str] = field(default_factory=Topic)
    microphones_found: Topic[tuple[Microphone, ...]] = field(default_factory=Topic)
    removal_interrupted: Topic[Removal] = field(default_factory=Topic)
    notice: Topic[Notice] = field(default_factory=Topic)
