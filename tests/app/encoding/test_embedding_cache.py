import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vgdesk.app.encoding.embedding_cache import EmbeddingCache, embedding_key
from vgdesk.core.model import EncoderId
from vgdesk.core.stack import Embedding
from vgdesk.encoders import ENCODERS
from vgdesk.encoders.base import Pooling

KEY = "ab" + "0" * 38
SPEC = ENCODERS["spectrum"]


@pytest.fixture
def embedding() -> Embedding:
    values = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    return Embedding(KEY, EncoderId("model@1"), ("0", "1", "zwölf"), values)


def test_gives_back_what_was_put_in(tmp_path: Path, embedding: Embedding) -> None:
    cache = EmbeddingCache(tmp_path / "cache")
    assert cache.get(KEY) is None
    cache.put(embedding)
    found = EmbeddingCache(tmp_path / "cache").get(KEY)
    assert found is not None
    assert (found.key, found.encoder, found.layers) == (KEY, "model@1", ("0", "1", "zwölf"))
    np.testing.assert_array_equal(found.values, embedding.values)
    assert found.values.dtype == np.float32
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert [file.parent.name for file in files] == ["ab"]


@pytest.mark.parametrize("keep", [0, 7, 100, -1])
def test_damaged_file_is_a_miss_and_removed(
    tmp_path: Path, embedding: Embedding, keep: int
) -> None:
    cache = EmbeddingCache(tmp_path)
    cache.put(embedding)
    (file,) = tmp_path.rglob("*.safetensors")
    file.write_bytes(file.read_bytes()[:keep])
    assert cache.get(KEY) is None
    assert not file.exists()


def test_file_of_another_program_is_a_miss(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    (tmp_path / "ab").mkdir()
    save_file({"x": np.zeros(3)}, tmp_path / "ab" / f"{KEY}.safetensors")
    assert EmbeddingCache(tmp_path).get(KEY) is None


def test_embedding_under_a_wrong_name_is_a_miss(tmp_path: Path, embedding: Embedding) -> None:
    cache = EmbeddingCache(tmp_path)
    cache.put(embedding)
    other = KEY.replace("0", "1")
    shutil.copy(tmp_path / "ab" / f"{KEY}.safetensors", tmp_path / "ab" / f"{other}.safetensors")
    assert cache.get(other) is None
    assert cache.get(KEY) is not None


def test_folder_may_vanish_at_any_time(tmp_path: Path, embedding: Embedding) -> None:
    cache = EmbeddingCache(tmp_path / "cache")
    cache.put(embedding)
    shutil.rmtree(tmp_path / "cache")
    assert cache.get(KEY) is None
    cache.put(embedding)
    assert cache.get(KEY) is not None


def test_what_cannot_be_written_is_not_kept(embedding: Embedding) -> None:
    for nowhere in (Path("/dev/null/cache"), Path("/proc/cache")):
        cache = EmbeddingCache(nowhere)
        cache.put(embedding)
        assert cache.get(KEY) is None
        assert cache.damaged == 0


def test_a_full_disk_leaves_no_partial_file(
    tmp_path: Path, embedding: Embedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    EmbeddingCache(tmp_path).put(embedding)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_was_shipped_is_found_and_never_changed(tmp_path: Path, embedding: Embedding) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    EmbeddingCache(shipped).put(embedding)
    found = EmbeddingCache(own, shipped).get(KEY)
    assert found is not None
    np.testing.assert_array_equal(found.values, embedding.values)
    assert not own.exists()


def test_damaged_file_that_was_shipped_stays_and_its_embedding_is_kept_elsewhere(
    tmp_path: Path, embedding: Embedding
) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    EmbeddingCache(shipped).put(embedding)
    (file,) = shipped.rglob("*.safetensors")
    file.write_bytes(b"cut")
    cache = EmbeddingCache(own, shipped)
    assert cache.get(KEY) is None
    cache.put(embedding)
    assert cache.get(KEY) is not None
    assert file.read_bytes() == b"cut"


def test_key_changes_with_everything_that_values_depend_on() -> None:
    specs = [
        SPEC,
        replace(SPEC, id=EncoderId("other")),
        replace(SPEC, revision="another"),
        replace(SPEC, sample_rate=8_000),
    ]
    keys = {embedding_key("content", spec, Pooling.MEAN) for spec in specs}
    keys |= {embedding_key("content", SPEC, pooling) for pooling in Pooling}
    keys |= {embedding_key("other", SPEC, Pooling.MEAN)}
    assert len(keys) == 4 + 2 + 1
    assert embedding_key("content", replace(SPEC, title="Another"), Pooling.MEAN) in keys


def test_no_flipped_bit_is_handed_out_as_another_number(tmp_path: Path) -> None:
    """Every 13th bit of a file, from a place that is drawn: header, names, checksum and values."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(4, 256)).astype(np.float32)
    whole = Embedding(KEY, EncoderId("model@1"), ("0", "1", "2", "3"), values)
    cache = EmbeddingCache(tmp_path)
    cache.put(whole)
    (file,) = tmp_path.rglob("*.safetensors")
    content = file.read_bytes()
    places = range(int(rng.integers(13)), 8 * len(content), 13)
    assert len(places) > 2_500
    harmless = 0
    for place in places:
        damaged = bytearray(content)
        damaged[place // 8] ^= 1 << place % 8
        file.write_bytes(damaged)
        found = cache.get(KEY)
        if found is not None:  # padding, or another way to write the same
            harmless += 1
            assert (found.encoder, found.layers) == (whole.encoder, whole.layers)
            np.testing.assert_array_equal(found.values, whole.values)
    assert cache.damaged == len(places) - harmless
    assert harmless < 0.01 * len(places)


def test_what_an_earlier_version_left_is_not_there_and_not_damaged(
    tmp_path: Path, embedding: Embedding
) -> None:
    from safetensors.numpy import save_file

    file = tmp_path / "ab" / f"{KEY}.safetensors"
    file.parent.mkdir()
    about = {"key": KEY, "encoder": "model@1", "layers": '["0", "1", "2"]'}
    save_file({"values": embedding.values.copy()}, file, about)
    cache = EmbeddingCache(tmp_path)
    assert cache.get(KEY) is None
    assert cache.damaged == 0
    cache.put(embedding)
    assert cache.get(KEY) is not None


def test_the_same_vectors_make_the_same_file(tmp_path: Path, embedding: Embedding) -> None:
    for name in "ab":
        EmbeddingCache(tmp_path / name).put(embedding)
    one, other = sorted(tmp_path.rglob("*.safetensors"))
    assert one.read_bytes() == other.read_bytes()
