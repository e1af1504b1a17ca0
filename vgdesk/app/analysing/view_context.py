"""What a view can ask about: the session, the recipe and the vectors so far."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vgdesk.analyses.base import Analysis, LayerAnalysis, MapAnalysis
from vgdesk.app.analysing.request import Request
from vgdesk.app.encoding.encoding_queue import EncodingQueue
from vgdesk.app.encoding.gate_encoding import GateEncoding
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.gates import Gates
from vgdesk.core.model import Cell, EncoderId, Modality, Session, Take
from vgdesk.core.viewing import Rows, ViewRecipe

ON_THEIR_WAY = "Computing the first vectors…"
RECORD = "record", "Record a word"

Fitted = Callable[[Cell, frozenset[str]], frozenset[str]]


@dataclass(frozen=True, slots=True)
class ViewContext:
    """The situation in which a view says what it needs, or why it stays empty.

    Attributes
    ----------
    view, purpose
        Who asks, and what it shows, in one sentence.
    inspected
        The take in the inspector.
    part
        Row ids of a long list that are shown alone; empty: all of them.
    fitted_rows
        Which rows of a cell the axes of a map are fitted to.
    """

    view: ViewId
    purpose: str
    session: Session
    recipe: ViewRecipe
    encoding: EncodingQueue
    gates: GateEncoding
    inspected: Take | None
    part: frozenset[str]
    fitted_rows: Fitted

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that have an encoder, in the order of the 2x2."""
        return tuple(cell for cell in Cell if cell in self.session.encoders)

    def plan(self, cell: Cell, rows: Rows = Rows.WORDS) -> StackPlan | None:
        """Return which vectors of a cell are there, row by row; None if there are none."""
        return self.encoding.plan(cell, rows)

    def plans(self, *cells: Cell) -> tuple[StackPlan, ...] | Missing:
        """Return the plans of some cells over words, or why one of them is empty."""
        found = []
        for cell in cells:
            plan = self.plan(cell)
            if plan is None:
                return self.not_yet(cell)
            found.append(plan)
        return tuple(found)

    def gates_of(self, encoder: EncoderId, take: Take) -> tuple[Gates, ...] | VgdeskError | None:
        """Return the gates of a take, or why there are none; None while they are encoded."""
        return self.gates.of(encoder, take, self.recipe.pooling)

    @property
    def facts(self) -> Facts:
        return facts_of(self.session, self.recipe.label_column)

    def facts_for(self, analysis: Analysis) -> Facts:
        """Return the facts if the measure uses them: without them more requests are equal."""
        uses_facts = isinstance(analysis, LayerAnalysis | MapAnalysis) and analysis.uses_facts
        return self.facts if uses_facts else NOTHING_KNOWN

    # Why a view is empty, and the one step that fills it

    def empty(self, reason: str, action: str = "", action_title: str = "") -> Missing:
        """Return the purpose of the view, a reason and the step that helps."""
        return Missing(self.view, f"{self.purpose} {reason}", action, action_title)

    def no_words(self) -> Missing:
        return self.empty("There are no words yet.", *RECORD)

    def no_labels(self) -> Missing:
        reason = f"No word has a “{self.recipe.label_column}” label yet."
        return self.empty(reason, "set_label", "Label words")

    def not_yet(self, cell: Cell) -> Missing:
        """Return why a cell has no vectors."""
        if not self.session.words:
            return self.no_words()
        if cell not in self.session.encoders:
            reason = f"No encoder is chosen for {cell.title}."
            return self.empty(reason, "choose_encoder", "Choose an encoder")
        if cell.modality is Modality.SPEECH and not self.session.takes:
            return self.empty("No word has been recorded yet.", *RECORD)
        progress = self.encoding.progress(cell)
        if progress.problem:
            other = "choose_encoder", "Choose another encoder"
            return Missing(self.view, progress.problem, *other)
        if progress.is_stopped:
            stopped = "Encoding was stopped.", "encode_again", "Continue encoding"
            return Missing(self.view, *stopped)
        return Missing(self.view, ON_THEIR_WAY)

    def needs_speech(self, cell: Cell) -> Missing:
        """Return that a view of sounds has nothing to show of a text encoder."""
        return self.empty(f"{cell.title} is a text encoder; choose a speech encoder.")


class AskingView(Protocol):
    """A view as the pipeline knows it."""

    @property
    def id(self) -> ViewId: ...

    @property
    def purpose(self) -> str:
        """What it shows, in one sentence."""

    @property
    def is_quick(self) -> bool:
        """Whether its results come at once and are not kept waiting by slow ones."""

    @property
    def follows_take(self) -> bool:
        """Whether another inspected take means another request."""

    @property
    def ask(self) -> Callable[[ViewContext], Request | Missing | None]:
        """What it needs; None while it waits for something that was asked for."""
