import errno
from pathlib import Path

from filelock import FileLock, Timeout

LOCK_FILE = ".lock"
_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP)


class ProjectLock:
    """Sees to it that one window alone writes into a project.

    The system lets go of it when the program ends, however it ends, so no lock is ever stale.
    """

    def __init__(self, folder: Path, lock: FileLock) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def taken(cls, folder: Path, patience: float = 0.0) -> "ProjectLock | None":
        """Take the lock of a project; None if another window has it for longer than `patience`.

        Raises OSError if nobody can write there, the drive offers no locks, or the lock is a link.
        """
        # A file that stands for a lock would stay behind when the program is killed.
        lock = FileLock(folder / LOCK_FILE, thread_local=False, fallback_to_soft=False)
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            return None
        return cls(folder, lock)

    @classmethod
    def taken_if_possible(cls, folder: Path) -> "ProjectLock | None":
        """Take the lock of a folder that only this user has; None if that is not possible."""
        try:
            return cls.taken(folder)
        except OSError:
            return None

    def release(self) -> None:
        """Let go of the project."""
        self._lock.release()


def why_not_locked(error: OSError) -> str:
    """Say why a project cannot be locked, as the end of a sentence that begins with its name."""
    if error.errno in _NO_LOCKS:
        return "is on a drive without file locks, so two windows could overwrite each other"
    return f"cannot be written to ({error.strerror})"
