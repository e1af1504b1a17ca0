from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal

from vgdesk.app.events import View
from vgdesk.core.model import WordId
from vgdesk.core.results import WordSimilarity
from vgdesk.core.viewing import Selection
from vgdesk.ui.legend import Legend
from vgdesk.ui.theme import DIVERGING, SEQUENTIAL, Theme
from vgdesk.ui.views.describe import number, row_titles, word_readout, word_summary, word_table
from vgdesk.ui.views.frame import ViewFrame, ViewSpec
from vgdesk.ui.views.matrix_chart import Marks, MatrixChart
from vgdesk.ui.views.matrix_picture import Axis, Bar, MatrixPicture, runs_of


class WordHeatmap(ViewFrame):
    """Shows how alike one layer holds each pair of words; the first word is top left."""

    pair_chosen = Signal(str, str)
    word_chosen = Signal(str)
    word_hovered = Signal(str)
    play_requested = Signal(list)

    def __init__(self, theme: Theme) -> None:
        self._result: WordSimilarity | None = None
        self._legend: Legend | None = None
        self._order: tuple[int, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._words: tuple[WordId, ...] = ()
        self._pending: tuple[WordId, ...] = ()
        self._selection = Selection()
        self._is_centred = False
        self.matrix = MatrixChart(theme, self._describe)
        super().__init__("Word heatmap", self.matrix, theme)
        self.matrix.cell_clicked.connect(self._choose)
        self.matrix.cell_double_clicked.connect(self._play)
        self.matrix.cell_pointed.connect(self._hover)
        self.matrix.row_clicked.connect(self._choose_row)
        self.matrix.row_double_clicked.connect(self._play_row)
        self.set_theme(theme)

    def show_result(
        self,
        result: WordSimilarity,
        order: Sequence[int],
        legend: Legend,
        *,
        centred: bool = False,
        title: str = "",
    ) -> None:
        """Show a result.

        Parameters
        ----------
        order
            The rows of the result in the order in which they are shown.
        centred
            True for differences: the colour map has its middle at zero.
        title
            The name of the model, for the summary.
        """
        self._result, self._legend, self._order = result, legend, tuple(order)
        self._titles = row_titles(result.rows, result.words, legend)
        self._is_centred = centred
        self._pending = tuple(word for word in self._pending if word not in set(result.words))
        self._draw()
        self._present(
            word_summary(result, self._titles, legend, title),
            result.trace.warning,
            lambda: word_table(
                result, row_titles(result.rows, result.words, legend), legend, order
            ),
        )

    def show_selection(self, selection: Selection) -> None:
        """Emphasise the rows and columns of the selected words, and the cells of a pair."""
        self._selection = selection
        chosen = set(selection.words)
        lines = tuple(i for i, word in enumerate(self._words) if word in chosen)
        cells: tuple[tuple[int, int], ...] = ()
        if len(lines) == 2:
            cells = lines, lines[::-1]
        hovered = [i for i, word in enumerate(self._words) if word == selection.hovered]
        self.matrix.set_marks(Marks(cells, lines, hovered[0] if hovered else None))

    def show_pending(self, words: tuple[WordId, ...]) -> None:
        """Show words that have no vectors yet as hatched rows and columns at the end."""
        self._pending = words
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.matrix.set_theme(theme)

    def _draw(self) -> None:
        if self._result is None or self._legend is None:
            return
        self._words = (*(self._result.words[i] for i in self._order), *self._pending)
        labels = (
            *(self._titles[i] for i in self._order),
            *(self._legend.look_of(word).text for word in self._pending),
        )
        looks = [self._legend.look_of(word) for word in self._words]
        runs = runs_of([(look.group, look.colour) for look in looks])
        self.matrix.show_picture(
            MatrixPicture(
                self._values(self._result),
                self._limits(self._result),
                DIVERGING if self._is_centred else SEQUENTIAL,
                Axis(labels, runs=runs),
                Axis(labels, runs=runs, is_turned=True),
                self._bar(self._result),
                masked=np.eye(len(labels), dtype=bool),
            )
        )
        self.show_selection(self._selection)

    def _values(self, result: WordSimilarity) -> np.ndarray:
        n = len(self._order)
        values = np.full((len(self._words),) * 2, np.nan, np.float32)
        values[:n, :n] = result.values[np.ix_(self._order, self._order)]
        return values

    def _limits(self, result: WordSimilarity) -> tuple[float, float]:
        if not self._is_centred:
            return result.limits
        farthest = max(abs(end) for end in result.limits) or 1.0
        return -farthest, farthest

    def _bar(self, result: WordSimilarity) -> Bar:
        low, high = self._limits(result)
        names = ("alike", "different") if result.is_distance else ("different", "alike")
        if self._is_centred:
            names = ("less", "more")
        return Bar(result.measure, f"{number(low)} {names[0]}", f"{number(high)} {names[1]}")

    def _describe(self, row: int, column: int) -> str:
        if self._result is None or self._legend is None:
            return ""
        if max(row, column) >= len(self._order):
            late = self._words[max(row, column)]
            return f"{self._legend.look_of(late).text}: not ready yet"
        return word_readout(
            self._result, self._order[row], self._order[column], self._titles, self._legend
        )

    def _choose(self, row: int, column: int) -> None:
        if self._words[row] == self._words[column]:
            self.word_chosen.emit(self._words[row])
        else:
            self.pair_chosen.emit(self._words[row], self._words[column])

    def _choose_row(self, row: int) -> None:
        self.word_chosen.emit(self._words[row])

    def _play(self, row: int, column: int) -> None:
        self.play_requested.emit(list(dict.fromkeys((self._words[row], self._words[column]))))

    def _play_row(self, row: int) -> None:
        self.play_requested.emit([self._words[row]])

    def _hover(self, row: int, _column: int) -> None:
        self.word_hovered.emit(self._words[row] if row >= 0 else "")


SPEC = ViewSpec(View.WORDS.value, "Word heatmap", WordHeatmap)
