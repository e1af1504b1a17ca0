from dataclasses import replace

import numpy as np

from vgdesk.analyses.base import MapAnalysis, need_words
from vgdesk.analyses.groups.label_scores import MIN_WORDS, labelled_rows
from vgdesk.analyses.maps.map_fitting import axis_titles, map_trace, rows_to_fit, with_steady_signs
from vgdesk.analyses.numerics.discriminants import group_means, published_discriminants
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import WordMap
from vgdesk.core.stack import LayerStack

IN_SAMPLE = (
    "The directions were chosen from the labels of these words: groups look tighter than they are."
)


def map_by_labels(
    stack: LayerStack,
    layer: int,
    fitted: frozenset[str] | None,
    facts: Facts = NOTHING_KNOWN,
    _seed: int = 0,
) -> WordMap:
    """Place rows along the two directions that best separate the labels of the fitted rows.

    Rows that are not fitted, or have no label, are projected. Two groups differ in one direction
    only: all rows are on a line.
    """
    need_words(MIN_WORDS, len(stack.rows))
    named = stack.only(np.flatnonzero(rows_to_fit(stack, fitted)).tolist())
    labelled = labelled_rows(named, facts, name="LDA")
    is_fitted = rows_to_fit(stack, frozenset(labelled.stack.rows))
    rows = stack.values[layer].astype(np.float64)
    # Subtracting one row is exact: a layer which is the same for all rows is exactly 0.
    rows -= rows[is_fitted][0]
    rows -= rows[is_fitted].mean(axis=0)
    axes = published_discriminants(rows[is_fitted], labelled.codes)
    places = rows @ axes
    means, counts = group_means(places[is_fitted], labelled.codes)
    apart = counts @ means**2
    points, shown = np.zeros((len(rows), 2)), np.zeros(2)
    points[:, : axes.shape[1]], shown[: axes.shape[1]] = places[:, :2], apart[:2]
    trace = map_trace("linear discriminant analysis (SVD solver)", stack, is_fitted)
    return WordMap(
        "lda",
        stack.layers[layer],
        stack.rows,
        stack.words,
        with_steady_signs(points, is_fitted),
        tuple(is_fitted.tolist()),
        axis_titles("LD", shown, float(apart.sum())),
        replace(trace, warning=labelled.warning() or IN_SAMPLE),
    )


LDA_MAP = MapAnalysis(
    id="lda",
    title="LDA",
    explains="The two-dimensional view of a layer that separates the groups of the labels best.",
    reading="Only words that were placed afterwards show whether the groups are real; each axis "
    "shows its share of the distance between groups.",
    avoid="Not as evidence of groups: random labels look grouped too, and two groups are always on "
    "a line.",
    formula="the two leading eigenvectors of W^-1 B, W the scatter within groups, B between them",
    source="Fisher (1936), The use of multiple measurements in taxonomic problems",
    min_words=MIN_WORDS,
    compute=map_by_labels,
    uses_facts=True,
)
