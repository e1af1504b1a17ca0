"""Cached similarities or distances of all pairs of rows, updated when words are added.

A table of n words takes n x n x dim multiplications, its last row n x dim. So the latest tables are
cached, one per layer, and when most rows of a list are those of a cached one, only the others are
computed. Beyond `MOST_ROWS` a table is too large to be cached.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from vgdesk.analyses.row_changes import IncrementalCache, RowChange
from vgdesk.core.arrays import FloatArray, Places
from vgdesk.core.stack import LayerStack

MOST_ROWS = 1200
# Enough for four encoders of base size; at most 370 MB in float32.
MOST_TABLES = 64
# If more than one row in this many is new, a full run is as fast.
FEW = 16

Blocks = Iterable[tuple[slice, FloatArray]]


@dataclass(frozen=True, slots=True)
class PairMeasure:
    """A pairwise comparison of the rows of a layer, [rows, dim].

    Attributes
    ----------
    name
        Distinguishes the tables of different measures.
    blocks
        Yields all rows against blocks of rows, [rows, block], and which rows these are.
    some
        Returns the given rows against all rows, [some, rows]: the same values, up to rounding.
    """

    name: str
    blocks: Callable[[FloatArray], Iterator[tuple[slice, FloatArray]]]
    some: Callable[[FloatArray, Places], FloatArray]


def pair_blocks(measure: PairMeasure, stack: LayerStack, layer: int) -> Blocks:
    """Return the pairs of one layer; those of short lists in one block, from the cache."""
    if not stack.keys or len(stack.rows) > MOST_ROWS:
        return measure.blocks(stack.values[layer])
    return [(slice(0, len(stack.rows)), _table(measure, stack, layer))]


def pair_table(measure: PairMeasure, stack: LayerStack, layer: int) -> FloatArray:
    """Return the pairs of one layer as a read-only table, [rows, rows]."""
    blocks = [block for _, block in pair_blocks(measure, stack, layer)]
    return blocks[0] if len(blocks) == 1 else np.hstack(blocks)


def _table(measure: PairMeasure, stack: LayerStack, layer: int) -> FloatArray:
    values = stack.values[layer]
    thing = measure.name, stack.encoder, stack.layers[layer], values.shape[1]
    found = _kept.find(thing, stack.keys)
    if found is None or len(found[1].new) * FEW > len(values):
        table = np.hstack([block for _, block in measure.blocks(values)])
    else:
        table = _followed(measure, values, *found)
    table.flags.writeable = False
    _kept.keep(thing, stack.keys, table)
    return table


def _followed(
    measure: PairMeasure, values: FloatArray, old: FloatArray, change: RowChange
) -> FloatArray:
    """Copy the pairs of unchanged rows and compute the rest."""
    table = np.empty((len(values), len(values)), old.dtype)
    table[_square(change.after)] = old[_square(change.before)]
    if len(change.new):
        rows = measure.some(values, change.new)
        table[change.new] = rows
        table[:, change.new] = rows.T
    return table


def _square(places: Places) -> tuple[slice | Places, slice | Places]:
    """Index the pairs of some rows; contiguous rows by slices, which is faster."""
    if len(places) and places[-1] - places[0] == len(places) - 1 and (np.diff(places) > 0).all():
        run = slice(places[0], places[-1] + 1)
        return run, run
    return places[:, None], places


_kept: IncrementalCache[FloatArray] = IncrementalCache(MOST_TABLES)
