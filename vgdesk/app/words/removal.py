from dataclasses import dataclass, replace
from pathlib import Path

from vgdesk.app.words.identifiers import highest_numbers
from vgdesk.core.model import Session, TakeId, WordId


@dataclass(frozen=True, slots=True)
class Removal:
    """What is deleted permanently, and which files stay although they belong to it.

    Attributes
    ----------
    speaker
        All data of this speaker is deleted; empty if the trash is emptied.
    takes
        In the list or in the trash.
    files
        Files that are deleted.
    shared
        Sound files that stay because somebody else's take lies in them, too.
    outside
        Sound files that stay because they are not in the project.
    nameless
        Files of the project that no take speaks of: nobody knows who is heard in them.
    is_interrupted
        It was begun before, and broke off; or the project only says so.
    """

    speaker: str
    takes: tuple[TakeId, ...] = ()
    files: tuple[Path, ...] = ()
    shared: tuple[Path, ...] = ()
    outside: tuple[Path, ...] = ()
    nameless: tuple[Path, ...] = ()
    is_interrupted: bool = False

    def with_nameless(self) -> "Removal":
        """Let the files that belong to nobody go, too."""
        return replace(self, files=(*self.files, *self.nameless), nameless=())

    def applied(self, session: Session) -> Session:
        """Return the session without what goes; only the numbers of the takes are remembered."""
        if self.speaker:
            left = session.without_speaker(self.speaker)
        else:
            kept = {k: v for k, v in session.trash.items() if k not in self.takes}
            left = replace(session, trash=kept)
        gone = {*session.takes, *session.trash} - {*left.takes, *left.trash}
        spent = {WordId(w): n for w, n in highest_numbers(gone, session.spent).items()}
        return replace(left, spent=spent)
