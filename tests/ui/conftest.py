from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.docks import dock, session, theme  # noqa: F401 - fixtures of every room
from tests.windows import Wait, opened_window
from vgdesk.ui.main_window import MainWindow

SECONDS = 60_000  # ms that a step may take on a machine that is busy with other things


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened_window(qtbot) as made:
        workspace = made.workspace
        made.show()
        workspace.start()
        qtbot.waitUntil(lambda: workspace.session.words != {}, timeout=SECONDS)
        yield made


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda is_true: qtbot.waitUntil(lambda: bool(is_true()), timeout=SECONDS)
