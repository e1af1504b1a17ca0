from collections.abc import Callable, Collection
from typing import Any

from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.analysis_processes import AnalysisProcesses, Listener
from vgdesk.app.analysing.analysis_worker import VectorsGoneError
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import COMPUTING, AskingView, ViewContext
from vgdesk.app.encoding.encoding_queue import EncodingQueue
from vgdesk.app.encoding.gate_encoding import GateEncoding
from vgdesk.app.state.events import Embedded, Events, Missing, ViewId, ViewResult
from vgdesk.app.workers.child_process import ChildLostError
from vgdesk.core.details import Neighbour
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Cell, Session, TakeId, WordId
from vgdesk.core.stack import Embedding
from vgdesk.core.viewing import Rows, ViewRecipe

GROWTH = 1.5  # a map is refitted once it has grown by half, because axes from few words mislead
MANY = 0.5  # a larger share of new vectors means that a list was loaded


class Pipeline:
    """Keeps the views up to date with the session, the recipe and the vectors so far.

    Views are known only as `AskingView`; results are published under their ids.
    """

    def __init__(
        self,
        processes: AnalysisProcesses,
        events: Events,
        encoding: EncodingQueue,
        gates: GateEncoding,
    ) -> None:
        self._processes = processes
        self._events = events
        self._encoding = encoding
        self._gates = gates
        self._views: dict[ViewId, AskingView] = {}
        self._inspected: TakeId | None = None
        self._session = Session()
        self._recipe = ViewRecipe()
        self._fresh: list[Embedding] = []
        self._shown: dict[ViewId, Request | Missing] = {}
        self._fitted: dict[tuple[Cell, Rows], frozenset[str]] = {}
        self._lost: set[ViewId] = set()
        self._given_up: dict[ViewId, Request] = {}
        self._unseen: set[ViewId] = set()
        self._part: frozenset[str] = frozenset()
        self._is_stale = False
        self._is_loading = False
        events.embedded.subscribe(self.explain)
        events.vector_ready.subscribe(self._vector_ready)
        events.gates_ready.subscribe(self._gates_ready)
        events.recipe_changed.subscribe(self.recipe_changed)

    def add(self, view: AskingView, *, is_seen: bool = True) -> None:
        """Add a view to keep up to date."""
        self._views[view.id] = view
        if not is_seen:
            self._unseen.add(view.id)

    def session_changed(self, session: Session, recipe: ViewRecipe) -> None:
        """Show a session with this recipe, using the vectors available so far."""
        self._session, self._recipe = session, recipe
        self._encoding.session_changed(session, recipe)
        self._is_loading |= self._encoding.missing > MANY * self._encoding.wanted
        self.refresh()

    def recipe_changed(self, recipe: ViewRecipe) -> None:
        """Show the same session with another recipe; pooling and floors may need more vectors."""
        if (recipe.pooling, recipe.floors) != (self._recipe.pooling, self._recipe.floors):
            self.session_changed(self._session, recipe)
        else:
            self._recipe = recipe
            self.refresh()

    def _vector_ready(self, embedding: Embedding) -> None:
        """Add a vector; the views follow as fast as they can be computed."""
        self._fresh.append(embedding)
        if self._is_loading and not self._encoding.missing:
            self._is_loading = False
            self._fitted.clear()
        self._is_stale = True
        self._refresh_when_idle()

    def _gates_ready(self, _take: TakeId) -> None:
        self.refresh()

    def explain(self, _news: Embedded) -> None:
        """Update the reasons why views are empty: encoding may have failed or been stopped."""
        if any(isinstance(shown, Missing) for shown in self._shown.values()):
            self.refresh()

    def watch(self, view: ViewId, *, is_seen: bool) -> None:
        """Keep a view up to date only while it is visible."""
        if is_seen == (view not in self._unseen):
            return
        self._unseen ^= {view}
        if is_seen:
            self.refresh()

    def inspect(self, take: TakeId | None) -> None:
        """Show this take in the views of a single take."""
        if take != self._inspected:
            self._inspected = take
            if any(v.follows_take for v in self._views.values() if v.id not in self._unseen):
                self.refresh()

    def show_part(self, rows: Collection[str]) -> None:
        """Show only these rows of a long list in the word heatmap; all rows if empty."""
        self._part = frozenset(rows)
        self.refresh()

    def drop_vectors(self) -> None:
        """Discard all vectors and recompute those that are still needed."""
        self._gates.drop_vectors()
        self._vectors_gone(None)

    def refit_map(self) -> None:
        """Refit the map to all its words."""
        self._fitted.clear()
        self.refresh()

    def find_neighbours(
        self, word: WordId, hear: Callable[[tuple[Neighbour, ...]], object]
    ) -> None:
        """Find the words nearest to `word` in the current layer."""
        cell = self._recipe.focus
        plan = self._encoding.plan(cell, Rows.WORDS)
        if plan is None:
            hear(())
            return
        self._send_fresh()
        choices = {"layer": self._recipe.layer_of(cell), "word": word, "count": 8}
        request = Request(work.find_neighbours, (plan,), choices)
        self._processes.ask("neighbours", request, self._listener(hear, lambda _error: hear(())))

    def refresh(self) -> None:
        """Request every result that differs from the one shown."""
        self._is_stale = False
        self._send_fresh()
        for view in self._views.values():
            if view.id in self._unseen:
                continue
            wanted = view.ask(self.context_for(view))
            if wanted is None:
                self._shown.pop(view.id, None)
                self._events.view_asked.publish(view.id)
            elif wanted != self._shown.get(view.id) and not self._is_given_up(view.id, wanted):
                self._shown[view.id] = wanted
                self._show(view, wanted)

    def context_for(self, view: AskingView) -> ViewContext:
        """Return the situation of now, in which a view says what it needs."""
        return ViewContext(
            view.id,
            view.purpose,
            self._session,
            self._recipe,
            self._encoding,
            self._gates,
            self._session.takes.get(self._inspected or TakeId("")),
            self._part,
            self._fitted_rows,
        )

    def _is_given_up(self, view: ViewId, wanted: Request | Missing) -> bool:
        """Whether this request crashed its process; a different one waits for all vectors."""
        if view not in self._given_up or isinstance(wanted, Missing):
            return False
        return wanted == self._given_up[view] or self._encoding.missing > 0

    def _refresh_when_idle(self) -> None:
        if self._is_stale and not self._processes.is_busy:
            self.refresh()

    def _send_fresh(self) -> None:
        if self._fresh:
            embeddings, self._fresh = tuple(self._fresh), []
            listener = self._listener(lambda _none: None, self._vectors_gone)
            self._processes.remember(embeddings, listener)

    def _show(self, view: AskingView, wanted: Request | Missing) -> None:
        if isinstance(wanted, Missing):
            self._events.view_missing.publish(wanted)
            return

        def hear(result: Any) -> None:
            self._lost.discard(view.id)
            self._given_up.pop(view.id, None)
            # While a slider is dragged, an outdated result is better than none, unless the view
            # no longer shows a result.
            if isinstance(self._shown.get(view.id), Request):
                self._events.result_ready.publish(ViewResult(view.id, result))

        self._events.view_asked.publish(view.id)
        listener = self._listener(hear, lambda error: self._failed(view.id, error))
        compute = self._processes.ask if view.is_quick else self._processes.score
        compute(view.id, wanted, listener)

    def _listener(
        self, hear: Callable[[Any], object], failed: Callable[[BaseException], object]
    ) -> Listener:
        return Listener(hear, failed, lambda _is_done: self._refresh_when_idle())

    def _failed(self, view: ViewId, error: BaseException) -> None:
        if isinstance(error, VectorsGoneError):
            self._vectors_gone(error)
        elif isinstance(error, ChildLostError) and view not in self._lost:
            self._lost.add(view)  # a second crash is blamed on the request
            self._vectors_gone(error)
        elif isinstance(error, VgdeskError) and isinstance(asked := self._shown.get(view), Request):
            if isinstance(error, ChildLostError):
                self._given_up[view] = asked
            is_early = self._encoding.missing and view not in self._given_up
            reason = Missing(view, COMPUTING if is_early else str(error))
            if is_early:
                self._shown[view] = reason  # requested again with more vectors
            self._events.view_missing.publish(reason)
        elif not isinstance(error, VgdeskError):
            raise error

    def _vectors_gone(self, _error: BaseException | None) -> None:
        """Send all vectors, which are cached on disk, to the new process."""
        self._shown = {v: s for v, s in self._shown.items() if isinstance(s, Missing)}
        self._fresh.clear()
        self._encoding.drop_vectors()
        self._is_loading = True
        self._is_stale = True

    def _fitted_rows(self, cell: Cell, rows: frozenset[str]) -> frozenset[str]:
        """Keep the axes of the map while they are fitted to most of its rows."""
        key = cell, self._recipe.rows
        fitted = self._fitted.get(key, frozenset()) & rows
        if len(fitted) * GROWTH <= len(rows):
            fitted = rows
        self._fitted[key] = fitted
        return fitted
