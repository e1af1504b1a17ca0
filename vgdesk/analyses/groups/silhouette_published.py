from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.citations import STUDY
from vgdesk.analyses.groups.label_scores import FEW_SHUFFLES, MIN_WORDS, chance_of, labelled_rows
from vgdesk.analyses.groups.leave_one_group_out import LEFT_OUT, half_width
from vgdesk.analyses.groups.silhouette import COMPONENTS, LIMITS, by_distance
from vgdesk.analyses.inference.chance import layer_curve, percentile_interval, permuted_labels
from vgdesk.analyses.numerics.discriminants import published_points
from vgdesk.analyses.numerics.group_distances import silhouettes_of_points
from vgdesk.analyses.numerics.principal_components import principal_components
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

# Takes the rows of a layer and their groups, and returns the mean silhouette in some space.
Silhouette = Callable[[FloatArray, Codes], float]


def score_as_published(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean silhouette of the fitted words over repeats that leave out one group each.

    The interval is that of Student's t over the repeats. For chance, labels are shuffled, and
    each shuffle gives the same mean. With two groups none can be left out: then it is the
    silhouette of all words, and the interval has no width.
    """
    name = "mean silhouette of the fitted words along their discriminants"
    return _scored("silhouette-lda-published", name, _along_discriminants, stack, facts, seed)


def score_all_dimensions(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Score as `score_as_published`, in all dimensions of a layer."""
    name = "mean Euclidean silhouette"
    return _scored("silhouette-published", name, _in_all_dimensions, stack, facts, seed)


def score_components(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Score as `score_as_published`, in the first principal components of each repeat."""
    name = f"mean Euclidean silhouette in the first {COMPONENTS} principal components"
    return _scored("silhouette-pca-published", name, _in_components, stack, facts, seed)


def _scored(
    measure: str,
    name: str,
    silhouette: Silhouette,
    stack: LayerStack,
    facts: Facts,
    seed: int,
) -> tuple[LayerCurve, ...]:
    labelled = labelled_rows(stack, facts)
    used, rng = labelled.stack, np.random.default_rng(seed)
    labellings, among = permuted_labels(used.words, labelled.codes, rng, FEW_SHUFFLES)
    groups = len(labelled.groups)
    left_out = range(groups) if groups > 2 else [groups]
    repeats = np.array(
        [_without(group, used.values, labellings[0], silhouette) for group in left_out]
    )
    shuffled = [
        np.mean([_without(group, used.values, codes, silhouette) for group in left_out], axis=0)
        for codes in labellings[1:]
    ]
    mean, reach = repeats.mean(axis=0), half_width(repeats)
    curve = layer_curve(
        measure,
        used,
        mean,
        interval=percentile_interval(repeats),
        chance=np.array(shuffled),
        limits=LIMITS,
        trace=labelled.trace(
            f"{name}, leaving out one group",
            f"{chance_of(FEW_SHUFFLES, among)}, each averaged over leaving out one group",
            seed,
            LEFT_OUT.format(len(repeats)),
        ),
    )
    return (replace(curve, low=mean - reach, high=mean + reach),)


def _without(group: int, values: FloatArray, codes: Codes, silhouette: Silhouette) -> Doubles:
    """Return the mean silhouette at each layer over all words except those of one group."""
    stays = codes != group
    left = np.unique(codes[stays], return_inverse=True)[1]
    return np.array([silhouette(layer[stays], left) for layer in values])


def _along_discriminants(layer: FloatArray, codes: Codes) -> float:
    points = next(published_points(layer, codes[None]))
    return float(silhouettes_of_points(points, codes).mean())


def _in_all_dimensions(layer: FloatArray, codes: Codes) -> float:
    return float(by_distance(layer, codes[None])[0][0])


def _in_components(layer: FloatArray, codes: Codes) -> float:
    return _in_all_dimensions(principal_components(layer, COMPONENTS), codes)


SILHOUETTE_PUBLISHED = CurveAnalysis(
    id="silhouette-published",
    title="Silhouette (published)",
    explains="The silhouette averaged over leaving out each group in turn, as published.",
    reading="1 means tight groups far apart, 0 no groups, below 0 words nearer to another group; "
    "chance is "
    "mostly below 0.",
    avoid="Not for claims: repeats share most words, but its interval assumes independence and is "
    "many times too narrow.",
    formula="mean over groups g of the silhouette without g, +- t(.975, G - 1) sd / sqrt(G)",
    source=STUDY,
    min_words=MIN_WORDS,
    compute=score_all_dimensions,
)
SILHOUETTE_PCA_PUBLISHED = CurveAnalysis(
    id="silhouette-pca-published",
    title="Silhouette (PCA, published)",
    explains="The silhouette in the few directions in which words vary most, averaged over leaving "
    "out each group in turn, as published.",
    reading="1 means tight groups far apart, 0 no groups, below 0 words nearer to another group; "
    "chance is "
    "clearly below 0.",
    avoid="Not for claims: repeats share most words, but its interval assumes independence and is "
    "many times too narrow.",
    formula=f"mean over groups g of the silhouette without g in {COMPONENTS} principal components, "
    "+- t(.975, G - 1) sd / sqrt(G)",
    source=STUDY,
    min_words=MIN_WORDS,
    compute=score_components,
)
SILHOUETTE_LDA_PUBLISHED = CurveAnalysis(
    id="silhouette-lda-published",
    title="Silhouette (LDA, published)",
    explains="The silhouette along discriminants of the same words, averaged over leaving out "
    "each group in turn, as published.",
    reading="1 means tight groups far apart; random labels score high, too, so only the chance "
    "band "
    "matters.",
    avoid="Not for claims: repeats share most words, but its interval assumes independence and is "
    "many times too narrow.",
    formula="mean over groups g of the in-sample LDA silhouette without g, +- t(.975, G - 1) sd / "
    "sqrt(G)",
    source=STUDY,
    min_words=MIN_WORDS,
    compute=score_as_published,
)
