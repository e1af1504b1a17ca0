"""Output of `vgdesk reproduce`: tables, figures, and a page that explains them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from vgdesk import __version__
from vgdesk.app.commands.study.published import SUBSPACE_CORRELATION
from vgdesk.app.commands.study.reproduce import Panel, Request, normalisation
from vgdesk.app.commands.text_tables import CURVE_COLUMNS
from vgdesk.app.project.output_files import checked_folder, new_folder

HEADINGS = (
    "analysis", "edition", "measure", "line", "layer", *CURVE_COLUMNS, "n", "seed", "estimator",
    "interval",
)  # fmt: skip
FILES = ("results.tsv", "README.md", *(f"{a}.{e}" for a in "ABC" for e in ("tsv", "svg", "png")))
STUDY = """The study is Sauter, Zuidema and de Heer Kloots (2025), *The curious case of visual
grounding*, arXiv 2509.15837. It used other words and other, larger models: its values are drawn as
landmarks, not as a target. *As published* follows the study's own choices: the first subword of a
written word, takes instead of words, biased CKA, silhouettes along discriminants of the same words,
pairs of takes from five samples, a different stage of normalisation for the grounded speech model.
Intervals are Student's t, over repeats that leave out one category each (over the five samples for
pairs; alignment has no interval in the study and gets the same one here). *Corrected* uses sounder
choices: all subwords, words, debiased CKA, held-out discriminants, intervals over words, one
normalisation. Bands show the chance level."""


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a report.

    Attributes
    ----------
    related
        For speech and for text: correlation of subspace similarity and silhouette over layers.
    """

    request: Request
    panels: Sequence[Panel]
    related: Mapping[str, float]


def check_report(folder: Path, *, force: bool) -> None:
    """Raise VgdeskError if `write_report` would refuse the folder; call it before any work."""
    checked_folder(folder, FILES, force=force)


def write_report(target: Path, report: Report, *, force: bool = False) -> None:
    """Write everything into a new folder, atomically.

    Parameters
    ----------
    force
        Whether an existing folder may be replaced if it contains only an earlier report.

    Raises
    ------
    VgdeskError
        If the folder exists, or it cannot be written.
    """
    from vgdesk.app.commands.study.figures import draw

    with new_folder(target, FILES, force=force) as folder:
        (folder / "results.tsv").write_text(_results(report.panels), "utf-8")
        for name, found in groupby(report.panels, key=lambda panel: panel.analysis):
            of_analysis = tuple(found)
            (folder / f"{name}.tsv").write_text(_wide(of_analysis), "utf-8")
            draw(of_analysis, folder / name)
        page = _page(report.request, report.panels, report.related)
        (folder / "README.md").write_text(page, "utf-8")


def _results(panels: Sequence[Panel]) -> str:
    """Format one line per value, with its provenance."""
    lines = ["\t".join(HEADINGS)]
    for panel in panels:
        for name, curve in zip(panel.names, panel.curves, strict=True):
            columns = np.stack([getattr(curve, column) for column in CURVE_COLUMNS], axis=1)
            trace = curve.trace
            for layer, numbers in zip(curve.layers, columns, strict=True):
                head = (panel.analysis, panel.edition.value, curve.measure, name, layer)
                tail = (str(trace.n), str(trace.seed), trace.estimator, trace.interval)
                lines.append("\t".join([*head, *(f"{n:.4f}" for n in numbers), *tail]))
    return "\n".join(lines) + "\n"


def _wide(panels: Sequence[Panel]) -> str:
    """Format one line per curve and one column per layer, as in the study's tables."""
    layers = max((curve.layers for panel in panels for curve in panel.curves), key=len, default=())
    lines = ["\t".join(["measure", "edition", "line", *layers])]
    for panel in panels:
        for name, curve in zip(panel.names, panel.curves, strict=True):
            numbers = [f"{value:.3f}" for value in curve.values]
            lines.append("\t".join([curve.measure, panel.edition.value, name, *numbers]))
    return "\n".join(lines) + "\n"


def _page(request: Request, panels: Sequence[Panel], related: Mapping[str, float]) -> str:
    encoders = "\n".join(
        f"- {cell.title}: {spec.title} (`{spec.id}`, revision {spec.revision})"
        for cell, spec in request.encoders.items()
    )
    missing = [f"- {p.title}, {p.edition.value}: {p.missing}" for p in panels if p.missing]
    correlations = [
        f"- {name}: r = {r:+.2f} (study {SUBSPACE_CORRELATION[name]:+.2f})"
        for name, r in related.items()
    ]
    return f"""# The study's analyses, reproduced

vgdesk {__version__}; words: `{request.words}`, labels: {request.label}, seed {request.seed}.

{encoders}

{STUDY}

{normalisation(request)}

A is alignment (`A.tsv`, `A.svg`), B pairs of takes, C groups of words; `results.tsv` lists every
number with its interval, chance level and false discovery rate.

## Subspaces

Over the layers: the similarity of the discriminant subspaces of the grounded and the ungrounded
model (debiased CKA), correlated with the change in silhouette through grounding. With so few layers
this is descriptive only.

{chr(10).join(correlations) or "- not available for these words"}

## What could not be computed

{chr(10).join(missing) or "- nothing"}
"""
