from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import EncoderError
from vgdesk.core.model import Modality
from vgdesk.encoders.base import EncoderSpec, Family, Shape
from vgdesk.encoders.checkpoint import PREPROCESSOR, positive_int, sampling_rate
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


def describe(config: Mapping[str, Any], folder: Path) -> Shape:
    """Read the shape of the encoder; the decoder is not used."""
    return Shape(
        positive_int(config, "encoder_layers"),
        positive_int(config, "d_model"),
        sampling_rate(folder),
    )


def load(spec: EncoderSpec, device: str) -> "WhisperWordEncoder":
    """Load the encoder from a whole Whisper model or from one saved alone."""
    prepare()
    from transformers import WhisperConfig, WhisperFeatureExtractor
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

    assert spec.folder is not None
    config = from_folder(WhisperConfig, spec.folder)
    if (spec.folder / PREPROCESSOR).is_file():
        extractor = from_folder(WhisperFeatureExtractor, spec.folder / PREPROCESSOR)
    else:
        extractor = WhisperFeatureExtractor(config.num_mel_bins)  # type: ignore[no-untyped-call]
    model = build(spec, WhisperEncoder, config, key_mapping={r"^(model\.)?encoder\.": ""})
    return WhisperWordEncoder(spec, move(spec, model, device), extractor)


class WhisperWordEncoder(FrameEncoder):
    """Runs Whisper on its full window and keeps the frames that the word covers."""

    def __init__(self, spec: EncoderSpec, model: Any, extractor: Any) -> None:
        self._spec = spec
        self._model = model
        self._extractor = extractor
        self._samples_a_frame = extractor.n_samples // model.config.max_source_positions

    def _run(self, words: Sequence[FloatArray], finish: Finish[Result]) -> Result:
        """Run a batch; raises an EncoderError if a word is longer than the window."""
        import torch

        window = self._extractor.n_samples
        if max(len(word) for word in words) > window:
            raise EncoderError(
                f"Whisper reads at most {window // self._spec.sample_rate} seconds; this "
                "recording is longer.",
                "Trim the recording to the word.",
            )
        features = self._extractor(
            [np.asarray(word, np.float32) for word in words],
            sampling_rate=self._spec.sample_rate,
            return_tensors="pt",
        ).input_features
        own = [np.arange(-(-len(word) // self._samples_a_frame)) for word in words]
        device = self._model.device
        with memory_errors(self._spec, device.type), torch.inference_mode():
            with capture_hidden_states(self._model.layers) as heard:
                self._model(features.to(device))
            return finish(heard, own)


WHISPER = Family("whisper", "Whisper encoder", Modality.SPEECH, ("whisper",), None, describe, load)
