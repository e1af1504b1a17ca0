"""Shared parts of the maps of one layer."""

from collections.abc import Hashable
from itertools import compress

import numpy as np

from vgdesk.analyses.row_changes import Keys
from vgdesk.core.arrays import Doubles, Mask
from vgdesk.core.results import Trace
from vgdesk.core.stack import LayerStack

# An axis with a smaller share of the total shows only rounding.
ROUNDING = 1e-12
# Any three points fit into a plane, whatever they are.
MIN_TRUSTED = 4


def rows_to_fit(stack: LayerStack, fitted: frozenset[str] | None) -> Mask:
    """Return which rows the axes are fitted to: those named, or all if none is present."""
    named = np.array([fitted is None or row in fitted for row in stack.rows])
    return named if named.any() else ~named


def what_is_fitted(stack: LayerStack, layer: int, is_fitted: Mask) -> tuple[Hashable, Keys]:
    """Return the cache key of a map: the layer, and the keys of the fitted rows."""
    thing = stack.encoder, stack.layers[layer], stack.values.shape[2]
    return thing, tuple(compress(stack.keys, is_fitted.tolist()))


def top_two(matrix: Doubles) -> tuple[Doubles, Doubles]:
    """Return the two largest eigenvalues of a symmetric matrix, and their vectors as columns.

    Both are 0 where the matrix has no further axis.
    """
    from scipy.linalg import eigh

    n = len(matrix)
    values, vectors = np.zeros(2), np.zeros((n, 2))
    largest, axes = eigh(matrix, subset_by_index=[max(n - 2, 0), n - 1])
    is_axis = largest[::-1] > ROUNDING * np.trace(matrix)
    values[: len(largest)] = largest[::-1] * is_axis
    vectors[:, : len(largest)] = axes[:, ::-1] * is_axis
    return values, vectors


def over_root(vectors: Doubles, values: Doubles) -> Doubles:
    """Divide each column by the square root of its eigenvalue; 0 stays 0."""
    return np.divide(vectors, np.sqrt(values), out=np.zeros_like(vectors), where=values > 0)


def two_columns(columns: Doubles) -> Doubles:
    """Pad coordinates to two columns with zeros, or cut them to two.

    Parameters
    ----------
    columns
        Shape [rows, directions] or [directions].
    """
    found = np.zeros((*columns.shape[:-1], 2))
    found[..., : columns.shape[-1]] = columns[..., :2]
    return found


def steady_signs(points: Doubles) -> Doubles:
    """Return 1 or -1 for each axis, so that its longer tail, or else its first row, is positive.

    The sign of an axis is arbitrary. The tail depends on all rows, so that neither their order nor
    an added row flips the map.
    """
    tail = (points**3).sum(axis=0)
    has_tail = np.abs(tail) > 1e-6 * (np.abs(points) ** 3).sum(axis=0)
    return np.where(np.where(has_tail, tail, points[0]) < 0, -1.0, 1.0)


def with_steady_signs(points: Doubles, is_fitted: Mask) -> Doubles:
    """Flip the axes by the signs of the fitted rows."""
    mirrored: Doubles = points * steady_signs(points[is_fitted])
    return mirrored


def axis_titles(name: str, values: Doubles, total: float) -> tuple[str, str]:
    """Name both axes with the share of `total` that they show, for example "PC 1 (23 %)"."""
    first, second = 100 * values / (total or 1.0)
    return f"{name} 1 ({first:.0f} %)", f"{name} 2 ({second:.0f} %)"


def map_trace(estimator: str, stack: LayerStack, is_fitted: Mask) -> Trace:
    """Describe the fit: the number of fitted rows, with a warning if they are too few."""
    n = int(is_fitted.sum())
    warning = ""
    if n < MIN_TRUSTED:
        warning = f"Too few words to trust: up to {MIN_TRUSTED - 1} always fit into a plane."
    return Trace(estimator, n, (stack.encoder,), warning=warning)
