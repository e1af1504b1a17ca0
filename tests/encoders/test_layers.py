"""What a layer is, and what of a word goes into its vector: checked by hand, frame by frame."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vgdesk.encoders import inspect_folder, load
from vgdesk.encoders.base import Pooling

Tiny = Callable[[str], Path]


def blocks_of(model: Any) -> Any:
    encoder = getattr(model, "encoder", model)
    return encoder.layer if hasattr(encoder, "layer") else encoder.layers


def by_hand(model: Any, **given: Any) -> tuple[Any, Any]:
    """Return [layers, places, dim] of one word by running block after block, and what the library
    calls hidden states."""
    import torch

    seen: list[Any] = []
    blocks = blocks_of(model)
    originals = [block.forward for block in blocks]

    def spy(original: Callable[..., Any]) -> Callable[..., Any]:
        def forward(states: Any, *more: Any, **named: Any) -> Any:
            if not seen:
                seen.append(states.clone())
            out = original(states, *more, **named)
            seen.append((out[0] if isinstance(out, tuple) else out).clone())
            return out

        return forward

    for block, original in zip(blocks, originals, strict=True):
        block.forward = spy(original)
    with torch.no_grad():
        library = model(**given, output_hidden_states=True).hidden_states
    return np.array([s[0].numpy() for s in seen]), np.array([s[0].numpy() for s in library])


def standardised(wave: Any) -> Any:
    from transformers import Wav2Vec2FeatureExtractor

    extractor = Wav2Vec2FeatureExtractor(do_normalize=True)
    return extractor(wave, sampling_rate=16_000, return_tensors="pt").input_values


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "model_class"),
    [
        ("wav2vec2-group", "Wav2Vec2Model"),
        ("wav2vec2-stable", "Wav2Vec2Model"),
        ("hubert-group", "HubertModel"),
        ("wavlm-stable", "WavLMModel"),
        ("data2vec-audio", "Data2VecAudioModel"),
    ],
)
def test_waveform_layers_are_the_blocks_of_the_word_alone(
    tiny: Tiny, name: str, model_class: str
) -> None:
    import transformers

    wave = np.random.default_rng(0).normal(0.3, 0.1, 7_000).astype(np.float32)
    model = getattr(transformers, model_class).from_pretrained(tiny(name)).eval()
    expected, library = by_hand(model, input_values=standardised(wave))
    np.testing.assert_allclose(expected, library, atol=1e-5)
    check_pooling(tiny(name), wave, expected)


def test_whisper_layers_stop_before_the_closing_norm_and_at_the_end_of_the_word(tiny: Tiny) -> None:
    from transformers import WhisperFeatureExtractor
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

    wave = np.random.default_rng(0).normal(0, 0.1, 7_000).astype(np.float32)
    features = WhisperFeatureExtractor()(wave, sampling_rate=16_000, return_tensors="pt")
    model = WhisperEncoder.from_pretrained(tiny("whisper-encoder")).eval()
    expected, library = by_hand(model, input_features=features.input_features)
    np.testing.assert_allclose(expected[:-1], library[:-1], atol=1e-5)
    assert np.abs(expected[-1] - library[-1]).max() > 0.1
    # A frame is 20 ms, so 320 samples: 7000 samples reach into the 22nd.
    check_pooling(tiny("whisper-encoder"), wave, expected[:, :22])
    check_pooling(tiny("whisper"), wave, None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "model_class"),
    [
        ("bert", "BertModel"),
        ("roberta", "RobertaModel"),
        ("xlm-roberta", "XLMRobertaModel"),
        ("clip", "CLIPTextModel"),
    ],
)
def test_text_layers_are_the_blocks_without_the_marks_around_the_word(
    tiny: Tiny, name: str, model_class: str
) -> None:
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny(name))
    ids = tokenizer("zebra", return_tensors="pt").input_ids
    assert ids.shape == (1, 7)
    model = getattr(transformers, model_class).from_pretrained(tiny(name)).eval()
    expected, _ = by_hand(model, input_ids=ids)
    check_pooling(tiny(name), "zebra", expected[:, 1:-1])


def check_pooling(folder: Path, word: Any, places: Any) -> None:
    spec = inspect_folder(folder, is_grounded=False)
    encoder = load(spec, "cpu")
    assert spec.layers == ("0", "1", "2", "3")
    if places is None:
        return
    middle = (places.shape[1] - 1) // 2
    for pooling, expected in (
        (Pooling.MEAN, places.mean(axis=1)),
        (Pooling.CENTRE, places[:, middle]),
        (Pooling.FIRST, places[:, 0]),
    ):
        (vectors,) = encoder.encode([word], pooling)
        np.testing.assert_allclose(vectors, expected, atol=2e-5)


def test_whole_whisper_and_its_encoder_alone_are_one(tiny: Tiny, tmp_path: Path) -> None:
    from transformers import WhisperForConditionalGeneration

    whole = WhisperForConditionalGeneration.from_pretrained(tiny("whisper"))
    whole.model.encoder.save_pretrained(tmp_path / "alone")
    wave = np.random.default_rng(0).normal(0, 0.1, 5_000).astype(np.float32)
    vectors = [
        load(inspect_folder(folder, is_grounded=False), "cpu").encode([wave], Pooling.MEAN)[0]
        for folder in (tiny("whisper"), tmp_path / "alone")
    ]
    np.testing.assert_array_equal(*vectors)


def test_preprocessor_settings_are_followed(tiny: Tiny, tmp_path: Path) -> None:
    import shutil

    from transformers import Wav2Vec2FeatureExtractor

    folder = shutil.copytree(tiny("hubert-stable"), tmp_path / "model")
    Wav2Vec2FeatureExtractor(do_normalize=False, sampling_rate=8_000).save_pretrained(folder)
    spec, levelling = (
        inspect_folder(f, is_grounded=False) for f in (folder, tiny("hubert-stable"))
    )
    assert spec.sample_rate == 8_000
    assert spec.revision != levelling.revision
    wave = np.random.default_rng(0).normal(0.5, 0.1, 5_000).astype(np.float32)
    already = standardised(wave)[0].numpy()
    (plain,) = load(spec, "cpu").encode([already], Pooling.MEAN)
    (itself,) = load(levelling, "cpu").encode([wave], Pooling.MEAN)
    np.testing.assert_allclose(plain, itself, atol=1e-5)
