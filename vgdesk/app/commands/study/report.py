"""Output of `vgdesk reproduce`: tables, figures, and a page that explains them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from vgdesk.app.commands.study.page import page_of
from vgdesk.app.commands.study.panels import Line, Panel
from vgdesk.app.commands.study.reproduce import Correlation
from vgdesk.app.commands.study.study_stacks import Request
from vgdesk.app.commands.text_tables import CURVE_COLUMNS, Q_ERRORS
from vgdesk.app.project.output_files import checked_folder, new_folder

HEADINGS = (
    "analysis", "edition", "measure", "line", "layer", *CURVE_COLUMNS, "n", "seed", "estimator",
    "interval", "compared", "partner", Q_ERRORS,
)  # fmt: skip
FILES = ("results.tsv", "README.md", *(f"{a}.{e}" for a in "ABC" for e in ("tsv", "svg", "png")))


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a report.

    Attributes
    ----------
    related
        Correlations of subspace similarity and silhouette over layers.
    """

    request: Request
    panels: Sequence[Panel]
    related: Sequence[Correlation]


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
        page = page_of(report.request, report.panels, report.related)
        (folder / "README.md").write_text(page, "utf-8")


def _results(panels: Sequence[Panel]) -> str:
    """Format one line per value, with its provenance."""
    lines = ["\t".join(HEADINGS)]
    for panel in panels:
        for line in panel.lines:
            lines += ["\t".join(cells) for cells in _rows(panel, line)]
    return "\n".join(lines) + "\n"


def _rows(panel: Panel, line: Line) -> Iterator[list[str]]:
    curve, trace = line.curve, line.curve.trace
    columns = {name: [f"{n:.4f}" for n in getattr(curve, name)] for name in CURVE_COLUMNS}
    if not trace.interval:
        columns |= dict.fromkeys(("low", "high"), [""] * len(curve.layers))
    errors = curve.q_errors()
    compared = panel.depth.value if panel.depth else ""
    for place, layer in enumerate(curve.layers):
        yield [
            panel.analysis,
            panel.edition.value,
            curve.measure,
            line.name,
            layer,
            *(cells[place] for cells in columns.values()),
            str(trace.n),
            str(trace.seed),
            trace.estimator,
            trace.interval,
            compared,
            line.partners[place] if line.partners else "",
            f"{errors[place]:.4f}",
        ]


def _wide(panels: Sequence[Panel]) -> str:
    """Format one line per curve and one column per layer, as in the study's tables.

    The columns are the layers of the deepest model; shorter lines end in empty cells.
    """
    every = [line for panel in panels for line in panel.lines]
    named = [tuple(dict.fromkeys(of)) for one in every for of in (one.curve.layers, one.partners)]
    layers = max(named, key=len, default=())
    lines = ["\t".join(["measure", "edition", "line", *layers])]
    for panel in panels:
        for line in panel.lines:
            numbers = [f"{value:.3f}" for value in line.curve.values]
            numbers += [""] * (len(layers) - len(numbers))
            edition = panel.heading.removeprefix(f"{panel.title}, ")
            lines.append("\t".join([line.curve.measure, edition, line.name, *numbers]))
    return "\n".join(lines) + "\n"
