"""What every encoder promises."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.encoders.tiny_names import SPEECH_NAMES, TEXT_NAMES
from vgdesk.core.errors import EncoderError
from vgdesk.core.model import Modality
from vgdesk.encoders import ENCODERS, FAMILIES, inspect_folder, load, untrained_twin
from vgdesk.encoders.base import EncoderSpec, Pooling
from vgdesk.encoders.running import prepare

Tiny = Callable[[str], Path]
NAMES = (*ENCODERS, *SPEECH_NAMES, *TEXT_NAMES)
TOLERANCE = 1e-4


@pytest.fixture(params=NAMES)
def spec(request: pytest.FixtureRequest, tiny: Tiny) -> EncoderSpec:
    if request.param in ENCODERS:
        return ENCODERS[request.param]
    return inspect_folder(tiny(request.param), is_grounded=False)


@cache
def _kept(spec: EncoderSpec) -> Any:
    return load(spec, "cpu")


def loaded(spec: EncoderSpec) -> Any:
    """Load an encoder once for all tests; encoding leaves it as it is."""
    prepare()  # pytest forgets after each test which warnings are ignored
    return _kept(spec)


def words_for(spec: EncoderSpec, scale: float = 0.1) -> list[Any]:
    """Make words of very different length, the shortest shorter than one frame."""
    if spec.modality is Modality.TEXT:
        return ["a", "cat", "hippopotamus", "word", "Zebra"]
    rng = np.random.default_rng(3)
    lengths = (390, 400, 9_302, 16_140, 1_234)
    return [(scale * rng.normal(size=n)).astype(np.float32) + scale for n in lengths]


def relative_difference(a: Any, b: Any) -> float:
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


@pytest.mark.slow
def test_shape_is_what_the_spec_says(spec: EncoderSpec) -> None:
    for vectors in loaded(spec).encode(words_for(spec), Pooling.MEAN):
        assert vectors.shape == (len(spec.layers), spec.dim)
        assert vectors.dtype == np.float32
        assert np.isfinite(vectors).all()


@pytest.mark.slow
@pytest.mark.parametrize("pooling", Pooling)
def test_alone_or_in_a_batch_is_the_same(spec: EncoderSpec, pooling: Pooling) -> None:
    encoder, words = loaded(spec), words_for(spec)
    together = encoder.encode(words, pooling)
    for word, vectors in zip(words, together, strict=True):
        (alone,) = encoder.encode([word], pooling)
        for layer, expected in zip(vectors, alone, strict=True):
            assert relative_difference(layer, expected) < TOLERANCE


def test_same_word_same_vector_and_other_word_another(spec: EncoderSpec) -> None:
    encoder, words = loaded(spec), words_for(spec)[:3]
    first, second = (encoder.encode(words, Pooling.MEAN) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert relative_difference(first[1], first[2]) > TOLERANCE


def test_input_is_left_as_it_is(spec: EncoderSpec) -> None:
    words = words_for(spec)
    before = [np.array(word) for word in words]
    loaded(spec).encode(words, Pooling.MEAN)
    for word, kept in zip(words, before, strict=True):
        np.testing.assert_array_equal(word, kept)


def test_silence_gives_numbers(spec: EncoderSpec) -> None:
    if spec.modality is Modality.SPEECH:
        words: Sequence[Any] = [np.zeros(n, np.float32) for n in (1, 8_000)]
        assert np.isfinite(loaded(spec).encode(words, Pooling.MEAN)).all()


def test_spec_travels_to_another_process(spec: EncoderSpec) -> None:
    assert pickle.loads(pickle.dumps(spec)) == spec


@pytest.mark.slow
def test_untrained_twin_has_the_shape_but_other_numbers(spec: EncoderSpec) -> None:
    if spec.folder is None:
        with pytest.raises(EncoderError, match="never trained"):
            untrained_twin(spec)
        return
    twin, words = untrained_twin(spec), words_for(spec)[2:3]
    assert (twin.layers, twin.dim, twin.modality) == (spec.layers, spec.dim, spec.modality)
    assert twin.id != spec.id
    assert twin.revision != spec.revision
    (vectors,) = load(twin, "cpu").encode(words, Pooling.MEAN)
    (trained,) = loaded(spec).encode(words, Pooling.MEAN)
    assert vectors.shape == trained.shape
    assert relative_difference(vectors[-1], trained[-1]) > 0.01
    (again,) = load(twin, "cpu").encode(words, Pooling.MEAN)
    np.testing.assert_array_equal(vectors, again)
    (other,) = load(untrained_twin(spec, seed=1), "cpu").encode(words, Pooling.MEAN)
    assert relative_difference(other[-1], vectors[-1]) > 0.01


@pytest.mark.slow
def test_untrained_twin_is_the_same_in_another_process(tiny: Tiny) -> None:
    spec = untrained_twin(inspect_folder(tiny("hubert-group"), is_grounded=False), seed=5)
    (here,) = load(spec, "cpu").encode(words_for(spec)[2:3], Pooling.MEAN)
    script = """
import pickle, sys
from vgdesk.encoders import load
spec, words, pooling = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(load(spec, "cpu").encode(words, pooling)))
"""
    given = pickle.dumps((spec, words_for(spec)[2:3], Pooling.MEAN))
    there = subprocess.run(
        [sys.executable, "-c", script], input=given, capture_output=True, check=True
    )
    np.testing.assert_allclose(pickle.loads(there.stdout)[0], here, rtol=1e-5, atol=1e-6)


def test_every_family_is_in_the_contract(tiny: Tiny) -> None:
    folders = (tiny(name) for name in (*SPEECH_NAMES, *TEXT_NAMES))
    assert {inspect_folder(f, is_grounded=False).family for f in folders} == set(FAMILIES)


@pytest.mark.slow
def test_frames_are_what_is_pooled(spec: EncoderSpec) -> None:
    if spec.modality is Modality.TEXT or spec.folder is None:
        return  # a baseline is told apart in its own test
    encoder, words = loaded(spec), words_for(spec)
    pooled = encoder.encode(words, Pooling.MEAN)  # in a batch
    for word, vectors in zip(words, pooled, strict=True):
        frames = encoder.frames(word)
        assert tuple(frames) == spec.layers
        assert {found.dtype for found in frames.values()} == {np.dtype(np.float32)}
        for found, expected in zip(frames.values(), vectors, strict=True):
            assert found.shape[1] == spec.dim
            assert relative_difference(found.mean(axis=0), expected) < TOLERANCE
        (first,) = encoder.encode([word], Pooling.FIRST)
        assert relative_difference(np.stack([f[0] for f in frames.values()]), first) < TOLERANCE
