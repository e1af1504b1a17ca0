import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from vgdesk.core.errors import EncoderError
from vgdesk.encoders import FAMILIES, inspect_folder, load, untrained_twin
from vgdesk.encoders.base import EncoderSpec

Tiny = Callable[[str], Path]


@pytest.fixture
def folder(tiny: Tiny, tmp_path: Path) -> Path:
    return shutil.copytree(tiny("bert"), tmp_path / "my model")


def inspect(folder: Path) -> EncoderSpec:
    return inspect_folder(folder, is_grounded=False)


def change_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


def test_spec_says_what_the_folder_holds(folder: Path) -> None:
    (folder / "README.md").write_text("---\ntags: [x]\nlicense: apache-2.0\n---\nA model.\n")
    spec = inspect(folder)
    assert spec.id == f"my model@{spec.revision[:8]}"
    assert (spec.layers, spec.dim, spec.family) == (("0", "1", "2", "3"), 32, "bert")
    assert (spec.licence, spec.folder, spec.sample_rate) == ("apache-2.0", folder, 0)


def test_user_says_whether_a_model_saw_pictures_but_clip_always_did(tiny: Tiny) -> None:
    assert inspect_folder(tiny("bert"), is_grounded=True).is_grounded is True
    assert inspect_folder(tiny("bert"), is_grounded=False).is_grounded is False
    assert inspect_folder(tiny("clip"), is_grounded=False).is_grounded is True


def test_revision_follows_weights_and_settings(folder: Path) -> None:
    first = inspect(folder)
    assert inspect(folder) == first
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    second = inspect(folder)
    change_config(folder, layer_norm_eps=1e-6)
    third = inspect(folder)
    assert len({first.revision, second.revision, third.revision}) == 3
    assert len({first.id, second.id, third.id}) == 3


def test_sharded_model_is_read(tiny: Tiny, tmp_path: Path) -> None:
    import numpy as np
    from transformers import BertForMaskedLM

    from vgdesk.encoders.base import Pooling

    folder = shutil.copytree(tiny("bert"), tmp_path / "sharded")
    (folder / "model.safetensors").unlink()
    BertForMaskedLM.from_pretrained(tiny("bert")).save_pretrained(folder, max_shard_size="20KB")
    assert len(list(folder.glob("model-*.safetensors"))) > 1
    vectors = [
        load(inspect(f), "cpu").encode(["cat"], Pooling.MEAN) for f in (folder, tiny("bert"))
    ]
    np.testing.assert_array_equal(*vectors)
    next(folder.glob("model-00002-*")).unlink()
    with pytest.raises(EncoderError, match="incomplete"):
        inspect(folder)


def test_shards_outside_the_folder_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder.parent / "model.safetensors")
    index = {"weight_map": {"a": "../model.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(EncoderError, match="incomplete"):
        inspect(folder)


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"no config\.json"):
        inspect(tmp_path)


def test_unknown_kind_is_refused_with_the_list_of_known_ones(folder: Path) -> None:
    change_config(folder, model_type="mamba")
    with pytest.raises(EncoderError, match="mamba") as caught:
        inspect(folder)
    assert all(family.title in caught.value.hint for family in FAMILIES.values())


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt"])
def test_pickled_weights_are_never_opened(folder: Path, name: str) -> None:
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(b"anything")
    with pytest.raises(EncoderError, match="hidden programs") as caught:
        inspect(folder)
    assert "save_pretrained" in caught.value.hint


def test_missing_weights_are_reported(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(EncoderError, match="no weights"):
        inspect(folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
        struct.pack("<Q", 9) + b"not json!" + bytes(20),
        struct.pack("<Q", 2) + b"{}" + bytes(20),
        struct.pack("<Q", 4) + b"[42]",
    ],
)
def test_broken_weights_are_refused(folder: Path, content: bytes) -> None:
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(EncoderError, match="damaged"):
        inspect(folder)


def test_weights_that_were_cut_off_are_refused(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(EncoderError, match="does not match its header"):
        inspect(folder)


@pytest.mark.parametrize("content", ["{", "[]", '{"model_type": "bert", "hidden_size": 32}'])
def test_broken_config_is_refused(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    with pytest.raises(EncoderError, match=r"config\.json"):
        inspect(folder)


def test_text_model_without_tokenizer_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EncoderError, match="no tokenizer"):
        inspect(folder)


def test_missing_weights_are_refused_and_not_made_up(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    del weights["bert.encoder.layer.1.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(EncoderError, match=r"encoder\.layer\.1\.output\.dense\.weight"):
        load(inspect(folder), "cpu")


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    change_config(folder, intermediate_size=64)
    with pytest.raises(EncoderError, match=r"do not match|cannot be read"):
        load(inspect(folder), "cpu")


def test_untrained_twin_needs_no_weights_on_disk(folder: Path) -> None:
    twin = untrained_twin(inspect(folder))
    (folder / "model.safetensors").unlink()
    load(twin, "cpu")
