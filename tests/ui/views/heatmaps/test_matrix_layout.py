import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from vgdesk.ui.views.axes import label_step
from vgdesk.ui.views.heatmaps.matrix_layout import MatrixLayout, Needs, Window, lay_out

SIZES = st.tuples(st.integers(280, 1600), st.integers(200, 1200))


@st.composite
def needs(draw: st.DrawFn) -> Needs:
    return Needs(
        shape=(draw(st.integers(1, 1200)), draw(st.integers(1, 1200))),
        row_label=draw(st.integers(0, 300)),
        column_label=draw(st.integers(0, 300)),
        line=draw(st.floats(9, 18)),
        strip=draw(st.sampled_from([0.0, 6.0])),
        bar_text=draw(st.floats(20, 120)),
        has_titles=draw(st.booleans()),
        is_upward=draw(st.booleans()),
    )


def parts(layout: MatrixLayout) -> list[QRectF]:
    found = [
        layout.cells,
        layout.row_labels,
        layout.column_labels,
        layout.row_strip,
        layout.column_strip,
        layout.row_title,
        layout.column_title,
        layout.bar,
    ]
    return [part for part in found if not part.isEmpty()]


@given(SIZES, needs())
def test_all_parts_are_inside_and_do_not_overlap(size: tuple[int, int], need: Needs) -> None:
    found = parts(lay_out(QSizeF(*size), need))
    room = QRectF(-0.01, -0.01, size[0] + 0.02, size[1] + 0.02)
    for i, part in enumerate(found):
        assert room.contains(part)
        for other in found[i + 1 :]:
            assert not part.adjusted(0.01, 0.01, -0.01, -0.01).intersects(other)


@given(SIZES, needs())
def test_cells_are_square(size: tuple[int, int], need: Needs) -> None:
    cells = lay_out(QSizeF(*size), need).cells
    assert cells.width() / need.shape[1] == pytest.approx(cells.height() / need.shape[0])


@given(SIZES, needs())
def test_the_text_of_the_bar_has_its_room(size: tuple[int, int], need: Needs) -> None:
    layout = lay_out(QSizeF(*size), need)
    text = need.bar_text if layout.bar_is_roomy else need.line
    assert layout.bar.right() + text <= size[0]


@given(st.integers(1, 3000), st.floats(0.2, 0.95), st.floats(0, 1), st.floats(0, 1))
def test_zooming_keeps_the_cell_under_the_pointer(
    cells: int, factor: float, x: float, y: float
) -> None:
    shape = cells, cells
    before = Window(0, 0, cells, cells)
    after = before.zoomed(factor, QPointF(x, y), shape)
    assert after.x + x * after.width == pytest.approx(before.x + x * before.width, abs=1e-6)
    assert after.y + y * after.height == pytest.approx(before.y + y * before.height, abs=1e-6)


@given(
    st.integers(1, 500),
    st.lists(st.tuples(st.floats(0.1, 10), st.floats(-300, 300), st.floats(-300, 300))),
)
def test_the_window_never_leaves_the_matrix(
    cells: int, moves: list[tuple[float, float, float]]
) -> None:
    window = Window(0, 0, cells, cells)
    for factor, x, y in moves:
        window = window.zoomed(factor, QPointF(0.3, 0.8), (cells, cells)).moved(
            x, y, (cells, cells)
        )
        assert window.x >= -1e-9
        assert window.y >= -1e-9
        assert window.x + window.width <= cells + 1e-6
        assert window.y + window.height <= cells + 1e-6
        assert window.width > 0


def test_labels_are_thinned_as_far_as_needed() -> None:
    assert label_step(20, 12) == 1
    assert label_step(7, 12) == 2
    assert label_step(1, 12) == 13
