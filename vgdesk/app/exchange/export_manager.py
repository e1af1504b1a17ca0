from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from vgdesk.app.exchange.exporting import export
from vgdesk.app.exchange.problem_report import write_report
from vgdesk.app.project.archive import pack, unpack
from vgdesk.app.project.missing_takes import missing_takes, said_with
from vgdesk.app.state.events import Events
from vgdesk.app.state.settings import Settings
from vgdesk.app.workers.jobs import JobChanged, JobId, JobState
from vgdesk.app.workers.long_work import Answers, LongWork
from vgdesk.core.counting import counted
from vgdesk.core.model import Session
from vgdesk.core.notices import Notice

T = TypeVar("T")


class ExportManager:
    """Export and packing of projects, and unpacking of packed projects."""

    def __init__(self, work: LongWork, events: Events) -> None:
        self._work = work
        self._events = events

    def export(self, session: Session, kind: str, target: Path, *, force: bool = False) -> None:
        """Export words; `force` replaces an existing file."""
        done = f"Exported {counted(len(session.words), 'word')} to {target}"

        def write() -> tuple[Notice, ...]:
            export(session, kind, target, force=force)
            return missing_takes(session)

        self._run(f"Exporting {target.name}", write, lambda gaps: self._tell(done, gaps))

    def pack(self, project: Path, file: Path, *, force: bool = False) -> None:
        """Pack a saved project into one file; `force` replaces an existing file."""

        def write() -> tuple[str, tuple[Notice, ...]]:
            gaps = pack(project, file, force=force).warnings
            size = file.stat().st_size / 1e6
            return f"Packed “{project.stem}” into {file.name} ({size:,.1f} MB)", gaps

        self._run(f"Packing {file.name}", write, lambda packed: self._tell(*packed))

    def unpack(self, file: Path, folder: Path, then: Callable[[], object]) -> None:
        """Unpack a file into a project; `then` is called on success."""

        def done(_none: None) -> None:
            self._events.say(f"Unpacked “{folder.stem}”.")
            then()

        self._run(f"Unpacking {file.name}", lambda: unpack(file, folder), done)

    def save_report(self, file: Path, settings: Settings) -> None:
        """Write a report for support, without recordings and words."""
        self._run(
            "Saving a report",
            lambda: write_report(file, settings),
            lambda _none: self._events.say(
                f"Saved the report as {file}.", "Read it before you send it."
            ),
        )

    def _run(self, title: str, call: Callable[[], T], done: Callable[[T], object]) -> None:
        job = JobChanged(JobId.of_files(title), title, JobState.RUNNING)
        self._work.run(job, call, Answers(done, self._events.report))

    def _tell(self, done: str, gaps: tuple[Notice, ...]) -> None:
        self._events.notice.publish(said_with(done, gaps))
