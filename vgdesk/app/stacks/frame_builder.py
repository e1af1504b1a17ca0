"""Frames of sound files and projects, for the command line."""

import sys
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import cast

import numpy as np

from vgdesk.app.encoding.embedding_messages import SpeechItem
from vgdesk.app.encoding.embedding_worker import sound_of
from vgdesk.app.encoding.encoder_registry import find_encoder
from vgdesk.app.stacks.frame_file import read_frames
from vgdesk.app.stacks.inputs import listed_inputs, rows_of
from vgdesk.app.stacks.stack_builder import STACK, Making
from vgdesk.audio.files import resample
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import EncoderError, VgdeskError
from vgdesk.core.frames import FrameStack
from vgdesk.core.model import Modality, WordId
from vgdesk.encoders import choose_device, foreign_errors, load
from vgdesk.encoders.base import EncoderSpec, SpeechEncoder


def frames_from(name: str, words: str | None, making: Making) -> FrameStack:
    """Read a frame file, or encode the takes of a list with the named encoder."""
    if name.endswith(STACK):
        return read_frames(Path(name))
    spec = find_encoder(name)
    return make_frames(spec, listed_inputs(spec, words), making)[0]


def make_frames(
    spec: EncoderSpec, inputs: Sequence[Path], making: Making
) -> tuple[FrameStack, bool]:
    """Encode every take separately and keep all frames; otherwise like `make_stack`."""
    if spec.modality is not Modality.SPEECH:
        raise VgdeskError(f"“{spec.title}” is a text encoder.", "Choose a speech encoder.")
    rows = rows_of(inputs, Modality.SPEECH)
    if not rows:
        raise VgdeskError("No sound files were found.", "Give sound files.")
    device = "cpu" if spec.folder is None else choose_device(making.device)
    encoder = cast(SpeechEncoder, load(spec, device))
    found: dict[str, tuple[WordId, dict[str, FloatArray]]] = {}
    for word, item in rows:
        assert isinstance(item, SpeechItem)
        try:
            found[item.row] = word, _frames_of(spec, encoder, item)
        except VgdeskError as error:
            sys.stderr.write(f"{item.row}: {error}\n")
    if not found:
        raise VgdeskError("None of the words could be encoded.", "See the messages above.")
    return _stacked(spec, found), len(found) == len(rows)


def _frames_of(
    spec: EncoderSpec, encoder: SpeechEncoder, item: SpeechItem
) -> dict[str, FloatArray]:
    sound = resample(sound_of(item), spec.sample_rate)
    with foreign_errors(spec):
        frames = dict(encoder.frames(sound.samples))
    if not all(np.isfinite(layer).all() for layer in frames.values()):
        raise EncoderError(f"“{spec.title}” returned invalid numbers for this word.")
    return frames


def _stacked(
    spec: EncoderSpec, found: dict[str, tuple[WordId, dict[str, FloatArray]]]
) -> FrameStack:
    takes = [frames for _word, frames in found.values()]
    layers = tuple(takes[0])
    lengths = [len(frames[layers[0]]) for frames in takes]
    values = np.empty((len(layers), sum(lengths), takes[0][layers[0]].shape[1]), np.float32)
    for place, layer in enumerate(layers):
        # Freed as soon as it is copied, so that only one copy is in memory.
        np.concatenate([frames.pop(layer) for frames in takes], out=values[place])
    values.flags.writeable = False
    words = tuple(word for word, _frames in found.values())
    starts = np.array([0, *accumulate(lengths)])
    return FrameStack(spec.id, layers, tuple(found), words, starts, values)
