import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray

Doubles = NDArray[np.float64]

# A component with a smaller share of the whole variance shows rounding only.
ROUNDING = 1e-12


def principal_components(layer: FloatArray, count: int) -> Doubles:
    """Return the places of rows along the directions in which they vary most.

    Parameters
    ----------
    layer
        Shape [rows, dim].

    Returns
    -------
    array
        Shape [rows, components], centred, not scaled to equal variance; fewer than `count` where
        there are no more, and none if all rows are the same.
    """
    from scipy.linalg import eigh

    rows = centred(layer)
    n, dim = rows.shape
    matrix = rows @ rows.T if n <= dim else rows.T @ rows
    last = len(matrix) - 1
    variances, axes = eigh(matrix, subset_by_index=[max(last - count + 1, 0), last])
    is_component = variances > ROUNDING * np.trace(matrix)
    variances, axes = variances[is_component][::-1], axes[:, is_component][:, ::-1]
    points: Doubles = axes * np.sqrt(variances) if n <= dim else rows @ axes
    return points


def centred(layer: FloatArray) -> Doubles:
    """Take the mean of all rows away, in float64."""
    rows = layer.astype(np.float64)
    # Taking one row away is exact: a layer which is the same for all rows is exactly 0.
    rows -= rows[0].copy()
    rows -= rows.mean(axis=0)
    return rows
