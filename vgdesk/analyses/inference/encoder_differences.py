"""Differences between encoders, from the results of a measure for each."""

from collections.abc import Sequence

from vgdesk.analyses.inference.differences import BLOCK, DEPTH, Scores, difference
from vgdesk.core.errors import VgdeskError
from vgdesk.core.results import LayerCurve, LayerDifference, LayerSimilarity

DEPTHS = (BLOCK, DEPTH)


def subtract_curves(
    curves: Sequence[Sequence[LayerCurve]],
    title: str,
    *,
    depths: Sequence[str] = DEPTHS,
    smallest_effect: float = 0.0,
    seed: int = 0,
) -> tuple[LayerDifference, ...]:
    """Subtract the curves of an encoder A from those of B; or, of four, (B - A) - (D - C).

    Parameters
    ----------
    curves
        The curves of two or four encoders over the same words, one for each series.
    title
        That of the measure.
    depths
        How to pair layers; where two ways are the same, only the first is returned.
    smallest_effect, seed
        As in `difference`.

    Raises
    ------
    VgdeskError
        If the measure has no scores without each word, or the words are not the same.
    """
    sides = [{curve.series: Scores.of_curve(curve, title) for curve in own} for own in curves]
    shared = [name for name in sides[0] if all(name in side for side in sides)]
    if not shared:
        raise VgdeskError("The encoders have no curve in common.", "Choose another measure.")
    found = []
    for depth in depths:
        for series in shared:
            a, b, *others = (side[series] for side in sides)
            scores = b.minus(a, depth=depth)
            if others:
                scores = scores.minus(others[1].minus(others[0], depth=depth), depth=depth)
            found.append((scores, depth))
    return _tested(found, smallest_effect, seed)


def subtract_similarities(
    first: LayerSimilarity,
    second: LayerSimilarity,
    title: str,
    *,
    depths: Sequence[str] = DEPTHS,
    smallest_effect: float = 0.0,
    seed: int = 0,
) -> tuple[LayerDifference, ...]:
    """Subtract the similarity of C and D from that of A and B, at pairs of layers as deep.

    Parameters and errors as in `subtract_curves`.
    """
    found = []
    for depth in depths:
        one, other = (Scores.of_similarity(own, title, depth=depth) for own in (first, second))
        found.append((one.minus(other, depth=depth), depth))
    return _tested(found, smallest_effect, seed)


def _tested(
    found: Sequence[tuple[Scores, str]], smallest_effect: float, seed: int
) -> tuple[LayerDifference, ...]:
    """Test each difference once, even if several ways pair the same layers."""
    different = {(scores.series, scores.layers): (scores, depth) for scores, depth in found[::-1]}
    return tuple(
        difference(scores, depth=depth, smallest_effect=smallest_effect, seed=seed)
        for scores, depth in reversed(different.values())
    )
