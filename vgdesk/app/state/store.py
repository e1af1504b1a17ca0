from collections.abc import Callable
from dataclasses import dataclass

from vgdesk.app.state.events import Events, SessionChanged
from vgdesk.core.model import Session

MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One edit: its name in the undo menu and the session on the far side of it."""

    label: str
    session: Session


class Store:
    """Holds the session. Only here is it replaced; each replacement has a name and can be undone.

    Sessions share what did not change, so keeping the earlier ones costs next to nothing.

    Attributes
    ----------
    opened
        How often one began anew: what was asked for before is nothing for the session of now.
    """

    def __init__(self, events: Events) -> None:
        self.opened = 0
        self._events = events
        self._session = Session()
        self._saved = self._session
        self._undo: list[Step] = []
        self._redo: list[Step] = []

    @property
    def session(self) -> Session:
        return self._session

    @property
    def undo_label(self) -> str:
        """What would be undone; empty if nothing can be."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        """What would be done again; empty if nothing can be."""
        return self._redo[-1].label if self._redo else ""

    @property
    def has_unsaved_edits(self) -> bool:
        return self._session is not self._saved

    def apply(self, label: str, edit: Callable[[Session], Session]) -> None:
        """Replace the session by an edited one; an edit that changes nothing is no step."""
        edited = edit(self._session)
        if edited is self._session:
            return
        self._undo = [*self._undo[-MOST_STEPS + 1 :], Step(label, self._session)]
        self._redo = []
        self._replace(edited, label)

    def undo(self) -> None:
        if self._undo:
            step = self._undo.pop()
            self._redo.append(Step(step.label, self._session))
            self._replace(step.session, f"Undo {step.label}")

    def redo(self) -> None:
        if self._redo:
            step = self._redo.pop()
            self._undo.append(Step(step.label, self._session))
            self._replace(step.session, f"Redo {step.label}")

    @property
    def last_saved(self) -> Session:
        """The session as it was saved or opened; what differs from it are the unsaved edits."""
        return self._saved

    @property
    def earlier(self) -> tuple[Session, ...]:
        """Every session that undo or redo leads to."""
        return tuple(step.session for step in (*self._undo, *self._redo))

    def open(self, session: Session, label: str, *, saved: Session | None = None) -> None:
        """Start over with another session, from which no step leads back.

        Parameters
        ----------
        saved
            The session as it is saved, if that is another one.
        """
        self.opened += 1
        self._undo, self._redo = [], []
        self._saved = session if saved is None else saved
        self._replace(session, label)

    def saved(self, session: Session, *, of: Session | None = None) -> None:
        """Take over the session as it was saved: the same edits, its takes now in the project.

        Earlier sessions keep pointing at the files where the takes were before; those stay.

        Parameters
        ----------
        of
            What it was when saving began. If it was edited since, or undone, that stands and is
            not saved.
        """
        self._saved = session
        is_edited = of is not None and self._session is not of
        self._replace(self._session if is_edited else session, "Save")

    def _replace(self, session: Session, label: str) -> None:
        before, self._session = self._session, session
        self._events.session_changed.publish(SessionChanged(before, session, label))
