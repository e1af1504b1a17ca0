from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent

from vgdesk.analyses.words.word_overview import MOST_ROWS, Sight
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.model import WordId
from vgdesk.core.results import WordOverview, WordSimilarity
from vgdesk.core.viewing import Selection, Shown
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.heatmaps.matrix_chart import Marks, MatrixChart
from vgdesk.ui.views.heatmaps.word_heatmap_pages import BlocksPage, PairsPage, WordPage
from vgdesk.ui.views.row_order import rows_in_order
from vgdesk.ui.views.view import Quarter, Scene, View


class WordHeatmap(ViewFrame):
    """Shows the similarity of each pair of words in one layer, or of blocks of a long list.

    The first word is top left.

    Signals
    -------
    part_wished
        Ids of the rows of a long list to show alone; empty for all rows.
    """

    pair_chosen = Signal(str, str)
    word_chosen = Signal(str)
    word_hovered = Signal(str)
    play_requested = Signal(list)
    part_wished = Signal(list)

    def __init__(self, theme: Theme) -> None:
        self._content: WordPage | None = None
        self._make_content: Callable[[], WordPage] | None = None
        self._pending: tuple[WordId, ...] = ()
        self._selection = Selection()
        self._is_part = False
        self.matrix = MatrixChart(theme, self._describe)
        super().__init__("Word heatmap", self.matrix, theme)
        self._back = self._tool("Back to all words", "Return to the blocks of all words (Esc)")
        self._back.hide()
        self.add_control(self._back)
        self._back.clicked.connect(self._go_back)
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
        """Show every pair of words.

        Parameters
        ----------
        order
            The rows of the result in display order.
        centred
            Whether the colour map is centred on zero, for differences.
        title
            The name of the model, for the summary.
        """
        self._pending = tuple(word for word in self._pending if word not in set(result.words))

        def page() -> WordPage:
            # A list with this many pending words will be shown in blocks.
            has_room = len(result.rows) + len(self._pending) <= MOST_ROWS and not result.part_of
            pending = self._pending if has_room else ()
            return PairsPage(result, order, legend, pending, centred=centred)

        self._show(page, title, is_part=bool(result.part_of))

    def show_overview(
        self, result: WordOverview, legend: Legend, *, centred: bool = False, title: str = ""
    ) -> None:
        """Show blocks of words; the arguments are those of `show_result`."""
        page = BlocksPage(result, legend, centred=centred)
        self._show(lambda: page, title, is_part=False)

    def show_selection(self, selection: Selection) -> None:
        """Emphasise the rows and columns of selected words, and the cells of a pair."""
        self._selection = selection
        if self._content is None:
            return
        lines = self._content.lines_of(selection.words)
        cells: tuple[tuple[int, int], ...] = ()
        if len(lines) == 2:
            cells = lines, lines[::-1]
        hovered = self._content.lines_of((selection.hovered,)) if selection.hovered else ()
        self.matrix.set_marks(Marks(cells, lines, hovered[0] if hovered else None))

    def show_pending(self, words: tuple[WordId, ...]) -> None:
        """Show words without vectors yet as hatched rows and columns at the end."""
        if words != self._pending:
            self._pending = words
            self._draw()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.matrix.set_theme(theme)

    def event(self, event: QEvent) -> bool:
        # Shortcuts of the window take precedence unless the view claims the key first.
        if event.type() == QEvent.Type.ShortcutOverride and self._goes_back(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._goes_back(event):
            self._go_back()
        else:
            super().keyPressEvent(event)

    def _goes_back(self, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        return is_escape and self._is_part

    def _go_back(self) -> None:
        self.part_wished.emit([])

    def _show(self, make_content: Callable[[], WordPage], title: str, *, is_part: bool) -> None:
        self._make_content, self._is_part = make_content, is_part
        self._back.setVisible(is_part)
        self._draw()
        if (page := self._content) is not None:
            self._present(page.summary(title), page.warning, page.table)

    def _draw(self) -> None:
        if self._make_content is not None:
            self._content = self._make_content()
            self.matrix.show_picture(self._content.picture())
            self.show_selection(self._selection)

    def _describe(self, row: int, column: int) -> str:
        return self._content.readout(row, column) if self._content is not None else ""

    def _words_at(self, *lines: int) -> list[WordId]:
        """Return the words of some lines, each once; none in the view of blocks."""
        words = [self._content.word_at(line) for line in lines] if self._content is not None else []
        return list(dict.fromkeys(word for word in words if word is not None))

    def _choose(self, row: int, column: int) -> None:
        words = self._words_at(row, column)
        if self._content is not None and (part := self._content.part_at(row, column)):
            self.part_wished.emit(part)
        elif len(words) == 1:
            self.word_chosen.emit(*words)
        elif words:
            self.pair_chosen.emit(*words)

    def _choose_row(self, row: int) -> None:
        self._choose(row, row)

    def _play(self, row: int, column: int) -> None:
        if words := self._words_at(row, column):
            self.play_requested.emit(words)

    def _play_row(self, row: int) -> None:
        self._play(row, row)

    def _hover(self, row: int, _column: int) -> None:
        words = self._words_at(row) if row >= 0 else []
        self.word_hovered.emit(words[0] if words else "")


def ask(context: ViewContext) -> Request | Missing:
    """Compare the words of a layer, or subtract those of A from those of B."""
    recipe = context.recipe
    layers: tuple[int, ...]
    if recipe.shown is Shown.DIFFERENCE:
        plans = context.plans(recipe.a, recipe.b)
        layers = recipe.layer_of(recipe.a), recipe.layer_of(recipe.b)
    else:
        plan = context.plan(recipe.focus, recipe.rows)
        plans = (plan,) if plan is not None else context.not_yet(recipe.focus)
        layers = (recipe.layer_of(recipe.focus),)
    if isinstance(plans, Missing):
        return plans
    choices = {"measure": recipe.words_measure, "layers": layers, "sight": _sight(context, plans)}
    return Request(work.compare_words, plans, choices)


def _sight(context: ViewContext, plans: Sequence[StackPlan]) -> Sight:
    """Choose all pairs for a short list, blocks or a part for a long one."""
    part = context.part
    if min(len(plan.rows) for plan in plans) <= MOST_ROWS:
        return Sight()
    if part and all(part <= {row[0] for row in plan.rows} for plan in plans):
        return Sight(part=part)
    return Sight(context.recipe.order, context.facts)


def show(frame: WordHeatmap, result: WordSimilarity | WordOverview, scene: Scene) -> None:
    """Show pairs or blocks of words, in the order of the recipe."""
    # The recipe may have changed since the request, so the result names its own encoders.
    encoder, *is_difference = result.trace.encoders
    centred = bool(is_difference)
    title = "B minus A" if centred else scene.title_of(encoder, scene.recipe.focus)
    if isinstance(result, WordOverview):
        frame.show_overview(result, scene.legend, centred=centred, title=title)
    else:
        order = rows_in_order(result, scene.recipe.order, scene.legend)
        frame.show_result(result, order, scene.legend, centred=centred, title=title)


def command_of(
    writer: EquivalentCommand, result: WordSimilarity | WordOverview, _frame: WordHeatmap
) -> str:
    """Return the command that compares these words; a difference names both encoders."""
    more = writer.rows_of(result.layer.split(" minus ")[::-1])
    if isinstance(result, WordOverview):
        more += "--order", result.order.value
    elif result.part_of:
        more += "--only", *result.rows
    return writer.of_measure("words", result.trace.encoders, result.measure, *more)


def connect(frame: WordHeatmap, requests: UserRequests) -> None:
    """Let clicks select and play words and enlarge blocks."""
    frame.pair_chosen.connect(requests.choose_pair)
    frame.part_wished.connect(requests.show_part)
    frame.word_chosen.connect(requests.choose_word)
    frame.word_hovered.connect(requests.hover)
    frame.play_requested.connect(requests.play)


WORDS_VIEW = View(
    ViewId("words"),
    "Word heatmap",
    "Shows which words are similar in one layer.",
    Quarter.TOP_RIGHT,
    WordHeatmap,
    ask,
    show,
    command_of,
    connect,
    controls=("words_measure", "order"),
    drawn_by=("label_column", "order"),
    is_quick=True,
    is_always_shown=True,
)
