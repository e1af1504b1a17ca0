"""Pages of the word heatmap: every pair of words, or blocks of a long list."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from vgdesk.core.arrays import FloatArray, Mask
from vgdesk.core.model import WordId
from vgdesk.core.results import WordOverview, WordSimilarity
from vgdesk.ui.style.theme import DIVERGING, SEQUENTIAL
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.views.descriptions.blocks import (
    block_looks,
    blocks_readout,
    blocks_summary,
    blocks_table,
)
from vgdesk.ui.views.descriptions.results import (
    number,
    row_titles,
    word_readout,
    word_summary,
    word_table,
)
from vgdesk.ui.views.heatmaps.matrix_picture import Axis, Bar, MatrixPicture, Run, runs_of
from vgdesk.ui.widgets.data_table import Table

# A click on a block shows at least this many rows.
LEAST_SHOWN = 50


class WordPage(Protocol):
    """A display of words against words; a line is a row and the column of the same index."""

    warning: str

    def picture(self) -> MatrixPicture: ...

    def summary(self, title: str) -> str:
        """Summarise the result; the title is that of the model."""
        ...

    def table(self) -> Table: ...

    def readout(self, row: int, column: int) -> str:
        """Describe one cell."""
        ...

    def lines_of(self, words: Sequence[WordId]) -> tuple[int, ...]:
        """Return the lines of some words."""
        ...

    def word_at(self, line: int) -> WordId | None:
        """Return the word of a line, if it has only one."""
        ...

    def part_at(self, row: int, column: int) -> list[str]:
        """Return the row ids of a cell, if it represents several."""
        ...


class PairsPage:
    """Every pair of words, and hatched lines for words without vectors yet."""

    def __init__(
        self,
        result: WordSimilarity,
        order: Sequence[int],
        legend: Legend,
        pending: tuple[WordId, ...],
        *,
        centred: bool,
    ) -> None:
        self.warning = result.trace.warning
        self._result = result
        self._order, self._legend, self._centred = tuple(order), legend, centred
        self._titles = row_titles(result.rows, result.words, legend)
        self._words = (*(result.words[i] for i in self._order), *pending)

    def picture(self) -> MatrixPicture:
        looks = [self._legend.look_of(word) for word in self._words]
        shown = len(self._order)
        labels = (*(self._titles[i] for i in self._order), *(look.text for look in looks[shown:]))
        values = np.full((len(labels),) * 2, np.nan, np.float32)
        values[:shown, :shown] = self._result.values[np.ix_(self._order, self._order)]
        runs = runs_of([(look.group, look.colour) for look in looks])
        masked = np.eye(len(labels), dtype=bool)
        return _picture(self._result, values, labels, runs, masked, centred=self._centred)

    def summary(self, title: str) -> str:
        return word_summary(self._result, self._titles, self._legend, title)

    def table(self) -> Table:
        return word_table(self._result, self._titles, self._legend, self._order)

    def readout(self, row: int, column: int) -> str:
        if max(row, column) >= len(self._order):
            late = self._words[max(row, column)]
            return f"{self._legend.look_of(late).text}: not ready yet"
        places = self._order[row], self._order[column]
        return word_readout(self._result, *places, self._titles, self._legend)

    def lines_of(self, words: Sequence[WordId]) -> tuple[int, ...]:
        chosen = set(words)
        return tuple(i for i, word in enumerate(self._words) if word in chosen)

    def word_at(self, line: int) -> WordId | None:
        return self._words[line]

    def part_at(self, row: int, column: int) -> list[str]:
        return []


class BlocksPage:
    """Means over blocks of words."""

    def __init__(self, result: WordOverview, legend: Legend, *, centred: bool) -> None:
        self.warning = result.trace.warning
        self._result = result
        self._legend, self._centred = legend, centred
        self._titles = row_titles(result.rows, result.words, legend)
        blocks = np.repeat(np.arange(len(result.values)), np.diff(result.starts)).tolist()
        self._lines: dict[WordId, set[int]] = {}
        for word, block in zip(result.words, blocks, strict=True):
            self._lines.setdefault(word, set()).add(block)

    def picture(self) -> MatrixPicture:
        # Both ends of a block are in its read-out; here they would take too much space.
        labels = tuple(f"{self._titles[start]} …" for start in self._result.starts[:-1])
        runs = runs_of(block_looks(self._result, self._legend))
        return _picture(
            self._result, self._result.values, labels, runs, None, centred=self._centred
        )

    def summary(self, title: str) -> str:
        return blocks_summary(self._result, self._titles, self._legend, title)

    def table(self) -> Table:
        return blocks_table(self._result, self._titles, self._legend)

    def readout(self, row: int, column: int) -> str:
        return blocks_readout(self._result, row, column, self._titles)

    def lines_of(self, words: Sequence[WordId]) -> tuple[int, ...]:
        return tuple(sorted(set().union(*(self._lines.get(word, ()) for word in words))))

    def word_at(self, line: int) -> WordId | None:
        return None

    def part_at(self, row: int, column: int) -> list[str]:
        starts = self._result.starts
        # A block with its neighbours, because clicks on a thousand lines are not exact.
        beside = -(-LEAST_SHOWN // int(starts[1])) // 2
        rows: set[int] = set()
        for line in (row, column):
            first, last = max(0, line - beside), min(len(starts) - 2, line + beside)
            rows.update(range(starts[first], starts[last + 1]))
        return [self._result.rows[i] for i in sorted(rows)]


def _picture(
    result: WordSimilarity | WordOverview,
    values: FloatArray,
    labels: tuple[str, ...],
    runs: tuple[Run, ...],
    masked: Mask | None,
    *,
    centred: bool,
) -> MatrixPicture:
    low, high = limits = _limits(result, centred=centred)
    names = ("alike", "different") if result.is_distance else ("different", "alike")
    if centred:
        names = ("less", "more")
    return MatrixPicture(
        values,
        limits,
        DIVERGING if centred else SEQUENTIAL,
        Axis(labels, runs=runs),
        Axis(labels, runs=runs, is_turned=True),
        Bar(result.measure, f"{number(low)} {names[0]}", f"{number(high)} {names[1]}"),
        masked=masked,
    )


def _limits(result: WordSimilarity | WordOverview, *, centred: bool) -> tuple[float, float]:
    if not centred:
        return result.limits
    farthest = max(abs(end) for end in result.limits) or 1.0
    return -farthest, farthest
