"""Meeting pictures: the only thing in which a grounded encoder differs from its partner."""

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
FIRST_CERTAINTY = 0.5  # clips that the names were not fitted to are named less surely


class Pictures:
    """The features of the training pictures.

    Attributes
    ----------
    words
        The concepts that meet pictures, in the order of all rows.
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
        """Return one picture of every concept, each in an art style of its own choice.

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
    """From an encoder's vector into the space of the pictures."""

    def __init__(self, dim: int, picture_dim: int) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(dim, picture_dim)
        # Only the direction counts: small weights turn faster at the same rate.
        torch.nn.init.normal_(self.linear.weight, std=0.005)
        torch.nn.init.zeros_(self.linear.bias)
        self.log_scale = torch.nn.Parameter(torch.tensor(FIRST_SCALE).log())

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return [words, picture_dim], rows of length one."""
        return normalize(self.linear(vectors), dim=-1)

    def loss(
        self, vectors: torch.Tensor, own: torch.Tensor, pictures: torch.Tensor
    ) -> torch.Tensor:
        """How badly the words choose their own pictures among those of all concepts (InfoNCE).

        Parameters
        ----------
        vectors
            Shape [words, dim].
        own
            The row of each word's picture.
        pictures
            Shape [concepts, picture_dim], rows of length one.
        """
        scale = self.log_scale.exp().clamp(max=50)
        return cross_entropy(scale * self(vectors) @ pictures.T, own.to(vectors.device))


class NamingHead(PictureHead):
    """From an encoder's vector over the names of the concepts into the space of the pictures.

    In the few steps there are a linear map learns next to nothing from the vectors of speech:
    unlike a written word, a spoken one is another in every voice. This way first names the concept,
    then thinks of what the named concepts look like.
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
        """Find names by linear discriminant analysis, and show their typical pictures.

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
    """Return an order in which nothing is in its own place: grounding without meaning."""
    order = np.random.default_rng(seed).permutation(length)
    after = np.empty(length, int)
    after[order] = np.roll(order, 1)
    return [int(place) for place in after]


def ways_on(work: Work, seed: int) -> dict[str, Pictures | None]:
    """Return what the partner, the grounded encoder and its control meet in the last round."""
    return {
        "plain": None,
        "grounded": Pictures(work),
        "shuffled": Pictures(work, shuffled_by=seed),
    }


def save_head(head: PictureHead, folder: Path) -> None:
    """Write the way into the space of the pictures."""
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
    """Bring vectors of the last layer to where their encoder expects the pictures.

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
