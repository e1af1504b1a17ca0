"""Models that read a log-mel spectrum instead of the waveform: w2v-BERT."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import EncoderError
from vgdesk.core.model import Modality
from vgdesk.encoders.base import EncoderSpec, Family
from vgdesk.encoders.checkpoint import PREPROCESSOR, describe_speech
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

# Samples of two spectra, 25 ms wide and 10 ms apart: a single one has no variance to divide by.
_SHORTEST = 400 + 160


def load(spec: EncoderSpec, device: str) -> "FilterbankEncoder":
    """Load a model whose frames are two or more neighbouring spectra, concatenated."""
    prepare()
    from transformers import Wav2Vec2BertConfig, Wav2Vec2BertModel

    assert spec.folder is not None
    config = from_folder(Wav2Vec2BertConfig, spec.folder)
    extractor = _extractor(spec.folder, config.feature_projection_input_dim)
    model = build(spec, Wav2Vec2BertModel, config)
    return FilterbankEncoder(spec, move(spec, model, device), extractor)


def _extractor(folder: Path, frame_size: int) -> Any:
    from transformers import SeamlessM4TFeatureExtractor

    if (folder / PREPROCESSOR).is_file():
        extractor = from_folder(SeamlessM4TFeatureExtractor, folder / PREPROCESSOR)
    else:
        extractor = SeamlessM4TFeatureExtractor(stride=frame_size // 80)  # type: ignore[no-untyped-call]
    offered = extractor.num_mel_bins * extractor.stride
    if offered != frame_size:
        raise EncoderError(
            f"The settings in “{folder.name}” are inconsistent: {PREPROCESSOR} gives frames of "
            f"{offered} numbers, but config.json expects {frame_size}.",
            "Get config.json and preprocessor_config.json of the same model.",
        )
    return extractor


def log_mel_frames(extractor: Any, word: FloatArray) -> FloatArray:
    """Return the input frames of one word, [frames, bands x stride].

    Each band is normalised to mean 0 and variance 1 over this word alone. The last frame is padded;
    it counts if at least two of its spectra belong to the word, as in the attention mask of the
    library. A word too short for a frame is padded with silence.
    """
    wave = np.asarray(word, np.float32)
    made = extractor(
        np.pad(wave, (0, max(0, _SHORTEST - len(wave)))),
        sampling_rate=extractor.sampling_rate,
        # The usual 2 would cut off the incomplete last frame of a single word, but not that of a
        # word batched with a longer one.
        pad_to_multiple_of=extractor.stride,
        return_attention_mask=True,
        return_tensors="np",
    )
    frames: FloatArray = made["input_features"][0][made["attention_mask"][0] == 1]
    return frames


class FilterbankEncoder(FrameEncoder):
    """Encodes a batch of words, each turned into frames separately.

    The model itself ignores padding: its attention is masked, its convolutions are causal.
    """

    def __init__(self, spec: EncoderSpec, model: Any, extractor: Any) -> None:
        self._spec = spec
        self._model = model
        self._extractor = extractor

    def _run(self, words: Sequence[FloatArray], finish: Finish[Result]) -> Result:
        """Run a batch of words, each over its own frames."""
        import torch

        spectra = [log_mel_frames(self._extractor, word) for word in words]
        lengths = np.array([len(frames) for frames in spectra])
        batch = np.zeros((len(spectra), lengths.max(), spectra[0].shape[1]), np.float32)
        for row, frames in zip(batch, spectra, strict=True):
            row[: len(frames)] = frames
        is_own = np.arange(batch.shape[1]) < lengths[:, None]
        device = self._model.device
        with memory_errors(self._spec, device.type), torch.inference_mode():
            mask = torch.from_numpy(is_own).to(device)
            with capture_hidden_states(self._model.encoder.layers) as heard:
                self._model(torch.from_numpy(batch).to(device), attention_mask=mask)
            return finish(heard, [np.arange(n) for n in lengths])


W2V_BERT = Family(
    "wav2vec2-bert",
    "w2v-BERT 2.0",
    Modality.SPEECH,
    ("wav2vec2-bert",),
    None,
    describe_speech,
    load,
)
