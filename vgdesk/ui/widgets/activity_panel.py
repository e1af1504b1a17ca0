from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vgdesk.app.workers.jobs import JobChanged, JobId, JobState
from vgdesk.ui.style.theme import Theme, theme_of
from vgdesk.ui.widgets.form_parts import (
    GAP,
    MARGIN,
    TARGET,
    Panel,
    column,
    named,
    row,
    scrolling,
    tint,
    wrapped,
)
from vgdesk.ui.widgets.status_marks import Mark, mark_icon

HISTORY = 50
_OPEN = (JobState.WAITING, JobState.RUNNING)
_OUTCOMES = {
    JobState.DONE: (Mark.TICK, "done"),
    JobState.FAILED: (Mark.TRIANGLE, "failed"),
    JobState.CANCELLED: (Mark.SQUARE, "stopped"),
}


class ActivityPanel(Panel):
    """Running and recent jobs.

    Signals
    -------
    cancel_requested
        Id of a job.
    """

    cancel_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[JobId, _JobRow] = {}
        self._idle = wrapped("No jobs are running.")
        self._running = QVBoxLayout()
        self._running.setSpacing(MARGIN)
        self._running.setContentsMargins(0, 0, 0, 0)
        self._earlier = QLabel("Earlier")
        self.history = named(QListWidget(), "Earlier jobs", "")
        self.history.setToolTip("")
        self.history.setWordWrap(True)
        self.history.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        self.set_theme(theme_of(self.palette()))
        self._update_parts()

    def _lay_out(self) -> None:
        content = column(self._idle, self._running, self._earlier, self.history, margin=MARGIN)
        content.setStretchFactor(self.history, 1000)
        content.addStretch(1)
        self.setLayout(column(scrolling(content)))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._colours: Mapping[JobState, str] = {
            JobState.DONE: theme.good,
            JobState.FAILED: theme.bad,
            JobState.CANCELLED: theme.muted,
        }
        for label in (self._idle, self._earlier):
            tint(label, theme.muted)
        for line in self._rows.values():
            line.set_theme(theme)
        for i in range(self.history.count()):
            item = self.history.item(i)
            self._set_icon(item, item.data(Qt.ItemDataRole.UserRole))

    def show_job(self, job: JobChanged) -> None:
        """Show the progress of a job, or move it to the history when it ends."""
        if job.state in _OPEN:
            if job.id not in self._rows:
                self._add(job.id)
            self._rows[job.id].show_job(job)
        else:
            line = self._rows.pop(job.id, None)
            if line is not None:
                self._running.removeWidget(line)
                line.hide()
                line.deleteLater()
            self._remember(job)
        self._update_parts()

    def _add(self, job: JobId) -> None:
        line = _JobRow(job)
        line.set_theme(self._theme)
        line.cancel_requested.connect(self.cancel_requested)
        self._rows[job] = line
        self._running.addWidget(line)

    def _remember(self, job: JobChanged) -> None:
        parts = (f"{job.title} – {_OUTCOMES[job.state][1]}", job.detail)
        item = QListWidgetItem(": ".join(part for part in parts if part))
        item.setToolTip(item.text())
        item.setData(Qt.ItemDataRole.UserRole, job.state)
        self._set_icon(item, job.state)
        self.history.insertItem(0, item)
        while self.history.count() > HISTORY:
            self.history.takeItem(self.history.count() - 1)

    def _set_icon(self, item: QListWidgetItem, state: JobState) -> None:
        item.setIcon(mark_icon(_OUTCOMES[state][0], self._colours[state]))

    def _update_parts(self) -> None:
        self._idle.setVisible(not self._rows)
        for part in (self._earlier, self.history):
            part.setVisible(self.history.count() > 0)


class _JobRow(QWidget):
    """Title, progress, detail and cancel button of one job."""

    cancel_requested = Signal(object)

    def __init__(self, job: JobId) -> None:
        super().__init__()
        self._job = job
        self._title, self._detail = wrapped(), wrapped()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(TARGET // 3)
        self._count = QLabel()
        self._cancel = named(QPushButton("Cancel"), "Cancel")
        self._cancel.clicked.connect(self._on_cancel)
        head = row(self._title, self._cancel)
        head.setStretch(0, 1)
        foot = row(self._detail, self._count)
        foot.setStretch(0, 1)
        self.setLayout(column(head, self._bar, foot, gap=GAP // 2))

    def set_theme(self, theme: Theme) -> None:
        for label in (self._detail, self._count):
            tint(label, theme.muted)

    def show_job(self, job: JobChanged) -> None:
        waits = job.state is JobState.WAITING
        self._title.setText(job.title)
        # The bar must not move before the job starts.
        self._bar.setRange(0, 1 if waits else job.total)
        self._bar.setValue(0 if waits else job.done)
        self._detail.setText("waiting" if waits and not job.detail else job.detail)
        self._count.setText(f"{job.done} of {job.total}" if job.total and not waits else "")
        self._cancel.setVisible(job.can_cancel)
        named(self._cancel, f"Cancel “{job.title}”")
        self._bar.setAccessibleName(f"Progress of “{job.title}”")

    def _on_cancel(self) -> None:
        # Stopping may take a second; further clicks are pointless.
        self._cancel.setEnabled(False)
        self._cancel.setText("Stopping…")
        self.cancel_requested.emit(self._job)
