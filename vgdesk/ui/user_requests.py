from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from vgdesk.app.workspace import Workspace
from vgdesk.core.model import Cell, EncoderId, TakeId, WordId
from vgdesk.core.viewing import Selection, Shown, ViewRecipe


class UserRequests(QObject):
    """Everything that a click in a panel or view can change: selection, recipe, words and takes.

    Widgets only send signals; controllers connect them to these methods.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._view_state = workspace.view_state

    @property
    def recipe(self) -> ViewRecipe:
        return self._view_state.recipe

    @property
    def selection(self) -> Selection:
        return self._view_state.selection

    @property
    def reduced_motion(self) -> bool:
        return self._workspace.settings.reduced_motion

    # Selection

    def choose_word(self, word: str) -> None:
        self._view_state.select(WordId(word))

    def choose_words(self, words: Sequence[WordId]) -> None:
        """Select only these words; the first is the primary one."""
        self._view_state.select(*words)

    def choose_pair(self, one: str, other: str) -> None:
        self._view_state.select(WordId(one), WordId(other))

    def choose_labels(self, labels: list[str]) -> None:
        """Select the words with one of these labels; the empty label selects unlabelled words."""
        words, column = self._workspace.session.words.values(), self.recipe.label_column
        self._view_state.select(*(w.id for w in words if w.labels.get(column, "") in labels))

    def choose_take(self, take: str) -> None:
        """Inspect a take."""
        found = self._workspace.session.takes[TakeId(take)]
        self._view_state.choose_take(found.word, found.id)

    def choose_row(self, word: str, row: str) -> None:
        """Select a word, and inspect the take if the row is one."""
        self._view_state.select(WordId(word))
        if row in self._workspace.session.takes:
            self._view_state.choose_take(WordId(word), TakeId(row))

    def toggle_word(self, word: str) -> None:
        self._view_state.toggle(WordId(word))

    def hover(self, word: str) -> None:
        """Highlight a word under the pointer; none if the text is empty."""
        self._view_state.hover(WordId(word) if word else None)

    def select_all(self) -> None:
        self._view_state.select(*self._workspace.session.words)

    def clear_selection(self) -> None:
        self._view_state.select()

    def step_word(self, step: int) -> None:
        """Move along the list from the primary word."""
        self._view_state.step_word(self._workspace.session, step)

    # Recipe

    def change_recipe(self, change: Callable[[ViewRecipe], ViewRecipe]) -> None:
        """Change the recipe."""
        self._view_state.change(change)

    def compare(self, a: Cell, b: Cell) -> None:
        self._view_state.compare(a, b)

    def show(self, shown: Shown) -> None:
        """Show the words of A, of B, or their difference."""
        self._view_state.change(lambda recipe: replace(recipe, shown=shown))

    def choose_layer(self, layer: int) -> None:
        """Show this layer of the cell in focus."""
        self._view_state.choose_layer(self.recipe.focus, layer)

    def choose_layers(self, a_layer: int, b_layer: int) -> None:
        """Show these layers of the two compared cells."""
        a, b = self.recipe.a, self.recipe.b
        self._view_state.change(lambda r: r.with_layer(a, a_layer).with_layer(b, b_layer))

    def choose_layer_of(self, encoder: EncoderId, layer: int) -> None:
        """Show this layer in every cell with this encoder."""
        encoders = self._workspace.session.encoders
        for cell in [cell for cell in Cell if encoders.get(cell) == encoder]:
            self._view_state.choose_layer(cell, layer)

    def choose_label_column(self, column: str) -> None:
        self._view_state.change(lambda recipe: replace(recipe, label_column=column))

    def choose_pooling(self, pooling: str) -> None:
        self._view_state.change(lambda recipe: replace(recipe, pooling=pooling))

    def show_floors(self, is_on: bool) -> None:
        """Show or hide untrained twins and baselines in the curves."""
        self._view_state.change(lambda recipe: replace(recipe, floors=is_on))

    def show_differences(self, is_on: bool) -> None:
        """Show B minus A in the curves, or the curve of each encoder."""
        self._view_state.change(lambda recipe: replace(recipe, differences=is_on))

    def choose_smallest_effect(self, effect: float) -> None:
        """Test where differences are smaller than this; nowhere if it is 0."""
        self._view_state.change(lambda recipe: replace(recipe, smallest_effect=effect))

    def toggle_published(self) -> None:
        self._view_state.toggle_published()

    def show_part(self, rows: list[str]) -> None:
        """Show only these rows of a long list; all rows if empty."""
        self._workspace.pipeline.show_part(rows)

    def refit_map(self) -> None:
        self._workspace.pipeline.refit_map()

    # Edits

    def delete(self, words: Sequence[WordId], takes: Sequence[TakeId]) -> None:
        self._workspace.editor.delete(frozenset(words), frozenset(takes))

    def delete_take(self, take: str) -> None:
        self._workspace.editor.delete(frozenset(), frozenset({TakeId(take)}))

    def label(self, words: list[WordId], column: str, value: str) -> None:
        self._workspace.editor.label(words, column, value)

    def trim(self, take: str, start: float, end: float) -> None:
        self._workspace.editor.trim(TakeId(take), start, end)

    def find_word_in(self, take: str) -> None:
        """Trim a take to the word that voice activity finds in it."""
        self._workspace.sounds.find_word(TakeId(take), self._workspace.editor.trim)

    # Playback

    def play(self, words: Sequence[WordId]) -> None:
        self._workspace.sounds.play(words)

    def play_primary(self, *_asked: object) -> None:
        """Play the primary word if there is one."""
        if self.selection.primary is not None:
            self._workspace.sounds.play([self.selection.primary])

    def play_if_recorded(self, word: str) -> None:
        """Play a word if it has a recording."""
        if self._workspace.session.takes_of(WordId(word)):
            self._workspace.sounds.play([WordId(word)])

    def play_part(self, take: str, is_end: bool, seconds: float) -> None:
        """Play some seconds at the start or the end of a take."""
        self._workspace.sounds.play_part(TakeId(take), seconds, is_end=is_end)
