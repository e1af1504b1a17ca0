from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from vgdesk.analyses.lexicon.ratings import RATINGS
from vgdesk.app.exchange.word_lists import open_words, with_words
from vgdesk.app.state.events import Events
from vgdesk.app.state.store import Store
from vgdesk.app.state.view_state import ViewState
from vgdesk.app.words.ratings_file import Rated, rated_pairs, read_ratings
from vgdesk.app.workers.background import Background
from vgdesk.core.counting import counted
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session


class ListManager:
    """Reads word lists and similarity ratings in the background."""

    def __init__(
        self, files: Background, store: Store, view_state: ViewState, events: Events
    ) -> None:
        self._files = files
        self._store = store
        self._view_state = view_state
        self._events = events

    def read(
        self,
        name: str,
        done: Callable[[Session], object],
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Read a built-in list or a file without adding it."""
        self._files.run(lambda: open_words(name), done=done, failed=failed)

    def add(self, name: str) -> None:
        """Add the words of a built-in list or a file, and select the first new one."""

        def add(found: Session) -> None:
            label = f"Add {counted(len(found.words), 'word')}"
            known = set(self._store.session.words)
            self._store.apply(label, lambda session: with_words(session, found))
            new = [word for word in self._store.session.words if word not in known]
            self._view_state.select(*new[:1])

        self.read(name, add, self._events.report)

    def add_prompts(self, words: Session) -> None:
        """Add words as prompts, with their labels; words that are there get the labels only."""
        before = self._store.session.words
        after = with_words(self._store.session, words).words
        if after != before:
            count = len(after) - len(before)
            label = f"Add {counted(count, 'prompt')}" if count else "Label prompts"
            self._store.apply(label, lambda session: with_words(session, words))

    def load_ratings(self, file: Path) -> None:
        """Replace the human similarity ratings of word pairs, and show their curve."""

        def take_over(rated: Rated) -> None:
            label = f"Load {counted(len(rated), 'similarity rating')}"
            self._store.apply(label, lambda session: replace(session, ratings=rated))
            pairs = counted(len(rated_pairs(self._store.session)), "pair")
            loaded = counted(len(rated), "rating")
            self._events.say(f"Loaded {loaded}; both words are in the list for {pairs}.")
            self._view_state.change(lambda recipe: replace(recipe, curve=RATINGS.id))

        self._files.run(lambda: read_ratings(file), done=take_over, failed=self._events.report)
