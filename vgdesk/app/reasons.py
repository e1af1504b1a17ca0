"""Why a view is empty, and the action that fills it."""

from collections.abc import Callable
from dataclasses import dataclass

from vgdesk.app.events import CellProgress, Missing, View
from vgdesk.core.model import Cell, Modality, Session
from vgdesk.core.viewing import ViewRecipe

ON_THEIR_WAY = "Computing the first vectors…"
RECORD = "record", "Record a word"
PURPOSES = {
    View.LAYERS: "Shows how similarly the layers of two encoders represent the words.",
    View.WORDS: "Shows which words are similar in one layer.",
    View.MAP: "Shows which words form groups in one layer.",
    View.CURVES: "Shows how well the words form their groups at every layer.",
    View.CHANGES: "Lists the words whose neighbours change most from A to B.",
    View.CONFUSIONS: "Shows which groups of words one layer confuses.",
    View.GATING: "Shows how much of a word must be heard before one layer recognises it.",
    View.LETTERS: "Shows which letters bring words closer to names of round or of sharp things.",
    View.RETRIEVAL: "Lists the rank of each word's or take's own match, and the nearest matches.",
}


@dataclass(frozen=True, slots=True)
class Reasons:
    """Explains why a view of a session is empty.

    Attributes
    ----------
    progress
        Returns the encoding progress of a cell.
    """

    session: Session
    recipe: ViewRecipe
    progress: Callable[[Cell], CellProgress]

    def nothing_yet(self, view: View, cell: Cell) -> Missing:
        """Return what a view that needs the vectors of a cell is waiting for."""
        return self.no_vectors(view, cell) if self.session.words else self.no_words(view)

    def no_words(self, view: View) -> Missing:
        return Missing(view, f"{PURPOSES[view]} There are no words yet.", *RECORD)

    def no_labels(self, view: View, column: str) -> Missing:
        reason = f"{PURPOSES[view]} No word has a “{column}” label yet."
        return Missing(view, reason, "set_label", "Label words")

    def no_vectors(self, view: View, cell: Cell) -> Missing:
        if cell not in self.session.encoders:
            reason = f"{PURPOSES[view]} No encoder is chosen for {cell.title}."
            return Missing(view, reason, "choose_encoder", "Choose an encoder")
        if cell.modality is Modality.SPEECH and not self.session.takes:
            return Missing(view, f"{PURPOSES[view]} No word has been recorded yet.", *RECORD)
        progress = self.progress(cell)
        if progress.problem:
            return Missing(view, progress.problem, "choose_encoder", "Choose another encoder")
        if progress.is_stopped:
            return Missing(view, "Encoding was stopped.", "encode_again", "Continue encoding")
        return Missing(view, ON_THEIR_WAY)

    def no_shapes(self) -> Missing:
        """Report that no word names something round or sharp."""
        reason = (
            f"{PURPOSES[View.LETTERS]} It needs words for such things, marked in the column "
            "“shape”, and words that only sound round or sharp; vgdesk has a list of both."
        )
        return Missing(View.LETTERS, reason, "add_kiki_bouba", "Add the kiki-bouba list")

    def unheard_shapes(self, cell: Cell) -> Missing:
        """Report that the names of round and sharp things have no vectors in a cell."""
        reason = f"{PURPOSES[View.LETTERS]} {ON_THEIR_WAY}"
        if cell.modality is not Modality.SPEECH:
            return Missing(View.LETTERS, reason)
        reason = (
            f"{PURPOSES[View.LETTERS]} {cell.title} needs recordings, and the names of round and "
            "sharp things are not recorded; choose a text model."
        )
        other = {self.recipe.a: ("show_a", "Show A"), self.recipe.b: ("show_b", "Show B")}
        steps = (step for o, step in other.items() if o.modality is Modality.TEXT)
        return Missing(View.LETTERS, reason, *next(steps, RECORD))

    def not_heard(self, view: View, cell: Cell) -> Missing:
        """Report that a view needs a speech model, and that this cell has a text model."""
        reason = f"{cell.title} is a text model; choose a speech model."
        return Missing(view, f"{PURPOSES[view]} {reason}")

    def no_ratings(self) -> Missing:
        """Report that there are no similarity ratings of the words."""
        rated = len(self.session.ratings)
        what = (
            f"None of the {rated} rated pairs has both its words in the list."
            if rated
            else "It needs a table of ratings with the columns word1, word2 and similarity."
        )
        purpose = "Shows whether words that people rate as similar are close together."
        return Missing(View.CURVES, f"{purpose} {what}", "load_ratings", "Load similarity ratings…")
