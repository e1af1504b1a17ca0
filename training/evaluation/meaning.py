"""Meaning: agreement of vectors with human ratings, and clustering of supersenses."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from training.corpus import supersense
from training.evaluation.answers import Answer, Floats
from training.evaluation.listed import Listed, listed, role_groups, unit
from training.evaluation.parts import FEWEST_ITEMS, Parts, answers_of, correlated
from training.evaluation.vectors import examined
from training.plan import Plan
from training.work import Work
from vgdesk.analyses.numerics.discriminants import discriminants, group_means
from vgdesk.analyses.numerics.group_distances import silhouettes
from vgdesk.core.model import Modality

NORMS = {"MEN": "men.csv", "SimLex-999": "simlex999.csv"}
FEWEST_OF_A_KIND = 8
NEIGHBOURS = 5
SPLITS = 4
SHUFFLES = 10
Codes = NDArray[np.int64]
Ratings = Mapping[str, Sequence[tuple[str, str, float]]]


def examine(work: Work, plan: Plan, data: Path) -> list[Answer]:
    """Evaluate all encoders."""
    ratings, kinds = read_ratings(data), supersense(work)
    return [
        answer
        for modality in Modality
        for encoder in examined(plan, modality)
        for answer in answers_of(
            meaning_parts(listed(work, plan, encoder), ratings, kinds), encoder
        )
    ]


def read_ratings(data: Path) -> dict[str, list[tuple[str, str, float]]]:
    """Return the rated pairs of words; none if the folder does not exist."""
    found = {}
    for name, file in NORMS.items():
        if (data / "norms" / file).is_file():
            with (data / "norms" / file).open(encoding="utf-8", newline="") as opened:
                rows = list(csv.DictReader(opened))
            # Words in MEN have their part of speech attached: "sun-n".
            found[name] = [
                (bare(row["word1"]), bare(row["word2"]), float(row["similarity"])) for row in rows
            ]
    return found


def bare(word: str) -> str:
    """Return a word without its part of speech."""
    return word.removesuffix("-n").removesuffix("-v").removesuffix("-j").lower()


def meaning_parts(vectors: Listed, ratings: Ratings, kinds: Mapping[str, str]) -> list[Parts]:
    """Return all scores of one encoder; the set of scores depends on the words only."""
    units = unit(vectors.values - vectors.values.mean(axis=1, keepdims=True))
    found = [
        parts
        for name, pairs in ratings.items()
        for parts in rated_parts(vectors, units, name, pairs)
    ]
    every = np.arange(len(vectors.words))[:, None]
    labels = np.array([kinds.get(word.text, "") for word in vectors.words])
    for group, is_in in role_groups(vectors.words, every).items():
        sizes = Counter(labels[is_in])
        large = [kind for kind in sizes if sizes[kind] >= FEWEST_OF_A_KIND and "noun." in kind]
        if group == "all" or len(large) < 2:
            continue
        chosen = np.flatnonzero(is_in & np.isin(labels, large))
        codes = np.unique(labels[chosen], return_inverse=True)[1]
        right = np.stack([neighbours_agree(layer[chosen], codes) for layer in units])
        share = float(np.bincount(codes).max() / len(codes))
        kind = ("supersense", f"{NEIGHBOURS} nearest", group)
        found.append(Parts(*kind, right, every[chosen], share))
        fits, shuffled = zip(
            *(held_out_silhouettes(layer[chosen], codes) for layer in vectors.values), strict=True
        )
        kind = ("supersense", "silhouette", group)
        # A misplaced centre affects all words of a kind, so kinds are resampled, not words.
        found.append(Parts(*kind, np.stack(fits), codes[:, None], float(np.mean(shuffled))))
    return found


def rated_parts(
    vectors: Listed, units: Floats, name: str, pairs: Sequence[tuple[str, str, float]]
) -> list[Parts]:
    """Return Spearman's correlation of the cosine with human ratings, for each group."""
    place = {word.text: number for number, word in enumerate(vectors.words)}
    known = [(place[a], place[b], rating) for a, b, rating in pairs if a in place and b in place]
    items = np.array([pair[:2] for pair in known], np.int64).reshape(-1, 2)
    ratings = np.array([pair[2] for pair in known])
    likeness = np.einsum("lpd,lpd->lp", units[:, items[:, 0]], units[:, items[:, 1]])
    return [
        Parts(name, "Spearman", group, correlated(ratings[of], likeness[:, of]), items[of])
        for group, of in role_groups(vectors.words, items).items()
        if of.sum() >= FEWEST_ITEMS
    ]


def neighbours_agree(units: Floats, codes: Codes) -> Floats:
    """Return 1 for each word whose nearest neighbours by cosine are mostly of its kind, else 0.

    Ties between kinds go to the one with the nearer neighbours.
    """
    cosines = units @ units.T
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argpartition(-cosines, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    # The number of votes counts far more than their nearness.
    votes = 100 + np.take_along_axis(cosines, nearest, axis=1)
    ballots = np.zeros((len(codes), codes.max() + 1))
    np.add.at(ballots, (np.arange(len(codes))[:, None], codes[nearest]), votes)
    right: Floats = (ballots.argmax(axis=1) == codes).astype(np.float64)
    return right


def held_out_silhouettes(values: Floats, codes: Codes) -> tuple[Floats, float]:
    """Return the silhouette of each word along discriminants fitted to other words.

    The axes are fitted to half of the words; distances between the others are Euclidean. Then the
    halves swap, and the whole is repeated for a few random splits.

    Returns
    -------
    tuple
        Shape [words], and the mean with shuffled kinds of the scored words.
    """
    chance = np.random.default_rng(0)
    total, shuffled = np.zeros(len(codes)), []
    for _ in range(SPLITS):
        half = halved(codes, chance)
        for fitted in (half, ~half):
            points = values[~fitted] @ scaled_discriminants(values[fitted], codes[fitted])
            distances = [(slice(None), cdist(points, points))]
            dealt = [chance.permutation(codes[~fitted]) for _ in range(SHUFFLES)]
            means, of_words = silhouettes(distances, np.stack([codes[~fitted], *dealt]))
            total[~fitted] += of_words
            shuffled += means[1:].tolist()
    return total / SPLITS, float(np.mean(shuffled))


def scaled_discriminants(values: Floats, codes: Codes) -> Floats:
    """Return the axes that separate kinds, after scaling dimensions to equal spread."""
    means, _ = group_means(values, codes)
    scale = (values - means[codes]).std(axis=0)
    scale[scale == 0] = 1.0
    axes: Floats = discriminants(values / scale, codes) / scale[:, None]
    return axes


def halved(codes: Codes, chance: np.random.Generator) -> NDArray[np.bool_]:
    """Draw half of the words of each kind."""
    half = np.zeros(len(codes), bool)
    for kind in np.unique(codes):
        half[chance.permutation(np.flatnonzero(codes == kind))[::2]] = True
    return half
