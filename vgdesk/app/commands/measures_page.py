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

Every score is shown with its interval, its chance level, its number of words and its random seed.
How often intervals and chance levels are wrong was measured: see `docs/calibration.md`. This page
is printed by `vgdesk measures --markdown`.

A curve has one chance band for all its layers, which 5 % of all curves leave somewhere by chance.
Its q is the p of the largest distance from chance over the layers, two-sided: at most .05 exactly
where the score is outside the band, and never below 1 / (shuffles + 1). The q of pairs of layers is
a false discovery rate over all pairs, and one-sided: above .05 a value is not higher than chance.

The 95 % interval of most scores is that of a jackknife, which leaves out one word at a time, or one
of ten groups of words where something is fitted. It says how far the score would move with other
words of the same sort. Intervals of differences between scores are narrower than the two intervals
suggest, because the words are the same.

Two encoders are compared by the difference of their scores over the same words: `vgdesk
differences`, and *B − A* in the layer curve. Its interval is the jackknife of the difference, its p
that of Student's t, corrected for all layers by the largest |t| of differences that are as
correlated as these; points outside the band around 0 have a corrected p of at most .05. Up to 100
words both are conservative. The effect is the difference in standard deviations of chance. A
difference that is not found is not shown to be 0: with the smallest difference that matters, two
one-sided tests, corrected by Holm's method, tell where one as large is ruled out. A difference is
about these encoders and words of the same sort, and does not tell its cause: encoders that differ
in pictures may also differ in how much and how well they were trained. Measures that do not tell
how much each word contributes have no differences.

The unit is a word by a speaker. Its takes are repetitions and no independent evidence: they are
averaged first, and equal takes count once; a word is the mean of its speakers, so each voice weighs
the same. All takes of a word whose speaker is not known are by one unnamed voice; measures between
voices leave them out, and need two known speakers. Chance deals out words, or the words of a
speaker, with all their takes; intervals are over words. Where only takes by one speaker can be
compared with each other, the chance level says so: it tests whether takes of a word are alike.
Pair types as published compare single takes, as the study does; their chance level keeps the takes
of a word together.
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
