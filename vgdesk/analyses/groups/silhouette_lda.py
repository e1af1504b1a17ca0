"""Silhouettes along the directions that tell groups apart best.

Labels find these directions, so that words which have found them look grouped whatever they are.
Held-out words do not: others find the directions, they only lie there.
"""

import numpy as np

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.citations import STUDY
from vgdesk.analyses.groups.label_scores import (
    FEW_SHUFFLES,
    MIN_WORDS,
    label_curve,
    labelled_rows,
    mean_of_rows,
)
from vgdesk.analyses.groups.silhouette import LIMITS, SOURCE
from vgdesk.analyses.groups.stratified_folds import stratified_folds
from vgdesk.analyses.numerics.discriminants import (
    Codes,
    Doubles,
    discriminants,
    published_points,
)
from vgdesk.analyses.numerics.group_distances import silhouettes_of_points
from vgdesk.analyses.numerics.principal_components import principal_components
from vgdesk.core.arrays import FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

# Half of the words find the axes, and each half should have two words of two groups.
MIN_HALVED_WORDS = 8
# Words are halved in so many ways.
HALVINGS = 3
# With more, axes take long to find and hardly change; up to 100 words all components are kept.
COMPONENTS = 100


def score_held_out_words(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean silhouette along discriminants that other words have found.

    Half of the words of each group find the axes and the others are measured along them, then the
    halves change places; all takes of a word are in one half. Words are halved in a few ways, the
    same for all layers, and for each shuffle of the labels anew.

    Parameters
    ----------
    seed
        For the halves, the shuffled labels of the chance band and the resampled words.
    """
    labelled = labelled_rows(stack, facts, needed=MIN_HALVED_WORDS, across_words=True)
    words = np.unique(labelled.stack.words, return_inverse=True)[1]

    def score(layer: FloatArray, dealt: Codes) -> tuple[FloatArray, FloatArray]:
        # The same random numbers for every layer: the same halves.
        rng = np.random.default_rng([seed, 1])
        components = principal_components(layer, COMPONENTS)
        found = np.array(
            [_held_out(components, words, codes, rng) for codes in until_cancelled(dealt)]
        )
        return found.mean(axis=1), found[0]

    name = f"mean silhouette of held-out words along discriminants, {HALVINGS} ways of halving"
    return label_curve(
        "silhouette-lda",
        name,
        labelled,
        seed,
        score=mean_of_rows(score),
        limits=LIMITS,
        shuffles=FEW_SHUFFLES,
    )


def score_fitted_words(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean silhouette along discriminants that the same words have found, as published.

    For chance they are found again from each shuffle of the labels.
    """
    labelled = labelled_rows(stack, facts)
    return label_curve(
        "silhouette-lda-in-sample",
        "mean silhouette of the fitted words along their discriminants (SVD solver)",
        labelled,
        seed,
        score=mean_of_rows(_fitted),
        limits=LIMITS,
        shuffles=FEW_SHUFFLES,
    )


def _held_out(values: Doubles, words: Codes, codes: Codes, rng: np.random.Generator) -> Doubles:
    """Return the silhouette of each row, averaged over a few ways of halving."""
    total = np.zeros(len(codes))
    for _ in range(HALVINGS):
        half = stratified_folds(words, codes, 2, rng) == 0
        for fits in (half, ~half):
            fitted = np.unique(codes[fits], return_inverse=True)[1]
            points = values[~fits] @ discriminants(values[fits], fitted)
            total[~fits] += silhouettes_of_points(points, codes[~fits])
    return total / HALVINGS


def _fitted(layer: FloatArray, dealt: Codes) -> tuple[FloatArray, FloatArray]:
    """Return the mean silhouette of each labelling, and the silhouettes under the first."""
    rows = np.array(list(map(silhouettes_of_points, published_points(layer, dealt), dealt)))
    return rows.mean(axis=1), rows[0]


READING = "1 is tight groups far apart, 0 none, below 0 nearer to another group"
SILHOUETTE_LDA = CurveAnalysis(
    id="silhouette-lda",
    title="Silhouette (LDA, held out)",
    explains="Whether the directions in which some words show their groups show them in other "
    "words too.",
    reading=f"{READING}; what words without groups give is about 0 or below.",
    avoid="Not for groups of fewer than four words: half of them have to stand for the group.",
    formula="as the silhouette, along Fisher's discriminants of the other half of the words "
    f"(pooled Ledoit-Wolf covariance, first {COMPONENTS} principal components)",
    source="Fisher (1936), The use of multiple measurements in taxonomic problems; Ledoit and Wolf "
    f"(2004), A well-conditioned estimator for large-dimensional covariance matrices; {SOURCE}",
    min_words=MIN_HALVED_WORDS,
    compute=score_held_out_words,
)
SILHOUETTE_LDA_IN_SAMPLE = CurveAnalysis(
    id="silhouette-lda-in-sample",
    title="Silhouette (LDA, in sample)",
    explains="How far apart groups are along the directions that the same words chose to tell "
    "them apart.",
    reading=f"{READING}; labels without meaning score high too, so look at the chance band only.",
    avoid="Not as evidence of groups without its chance band, and not across models of different "
    "width: any labels look grouped where they chose the directions.",
    formula="as the silhouette, along the discriminants of the same words (scikit-learn's SVD "
    "solver, groups - 1 dimensions)",
    source=STUDY,
    min_words=MIN_WORDS,
    compute=score_fitted_words,
)
