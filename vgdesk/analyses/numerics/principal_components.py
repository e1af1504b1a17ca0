from dataclasses import dataclass
from typing import Self

import numpy as np

from vgdesk.core.arrays import Doubles, FloatArray

# A component with a smaller share of the total variance shows only rounding.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """The directions of largest variance of some rows.

    Attributes
    ----------
    shifts
        Vectors to subtract one after the other.
    axes
        Shape [dim, components].
    points
        The coordinates of these rows, [rows, components]: centred, not scaled to equal variance.
    variances, variance
        Of the points along each direction, shape [components], and of the rows in all directions;
        times the number of rows.
    """

    shifts: tuple[Doubles, Doubles]
    axes: Doubles
    points: Doubles
    variances: Doubles
    variance: float

    @classmethod
    def of(cls, layer: FloatArray, count: int) -> Self:
        """Find `count` directions, or as many as there are; none if all rows are the same."""
        from scipy.linalg import eigh

        first = layer[0].astype(np.float64)
        # Subtracting one row is exact: a layer which is the same for all rows is exactly 0.
        rows = layer - first
        mean = rows.mean(axis=0)
        rows -= mean
        n, dim = rows.shape
        matrix = rows @ rows.T if n <= dim else rows.T @ rows
        last = len(matrix) - 1
        variances, axes = eigh(matrix, subset_by_index=[max(last - count + 1, 0), last])
        variance = float(np.trace(matrix))
        is_component = variances > ROUNDING * variance
        variances, axes = variances[is_component][::-1], axes[:, is_component][:, ::-1]
        if n > dim:
            points = rows @ axes
        else:
            lengths = np.sqrt(variances)
            axes, points = rows.T @ axes / lengths, axes * lengths
        return cls((first, mean), axes, points, variances, variance)

    def places(self, layer: FloatArray) -> Doubles:
        """Project other rows on the same directions."""
        first, mean = self.shifts
        return (layer - first - mean) @ self.axes


def principal_components(layer: FloatArray, count: int) -> Doubles:
    """Project rows on their directions of largest variance.

    Parameters
    ----------
    layer
        Shape [rows, dim].

    Returns
    -------
    array
        Shape [rows, components], centred, not scaled to equal variance; fewer than `count` if the
        rank is lower, and none if all rows are the same.
    """
    return Components.of(layer, count).points


def centred(layer: FloatArray) -> Doubles:
    """Subtract the mean of all rows, in float64."""
    rows = layer.astype(np.float64)
    # Subtracting one row is exact: a layer which is the same for all rows is exactly 0.
    rows -= rows[0].copy()
    rows -= rows.mean(axis=0)
    return rows
