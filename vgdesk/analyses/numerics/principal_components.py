from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray

Doubles = NDArray[np.float64]

# A component with a smaller share of the whole variance shows rounding only.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """The directions in which some rows vary most.

    Attributes
    ----------
    shifts
        Vectors to be taken away one after the other.
    axes
        Shape [dim, components].
    points
        The places of those rows, shape [rows, components]: centred, not scaled to equal variance.
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
        """Find `count` directions; fewer where there are no more, none if all rows are the same."""
        from scipy.linalg import eigh

        first = layer[0].astype(np.float64)
        # Taking one row away is exact: a layer which is the same for all rows is exactly 0.
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
        """Return where other rows lie along the same directions."""
        first, mean = self.shifts
        return (layer - first - mean) @ self.axes


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
    return Components.of(layer, count).points


def centred(layer: FloatArray) -> Doubles:
    """Take the mean of all rows away, in float64."""
    rows = layer.astype(np.float64)
    # Taking one row away is exact: a layer which is the same for all rows is exactly 0.
    rows -= rows[0].copy()
    rows -= rows.mean(axis=0)
    return rows
