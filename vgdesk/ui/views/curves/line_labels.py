from collections.abc import Sequence
from itertools import pairwise

ROUNDING = 1e-6  # pixels


def spread(wanted: Sequence[float], gap: float, limits: tuple[float, float]) -> list[float]:
    """Move positions apart to at least `gap`, as little as possible.

    Parameters
    ----------
    wanted
        Preferred position of each label, in pixels.
    limits
        Lowest and highest position allowed; observed if all labels fit.

    Returns
    -------
    list
        A position for each label, in the given order.
    """
    low, high = limits
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [min(max(place, low), high) for place in wanted]
    for one, other in pairwise(order):
        places[other] = max(places[other], places[one] + gap)
    # A label pushed beyond the edge pushes the others back.
    if order and places[order[-1]] > high:
        places[order[-1]] = high
        for other, one in pairwise(reversed(order)):
            places[one] = min(places[one], places[other] - gap)
    # Rounding of gaps that just fit may exceed the space minimally.
    return [low if 0 < low - place < ROUNDING else place for place in places]
