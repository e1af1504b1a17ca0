from collections.abc import Callable

from vgdesk.app.analysing.analysis_processes import AnalysisProcesses
from vgdesk.app.analysing.pipeline import Pipeline
from vgdesk.app.project.erasure import clear_vectors
from vgdesk.app.project.project_manager import ProjectManager
from vgdesk.app.words.removal import Removal
from vgdesk.app.workers.background import Background
from vgdesk.app.workers.child_process import ChildProcess
from vgdesk.core.errors import VgdeskError


class PermanentRemoval:
    """Deletes recordings permanently: from the project, the disk and every process."""

    def __init__(
        self,
        projects: ProjectManager,
        pipeline: Pipeline,
        encoders: ChildProcess,
        analysing: AnalysisProcesses,
        files: Background,
        *,
        failed: Callable[[VgdeskError], object],
    ) -> None:
        self._projects = projects
        self._pipeline = pipeline
        self._encoders = encoders
        self._analysis_processes = analysing
        self._files = files
        self._failed = failed

    def remove(self, removal: Removal, then: Callable[[], object]) -> None:
        """Carry out a removal, which cannot be undone. Recording must be stopped."""
        drop = self._drop_vectors if removal.speaker else lambda done: done()
        self._projects.remove(removal, drop, then)

    def _drop_vectors(self, then: Callable[[], object]) -> None:
        """End the processes that read the sound, and delete their cached vectors."""

        def forgotten(_none: None) -> None:
            self._pipeline.drop_vectors()
            then()

        def clear() -> None:
            self._files.run(clear_vectors, done=forgotten, failed=self._failed)

        self._encoders.renew(lambda: self._analysis_processes.renew(clear))
