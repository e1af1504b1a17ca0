from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import EncoderError
from vgdesk.core.model import EncoderId, Modality


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """A description of an encoder, available before anything heavy is loaded.

    Attributes
    ----------
    is_grounded
        Whether it was trained with pictures; None for a baseline, which was not trained at all,
        for word vectors, for which it is unknown, and for a control, whose pictures were those of
        other words: these may be in either cell.
    layers
        Name of each layer. Numbers for transformers: "0" is the input of the first block, followed
        by the output of every block. Baselines have descriptive names.
    sample_rate
        The rate in Hz to which sound must be resampled; 0 for text.
    source
        Where it comes from, in one sentence.
    revision
        Hash of everything in the folder that affects the vectors.
    family
        Id of the family that loads it.
    untrained_seed
        Seed of the random weights that replace the trained ones; None for the model itself.
    file
        The file of word vectors; None for all others.
    levels_file
        Whether a model that normalises its sound does so over the whole file, before the word is
        cut out of it, instead of over the word alone.
    purpose
        What a control was trained for, in one sentence; empty for all others.
    """

    id: EncoderId
    title: str
    modality: Modality
    is_grounded: bool | None
    layers: tuple[str, ...]
    dim: int
    sample_rate: int
    licence: str
    source: str
    revision: str
    family: str
    folder: Path | None = None
    untrained_seed: int | None = None
    file: Path | None = None
    levels_file: bool = False
    purpose: str = ""


class Pooling(Enum):
    """How the frames or tokens of a word become one vector; padding is always excluded."""

    MEAN = "mean"
    CENTRE = "centre"  # the middle frame or token; of two, the earlier
    FIRST = "first"  # the first frame or token of the word itself


class SpeechEncoder(Protocol):
    """Turns recordings into vectors."""

    def encode(self, words: Sequence[FloatArray], pooling: Pooling) -> list[FloatArray]:
        """Return [layers, dim], float32, for each mono recording at the spec's rate."""

    def frames(self, word: FloatArray) -> Mapping[str, FloatArray]:
        """Return the frames of one recording before pooling: [frames, dim], float32, by layer.

        A baseline may have other layers here than for its vectors.
        """


class TextEncoder(Protocol):
    """Turns written words into vectors."""

    def encode(self, words: Sequence[str], pooling: Pooling) -> list[FloatArray]:
        """Return [layers, dim], float32, for each written word."""


class Shape(NamedTuple):
    """The size of a model according to `config.json`.

    Attributes
    ----------
    blocks
        Number of transformer blocks; there is one layer more.
    sample_rate
        In Hz; 0 for text.
    """

    blocks: int
    dim: int
    sample_rate: int = 0


@dataclass(frozen=True, slots=True)
class Family:
    """Models that are loaded in the same way.

    Attributes
    ----------
    model_types
        The values of "model_type" in `config.json` that belong to the family.
    is_grounded
        Whether its models were trained with pictures; None if that differs between models.
    describe
        Reads the shape from `config.json` and the folder, without torch.
    load
        Loads a model onto a device; this is where torch is imported.
    """

    id: str
    title: str
    modality: Modality
    model_types: tuple[str, ...]
    is_grounded: bool | None
    describe: Callable[[Mapping[str, Any], Path], Shape]
    load: Callable[[EncoderSpec, str], SpeechEncoder | TextEncoder]


class DeviceFullError(EncoderError):
    """The words did not fit into the memory of the device; fewer may."""
