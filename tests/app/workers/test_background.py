import threading

import pytest

from tests.main_thread import MainThread
from vgdesk.app.workers.background import Background
from vgdesk.core.errors import VgdeskError


def test_what_waits_is_still_done_when_the_program_ends() -> None:
    main_thread, may_go_on, done = MainThread(), threading.Event(), []
    thread = Background("test", main_thread.post)
    thread.run(may_go_on.wait, failed=print)
    thread.run(lambda: done.append("saved"), failed=print)
    may_go_on.set()
    assert thread.close()
    assert done == ["saved"]


def test_a_drive_that_does_not_answer_does_not_keep_the_program() -> None:
    answers = threading.Event()
    thread = Background("test", MainThread().post)
    thread.run(answers.wait, failed=print)
    assert not thread.close(patience=0.01)
    answers.set()


def test_an_error_of_the_user_is_answered_and_any_other_rises_on_the_main_thread() -> None:
    main_thread, heard = MainThread(), []
    thread = Background("test", main_thread.post)

    def refuse() -> None:
        raise VgdeskError("This happened.", "Do that.")

    def break_down() -> None:
        raise ZeroDivisionError("ours")

    thread.run(refuse, failed=heard.append)
    thread.run(break_down, failed=heard.append)
    main_thread.run_until(lambda: heard)
    assert heard[0].hint == "Do that."
    with pytest.raises(ZeroDivisionError, match="ours"):
        main_thread.run_until(lambda: len(heard) > 1)
    thread.close()
