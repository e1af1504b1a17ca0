"""The content of a matrix view as numbers; no widgets."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray, Mask
from vgdesk.ui.style.theme import Theme, mixed

Pixels = NDArray[np.uint8]

FAINT_SHARE = 0.6


class Run(NamedTuple):
    """Neighbouring rows of one group."""

    start: int
    stop: int
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a matrix.

    Attributes
    ----------
    title
        Title of the rows or columns, such as the name of a model.
    runs
        The groups along the side, if any.
    is_turned
        Whether the labels are rotated.
    """

    labels: tuple[str, ...]
    title: str = ""
    runs: tuple[Run, ...] = ()
    is_turned: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether the labels are numbers, so that some may be left out."""
        return all(label.isdecimal() for label in self.labels)


@dataclass(frozen=True, slots=True)
class Bar:
    """The colour bar: the measure, its two ends and the chance range."""

    title: str
    low: str
    high: str
    chance: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MatrixPicture:
    """A matrix with everything needed to draw it.

    Attributes
    ----------
    values
        Shape [rows, columns]; NaN where not computed yet.
    masked
        Cells without meaning, or None.
    faint
        Cells that are shown lightened and dotted, or None.
    is_upward
        True if row 0 is at the bottom.
    """

    values: FloatArray
    limits: tuple[float, float]
    colours: str
    rows: Axis
    columns: Axis
    bar: Bar
    masked: Mask | None = None
    faint: Mask | None = None
    is_upward: bool = False


def runs_of(groups: list[tuple[str, str]]) -> tuple[Run, ...]:
    """Join adjacent members of one group (name and colour) into runs."""
    runs: list[Run] = []
    for (name, colour), members in groupby(groups):
        start = runs[-1].stop if runs else 0
        runs.append(Run(start, start + len(list(members)), name, colour))
    return tuple(runs)


@cache
def colour_table(name: str) -> Pixels:
    """Return the 256 colours of a map, shape [256, red green blue]."""
    table: Pixels = pg.colormap.get(name).getLookupTable(0.0, 1.0, 256)[:, :3].astype(np.uint8)
    return table


def colours_of(picture: MatrixPicture, values: FloatArray) -> Pixels:
    """Colour values without regard to masks, shape [rows, columns, red green blue]."""
    low, high = picture.limits
    span = (high - low) or 1.0
    # float32 halves the time for large matrices, and there are only 256 colours.
    share = (np.nan_to_num(values, nan=low).astype(np.float32) - low) * (255.0 / span)
    return colour_table(picture.colours)[share.clip(0, 255).astype(np.uint8)]


def pixels_of(picture: MatrixPicture, theme: Theme, shape: tuple[int, int]) -> Pixels:
    """Paint the matrix, row 0 at the top, at most one pixel per cell.

    Parameters
    ----------
    shape
        Maximum rows and columns of pixels.

    Returns
    -------
    Pixels
        Shape [rows, columns, blue green red alpha]; transparent where not computed yet.
    """
    values, masked = picture.values, picture.masked
    unknown = np.isnan(values)
    rows, columns = (min(room, cells) for room, cells in zip(shape, values.shape, strict=True))
    if (rows, columns) != values.shape:
        hidden = unknown if masked is None else unknown | masked
        values = reduced(values, hidden, (rows, columns))
        unknown = reduced_mask(unknown, (rows, columns))
        masked = None if masked is None else reduced_mask(masked, (rows, columns))
    colours = colours_of(picture, values)
    if picture.faint is not None and picture.faint.shape == colours.shape[:2]:
        # Faint cells are blended with the background in both themes.
        colours[picture.faint] = (
            colours[picture.faint] * (1 - FAINT_SHARE) + _rgb(theme.base) * FAINT_SHARE
        )
    if masked is not None:
        colours[masked] = _rgb(mixed(theme.base, theme.text, 0.16))
    pixels = np.empty((rows, columns, 4), np.uint8)
    pixels[..., :3] = colours[..., ::-1]
    pixels[..., 3] = np.where(unknown, 0, 255)
    return pixels


def reduced(values: FloatArray, hidden: Mask, shape: tuple[int, int]) -> FloatArray:
    """Downsample a matrix so that a single distinct row or column stays visible.

    A word is one row and one column. Averaging would blur it, and skipping rows could drop it. So
    cells are averaged along one axis, and along the other the value farthest from the median is
    kept; of both orders of axes, the farther value.
    """
    middle = _middle(values, hidden)
    offset = np.where(hidden, np.float32(0), values.astype(np.float32) - np.float32(middle))
    down = _farthest(_mean(offset, shape[1], 1), shape[0], 0)
    across = _farthest(_mean(offset, shape[0], 0), shape[1], 1)
    return np.where(np.abs(down) >= np.abs(across), down, across) + np.float32(middle)


def reduced_mask(mask: Mask, shape: tuple[int, int]) -> Mask:
    """Downsample a mask: a pixel is masked if any of its cells is."""
    if not mask.any():
        return np.zeros(shape, dtype=bool)
    rows = reduce(np.logical_or, _members(mask, shape[0], 0))
    return reduce(np.logical_or, _members(rows, shape[1], 1))


def _middle(values: FloatArray, hidden: Mask) -> float:
    """Estimate the median from a sample of the values."""
    step = 1 + max(values.shape) // 200
    known = values[::step, ::step][~hidden[::step, ::step]]
    return float(np.median(known)) if known.size else 0.0


def _mean(values: FloatArray, size: int, axis: int) -> FloatArray:
    members = list(_members(values, size, axis))
    mean: FloatArray = reduce(np.add, members) * np.float32(1 / len(members))
    return mean


def _farthest(offset: FloatArray, size: int, axis: int) -> FloatArray:
    def farther(one: FloatArray, other: FloatArray) -> FloatArray:
        return np.where(np.abs(one) >= np.abs(other), one, other)

    return reduce(farther, _members(offset, size, axis))


def _members(values: NDArray[Any], size: int, axis: int) -> Iterator[NDArray[Any]]:
    """Yield the first, second, … cell of every pixel along one axis.

    Pixels with one cell fewer repeat their last one: whole arrays are six times as fast as sums
    over uneven steps.
    """
    cells = values.shape[axis]
    starts = np.arange(size + 1) * cells // size
    for place in range(int(np.diff(starts).max())):
        yield values.take(np.minimum(starts[:-1] + place, starts[1:] - 1), axis=axis)


def _rgb(colour: str) -> FloatArray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32)
