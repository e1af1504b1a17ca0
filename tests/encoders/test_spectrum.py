from itertools import pairwise

import numpy as np
import pytest

from vgdesk.core.arrays import FloatArray
from vgdesk.encoders.base import Pooling
from vgdesk.encoders.spectrum import SPECTRUM, SpectrumEncoder, mel_filters

BANDS = 40


def spectrum(word: FloatArray) -> FloatArray:
    (vectors,) = SpectrumEncoder().encode([word], Pooling.MEAN)
    return vectors.reshape(len(SPECTRUM.layers), -1, BANDS)


def tone(frequency: float, seconds: float = 0.5) -> FloatArray:
    return np.sin(2 * np.pi * frequency * np.arange(int(16_000 * seconds)) / 16_000)


def test_filters_are_those_of_the_field() -> None:
    from transformers.audio_utils import mel_filter_bank

    expected = mel_filter_bank(201, BANDS, 0.0, 8_000.0, 16_000, norm=None, mel_scale="htk")
    np.testing.assert_allclose(mel_filters(BANDS, 400, 16_000), expected.T, atol=1e-10)
    assert (mel_filters(BANDS, 400, 16_000).sum(axis=1) > 0).all()


@pytest.mark.parametrize("frequency", [300, 1_000, 3_000])
def test_tone_is_loudest_in_its_band(frequency: float) -> None:
    corners = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 80 / 7), BANDS + 2) / 2595) - 1)
    band = np.argmin(np.abs(corners[1:-1] - frequency))
    assert (spectrum(tone(frequency)).argmax(axis=-1) == band).all()


def test_deeper_layers_see_finer_time() -> None:
    word = np.concatenate([tone(500, 0.25), tone(3_000, 0.25)])
    layers = spectrum(word)
    turned = spectrum(word[::-1].copy())
    # The average over the word does not know what came first; two halves do.
    np.testing.assert_allclose(layers[0], turned[0], atol=0.1)
    assert np.abs(layers[1] - turned[1]).max() > 1
    for depth, slices in enumerate((1, 2, 4, 8, 16)):
        assert len(np.unique(layers[depth].round(4), axis=0)) <= slices


def test_coarse_layer_is_the_mean_of_the_finer_one() -> None:
    layers = spectrum(np.random.default_rng(0).normal(size=5_003))
    for coarse, fine in pairwise(layers):
        np.testing.assert_allclose(coarse.mean(axis=0), fine.mean(axis=0), rtol=1e-5)


def test_slices_average_frames_with_their_share() -> None:
    from vgdesk.encoders.spectrum import _slices

    frames = np.random.default_rng(0).normal(size=(7, 3))
    # Each frame a hundred times: then a share is a number of copies.
    expected = frames.repeat(16, axis=0).reshape(16, 7, 3).mean(axis=1)
    np.testing.assert_allclose(_slices(frames, 16), expected)


def test_level_of_the_microphone_does_not_matter() -> None:
    word = np.random.default_rng(0).normal(size=4_000)
    np.testing.assert_allclose(spectrum(word), spectrum(0.01 * word), atol=1e-4)


def test_frames_are_the_spectrum_before_it_is_cut_into_slices() -> None:
    rng = np.random.default_rng(0)
    word = rng.normal(size=16_000).astype(np.float32)
    encoder = SpectrumEncoder()
    (frames,) = encoder.frames(word).values()
    assert frames.shape == (1 + (16_000 - 400) // 160, 40)
    ((whole, *_),) = encoder.encode([word], Pooling.MEAN)
    assert whole[:40] == pytest.approx(frames.mean(axis=0), abs=1e-5)
    assert encoder.frames(3 * word)["mel frames"] == pytest.approx(frames, abs=1e-4)
    assert not encoder.frames(np.zeros(8_000, np.float32))["mel frames"].any()
