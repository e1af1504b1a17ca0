import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vgdesk.core.model import Cell
from vgdesk.core.resources import resource
from vgdesk.encoders import ENCODERS, load, starter, untrained_twin
from vgdesk.encoders.base import Pooling
from vgdesk.encoders.checkpoint import revision_of

Tiny = Callable[[str], Path]


@pytest.fixture
def shipped(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(starter, "resource", lambda name: tmp_path / name)
    for folder, name in (
        ("speech-grounded", "hubert-group"),
        ("text", "bert"),
        ("text-shuffled", "bert"),
    ):
        shutil.copytree(tiny(name), tmp_path / "models" / folder)
    return tmp_path / "models"


def test_shipped_encoders_are_in_their_cells(shipped: Path) -> None:
    speech, text, _control = starter.starters()
    assert (speech.id, speech.is_grounded) == ("starter-speech-grounded", True)
    assert (text.id, text.is_grounded) == ("starter-text", False)
    assert text.revision == revision_of(shipped / "text")


def test_a_control_is_in_no_cell_and_says_what_it_is_for(shipped: Path) -> None:
    *_, control = starter.starters()
    assert control.folder == shipped / "text-shuffled"
    assert (control.id, control.is_grounded) == ("starter-text-shuffled", None)
    assert control.title == "Text + shuffled pictures (control)"
    assert "Trained like Text + pictures, but" in control.purpose
    assert not any(spec.purpose for spec in starter.starters()[:-1])
    assert not untrained_twin(control).purpose


def test_stated_revision_spares_the_hashing(shipped: Path) -> None:
    (shipped / "text" / "revision.txt").write_text("abc\n")
    assert starter.starters()[1].revision == "abc"


def test_damaged_starter_does_not_stop_the_program(shipped: Path) -> None:
    (shipped / "text" / "config.json").write_text("{")
    ids = [spec.id for spec in starter.starters()]
    assert ids == ["starter-speech-grounded", "starter-text-shuffled"]


def test_without_its_weights_a_control_is_not_offered(shipped: Path) -> None:
    (shipped / "text-shuffled" / "model.safetensors").unlink()
    assert "starter-text-shuffled" not in [spec.id for spec in starter.starters()]


def test_every_control_ships_and_differs_from_both_partners() -> None:
    for modality in starter.CONTROLLED:
        control = ENCODERS[starter.control_id(modality)]
        partners = [
            ENCODERS[starter.starter_id(cell)] for cell in Cell if cell.modality is modality
        ]
        words: list[Any] = ["lemon", "boat", "truth"]
        own, *others = (
            np.stack(load(spec, "cpu").encode(words, Pooling.MEAN)) for spec in (control, *partners)
        )
        assert len(others) == 2
        for other in others:
            apart = np.linalg.norm(own - other, axis=2) / np.linalg.norm(other, axis=2)
            assert apart[:, -1].min() > 0.05


def test_shipped_revisions_are_true() -> None:
    for spec in starter.starters():
        assert spec.folder is not None
        assert spec.revision == revision_of(spec.folder)


def test_every_file_that_ships_is_what_its_checksum_says(tmp_path: Path) -> None:
    models = resource("models")
    assert starter.changed_files(models) == ()
    copy = shutil.copytree(models, tmp_path / "models")
    before = (copy / starter.CHECKSUMS).read_bytes()
    starter.write_checksums(copy)
    assert (copy / starter.CHECKSUMS).read_bytes() == before
    weights = copy / "speech" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    (copy / "text" / "tokenizer.json").unlink()
    (copy / "text" / "own.py").touch()
    assert starter.changed_files(copy) == (
        "speech/model.safetensors",
        "text/own.py",
        "text/tokenizer.json",
    )
    (copy / starter.CHECKSUMS).unlink()
    assert starter.changed_files(copy) == (starter.CHECKSUMS,)
