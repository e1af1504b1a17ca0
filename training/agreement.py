"""How far the encoders of a run agree with those that ship."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from vgdesk.app.project.project_file import open_project
from vgdesk.core.model import Cell, Modality
from vgdesk.core.resources import resource
from vgdesk.encoders import inspect_folder, load
from vgdesk.encoders.base import Pooling

WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The largest differences between an encoder of a run and the one that ships.

    Attributes
    ----------
    weights
        Of two weights in half precision.
    weight_sd
        The standard deviation of all weights that ship, for comparison.
    vectors
        The largest distance between the two vectors of a word of the demo, over all layers, as a
        share of the length of the one that ships; None for speech, which is not compared.
    """

    weights: float
    weight_sd: float
    vectors: float | None

    @property
    def is_exact(self) -> bool:
        return self.weights == 0


def agreement(run: Path, shipped: Path, cell: Cell) -> Agreement:
    """Compare an encoder of a run, in half precision, with the one that ships."""
    own, known = halved(run), halved(shipped)
    if {k: w.shape for k, w in own.items()} != {k: w.shape for k, w in known.items()}:
        raise ValueError(f"{run}: not the shape of {shipped}")
    apart = max(float((own[name] - known[name]).abs().max()) for name in known)
    scale = float(torch.cat([weights.flatten() for weights in known.values()]).std())
    is_text = cell.modality is Modality.TEXT
    return Agreement(apart, scale, vectors_apart(run, shipped) if is_text else None)


def halved(folder: Path) -> dict[str, torch.Tensor]:
    """Return the weights of an encoder, rounded to half precision."""
    found = load_file(folder / WEIGHTS)
    return {name: weights.half().double() for name, weights in found.items()}


def vectors_apart(run: Path, shipped: Path) -> float:
    """Return the largest relative distance between two vectors of a written word of the demo."""
    demo = open_project(resource("demo.vgdesk")).session
    words: list[Any] = [word.text for word in demo.words.values()]
    own, known = (
        np.stack(load(inspect_folder(folder, is_grounded=False), "cpu").encode(words, Pooling.MEAN))
        for folder in (run, shipped)
    )
    apart = np.linalg.norm(own - known, axis=2) / np.linalg.norm(known, axis=2)
    return float(apart.max())
