from collections.abc import Iterable, Sequence
from dataclasses import replace

from vgdesk.app.state.store import Store
from vgdesk.app.words.pronunciation import with_typed_label
from vgdesk.app.words.speakers import renamed
from vgdesk.core.model import Session, Speaker, TakeId, WordId


class Editor:
    """The edits that a user makes to words, takes and speakers; each is one step to undo."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def delete(self, words: frozenset[WordId], takes: frozenset[TakeId]) -> None:
        """Take words and takes out of the list; the sound files stay where they are."""
        count = len(words) or len(takes)
        what = ("word" if words else "take") + ("s" if count > 1 else "")
        self._store.apply(
            f"Delete {count} {what}",
            lambda session: session.without_takes(takes).without_words(words),
        )

    def label(self, words: Iterable[WordId], column: str, value: str) -> None:
        """Give words a label, for example the category they belong to."""
        words = tuple(words)

        def labelled(session: Session) -> Session:
            for word in words:
                session = session.with_word(with_typed_label(session.words[word], column, value))
            return session

        self._store.apply(f"Label {len(words)} words “{value}”", labelled)

    def trim(self, take: TakeId, start: float, end: float) -> None:
        """Set which part of the recording is the word, in seconds; the recording stays whole."""
        trimmed = replace(self._store.session.takes[take], start=start, end=end)
        self._store.apply(f"Trim {take}", lambda session: session.with_take(trimmed))

    def restore(self, takes: Sequence[TakeId]) -> None:
        """Take takes out of the trash."""

        def restored(session: Session) -> Session:
            for take in takes:
                if take in session.trash:
                    session = session.with_restored(take)
            return session

        what = takes[0] if len(takes) == 1 else f"{len(takes)} takes"
        self._store.apply(f"Restore {what}", restored)

    def add_speaker(self, name: str) -> None:
        speaker = Speaker(name)
        self._store.apply(f"Add speaker {name}", lambda session: session.with_speaker(speaker))

    def edit_speaker(self, speaker: Speaker) -> None:
        """Replace what is known about the speaker of this name."""
        label = f"Edit speaker {speaker.name}"
        self._store.apply(label, lambda session: session.with_speaker(speaker))

    def rename_speaker(self, old: str, new: str) -> None:
        """Rename a speaker and all their takes.

        Raises
        ------
        ValueError
            If there is a speaker of the new name.
        """
        label = f"Rename speaker {old or 'unnamed'} to {new}"
        self._store.apply(label, lambda session: renamed(session, old, new))
