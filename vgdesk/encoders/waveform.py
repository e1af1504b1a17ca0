"""Models that read the waveform: wav2vec 2.0 and its descendants."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Modality
from vgdesk.encoders.base import EncoderSpec, Family
from vgdesk.encoders.checkpoint import PREPROCESSOR, describe_speech, read_settings
from vgdesk.encoders.running import (
    Finish,
    FrameEncoder,
    Result,
    build,
    capture_hidden_states,
    from_folder,
    memory_errors,
    move,
    prepare,
)

if TYPE_CHECKING:
    import torch

_MODEL_CLASSES = {
    "wav2vec2": "Wav2Vec2Model",
    "hubert": "HubertModel",
    "wavlm": "WavLMModel",
    "data2vec-audio": "Data2VecAudioModel",
}


def load(spec: EncoderSpec, device: str) -> "WaveformEncoder":
    """Load a model whose convolutions turn the waveform into frames of 20 ms."""
    prepare()
    import transformers

    assert spec.folder is not None
    config = from_folder(transformers.AutoConfig, spec.folder)
    model_class = getattr(transformers, _MODEL_CLASSES[config.model_type])
    model = build(spec, model_class, config)
    is_standardised = _levels_sound(spec.folder) and not spec.levels_file
    return WaveformEncoder(spec, move(spec, model, device), is_standardised=is_standardised)


def standardised(samples: FloatArray, over: FloatArray) -> FloatArray:
    """Normalise samples by the mean and variance of `over`."""
    level: FloatArray = (samples - over.mean()) / np.sqrt(over.var() + 1e-7)
    return level


def levelling_files(spec: EncoderSpec) -> EncoderSpec | None:
    """Return the same model with sound normalised over whole files; None if it never is."""
    if spec.family not in _MODEL_CLASSES or spec.folder is None or not _levels_sound(spec.folder):
        return None
    return replace(spec, levels_file=True, revision=f"{spec.revision}+levels-file")


def _levels_sound(folder: Path) -> bool:
    # The extractors of the library normalise every clip unless the settings say otherwise.
    return bool(read_settings(folder, PREPROCESSOR).get("do_normalize", True))


class WaveformEncoder(FrameEncoder):
    """Encodes a batch so that no word affects the others.

    Padding would affect a word in two ways: through a group norm in the front end, which averages
    over time, and through the positional convolutions. Both are restricted to the word.
    """

    def __init__(self, spec: EncoderSpec, model: Any, *, is_standardised: bool) -> None:
        import torch

        self._spec = spec
        self._model = model
        self._is_levelled = is_standardised
        self._front = list(zip(model.config.conv_kernel, model.config.conv_stride, strict=True))
        # The number of frames of each word in the current batch, after the first and the last
        # convolution of the front end.
        self._first: list[int] = []
        self._frames = torch.empty(0)
        for norm in model.feature_extractor.modules():
            if isinstance(norm, torch.nn.GroupNorm):  # follows the first convolution, if any
                norm.forward = self._group_norm_of(norm)  # type: ignore[method-assign]
        for layer in model.encoder.pos_conv_embed.modules():
            if isinstance(layer, torch.nn.Conv1d):
                layer.register_forward_pre_hook(self._hide_padding)

    def _run(self, words: Sequence[FloatArray], finish: Finish[Result]) -> Result:
        """Run a batch; a word too short for a frame is padded with silence."""
        import torch

        waves = [self._ready(word) for word in words]
        lengths = np.array([len(wave) for wave in waves])
        batch = np.zeros((len(waves), lengths.max()), np.float32)
        for row, wave in zip(batch, waves, strict=True):
            row[: len(wave)] = wave
        frames = _after(lengths, self._front)
        device = self._model.device
        with memory_errors(self._spec, device.type), torch.inference_mode():
            self._frames = torch.from_numpy(frames).to(device)
            self._first = _after(lengths, self._front[:1]).tolist()
            mask = torch.arange(batch.shape[1])[None] < torch.from_numpy(lengths)[:, None]
            with capture_hidden_states(self._model.encoder.layers) as heard:
                self._model(torch.from_numpy(batch).to(device), attention_mask=mask.to(device))
            return finish(heard, [np.arange(n) for n in frames])

    def _ready(self, word: FloatArray) -> FloatArray:
        wave = np.asarray(word, np.float32)
        if self._is_levelled:
            wave = standardised(wave, wave)
        shortest = _shortest(self._front)
        return np.pad(wave, (0, max(0, shortest - len(wave))))

    def _group_norm_of(self, norm: Any) -> Any:
        """Restrict the norm of each channel to the frames of the word."""
        import torch
        from torch.nn.functional import group_norm

        def forward(x: torch.Tensor) -> torch.Tensor:
            out = torch.zeros_like(x)
            for place, own in enumerate(self._first):
                word = x[place : place + 1, :, :own]
                out[place : place + 1, :, :own] = group_norm(
                    word, norm.num_groups, norm.weight, norm.bias, norm.eps
                )
            return out

        return forward

    def _hide_padding(
        self, _layer: Any, inputs: tuple["torch.Tensor", ...]
    ) -> tuple["torch.Tensor"]:
        import torch

        x = inputs[0]
        is_own = torch.arange(x.shape[-1], device=x.device) < self._frames[:, None]
        return (x * is_own[:, None],)


def _after(lengths: Any, convolutions: Sequence[tuple[int, int]]) -> Any:
    """Return the number of frames after some convolutions, from the number of samples."""
    for kernel, stride in convolutions:
        lengths = (lengths - kernel) // stride + 1
    return lengths


def _shortest(convolutions: Sequence[tuple[int, int]]) -> int:
    """Return the minimum number of samples for one frame."""
    samples = 1
    for kernel, stride in reversed(convolutions):
        samples = (samples - 1) * stride + kernel
    return samples


def _family(model_type: str, title: str) -> Family:
    return Family(model_type, title, Modality.SPEECH, (model_type,), None, describe_speech, load)


WAV2VEC2 = _family("wav2vec2", "wav2vec 2.0")
HUBERT = _family("hubert", "HuBERT")
WAVLM = _family("wavlm", "WavLM")
DATA2VEC_AUDIO = _family("data2vec-audio", "data2vec (speech)")
