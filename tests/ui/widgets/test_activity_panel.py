import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.docks import Dock
from vgdesk.app.workers.jobs import JobChanged, JobId, JobState
from vgdesk.ui.widgets.activity_panel import HISTORY, ActivityPanel


@pytest.fixture
def panel(dock: Dock) -> ActivityPanel:
    panel: ActivityPanel = dock(ActivityPanel(), 400, 400)
    return panel


def show(panel: ActivityPanel, *jobs: JobChanged) -> None:
    for job in jobs:
        panel.show_job(job)
    QApplication.processEvents()


def seen(panel: ActivityPanel) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def bars(panel: ActivityPanel) -> list[QProgressBar]:
    return [bar for bar in panel.findChildren(QProgressBar) if bar.isVisible()]


def earlier(panel: ActivityPanel) -> list[str]:
    return [panel.history.item(i).text() for i in range(panel.history.count())]


def test_an_idle_panel_says_so(panel: ActivityPanel) -> None:
    assert seen(panel) == ["No jobs are running."]


def test_a_job_shows_how_far_it_is(panel: ActivityPanel) -> None:
    show(
        panel,
        JobChanged(JobId.of_files("1"), "Encoding", JobState.RUNNING, 7, 24, "40 s left"),
    )
    assert {"Encoding", "40 s left", "7 of 24"} <= set(seen(panel))
    assert "No jobs are running." not in seen(panel)
    assert (bars(panel)[0].value(), bars(panel)[0].maximum()) == (7, 24)
    show(panel, JobChanged(JobId.of_files("1"), "Encoding", JobState.RUNNING, 8, 24))
    assert [bar.value() for bar in bars(panel)] == [8]


def test_unknown_length_is_busy_and_a_waiting_job_is_not(panel: ActivityPanel) -> None:
    show(panel, JobChanged(JobId.of_files("1"), "Loading", JobState.WAITING))
    assert bars(panel)[0].maximum() == 1
    assert "waiting" in seen(panel)
    show(panel, JobChanged(JobId.of_files("1"), "Loading", JobState.RUNNING))
    assert bars(panel)[0].maximum() == 0


def test_cancel_is_asked_once(qtbot: QtBot, panel: ActivityPanel) -> None:
    show(panel, JobChanged(JobId.of_files("1"), "Loading", JobState.RUNNING))
    show(panel, JobChanged(JobId.of_files("2"), "Map", JobState.RUNNING, can_cancel=False))
    (button,) = (b for b in panel.findChildren(QPushButton) if b.isVisible())
    assert button.accessibleName() == "Cancel “Loading”"
    heard: list[str] = []
    panel.cancel_requested.connect(heard.append)
    for _ in range(2):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard == [JobId.of_files("1")]
    assert button.text() == "Stopping…"


def test_a_finished_job_becomes_one_line(panel: ActivityPanel) -> None:
    show(panel, JobChanged(JobId.of_files("1"), "Loading", JobState.RUNNING))
    show(
        panel,
        JobChanged(JobId.of_files("1"), "Loading", JobState.FAILED, detail="the file is damaged"),
    )
    show(panel, JobChanged(JobId.of_files("2"), "Map", JobState.CANCELLED))
    show(panel, JobChanged(JobId.of_files("3"), "Encoding", JobState.DONE))
    assert bars(panel) == []
    assert "No jobs are running." in seen(panel)
    assert earlier(panel) == [
        "Encoding – done",
        "Map – stopped",
        "Loading – failed: the file is damaged",
    ]
    assert panel.history.isVisible()


def test_the_history_ends_somewhere(panel: ActivityPanel) -> None:
    for i in range(HISTORY + 5):
        show(panel, JobChanged(JobId.of_files(str(i)), f"Job {i}", JobState.DONE))
    assert len(earlier(panel)) == HISTORY == 50
    assert earlier(panel)[0] == "Job 54 – done"
