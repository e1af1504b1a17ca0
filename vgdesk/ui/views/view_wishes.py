from dataclasses import replace

from PySide6.QtCore import QObject

from vgdesk.app.workspace import Workspace
from vgdesk.core.model import Cell, EncoderId, TakeId, WordId


class ViewWishes(QObject):
    """What a view can wish for: everything that a click in one may do to the workspace."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._view_state = workspace.view_state

    @property
    def reduced_motion(self) -> bool:
        return self._workspace.settings.reduced_motion

    def choose_word(self, word: str) -> None:
        self._view_state.select(WordId(word))

    def choose_words(self, words: list[WordId]) -> None:
        self._view_state.select(*words)

    def choose_pair(self, one: str, other: str) -> None:
        self._view_state.select(WordId(one), WordId(other))

    def choose_labels(self, labels: list[str]) -> None:
        """Select the words of some groups; words without a label are one of them, named empty."""
        column = self._view_state.recipe.label_column
        words = self._workspace.session.words.values()
        self._view_state.select(*(w.id for w in words if w.labels.get(column, "") in labels))

    def toggle_word(self, word: str) -> None:
        self._view_state.toggle(WordId(word))

    def hover(self, word: str) -> None:
        """Point at a word, or at none if the text is empty."""
        self._view_state.hover(WordId(word) if word else None)

    def choose_row(self, word: str, row: str) -> None:
        """Select a word, and the take if the row is one of it."""
        self._view_state.select(WordId(word))
        if row in self._workspace.session.takes:
            self._view_state.choose_take(WordId(word), TakeId(row))

    def choose_layers(self, a_layer: int, b_layer: int) -> None:
        """Look at these layers of the two cells that are compared."""
        recipe = self._view_state.recipe
        self._view_state.change(
            lambda r: r.with_layer(recipe.a, a_layer).with_layer(recipe.b, b_layer)
        )

    def choose_layer_of(self, encoder: EncoderId, layer: int) -> None:
        """Look at this layer in every cell with this encoder."""
        encoders = self._workspace.session.encoders
        for cell in [cell for cell in Cell if encoders.get(cell) == encoder]:
            self._view_state.choose_layer(cell, layer)

    def show_floors(self, is_on: bool) -> None:
        """Compute what trained encoders have to beat, too."""
        self._view_state.change(lambda recipe: replace(recipe, floors=is_on))

    def show_part(self, rows: list[str]) -> None:
        """Show some rows of a long list alone; none: all of them again."""
        self._workspace.pipeline.show_part(rows)

    def refit_map(self) -> None:
        self._workspace.pipeline.refit_map()

    def play(self, words: list[WordId]) -> None:
        self._workspace.play(words)

    def play_if_recorded(self, word: str) -> None:
        """Play a word; one without a recording is no mistake."""
        if self._workspace.session.takes_of(WordId(word)):
            self._workspace.play([WordId(word)])

    def play_part(self, take: str, is_end: bool, seconds: float) -> None:
        """Play some seconds from the start of a take, or those at its end."""
        self._workspace.play_part(TakeId(take), seconds, is_end=is_end)
