import pytest

from vgdesk.core.cancellation import CancelledError, cancellable, until_cancelled


def test_work_ends_before_the_next_thing_once_it_is_not_wanted() -> None:
    done: list[int] = []
    with cancellable(lambda: len(done) < 3), pytest.raises(CancelledError):
        done.extend(until_cancelled(range(9)))
    assert done == [0, 1, 2]


def test_work_without_a_listener_is_done() -> None:
    assert list(until_cancelled("abc")) == ["a", "b", "c"]
