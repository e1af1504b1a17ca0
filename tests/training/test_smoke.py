"""The whole chain on a few words, with the real voices, pictures and texts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from training import sources
from vgdesk.core.model import Cell
from vgdesk.encoders import inspect_folder, load
from vgdesk.encoders.base import Pooling
from vgdesk.encoders.starter import changed_files

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "build/training/sources"


def is_fetched() -> bool:
    """Whether all is there that the small run needs; a fetch may have been cut off."""
    record = SOURCES / "sources.json"
    known = json.loads(record.read_text("utf-8")) if record.is_file() else {}
    return {source.name for source in sources.SOURCES} <= {*known, *sources.SMOKE_LEAVES_OUT}


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not is_fetched(),
        reason="the sources of the training are not fetched: python -m training fetch --smoke",
    ),
]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    run_all(folder)
    return folder


def run_all(folder: Path) -> None:
    command = [sys.executable, "-m", "training", "all", "--smoke", "--work", folder / "work"]
    places = ["--sources", SOURCES, "--target", folder / "models", "--docs", folder / "tables.md"]
    done = subprocess.run(
        [*command, *places, "--data", folder / "none"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


@pytest.mark.timeout(600)
def test_all_four_encoders_come_out_and_open_like_anybodys(work: Path) -> None:
    for cell in Cell:
        spec = inspect_folder(work / "models" / cell.value, is_grounded=cell.is_grounded)
        encoder = load(spec, "cpu")
        noise = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
        word = noise if cell.modality.value == "speech" else "lemon"
        (vectors,) = encoder.encode([word], Pooling.MEAN)
        assert vectors.shape == (len(spec.layers), spec.dim)
        assert np.isfinite(vectors).all()
        assert spec.modality is cell.modality
        assert spec.licence == "apache-2.0"


@pytest.mark.timeout(600)
def test_partners_differ_although_they_start_alike(work: Path) -> None:
    for modality in ("speech", "text"):
        runs = work / "work/runs" / modality / "seed-0"
        plain, grounded, shuffled = (
            load_file(runs / stage / "model.safetensors")
            for stage in ("plain", "grounded", "shuffled")
        )
        assert plain.keys() == grounded.keys() == shuffled.keys()
        assert any(not plain[key].equal(grounded[key]) for key in plain)
        assert any(not grounded[key].equal(shuffled[key]) for key in plain)


@pytest.mark.timeout(600)
def test_the_control_comes_from_the_run_of_its_partners_and_leaves_them_as_they_are(
    work: Path,
) -> None:
    models = work / "models"
    control = inspect_folder(models / "text-shuffled", is_grounded=True)
    (vectors,) = load(control, "cpu").encode(["lemon"], Pooling.MEAN)
    for cell in (Cell.TEXT, Cell.TEXT_GROUNDED):
        partner = inspect_folder(models / cell.value, is_grounded=cell.is_grounded)
        (other,) = load(partner, "cpu").encode(["lemon"], Pooling.MEAN)
        assert not np.allclose(vectors, other)
    assert "weight by weight" in (models / "text-shuffled/README.md").read_text("utf-8")
    assert changed_files(models) == ()


@pytest.mark.timeout(600)
def test_a_finished_run_is_not_run_again(work: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in (work / "work/runs").rglob("*.safetensors")}
    run_all(work)
    assert before == {file: file.stat().st_mtime_ns for file in before}


@pytest.mark.timeout(600)
def test_the_card_names_every_source_and_no_test_material(work: Path) -> None:
    known = json.loads((SOURCES / "sources.json").read_text("utf-8"))
    card = (work / "models/speech-grounded/README.md").read_text("utf-8")
    for source in known.values():
        is_for_tests = source["use"].startswith("evaluation")
        is_text_only = source["use"] in ("text", "tool that unpacks the text")
        if not is_text_only:
            assert (f"| {source['name']} |" in card) is not is_for_tests
