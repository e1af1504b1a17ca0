"""Silhouettes along the directions that separate groups best.

The labels determine these directions, so the fitted words always look grouped. Held-out words do
not: their own labels had no influence on the directions.
"""

import numpy as np

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.citations import STUDY
from vgdesk.analyses.groups.label_scores import (
    FEW_SHUFFLES,
    JACKKNIFE_OF_GROUPS,
    MIN_WORDS,
    label_curve,
    labelled_rows,
    refitted,
)
from vgdesk.analyses.groups.silhouette import LIMITS, SOURCE
from vgdesk.analyses.groups.stratified_folds import stratified_folds
from vgdesk.analyses.numerics.discriminants import discriminants, published_points
from vgdesk.analyses.numerics.group_distances import silhouettes_of_points
from vgdesk.analyses.numerics.principal_components import principal_components
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

# The axes are fitted to half of the words; each half should have two words of two groups.
MIN_HALVED_WORDS = 8
# Number of random splits into halves.
HALVINGS = 3
# More components are slow and hardly change the axes; up to 100 words all are kept.
COMPONENTS = 100


def score_held_out_words(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean silhouette along discriminants fitted to other words.

    The axes are fitted to half of the words of each group, and the other half is scored along them;
    then the halves swap. All takes of a word are in one half. There are a few random splits, the
    same for all layers, and new ones for each shuffle of the labels.

    Parameters
    ----------
    seed
        For the splits and the shuffled labels of the chance band.
    """
    labelled = labelled_rows(stack, facts, needed=MIN_HALVED_WORDS, across_words=True)
    words = np.unique(labelled.stack.words, return_inverse=True)[1]

    def score(layer: FloatArray, labellings: Codes) -> tuple[FloatArray, FloatArray]:
        # The same random numbers for every layer: the same halves.
        rng = np.random.default_rng([seed, 1])
        components = principal_components(layer, COMPONENTS)
        scores = [_held_out(components, words, codes, rng) for codes in until_cancelled(labellings)]

        def again(rows: list[int], codes: Codes) -> float:
            return _held_out(components[rows], words[rows], codes, np.random.default_rng([seed, 1]))

        return np.array(scores), refitted(labelled, seed, again)

    name = f"mean silhouette of held-out words along discriminants, {HALVINGS} random splits"
    return label_curve(
        "silhouette-lda",
        name,
        labelled,
        seed,
        score=score,
        limits=LIMITS,
        shuffles=FEW_SHUFFLES,
        interval_of=JACKKNIFE_OF_GROUPS,
    )


def score_fitted_words(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean silhouette along discriminants fitted to the same words, as published.

    For chance they are refitted to each shuffle of the labels.
    """
    labelled = labelled_rows(stack, facts)

    def score(layer: FloatArray, labellings: Codes) -> tuple[FloatArray, FloatArray]:
        def again(rows: list[int], codes: Codes) -> float:
            return float(_fitted(layer[rows], codes[None])[0])

        return _fitted(layer, labellings), refitted(labelled, seed, again)

    return label_curve(
        "silhouette-lda-in-sample",
        "mean silhouette of the fitted words along their discriminants (SVD solver)",
        labelled,
        seed,
        score=score,
        limits=LIMITS,
        shuffles=FEW_SHUFFLES,
        interval_of=JACKKNIFE_OF_GROUPS,
    )


def _held_out(values: Doubles, words: Codes, codes: Codes, rng: np.random.Generator) -> float:
    """Return the mean silhouette over a few random splits."""
    total = np.zeros(len(codes))
    for _ in range(HALVINGS):
        half = stratified_folds(words, codes, 2, rng) == 0
        for fits in (half, ~half):
            fitted = np.unique(codes[fits], return_inverse=True)[1]
            points = values[~fits] @ discriminants(values[fits], fitted)
            total[~fits] += silhouettes_of_points(points, codes[~fits])
    return float(total.mean() / HALVINGS)


def _fitted(layer: FloatArray, labellings: Codes) -> Doubles:
    """Return the mean silhouette of each labelling."""
    points = published_points(layer, labellings)
    return np.array([row.mean() for row in map(silhouettes_of_points, points, labellings)])


READING = "1 means tight groups far apart, 0 no groups, below 0 words nearer to another group"
SILHOUETTE_LDA = CurveAnalysis(
    id="silhouette-lda",
    title="Silhouette (LDA, held out)",
    explains="Whether the directions that separate the groups of some words separate those of "
    "other words, too.",
    reading=f"{READING}; words without groups score about 0 or below.",
    avoid="Not for groups of fewer than four words: half of them must represent the group.",
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
    explains="How far apart groups are along the directions chosen to separate these same words.",
    reading=f"{READING}; random labels score high, too, so only the chance band matters.",
    avoid="Not as evidence of groups without its chance band, and not across models of different "
    "width: any labels look grouped along directions chosen from them.",
    formula="as the silhouette, along the discriminants of the same words (scikit-learn's SVD "
    "solver, groups - 1 dimensions)",
    source=STUDY,
    min_words=MIN_WORDS,
    compute=score_fitted_words,
)
