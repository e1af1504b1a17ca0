"""What an export writes, and what a card says of a control's origin; here with a tiny encoder."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.encoders.conftest import tiny as tiny
from training.agreement import WEIGHTS, Agreement, agreement
from training.cards import HEAD, PARTNER, Subject, met, origin
from training.export import LARGEST_MEGABYTES, export_encoder, megabytes, seal
from training.grounding import HEAD_FILE
from training.words import Role
from vgdesk.core.model import Cell, Modality
from vgdesk.core.resources import resource
from vgdesk.encoders.starter import PURPOSE, changed_files

COUNTS = dict.fromkeys(Role, 3)


@pytest.fixture
def run(tiny: Callable[[str], Path], tmp_path: Path) -> Path:
    folder = shutil.copytree(tiny("bert"), tmp_path / "run")
    save_file({"weight": torch.eye(4)}, folder / HEAD_FILE)
    return folder


def changed(folder: Path, by: float) -> None:
    """Add a number to one weight of the first block."""
    weights = load_file(folder / WEIGHTS)
    name = next(name for name in weights if "layer.0" in name and weights[name].dim() == 2)
    weights[name][0, 0] += by
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})


def test_an_exported_encoder_has_half_the_precision_and_the_head_if_wanted(
    run: Path, tmp_path: Path
) -> None:
    for with_head in (True, False):
        export_encoder(run, tmp_path / "out", with_head=with_head)
        assert (tmp_path / "out" / HEAD_FILE).exists() is with_head
    exact, halved = (load_file(folder / WEIGHTS) for folder in (run, tmp_path / "out"))
    assert halved.keys() == exact.keys()
    for name, weights in halved.items():
        assert torch.equal(weights, exact[name].half())


def test_an_encoder_agrees_with_its_own_export(run: Path, tmp_path: Path) -> None:
    export_encoder(run, tmp_path / "out", with_head=False)
    found = agreement(run, tmp_path / "out", Cell.TEXT)
    assert found.is_exact
    assert found.vectors is not None
    assert found.vectors < 1e-2


def test_the_largest_difference_of_a_weight_is_found(run: Path, tmp_path: Path) -> None:
    export_encoder(run, tmp_path / "out", with_head=False)
    changed(run, 0.5)
    found = agreement(run, tmp_path / "out", Cell.TEXT)
    assert found.weights == pytest.approx(0.5, abs=1e-3)
    assert found.vectors is not None
    assert found.vectors > 0
    assert not found.is_exact


def test_a_card_says_whether_the_control_is_of_the_same_run() -> None:
    exact, other = Agreement(0, 0.1, 0.0), Agreement(0.25, 0.1, 0.123)
    assert "weight by weight" in origin({"Text": exact})
    told = origin({"Text": exact, "Text + pictures": other})
    assert "later run" in told
    assert "| Text + pictures | 0.25 | 0.1 | 12% of its length |" in told


def test_the_card_of_a_control_repeats_the_sentence_of_the_program() -> None:
    told = met(Subject.of_control(Modality.TEXT), COUNTS, {})
    first = PURPOSE.format(grounded="Text + pictures").partition(":")[0]
    assert first in " ".join(told.split())
    assert met(Subject.of_cell(Cell.TEXT), COUNTS, {}) == PARTNER


def test_every_card_that_ships_says_that_partners_differ_by_an_objective_too() -> None:
    says = HEAD.partition("{what}")[2]
    found = sorted(resource("models").glob("*/README.md"))
    assert len(found) >= len(Cell)
    for card in found:
        text = card.read_text("utf-8")
        assert says in text, card.parent.name
        assert "What the headline depends on" in text


def test_all_models_together_are_small_enough_to_ship() -> None:
    assert megabytes(resource("models")) < LARGEST_MEGABYTES


def test_models_that_are_too_large_are_refused(run: Path) -> None:
    seal(run)
    assert changed_files(run) == ()
    with (run / "large.bin").open("wb") as file:
        file.truncate(LARGEST_MEGABYTES * 1_000_000)
    with pytest.raises(ValueError, match="may ship"):
        seal(run)
