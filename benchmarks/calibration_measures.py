"""What the measures of the catalogue say about simulated words."""

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from benchmarks.calibration_world import Condition, Null, Simulated, simulate
from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import Analysis, CurveAnalysis, Kind
from vgdesk.core.details import LabelConfusions
from vgdesk.core.errors import VgdeskError
from vgdesk.core.results import LayerCurve, LayerSimilarity
from vgdesk.core.viewing import Rows

# Kinds whose results have p values or intervals.
KINDS = (Kind.LAYERS, Kind.CURVE, Kind.CONFUSION)
MEASURES = tuple(analysis for analysis in ANALYSES.values() if analysis.kind in KINDS)
# Measures of whether takes of one word, or of one voice, are alike. All others are about words.
NULLS = {
    "abx-words": Null(of_words=True),
    "retrieval-speakers": Null(of_words=True),
    "retrieval-rank": Null(of_words=True),
    "pair-types": Null(of_words=True, of_voices=True),
    "pair-types-published": Null(of_words=True, of_voices=True),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one line of a result says.

    Attributes
    ----------
    series
        The name of the line; empty where a measure has only one.
    q
        The smallest q value of all layers. With one layer this is p; with several, q <= alpha
        anywhere is a false discovery if there is no effect.
    value, low, high
        The score at the first layer, and its interval, if there is one.
    is_warned
        Whether the result says that it should not be trusted.
    """

    series: str
    q: float
    value: float
    low: float | None
    high: float | None
    is_warned: bool


def run(analysis: Analysis, condition: Condition, number: int) -> list[Finding] | str:
    """Simulate an experiment and ask a measure; its refusal is returned as a sentence.

    The same measure, condition and number give the same findings.
    """
    rng = np.random.default_rng([crc32(f"{analysis.id} {condition.name}".encode()), number])
    world = simulate(condition, NULLS.get(analysis.id, Null()), rng)
    try:
        results = computed(analysis, world, int(rng.integers(2**31)))
    except VgdeskError as refusal:
        return refusal.message
    return [finding for result in results for finding in _findings(result)]


def computed(
    analysis: Analysis, world: Simulated, seed: int
) -> tuple[LayerCurve | LayerSimilarity | LabelConfusions, ...]:
    """Run a measure as the program does: on words, or on takes if it says so."""
    takes, facts = world.takes[0], world.facts
    if isinstance(analysis, CurveAnalysis):
        rows = takes if analysis.rows is Rows.TAKES else world.words[0]
        curves: tuple[LayerCurve, ...] = analysis.compute(rows, facts, seed)
        return curves
    if analysis.kind is Kind.LAYERS:
        return (analysis.compute(*world.words, facts, seed),)
    return (analysis.compute(world.words[0], 0, facts, seed),)


def _findings(result: LayerCurve | LayerSimilarity | LabelConfusions) -> Iterator[Finding]:
    q = result.q_values
    if isinstance(result, LabelConfusions):
        q = q[result.is_asked]
    low, high = (getattr(result, name, None) for name in ("low", "high"))
    yield Finding(
        getattr(result, "series", ""),
        float(np.min(q)),
        float(np.ravel(result.values)[0]),
        None if low is None else float(np.ravel(low)[0]),
        None if high is None else float(np.ravel(high)[0]),
        bool(result.trace.warning),
    )
