"""Differences between encoders as lines of the layer curve."""

import numpy as np

from vgdesk.core.results import LayerCurve, LayerDifference


def as_curve(found: LayerDifference) -> LayerCurve:
    """Return a difference as a curve whose band of chance is around 0."""
    zero = np.zeros(len(found.values))
    return LayerCurve(
        found.measure,
        found.trace.encoders[-1],
        found.names,
        found.values,
        found.low,
        found.high,
        -found.band,
        zero,
        found.band,
        found.corrected_p,
        found.limits,
        found.trace,
        found.series,
    )


def places_of(found: LayerDifference) -> tuple[tuple[int, ...], ...]:
    """Return the place of the layers of each pair in their models.

    Every layer up to the last one shown is in some pair, so names count up from the first.
    """
    sides = zip(*found.layers, strict=True)
    numbers = [{name: i for i, name in enumerate(dict.fromkeys(side))} for side in sides]
    return tuple(
        tuple(places[name] for places, name in zip(numbers, pair, strict=True))
        for pair in found.layers
    )
