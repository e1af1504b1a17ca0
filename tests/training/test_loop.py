from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from training import loop


class Line(torch.nn.Module):
    """A line through points."""

    def __init__(self) -> None:
        super().__init__()
        self.slope = torch.nn.Parameter(torch.tensor([0.0]))
        self.unused = torch.nn.Parameter(torch.tensor([1.0]))

    def loss(self, chance: np.random.Generator) -> dict[str, torch.Tensor]:
        x = torch.from_numpy(chance.normal(size=20).astype(np.float32))
        noise = torch.randn(20) * 0.1
        return {"squares": ((self.slope * x - 3 * x - noise) ** 2).mean()}


def run(saved: Path, steps: int = 60, *, stop_at: int | None = None) -> Line:
    model = Line()
    seen = 0

    def loss(chance: np.random.Generator) -> dict[str, torch.Tensor]:
        nonlocal seen
        if seen == stop_at:
            raise KeyboardInterrupt
        seen += 1
        return model.loss(chance)

    loop.train(model, loss, steps=steps, rate=0.2, seed=5, saved=saved)
    return model


def test_the_loss_is_minimised(tmp_path: Path) -> None:
    assert run(tmp_path / "a.safetensors").slope.item() == pytest.approx(3, abs=0.3)


def test_a_run_that_was_stopped_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(tmp_path / "whole.safetensors")
    monkeypatch.setattr(loop, "SECONDS_BETWEEN_SAVES", 0)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped.safetensors", stop_at=23)
    state = load_file(tmp_path / "stopped.safetensors")
    assert state["steps"] == 23
    assert state["seconds"] > 0
    assert run(tmp_path / "stopped.safetensors").slope.equal(whole.slope)


def test_a_finished_run_is_not_continued(tmp_path: Path) -> None:
    whole = run(tmp_path / "a.safetensors")
    before = (tmp_path / "a.safetensors").read_bytes()
    assert run(tmp_path / "a.safetensors", stop_at=0).slope.equal(whole.slope)
    assert (tmp_path / "a.safetensors").read_bytes() == before


def test_the_rate_rises_then_falls() -> None:
    shares = [loop.share_of_rate((step + 1) / 100) for step in range(100)]
    peak = int(np.argmax(shares))
    assert shares[peak] == pytest.approx(1, abs=0.01)
    assert all(np.diff(shares[: peak + 1]) > 0)
    assert all(np.diff(shares[peak:]) < 0)
    assert 0 < shares[-1] < 0.05
