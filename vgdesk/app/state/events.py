from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from vgdesk.app.words.removal import Removal
from vgdesk.app.workers.jobs import JobChanged
from vgdesk.audio.devices import Microphone
from vgdesk.core.details import (
    GatingResult,
    LabelConfusions,
    LetterProfile,
    NeighbourChanges,
    RetrievalList,
)
from vgdesk.core.model import Cell, Session, TakeId
from vgdesk.core.notices import Notice
from vgdesk.core.results import LayerCurve, LayerSimilarity, WordMap, WordOverview, WordSimilarity
from vgdesk.core.viewing import Selection, ViewRecipe

T = TypeVar("T")


class Topic(Generic[T]):
    """One kind of news. Everything happens on the main thread, in the order of subscribing."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], object]] = []

    def subscribe(self, listener: Callable[[T], object]) -> Callable[[], None]:
        """Call `listener` with every later payload; returns the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, payload: T) -> None:
        for listener in tuple(self._listeners):
            listener(payload)


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """An edit, its undoing or a project that was opened."""

    before: Session
    after: Session
    label: str


class View(Enum):
    """The views of the centre."""

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
    """Why a view is empty, and the one step that fills it.

    Attributes
    ----------
    action, action_title
        Id of an action, and what it is called here; empty if there is nothing to do but wait.
    """

    view: View
    reason: str
    action: str = ""
    action_title: str = ""


@dataclass(frozen=True, slots=True)
class CurvesReady:
    """The curves of all encoders that are chosen, in the order of the 2x2."""

    curves: tuple[LayerCurve, ...]


@dataclass(frozen=True, slots=True)
class CellProgress:
    """How many of the takes or words of one cell have their vectors.

    Attributes
    ----------
    problem
        Why some or all of them have none; empty if nothing is wrong.
    is_stopped
        True after a cancel.
    """

    done: int
    total: int
    problem: str = ""
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Embedded:
    """Where encoding stands.

    Attributes
    ----------
    pending
        Takes that still wait for a speech encoder.
    failed
        Why a take could not be encoded.
    """

    cells: Mapping[Cell, CellProgress]
    pending: frozenset[TakeId] = frozenset()
    failed: Mapping[TakeId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Events:
    """Everything that can be heard."""

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
    retrieval_ready: Topic[RetrievalList] = field(default_factory=Topic)
    view_missing: Topic[Missing] = field(default_factory=Topic)
    view_asked: Topic[View] = field(default_factory=Topic)
    job_changed: Topic[JobChanged] = field(default_factory=Topic)
    device_found: Topic[str] = field(default_factory=Topic)
    microphones_found: Topic[tuple[Microphone, ...]] = field(default_factory=Topic)
    removal_interrupted: Topic[Removal] = field(default_factory=Topic)
    notice: Topic[Notice] = field(default_factory=Topic)
