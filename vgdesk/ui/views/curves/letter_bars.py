from PySide6.QtCore import Signal

from vgdesk.analyses.lexicon.letter_profile import names_shapes
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import COMPUTING, RECORD, ViewContext
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.details import LetterProfile
from vgdesk.core.model import Cell, Modality
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.curves.letter_plot import LetterPlot
from vgdesk.ui.views.descriptions.letters import letter_readout, letters_summary, letters_table
from vgdesk.ui.views.frame.view_frame import ViewFrame
from vgdesk.ui.views.view import Quarter, Scene, View


class LetterBars(ViewFrame):
    """Shows which letters bring words closer to round or to sharp things.

    Signals
    -------
    words_chosen
        The words of the letter that was clicked.
    """

    words_chosen = Signal(list)

    def __init__(self, theme: Theme) -> None:
        self._profile: LetterProfile | None = None
        self.plot = LetterPlot()
        super().__init__("Letters", self.plot, theme)
        self.plot.pointed.connect(self._point)
        self.plot.chosen.connect(self._choose)
        self.set_theme(theme)

    def show_result(self, profile: LetterProfile, title: str) -> None:
        """Show a profile; `title` is the name of the model."""
        self._profile = profile
        self._draw()
        self._present(
            letters_summary(profile, title),
            profile.trace.warning,
            lambda: letters_table(profile),
        )

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._draw()

    def _draw(self) -> None:
        if self._profile is not None:
            self.plot.show_profile(self._profile, self.theme)

    def _point(self, _line: int, letter: int) -> None:
        known = self._profile is not None and letter >= 0
        self.plot.setToolTip(letter_readout(self._profile, letter) if known else "")  # type: ignore[arg-type]

    def _choose(self, _line: int, letter: int) -> None:
        if self._profile is not None:
            self.words_chosen.emit(list(self._profile.words[letter]))


def ask(context: ViewContext) -> Request | Missing:
    """Average the scores of sound symbolism by letter."""
    cell, facts, plan = context.recipe.focus, context.facts, context.plan(context.recipe.focus)
    if not names_shapes(facts):
        return _no_shapes(context)
    if plan is None:
        return context.not_yet(cell)
    known = work.facts_about([plan], facts)
    if not names_shapes(known):
        return _unheard_shapes(context, cell)
    recipe = context.recipe
    choices = {"layer": recipe.layer_of(cell), "facts": known, "seed": recipe.seed}
    return Request(work.profile_letters, (plan,), choices)


def _no_shapes(context: ViewContext) -> Missing:
    """Report that no word names something round or sharp."""
    return context.empty(
        "It needs words for such things, marked in the column “shape”, and words that only sound "
        "round or sharp. The kiki-bouba list has both.",
        "add_kiki_bouba",
        "Add the kiki-bouba list",
    )


def _unheard_shapes(context: ViewContext, cell: Cell) -> Missing:
    """Report that the names of round and sharp things have no vectors in a cell."""
    if cell.modality is not Modality.SPEECH:
        return context.empty(COMPUTING)
    recipe = context.recipe
    other = {recipe.a: ("show_a", "Show A"), recipe.b: ("show_b", "Show B")}
    steps = (step for other_cell, step in other.items() if other_cell.modality is Modality.TEXT)
    return context.empty(
        f"{cell.title} needs recordings of the names of round and sharp things. Record them, or "
        "choose a text encoder.",
        *next(steps, RECORD),
    )


def show(frame: LetterBars, profile: LetterProfile, scene: Scene) -> None:
    """Show the letters of one encoder."""
    frame.show_result(profile, scene.title_of(profile.trace.encoders[0], scene.recipe.focus))


def command_of(writer: EquivalentCommand, profile: LetterProfile, _frame: LetterBars) -> str:
    """Return the command that computes this profile."""
    return writer.of_list("letters", profile.trace.encoders, "--layer", profile.layer)


def connect(frame: LetterBars, requests: UserRequests) -> None:
    """Let a click on a bar select the words of its letter."""
    frame.words_chosen.connect(requests.choose_words)


LETTERS_VIEW = View(
    ViewId("letters"),
    "Letters",
    "Shows which letters bring words closer to names of round or of sharp things.",
    Quarter.BOTTOM_RIGHT,
    LetterBars,
    ask,
    show,
    command_of,
    connect,
)
