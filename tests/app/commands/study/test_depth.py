import numpy as np
import pytest

from vgdesk.app.commands.study.depth import depths_of, paired
from vgdesk.app.commands.study.panels import Depth


def test_by_block_the_last_blocks_of_the_deeper_model_have_no_partner() -> None:
    assert paired(Depth.BLOCK, 6, 4) == ((0, 0), (1, 1), (2, 2), (3, 3))
    assert paired(Depth.BLOCK, 2, 3) == ((0, 0), (1, 1))


def test_by_relative_depth_no_layer_is_left_out() -> None:
    assert paired(Depth.RELATIVE, 6, 4) == ((0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3))


@pytest.mark.parametrize("one", range(2, 26))
@pytest.mark.parametrize("other", [2, 4, 6, 7, 12, 24])
def test_by_relative_depth_partners_are_the_nearest(one: int, other: int) -> None:
    pairs = paired(Depth.RELATIVE, one, other)
    assert {i for i, _ in pairs} == set(range(one))
    assert {j for _, j in pairs} == set(range(other))
    for i, j in pairs:
        apart = np.abs(i / (one - 1) - np.linspace(0, 1, other))
        also = np.abs(j / (other - 1) - np.linspace(0, 1, one))
        of_deeper = apart - apart[j] if one >= other else also - also[i]
        assert of_deeper.min() >= -1e-12


def test_swapped_models_have_swapped_pairs() -> None:
    for depth in Depth:
        swapped = tuple((j, i) for i, j in paired(depth, 4, 7))
        assert paired(depth, 7, 4) == swapped


def test_a_single_layer_meets_every_layer() -> None:
    for depth in Depth:
        assert paired(depth, 3, 1) == ((0, 0), (1, 0), (2, 0))
        assert paired(depth, 1, 3) == ((0, 0), (0, 1), (0, 2))
        assert paired(depth, 1, 1) == ((0, 0),)


def test_models_of_equal_depth_are_compared_once() -> None:
    assert depths_of([(6, 6), (6, 1)]) == (Depth.SAME,)
    assert depths_of([(6, 6), (6, 4)]) == (Depth.BLOCK, Depth.RELATIVE)
    assert depths_of([]) == (Depth.SAME,)
