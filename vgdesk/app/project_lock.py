import errno
from pathlib import Path

from filelock import FileLock, Timeout

LOCK_FILE = ".lock"


class ProjectLock:
    """Sees to it that one window alone writes into a project.

    The system lets go of it when the program ends, however it ends, so no lock is ever stale.
    """

    def __init__(self, folder: Path, lock: FileLock) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def taken(cls, folder: Path) -> "ProjectLock | None":
        """Take the lock of a project; None if another window has it.

        Raises OSError if nobody can write there, or if the lock is a link.
        """
        if (folder / LOCK_FILE).is_symlink():
            raise OSError(errno.ELOOP, "the lock is a link", str(folder / LOCK_FILE))
        lock = FileLock(folder / LOCK_FILE, blocking=False, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            return None
        return cls(folder, lock)

    def release(self) -> None:
        """Let go of the project."""
        self._lock.release()
