"""Models that were really trained."""

from pathlib import Path

import numpy as np
import pytest

from vgdesk.audio.files import read, resample
from vgdesk.core.arrays import FloatArray
from vgdesk.encoders import inspect_folder, load, untrained_twin
from vgdesk.encoders.base import EncoderSpec, Pooling

pytestmark = [pytest.mark.weights, pytest.mark.slow]


@pytest.fixture
def whisper(real_models: Path) -> EncoderSpec:
    return inspect_folder(real_models / "whisper-tiny.en-encoder", is_grounded=False)


@pytest.fixture
def minilm(real_models: Path) -> EncoderSpec:
    return inspect_folder(real_models / "all-MiniLM-L6-v2", is_grounded=False)


@pytest.fixture
def dog(real_models: Path) -> FloatArray:
    found = sorted((real_models.parent / "people").rglob("dog.ogg"))
    if not found:
        pytest.skip("the recordings of people (../shared/data/people) are not on this computer")
    return resample(read(found[0]), 16_000).samples


def test_whisper_frames_are_those_of_the_encoder_itself(
    whisper: EncoderSpec, dog: FloatArray
) -> None:
    import torch
    from transformers import WhisperFeatureExtractor
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

    (vectors,) = load(whisper, "cpu").encode([dog], Pooling.MEAN)
    model = WhisperEncoder.from_pretrained(whisper.folder, dtype=torch.float32).eval()
    features = WhisperFeatureExtractor()(dog, sampling_rate=16_000, return_tensors="pt")
    with torch.no_grad():
        states = model(features.input_features, output_hidden_states=True).hidden_states
    own = -(-len(dog) // 320)
    assert own < 100
    for layer, state in zip(vectors[:-1], states[:-1], strict=True):
        np.testing.assert_allclose(layer, state[0, :own].mean(0).numpy(), rtol=1e-3, atol=1e-4)


def neighbours(vectors: list[FloatArray]) -> FloatArray:
    last = np.array([word[-1] for word in vectors])
    last /= np.linalg.norm(last, axis=1, keepdims=True)
    return last @ last.T - 2 * np.eye(len(last))


def test_meaning_is_near_in_a_trained_text_encoder_and_not_in_its_twin(minilm: EncoderSpec) -> None:
    pairs = ["car", "automobile", "boat", "ship", "doctor", "physician", "forest", "woods"]
    partner = np.arange(8) ^ 1
    trained = neighbours(load(minilm, "cpu").encode(pairs, Pooling.MEAN))
    untrained = neighbours(load(untrained_twin(minilm), "cpu").encode(pairs, Pooling.MEAN))
    assert (trained.argmax(axis=1) == partner).all()
    assert not (untrained.argmax(axis=1) == partner).all()


def test_trained_models_do_not_care_about_the_batch(minilm: EncoderSpec) -> None:
    words = ["hippopotamus", "a", "dog"]
    encoder = load(minilm, "cpu")
    for word, vectors in zip(words, encoder.encode(words, Pooling.MEAN), strict=True):
        (alone,) = encoder.encode([word], Pooling.MEAN)
        assert np.linalg.norm(vectors - alone) < 1e-4 * np.linalg.norm(alone)


def test_whisper_recognises_a_word_across_voices(whisper: EncoderSpec, real_models: Path) -> None:
    """A word played a tenth faster and higher is still nearest to itself."""
    names = ["dog", "cat", "apple", "house", "fish", "tree"]
    people = real_models.parent / "people"
    files = [next(iter(sorted(people.rglob(f"{name}.ogg"))), None) for name in names]
    recordings = [read(file) for file in files if file is not None]
    if len(recordings) < 4:
        pytest.skip("the recordings of people (../shared/data/people) are not on this computer")
    encoder = load(whisper, "cpu")
    plain = [resample(recording, 16_000).samples for recording in recordings]
    # Samples for 14.5 kHz that are taken for 16 kHz.
    fast = [resample(recording, 14_545).samples for recording in recordings]
    a, b = (
        np.array(
            [vectors for word in words for vectors in encoder.encode([word], Pooling.MEAN)]
        ).swapaxes(0, 1)
        for words in (plain, fast)
    )
    a, b = (
        (x - x.mean(axis=1, keepdims=True)) / np.linalg.norm(x, axis=2, keepdims=True)
        for x in (a, b)
    )
    hits = ((a @ b.swapaxes(1, 2)).argmax(axis=2) == np.arange(len(plain))).mean(axis=1)
    assert hits[-1] == 1
