"""Gating of words as sentences and tables; no widgets."""

from collections.abc import Sequence

from vgdesk.core.details import GatingResult
from vgdesk.core.gates import Condition
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.views.descriptions.results import layer_name, made_by
from vgdesk.ui.widgets.data_table import Entry, Table

SHORT_TITLES = {
    Condition.START: "start",
    Condition.END: "end",
    Condition.PADDED: "start, silence",
    Condition.FADED: "start, fading",
}
ESTIMATE = "estimate: assumes phones of equal length"


def condition_title(result: GatingResult) -> str:
    """Return the title of a result's condition."""
    return Condition(result.condition).title


def ranks_of(result: GatingResult) -> list[float]:
    """Return the ranks in the displayed layer, gate by gate."""
    ranks: list[float] = result.ranks[result.layers.index(result.layer)].tolist()
    return ranks


def gate_readout(result: GatingResult, gate: int, legend: Legend) -> str:
    """Describe one gate."""
    ms, rank = 1000 * float(result.times[gate]), ranks_of(result)[gate]
    return (
        f"{legend.look_of(result.word).text}, {ms:.0f} ms {condition_title(result)}: rank "
        f"{rank:g} of {result.trace.n}; nearest others {_competitors(result, gate, legend)}"
    )


def gating_summary(results: Sequence[GatingResult], legend: Legend, title: str) -> str:
    """Describe when the word is recognised in each condition."""
    first = results[0]
    layer = layer_name(first.layer)
    word = legend.look_of(first.word).text
    return (
        f"n = {first.trace.n}. “{word}” ({first.take}) at {layer} of {title} stays first from: "
        f"{'; '.join(map(_recognised, results))}; chance rank {first.chance:g}. {_unique(first)} "
        f"{made_by(first.trace)}"
    )


def gating_table(results: Sequence[GatingResult], legend: Legend) -> Table:
    """List every gate of every condition."""
    rows: list[tuple[Entry, ...]] = [
        (
            condition_title(result),
            round(1000 * float(time)),
            float(rank),
            _competitors(result, gate, legend),
        )
        for result in results
        for gate, (time, rank) in enumerate(zip(result.times, ranks_of(result), strict=True))
    ]
    layer = results[0].layer if results else ""
    return Table(("heard", "ms", f"rank at {layer_name(layer)}", "nearest others"), rows)


def _recognised(result: GatingResult) -> str:
    at = result.recognised[result.layers.index(result.layer)]
    when = "never" if at is None else f"{1000 * at:.0f} of {1000 * float(result.times[-1]):.0f} ms"
    return f"{when} ({condition_title(result)})"


def _unique(result: GatingResult) -> str:
    if result.unique_at is None:
        return "No uniqueness point: its phones are unknown, or another word begins with them."
    ms = 1000 * result.unique_at
    return f"Uniqueness point: phone {result.unique_phone}, about {ms:.0f} ms ({ESTIMATE})."


def _competitors(result: GatingResult, gate: int, legend: Legend) -> str:
    return ", ".join(legend.look_of(word).text for word in result.competitors[gate])
