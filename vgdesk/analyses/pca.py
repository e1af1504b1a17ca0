import numpy as np

from vgdesk.analyses.base import MapAnalysis, need_words
from vgdesk.analyses.planes import (
    Doubles,
    axis_titles,
    map_trace,
    over_root,
    rows_to_fit,
    top_two,
    with_steady_signs,
)
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import WordMap
from vgdesk.core.stack import LayerStack

MIN_WORDS = 1


def map_by_variance(
    stack: LayerStack,
    layer: int,
    fitted: frozenset[str] | None,
    _facts: Facts = NOTHING_KNOWN,
    _seed: int = 0,
) -> WordMap:
    """Place rows along the two directions in which the vectors of a layer vary most.

    Vectors are centred and not scaled. Rows that are not fitted are projected.
    """
    need_words(MIN_WORDS, len(stack.rows))
    is_fitted = rows_to_fit(stack, fitted)
    rows = stack.values[layer].astype(np.float64)
    # Taking one row away is exact: a layer which is the same for all rows is exactly 0.
    rows -= rows[is_fitted][0]
    rows -= rows[is_fitted].mean(axis=0)
    variances, axes = _principal_axes(rows[is_fitted])
    return WordMap(
        "pca",
        stack.layers[layer],
        stack.rows,
        stack.words,
        with_steady_signs(rows @ axes, is_fitted),
        tuple(is_fitted.tolist()),
        axis_titles("PC", variances, float((rows[is_fitted] ** 2).sum())),
        map_trace("principal component analysis", stack, is_fitted),
    )


def _principal_axes(rows: Doubles) -> tuple[Doubles, Doubles]:
    """Return two variances (times the number of rows) and two directions, shape [dim, 2]."""
    if rows.shape[0] > rows.shape[1]:
        return top_two(rows.T @ rows)
    variances, vectors = top_two(rows @ rows.T)
    return variances, rows.T @ over_root(vectors, variances)


PCA = MapAnalysis(
    id="pca",
    title="PCA",
    explains="The flat view of a layer that keeps most of the variance between words.",
    reading="Near points are alike in the two directions that vary most; each axis says its share.",
    avoid="Where both axes show little of the variance, near points may be far apart in truth.",
    formula="the two leading eigenvectors of the covariance of the words",
    source="Hotelling (1933), Analysis of a complex of statistical variables into principal "
    "components",
    min_words=MIN_WORDS,
    compute=map_by_variance,
)
