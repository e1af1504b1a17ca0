"""The measures as a list for the command line and as a documentation page."""

from vgdesk.analyses import ANALYSES, of_kind
from vgdesk.analyses.base import Analysis, Kind

HEADINGS = {
    Kind.LAYERS: ("Between layers", "`vgdesk compare`, the layer heatmap"),
    Kind.CURVE: ("Across layers", "`vgdesk score`, the layer curve"),
    Kind.WORDS: ("Between words", "`vgdesk words`, the word heatmap"),
    Kind.MAP: ("Maps", "`vgdesk map`, the cluster map"),
    Kind.CHANGES: ("Changes", "`vgdesk changes`, the list of changed words"),
    Kind.CONFUSION: ("Confusions", "`vgdesk confusions`, the heatmap of labels"),
    Kind.GATING: ("Gating", "`vgdesk gate`, the gating view"),
}
INTRODUCTION = """# Measures

Every score is shown with its chance level, its number of words and its random seed. False
discovery rates (q) are corrected for all layers, or pairs of layers, that were compared; a value
with q > .05 does not differ from chance. Chance levels and intervals are computed over words, never
over takes or pairs. This page is printed by `vgdesk measures --markdown`.
"""


def measures_list() -> str:
    """Return one line per measure."""
    lines = [f"{m.id}\t{m.kind.value}\t{m.title}\t{m.explains}" for m in ANALYSES.values()]
    return "\n".join(lines) + "\n"


def measures_page() -> str:
    """Return the documentation page of all measures."""
    parts = [INTRODUCTION]
    for kind, (heading, where) in HEADINGS.items():
        parts.append(f"## {heading}\n\nWhere: {where}.\n")
        parts += [_entry(measure) for measure in of_kind(kind)]
    return "\n".join(parts)


def _entry(measure: Analysis) -> str:
    return (
        f"### {measure.title} (`{measure.id}`)\n\n"
        f"{measure.explains} {measure.reading} {measure.avoid}\n\n"
        f"- Formula: `{measure.formula}`\n"
        f"- Source: {measure.source}.\n"
        f"- Needs at least {measure.min_words} words.\n"
    )
