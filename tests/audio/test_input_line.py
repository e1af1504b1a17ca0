import pytest

from vgdesk.audio.input_line import Moment, lost_blocks

RATE = 48_000


def lost(seconds: float, samples: float, overflows: int = 0) -> int:
    then = Moment(written=1_000, heard_at=50.0, overflows=7)
    now = Moment(1_000 + round(samples), 50.0 + seconds, 7 + overflows)
    return lost_blocks(then, now, RATE)


def test_what_comes_in_time_is_not_lost() -> None:
    assert lost(10.0, 10 * RATE) == 0


def test_a_late_burst_and_a_clock_that_is_a_little_off_are_no_loss() -> None:
    assert lost(2.0, 1.9 * RATE) == 0
    assert lost(600.0, 599.5 * RATE) == 0
    assert lost(2.0, 2.1 * RATE) == 0


@pytest.mark.parametrize(("gap", "blocks"), [(0.2, 10), (1.0, 50)])
def test_missing_time_is_counted_in_blocks_of_20_ms(gap: float, blocks: int) -> None:
    assert lost(5.0, (5.0 - gap) * RATE) == pytest.approx(blocks, abs=1)


def test_what_the_driver_admits_counts_too() -> None:
    assert lost(1.0, RATE, overflows=3) == 3
