from collections.abc import Iterable
from dataclasses import replace

from vgdesk.app.state.store import Store
from vgdesk.app.words.pronunciation import with_typed_label
from vgdesk.core.counting import counted
from vgdesk.core.model import Session, TakeId, WordId


class Editor:
    """The edits that a user makes to words and takes; each is a step of the undo list."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def delete(self, words: frozenset[WordId], takes: frozenset[TakeId]) -> None:
        """Take words and takes out of the list; the sound files stay where they are."""
        what = counted(len(words), "word") if words else counted(len(takes), "take")
        self._store.apply(
            f"Delete {what}",
            lambda session: session.without_takes(takes).without_words(words),
        )

    def label(self, words: Iterable[WordId], column: str, value: str) -> None:
        """Give words a label, for example the category they belong to."""
        words = tuple(words)

        def labelled(session: Session) -> Session:
            for word in words:
                session = session.with_word(with_typed_label(session.words[word], column, value))
            return session

        self._store.apply(f"Label {counted(len(words), 'word')} “{value}”", labelled)

    def trim(self, take: TakeId, start: float, end: float) -> None:
        """Set which part of the recording is the word, in seconds; the recording stays whole."""
        trimmed = replace(self._store.session.takes[take], start=start, end=end)
        self._store.apply(f"Trim {take}", lambda session: session.with_take(trimmed))
