from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vgdesk.core.gates import MOST, SHORTEST, STEP, gate_times


def test_a_short_word_has_a_gate_every_50_ms() -> None:
    assert gate_times(0.32) == (0.1, 0.15, 0.2, 0.25, 0.32)


def test_the_last_step_is_never_tiny() -> None:
    assert gate_times(0.202) == (0.1, 0.15, 0.202)


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.12])
def test_a_word_as_short_as_a_gate_is_heard_whole(seconds: float) -> None:
    assert gate_times(seconds) == (seconds,)


@given(some.floats(0.01, 30.0))
def test_gates_grow_to_the_whole_word(seconds: float) -> None:
    times = gate_times(seconds)
    steps = [after - before for before, after in pairwise(times)]
    assert times[-1] == seconds
    assert len(times) <= MOST
    assert len(times) == 1 or times[0] == SHORTEST
    assert all(step >= STEP / 2 - 1e-6 for step in steps)
