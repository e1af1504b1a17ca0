"""Layers of two models paired for a comparison: by block number, or by relative depth."""

Pairs = tuple[tuple[int, int], ...]


def paired_layers(one: int, other: int, *, is_relative: bool) -> Pairs:
    """Pair the layers of two models, given the number of layers of each.

    By block number, the last layers of the deeper model have no partner. By relative depth, each
    layer of the deeper model is paired with the nearest one of the other, the earlier of two.
    A single layer, such as word vectors, is paired with each layer.
    """
    if not is_relative and 1 not in (one, other):
        return tuple((i, i) for i in range(min(one, other)))
    if one >= other:
        return tuple((i, _nearest(i, one, other)) for i in range(one))
    return tuple((_nearest(i, other, one), i) for i in range(other))


def _nearest(place: int, layers: int, others: int) -> int:
    """Return the place among `others` that is as deep as `place` is among `layers`."""
    if layers == 1:
        return 0
    # Rounded in whole numbers, halves down: 2 p (o - 1) / (l - 1) is twice the wanted place.
    return (2 * place * (others - 1) + layers - 2) // (2 * (layers - 1))
