from collections.abc import Callable, Collection
from typing import Any

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.abx.confusions import ABX_LABELS
from vgdesk.analyses.base import Analysis, CurveAnalysis, LayerAnalysis, MapAnalysis
from vgdesk.analyses.lexicon.letter_profile import names_shapes
from vgdesk.analyses.lexicon.ratings import RATINGS
from vgdesk.analyses.retrieval.gating import GATING
from vgdesk.analyses.words.word_overview import MOST_ROWS, Sight
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.analysis_processes import AnalysisProcesses, Listener, Request
from vgdesk.app.analysing.analysis_worker import VectorsGoneError
from vgdesk.app.analysing.empty_views import ON_THEIR_WAY, PURPOSES, Reasons
from vgdesk.app.encoding.encoding_queue import EncodingQueue
from vgdesk.app.encoding.gate_encoding import GateEncoding
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.app.state.events import CurvesReady, Embedded, Events, Missing, View
from vgdesk.app.words.word_facts import facts_of
from vgdesk.app.workers.child_process import ChildLostError
from vgdesk.core.details import Neighbour
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.model import Cell, Modality, Session, TakeId, WordId
from vgdesk.core.stack import Embedding
from vgdesk.core.viewing import Rows, Search, Shown, ViewRecipe

GROWTH = 1.5  # a map is laid out anew once it has grown by half: axes found from few words mislead
MANY = 0.5  # a share of new vectors above this is a list that was loaded, not words that came in


class Pipeline:
    """Keeps the four views up to date with the session, the recipe and the vectors so far."""

    def __init__(
        self,
        analysing: AnalysisProcesses,
        events: Events,
        encoding: EncodingQueue,
        gates: GateEncoding,
    ) -> None:
        self._analysing = analysing
        self._events = events
        self._encoding = encoding
        self._gates = gates
        self._inspected: TakeId | None = None
        self._session = Session()
        self._recipe = ViewRecipe()
        self._fresh: list[Embedding] = []
        self._shown: dict[View, Request | Missing] = {}
        self._fitted: dict[tuple[Cell, Rows], frozenset[str]] = {}
        self._lost: set[View] = set()
        self._given_up: dict[View, Request] = {}
        self._unseen: set[View] = set()
        self._part: frozenset[str] = frozenset()
        self._is_stale = False
        self._is_loading = False
        events.embedded.subscribe(self.explain)

    def follow(self, session: Session, recipe: ViewRecipe) -> None:
        """Show this session in this way, as far as its vectors are there."""
        self._session, self._recipe = session, recipe
        self._encoding.follow(session, recipe)
        self._is_loading |= self._encoding.missing > MANY * self._encoding.wanted
        self.refresh()

    def look(self, recipe: ViewRecipe) -> None:
        """Show the same session in another way; another pooling, or floors, need more vectors."""
        if (recipe.pooling, recipe.floors) != (self._recipe.pooling, self._recipe.floors):
            self.follow(self._session, recipe)
        else:
            self._recipe = recipe
            self.refresh()

    def arrived(self, embedding: Embedding) -> None:
        """Take in a vector; the views follow as fast as they can be computed."""
        self._fresh.append(embedding)
        if self._is_loading and not self._encoding.missing:
            self._is_loading = False
            self._fitted.clear()
        self._is_stale = True
        self._refresh_when_idle()

    def explain(self, _news: Embedded) -> None:
        """Say anew why a view is empty: encoding may have failed or been stopped."""
        if any(isinstance(shown, Missing) for shown in self._shown.values()):
            self.refresh()

    def watch(self, view: View, *, is_seen: bool) -> None:
        """Keep a view up to date only while it can be seen."""
        if is_seen == (view not in self._unseen):
            return
        self._unseen ^= {view}
        if is_seen:
            self.refresh()

    def inspect(self, take: TakeId | None) -> None:
        """Show what is about a single take for this one."""
        if take != self._inspected:
            self._inspected = take
            if View.GATING not in self._unseen:
                self.refresh()

    def show_part(self, rows: Collection[str]) -> None:
        """Show these rows of a long list alone in the word heatmap; none: all of them again."""
        self._part = frozenset(rows)
        self.refresh()

    def forget_vectors(self) -> None:
        """Let go of every vector; those that are still wanted are made anew."""
        self._gates.forget()
        self._gone(None)

    def refit_map(self) -> None:
        """Lay out the map anew with all its words."""
        self._fitted.clear()
        self.refresh()

    def find_neighbours(
        self, word: WordId, hear: Callable[[tuple[Neighbour, ...]], object]
    ) -> None:
        """Find the words nearest to `word` in the layer that is looked at."""
        cell = self._recipe.focus
        plan = self._encoding.plan(cell, Rows.WORDS)
        if plan is None:
            hear(())
            return
        self._send_fresh()
        request = Request(work.find_neighbours, (plan, self._recipe.layer_of(cell), word, 8))
        self._analysing.ask("neighbours", request, self._listener(hear, lambda _error: hear(())))

    def refresh(self) -> None:
        """Ask for every picture that is not the one shown."""
        self._is_stale = False
        self._send_fresh()
        # A maker that gives nothing waits for something that was asked for.
        makers: dict[View, Callable[[], Request | Missing | None]] = {
            View.LAYERS: self._layers,
            View.WORDS: self._words,
            View.MAP: self._map,
            View.CURVES: self._curves,
            View.CHANGES: self._changes,
            View.CONFUSIONS: self._confusions,
            View.GATING: self._gating,
            View.LETTERS: self._letters,
            View.RETRIEVAL: self._retrieval,
        }
        for view, make in makers.items():
            if view in self._unseen:
                continue
            wanted = make()
            if wanted is None:
                self._shown.pop(view, None)
                self._events.view_asked.publish(view)
            elif wanted != self._shown.get(view) and not self._is_given_up(view, wanted):
                self._shown[view] = wanted
                self._show(view, wanted)

    def _is_given_up(self, view: View, wanted: Request | Missing) -> bool:
        """Whether this picture has killed its process; another one is tried with all vectors."""
        if view not in self._given_up or isinstance(wanted, Missing):
            return False
        return wanted == self._given_up[view] or self._encoding.missing > 0

    def _refresh_when_idle(self) -> None:
        if self._is_stale and not self._analysing.is_busy:
            self.refresh()

    def _send_fresh(self) -> None:
        if self._fresh:
            embeddings, self._fresh = tuple(self._fresh), []
            self._analysing.remember(embeddings, self._listener(lambda _none: None, self._gone))

    def _show(self, view: View, wanted: Request | Missing) -> None:
        if isinstance(wanted, Missing):
            self._events.view_missing.publish(wanted)
            return
        publish = self._topic(view)

        def hear(result: Any) -> None:
            self._lost.discard(view)
            self._given_up.pop(view, None)
            # While a slider is dragged, the picture of a moment ago is better than none; but not
            # once there is nothing to be seen any more.
            if isinstance(self._shown.get(view), Request):
                publish(result)

        self._events.view_asked.publish(view)
        self._analysing.show(view, wanted, self._listener(hear, lambda e: self._failed(view, e)))

    def _topic(self, view: View) -> Callable[[Any], object]:
        events = self._events
        topics: dict[View, Callable[[Any], object]] = {
            View.LAYERS: events.layers_ready.publish,
            View.WORDS: events.words_ready.publish,
            View.MAP: events.map_ready.publish,
            View.CURVES: lambda curves: events.curves_ready.publish(CurvesReady(curves)),
            View.CHANGES: events.changes_ready.publish,
            View.CONFUSIONS: events.confusions_ready.publish,
            View.GATING: events.gating_ready.publish,
            View.LETTERS: events.letters_ready.publish,
            View.RETRIEVAL: events.retrieval_ready.publish,
        }
        return topics[view]

    def _listener(
        self, hear: Callable[[Any], object], failed: Callable[[BaseException], object]
    ) -> Listener:
        return Listener(hear, failed, lambda _is_done: self._refresh_when_idle())

    def _failed(self, view: View, error: BaseException) -> None:
        if isinstance(error, VectorsGoneError):
            self._gone(error)
        elif isinstance(error, ChildLostError) and view not in self._lost:
            self._lost.add(view)  # once may be bad luck, twice is this picture's own fault
            self._gone(error)
        elif isinstance(error, VgdeskError) and isinstance(asked := self._shown.get(view), Request):
            if isinstance(error, ChildLostError):
                self._given_up[view] = asked
            is_early = self._encoding.missing and view not in self._given_up
            reason = Missing(view, ON_THEIR_WAY if is_early else str(error))
            if is_early:
                self._shown[view] = reason  # asked again with more vectors, or for the true reason
            self._events.view_missing.publish(reason)
        elif not isinstance(error, VgdeskError):
            raise error

    def _gone(self, _error: BaseException | None) -> None:
        """Tell the new process everything again; the vectors are in the cache on disk."""
        self._shown = {v: s for v, s in self._shown.items() if isinstance(s, Missing)}
        self._fresh.clear()
        self._encoding.forget()
        self._is_loading = True
        self._is_stale = True

    def _layers(self) -> Request | Missing:
        a, b = (self._encoding.plan(cell, Rows.WORDS) for cell in (self._recipe.a, self._recipe.b))
        if not self._session.words:
            return self._why.no_words(View.LAYERS)
        if a is None or b is None:
            empty = self._recipe.a if a is None else self._recipe.b
            return self._why.no_vectors(View.LAYERS, empty)
        measure = ANALYSES[self._recipe.alignment]
        return Request(
            work.compare_layers, (measure.id, a, b, self._facts_for(measure), self._recipe.seed)
        )

    def _words(self) -> Request | Missing:
        recipe = self._recipe
        if recipe.shown is not Shown.DIFFERENCE:
            plan = self._encoding.plan(recipe.focus, recipe.rows)
            if plan is None:
                return self._why.nothing_yet(View.WORDS, recipe.focus)
            layer = recipe.layer_of(recipe.focus)
            arguments = recipe.words_measure, plan, layer, self._sight(plan)
            return Request(work.compare_words, arguments)
        a, b = (self._encoding.plan(cell, Rows.WORDS) for cell in (recipe.a, recipe.b))
        if a is None or b is None:
            return self._why.nothing_yet(View.WORDS, recipe.a if a is None else recipe.b)
        sides = a, recipe.layer_of(recipe.a), b, recipe.layer_of(recipe.b)
        return Request(
            work.compare_words_between, (recipe.words_measure, *sides, self._sight(a, b))
        )

    def _sight(self, *plans: StackPlan) -> Sight:
        """Look at every pair of a short list, and of a long one at blocks or a part."""
        if min(len(plan.rows) for plan in plans) <= MOST_ROWS:
            return Sight()
        if self._part and all(self._part <= {row[0] for row in plan.rows} for plan in plans):
            return Sight(part=self._part)
        return Sight(self._recipe.order, self._facts())

    def _map(self) -> Request | Missing:
        cell = self._recipe.focus
        plan = self._encoding.plan(cell, self._recipe.rows)
        if plan is None:
            return self._why.nothing_yet(View.MAP, cell)
        fitted = self._fitted_rows(cell, frozenset(row for row, _word, _keys in plan.rows))
        layer = self._recipe.layer_of(cell)
        method = ANALYSES[self._recipe.map_method]
        facts = self._facts_for(method)
        return Request(work.place_words, (method.id, plan, layer, fitted, facts, self._recipe.seed))

    def _fitted_rows(self, cell: Cell, rows: frozenset[str]) -> frozenset[str]:
        """Keep the axes of the map as long as they still speak for most of its rows."""
        key = cell, self._recipe.rows
        fitted = self._fitted.get(key, frozenset()) & rows
        if len(fitted) * GROWTH <= len(rows):
            fitted = rows
        self._fitted[key] = fitted
        return fitted

    def _curves(self) -> Request | Missing:
        if not self._session.words:
            return self._why.no_words(View.CURVES)
        measure, facts = ANALYSES[self._recipe.curve], self._facts()
        assert isinstance(measure, CurveAnalysis)
        if measure.uses_labels and not facts.labels():
            return self._why.no_labels(View.CURVES, facts.column)
        if measure.id == RATINGS.id and not facts.ratings:
            return self._why.no_ratings()
        cells = [self._recipe.focus] if measure.has_series else self._cells()
        plans = [self._encoding.plan(cell, measure.rows) for cell in cells]
        chosen = [plan for plan in plans if plan is not None]
        floors = () if measure.has_series else self._encoding.floor_plans(measure.rows)
        ready = (*dict.fromkeys(chosen), *floors)
        if not chosen:
            return self._why.nothing_yet(View.CURVES, self._recipe.focus)
        known = work.facts_about(ready, facts)
        return Request(work.score_layers, (measure.id, ready, known, self._recipe.seed))

    def _changes(self) -> Request | Missing:
        recipe = self._recipe
        a, b = (self._encoding.plan(cell, Rows.WORDS) for cell in (recipe.a, recipe.b))
        if a is None or b is None:
            return self._why.nothing_yet(View.CHANGES, recipe.a if a is None else recipe.b)
        layers = recipe.layer_of(recipe.a), recipe.layer_of(recipe.b)
        return Request(work.find_changes, (recipe.changes, a, layers[0], b, layers[1]))

    def _confusions(self) -> Request | Missing:
        recipe, facts = self._recipe, self._facts()
        if self._session.words and not facts.labels():
            return self._why.no_labels(View.CONFUSIONS, facts.column)
        plan = self._encoding.plan(recipe.focus, Rows.WORDS)
        if plan is None:
            return self._why.nothing_yet(View.CONFUSIONS, recipe.focus)
        layer = recipe.layer_of(recipe.focus)
        return Request(work.confuse_labels, (ABX_LABELS.id, plan, layer, facts, recipe.seed))

    def _gating(self) -> Request | Missing | None:
        cell, take = self._recipe.focus, self._session.takes.get(self._inspected or TakeId(""))
        takes = self._encoding.plan(cell, Rows.TAKES)
        if cell.modality is Modality.TEXT and self._session.words:
            return self._why.not_heard(View.GATING, cell)
        if takes is None:
            return self._why.nothing_yet(View.GATING, cell)
        if take is None:
            return Missing(View.GATING, f"{PURPOSES[View.GATING]} Choose a word that was recorded.")
        gates = self._gates.of(takes.encoder, take, self._recipe.pooling)
        if gates is None or isinstance(gates, VgdeskError):
            return None if gates is None else Missing(View.GATING, str(gates))
        layer = self._recipe.layer_of(cell)
        return Request(work.rank_gates, (GATING.id, gates, takes, layer, self._facts()))

    def _letters(self) -> Request | Missing:
        cell, facts = self._recipe.focus, self._facts()
        if not names_shapes(facts):
            return self._why.no_shapes()
        plan = self._encoding.plan(cell, Rows.WORDS)
        if plan is None:
            return self._why.nothing_yet(View.LETTERS, cell)
        known = work.facts_about([plan], facts)
        if not names_shapes(known):
            return self._why.unheard_shapes(cell)
        layer = self._recipe.layer_of(cell)
        return Request(work.profile_letters, (plan, layer, known, self._recipe.seed))

    def _retrieval(self) -> Request | Missing:
        recipe = self._recipe
        if recipe.search is Search.VOICES:
            return self._voices(recipe.focus)
        one, other = recipe.searched
        a, b = (self._encoding.plan(cell, Rows.WORDS) for cell in recipe.searched)
        if a is None or b is None:
            return self._why.nothing_yet(View.RETRIEVAL, one if a is None else other)
        layers = recipe.layer_of(one), recipe.layer_of(other)
        return Request(work.find_partners_of, (a, layers[0], b, layers[1], recipe.seed))

    def _voices(self, cell: Cell) -> Request | Missing:
        takes = self._encoding.plan(cell, Rows.TAKES)
        if cell.modality is Modality.TEXT and self._session.words:
            return self._why.not_heard(View.RETRIEVAL, cell)
        if takes is None:
            return self._why.nothing_yet(View.RETRIEVAL, cell)
        layer = self._recipe.layer_of(cell)
        return Request(work.find_other_voices, (takes, layer, self._facts(), self._recipe.seed))

    @property
    def _why(self) -> Reasons:
        return Reasons(self._session, self._recipe, self._encoding.progress)

    def _facts_for(self, analysis: Analysis) -> Facts:
        uses_facts = isinstance(analysis, LayerAnalysis | MapAnalysis) and analysis.uses_facts
        return self._facts() if uses_facts else NOTHING_KNOWN

    def _facts(self) -> Facts:
        return facts_of(self._session, self._recipe.label_column)

    def _cells(self) -> list[Cell]:
        return [cell for cell in Cell if cell in self._session.encoders]
