"""The figures of `vgdesk reproduce`, drawn with matplotlib (used only here)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vgdesk.app.commands.study.reproduce import Panel

# Lines are also distinguished by dashes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999999")
DASHES = ("-", "--", "-.", ":")
COLUMNS = 2
WIDTH, HEIGHT = 4.8, 4.9  # inches of one panel
DPI = 200


def draw(panels: Sequence[Panel], file: Path) -> None:
    """Draw the panels of one analysis two by two, as SVG and as PNG.

    Parameters
    ----------
    file
        Path without suffix.
    """
    lines = -(-len(panels) // COLUMNS)
    figure = Figure((WIDTH * COLUMNS, HEIGHT * lines), layout="constrained")
    places = figure.subplots(lines, COLUMNS, squeeze=False).ravel()
    names = list(dict.fromkeys(name for panel in panels for name in panel.names))
    for axes, panel in zip(places, panels, strict=False):
        _draw_panel(axes, panel, names)
    for axes in places[len(panels) :]:
        axes.set_visible(False)
    for ending in (".svg", ".png"):
        figure.savefig(file.with_suffix(ending), dpi=DPI)


def _draw_panel(axes: Axes, panel: Panel, names: Sequence[str]) -> None:
    """Draw one plot; lines of one name look the same in all plots."""
    axes.set_title(f"{panel.title}, {panel.edition.value}", fontsize=10)
    axes.set_xlabel("relative depth (0 first block, 1 last)", fontsize=9)
    axes.tick_params(labelsize=8)
    axes.axhline(0, color="0.6", linewidth=0.8)
    for curve, name in zip(panel.curves, panel.names, strict=True):
        place = names.index(name)
        colour = COLOURS[place % len(COLOURS)]
        depth = np.linspace(0, 1, len(curve.layers)) if len(curve.layers) > 1 else np.zeros(1)
        axes.fill_between(depth, curve.chance_low, curve.chance_high, color=colour, alpha=0.12)
        reach = np.stack([curve.values - curve.low, curve.high - curve.values])
        style = DASHES[place % len(DASHES)]
        axes.errorbar(
            depth, curve.values, reach, color=colour, linestyle=style, marker="o",
            markersize=3.5, linewidth=1.6, elinewidth=0.8, label=f"{name} (n = {curve.trace.n})",
        )  # fmt: skip
    for place, line in enumerate(panel.published):
        x, y = zip(*line.points, strict=True)
        marker = "" if len(x) > 1 else "*"
        axes.plot(
            x, y, color="0.35", linestyle=DASHES[place % len(DASHES)], linewidth=0.9,
            marker=marker, markersize=9 - place, label=f"study: {line.name}",
        )  # fmt: skip
    if panel.curves or panel.published:
        axes.legend(fontsize=6.5, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.14))
    if panel.missing and not panel.curves:
        axes.text(0.5, 0.5, panel.missing, wrap=True, ha="center", transform=axes.transAxes)
