"""What the window may ask of the program is a small typed surface."""

import re
from pathlib import Path

import vgdesk.ui

ROOT = Path(vgdesk.ui.__path__[0])


def files_with(pattern: str) -> set[str]:
    return {
        file.relative_to(ROOT).as_posix()
        for file in ROOT.rglob("*.py")
        if re.search(pattern, file.read_text("utf-8"))
    }


def test_only_user_requests_reach_the_view_state() -> None:
    assert files_with(r"view_state") == {"user_requests.py"}


def test_no_widget_or_controller_edits_the_session_itself() -> None:
    assert files_with(r"store\.apply") == set()


def test_only_the_views_controller_and_requests_reach_the_pipeline() -> None:
    # The inspector asks for the neighbours of its word, which no view shows.
    assert files_with(r"\.pipeline\b") == {
        "user_requests.py",
        "views/views_controller.py",
        "takes/inspector_controller.py",
    }
