from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.groups.label_scores import (
    FEW_SHUFFLES,
    MIN_WORDS,
    Labelled,
    Score,
    label_curve,
    labelled_rows,
)
from vgdesk.analyses.inference.chance import SHUFFLES
from vgdesk.analyses.numerics.group_distances import silhouettes
from vgdesk.analyses.numerics.principal_components import principal_components
from vgdesk.analyses.words.distances import BLOCK, distance_blocks, distances_of
from vgdesk.analyses.words.pair_tables import PairMeasure, pair_blocks
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Codes, Doubles, FloatArray, Places
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

# As in the published study.
COMPONENTS = 8
# Closer directions are the same direction.
SAME = 1e-12
LIMITS = (-1.0, 1.0)
# For longer lists a few shuffles are enough: they hardly differ, and each is slow.
MANY_SHUFFLED_ROWS = 500


def score_groups(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean silhouette of the labels at every layer, by Euclidean distance.

    Returns
    -------
    LayerCurve
        From -1 (nearer to another group) to 1 (tight groups far apart). Chance is mostly below 0.
        A layer that is the same for every word scores 0.
    """
    name, labelled = "mean Euclidean silhouette", labelled_rows(stack, facts)
    layers = _pairs(EUCLIDEAN_PAIRS, labelled)
    return _scored("silhouette", name, labelled, seed, silhouettes, layers)


def score_groups_by_cosine(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean silhouette by cosine distance; otherwise as `score_groups`.

    Vectors are not centred. A zero vector is at a distance of 1 from all others.
    """
    name, labelled = "mean cosine silhouette", labelled_rows(stack, facts)
    layers = _pairs(COSINE_PAIRS, labelled)
    return _scored("silhouette-cosine", name, labelled, seed, silhouettes, layers)


def score_groups_in_components(
    stack: LayerStack, facts: Facts, seed: int
) -> tuple[LayerCurve, ...]:
    """Mean Euclidean silhouette in the first principal components of the labelled words."""
    name = f"mean Euclidean silhouette in the first {COMPONENTS} principal components"

    def score(layer: FloatArray, codes: Codes) -> tuple[FloatArray, FloatArray]:
        return by_distance(principal_components(layer, COMPONENTS), codes)

    return _scored("silhouette-pca", name, labelled_rows(stack, facts), seed, score)


def _scored(
    measure: str,
    estimator: str,
    labelled: Labelled,
    seed: int,
    score: Score,
    layers: Iterable[Any] | None = None,
) -> tuple[LayerCurve, ...]:
    is_long = len(labelled.stack.rows) > MANY_SHUFFLED_ROWS
    shuffles = FEW_SHUFFLES if is_long else SHUFFLES
    return label_curve(
        measure,
        estimator,
        labelled,
        seed,
        score=score,
        limits=LIMITS,
        shuffles=shuffles,
        layers=layers,
    )


def _pairs(measure: PairMeasure, labelled: Labelled) -> Iterable[Any]:
    stack = labelled.stack
    return (pair_blocks(measure, stack, layer) for layer in range(len(stack.layers)))


def cosine_blocks(layer: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """Yield the cosine distances of all rows to blocks of rows, [rows, block], in float32."""
    units = unit_rows(layer)
    for start in range(0, len(units), BLOCK):
        block = slice(start, start + BLOCK)
        yield block, _cosine_distances(units, np.arange(len(units))[block]).T


def _cosine_distances(units: Doubles, some: Places) -> FloatArray:
    """Return the cosine distances of some rows to all rows, [some, rows]."""
    distances = 1.0 - units[some] @ units.T
    distances[distances < SAME] = 0.0
    # A row without a direction is at distance 0 from itself, too.
    distances[np.arange(len(some)), some] = 0.0
    return distances.astype(np.float32)


def short_distance_blocks(layer: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """Yield Euclidean distances as `distance_blocks`, in float32."""
    for block, distances in distance_blocks(layer):
        yield block, distances.astype(np.float32)


def by_distance(rows: FloatArray, codes: Codes) -> tuple[FloatArray, FloatArray]:
    """Mean Euclidean silhouette of each labelling, and that of the first without each row.

    Parameters
    ----------
    rows, codes
        Shapes [rows, dim] and [labellings, rows].
    """
    return silhouettes(short_distance_blocks(rows), codes)


EUCLIDEAN_PAIRS = PairMeasure(
    "Euclidean distance in float32",
    short_distance_blocks,
    lambda layer, some: distances_of(layer, some).astype(np.float32),
)
COSINE_PAIRS = PairMeasure(
    "cosine distance in float32",
    cosine_blocks,
    lambda layer, some: _cosine_distances(unit_rows(layer), some),
)


SOURCE = "Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation of cluster analysis"
SILHOUETTE = CurveAnalysis(
    id="silhouette",
    title="Silhouette",
    explains="Whether words of one group are nearer to each other than to the nearest other group.",
    reading="1 means tight groups far apart, 0 no groups, below 0 words nearer to another group; "
    "chance is "
    "mostly below 0.",
    avoid="Not across models of different width or spread without their chance bands.",
    formula="mean over words of (b - a) / max(a, b), a the mean distance within, b to the "
    "nearest other group",
    source=SOURCE,
    min_words=MIN_WORDS,
    compute=score_groups,
)
SILHOUETTE_COSINE = CurveAnalysis(
    id="silhouette-cosine",
    title="Silhouette (cosine)",
    explains="Whether words of one group are nearer to each other than to the nearest other group, "
    "regardless of vector length.",
    reading="1 means tight groups far apart, 0 no groups, below 0 words nearer to another group; "
    "chance is "
    "mostly below 0.",
    avoid="Not where all words point in almost the same direction, as in many late layers: then it "
    "depends on small differences.",
    formula="as the silhouette, with 1 - x'y / (|x| |y|) as the distance",
    source=SOURCE,
    min_words=MIN_WORDS,
    compute=score_groups_by_cosine,
)
SILHOUETTE_PCA = CurveAnalysis(
    id="silhouette-pca",
    title="Silhouette (PCA)",
    explains="Whether groups are separate in the few directions in which words vary most.",
    reading="1 means tight groups far apart, 0 no groups, below 0 words nearer to another group; "
    "chance is "
    "clearly below 0.",
    avoid="Not as evidence that a layer does not encode the groups: they may differ in directions "
    "with little variance.",
    formula=f"as the silhouette, after projection on the first {COMPONENTS} principal components",
    source=f"{SOURCE}; Hotelling (1933), Analysis of a complex of statistical variables into "
    "principal components",
    min_words=MIN_WORDS,
    compute=score_groups_in_components,
)
