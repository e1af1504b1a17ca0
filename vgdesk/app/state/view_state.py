from collections.abc import Callable
from dataclasses import replace

from vgdesk.analyses import AS_PUBLISHED
from vgdesk.app.state.events import Events
from vgdesk.core.model import Cell, Session, TakeId, WordId
from vgdesk.core.viewing import Selection, Shown, ViewRecipe


class ViewState:
    """The selection and the view recipe. Neither is part of undo."""

    def __init__(self, events: Events, recipe: ViewRecipe) -> None:
        self._events = events
        self.recipe = recipe
        self.selection = Selection()

    def change(self, change: Callable[[ViewRecipe], ViewRecipe]) -> None:
        """Change the view recipe."""
        changed = change(self.recipe)
        if changed != self.recipe:
            self.recipe = changed
            self._events.recipe_changed.publish(changed)

    def select(self, *words: WordId) -> None:
        """Select exactly these words; the first is the primary one."""
        self._choose(self.selection.of(*words))

    def toggle(self, word: WordId) -> None:
        """Add a word to the selection, or remove it."""
        self._choose(self.selection.toggled(word))

    def hover(self, word: WordId | None) -> None:
        """Mark a word as hovered without selecting it."""
        self._choose(replace(self.selection, hovered=word))

    def choose_take(self, word: WordId, take: TakeId) -> None:
        """Select one take of a word."""
        words = self.selection.words if word in self.selection.words else (word,)
        self._choose(replace(self.selection, words=words, primary=word, take=take))

    def step_word(self, session: Session, step: int) -> None:
        """Move through the list from the primary word; stops at the ends."""
        words = tuple(session.words)
        if not words:
            return
        primary = self.selection.primary
        place = words.index(primary) + step if primary in words else 0
        self.select(words[max(0, min(place, len(words) - 1))])

    def choose_layer(self, cell: Cell, layer: int) -> None:
        """Show a layer of a cell."""
        self.change(lambda recipe: recipe.with_layer(cell, layer))

    def compare(self, a: Cell, b: Cell) -> None:
        """Compare two cells of the 2x2 and show the words of the first."""
        self.change(lambda recipe: replace(recipe, a=a, b=b, shown=Shown.A))

    def toggle_published(self) -> None:
        """Switch between the study's own measures and the corrected ones."""
        corrected = {published: measure for measure, published in AS_PUBLISHED.items()}
        is_published = {self.recipe.alignment, self.recipe.curve} & set(corrected)
        self.change(lambda r: r.with_measures(corrected if is_published else AS_PUBLISHED))

    def session_changed(self, session: Session) -> None:
        """Drop words from the selection that are no longer in the session."""
        chosen = self.selection
        words = tuple(word for word in chosen.words if word in session.words)
        if words != chosen.words:
            self._choose(replace(chosen.of(*words), hovered=None))
        elif chosen.take is not None and chosen.take not in session.takes:
            self._choose(replace(chosen, take=None))

    def _choose(self, selection: Selection) -> None:
        if selection != self.selection:
            self.selection = selection
            self._events.selection_changed.publish(selection)
