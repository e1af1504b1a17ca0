"""Log-mel frames of a word, and the model that reads them, against the library's own way."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.encoders.test_layers import by_hand, check_pooling
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import EncoderError
from vgdesk.encoders import inspect_folder, load
from vgdesk.encoders.base import Pooling
from vgdesk.encoders.filterbank import log_mel_frames

Tiny = Callable[[str], Path]
# Samples that make so many spectra of 25 ms, one every 10 ms.
SPECTRA = {n: 400 + 160 * (n - 1) for n in (2, 5, 6, 7, 8, 40)}


def noise(samples: int) -> FloatArray:
    return np.random.default_rng(samples).normal(0.02, 0.1, samples).astype(np.float32)


def extractor(stride: int, **settings: Any) -> Any:
    from transformers import SeamlessM4TFeatureExtractor

    return SeamlessM4TFeatureExtractor(stride=stride, **settings)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "stride"),
    [
        ("w2v-bert", 2),
        ("w2v-bert-relative", 2),
        ("w2v-bert-rotary", 4),
        ("w2v-bert-no-position", 4),
    ],
)
@pytest.mark.parametrize("samples", [7_000, 7_200])
def test_layers_are_the_blocks_of_the_word_alone(
    tiny: Tiny, name: str, stride: int, samples: int
) -> None:
    from transformers import Wav2Vec2BertModel

    wave = noise(samples)
    given = extractor(stride)(
        wave, sampling_rate=16_000, pad_to_multiple_of=stride, return_tensors="pt"
    )
    model = Wav2Vec2BertModel.from_pretrained(tiny(name)).eval()
    own = int(given.attention_mask.sum())
    expected, library = by_hand(model, **given)
    np.testing.assert_allclose(expected, library, atol=1e-5)
    check_pooling(tiny(name), wave, expected[:, :own])


@pytest.mark.parametrize(("stride", "frames"), [(2, (1, 2, 3, 3, 4, 20)), (4, (1, 1, 2, 2, 2, 10))])
def test_frame_counts_from_its_second_spectrum_on(stride: int, frames: tuple[int, ...]) -> None:
    found = [log_mel_frames(extractor(stride), noise(n)).shape for n in SPECTRA.values()]
    assert found == [(n, 80 * stride) for n in frames]


@pytest.mark.parametrize("stride", [2, 4])
def test_frames_are_those_the_library_makes_beside_a_longer_word(stride: int) -> None:
    words = [noise(n) for n in SPECTRA.values()]
    made = extractor(stride)(words, sampling_rate=16_000, return_tensors="np")
    for word, frames, mask in zip(words, made.input_features, made.attention_mask, strict=True):
        np.testing.assert_allclose(
            log_mel_frames(extractor(stride), word), frames[mask == 1], atol=1e-5
        )


def test_word_too_short_is_padded_with_silence() -> None:
    for samples in (1, 399, 400, 559):
        word = noise(samples)
        padded = np.pad(word, (0, 560 - samples))
        found = log_mel_frames(extractor(4), word)
        np.testing.assert_array_equal(found, log_mel_frames(extractor(4), padded))
        assert found.shape == (1, 320)
        assert np.isfinite(found).all()


def test_preprocessor_settings_are_followed(tiny: Tiny, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny("w2v-bert"), tmp_path / "model")
    extractor(4, num_mel_bins=40, feature_size=40, sampling_rate=8_000).save_pretrained(folder)
    spec, usual = (inspect_folder(f, is_grounded=False) for f in (folder, tiny("w2v-bert")))
    assert (spec.sample_rate, usual.sample_rate) == (8_000, 16_000)
    assert spec.revision != usual.revision
    wave = noise(7_000)
    (own,), (other,) = (load(s, "cpu").encode([wave], Pooling.MEAN) for s in (spec, usual))
    assert np.abs(own - other).max() > 0.01


def test_settings_of_another_model_are_refused(tiny: Tiny, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny("w2v-bert"), tmp_path / "model")
    extractor(4).save_pretrained(folder)
    with pytest.raises(EncoderError, match=r"frames of 320 numbers.* expects 160"):
        load(inspect_folder(folder, is_grounded=False), "cpu")
