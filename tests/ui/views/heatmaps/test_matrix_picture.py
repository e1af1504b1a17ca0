import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.views.examples import theme
from vgdesk.ui.style.theme import DIVERGING, SEQUENTIAL
from vgdesk.ui.views.heatmaps.matrix_picture import (
    Axis,
    Bar,
    MatrixPicture,
    Run,
    colours_of,
    pixels_of,
    reduced,
    reduced_mask,
    runs_of,
)


def picture(values: np.ndarray, **changes: object) -> MatrixPicture:
    rows, columns = (tuple(str(i) for i in range(n)) for n in values.shape)
    parts: dict[str, object] = {"limits": (0.0, 1.0), "colours": SEQUENTIAL, **changes}
    return MatrixPicture(
        values, rows=Axis(rows), columns=Axis(columns), bar=Bar("", "", ""), **parts
    )


def rgb(pixels: np.ndarray) -> np.ndarray:
    return pixels[..., 2::-1]


@given(
    cells=st.integers(30, 300),
    pixels=st.integers(10, 29),
    place=st.floats(0, 0.999),
    is_row=st.booleans(),
    is_bright=st.booleans(),
)
def test_one_line_that_stands_out_survives_any_reduction(
    cells: int, pixels: int, place: float, is_row: bool, is_bright: bool
) -> None:
    rng = np.random.default_rng(cells)
    values = rng.normal(0, 0.02, (cells, cells))
    line, value = int(place * cells), 1.0 if is_bright else -1.0
    values[line, :] = value
    values = values if is_row else values.T
    small = reduced(values, np.zeros_like(values, dtype=bool), (pixels, pixels))
    small = small if is_row else small.T
    assert small.shape == (pixels, pixels)
    starts = np.arange(pixels) * cells // pixels
    at = int(np.searchsorted(starts, line, side="right")) - 1
    assert np.abs(small[at] - value).max() < 0.1
    assert np.abs(np.delete(small, at, axis=0)).max() < 0.2


def test_blocks_keep_their_level() -> None:
    values = np.kron(np.array([[0.9, 0.1], [0.1, 0.6]]), np.ones((50, 50)))
    small = reduced(values, np.zeros_like(values, dtype=bool), (20, 20))
    assert small == pytest.approx(np.kron([[0.9, 0.1], [0.1, 0.6]], np.ones((10, 10))), abs=1e-6)


def test_a_masked_diagonal_leaves_no_trace_in_the_values() -> None:
    values = np.full((90, 90), 0.5)
    np.fill_diagonal(values, 1e6)
    small = reduced(values, np.eye(90, dtype=bool), (40, 40))
    assert small == pytest.approx(0.5)


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_pixel_is_masked_if_one_of_its_cells_is(cells: int, pixels: int) -> None:
    pixels = min(pixels, cells)
    mask = np.random.default_rng(cells).random((cells, cells)) < 0.02
    starts = [*(i * cells // pixels for i in range(pixels)), cells]
    expected = [
        [mask[starts[i] : starts[i + 1], starts[j] : starts[j + 1]].any() for j in range(pixels)]
        for i in range(pixels)
    ]
    assert (reduced_mask(mask, (pixels, pixels)) == np.array(expected)).all()


def test_colours_are_those_of_the_map() -> None:
    values = np.array([[0.0, 0.25, 0.5, 1.0, 7.0, -3.0]])
    found = colours_of(picture(values), values)
    due = pg.colormap.get(SEQUENTIAL).map(values.clip(0, 1).ravel(), mode="byte")[:, :3]
    assert np.abs(found[0].astype(int) - due.astype(int)).max() <= 3


def test_zero_is_neutral_in_differences() -> None:
    values = np.array([[-0.4, 0.0, 0.4]])
    negative, zero, positive = colours_of(
        picture(values, limits=(-0.4, 0.4), colours=DIVERGING), values
    )[0].astype(int)
    assert np.ptp(zero) < 12
    assert negative[2] - negative[0] > 80
    assert positive[0] - positive[2] > 80


@pytest.mark.parametrize("dark", [False, True])
def test_masked_faint_and_unknown_cells_look_different(dark: bool) -> None:
    values = np.array([[0.5, 0.5, 0.5, np.nan]])
    masked, faint = (np.arange(4)[None] == i for i in (1, 2))
    look = theme(dark=dark)
    pixels = pixels_of(picture(values, masked=masked, faint=faint), look, (100, 100))
    plain, neutral, light, unknown = pixels[0].astype(int)
    assert unknown[3] == 0
    assert plain[3] == neutral[3] == light[3] == 255
    assert np.ptp(neutral[:3]) < 20
    base = np.array([int(look.base[i : i + 2], 16) for i in (5, 3, 1)])
    assert np.abs(light[:3] - base).sum() < np.abs(plain[:3] - base).sum()


def test_no_more_pixels_than_room_and_than_cells() -> None:
    values = np.random.default_rng(0).random((50, 30))
    assert pixels_of(picture(values), theme(), (20, 100)).shape == (20, 30, 4)
    assert pixels_of(picture(values), theme(), (500, 500)).shape == (50, 30, 4)


def test_neighbours_of_one_group_make_a_run() -> None:
    looks = [("a", "#111111"), ("a", "#111111"), ("b", "#222222"), ("a", "#111111")]
    assert runs_of(looks) == (
        Run(0, 2, "a", "#111111"),
        Run(2, 3, "b", "#222222"),
        Run(3, 4, "a", "#111111"),
    )
    assert runs_of([]) == ()
