import errno
from pathlib import Path

from filelock import FileLock, Timeout

LOCK_FILE = ".lock"
_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP)


class ProjectLock:
    """A lock that lets only one window write to a project.

    The system releases it when the program ends, even by a crash, so it is never stale.
    """

    def __init__(self, folder: Path, lock: FileLock) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def taken(cls, folder: Path, patience: float = 0.0) -> "ProjectLock | None":
        """Acquire the lock of a project; None if another window holds it beyond `patience`.

        Raises OSError if the folder is not writable, the drive has no locks, or the lock is a link.
        """
        # A soft lock file would remain after the program is killed.
        lock = FileLock(folder / LOCK_FILE, thread_local=False, fallback_to_soft=False)
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            return None
        return cls(folder, lock)

    @classmethod
    def taken_if_possible(cls, folder: Path) -> "ProjectLock | None":
        """Acquire the lock of the user's own folder; None if that is not possible."""
        try:
            return cls.taken(folder)
        except OSError:
            return None

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()


def why_not_locked(error: OSError) -> str:
    """Return why a project cannot be locked, as the predicate of a sentence about it."""
    if error.errno in _NO_LOCKS:
        return "is on a drive without file locks, so two windows could overwrite each other"
    return f"cannot be written to ({error.strerror})"
