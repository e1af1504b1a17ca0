from collections.abc import Iterable, Sequence
from dataclasses import replace

from vgdesk.app.state.store import Store
from vgdesk.app.words.pronunciation import with_typed_label
from vgdesk.app.words.speakers import renamed
from vgdesk.core.counting import counted
from vgdesk.core.model import Session, Speaker, TakeId, WordId


class Editor:
    """Edits of words, takes and speakers; each is a step of the undo list."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def delete(self, words: frozenset[WordId], takes: frozenset[TakeId]) -> None:
        """Remove words and takes from the list; sound files are kept."""
        what = counted(len(words), "word") if words else counted(len(takes), "take")
        self._store.apply(
            f"Delete {what}",
            lambda session: session.without_takes(takes).without_words(words),
        )

    def label(self, words: Iterable[WordId], column: str, value: str) -> None:
        """Label words, for example with their category."""
        words = tuple(words)

        def labelled(session: Session) -> Session:
            for word in words:
                session = session.with_word(with_typed_label(session.words[word], column, value))
            return session

        self._store.apply(f"Label {counted(len(words), 'word')} “{value}”", labelled)

    def trim(self, take: TakeId, start: float, end: float) -> None:
        """Set the start and end of the word in seconds; the sound file is not changed."""
        trimmed = replace(self._store.session.takes[take], start=start, end=end)
        self._store.apply(f"Trim {take}", lambda session: session.with_take(trimmed))

    def restore(self, takes: Sequence[TakeId]) -> None:
        """Restore takes from the trash."""

        def restored(session: Session) -> Session:
            for take in takes:
                if take in session.trash:
                    session = session.with_restored(take)
            return session

        what = takes[0] if len(takes) == 1 else counted(len(takes), "take")
        self._store.apply(f"Restore {what}", restored)

    def add_speaker(self, name: str) -> None:
        speaker = Speaker(name)
        self._store.apply(f"Add speaker {name}", lambda session: session.with_speaker(speaker))

    def edit_speaker(self, speaker: Speaker) -> None:
        """Replace the facts about the speaker of this name."""
        label = f"Edit speaker {speaker.name}"
        self._store.apply(label, lambda session: session.with_speaker(speaker))

    def rename_speaker(self, old: str, new: str) -> None:
        """Rename a speaker and all their takes.

        Raises
        ------
        ValueError
            If a speaker already has the new name.
        """
        label = f"Rename speaker {old or 'unnamed'} to {new}"
        self._store.apply(label, lambda session: renamed(session, old, new))
