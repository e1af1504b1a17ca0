from collections.abc import Sequence
from itertools import pairwise

ROUNDING = 1e-6  # pixels


def spread(wanted: Sequence[float], gap: float, limits: tuple[float, float]) -> list[float]:
    """Move places apart until no two are nearer than `gap`, as little as possible.

    Parameters
    ----------
    wanted
        Where each label would like to be, in pixels.
    limits
        Lowest and highest place allowed; kept as long as there is room for all.

    Returns
    -------
    list
        A place for each label, in the given order.
    """
    low, high = limits
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [min(max(place, low), high) for place in wanted]
    for one, other in pairwise(order):
        places[other] = max(places[other], places[one] + gap)
    # What was pushed over the edge pushes the others back.
    if order and places[order[-1]] > high:
        places[order[-1]] = high
        for other, one in pairwise(reversed(order)):
            places[one] = min(places[one], places[other] - gap)
    # Gaps that just fit may add up to a hair more than the room.
    return [low if 0 < low - place < ROUNDING else place for place in places]
