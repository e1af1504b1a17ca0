from dataclasses import dataclass
from typing import Self

import numpy as np

from vgdesk.analyses.base import MapAnalysis, need_words
from vgdesk.analyses.planes import (
    Doubles,
    Flags,
    axis_titles,
    map_trace,
    over_root,
    rows_to_fit,
    top_two,
    with_steady_signs,
)
from vgdesk.analyses.row_changes import Kept
from vgdesk.core.arrays import FloatArray
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
    plane = _plane(stack, layer, is_fitted)
    return WordMap(
        "pca",
        stack.layers[layer],
        stack.rows,
        stack.words,
        with_steady_signs(plane.places(stack.values[layer]), is_fitted),
        tuple(is_fitted.tolist()),
        axis_titles("PC", plane.variances, plane.variance),
        map_trace("principal component analysis", stack, is_fitted),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Two directions, and where they start.

    Attributes
    ----------
    shifts
        Vectors to be taken away one after the other.
    axes, variances
        Shapes [dim, 2] and [2].
    variance
        In all directions.
    """

    shifts: tuple[Doubles, Doubles]
    axes: Doubles
    variances: Doubles
    variance: float

    @classmethod
    def of(cls, layer: FloatArray) -> Self:
        rows = layer.astype(np.float64)
        # Taking one row away is exact: a layer which is the same for all rows is exactly 0.
        first = rows[0].copy()
        rows -= first
        mean = rows.mean(axis=0)
        rows -= mean
        variances, axes = _principal_axes(rows)
        return cls((first, mean), axes, variances, float((rows**2).sum()))

    def places(self, layer: FloatArray) -> Doubles:
        rows = layer.astype(np.float64)
        for shift in self.shifts:
            rows -= shift
        return rows @ self.axes


def _plane(stack: LayerStack, layer: int, is_fitted: Flags) -> Plane:
    """Find the plane of the fitted rows; it is kept, since one more word does not move it."""
    thing = stack.encoder, stack.layers[layer], stack.values.shape[2]
    keys = tuple(key for key, fits in zip(stack.keys, is_fitted, strict=False) if fits)
    plane = _kept.find_same(thing, keys) if keys else None
    if plane is None:
        plane = Plane.of(stack.values[layer][is_fitted])
    if keys:
        _kept.keep(thing, keys, plane)
    return plane


def _principal_axes(rows: Doubles) -> tuple[Doubles, Doubles]:
    """Return two variances (times the number of rows) and two directions, shape [dim, 2]."""
    if rows.shape[0] > rows.shape[1]:
        return top_two(rows.T @ rows)
    variances, vectors = top_two(rows @ rows.T)
    return variances, rows.T @ over_root(vectors, variances)


_kept: Kept[Plane] = Kept(32)  # as many layers as a slider goes through

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
