"""The figures of `vgdesk reproduce`, drawn with matplotlib (used only here)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vgdesk.app.commands.study.panels import Depth, Line, Panel
from vgdesk.app.commands.study.published import LAYERS
from vgdesk.core.arrays import Doubles, Mask

# Lines are also distinguished by dashes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999999")
DASHES = ("-", "--", "-.", ":")
GREYS = ("0.3", "0.65")  # of the study's own lines
COLUMNS = 2
WIDTH, HEIGHT = 4.8, 4.9  # inches of one panel
DPI = 200
HOLLOW = "Hollow points lie inside the chance band of their line."


def draw(panels: Sequence[Panel], file: Path) -> None:
    """Draw the panels of one analysis two by two, as SVG and as PNG.

    Parameters
    ----------
    file
        Path without suffix.
    """
    height = -(-len(panels) // COLUMNS)
    figure = Figure((WIDTH * COLUMNS, HEIGHT * height), layout="constrained")
    figure.supxlabel(HOLLOW, fontsize=9)
    places = figure.subplots(height, COLUMNS, squeeze=False).ravel()
    names = list(dict.fromkeys(line.name for panel in panels for line in panel.lines))
    for axes, panel in zip(places, panels, strict=False):
        _draw_panel(axes, panel, names)
    for axes in places[len(panels) :]:
        axes.set_visible(False)
    for ending in (".svg", ".png"):
        figure.savefig(file.with_suffix(ending), dpi=DPI)


def is_inside_band(line: Line) -> Mask:
    """Return which points of a line lie inside its chance band."""
    curve = line.curve
    inside: Mask = (curve.chance_low <= curve.values) & (curve.values <= curve.chance_high)
    return inside


def _draw_panel(axes: Axes, panel: Panel, names: Sequence[str]) -> None:
    """Draw one plot; lines of one name look the same in all plots."""
    is_by_block = panel.depth is Depth.BLOCK
    axes.set_title(panel.heading, fontsize=9)
    axes.set_xlabel(
        "block" if is_by_block else "relative depth (0 first block, 1 last)", fontsize=9
    )
    if is_by_block:
        axes.locator_params(axis="x", integer=True)
    axes.tick_params(labelsize=8)
    axes.axhline(0, color="0.6", linewidth=0.8)
    for line in panel.lines:
        _draw_line(axes, line, names.index(line.name), is_by_block=is_by_block)
    for place, published in enumerate(panel.published):
        x, y = zip(*published.points, strict=True)
        depth = 1 + np.multiply(x, LAYERS - 1) if is_by_block else np.array(x)
        marker = "" if len(x) > 1 else "*"
        shade = GREYS[place // len(DASHES) % len(GREYS)]
        axes.plot(
            depth, y, color=shade, linestyle=DASHES[place % len(DASHES)], linewidth=0.9,
            marker=marker, markersize=9 - place, label=f"study: {published.name}",
        )  # fmt: skip
    if panel.lines or panel.published:
        axes.legend(fontsize=6.5, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.14))
    if panel.missing and not panel.lines:
        axes.text(0.5, 0.5, panel.missing, wrap=True, ha="center", transform=axes.transAxes)


def _draw_line(axes: Axes, line: Line, place: int, *, is_by_block: bool) -> None:
    """Draw a line with its band; word vectors, which have no depth, are level."""
    curve, colour = line.curve, COLOURS[place % len(COLOURS)]
    times = 1 if len(curve.layers) > 1 else 2
    names = ("values", "low", "high", "chance_low", "chance_high")
    values, low, high, chance_low, chance_high = (
        np.repeat(getattr(curve, name), times) for name in names
    )
    depth = _depths(len(values), is_by_block=is_by_block)
    axes.fill_between(depth, chance_low, chance_high, color=colour, alpha=0.12)
    axes.errorbar(
        depth, values, np.stack([values - low, high - values]), color=colour,
        linestyle=DASHES[place % len(DASHES)], marker="o", markersize=3.5, linewidth=1.6,
        elinewidth=0.8, label=f"{line.name} (n = {curve.trace.n})",
    )  # fmt: skip
    hollow = np.repeat(is_inside_band(line), times)
    axes.plot(
        depth[hollow], values[hollow], "o", color=colour, markerfacecolor="white",
        markersize=3.5, zorder=3,
    )  # fmt: skip


def _depths(layers: int, *, is_by_block: bool) -> Doubles:
    if is_by_block:
        return np.arange(1.0, layers + 1)
    return np.linspace(0, 1, layers)
