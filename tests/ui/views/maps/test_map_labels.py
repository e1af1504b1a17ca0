from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vgdesk.ui.views.maps.map_labels import Box, LabelRoom, place_labels, with_labels

AREA = (10.0, 5.0, 310.0, 205.0)


def room_of(points: list[tuple[float, float]], width: float = 40.0) -> LabelRoom:
    sizes = np.full((len(points), 2), (width, 14.0))
    return LabelRoom(np.array(points, dtype=float).reshape(-1, 2), sizes, 5.0, AREA)


def overlap(one: Box, other: Box) -> bool:
    """The same by the separating axes: two boxes are apart if one ends before the other begins."""
    apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    return not apart


def distance(point: tuple[float, float], box: Box) -> float:
    """How far a point is from a box, by the longer of the two ways; 0 inside."""
    x, y = point
    return max(box[0] - x, x - box[2], box[1] - y, y - box[3], 0.0)


def inside(box: Box) -> bool:
    eps = 1e-9
    low = box[0] >= AREA[0] - eps and box[1] >= AREA[1] - eps
    return low and box[2] <= AREA[2] + eps and box[3] <= AREA[3] + eps


places = st.lists(
    st.tuples(st.floats(0, 320, allow_nan=False), st.floats(0, 210, allow_nan=False)), max_size=60
)


@given(places, st.floats(8, 120))
def test_labels_cover_no_label_and_stay_inside(
    points: list[tuple[float, float]], width: float
) -> None:
    placed = place_labels(room_of(points, width))
    assert all(inside(box) for box in placed.values())
    assert not any(overlap(a, b) for a, b in combinations(placed.values(), 2))


@given(places)
def test_the_own_point_is_the_nearest_to_a_label(points: list[tuple[float, float]]) -> None:
    seen = [p for p in points if AREA[0] <= p[0] <= AREA[2] and AREA[1] <= p[1] <= AREA[3]]
    for i, box in place_labels(room_of(points)).items():
        own = distance(points[i], box)
        others = [distance(p, box) for p in seen if p is not points[i]]
        # Points are counted in squares of two pixels, at both ends of the way.
        assert all(other >= own - 4 for other in others)


@given(places, st.data())
def test_wanted_labels_displace_others(
    points: list[tuple[float, float]], data: st.DataObject
) -> None:
    room = room_of(points)
    wanted = data.draw(
        st.lists(st.integers(0, len(points) - 1), unique=True) if points else st.just([])
    )
    placed = place_labels(room)
    shown = with_labels(placed, wanted, room)
    assert not any(overlap(a, b) for a, b in combinations(shown.values(), 2))
    assert all(shown[i] == placed[i] for i in wanted if i in placed)
    assert set(shown) <= set(placed) | set(wanted)


@given(places.filter(len), st.data())
def test_one_wanted_label_is_always_there(
    points: list[tuple[float, float]], data: st.DataObject
) -> None:
    room = room_of(points)
    wanted = data.draw(st.integers(0, len(points) - 1))
    x, y = points[wanted]
    if AREA[0] <= x <= AREA[2] and AREA[1] <= y <= AREA[3]:
        assert wanted in with_labels(place_labels(room), [wanted], room)


def test_a_lonely_point_has_its_label_to_the_right() -> None:
    box = place_labels(room_of([(100, 100)]))[0]
    assert box[0] > 105
    assert (box[1] + box[3]) / 2 == 100


def test_at_the_right_edge_the_label_is_on_the_left() -> None:
    assert place_labels(room_of([(305, 100)]))[0][2] < 300


def test_points_at_one_place_share_the_room_around_it() -> None:
    assert {0, 1, 2, 3} <= set(place_labels(room_of([(100, 100)] * 5)))


def test_no_points_no_labels() -> None:
    assert place_labels(room_of([])) == {}
    assert with_labels({}, [], room_of([])) == {}
