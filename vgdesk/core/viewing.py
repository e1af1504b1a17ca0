"""The state of the views. None of this is an edit: it is saved, but not part of undo."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Self

from vgdesk.core.model import Cell, TakeId, WordId


class Rows(Enum):
    """What a row of the word heatmap and a point of the map represents."""

    WORDS = "words"
    TAKES = "takes"


class Order(Enum):
    """The order of the rows in the word heatmap."""

    LIST = "list"
    GROUP = "group"
    SIMILARITY = "similarity"


class Shown(Enum):
    """Which of the two compared encoders the word views show; a difference is B minus A."""

    A = "a"
    B = "b"
    DIFFERENCE = "difference"


class Search(Enum):
    """Queries and targets in the retrieval list."""

    A_IN_B = "a-in-b"
    B_IN_A = "b-in-a"
    VOICES = "voices"


@dataclass(frozen=True, slots=True)
class Selection:
    """The selection, shared by all views.

    Attributes
    ----------
    words
        The selected words, in the order of selection.
    primary
        The selected word that is played and inspected.
    take
        The inspected take of the primary word; None is its first.
    hovered
        The word under the pointer; only affects highlights.
    """

    words: tuple[WordId, ...] = ()
    primary: WordId | None = None
    take: TakeId | None = None
    hovered: WordId | None = None

    def of(self, *words: WordId) -> Self:
        """Select exactly these words; the first becomes the primary one."""
        return replace(self, words=words, primary=words[0] if words else None, take=None)

    def toggled(self, word: WordId) -> Self:
        """Add a word to the selection, or remove it."""
        if word in self.words:
            return self.of(*(other for other in self.words if other != word))
        return replace(self, words=(*self.words, word), primary=word, take=None)


@dataclass(frozen=True, slots=True)
class ViewRecipe:
    """Everything that decides what the views show.

    Attributes
    ----------
    a, b
        The two compared cells of the 2x2.
    shown
        The cell whose words are shown in the word heatmap and the map.
    layers
        The layer shown for each cell; 0 if none was chosen.
    alignment, words_measure, map_method, curve, changes
        Ids in the catalogue of analyses.
    search
        Words of A among those of B, the reverse, or words by a speaker among those of others.
    floors
        Whether the curves also show untrained twins and baselines.
    differences
        Whether the curves show B minus A instead.
    smallest_effect
        The smallest difference that matters, in units of the measure; 0 if unknown.
    label_column
        The label that colours, groups and scores the words.
    pooling
        How the vectors of the frames or tokens of a word become one vector.
    """

    a: Cell = Cell.SPEECH
    b: Cell = Cell.TEXT
    shown: Shown = Shown.A
    layers: Mapping[Cell, int] = field(default_factory=dict)
    alignment: str = "cka"
    words_measure: str = "cosine"
    map_method: str = "pca"
    curve: str = "silhouette"
    changes: str = "neighbour-changes"
    search: Search = Search.A_IN_B
    floors: bool = False
    differences: bool = False
    smallest_effect: float = 0.0
    label_column: str = "category"
    order: Order = Order.GROUP
    rows: Rows = Rows.WORDS
    pooling: str = "mean"
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", MappingProxyType(dict(self.layers)))

    @property
    def focus(self) -> Cell:
        """The cell whose layer the slider and the bracket keys move."""
        return self.b if self.shown is Shown.B else self.a

    @property
    def searched(self) -> tuple[Cell, Cell]:
        """The cells of queries and targets, where two encoders are compared."""
        return (self.b, self.a) if self.search is Search.B_IN_A else (self.a, self.b)

    def layer_of(self, cell: Cell) -> int:
        return self.layers.get(cell, 0)

    def with_measures(self, instead: Mapping[str, str]) -> Self:
        """Replace measures by others, by id."""
        return replace(
            self,
            alignment=instead.get(self.alignment, self.alignment),
            curve=instead.get(self.curve, self.curve),
        )

    def with_layer(self, cell: Cell, layer: int) -> Self:
        return replace(self, layers={**self.layers, cell: layer})
