import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from vgdesk.app.encoding.embedding_messages import (
    DeviceFellBack,
    EmbeddedItem,
    EmbeddingFailed,
    ModelLoading,
    ModelRuns,
    News,
    SpeechItem,
    TextItem,
    VectorsDamaged,
)
from vgdesk.app.encoding.embedding_worker import embed, get_ready
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.app.state.events import CellProgress, Embedded, Events
from vgdesk.app.workers.child_process import ChildLostError, ChildProcess, Job
from vgdesk.app.workers.jobs import JobChanged, JobId, JobKind, JobState
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Cell, EncoderId, Modality, Session, TakeId, WordId
from vgdesk.core.notices import Level, Notice
from vgdesk.core.viewing import Rows, ViewRecipe
from vgdesk.encoders.base import EncoderSpec, Pooling
from vgdesk.encoders.defaults import floor_encoders
from vgdesk.encoders.starter import CONTROLLED, control_id, starter_id

NEWS_EVERY = 0.2  # s
AT_ONCE = 16  # takes a job: few enough that a word just spoken does not wait long for its turn
# What ships costs little memory, so it waits loaded.
SMALL = frozenset((*map(starter_id, Cell), *map(control_id, CONTROLLED)))


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything that a vector depends on, as far as the window knows it."""

    encoder: EncoderId
    pooling: str
    text: str = ""
    file: Path = Path()
    start: float = 0.0
    end: float | None = None

    def item(self, row: str) -> SpeechItem | TextItem:
        if self.text:
            return TextItem(row, self.text)
        return SpeechItem(row, self.file, self.start, self.end)


@dataclass(frozen=True, slots=True)
class EncodeOptions:
    """Where vectors are kept, which device makes them, and which vectors came with the program."""

    cache_folder: Path | None
    device: str
    shipped_folder: Path | None = None


class EncodingQueue:
    """Sees to it that every take and every written word gets its vectors.

    What is missing is asked for in small jobs, the newest takes first. The vectors themselves go
    straight on to the analysis process; here only their keys are kept.
    """

    def __init__(
        self,
        child: ChildProcess,
        events: Events,
        *,
        spec_of: Callable[[EncoderId], EncoderSpec | None],
        options: Callable[[], EncodeOptions],
    ) -> None:
        self._child = child
        self._events = events
        self._spec_of = spec_of
        self._options = options
        self._session = Session()
        self._recipe = ViewRecipe()
        self._wanted: dict[EncoderId, tuple[tuple[str, WordId, Ask], ...]] = {}
        # What is still to come, the newest first, and how many rows wait for it.
        self._open: dict[EncoderId, Counter[Ask]] = {}
        self._floors: tuple[EncoderId, ...] = ()
        self._keys: dict[Ask, str] = {}
        # Asked for by every view at every move of the slider, and different only after news.
        self._plans: dict[tuple[EncoderId, Rows], StackPlan | None] = {}
        self._failed: dict[Ask, VgdeskError] = {}
        self._halted: set[EncoderId] = set()
        self._lost: set[EncoderId] = set()
        self._ready: set[tuple[EncoderId, str]] = set()
        self._damaged = 0  # vectors on disk since it was last said
        self._published = 0.0
        self._told: dict[EncoderId, JobChanged] = {}
        self._job: Job | None = None
        self._job_encoder = EncoderId("")

    def session_changed(self, session: Session, recipe: ViewRecipe) -> None:
        """Ask for whatever this session lacks."""
        self._session, self._recipe = session, recipe
        modalities = {encoder: cell.modality for cell, encoder in session.encoders.items()}
        self._floors = self._find_floors() if recipe.floors else ()
        for floor in self._floors:
            if (spec := self._spec_of(floor)) is not None:
                modalities[floor] = spec.modality
        self._wanted = {e: self._want(e, modality) for e, modality in modalities.items()}
        self._open = {encoder: self._find_open(encoder) for encoder in self._wanted}
        self._plans.clear()
        self._ask_next()
        self._publish()

    def retry(self, encoder: EncoderId) -> None:
        """Ask again for what was cancelled or failed with this encoder."""
        self._halted.discard(encoder)
        self._lost.discard(encoder)
        self._failed = {a: e for a, e in self._failed.items() if a.encoder != encoder}
        self.session_changed(self._session, self._recipe)

    def drop_vectors(self) -> None:
        """Ask again for everything."""
        self._halted.clear()
        self._lost.clear()
        self._failed.clear()
        self._keys.clear()
        self._ready.clear()
        self.session_changed(self._session, self._recipe)

    def cancel(self, encoder: EncoderId) -> None:
        """Stop encoding with this encoder until it is asked for again."""
        self._halted.add(encoder)
        if self._job is not None and self._job_encoder == encoder:
            self._child.cancel(self._job)

    @property
    def missing(self) -> int:
        """How many vectors are still to come; what was stopped, or has no model, never comes."""
        return sum(len(self._open[encoder]) for encoder in self._chosen if self._is_on(encoder))

    @property
    def wanted(self) -> int:
        """How many vectors there are when all have come."""
        return sum(len(self._wanted[encoder]) for encoder in self._chosen)

    @property
    def _chosen(self) -> frozenset[EncoderId]:
        return frozenset(self._session.encoders.values())

    def _find_floors(self) -> tuple[EncoderId, ...]:
        specs = [self._spec_of(encoder) for encoder in self._session.encoders.values()]
        return floor_encoders(spec for spec in specs if spec is not None)

    def plan(self, cell: Cell, rows: Rows) -> StackPlan | None:
        """Name the vectors of a cell that are there, row by row; None if there are none."""
        encoder = self._session.encoders.get(cell)
        return None if encoder is None else self._plan_of(encoder, rows)

    def floor_plans(self, rows: Rows) -> tuple[StackPlan, ...]:
        """Name the vectors of what the chosen encoders have to beat, as far as they are there."""
        plans = (self._plan_of(floor, rows) for floor in self._floors)
        return tuple(plan for plan in plans if plan is not None)

    def _plan_of(self, encoder: EncoderId, rows: Rows) -> StackPlan | None:
        if (encoder, rows) not in self._plans:
            self._plans[encoder, rows] = self._plan(encoder, rows)
        return self._plans[encoder, rows]

    def _plan(self, encoder: EncoderId, rows: Rows) -> StackPlan | None:
        ready = [
            (row, word, self._keys[ask])
            for row, word, ask in self._wanted.get(encoder, ())
            if ask in self._keys
        ]
        if not ready:
            return None
        if rows is Rows.TAKES:
            return StackPlan(encoder, tuple((row, word, ((key,),)) for row, word, key in ready))
        # Takes without a known speaker are by one unnamed voice.
        speaker_of = {str(take.id): take.speaker for take in self._session.takes.values()}
        by_word: dict[WordId, dict[str, list[str]]] = {word: {} for word in self._session.words}
        for row, word, key in ready:
            by_word[word].setdefault(speaker_of.get(row, ""), []).append(key)
        return StackPlan(
            encoder,
            tuple(
                (word, word, tuple(tuple(keys) for keys in voices.values()))
                for word, voices in by_word.items()
                if voices
            ),
        )

    def _want(self, encoder: EncoderId, modality: Modality) -> tuple[tuple[str, WordId, Ask], ...]:
        """List row id, word and what to ask for; a written word is the same in all its takes."""
        pooling = self._recipe.pooling
        if modality is Modality.TEXT:
            words = self._session.words.values()
            return tuple((w.id, w.id, Ask(encoder, pooling, text=w.text)) for w in words)
        return tuple(
            (t.id, t.word, Ask(encoder, pooling, file=t.file, start=t.start, end=t.end))
            for t in self._session.takes.values()
        )

    def _find_open(self, encoder: EncoderId) -> Counter[Ask]:
        asks = (ask for _row, _word, ask in reversed(self._wanted[encoder]))
        return Counter(a for a in asks if a not in self._keys and a not in self._failed)

    def _close(self, ask: Ask) -> None:
        if ask.encoder in self._open:
            self._open[ask.encoder].pop(ask, None)

    def _is_on(self, encoder: EncoderId) -> bool:
        return encoder not in self._halted and self._spec_of(encoder) is not None

    def _ask_next(self) -> None:
        if self._job is not None:
            return
        # What is nearly done goes first: a word just spoken does not wait behind a list.
        for encoder in sorted(self._wanted, key=self._rank):
            spec = self._spec_of(encoder)
            if spec is None or spec.id in self._halted:
                continue
            if asks := tuple(islice(self._open[encoder], AT_ONCE)):
                self._submit(spec, asks)
                return
        self._get_ready()

    def _rank(self, encoder: EncoderId) -> tuple[bool, int]:
        return encoder in self._floors, len(self._open[encoder])

    def _get_ready(self) -> None:
        """Load what ships while there is nothing else to do: the next word will not wait for it."""
        device = self._options().device
        ready = {encoder for encoder, where in self._ready if where == device}
        on = (encoder for encoder in self._wanted if self._is_on(encoder))
        spec = next((self._spec_of(e) for e in on if e in SMALL and e not in ready), None)
        if spec is not None:
            self._ready.add((spec.id, device))
            self._start(spec, (), get_ready, lambda: (spec, device))

    def _submit(self, spec: EncoderSpec, asks: tuple[Ask, ...]) -> None:
        items = tuple(ask.item(str(place)) for place, ask in enumerate(asks))
        options, pooling = self._options(), Pooling(asks[0].pooling)

        def run() -> tuple[object, ...]:
            return spec, items, options, pooling

        self._start(spec, asks, _embed, run)

    def _start(
        self,
        spec: EncoderSpec,
        asks: tuple[Ask, ...],
        call: Callable[..., object],
        arguments: Callable[[], tuple[object, ...]],
    ) -> None:
        def hear(news: News) -> None:
            self._hear(news, spec, asks)

        self._job_encoder = spec.id
        self._job = self._child.submit(
            Job(call, arguments, hear, lambda error: self._broke(spec, asks, error), self._ended)
        )

    def _hear(self, news: News, spec: EncoderSpec, asks: tuple[Ask, ...]) -> None:
        match news:
            case EmbeddedItem(row, embedding):
                self._keys[asks[int(row)]] = embedding.key
                self._close(asks[int(row)])
                self._plans.clear()
                self._events.vector_ready.publish(embedding)
            case EmbeddingFailed(row, error):
                self._failed[asks[int(row)]] = error
                self._close(asks[int(row)])
            case DeviceFellBack(sentence):
                self._events.notice.publish(Notice(sentence, level=Level.WARNING))
            case VectorsDamaged(count):
                self._damaged += count
            case ModelRuns(device):
                self._events.device_found.publish(device)
            case ModelLoading():
                loading = JobChanged(
                    JobId(JobKind.ENCODING, spec.id), f"Loading {spec.title}", JobState.RUNNING
                )
                self._events.job_changed.publish(loading)
        if time.monotonic() - self._published > NEWS_EVERY:
            self._publish()

    def _broke(self, spec: EncoderSpec, asks: tuple[Ask, ...], error: BaseException) -> None:
        if isinstance(error, ChildLostError):
            self._ready.clear()  # the models went with the process
        if isinstance(error, ChildLostError) and spec.id not in self._lost:
            self._lost.add(spec.id)  # once may be bad luck: the same takes are asked for again
        elif isinstance(error, VgdeskError):
            for ask in asks:
                self._failed[ask] = error
                self._close(ask)
            self._halted.add(spec.id)
        else:
            self._halted.add(spec.id)
            raise error
        self._events.report(error)

    def _ended(self, _is_done: bool) -> None:
        self._job = None
        self._ask_next()
        if self._damaged and not self.missing:
            self._events.notice.publish(_damaged_notice(self._damaged))
            self._damaged = 0
        if not self.missing or time.monotonic() - self._published > NEWS_EVERY:
            self._publish()

    def _publish(self) -> None:
        self._published = time.monotonic()
        cells = {cell: self.progress(cell) for cell in self._session.encoders}
        self._events.embedded.publish(Embedded(cells, self._pending(), self._failures()))
        for cell, progress in cells.items():
            self._publish_job(self._session.encoders[cell], progress)

    def progress(self, cell: Cell) -> CellProgress:
        """Say how far a cell is, and what stands in its way."""
        encoder = self._session.encoders[cell]
        wanted, waiting = self._wanted.get(encoder, ()), self._open.get(encoder, Counter())
        failed = self._failed and [ask for *_, ask in wanted if ask in self._failed]
        problem = str(self._failed[failed[0]]) if failed else ""
        if len(failed) > 1:
            problem = f"{problem} {len(failed) - 1} more could not be encoded."
        if self._spec_of(encoder) is None:
            problem = "This model is not on this computer. Add its folder, or download it."
        done = len(wanted) - len(failed) - waiting.total()
        is_stopped = encoder in self._halted and done < len(wanted)
        return CellProgress(done, len(wanted), problem, is_stopped)

    def _spoken(self) -> Iterator[tuple[TakeId, Ask]]:
        for cell, encoder in self._session.encoders.items():
            if cell.modality is Modality.SPEECH:
                yield from ((TakeId(row), ask) for row, _word, ask in self._wanted[encoder])

    def _pending(self) -> frozenset[TakeId]:
        return frozenset(
            take
            for take, ask in self._spoken()
            if ask in self._open[ask.encoder] and ask.encoder not in self._halted
        )

    def _failures(self) -> Mapping[TakeId, str]:
        if not self._failed:
            return {}
        return {t: str(self._failed[ask]) for t, ask in self._spoken() if ask in self._failed}

    def _publish_job(self, encoder: EncoderId, progress: CellProgress) -> None:
        spec = self._spec_of(encoder)
        if spec is None or not progress.total:
            return
        job = JobChanged(
            JobId(JobKind.ENCODING, encoder),
            f"Encoding with {spec.title}",
            self._state(progress),
            progress.done,
            progress.total,
        )
        if job != self._told.get(encoder):  # the history is for what happened, once
            self._told[encoder] = job
            self._events.job_changed.publish(job)

    def _state(self, progress: CellProgress) -> JobState:
        if progress.is_stopped:
            return JobState.CANCELLED
        if progress.problem:
            return JobState.FAILED
        return JobState.RUNNING if progress.done < progress.total else JobState.DONE


def _damaged_notice(count: int) -> Notice:
    """Say it once a run, not once a job."""
    what = "1 cached vector was" if count == 1 else f"{count:,} cached vectors were"
    return Notice(
        f"{what} damaged and recomputed.", "If it happens again, check the disk.", Level.WARNING
    )


def _embed(
    spec: EncoderSpec,
    items: tuple[SpeechItem | TextItem, ...],
    options: EncodeOptions,
    pooling: Pooling,
) -> object:
    # A job's arguments travel by position; here they get their names back.
    return embed(
        spec,
        items,
        cache_folder=options.cache_folder,
        device=options.device,
        pooling=pooling,
        shipped_folder=options.shipped_folder,
    )
