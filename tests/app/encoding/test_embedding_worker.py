import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.encoders.conftest import tiny as tiny
from vgdesk.app.encoding import embedding_worker
from vgdesk.app.encoding.embedding_messages import (
    DeviceFellBack,
    EmbeddedItem,
    EmbeddingFailed,
    ModelLoading,
    ModelRuns,
    SpeechItem,
    TextItem,
)
from vgdesk.app.encoding.embedding_worker import drop_models, embed
from vgdesk.audio.files import Recording, read, resample, write_flac
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import EncoderError
from vgdesk.encoders import ENCODERS, available_devices, inspect_folder, load
from vgdesk.encoders.base import DeviceFullError, EncoderSpec, Pooling

Tiny = Callable[[str], Path]
SPECTRUM, SPELLING = ENCODERS["spectrum"], ENCODERS["spelling"]


@pytest.fixture(autouse=True)
def no_models_kept() -> Iterator[None]:
    drop_models()
    yield
    drop_models()


@pytest.fixture
def takes(tmp_path: Path) -> tuple[SpeechItem, ...]:
    """Write words of different rate and length, in no order."""
    rng = np.random.default_rng(0)
    items = []
    for place, (seconds, rate) in enumerate([(0.5, 44_100), (0.2, 16_000), (0.9, 48_000)] * 4):
        file = tmp_path / "takes" / f"{place}.flac"
        file.parent.mkdir(exist_ok=True)
        samples = rng.normal(0, 0.1, int(seconds * rate)).astype(np.float32)
        write_flac(file, Recording(samples, rate))
        items.append(SpeechItem(f"take {place}", file, 0.05, seconds if place % 2 else None))
    return tuple(items)


def run(
    spec: EncoderSpec, items: Sequence[Any], cache: Path | None = None, **more: Any
) -> list[Any]:
    """Embed and return what concerns the words; what is said of the model is left out."""
    news = everything(spec, items, cache, **more)
    return [one for one in news if not isinstance(one, ModelLoading | ModelRuns)]


def everything(
    spec: EncoderSpec, items: Sequence[Any], cache: Path | None = None, **more: Any
) -> list[Any]:
    options = {"device": "cpu", "pooling": Pooling.MEAN, **more}
    return list(embed(spec, tuple(items), cache_folder=cache, **options))


def sound_of(item: SpeechItem, rate: int) -> FloatArray:
    return resample(read(item.file, start=item.start, end=item.end), rate).samples


def values_of(news: Sequence[Any]) -> dict[str, FloatArray]:
    assert all(isinstance(item, EmbeddedItem) for item in news), news
    return {item.row: item.embedding.values for item in news}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spectrum", "wav2vec2-group"])
def test_every_take_gets_what_the_encoder_makes_of_it_alone(
    tiny: Tiny, takes: tuple[SpeechItem, ...], name: str
) -> None:
    spec = ENCODERS.get(name) or inspect_folder(tiny(name), is_grounded=False)
    news = run(spec, takes)
    found = values_of(news)
    assert set(found) == {item.row for item in takes}
    encoder = load(spec, "cpu")
    for item in takes:
        (alone,) = encoder.encode([sound_of(item, spec.sample_rate)], Pooling.MEAN)
        assert np.linalg.norm(found[item.row] - alone) < 1e-4 * np.linalg.norm(alone)
    assert {(n.embedding.encoder, n.embedding.layers) for n in news} == {(spec.id, spec.layers)}


def test_what_is_on_disk_comes_first_and_needs_no_model(
    tiny: Tiny, takes: tuple[SpeechItem, ...], tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny("hubert-group"), tmp_path / "model")
    spec = inspect_folder(folder, is_grounded=False)
    first = values_of(run(spec, takes[6:], tmp_path / "cache"))
    news = run(spec, takes, tmp_path / "cache")
    assert [item.row for item in news[:6]] == [item.row for item in takes[6:]]
    shutil.rmtree(folder)
    drop_models()
    again = values_of(run(spec, takes, tmp_path / "cache"))
    for row, values in first.items():
        np.testing.assert_array_equal(again[row], values)
    with pytest.raises(EncoderError, match="cannot be read"):
        run(spec, takes[:1])


def test_key_is_the_sound_and_not_the_name_of_the_file(
    takes: tuple[SpeechItem, ...], tmp_path: Path
) -> None:
    item = takes[0]
    copy = SpeechItem("copy", shutil.copy(item.file, tmp_path / "copy.flac"), item.start, item.end)
    other = SpeechItem("other", item.file, item.start + 0.1, item.end)
    keys = [news.embedding.key for news in run(SPECTRUM, (item, copy, other))]
    assert len(set(keys)) == 2
    by_row = {news.row: news.embedding.key for news in run(SPECTRUM, (item, copy, other))}
    assert by_row[item.row] == by_row["copy"] != by_row["other"]


def test_file_that_was_replaced_is_read_again(
    takes: tuple[SpeechItem, ...], tmp_path: Path
) -> None:
    item, other = takes[0], takes[2]
    (before,) = run(SPECTRUM, (item,), tmp_path / "cache")
    shutil.copy(other.file, item.file)
    (after,) = run(SPECTRUM, (item,), tmp_path / "cache")
    assert before.embedding.key != after.embedding.key


def test_broken_file_costs_only_its_own_word(takes: tuple[SpeechItem, ...], tmp_path: Path) -> None:
    takes[1].file.write_bytes(b"no sound")
    takes[2].file.unlink()
    news = {item.row: item for item in run(SPECTRUM, takes, tmp_path / "cache")}
    failed = {row for row, item in news.items() if isinstance(item, EmbeddingFailed)}
    assert failed == {takes[1].row, takes[2].row}
    assert len(news) == len(takes)
    assert takes[2].file.name in str(news[takes[2].row].error)


def test_word_the_model_refuses_costs_only_itself(tiny: Tiny) -> None:
    spec = inspect_folder(tiny("bert"), is_grounded=False)
    items = [TextItem(text, text) for text in ("cat", "dog", "\u00a0", "a" * 99, "bee")]
    news = {item.row: item for item in run(spec, items)}
    failed = {row for row, item in news.items() if isinstance(item, EmbeddingFailed)}
    assert failed == {"\u00a0", "a" * 99}


def test_numbers_without_meaning_are_not_passed_on(tiny: Tiny, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = shutil.copytree(tiny("bert"), tmp_path / "bert")
    weights = load_file(folder / "model.safetensors")
    weights["bert.encoder.layer.0.output.dense.bias"][:] = np.nan
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    (news,) = run(inspect_folder(folder, is_grounded=False), [TextItem("cat", "cat")], tmp_path)
    assert isinstance(news, EmbeddingFailed)
    assert not list(tmp_path.glob("??"))


def test_closing_stops_between_batches_and_keeps_what_was_done(
    takes: tuple[SpeechItem, ...], tmp_path: Path
) -> None:
    work = embed(
        SPECTRUM, takes, cache_folder=tmp_path / "cache", device="cpu", pooling=Pooling.MEAN
    )
    first = next(work)
    work.close()
    assert isinstance(first, EmbeddedItem)
    kept = {file.stem for file in (tmp_path / "cache").rglob("*.safetensors")}
    assert first.embedding.key in kept
    assert len(kept) < len(takes)


def test_words_of_like_length_share_a_batch(
    takes: tuple[SpeechItem, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Picky(most_at_once=100)
    monkeypatch.setattr(embedding_worker, "load", lambda _spec, _device: encoder)
    run(SPECTRUM, takes)
    lengths = [length for batch in encoder.batches for length in batch]
    assert lengths == sorted(lengths)
    assert max(map(len, encoder.batches)) > 2


def test_batch_grows_while_it_is_brisk_and_shrinks_when_slow() -> None:
    model = embedding_worker._Model(None, "cpu")
    sizes = []
    for seconds in (0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.0):
        model.adapt(seconds)
        sizes.append(model.batch)
    assert sizes == [4, 8, 8, 8, 4, 2, 1, 1]


class Picky:
    """An encoder that fits only so many words onto its device."""

    def __init__(self, most_at_once: int) -> None:
        self.most_at_once = most_at_once
        self.batches: list[list[int]] = []

    def encode(self, words: Sequence[FloatArray], _pooling: Pooling) -> list[FloatArray]:
        if len(words) > self.most_at_once:
            raise DeviceFullError("full", "fewer")
        self.batches.append([len(word) for word in words])
        shape = len(SPECTRUM.layers), SPECTRUM.dim
        return [np.full(shape, len(word), np.float32) for word in words]


def place(monkeypatch: pytest.MonkeyPatch, tiny: Tiny, *, on_device: int) -> EncoderSpec:
    """Return a speech model whose "cuda" holds so many words; its processor holds any number."""
    encoders = {"cuda": Picky(on_device), "cpu": Picky(100)}
    monkeypatch.setattr(embedding_worker, "choose_device", lambda wish: wish)
    monkeypatch.setattr(embedding_worker, "load", lambda _spec, device: encoders[device])
    return replace(SPECTRUM, folder=tiny("hubert-group"))


def test_full_device_gets_smaller_batches(
    monkeypatch: pytest.MonkeyPatch, tiny: Tiny, takes: tuple[SpeechItem, ...]
) -> None:
    spec = place(monkeypatch, tiny, on_device=1)
    assert set(values_of(run(spec, takes, device="cuda"))) == {item.row for item in takes}


def test_device_too_small_for_one_word_is_left_for_the_processor(
    monkeypatch: pytest.MonkeyPatch, tiny: Tiny, takes: tuple[SpeechItem, ...]
) -> None:
    spec = place(monkeypatch, tiny, on_device=0)
    news = run(spec, takes, device="cuda")
    said = [item for item in news if isinstance(item, DeviceFellBack)]
    assert len(said) == 1
    assert spec.title in said[0].sentence
    assert "processor" in said[0].sentence
    assert len(values_of([item for item in news if item not in said])) == len(takes)
    # Later words go to the processor at once, and nothing more is said.
    assert values_of(run(spec, takes, device="cuda"))


def test_a_missing_device_is_reported_once(tiny: Tiny) -> None:
    spec = inspect_folder(tiny("bert"), is_grounded=False)
    if "mps" in available_devices():
        pytest.skip("this computer has every device that could be asked for")
    first, second = run(spec, [TextItem("cat", "cat")], device="mps")
    assert isinstance(first, DeviceFellBack)
    assert "no mps" in first.sentence
    assert isinstance(second, EmbeddedItem)
    assert values_of(run(spec, [TextItem("dog", "dog")], device="mps"))


def test_loading_is_reported_once_and_the_device_every_time(tiny: Tiny, tmp_path: Path) -> None:
    spec = inspect_folder(tiny("bert"), is_grounded=False)
    first = everything(spec, [TextItem("cat", "cat")], tmp_path)
    assert first[:2] == [ModelLoading(), ModelRuns("cpu")]
    assert everything(spec, [TextItem("dog", "dog")], tmp_path)[0] == ModelRuns("cpu")
    on_disk = everything(spec, [TextItem("cat", "cat")], tmp_path)
    assert [type(one) for one in on_disk] == [EmbeddedItem]


def test_models_stay_loaded_but_not_without_end(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_worker, "_MODELS_KEPT", 2)
    specs = [inspect_folder(tiny(n), is_grounded=False) for n in ("bert", "roberta", "clip")]
    for spec in specs[:2]:
        run(spec, [TextItem("cat", "cat")])
    model = embedding_worker._models[specs[0], "cpu"]
    run(specs[0], [TextItem("cat", "cat")])
    assert embedding_worker._models[specs[0], "cpu"] is model
    run(specs[2], [TextItem("cat", "cat")])
    assert [spec.family for spec, _ in embedding_worker._models] == ["bert", "clip-text"]


def test_text_needs_no_sound(tmp_path: Path) -> None:
    items = [TextItem("1", "Hund"), TextItem("2", "hund"), TextItem("3", "كلب")]
    values = values_of(run(SPELLING, items, tmp_path))
    np.testing.assert_array_equal(values["1"], values["2"])
    assert (values["3"] != values["2"]).any()


@pytest.mark.parametrize("setting", [{"model_max_length": "x"}, {"model_max_length": [1]}])
def test_late_errors_of_settings_are_reported_for_the_word(
    tiny: Tiny, tmp_path: Path, setting: dict[str, Any]
) -> None:
    folder = shutil.copytree(tiny("bert"), tmp_path / "model")
    file = folder / "tokenizer_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **setting}))
    (news,) = run(inspect_folder(folder, is_grounded=False), [TextItem("cat", "cat")])
    assert isinstance(news, EmbeddingFailed)
    assert "cannot be read" in news.error.message
