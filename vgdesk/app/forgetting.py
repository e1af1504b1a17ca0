from collections.abc import Callable

from vgdesk.app.analysing import Analysing
from vgdesk.app.background import Background
from vgdesk.app.child_process import ChildProcess
from vgdesk.app.pipeline import Pipeline
from vgdesk.app.projects import ProjectDesk
from vgdesk.app.purging import clear_vectors
from vgdesk.app.removal import Removal
from vgdesk.core.errors import VgdeskError


class Forgetting:
    """Deletes recordings permanently: from the project, the disk and every process."""

    def __init__(
        self,
        projects: ProjectDesk,
        pipeline: Pipeline,
        encoders: ChildProcess,
        analysing: Analysing,
        files: Background,
        *,
        failed: Callable[[VgdeskError], object],
    ) -> None:
        self._projects = projects
        self._pipeline = pipeline
        self._encoders = encoders
        self._analysing = analysing
        self._files = files
        self._failed = failed

    def remove(self, removal: Removal, then: Callable[[], object]) -> None:
        """Carry out a removal, which cannot be undone. Recording must be stopped."""
        forget = self._forget_vectors if removal.speaker else lambda done: done()
        self._projects.remove(removal, forget, then)

    def _forget_vectors(self, then: Callable[[], object]) -> None:
        """End the processes that read the sound, and delete their cached vectors."""

        def forgotten(_none: None) -> None:
            self._pipeline.forget_vectors()
            then()

        def clear() -> None:
            self._files.run(clear_vectors, done=forgotten, failed=self._failed)

        self._encoders.renew(lambda: self._analysing.renew(clear))
