"""Grounding in pictures: the only difference between a grounded encoder and its partner."""

import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from torch.nn.functional import cross_entropy, linear, normalize

from training.loop import DEVICE
from training.words import TRAINING_STYLES, Role
from training.work import Work

HEAD_FILE = "picture_head.safetensors"
FIRST_SCALE = 12.0
SHRINKAGE = 0.1
FIRST_CERTAINTY = 0.5  # names are less certain for clips they were not fitted to


class Pictures:
    """The features of the training pictures.

    Attributes
    ----------
    words
        The concepts with pictures, in the order of all rows.
    """

    def __init__(self, work: Work, *, shuffled_by: int | None = None) -> None:
        listed = json.loads((work.features / "pictures.json").read_text("utf-8"))
        rows = [row for row, role in enumerate(listed["roles"]) if role == Role.PICTURED]
        self.words = [listed["words"][row] for row in rows]
        styles = load_file(work.features / "pictures.safetensors")
        features = torch.stack([styles[style][rows] for style in TRAINING_STYLES])
        if shuffled_by is not None:
            features = features[:, derangement(len(rows), shuffled_by)]
        self._features = normalize(features, dim=-1).to(DEVICE)
        self._is_there = ~features.isnan().any(dim=-1).numpy()

    def draw(self, chance: np.random.Generator) -> torch.Tensor:
        """Return one picture of every concept, each in a random art style.

        Returns
        -------
        Tensor
            Shape [concepts, picture_dim], rows of length one.
        """
        styles = np.where(self._is_there, chance.random(self._is_there.shape), -1).argmax(axis=0)
        return self._features[torch.from_numpy(styles), torch.arange(len(self.words))]

    def typical(self) -> torch.Tensor:
        """Return the mean picture of every concept over the art styles, [concepts, picture_dim]."""
        return normalize(self._features.nanmean(dim=0), dim=-1)


class PictureHead(torch.nn.Module):
    """Maps the vectors of an encoder into the picture space."""

    def __init__(self, dim: int, picture_dim: int) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(dim, picture_dim)
        # Only the direction counts: small weights rotate faster at the same learning rate.
        torch.nn.init.normal_(self.linear.weight, std=0.005)
        torch.nn.init.zeros_(self.linear.bias)
        self.log_scale = torch.nn.Parameter(torch.tensor(FIRST_SCALE).log())

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return [words, picture_dim], rows of length one."""
        return normalize(self.linear(vectors), dim=-1)

    def loss(
        self, vectors: torch.Tensor, own: torch.Tensor, pictures: torch.Tensor
    ) -> torch.Tensor:
        """InfoNCE loss for choosing the picture of each word among those of all concepts.

        Parameters
        ----------
        vectors
            Shape [words, dim].
        own
            The row of the picture of each word.
        pictures
            Shape [concepts, picture_dim], rows of length one.
        """
        scale = self.log_scale.exp().clamp(max=50)
        return cross_entropy(scale * self(vectors) @ pictures.T, own.to(vectors.device))


class NamingHead(PictureHead):
    """Maps vectors to the names of concepts, and these into the picture space.

    In the few available steps a linear map learns almost nothing from speech vectors: unlike a
    written word, a spoken one differs in every voice. This head first names the concept, then maps
    the named concepts to their pictures.
    """

    def __init__(self, dim: int, concepts: int, picture_dim: int) -> None:
        super().__init__(concepts, picture_dim)
        self.names = torch.nn.Linear(dim, concepts)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return [words, picture_dim], rows of length one."""
        return super().forward(self.names(vectors).softmax(dim=-1))

    def fit(
        self, vectors: NDArray[np.float32], own: NDArray[np.int64], typical: torch.Tensor
    ) -> None:
        """Fit names by linear discriminant analysis, and map them to their typical pictures.

        Parameters
        ----------
        vectors
            Shape [clips, dim].
        own
            The concept of each clip; every concept has one.
        typical
            Shape [concepts, picture_dim].
        """
        fitted = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=SHRINKAGE).fit(vectors, own)
        with torch.no_grad():
            self.names.weight.copy_(FIRST_CERTAINTY * torch.from_numpy(fitted.coef_))
            self.names.bias.copy_(FIRST_CERTAINTY * torch.from_numpy(fitted.intercept_))
            self.linear.weight.copy_(typical.T)
            self.linear.bias.zero_()


def derangement(length: int, seed: int) -> list[int]:
    """Return a permutation without fixed points, for grounding without meaning."""
    order = np.random.default_rng(seed).permutation(length)
    after = np.empty(length, int)
    after[order] = np.roll(order, 1)
    return [int(place) for place in after]


def ways_on(work: Work, seed: int) -> dict[str, Pictures | None]:
    """Return the pictures of partner, grounded encoder and control in the last round."""
    return {
        "plain": None,
        "grounded": Pictures(work),
        "shuffled": Pictures(work, shuffled_by=seed),
    }


def save_head(head: PictureHead, folder: Path) -> None:
    """Write the picture head."""
    folder.mkdir(parents=True, exist_ok=True)
    layers = {"": head.linear}
    if isinstance(head, NamingHead):
        layers["names."] = head.names
    weights = {
        name + key: tensor
        for name, layer in layers.items()
        for key, tensor in layer.state_dict().items()
    }
    save_file(weights, folder / HEAD_FILE)


def into_pictures(folder: Path, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Map vectors of the last layer into the picture space of their encoder.

    Returns
    -------
    array
        Shape [words, picture_dim]; only directions count.
    """
    head, points = load_file(folder / HEAD_FILE), torch.from_numpy(vectors)
    if "names.weight" in head:
        points = linear(points, head["names.weight"], head["names.bias"]).softmax(dim=-1)
    made: NDArray[np.float64] = linear(points, head["weight"], head["bias"]).double().numpy()
    return made
