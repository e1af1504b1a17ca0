from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.details import GatingResult, LabelConfusions, NeighbourChanges
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import Facts
from vgdesk.core.gates import Heard
from vgdesk.core.results import LayerCurve, LayerSimilarity, WordMap, WordSimilarity
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows


class Kind(Enum):
    """The input of an analysis, which also decides the view of its result."""

    LAYERS = "layers"
    WORDS = "words"
    MAP = "map"
    CURVE = "curve"
    CHANGES = "changes"
    GATING = "gating"
    CONFUSION = "confusion"


@dataclass(frozen=True, slots=True)
class Analysis:
    """One entry of the catalogue; each kind below says what `compute` takes and returns.

    `compute` depends on its arguments only: the seed determines all random numbers.

    Attributes
    ----------
    title
        Short, for a menu.
    explains
        The question it answers, in one sentence for a tooltip.
    reading
        How to read the number, in one sentence.
    avoid
        When not to use it, in one sentence.
    formula
        The definition, on one line.
    source
        Reference: author, year, title.
    min_words
        With fewer rows `compute` raises a TooFewWordsError.
    """

    kind: ClassVar[Kind]

    id: str
    title: str
    explains: str
    reading: str
    avoid: str
    formula: str
    source: str
    min_words: int
    compute: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class LayerAnalysis(Analysis):
    """Compares every layer of one stack with every layer of another.

    Both have the same rows in the same order; `dim` may differ.

    Attributes
    ----------
    uses_facts
        Whether it uses the facts about the words; the others need not be recomputed when facts
        change.
    """

    kind = Kind.LAYERS
    compute: Callable[[LayerStack, LayerStack, Facts, int], LayerSimilarity]
    uses_facts: bool = False


@dataclass(frozen=True, slots=True)
class WordAnalysis(Analysis):
    """Compares all rows of one layer, given by its index, with each other.

    Attributes
    ----------
    vectors
        Turns rows into vectors whose dot products are the similarities, or whose Euclidean
        distances are the distances; used to summarise a list too long to show every pair.
    is_distance
        Whether small values mean similar words.
    """

    kind = Kind.WORDS
    compute: Callable[[LayerStack, int], WordSimilarity]
    vectors: Callable[[FloatArray], Doubles]
    is_distance: bool = False


@dataclass(frozen=True, slots=True)
class MapAnalysis(Analysis):
    """Places every row of one layer in the plane.

    The third argument names the rows that the axes are fitted to (None: all). Other rows are
    placed afterwards and move no other point. If no named row is present, all rows are fitted.
    `uses_facts` is as in `LayerAnalysis`.

    Attributes
    ----------
    draft
        For a map on which new rows take a while to settle: returns their starting points at once,
        or None if that would take as long. Called like `compute`.
    """

    kind = Kind.MAP
    compute: Callable[[LayerStack, int, frozenset[str] | None, Facts, int], WordMap]
    uses_facts: bool = False
    draft: Callable[[LayerStack, int, frozenset[str] | None, Facts, int], WordMap | None] | None = (
        None
    )


@dataclass(frozen=True, slots=True)
class CurveAnalysis(Analysis):
    """Scores every layer by facts about its rows; returns one curve, or one per series.

    The seed draws the shuffles of the chance band, and words where the interval needs a sample.

    Attributes
    ----------
    rows
        What one row of the stack is: a word (the mean of its takes) or a take.
    uses_labels
        Whether the score uses the chosen label column; rows of words without a label are left out.
    has_series
        Whether it returns several curves per encoder, so that one encoder is shown at a time.
    is_error
        Whether lower scores are better.
    """

    kind = Kind.CURVE
    compute: Callable[[LayerStack, Facts, int], tuple[LayerCurve, ...]]
    rows: Rows = Rows.WORDS
    uses_labels: bool = True
    has_series: bool = False
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ChangeAnalysis(Analysis):
    """Finds the words that change most from a layer of one stack to a layer of another.

    Both have the same rows in the same order; `dim` may differ.
    """

    kind = Kind.CHANGES
    compute: Callable[[LayerStack, int, LayerStack, int, Facts, int], NeighbourChanges]


@dataclass(frozen=True, slots=True)
class GatingAnalysis(Analysis):
    """Says how much of a gated word is needed to recognise it.

    Takes the stack of the gates (one row per gate), the stack of all takes of the list, the heard
    word, and the layer whose competitors are listed.
    """

    kind = Kind.GATING
    compute: Callable[[LayerStack, LayerStack, Heard, int, Facts, int], GatingResult]


@dataclass(frozen=True, slots=True)
class ConfusionAnalysis(Analysis):
    """Finds which labels are confused with each other in one layer, given by its index."""

    kind = Kind.CONFUSION
    compute: Callable[[LayerStack, int, Facts, int], LabelConfusions]


def need_words(needed: int, found: int) -> None:
    """Raise an error if there are fewer rows than an analysis needs."""
    if found < needed:
        raise TooFewWordsError.of(needed=needed, found=found)


def need_same_rows(a: LayerStack, b: LayerStack) -> None:
    """Raise an error if the rows of two stacks do not match."""
    if a.rows != b.rows:
        raise ValueError(f"{a.encoder}, {b.encoder}: rows must be the same in the same order")
