from dataclasses import dataclass, replace
from pathlib import Path

from vgdesk.app.words.identifiers import highest_numbers
from vgdesk.core.model import Session, TakeId, WordId


@dataclass(frozen=True, slots=True)
class Removal:
    """The plan of a permanent deletion, and the files that it keeps.

    Attributes
    ----------
    speaker
        All data of this speaker is deleted; empty if the trash is emptied.
    takes
        Takes in the list or in the trash.
    files
        Files that are deleted.
    shared
        Sound files that are kept because other takes use them.
    outside
        Sound files that are kept because they are outside the project.
    nameless
        Files of the project that no take uses, so their speaker is unknown.
    is_interrupted
        Whether it was interrupted earlier, according to the project.
    """

    speaker: str
    takes: tuple[TakeId, ...] = ()
    files: tuple[Path, ...] = ()
    shared: tuple[Path, ...] = ()
    outside: tuple[Path, ...] = ()
    nameless: tuple[Path, ...] = ()
    is_interrupted: bool = False

    def with_nameless(self) -> "Removal":
        """Also delete the files that no take uses."""
        return replace(self, files=(*self.files, *self.nameless), nameless=())

    def applied(self, session: Session) -> Session:
        """Return the session without the deleted takes; only their numbers are remembered."""
        if self.speaker:
            left = session.without_speaker(self.speaker)
        else:
            kept = {k: v for k, v in session.trash.items() if k not in self.takes}
            left = replace(session, trash=kept)
        gone = {*session.takes, *session.trash} - {*left.takes, *left.trash}
        spent = {WordId(w): n for w, n in highest_numbers(gone, session.spent).items()}
        return replace(left, spent=spent)
