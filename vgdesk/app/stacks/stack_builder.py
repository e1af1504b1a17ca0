"""From sound files, lists of words and projects to stacks, for the command line."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vgdesk.app.encoding.embedding_messages import (
    DeviceFellBack,
    EmbeddedItem,
    EmbeddingFailed,
    News,
    SpeechItem,
    TextItem,
)
from vgdesk.app.encoding.embedding_worker import embed
from vgdesk.app.encoding.encoder_registry import find_encoder
from vgdesk.app.stacks.inputs import Row, listed_inputs, rows_of
from vgdesk.app.stacks.stack_file import read_stack
from vgdesk.core.errors import VgdeskError
from vgdesk.core.stack import LayerStack, stack_rows
from vgdesk.encoders.base import EncoderSpec, Pooling

STACK = ".safetensors"


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
        raise VgdeskError("No sound files or words were found.", "Give sound files or words.")
    items = tuple(_heard_by(spec, item) for _word, item in rows)
    words = {item.row: word for word, item in rows}
    found = embed(spec, items, cache_folder=None, device=making.device, pooling=making.pooling)
    done = {item.row: item.embedding for item in _heard(found)}
    in_order = [(row, words[row], [[done[row]]]) for row in words if row in done]
    stack = stack_rows(in_order, encoder=spec.id)
    if stack is None:
        raise VgdeskError("None of the words could be encoded.", "See the messages above.")
    return stack, len(done) == len(rows)


def _heard_by(spec: EncoderSpec, item: SpeechItem | TextItem) -> SpeechItem | TextItem:
    if spec.levels_file and isinstance(item, SpeechItem):
        return replace(item, is_standardised=True)
    return item


def place_of_layer(stack: LayerStack, name: str) -> int:
    """Return the index of a layer; an unknown name raises with the list of layers."""
    if name not in stack.layers:
        raise VgdeskError(
            f"“{stack.encoder}” has no layer “{name}”.", f"It has {', '.join(stack.layers)}."
        )
    return stack.layers.index(name)


def _heard(found: Iterator[News]) -> Iterator[EmbeddedItem]:
    for value in found:
        if isinstance(value, EmbeddedItem):
            yield value
        elif isinstance(value, EmbeddingFailed):
            sys.stderr.write(f"{value.row}: {value.error}\n")
        elif isinstance(value, DeviceFellBack):
            sys.stderr.write(f"{value.sentence}\n")
