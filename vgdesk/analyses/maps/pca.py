from vgdesk.analyses.base import MapAnalysis, need_words
from vgdesk.analyses.maps.map_fitting import (
    axis_titles,
    map_trace,
    rows_to_fit,
    two_columns,
    what_is_fitted,
    with_steady_signs,
)
from vgdesk.analyses.numerics.principal_components import Components
from vgdesk.analyses.row_changes import IncrementalCache
from vgdesk.core.arrays import Mask
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
    found = _components(stack, layer, is_fitted)
    return WordMap(
        "pca",
        stack.layers[layer],
        stack.rows,
        stack.words,
        with_steady_signs(two_columns(found.places(stack.values[layer])), is_fitted),
        tuple(is_fitted.tolist()),
        axis_titles("PC", two_columns(found.variances), found.variance),
        map_trace("principal component analysis", stack, is_fitted),
    )


def _components(stack: LayerStack, layer: int, is_fitted: Mask) -> Components:
    """Find the components of the fitted rows; cached, because new words do not move them."""
    thing, keys = what_is_fitted(stack, layer, is_fitted)
    return _kept.get_or_compute(
        thing, keys, lambda: Components.of(stack.values[layer][is_fitted], 2)
    )


_kept: IncrementalCache[Components] = IncrementalCache(32)  # enough for all layers of a slider

PCA = MapAnalysis(
    id="pca",
    title="PCA",
    explains="The two-dimensional view of a layer that keeps most of the variance between words.",
    reading="Near points are alike in the two directions of most variance; axes show their share.",
    avoid="Not where both axes show a small share of the variance: near points may be far apart.",
    formula="the two leading eigenvectors of the covariance of the words",
    source="Hotelling (1933), Analysis of a complex of statistical variables into principal "
    "components",
    min_words=MIN_WORDS,
    compute=map_by_variance,
)
