"""Confusions between groups of words: the ABX error of every pair of labels."""

import numpy as np

from vgdesk.analyses.abx.abx import SOURCE
from vgdesk.analyses.abx.abx_triples import MatrixNearness, Trials, VectorNearness, abx_cells
from vgdesk.analyses.base import ConfusionAnalysis
from vgdesk.analyses.groups.label_scores import (
    FEW_SHUFFLES,
    MIN_WORDS,
    Labelled,
    chance_of,
    labelled_rows,
)
from vgdesk.analyses.inference.band import Band
from vgdesk.analyses.inference.chance import (
    SHUFFLES,
    permuted_labels,
)
from vgdesk.analyses.inference.units import distinct_takes
from vgdesk.core.arrays import Doubles
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.details import LabelConfusions
from vgdesk.core.facts import Facts
from vgdesk.core.stack import LayerStack

CHANCE = 0.5
# In longer lists each shuffle is slow.
MANY_SHUFFLED_ROWS = 500


def confuse_labels(stack: LayerStack, layer: int, facts: Facts, seed: int) -> LabelConfusions:
    """ABX error rate of every ordered pair of labels in one layer, by the angle between vectors.

    A and X are two words of one label, B is a word of the other; the error rate is the share of
    triples in which B is nearer to X than A is. The mean of all cells is the error rate that the
    layer curve shows for this layer.

    Parameters
    ----------
    facts
        The group of each word is its label; rows of words without one are left out.
    seed
        For the shuffled labels.
    """
    labelled = labelled_rows(distinct_takes(stack, facts), facts, name="ABX")
    codes, count = labelled.codes, len(labelled.groups)
    nearness = VectorNearness.of(labelled.stack.values[layer])
    table = MatrixNearness(nearness.between(np.arange(len(codes)), slice(None)))
    values = abx_cells(table, Trials.of(codes))
    is_asked = np.logical_not(np.isnan(values))
    shuffles = FEW_SHUFFLES if len(codes) > MANY_SHUFFLED_ROWS else SHUFFLES
    rng = np.random.default_rng(seed)
    dealt, among = permuted_labels(labelled.stack.words, codes, rng, shuffles)
    cells = [abx_cells(table, Trials.of(labels)) for labels in until_cancelled(dealt[1:])]
    # Where words have several takes, a shuffle may leave a label with a single one: no triple.
    shuffled = np.array([np.nan_to_num(some[is_asked], nan=CHANCE) for some in cells])
    unusual = Band.of_shuffles(values[is_asked], shuffled, (0.0, 1.0))
    return LabelConfusions(
        "abx-labels",
        stack.layers[layer],
        labelled.groups,
        tuple(np.bincount(codes, minlength=count).tolist()),
        np.where(is_asked, values, CHANCE),
        is_asked,
        _in_place(shuffled.std(axis=0), is_asked, 0.0),
        _in_place(unusual.p, is_asked, 1.0),
        labelled.trace(_estimator(labelled), chance_of(shuffles, among), seed),
    )


def _in_place(values: Doubles, is_asked: np.ndarray, otherwise: float) -> Doubles:
    placed = np.full(is_asked.shape, otherwise)
    placed[is_asked] = values
    return placed


def _estimator(labelled: Labelled) -> str:
    return f"ABX error rate of each pair of {len(labelled.groups)} labels, all triples, by angle"


ABX_LABELS = ConfusionAnalysis(
    id="abx-labels",
    title="ABX by label pairs",
    explains="Which groups are confused: how often a word X of one group is nearer to a word of "
    "another group than to one of the same group.",
    reading="0 means never, .5 is chance; above .5 the group is more scattered than separate.",
    avoid="Not for groups of two words: their rows rest on a single pair.",
    formula="P(d(X, B) < d(X, A)) + P(d(X, B) = d(X, A)) / 2 for A, X of one label and B of the "
    "other, d = angle",
    source=SOURCE,
    min_words=MIN_WORDS,
    compute=confuse_labels,
)
