"""The session, recipe and vectors from which a view makes its request."""

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

COMPUTING = "Computing the first vectors…"
RECORD = "record", "Record a word"

Fitted = Callable[[Cell, frozenset[str]], frozenset[str]]


@dataclass(frozen=True, slots=True)
class ViewContext:
    """The state from which a view makes its request, or explains why it is empty.

    Attributes
    ----------
    view, purpose
        The id of the view, and what it shows, in one sentence.
    inspected
        The take in the inspector.
    part
        Row ids of the part of a long list to show; empty for all rows.
    fitted_rows
        Returns the rows of a cell that the axes of a map are fitted to.
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
        """Return the available vectors of a cell, row by row; None if there are none."""
        return self.encoding.plan(cell, rows)

    def plans(self, *cells: Cell) -> tuple[StackPlan, ...] | Missing:
        """Return the plans of cells over words, or why one of them is empty."""
        found = []
        for cell in cells:
            plan = self.plan(cell)
            if plan is None:
                return self.not_yet(cell)
            found.append(plan)
        return tuple(found)

    def gates_of(self, encoder: EncoderId, take: Take) -> tuple[Gates, ...] | VgdeskError | None:
        """Return the gates of a take, or why there are none; None while they are being encoded."""
        return self.gates.of(encoder, take, self.recipe.pooling)

    @property
    def facts(self) -> Facts:
        return facts_of(self.session, self.recipe.label_column)

    def facts_for(self, analysis: Analysis) -> Facts:
        """Return the facts only if the measure uses them, so that more requests are equal."""
        uses_facts = isinstance(analysis, LayerAnalysis | MapAnalysis) and analysis.uses_facts
        return self.facts if uses_facts else NOTHING_KNOWN

    # Reasons why a view is empty, with the action that fills it

    def empty(self, reason: str, action: str = "", action_title: str = "") -> Missing:
        """Return the purpose of the view, a reason and the action that helps."""
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
        return Missing(self.view, COMPUTING)

    def needs_speech(self, cell: Cell) -> Missing:
        """Report that the view needs a speech encoder."""
        return self.empty(f"{cell.title} is a text encoder; choose a speech encoder.")


class AskingView(Protocol):
    """A view as seen by the pipeline."""

    @property
    def id(self) -> ViewId: ...

    @property
    def purpose(self) -> str:
        """What it shows, in one sentence."""

    @property
    def is_quick(self) -> bool:
        """Whether its results are fast and need not wait for slow ones."""

    @property
    def follows_take(self) -> bool:
        """Whether its request depends on the inspected take."""

    @property
    def ask(self) -> Callable[[ViewContext], Request | Missing | None]:
        """Makes its request; None while it waits for vectors requested earlier."""
