"""Placement of point labels without overlaps, on plain numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vgdesk.core.arrays import Doubles, Mask, Places

# Left, top, right and bottom; y grows downwards.
Box = tuple[float, float, float, float]

GAP = 2.0
# Side of the grid squares in which points are counted.
CELL = 2.0
# Possible positions of a label around its point, the best first.
SPOTS = np.array(
    [(1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)], dtype=np.float64
)


@dataclass(frozen=True, slots=True, eq=False)
class LabelRoom:
    """Points to label, and the available area; all in pixels.

    Attributes
    ----------
    points, sizes
        Shape [points, 2]: position of each point, and width and height of its label.
    radius
        Radius of a mark.
    area
        Labels stay inside it; points outside get none.
    """

    points: Doubles
    sizes: Doubles
    radius: float
    area: Box


def place_labels(room: LabelRoom) -> dict[int, Box]:
    """Label as many points as fit, the first points first.

    A label overlaps no other label, and no other point is nearer to it than its own; labels without
    such a position are left out.
    """
    boxes = _candidates(room, np.arange(len(room.points)))
    is_free = _is_inside(boxes, room.area) & ~_is_ambiguous(boxes, room)
    taken = np.empty((len(room.points), 4))
    placed: dict[int, Box] = {}
    for i in np.flatnonzero(is_free.any(axis=1)):
        spots = boxes[i, is_free[i]]
        clear = ~_overlaps(spots, taken[: len(placed)]).any(axis=1)
        if clear.any():
            spot = spots[clear.argmax()]
            taken[len(placed)] = spot
            placed[int(i)] = _box(spot)
    return placed


def with_labels(
    placed: Mapping[int, Box], wanted: Sequence[int], room: LabelRoom
) -> dict[int, Box]:
    """Add required labels, which may be close to other points and displace other labels.

    Required labels that are already placed stay. One that would overlap another required label at
    each of its positions is left out, which cannot happen to a single one.
    """
    kept = {i: placed[i] for i in wanted if i in placed}
    missing = [i for i in wanted if i not in placed and _is_point_inside(room, i)]
    if missing:
        boxes = _moved_inside(_candidates(room, np.array(missing)), room.area)
        is_ambiguous = _is_ambiguous(boxes, room)
        for i, spots, is_bad in zip(missing, boxes, is_ambiguous, strict=True):
            clear = ~_overlaps(spots, _stacked(kept)).any(axis=1)
            if clear.any():
                kept[i] = _box(spots[(2 * clear - is_bad.astype(int)).argmax()])
    others = {i: box for i, box in placed.items() if i not in kept}
    is_hidden = np.asarray(_overlaps(_stacked(others), _stacked(kept)).any(axis=1))
    seen = {i: others[i] for i, hidden in zip(others, is_hidden, strict=True) if not hidden}
    return {**seen, **kept}


def _candidates(room: LabelRoom, owners: Places) -> Doubles:
    """Return the possible boxes of labels, shape [labels, spots, 4]."""
    half = room.sizes[owners, None] / 2
    centres = room.points[owners, None] + SPOTS * (half + _reach(room.radius)[:, None])
    return np.concatenate([centres - half, centres + half], axis=2)


def _reach(radius: float) -> Doubles:
    """Return the distance of a label from its point, for every spot."""
    # On the diagonal the corner of the label may be closer than the radius of the mark.
    return radius * np.where(np.abs(SPOTS).sum(axis=1) > 1, 0.7, 1.0) + GAP


def _is_ambiguous(boxes: Doubles, room: LabelRoom) -> Mask:
    """Return which boxes have another point nearer than their own, shape [labels, spots].

    Points are counted once in a summed-area table of small squares, so that each box takes four
    look-ups, regardless of the number of points.
    """
    origin, end = np.array(room.area[:2]), np.array(room.area[2:])
    shape = np.ceil((end - origin) / CELL).astype(int) + 1
    cells = np.floor((room.points - origin) / CELL).astype(int)
    cells = cells[((cells >= 0) & (cells < shape)).all(axis=1)]
    counts = np.zeros(shape + 1, np.int32)
    np.add.at(counts, tuple(cells.T + 1), 1)
    counts = counts.cumsum(axis=0).cumsum(axis=1)
    # One square less, to exclude its own point and any at the same position.
    margin = (_reach(room.radius) - CELL)[:, None]
    low = np.floor((boxes[..., :2] - margin - origin) / CELL).astype(int).clip(0, shape)
    high = (np.floor((boxes[..., 2:] + margin - origin) / CELL).astype(int) + 1).clip(0, shape)
    (left, top), (right, bottom) = np.moveaxis(low, -1, 0), np.moveaxis(high, -1, 0)
    near = counts[right, bottom] - counts[left, bottom] - counts[right, top] + counts[left, top]
    ambiguous: Mask = near > 0
    return ambiguous


def _overlaps(boxes: Doubles, others: Doubles) -> Mask:
    """Return which boxes overlap which others, shape [boxes, others]."""
    first, second = boxes[:, None], others[None]
    overlap = (first[..., :2] < second[..., 2:]) & (first[..., 2:] > second[..., :2])
    return np.asarray(overlap.all(axis=2))


def _is_inside(boxes: Doubles, area: Box) -> Mask:
    inside = (boxes[..., :2] >= area[:2]) & (boxes[..., 2:] <= area[2:])
    return np.asarray(inside.all(axis=-1))


def _is_point_inside(room: LabelRoom, i: int) -> bool:
    left, top, right, bottom = room.area
    x, y = room.points[i]
    return bool(left <= x <= right and top <= y <= bottom)


def _moved_inside(boxes: Doubles, area: Box) -> Doubles:
    """Move boxes into the area; of one that is too large the beginning is visible."""
    low, high = boxes[..., :2], boxes[..., 2:]
    shift = np.minimum(np.array(area[2:]) - high, 0.0)
    shift = np.maximum(shift, np.array(area[:2]) - low)
    return np.concatenate([low + shift, high + shift], axis=-1)


def _stacked(boxes: Mapping[int, Box]) -> Doubles:
    return np.array([*boxes.values()], dtype=np.float64).reshape(-1, 4)


def _box(values: Doubles) -> Box:
    left, top, right, bottom = values.tolist()
    return left, top, right, bottom
