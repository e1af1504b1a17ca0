"""Shared parts of the measures between the words of one layer."""

from dataclasses import replace
from typing import TypeVar

import numpy as np

from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.results import Trace, WordOverview, WordSimilarity
from vgdesk.core.stack import LayerStack

Matrix = TypeVar("Matrix", WordSimilarity, WordOverview)

MIN_WORDS = 2
# Up to this number optimal leaf ordering is fast; at a thousand rows it takes seconds.
ORDERED_WORDS = 256
# Pairs sampled for the limits of the colour scale.
SAMPLED_PAIRS = 20_000
# Variation below this share of the size is rounding.
ROUNDING = 1e-12


def word_similarity(
    measure: str,
    estimator: str,
    stack: LayerStack,
    layer: int,
    values: Doubles,
    *,
    is_distance: bool = False,
) -> WordSimilarity:
    """Combine the values of all pairs of rows with a row order and limits of the colour scale.

    Similarities must lie between -1 and 1.
    """
    from scipy.spatial.distance import squareform

    pairs: Doubles = squareform(values, checks=False)
    return WordSimilarity(
        measure,
        stack.layers[layer],
        stack.rows,
        stack.words,
        values.astype(np.float32),
        _leaf_order(pairs if is_distance else 1.0 - pairs),
        limits_of(pairs, is_distance=is_distance),
        is_distance,
        Trace(estimator, len(stack.rows), (stack.encoder,)),
    )


def difference(one: Matrix, other: Matrix) -> Matrix:
    """Subtract `one` from `other`, which has the same rows; keep the order of `one`."""
    values = other.values - one.values
    reach = float(np.abs(values).max(initial=0.0)) or 1.0
    return replace(
        one,
        layer=f"{other.layer} minus {one.layer}",
        values=values,
        limits=(-reach, reach),
        is_distance=False,
        trace=replace(one.trace, encoders=one.trace.encoders + other.trace.encoders),
    )


def unit_rows(values: FloatArray) -> Doubles:
    """Scale every row to length 1, in float64; a row of zeros stays as it is."""
    rows = values.astype(np.float64)
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    rows /= np.where(length > 0, length, 1.0)[:, None]
    return rows


def dot_products(units: Doubles) -> Doubles:
    """Multiply all unit rows with each other: from -1 to 1, shape [rows, rows]."""
    products: Doubles = units @ units.T
    return np.clip(products, -1.0, 1.0, out=products)


def _leaf_order(distances: Doubles) -> tuple[int, ...]:
    """Order rows as the leaves of an average-linkage dendrogram.

    Left and right of a branch are arbitrary; up to `ORDERED_WORDS` rows they are chosen to minimise
    the distances between neighbours.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering

    tree = linkage(distances, "average")
    if len(tree) < ORDERED_WORDS:
        tree = optimal_leaf_ordering(tree, distances)
    return tuple(leaves_list(tree).tolist())


def limits_of(pairs: Doubles, *, is_distance: bool) -> tuple[float, float]:
    """Return the 1st and 99th percentile of the pairs.

    Words of one layer often lie in a narrow cone, all similarities between 0.9 and 1: the full
    scale would show no contrast, and neither would the range if there is one outlier.
    """
    sample = pairs[:: 1 + len(pairs) // SAMPLED_PAIRS]
    low, high = (float(limit) for limit in np.percentile(sample, [1, 99]))
    if low < high:
        return low, high
    return (0.0, high or 1.0) if is_distance else (-1.0, 1.0)
