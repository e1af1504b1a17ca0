"""The best layer of a curve, with the choice among its layers counted in.

The highest of a dozen scores is partly the luckiest, so its own interval is too high. Intervals
that hold for all layers at once hold for the best one, whichever it is.

References
----------
Montiel Olea and Plagborg-Møller (2019), Simultaneous confidence bands: theory, implementation, and
an application to SVARs.
"""

from dataclasses import dataclass

import numpy as np

from vgdesk.analyses.inference.jackknife import LEVEL, standard_errors
from vgdesk.core.arrays import Doubles
from vgdesk.core.results import LayerCurve

DRAWS = 4000


@dataclass(frozen=True, slots=True)
class BestLayer:
    """The best layer and what is known of it.

    Attributes
    ----------
    index
        Its place among the layers.
    low, high
        The 95 % interval of the best score of all layers.
    rivals
        Places of the other layers that may as well be the best.
    """

    index: int
    low: float
    high: float
    rivals: tuple[int, ...]


def best_layer(curve: LayerCurve, *, is_error: bool = False) -> BestLayer | None:
    """Return the best layer; None if its interval is not a jackknife.

    Parameters
    ----------
    is_error
        Whether lower scores are better.
    """
    if curve.left_out is None or len(curve.left_out) < 2 or np.isnan(curve.values).any():
        return None
    values = np.asarray(-curve.values if is_error else curve.values, np.float64)
    reach = _reach(np.asarray(curve.left_out, np.float64))
    low, high = float((values - reach).max()), float((values + reach).max())
    best = int(values.argmax())
    rivals = np.flatnonzero(values + reach >= low)
    worst, top = curve.limits
    ends = (-high, -low) if is_error else (low, high)
    low, high = (float(np.clip(end, worst, top)) for end in ends)
    return BestLayer(best, low, high, tuple(int(i) for i in rivals if i != best))


def _reach(left_out: Doubles) -> Doubles:
    """Return half the width of intervals that hold for all layers at once, [layers]."""
    errors = standard_errors(left_out)
    deviations = left_out - left_out.mean(axis=0)
    size = np.linalg.norm(deviations, axis=0)
    units = np.divide(deviations, size, out=np.zeros_like(deviations), where=size > 0)
    # Seeded: the same curve always has the same interval.
    drawn = np.random.default_rng(0).standard_normal((DRAWS, len(units))) @ units
    reach: Doubles = np.quantile(np.abs(drawn).max(axis=1), LEVEL) * errors
    return reach
