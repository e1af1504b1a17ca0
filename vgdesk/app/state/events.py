from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NewType, TypeVar

from vgdesk.app.words.removal import Removal
from vgdesk.app.workers.jobs import JobChanged
from vgdesk.audio.devices import Microphone
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Cell, Session, TakeId
from vgdesk.core.notices import Notice
from vgdesk.core.stack import Embedding
from vgdesk.core.viewing import Selection, ViewRecipe

T = TypeVar("T")
ViewId = NewType("ViewId", str)


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


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """An edit, an undo or redo, or an opened project."""

    before: Session
    after: Session
    label: str


@dataclass(frozen=True, slots=True)
class ViewResult:
    """What a view asked for: a value of `core.results` or `core.details`, or several of them."""

    view: ViewId
    value: Any


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a view is empty, and the action that fills it.

    Attributes
    ----------
    action, action_title
        Id of an action and the text of its button; empty if the user has to wait.
    """

    view: ViewId
    reason: str
    action: str = ""
    action_title: str = ""


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
    vector_ready: Topic[Embedding] = field(default_factory=Topic)
    gates_ready: Topic[TakeId] = field(default_factory=Topic)
    result_ready: Topic[ViewResult] = field(default_factory=Topic)
    view_missing: Topic[Missing] = field(default_factory=Topic)
    view_asked: Topic[ViewId] = field(default_factory=Topic)
    job_changed: Topic[JobChanged] = field(default_factory=Topic)
    device_found: Topic[str] = field(default_factory=Topic)
    microphones_found: Topic[tuple[Microphone, ...]] = field(default_factory=Topic)
    removal_interrupted: Topic[Removal] = field(default_factory=Topic)
    notice: Topic[Notice] = field(default_factory=Topic)

    def report(self, error: VgdeskError) -> None:
        """Show an error to the user."""
        self.notice.publish(Notice.of(error))

    def say(self, message: str, hint: str = "") -> None:
        """Show a message to the user."""
        self.notice.publish(Notice(message, hint))
