"""Effects of pictures: grounded encoders against their partners, with permutation tests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.corpus import supersense
from training.evaluation.alignment import likeness_parts, pairs_of_kinds
from training.evaluation.answers import Floats
from training.evaluation.listed import listed
from training.evaluation.meaning import meaning_parts, read_ratings
from training.evaluation.parts import Parts, weights
from training.evaluation.vectors import Examined
from training.plan import Plan
from training.work import Work
from vgdesk.core.model import Modality

CONTRASTS = (("grounded", "plain"), ("shuffled", "plain"), ("grounded", "shuffled"))
PERMUTATIONS = 2000
ALL_BLOCKS = "mean of blocks"


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference between two stages in one test.

    Attributes
    ----------
    contrast
        For example `grounded - plain`.
    layer
        The number of the layer, or `ALL_BLOCKS`: the mean over the outputs of all blocks.
    difference, seeds
        The mean over seeds, and each of them.
    low, high
        A 95 % bootstrap interval over words and seeds.
    p
        How often the difference is as large under random exchange of the two. Items are exchanged
        one by one, although pairs share words; the interval takes this into account.
    n
        Number of words or pairs.
    """

    test: str
    measure: str
    group: str
    modality: str
    contrast: str
    layer: str
    difference: float
    low: float
    high: float
    p: float
    n: int
    seeds: tuple[float, ...]


def examine(work: Work, plan: Plan, data: Path) -> list[Effect]:
    """Compare the stages of both modalities in all tests of meaning and of similarity."""
    ratings, kinds, pairs = read_ratings(data), supersense(work), pairs_of_kinds(work, plan)
    found: list[Effect] = []
    for modality in Modality:
        parts = {}
        for stage in ("plain", "grounded", "shuffled"):
            for seed in plan.seeds:
                vectors = listed(work, plan, Examined(modality, stage, seed))
                parts[stage, seed] = meaning_parts(vectors, ratings, kinds)
                parts[stage, seed] += likeness_parts(vectors, pairs)
        for more, less in CONTRASTS:
            with_, without = ([parts[stage, seed] for seed in plan.seeds] for stage in (more, less))
            for a, b in zip(zip(*with_, strict=True), zip(*without, strict=True), strict=True):
                found += effects(a, b, modality.value, f"{more} - {less}")
    return found


def effects(
    more: Sequence[Parts], less: Sequence[Parts], modality: str, contrast: str
) -> Iterator[Effect]:
    """Compare two encoders at each layer and over all blocks.

    Parameters
    ----------
    more, less
        The same score of both encoders, one for each seed.
    """
    by_layer = np.stack([a.values - b.values for a, b in zip(more, less, strict=True)])
    parts = np.concatenate([by_layer, by_layer[:, 1:].mean(axis=1, keepdims=True)], axis=1)
    differences = parts.mean(axis=2)
    chances = p_values(parts.mean(axis=0), more[0].items)
    lows, highs = interval(parts, weights(more[0].items))
    names = [*map(str, range(by_layer.shape[1])), ALL_BLOCKS]
    for place, layer in enumerate(names):
        yield Effect(
            more[0].test,
            more[0].measure,
            more[0].group,
            modality,
            contrast,
            layer,
            float(differences[:, place].mean()),
            float(lows[place]),
            float(highs[place]),
            float(chances[place]),
            parts.shape[2],
            tuple(differences[:, place].tolist()),
        )


def p_values(parts: Floats, items: NDArray[np.int64]) -> Floats:
    """Exchange the two encoders for a random half of the items, which flips the sign.

    For a correlation, ranks are exchanged.

    Parameters
    ----------
    parts
        Shape [layers, items]. All layers and seeds of an item are exchanged together.
    items
        As in `Parts`; items with the same entry are exchanged together, too.
    """
    names, place = np.unique(items, axis=0, return_inverse=True)
    sums = np.zeros((len(names), len(parts)))
    np.add.at(sums, place.ravel(), parts.T)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (PERMUTATIONS, len(names)))
    as_large = np.abs(signs @ sums) >= np.abs(sums.sum(axis=0)) * (1 - 1e-9) - 1e-12
    shares: Floats = (1 + as_large.sum(axis=0)) / (1 + PERMUTATIONS)
    return shares


def interval(parts: Floats, drawn: Floats) -> tuple[Floats, Floats]:
    """Return the bootstrap interval of each layer over words and seeds.

    Parameters
    ----------
    parts, drawn
        Shapes [seeds, layers, items] and [draws, items].
    """
    seeds = len(parts)
    chosen = np.random.default_rng(1).multinomial(seeds, np.full(seeds, 1 / seeds), len(drawn))
    scores = np.einsum("di,sli,ds->dl", drawn, parts, chosen / seeds, optimize=True)
    low, high = np.percentile(scores, [2.5, 97.5], axis=0)
    return low, high
