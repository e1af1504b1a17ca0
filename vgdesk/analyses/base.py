from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray
from vgdesk.core.details import GatingResult, LabelConfusions, NeighbourChanges
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import Facts
from vgdesk.core.gates import Heard
from vgdesk.core.results import LayerCurve, LayerSimilarity, WordMap, WordSimilarity
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows


class Kind(Enum):
    """What an analysis looks at, and with it the view that shows the result."""

    LAYERS = "layers"
    WORDS = "words"
    MAP = "map"
    CURVE = "curve"
    CHANGES = "changes"
    GATING = "gating"
    CONFUSION = "confusion"


@dataclass(frozen=True, slots=True)
class Analysis:
    """One entry of the catalogue; each kind below says what `compute` takes and gives.

    `compute` is a function of its arguments alone: the seed decides all random numbers.

    Attributes
    ----------
    title
        Short, for a menu.
    explains
        What it asks, in one sentence for a tooltip.
    reading
        How to read the number, in one sentence.
    avoid
        When not to use it, in one sentence.
    formula
        The definition, on one line.
    source
        Where it is from: author, year, title.
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
    """Compares every layer of one stack with every layer of another over the same rows.

    Attributes
    ----------
    uses_facts
        Whether it looks at what is known of the words; others need not be asked again, nor told,
        when that changes.
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
        distances are the distances: what a list too long to show every pair is summed up from.
    is_distance
        Whether a small number means alike.
    """

    kind = Kind.WORDS
    compute: Callable[[LayerStack, int], WordSimilarity]
    vectors: Callable[[FloatArray], NDArray[np.float64]]
    is_distance: bool = False


@dataclass(frozen=True, slots=True)
class MapAnalysis(Analysis):
    """Gives every row of one layer a place in the plane.

    The third argument names the rows that find the axes (None: all). Other rows are placed
    afterwards and move nobody. If none of the named rows is there, all rows find the axes.
    `uses_facts` is as in `LayerAnalysis`.

    Attributes
    ----------
    draft
        Of a map on which new rows take a while to settle: gives at once where they start, or None
        if that takes as long. It is called like `compute`.
    """

    kind = Kind.MAP
    compute: Callable[[LayerStack, int, frozenset[str] | None, Facts, int], WordMap]
    uses_facts: bool = False
    draft: Callable[[LayerStack, int, frozenset[str] | None, Facts, int], WordMap | None] | None = (
        None
    )


@dataclass(frozen=True, slots=True)
class CurveAnalysis(Analysis):
    """Scores every layer by what is known about its rows; gives one curve, or one a series.

    Attributes
    ----------
    rows
        What one row of the stack has to be: a word, its takes averaged, or a take.
    uses_labels
        Whether the score is about the chosen label column.
    has_series
        Whether it gives several curves an encoder, so that one encoder is shown at a time.
    is_error
        Whether a low score is a good one.
    """

    kind = Kind.CURVE
    compute: Callable[[LayerStack, Facts, int], tuple[LayerCurve, ...]]
    rows: Rows = Rows.WORDS
    uses_labels: bool = True
    has_series: bool = False
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ChangeAnalysis(Analysis):
    """Says which words changed from a layer of one stack to a layer of another."""

    kind = Kind.CHANGES
    compute: Callable[[LayerStack, int, LayerStack, int, Facts, int], NeighbourChanges]


@dataclass(frozen=True, slots=True)
class GatingAnalysis(Analysis):
    """Says what is recognised of a word that is heard through gates.

    Takes the stack of the gates, one row a gate, that of all takes of the list, what was heard,
    and the layer whose competitors are named.
    """

    kind = Kind.GATING
    compute: Callable[[LayerStack, LayerStack, Heard, int, Facts, int], GatingResult]


@dataclass(frozen=True, slots=True)
class ConfusionAnalysis(Analysis):
    """Says which labels are taken for each other in one layer, given by its index."""

    kind = Kind.CONFUSION
    compute: Callable[[LayerStack, int, Facts, int], LabelConfusions]


def need_words(needed: int, found: int) -> None:
    """Refuse to go on with fewer rows than an analysis can use."""
    if found < needed:
        raise TooFewWordsError.of(needed=needed, found=found)


def need_same_rows(a: LayerStack, b: LayerStack) -> None:
    """Refuse stacks that were not matched: rows would be compared with the wrong rows."""
    if a.rows != b.rows:
        raise ValueError(f"{a.encoder}, {b.encoder}: rows must be the same in the same order")
