from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from vgdesk.app.encoding.embedding_messages import EmbeddedItem, EmbeddingFailed, News, SpeechItem
from vgdesk.app.encoding.embedding_worker import embed
from vgdesk.app.encoding.encoding_queue import EncodeOptions
from vgdesk.app.encoding.gated_sounds import gates_of, seconds_of
from vgdesk.app.state.events import Events
from vgdesk.app.workers.child_process import ChildProcess, Job
from vgdesk.core.errors import VgdeskError
from vgdesk.core.gates import Condition, Gates, Heard, gate_times
from vgdesk.core.model import EncoderId, Take
from vgdesk.core.stack import Embedding, stack_rows
from vgdesk.encoders.base import EncoderSpec, Pooling

SHOWN = (Condition.START, Condition.END, Condition.PADDED)
KEPT = 8  # words; the gates of one are about two megabytes with a large model

Answer = tuple[Gates, ...] | VgdeskError


@dataclass(frozen=True, slots=True)
class GateAsk:
    """The inputs that determine the vectors of a word's gates."""

    encoder: EncoderId
    take: Take
    pooling: str


@dataclass(frozen=True, slots=True)
class WordLength:
    """The duration of the gated word, in seconds."""

    seconds: float


@dataclass(slots=True)
class _Coming:
    ask: GateAsk
    seconds: float = 0.0
    found: dict[str, Embedding] = field(default_factory=dict)


class GateEncoding:
    """Encodes the gates of one word at a time; the newest request replaces waiting ones.

    The last few words are kept in memory, not on disk: the data is large and seldom viewed twice.
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
        self._spec_of = spec_of
        self._options = options
        self._events = events
        self._answers: OrderedDict[GateAsk, Answer] = OrderedDict()
        self._waiting: GateAsk | None = None

    def of(self, encoder: EncoderId, take: Take, pooling: str) -> Answer | None:
        """Return the gates of a take or the error; None while they are being computed."""
        ask = GateAsk(encoder, take, pooling)
        if ask in self._answers:
            self._answers.move_to_end(ask)
            return self._answers[ask]
        spec = self._spec_of(encoder)
        if spec is None:
            return VgdeskError("This model is not on this computer.", "Choose another one.")
        if ask != self._waiting:
            self._waiting = ask
            self._forget_failures()
            self._start(_Coming(ask), spec)
        return None

    def drop_vectors(self) -> None:
        """Discard all results."""
        self._answers.clear()

    def _forget_failures(self) -> None:
        """Discard failures, so that returning to a word retries it."""
        for ask in [a for a, answer in self._answers.items() if isinstance(answer, VgdeskError)]:
            del self._answers[ask]

    def _start(self, coming: _Coming, spec: EncoderSpec) -> None:
        take, options, pooling = coming.ask.take, self._options(), Pooling(coming.ask.pooling)
        item = SpeechItem(take.id, take.file, take.start, take.end)

        def hear(news: WordLength | News) -> None:
            if isinstance(news, WordLength):
                coming.seconds = news.seconds
            elif isinstance(news, EmbeddedItem):
                coming.found[news.row] = news.embedding
            elif isinstance(news, EmbeddingFailed):
                self._broke(coming.ask, news.error)

        def ended(is_done: bool) -> None:
            if self._waiting == coming.ask:
                self._waiting = None
            if is_done and coming.ask not in self._answers:
                self._keep(coming.ask, _gates(coming))
            self._events.gates_ready.publish(coming.ask.take.id)

        self._child.submit(
            Job(
                embed_gates,
                lambda: (spec, item, SHOWN, options.device, pooling),
                hear,
                lambda error: self._broke(coming.ask, error),
                ended,
                slot="gates",
            )
        )

    def _broke(self, ask: GateAsk, error: BaseException) -> None:
        if not isinstance(error, VgdeskError):
            raise error
        self._keep(ask, error)

    def _keep(self, ask: GateAsk, answer: Answer) -> None:
        self._answers[ask] = answer
        while len(self._answers) > KEPT:
            self._answers.popitem(last=False)


def embed_gates(
    spec: EncoderSpec,
    item: SpeechItem,
    conditions: tuple[Condition, ...],
    device: str,
    pooling: Pooling,
) -> Iterator[WordLength | News]:
    """Embed the gates of a word, in the encoder process."""
    seconds = seconds_of(item)
    yield WordLength(seconds)
    parts = tuple(part for way in conditions for part in gates_of(item, seconds, way))
    yield from embed(spec, parts, cache_folder=None, device=device, pooling=pooling)


def _gates(coming: _Coming) -> tuple[Gates, ...]:
    take = coming.ask.take
    item = SpeechItem(take.id, take.file, take.start, take.end)
    made = []
    for condition in SHOWN:
        rows = [part.row for part in gates_of(item, coming.seconds, condition)]
        stack = stack_rows(
            [(row, take.word, [[coming.found[row]]]) for row in rows], encoder=coming.ask.encoder
        )
        assert stack is not None  # a word has at least one gate
        heard = Heard(take.word, take.id, condition, gate_times(coming.seconds))
        made.append(Gates(heard, stack))
    return tuple(made)
