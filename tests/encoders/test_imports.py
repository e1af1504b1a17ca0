"""Nothing heavy is loaded before it is needed."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from vgdesk.audio.files import Recording, write_flac
from vgdesk.core.arrays import FloatArray

HEAVY = "torch transformers scipy sklearn huggingface_hub PySide6"
COUNT = f"import sys; print([name for name in {HEAVY.split()} if name in sys.modules])"


def loaded_after(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\n{COUNT}", *arguments],
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


def test_the_catalogue_loads_no_heavy_library() -> None:
    assert (
        loaded_after(
            "import vgdesk.encoders, vgdesk.app.encoding.embedding_worker, vgdesk.encoders.hub"
        )
        == "[]"
    )


def test_baselines_load_no_heavy_library(tmp_path: Path) -> None:
    samples: FloatArray = np.random.default_rng(0).normal(0, 0.1, 8_000).astype(np.float32)
    write_flac(tmp_path / "word.flac", Recording(samples, 44_100))
    script = """
import sys
from pathlib import Path
from vgdesk.app.encoding.embedding_worker import EmbeddedItem, SpeechItem, TextItem, embed
from vgdesk.encoders import ENCODERS
from vgdesk.encoders.base import Pooling

folder = Path(sys.argv[1])
for encoder, item in (
    ("spectrum", SpeechItem("a", folder / "word.flac")), ("spelling", TextItem("b", "word"))
):
    for _ in range(2):
        (found,) = embed(
            ENCODERS[encoder], (item,), cache_folder=folder, device="auto", pooling=Pooling.MEAN
        )
        assert isinstance(found, EmbeddedItem), found
"""
    assert loaded_after(script, str(tmp_path)) == "[]"


def test_inspecting_a_model_loads_no_heavy_library(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(
        '{"model_type": "hubert", "num_hidden_layers": 2, "hidden_size": 8}'
    )
    (tmp_path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    script = """
import sys
from pathlib import Path
from vgdesk.encoders import inspect_folder, untrained_twin
untrained_twin(inspect_folder(Path(sys.argv[1]), is_grounded=False))
"""
    assert loaded_after(script, str(tmp_path)) == "[]"
