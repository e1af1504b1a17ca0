"""Embedding of words in the encoder process. Cached embeddings need no model."""

import hashlib
import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from vgdesk.app.encoding.embedding_cache import EmbeddingCache, embedding_key
from vgdesk.app.encoding.embedding_messages import (
    DeviceFellBack,
    EmbeddedItem,
    EmbeddingFailed,
    Item,
    ModelLoading,
    ModelRuns,
    News,
    SpeechItem,
    TextItem,
    VectorsDamaged,
)
from vgdesk.audio.files import Recording, read, resample
from vgdesk.audio.shaping import faded, with_silence
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import EncoderError, NotFiniteError, VgdeskError
from vgdesk.core.stack import Embedding
from vgdesk.encoders import choose_device, foreign_errors, load, standardised
from vgdesk.encoders.base import DeviceFullError, EncoderSpec, Pooling

LARGEST_BATCH = 8  # words; larger batches do not speed up a CPU
LARGEST_BATCH_ON_DEVICE = 64  # words, on CUDA and MPS
ALL_WORDS = 1_000_000  # word vectors are looked up in one pass over the file
_BATCH_SECONDS = 60.0  # of sound, padding included
_BRISK, _SLOW = 0.25, 0.8  # seconds per batch, to keep results and cancels responsive
_MODELS_KEPT = 8  # four cells and their untrained twins


@dataclass(frozen=True, slots=True)
class _Missing:
    item: Item
    key: str
    length: float  # seconds or letters: words of similar length share a batch


@dataclass(slots=True)
class _Model:
    """A loaded encoder with its current and largest batch size."""

    encoder: Any
    device: str
    batch: int = 2
    largest: int = LARGEST_BATCH

    def adapt(self, seconds: float) -> None:
        if seconds < _BRISK:
            self.batch = min(2 * self.batch, self.largest)
        elif seconds > _SLOW:
            self.batch = max(1, self.batch // 2)


# Keyed by spec and requested device, the most recently used last.
_models: OrderedDict[tuple[EncoderSpec, str], _Model] = OrderedDict()


def drop_models() -> None:
    """Free the memory of all loaded models."""
    _models.clear()


def _loaded(spec: EncoderSpec, device: str) -> tuple[_Model, str]:
    """Return the model and why it is not on the requested device; empty if it is."""
    if (spec, device) in _models:
        _models.move_to_end((spec, device))
        return _models[spec, device], ""
    # A baseline needs no device, so the heavy import for finding one is avoided.
    chosen = "cpu" if spec.folder is None else choose_device(device)
    why = f"This computer has no {device}, so encoding runs on {chosen}."
    why = "" if spec.folder is None or device in ("auto", chosen) else why
    try:
        model = _Model(load(spec, chosen), chosen)
        if spec.file is not None:  # its file is read once per batch
            model.batch = model.largest = ALL_WORDS
    except DeviceFullError:
        if chosen == "cpu":
            raise
        why, model = _too_small(spec, chosen), _Model(load(spec, "cpu"), "cpu")
    if model.device != "cpu":
        model.largest = LARGEST_BATCH_ON_DEVICE
    _keep(spec, device, model)
    return model, why


def _keep(spec: EncoderSpec, device: str, model: _Model) -> None:
    _models[spec, device] = model
    while len(_models) > _MODELS_KEPT:
        _models.popitem(last=False)


def _too_small(spec: EncoderSpec, device: str) -> str:
    return f"“{spec.title}” does not fit into the memory of {device}; it now runs on the processor."


def get_ready(spec: EncoderSpec, device: str) -> Iterator[News]:
    """Load a model in advance."""
    model, why = _loaded(spec, device)
    if why:
        yield DeviceFellBack(why)
    yield ModelRuns(model.device)


def embed(
    spec: EncoderSpec,
    items: tuple[Item, ...],
    *,
    cache_folder: Path | None,
    device: str,
    pooling: Pooling,
    shipped_folder: Path | None = None,
) -> Iterator[News]:
    """Embed words: cached ones first, then the others in batches.

    Closing the generator stops it after the running batch; results so far stay cached.

    Parameters
    ----------
    cache_folder
        Cache of embeddings; None for no caching at all.
    device
        "auto", "cuda", "mps" or "cpu". If its memory is too small, smaller batches are tried, then
        the CPU.
    shipped_folder
        Read-only embeddings shipped with the program.
    """
    cache = None if cache_folder is None else EmbeddingCache(cache_folder, shipped_folder)
    missing: list[_Missing] = []
    yield from _look_up(items, spec, pooling, cache, missing)
    if cache is not None and cache.damaged:
        yield VectorsDamaged(cache.damaged)
    if missing:
        if spec.folder is not None and (spec, device) not in _models:
            yield ModelLoading()
        for news in _Run(spec, device, pooling).all_of(missing):
            if cache is not None and isinstance(news, EmbeddedItem):
                cache.put(news.embedding)
            yield news


def _look_up(
    items: Iterable[Item],
    spec: EncoderSpec,
    pooling: Pooling,
    cache: EmbeddingCache | None,
    missing: list[_Missing],
) -> Iterator[News]:
    """Yield cached embeddings and unreadable items; add the rest to `missing`."""
    for item in items:
        try:
            content, length = _content(item)
        except VgdeskError as error:
            yield EmbeddingFailed(item.row, error)
            continue
        key = embedding_key(content, spec, pooling)
        found = cache.get(key) if cache is not None else None
        if found is not None:
            yield EmbeddedItem(item.row, found)
        else:
            missing.append(_Missing(item, key, length))


class _Run:
    """Encodes the items that are not cached."""

    def __init__(self, spec: EncoderSpec, device: str, pooling: Pooling) -> None:
        self._spec = spec
        self._device = device
        self._pooling = pooling
        self._model, self._why = _loaded(spec, device)

    def all_of(self, missing: Sequence[_Missing]) -> Iterator[News]:
        """Encode in batches of words of similar length, the shortest first."""
        if self._why:
            yield DeviceFellBack(self._why)
        if self._spec.folder is not None:
            yield ModelRuns(self._model.device)
        left = deque(sorted(missing, key=lambda word: word.length))
        # The next words are read while the model runs.
        with ThreadPoolExecutor(1, "vgdesk reader") as reader:
            ahead: deque[Future[_Word]] = deque()
            try:
                while left or ahead:
                    while left and len(ahead) < 2 * self._model.batch:
                        ahead.append(reader.submit(_read, left.popleft(), self._spec.sample_rate))
                    yield from self._batch([one.result() for one in self._next(ahead)])
            finally:
                for one in ahead:
                    one.cancel()

    def _next(self, ahead: "deque[Future[_Word]]") -> "list[Future[_Word]]":
        chosen = [ahead.popleft()]
        while ahead and len(chosen) < self._model.batch:
            # The last is the longest, and all are padded to it.
            if ahead[0].result().seconds * (len(chosen) + 1) > _BATCH_SECONDS:
                break
            chosen.append(ahead.popleft())
        return chosen

    def _batch(self, words: "Sequence[_Word]") -> Iterator[News]:
        yield from (EmbeddingFailed(word.row, word.error) for word in words if word.error)
        if whole := [word for word in words if not word.error]:
            yield from self._encode(whole)

    def _encode(self, words: "Sequence[_Word]") -> Iterator[News]:
        vectors = self._forward(words)
        if not isinstance(vectors, VgdeskError):
            yield from map(self._checked, words, vectors)
        elif isinstance(vectors, DeviceFullError):
            yield from self._retry(words, vectors)
        elif len(words) == 1:
            yield EmbeddingFailed(words[0].row, vectors)
        else:  # isolate the word that fails
            for word in words:
                yield from self._encode([word])

    def _forward(self, words: "Sequence[_Word]") -> list[FloatArray] | VgdeskError:
        started = time.perf_counter()
        try:
            with foreign_errors(self._spec):
                vectors: list[FloatArray] = self._model.encoder.encode(
                    [word.content for word in words], self._pooling
                )
        except VgdeskError as error:
            # A new error: the original one keeps references to everything on the device.
            return type(error)(error.message, error.hint)
        self._model.adapt(time.perf_counter() - started)
        return vectors

    def _retry(self, words: "Sequence[_Word]", error: DeviceFullError) -> Iterator[News]:
        """Halve the batch; if a single word is too large, use the CPU."""
        if len(words) > 1:
            half = len(words) // 2
            self._model.batch = self._model.largest = half
            yield from self._encode(words[:half])
            yield from self._encode(words[half:])
        elif self._model.device != "cpu":
            yield DeviceFellBack(_too_small(self._spec, self._model.device))
            self._model = _Model(load(self._spec, "cpu"), "cpu")
            _keep(self._spec, self._device, self._model)
            yield from self._encode(words)
        else:
            yield EmbeddingFailed(words[0].row, error)

    def _checked(self, word: "_Word", values: FloatArray) -> News:
        try:
            made = Embedding(word.key, self._spec.id, self._spec.layers, values)
        except NotFiniteError:
            return EmbeddingFailed(
                word.row,
                EncoderError(
                    f"“{self._spec.title}” returned invalid numbers for this word.",
                    "Try another model; this one's files may be damaged.",
                ),
            )
        return EmbeddedItem(word.row, made)


@dataclass(frozen=True, slots=True, eq=False)
class _Word:
    """The input of the model, or why it could not be read."""

    row: str
    key: str
    seconds: float = 0.0
    content: FloatArray | str = ""
    error: VgdeskError | None = None


def _read(missing: _Missing, sample_rate: int) -> _Word:
    item = missing.item
    if isinstance(item, TextItem):
        return _Word(item.row, missing.key, content=item.text)
    try:
        sound = resample(sound_of(item), sample_rate)
    except VgdeskError as error:
        return _Word(item.row, missing.key, error=error)
    return _Word(item.row, missing.key, sound.seconds, sound.samples)


def sound_of(item: SpeechItem) -> Recording:
    """Read the sound of an item at the sample rate of its file.

    Raises
    ------
    AudioFileError
        As for `read`.
    """
    sound = read(item.file, start=item.start, end=item.end)
    if item.is_standardised:
        sound = Recording(standardised(sound.samples, read(item.file).samples), sound.sample_rate)
    return with_silence(faded(sound, item.fade), item.silence)


def _content(item: Item) -> tuple[str, float]:
    """Return the hash of the sound or text, and its length in seconds or letters."""
    if isinstance(item, TextItem):
        return _hash(b"text", item.text.encode()), len(item.text)
    try:
        stat = item.file.stat()
        stamp = (stat.st_size, stat.st_mtime_ns)
    except OSError:
        stamp = (0, 0)  # the read reports the error
    return _sound(replace(item, row=""), stamp)


@lru_cache(maxsize=100_000)
def _sound(item: SpeechItem, _stamp: tuple[int, int]) -> tuple[str, float]:
    """Hash the samples themselves, so that renaming and equivalent trims do not matter."""
    sound = sound_of(item)
    rate = str(sound.sample_rate).encode()
    return _hash(b"sound", rate, np.ascontiguousarray(sound.samples).tobytes()), sound.seconds


def _hash(*parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=20)
    for part in parts:
        digest.update(part + b"\0")
    return digest.hexdigest()
