import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from vgdesk.app.background import Background
from vgdesk.app.events import Events, JobChanged, JobState, Level, Notice
from vgdesk.app.importing import (
    ImportedTake,
    ImportPlan,
    ImportRefused,
    import_takes,
    plan_import,
    with_imported,
)
from vgdesk.app.store import Store
from vgdesk.core.errors import VgdeskError

JOB = JobChanged("import", "Adding sound files", JobState.RUNNING)


class ImportDesk:
    """Takes in sound files: broken ones are named, the others become takes in one step.

    It has a thread of its own, so that a long folder does not hold up the rest.
    """

    def __init__(self, thread: Background, events: Events, store: Store) -> None:
        self._thread = thread
        self._events = events
        self._store = store
        self._cancelled = threading.Event()

    def take_in(self, paths: list[Path]) -> None:
        """Add files and folders of them."""
        session = self._store.session
        self._cancelled.clear()
        self._events.job_changed.publish(JOB)
        self._thread.run(
            lambda: plan_import(paths, session), done=self._go_through, failed=self._failed
        )

    def cancel(self) -> None:
        """Stop after the file that is being looked at; nothing is added then."""
        self._cancelled.set()

    def close(self) -> None:
        self._cancelled.set()
        self._thread.close()

    def _go_through(self, plan: ImportPlan) -> None:
        taken: list[ImportedTake] = []
        refused: list[ImportRefused] = []

        def until_cancelled() -> Iterator[ImportedTake | ImportRefused]:
            for outcome in import_takes(plan):
                if self._cancelled.is_set():
                    return
                yield outcome

        def each(outcome: ImportedTake | ImportRefused) -> None:
            if isinstance(outcome, ImportRefused):
                refused.append(outcome)
            else:
                taken.append(outcome)
            done = len(taken) + len(refused)
            self._events.job_changed.publish(replace(JOB, done=done, total=len(plan.takes)))

        self._thread.run_each(
            until_cancelled,
            each=each,
            done=lambda _none: self._finish(taken, refused),
            failed=self._failed,
        )

    def _finish(self, taken: list[ImportedTake], refused: list[ImportRefused]) -> None:
        if self._cancelled.is_set():
            self._events.job_changed.publish(replace(JOB, state=JobState.CANCELLED))
            return
        count = len(taken) + len(refused)
        self._events.job_changed.publish(replace(JOB, state=JobState.DONE, done=count, total=count))
        if taken:
            label = f"Add {len(taken)} recording{'s' if len(taken) > 1 else ''}"
            self._store.apply(label, lambda session: with_imported(session, taken))
        if refused:
            self._tell(len(taken), refused)

    def _tell(self, taken: int, refused: list[ImportRefused]) -> None:
        for one in refused:
            self._events.job_changed.publish(
                JobChanged(
                    f"import {one.file}",
                    one.file.name,
                    JobState.FAILED,
                    detail=one.error.message,
                    can_cancel=False,
                )
            )
        first = refused[0]
        others = (
            f" {len(refused) - 1} more could not be added either (see Activity)."
            if len(refused) > 1
            else ""
        )
        came = f" The other {taken} came in." if taken else ""
        notice = Notice(f"{first.error.message}{others}{came}", first.error.hint, Level.WARNING)
        self._events.notice.publish(notice)

    def _failed(self, error: VgdeskError) -> None:
        self._events.job_changed.publish(replace(JOB, state=JobState.FAILED))
        self._events.notice.publish(Notice.of(error))
