import numpy as np

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.groups.label_scores import (
    MIN_WORDS,
    label_curve,
    labelled_rows,
    share_of_words,
    without_each,
)
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

NEIGHBOURS = 5
# The number of votes counts far more than their nearness.
VOTE = 100.0
# Rows scored at once under all labellings.
BLOCK = 512


def score_neighbours(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Share of words whose label is predicted by their nearest other words, at every layer.

    The five nearest by cosine vote, or as many as there are; takes of the same word are left out.
    Among labels with equally many votes the nearer one wins.

    Parameters
    ----------
    seed
        For the shuffled labels of the chance band.
    """
    labelled = labelled_rows(stack, facts, name="A probe", across_words=True)
    words = np.unique(labelled.stack.words, return_inverse=True)[1]
    return label_curve(
        "knn-probe",
        f"accuracy of {NEIGHBOURS} nearest neighbours among other words, by cosine",
        labelled,
        seed,
        score=lambda layer, labellings: _told_by_neighbours(layer, words, labellings),
        limits=(0.0, 1.0),
        interval_of=share_of_words(len(words)),
    )


def _told_by_neighbours(
    layer: FloatArray, words: Codes, labellings: Codes
) -> tuple[FloatArray, FloatArray]:
    """Return the accuracy under each labelling, and the first without each row in turn."""
    units = unit_rows(layer)
    # Every word must have this many neighbours that are other words.
    count = min(NEIGHBOURS, len(words) - int(np.bincount(words).max()))
    right = np.empty(labellings.shape)
    for start in range(0, len(units), BLOCK):
        block = slice(start, start + BLOCK)
        cosines = units[block] @ units.T
        cosines[words[block, None] == words] = -np.inf
        nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        votes = VOTE + np.take_along_axis(cosines, nearest, axis=1)
        right[:, block] = _elected(labellings[:, nearest], votes) == labellings[:, block]
    return right.mean(axis=1), without_each(right[0])


def _elected(labels: Codes, votes: Doubles) -> Codes:
    """Return the label with most votes, [labellings, rows].

    Parameters
    ----------
    labels, votes
        Shapes [labellings, rows, neighbours] and [rows, neighbours].
    """
    is_same = labels[..., :, None] == labels[..., None, :]
    winner = (is_same * votes[:, None, :]).sum(axis=-1).argmax(axis=-1)
    return np.take_along_axis(labels, winner[..., None], axis=-1)[..., 0]


KNN_PROBE = CurveAnalysis(
    id="knn-probe",
    title="Nearest neighbours",
    explains="How often the nearest other words predict the label of a word.",
    reading="The share of words whose label is predicted correctly; compare with chance, which is "
    "near the share of the largest group.",
    avoid="Not for groups of fewer than four words: other groups outvote them.",
    formula="share of words with the majority label of the 5 other words nearest by cosine",
    source="Cover and Hart (1967), Nearest neighbor pattern classification",
    min_words=MIN_WORDS,
    compute=score_neighbours,
)
