"""Shared parts of running models: device, weights, and capture of the hidden states."""

import os
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray
from vgdesk.core.counting import first_few
from vgdesk.core.errors import EncoderError
from vgdesk.encoders.base import DeviceFullError, EncoderSpec, Pooling
from vgdesk.encoders.checkpoint import count_numbers

if TYPE_CHECKING:
    import torch

_ROOM = 10_000_000  # parameters that any model may have in excess of its weights
_MOST_WITHOUT_WEIGHTS = 1_000_000_000

Result = TypeVar("Result")
# Takes the output of each layer, [words, places, dim], and the places of each word.
Finish = Callable[[list["torch.Tensor"], Sequence[NDArray[np.intp]]], Result]

# Out-of-memory messages of torch on MPS, Linux and Windows; CUDA has an error class.
_FULL = ("out of memory", "can't allocate memory", "not enough memory")


def prepare() -> None:
    """Set up torch and transformers: no network, no progress bars, exact single precision.

    Must run before the first import of either, because they read the environment only then.
    """
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    # Busy-waiting threads would take the processor away from the window and from each other.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch
    from transformers.utils import logging

    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, (os.cpu_count() or 2) - 1))
    # Convolutions in TF32 would change vectors by a thousandth.
    torch.backends.cudnn.allow_tf32 = False
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # Load reports go to the log; `_refuse_gaps` reports missing weights.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    # The code of WavLM mixes two types of mask; the result is correct.
    warnings.filterwarnings("ignore", "Support for mismatched key_padding_mask and attn_mask")


def available_devices() -> tuple[str, ...]:
    """List the devices of this computer, fastest first. Imports torch."""
    prepare()
    import torch

    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return (*(name for name, is_there in found.items() if is_there), "cpu")


def choose_device(preference: str) -> str:
    """Return the device to use: the preferred one, or the fastest if that is not available."""
    devices = available_devices()
    return preference if preference in devices else devices[0]


def from_folder(kind: Any, place: Path, **options: Any) -> Any:
    """Let a class of the library read a model folder, or one file in it.

    All loading goes through here: nothing is fetched, and no code that comes with the model is run.
    """
    return kind.from_pretrained(
        str(place), local_files_only=True, trust_remote_code=False, **options
    )


def build(spec: EncoderSpec, model_class: Any, config: Any, **options: Any) -> Any:
    """Make the model of a spec, with trained weights or as its untrained twin.

    Parameters
    ----------
    options
        Passed to the constructor of the model; `key_mapping` to the loading of weights.
    """
    import torch

    key_mapping = options.pop("key_mapping", None)
    _refuse_sizes(spec, model_class, config, options)
    if spec.untrained_seed is None:
        return _trained(spec, model_class, config=config, key_mapping=key_mapping, **options)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.untrained_seed)
        return model_class(config, **options).float().eval()


def _trained(spec: EncoderSpec, model_class: Any, **options: Any) -> Any:
    import torch

    assert spec.folder is not None
    model, report = from_folder(
        model_class,
        spec.folder,
        dtype=torch.float32,
        use_safetensors=True,
        output_loading_info=True,
        **options,
    )
    _refuse_gaps(spec, report)
    return model.eval()


def _refuse_sizes(
    spec: EncoderSpec, model_class: Any, config: Any, options: Mapping[str, Any]
) -> None:
    """Refuse a model that is far larger than its weights, before it takes memory.

    Missing weights would be initialised at random before being refused, and an untrained twin is
    never filled with weights at all.
    """
    import torch

    assert spec.folder is not None
    try:
        stored = count_numbers(spec.folder)
    except EncoderError:
        if spec.untrained_seed is None:
            raise
        stored = _MOST_WITHOUT_WEIGHTS  # a twin needs none
    with torch.device("meta"):  # takes no memory
        planned = sum(part.numel() for part in model_class(config, **options).parameters())
    if planned > 2 * stored + _ROOM:
        raise EncoderError(
            f"The weights of “{spec.title}” do not match its config.json: there are {stored:,} "
            f"parameters, but it specifies {planned:,}.",
            "Get config.json and model.safetensors of the same model.",
        )


def _refuse_gaps(spec: EncoderSpec, report: Mapping[str, Any]) -> None:
    # Missing weights would silently be random numbers.
    gaps = [str(key) for name in ("missing_keys", "mismatched_keys") for key in report[name]]
    if gaps or report["error_msgs"]:
        raise EncoderError(
            f"The weights of “{spec.title}” do not match its config.json: {len(gaps)} tensors are "
            f"missing or have a different shape ({first_few(sorted(gaps))}).",
            "Get config.json and model.safetensors of the same model.",
        )


def move(spec: EncoderSpec, model: Any, device: str) -> Any:
    """Move a model to a device."""
    with memory_errors(spec, device):
        return model.to(device)


@contextmanager
def memory_errors(spec: EncoderSpec, device: str) -> Iterator[None]:
    """Turn out-of-memory errors into an error that the caller can handle."""
    import torch

    try:
        yield
    except RuntimeError as error:
        is_full = isinstance(error, torch.OutOfMemoryError)
        if not is_full and not any(sign in str(error) for sign in _FULL):
            raise
        if device == "cuda":
            torch.cuda.empty_cache()
        raise DeviceFullError(
            f"“{spec.title}” does not fit into the memory of {device}.",
            "Trim long recordings, close other programs, or choose a smaller model.",
        ) from error


@contextmanager
def capture_hidden_states(blocks: "torch.nn.ModuleList") -> Iterator[list["torch.Tensor"]]:
    """Capture the input of the first block, then the output of each block, in order.

    The `hidden_states` of the library differ between models: some apply the final norm to the last
    one, others do not. Here a layer is always the output of a block.
    """
    heard: list[torch.Tensor] = []

    def enters(_block: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        heard.append(inputs[0] if inputs else named["hidden_states"])

    def leaves(_block: Any, _inputs: tuple[Any, ...], output: Any) -> None:
        heard.append(output[0] if isinstance(output, tuple) else output)

    handles = [blocks[0].register_forward_pre_hook(enters, with_kwargs=True)]
    handles += [block.register_forward_hook(leaves) for block in blocks]
    try:
        yield heard
    finally:
        for handle in handles:
            handle.remove()


class FrameEncoder(ABC):
    """Base of speech encoders: a word is a sequence of frames, from which vectors are pooled."""

    _spec: EncoderSpec

    def encode(self, words: Sequence[FloatArray], pooling: Pooling) -> list[FloatArray]:
        """Return [layers, dim] for each word."""
        return self._run(words, lambda heard, own: pool_words(heard, own, pooling))

    def frames(self, word: FloatArray) -> dict[str, FloatArray]:
        """Return the frames of a word at each layer, run alone and therefore without padding."""
        return self._run([word], lambda heard, own: word_frames(self._spec, heard, own))

    @abstractmethod
    def _run(self, words: Sequence[FloatArray], finish: "Finish[Result]") -> Result:
        """Run a batch and call `finish` while the hidden states are still on the device."""


def pool_words(
    heard: list["torch.Tensor"], own: Sequence[NDArray[np.intp]], pooling: Pooling
) -> list[FloatArray]:
    """Pool each word of a batch over its own frames or tokens.

    Parameters
    ----------
    heard
        The hidden states of each layer, [words, places, dim].
    own
        The indices of the frames or tokens of each word.
    """
    import torch

    # Pooling as a weight for every place runs on the device, so only vectors are copied.
    weights = np.zeros((len(own), 1, heard[0].shape[1]), np.float32)
    for row, places in zip(weights[:, 0], own, strict=True):
        chosen = _chosen(places, pooling)
        row[chosen] = 1 / len(chosen)
    share = torch.from_numpy(weights).to(heard[0].device)
    layers = torch.stack([torch.bmm(share, layer.float())[:, 0] for layer in heard], dim=1)
    return list(layers.cpu().numpy())


def word_frames(
    spec: EncoderSpec, heard: list["torch.Tensor"], own: Sequence[NDArray[np.intp]]
) -> dict[str, FloatArray]:
    """Return the frames of the only word of a batch, [frames, dim] by layer."""
    import torch

    (places,) = map(torch.from_numpy, own)
    layers = (layer[0].float().cpu()[places].numpy() for layer in heard)
    return dict(zip(spec.layers, layers, strict=True))


def _chosen(places: NDArray[np.intp], pooling: Pooling) -> NDArray[np.intp]:
    if pooling is Pooling.MEAN:
        return places
    middle = (len(places) - 1) // 2 if pooling is Pooling.CENTRE else 0
    return places[middle : middle + 1]
