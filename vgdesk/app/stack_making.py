"""Stacks of sound files, word lists and projects, for the command line."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vgdesk.app.embed_work import (
    DeviceFellBack,
    EmbeddedItem,
    EmbeddingFailed,
    News,
    SpeechItem,
    TextItem,
    embed,
)
from vgdesk.app.encoder_shelf import TWIN
from vgdesk.app.importing import word_text
from vgdesk.app.stack_file import read_stack
from vgdesk.app.word_lists import PROJECT, WORD_LISTS, open_words
from vgdesk.audio.files import read, sound_files
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.errors import AudioFileError, EncoderError, VgdeskError
from vgdesk.core.model import Modality, Session, WordId
from vgdesk.core.stack import Embedding, LayerStack, stack_rows
from vgdesk.encoders import ENCODERS, inspect_folder, inspect_vectors, untrained_twin
from vgdesk.encoders.base import EncoderSpec, Pooling
from vgdesk.encoders.given_vectors import PREFIX

STACK = ".safetensors"
LISTS = (PROJECT, ".tsv", ".csv", ".txt")


Row = tuple[WordId, SpeechItem | TextItem]


@dataclass(frozen=True, slots=True)
class Making:
    """Options for encoding.

    Attributes
    ----------
    device
        As in `embed_work.embed`.
    """

    pooling: Pooling = Pooling.MEAN
    device: str = "auto"


def find_encoder(name: str) -> EncoderSpec:
    """Return the encoder of an id, of a model's folder or of a file of word vectors.

    The suffix "+untrained" selects its twin; a file may have the prefix "vectors:".

    Raises
    ------
    EncoderError
        If there is none.
    """
    if name.endswith(TWIN):
        return untrained_twin(find_encoder(name.removesuffix(TWIN)))
    if name in ENCODERS:
        return ENCODERS[name]
    folder = Path(name)
    if folder.is_dir():
        return inspect_folder(folder, is_grounded=False)
    file = Path(name.removeprefix(PREFIX))
    if file.is_file():
        return inspect_vectors(file)
    raise EncoderError(
        f"There is no encoder “{name}”.",
        f"Choose one of {', '.join(ENCODERS)}, or give the folder of a model or a file of word "
        "vectors.",
    )


def stack_from(name: str, words: str | None, making: Making) -> LayerStack:
    """Read a stack file, or encode the words of a project with the named encoder.

    Raises
    ------
    VgdeskError
        If the name is neither, or if there are no words to encode.
    """
    if name.endswith(STACK):
        return read_stack(Path(name))
    spec = find_encoder(name)
    return make_stack(spec, listed_inputs(spec, words), making)[0]


def listed_inputs(spec: EncoderSpec, words: str | None) -> list[Path]:
    """Return the list or project to encode; raises VgdeskError if there is none."""
    if words is None:
        raise VgdeskError(
            f"“{spec.title}” has no words to encode.", "Name the project or the list with --words."
        )
    if not Path(words).is_file() and not words.endswith(PROJECT):
        open_words(words)  # raises unless it is a built-in list
    return [Path(words)]


def make_stack(
    spec: EncoderSpec, inputs: Sequence[Path], making: Making
) -> tuple[LayerStack, bool]:
    """Encode the inputs.

    Returns
    -------
    tuple
        The stack, and whether it is complete; failures are printed to standard error.

    Raises
    ------
    VgdeskError
        If there is nothing to encode, or nothing could be encoded.
    """
    return encode(spec, rows_of(inputs, spec.modality), making)


def encode(spec: EncoderSpec, rows: Sequence[Row], making: Making) -> tuple[LayerStack, bool]:
    """Encode rows, each with its word; as `make_stack`."""
    if not rows:
        raise VgdeskError("No sound files or words were found there.", "Give sound files or words.")
    items = tuple(_heard_by(spec, item) for _word, item in rows)
    words = {item.row: word for word, item in rows}
    found = embed(spec, items, cache_folder=None, device=making.device, pooling=making.pooling)
    done = {item.row: item.embedding for item in _heard(found)}
    in_order = [(row, words[row], [done[row]]) for row in words if row in done]
    stack = stack_rows(in_order, encoder=spec.id)
    if stack is None:
        raise VgdeskError("None of the words could be encoded.", "See the lines above.")
    return stack, len(done) == len(rows)


def _heard_by(spec: EncoderSpec, item: SpeechItem | TextItem) -> SpeechItem | TextItem:
    if spec.levels_file and isinstance(item, SpeechItem):
        return replace(item, is_levelled=True)
    return item


def place_of_layer(stack: LayerStack, name: str) -> int:
    """Return the index of a layer; an unknown name raises with the list of layers."""
    if name not in stack.layers:
        raise VgdeskError(
            f"“{stack.encoder}” has no layer “{name}”.", f"It has {', '.join(stack.layers)}."
        )
    return stack.layers.index(name)


def by_word(stack: LayerStack) -> LayerStack:
    """Average the takes of each word, because encoders are compared over words."""
    rows: dict[WordId, list[Embedding]] = {}
    keys = stack.keys or stack.rows
    for place, word in enumerate(stack.words):
        one = Embedding(keys[place], stack.encoder, stack.layers, stack.values[:, place])
        rows.setdefault(word, []).append(one)
    merged = stack_rows([(w, w, found) for w, found in rows.items()], encoder=stack.encoder)
    assert merged is not None  # files without rows are refused when read
    # Results from vectors of unknown origin must not be cached.
    return merged if stack.keys else replace(merged)


def _heard(found: Iterator[News]) -> Iterator[EmbeddedItem]:
    for value in found:
        if isinstance(value, EmbeddedItem):
            yield value
        elif isinstance(value, EmbeddingFailed):
            sys.stderr.write(f"{value.row}: {value.error}\n")
        elif isinstance(value, DeviceFellBack):
            sys.stderr.write(f"{value.sentence}\n")


def rows_of(inputs: Sequence[Path], modality: Modality) -> list[Row]:
    """List the rows of all inputs with their words; row names are unique."""
    return list(_distinct(_rows(inputs, modality)))


def _rows(inputs: Sequence[Path], modality: Modality) -> Iterator[Row]:
    for path in inputs:
        if modality is Modality.TEXT and path.is_dir() and path.suffix != PROJECT:
            yield from _named_rows(path)
        elif modality is Modality.TEXT or path.suffix in LISTS or str(path) in WORD_LISTS:
            yield from listed_rows(open_words(str(path)), modality)
        else:
            yield from sound_rows(path)


def _distinct(
    rows: Iterable[Row],
) -> Iterator[Row]:
    """Add numbers to equal row names, because two folders may have files of the same name."""
    seen: Counter[str] = Counter()
    for word, item in rows:
        seen[item.row] += 1
        times = seen[item.row]
        yield word, item if times == 1 else replace(item, row=f"{item.row} ({times})")


def listed_rows(session: Session, modality: Modality) -> Iterator[Row]:
    """List the written words or the takes of a session."""
    if modality is Modality.TEXT:
        for word in session.words.values():
            yield word.id, TextItem(word.id, word.text)
        return
    for take in session.takes.values():
        yield take.word, SpeechItem(take.id, take.file, take.start, take.end)


def sound_rows(path: Path) -> Iterator[tuple[WordId, SpeechItem]]:
    """List the sounds of a file or folder with the words of their names."""
    if not path.exists():
        raise VgdeskError(f"{path} does not exist.", "Check the name.")
    for file in sound_files([path]):
        start, end = _trim(file)
        yield WordId(word_text(file)), SpeechItem(file.stem, file, start, end)


def _trim(file: Path) -> tuple[float, float | None]:
    try:
        return find_word(read(file)) or (0.0, None)
    except AudioFileError:
        return 0.0, None  # reported once, by the encoder


def _named_rows(folder: Path) -> Iterator[tuple[WordId, TextItem]]:
    # Text encoders use the names of sound files as words, to be comparable with speech encoders.
    for text in dict.fromkeys(word_text(file) for file in sound_files([folder])):
        yield WordId(text), TextItem(text, text)
