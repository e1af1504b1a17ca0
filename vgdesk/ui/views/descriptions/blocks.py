"""Blocks of words as sentences and tables; no widgets."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from vgdesk.core.results import WordOverview
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.views.descriptions.results import group_sentence, layer_name, made_by, number
from vgdesk.ui.widgets.data_table import Entry, Table


def block_looks(result: WordOverview, legend: Legend) -> list[tuple[str, str]]:
    """Return group and colour of each block: those of the majority of its words, if any."""
    looks = [legend.look_of(word) for word in result.words]
    found = []
    for start, stop in _ends(result):
        counts = Counter((look.group, look.colour) for look in looks[start:stop])
        most, count = counts.most_common(1)[0]
        found.append(most if 2 * count > stop - start else ("", legend.neutral.colour))
    return found


def block_titles(result: WordOverview, titles: Sequence[str]) -> tuple[str, ...]:
    """Return titles of blocks with their first and last words."""
    return tuple(f"{titles[start]} – {titles[stop - 1]}" for start, stop in _ends(result))


def blocks_readout(result: WordOverview, row: int, column: int, titles: Sequence[str]) -> str:
    """Describe one cell, and how to see its words."""
    value = number(float(result.values[row, column]))
    return f"{_pair(result, row, column, titles)}: {value} on average. Click to see each word."


def blocks_summary(result: WordOverview, titles: Sequence[str], legend: Legend, title: str) -> str:
    """Summarise the overview in one or two sentences."""
    place = " of ".join(part for part in (layer_name(result.layer), title) if part)
    sizes = np.diff(result.starts)
    size = str(sizes.max()) if sizes.min() == sizes.max() else f"{sizes.min()} to {sizes.max()}"
    nearest = int(result.values.argmin() if result.is_distance else result.values.argmax())
    row, column = divmod(nearest, len(sizes))
    best = f"{_pair(result, row, column, titles)} ({number(float(result.values[row, column]))})"
    means = group_sentence(result.group_means, legend) if result.group_means else ""
    return (
        f"n = {len(result.rows)} in {len(sizes)} blocks of {size}. Most similar at {place}: {best}."
        f"{means} {made_by(result.trace)}"
    )


def blocks_table(result: WordOverview, titles: Sequence[str], legend: Legend) -> Table:
    """Return the matrix as displayed, with the number of words in each block."""
    names, groups = block_titles(result, titles), block_looks(result, legend)
    rows: list[tuple[Entry, ...]] = [
        (name, int(size), group, *line)
        for name, size, (group, _), line in zip(
            names, np.diff(result.starts), groups, result.values.tolist(), strict=True
        )
    ]
    return Table(("words", "n", legend.column or "group", *names), rows)


def _pair(result: WordOverview, row: int, column: int, titles: Sequence[str]) -> str:
    if row == column:
        return f"{_block(result, row, titles)} with each other"
    return f"{_block(result, row, titles)} with {_block(result, column, titles)}"


def _block(result: WordOverview, block: int, titles: Sequence[str]) -> str:
    start, stop = result.starts[block : block + 2]
    return f"{stop - start} words from “{titles[start]}” to “{titles[stop - 1]}”"


def _ends(result: WordOverview) -> list[tuple[int, int]]:
    return list(pairwise(result.starts.tolist()))
