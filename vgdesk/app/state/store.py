from collections.abc import Callable
from dataclasses import dataclass

from vgdesk.app.state.events import Events, SessionChanged
from vgdesk.core.model import Session

MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One edit: its name in the undo menu and the session to return to."""

    label: str
    session: Session


class Store:
    """Holds the session, and is the only place that replaces it, with named and undoable edits.

    Sessions share unchanged parts, so keeping earlier ones takes little memory.

    Attributes
    ----------
    opened
        Number of times a session was opened; results requested before the last one are outdated.
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
        """Name of the edit to undo; empty if there is none."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        """Name of the edit to redo; empty if there is none."""
        return self._redo[-1].label if self._redo else ""

    @property
    def has_unsaved_edits(self) -> bool:
        return self._session is not self._saved

    def apply(self, label: str, edit: Callable[[Session], Session]) -> None:
        """Replace the session by an edited one; an edit without changes is not recorded."""
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
        """The session as last saved or opened; differences from it are unsaved edits."""
        return self._saved

    @property
    def earlier(self) -> tuple[Session, ...]:
        """All sessions in the undo and redo history."""
        return tuple(step.session for step in (*self._undo, *self._redo))

    def open(self, session: Session, label: str, *, saved: Session | None = None) -> None:
        """Replace the session and clear the undo history.

        Parameters
        ----------
        saved
            The session as saved, if different.
        """
        self.opened += 1
        self._undo, self._redo = [], []
        self._saved = session if saved is None else saved
        self._replace(session, label)

    def saved(self, session: Session, *, of: Session | None = None) -> None:
        """Adopt the session as saved: the same edits, with takes in the project folder.

        Earlier sessions keep the old paths of their takes; those files stay.

        Parameters
        ----------
        of
            The session when saving began. Later edits or undo steps are kept as unsaved.
        """
        self._saved = session
        is_edited = of is not None and self._session is not of
        self._replace(self._session if is_edited else session, "Save")

    def _replace(self, session: Session, label: str) -> None:
        before, self._session = self._session, session
        self._events.session_changed.publish(SessionChanged(before, session, label))
