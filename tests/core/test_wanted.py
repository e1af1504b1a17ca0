import pytest

from vgdesk.core.wanted import NotWantedError, asking, while_wanted


def test_work_ends_before_the_next_thing_once_it_is_not_wanted() -> None:
    done: list[int] = []
    with asking(lambda: len(done) < 3), pytest.raises(NotWantedError):
        done.extend(while_wanted(range(9)))
    assert done == [0, 1, 2]


def test_work_without_a_listener_is_done() -> None:
    assert list(while_wanted("abc")) == ["a", "b", "c"]
