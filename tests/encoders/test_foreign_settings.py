"""Settings of model folders that ask for more than a model needs."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vgdesk
from vgdesk.core.errors import EncoderError
from vgdesk.encoders import inspect_folder, load, untrained_twin
from vgdesk.encoders.base import EncoderSpec, Pooling
from vgdesk.encoders.checkpoint import revision_of

Tiny = Callable[[str], Path]


@pytest.fixture
def folder(tiny: Tiny, tmp_path: Path) -> Path:
    return shutil.copytree(tiny("bert"), tmp_path / "my model")


def inspect(folder: Path) -> EncoderSpec:
    return inspect_folder(folder, is_grounded=False)


def change(file: Path, **changes: object) -> None:
    settings = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**settings, **changes}))


def with_program(folder: Path, name: str) -> Path:
    """Let a file of settings name a program in the folder; it would leave a mark."""
    mark = folder.parent / "it ran"
    (folder / "own.py").write_text(
        f"from pathlib import Path\nPath({str(mark)!r}).touch()\n"
        "from transformers import BertConfig as Own, BertTokenizer as OwnTokenizer\n"
    )
    parts = {"AutoConfig": "own.Own", "AutoTokenizer": ["own.OwnTokenizer", None]}
    change(folder / name, auto_map=parts)
    return mark


SETTINGS = (
    "config.json", "tokenizer_config.json", "preprocessor_config.json", "processor_config.json",
)  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_a_model_with_a_program_of_its_own_is_refused(folder: Path, name: str) -> None:
    mark = with_program(folder, name)
    with pytest.raises(EncoderError, match=f"auto_map in {re.escape(name)}") as refusal:
        inspect(folder)
    assert "did not run it" in refusal.value.message
    assert refusal.value.hint
    assert not mark.exists()


def test_a_program_that_comes_later_is_refused_too(folder: Path) -> None:
    spec = inspect(folder)
    mark = with_program(folder, "tokenizer_config.json")
    for one in (spec, untrained_twin(spec)):
        with pytest.raises(EncoderError, match="auto_map"):
            load(one, "cpu")
    assert not mark.exists()


@pytest.mark.slow
def test_a_terminal_is_not_asked_either(folder: Path, tmp_path: Path) -> None:
    mark = with_program(folder, "config.json")
    (tmp_path / "words.txt").write_text("cat\ndog\n")
    command = ["embed", str(tmp_path / "words.txt"), "--encoder", str(folder), "--out"]
    ran = subprocess.run(
        [sys.executable, "-m", "vgdesk", *command, str(tmp_path / "a.safetensors")],
        capture_output=True, text=True, input="y\n" * 9, check=False,
    )  # fmt: skip
    assert ran.returncode != 0
    assert "did not run it" in ran.stderr
    assert "Do you wish" not in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert not mark.exists()


def test_an_empty_setting_counts_as_none(folder: Path) -> None:
    change(folder / "config.json", auto_map={}, transformers_weights=None)
    load(inspect(folder), "cpu")


def test_programs_of_the_hub_are_refused(folder: Path) -> None:
    change(folder / "config.json", attn_implementation="somebody/some-kernel")
    with pytest.raises(EncoderError, match="attn_implementation"):
        inspect(folder)
    change(folder / "config.json", attn_implementation="eager")
    load(inspect(folder), "cpu")


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("config.json", {"transformers_weights": "other.safetensors"}),
        ("config.json", {"text_config": {"transformers_weights": "other.safetensors"}}),
        ("config.json", {"configuration_files": ["config.4.0.0.json"]}),
        ("tokenizer_config.json", {"fast_tokenizer_files": ["tokenizer.4.0.0.json"]}),
        ("tokenizer_config.json", {"init_inputs": ["other.txt"]}),
    ],
)
def test_settings_that_lead_to_other_files_are_refused(
    folder: Path, name: str, setting: dict[str, Any]
) -> None:
    shutil.copy(folder / "model.safetensors", folder / "other.safetensors")
    change(folder / name, **setting)
    with pytest.raises(EncoderError, match="refer to other files") as refusal:
        inspect(folder)
    assert name in refusal.value.message


def test_quantized_weights_are_refused(folder: Path) -> None:
    change(folder / "config.json", quantization_config={"quant_method": "bitsandbytes"})
    with pytest.raises(EncoderError, match="quantized"):
        inspect(folder)


@pytest.mark.parametrize(
    "name", ["adapter_config.json", "shard-00001-model-00001-of-00001.safetensors"]
)
def test_weights_beside_the_usual_ones_are_refused(folder: Path, name: str) -> None:
    """The library would load the first on top of the model, and the second instead of it."""
    (folder / name).write_bytes((folder / "model.safetensors").read_bytes())
    with pytest.raises(EncoderError, match=re.escape(name)):
        inspect(folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bert", "roberta", "clip", "wav2vec2-group", "whisper"])
def test_what_is_loaded_is_what_names_the_model(tiny: Tiny, tmp_path: Path, name: str) -> None:
    """A model with other weights has another name, whatever else lies in its folder."""
    from safetensors.numpy import load_file, save_file

    folder = shutil.copytree(tiny(name), tmp_path / name)
    before, spec = vectors(folder), inspect(folder)
    weights = load_file(folder / "model.safetensors")
    save_file(
        {k: np.asarray(v * 1.5, v.dtype) for k, v in weights.items()},
        folder / "model.fp16.safetensors",
    )
    shutil.copy(folder / "model.fp16.safetensors", folder / "pytorch_model.bin")
    assert inspect(folder) == spec
    assert np.array_equal(vectors(folder), before)
    shutil.copy(folder / "model.fp16.safetensors", folder / "model.safetensors")
    assert inspect(folder).id != spec.id
    assert not np.array_equal(vectors(folder), before)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_model_that_changed_since_it_was_named_is_not_run(folder: Path, name: str) -> None:
    spec = inspect(folder)
    content = (folder / name).read_bytes()
    changed = content[:-4] + b"\0\0\0\0" if name == "model.safetensors" else content + b" "
    (folder / name).write_bytes(changed)
    with pytest.raises(EncoderError, match="changed or damaged"):
        load(spec, "cpu")
    load(untrained_twin(spec), "cpu")
    assert inspect(folder).id != spec.id
    load(inspect(folder), "cpu")


def vectors(folder: Path) -> np.ndarray:
    spec = inspect(folder)
    word: Any = "cat" if not spec.sample_rate else np.sin(np.arange(8_000, dtype=np.float32))
    return load(spec, "cpu").encode([word], Pooling.MEAN)[0]


def test_other_rules_for_tokens_give_the_model_another_name(folder: Path) -> None:
    names = {revision_of(folder)}
    for name in ("spiece.model", "tokenizer.model", "sentencepiece.bpe.model", "merges.txt"):
        (folder / name).write_bytes(b"x")
        names.add(revision_of(folder))
    assert len(names) == 5


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("bert", {"num_hidden_layers": 1_001}),
        ("bert", {"num_hidden_layers": True}),
        ("bert", {"hidden_size": 100_001}),
        ("bert", {"hidden_size": -1}),
        ("bert", {"intermediate_size": 10**30}),
        ("bert", {"vocab_size": 10**9}),
        ("bert", {"vocab_size": "many"}),
        ("bert", {"max_position_embeddings": 1e9}),
        ("clip", {"text_config": {"num_hidden_layers": 10**6}}),
        ("hubert-group", {"conv_dim": [24] * 101}),
        ("hubert-group", {"conv_dim": [24, 10**7]}),
        ("hubert-group", {"conv_stride": [0] * 7}),
        ("hubert-group", {"num_conv_pos_embeddings": 10**8}),
        ("whisper", {"encoder_layers": 10**5}),
        ("whisper", {"num_mel_bins": 1_025}),
        ("whisper", {"max_source_positions": 10**8}),
    ],
)
def test_sizes_beyond_reason_are_refused_before_anything_is_made(
    tiny: Tiny, tmp_path: Path, name: str, setting: dict[str, Any]
) -> None:
    folder = shutil.copytree(tiny(name), tmp_path / "m")
    change(folder / "config.json", **setting)
    with pytest.raises(EncoderError, match=r"invalid size: in config\.json") as refusal:
        inspect(folder)
    assert len(refusal.value.message) < 300


@pytest.mark.parametrize(
    "setting",
    [
        {"sampling_rate": 999},
        {"sampling_rate": 768_001},
        {"sampling_rate": "16000"},
        {"feature_size": 10**6},
        {"chunk_length": 10**6},
        {"n_fft": 10**7},
        {"hop_length": 0},
    ],
)
def test_sound_is_heard_within_reason(tiny: Tiny, tmp_path: Path, setting: dict[str, Any]) -> None:
    folder = shutil.copytree(tiny("whisper"), tmp_path / "m")
    change(folder / "preprocessor_config.json", **setting)
    with pytest.raises(EncoderError, match=r"invalid size: in preprocessor_config\.json"):
        inspect(folder)


@pytest.mark.parametrize("rate", [1_000, 768_000, None])
def test_rates_at_the_ends_are_read(tiny: Tiny, tmp_path: Path, rate: int | None) -> None:
    folder = shutil.copytree(tiny("hubert-group"), tmp_path / "m")
    change(folder / "preprocessor_config.json", sampling_rate=rate)
    assert inspect(folder).sample_rate == (rate or 16_000)


@pytest.mark.slow
def test_a_model_far_larger_than_its_weights_takes_no_memory(folder: Path) -> None:
    """Each size is allowed, but all together would take 40 terabytes, twin or not."""
    change(
        folder / "config.json",
        hidden_size=50_000, intermediate_size=100_000, num_hidden_layers=200,
        num_attention_heads=50, vocab_size=100,
    )  # fmt: skip
    spec = inspect(folder)
    for one in (spec, untrained_twin(spec)):
        with pytest.raises(EncoderError, match=r"do not match its config\.json: there are"):
            load(one, "cpu")


@pytest.mark.parametrize(
    "setting",
    [
        {"num_attention_heads": 7},
        {"hidden_act": "no such thing"},
        {"hidden_act": 3},
        {"layer_norm_eps": "small"},
        {"pad_token_id": 10**6},
        {"vocab_size": 0},
    ],
)
def test_settings_that_do_not_fit_each_other_are_reported(
    folder: Path, setting: dict[str, Any]
) -> None:
    change(folder / "config.json", **setting)
    spec = inspect(folder)
    for one in (spec, untrained_twin(spec)):
        with pytest.raises(EncoderError, match=r"cannot be read|do not match"):
            load(one, "cpu")


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a": ' * 100_000, " " * (2**23 + 1)])
def test_settings_too_deep_or_too_large_are_refused(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    with pytest.raises(EncoderError, match=r"config\.json"):
        inspect(folder)


def test_the_library_reads_models_in_one_place_only() -> None:
    """There it is told to run no foreign program; a second place might forget it."""
    package = Path(vgdesk.__file__).parent
    calls = [
        (file.name, line.strip())
        for folder in (package, package.parent / "training")
        for file in sorted(folder.rglob("*.py"))
        for line in file.read_text("utf-8").splitlines()
        if re.search(r"\w\.from_pretrained\(", line) and "FOLDER" not in line
    ]
    assert [name for name, _ in calls] == ["running.py"]
    source = (package / "encoders" / "running.py").read_text("utf-8")
    assert source.count("trust_remote_code=False") == 1
