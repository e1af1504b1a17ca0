from collections.abc import Callable, Iterator
from pathlib import Path

from vgdesk.app.state.events import Events
from vgdesk.app.workers.child_process import ChildProcess, Job, Post
from vgdesk.app.workers.jobs import JobChanged, JobId, JobKind, JobState
from vgdesk.core.errors import VgdeskError
from vgdesk.encoders.hub import DownloadProgress


class Downloads:
    """Downloads models from the hub on request, each in a separate process."""

    def __init__(self, events: Events, post: Post, folder: Path) -> None:
        self._events = events
        self._post = post
        self._folder = folder
        self._running: dict[str, tuple[ChildProcess, Job]] = {}

    def start(
        self,
        repo: str,
        *,
        done: Callable[[Path], object],
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Download a model; an interrupted download is resumed."""
        if repo in self._running:
            return
        into = self._folder / repo.replace("/", "--")
        child = ChildProcess("download process", self._post)
        state = [JobState.RUNNING]

        def hear(progress: DownloadProgress) -> None:
            self._publish(repo, JobState.RUNNING, progress)

        def broke(error: BaseException) -> None:
            state[0] = JobState.FAILED
            if not isinstance(error, VgdeskError):
                raise error
            failed(error)

        def ended(is_done: bool) -> None:
            del self._running[repo]
            child.close()
            if state[0] is JobState.RUNNING:
                state[0] = JobState.DONE if is_done else JobState.CANCELLED
            self._publish(repo, state[0])
            if is_done:
                done(into)

        job = Job(_download, lambda: (repo, into), hear, broke, ended)
        self._running[repo] = child, job
        self._publish(repo, JobState.RUNNING)
        child.submit(job)

    def cancel(self, repo: str) -> None:
        """Stop a download; the files so far are kept for the next attempt."""
        if repo in self._running:
            child, job = self._running[repo]
            child.cancel(job)

    def close(self) -> None:
        for child, _job in self._running.values():
            child.close()

    def _publish(
        self, repo: str, state: JobState, progress: DownloadProgress | None = None
    ) -> None:
        done, total = (progress.done_bytes, progress.total_bytes) if progress else (0, 0)
        self._events.job_changed.publish(
            JobChanged(
                JobId(JobKind.DOWNLOAD, repo),
                f"Downloading {repo} (MB)",
                state,
                done // 1_000_000,
                total // 1_000_000,
                progress.file if progress else "",
            )
        )


def _download(repo: str, into: Path) -> Iterator[DownloadProgress]:
    from vgdesk.encoders.hub import download

    return download(repo, into)
