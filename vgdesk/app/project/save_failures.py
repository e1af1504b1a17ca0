import errno
from pathlib import Path

from vgdesk.core.errors import ProjectError

_FULL = ("is on a full disk", "Free some space, or save in a folder on another disk.")
_LOCKED = ("cannot be written to", "Save in your own folder, or ask for write permission.")
_GONE = ("is no longer there", "Connect the drive again, or save in another folder.")
FAILURES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _LOCKED,
    errno.EPERM: _LOCKED,
    errno.EROFS: _LOCKED,
    errno.ENOENT: _GONE,
    errno.ENAMETOOLONG: ("has a name that is too long", "Choose a shorter name."),
}


def not_saved(folder: Path, error: OSError) -> ProjectError:
    """Return an error that says why a project was not saved, what is safe, and what to do."""
    safe = "The last save can still be opened, and your edits are still in this window."
    culprit = Path(error.filename).absolute() if isinstance(error.filename, str) else folder
    if not culprit.is_relative_to(folder) and not folder.is_relative_to(culprit):
        return ProjectError(
            f"The recording {culprit} could not be read ({error.strerror}), so the project was "
            f"not saved. {safe}",
            "Make the file readable or delete the take, then save again.",
        )
    what, hint = FAILURES.get(
        error.errno or 0,
        (f"could not be written ({error.strerror})", "Try again, or save in another folder."),
    )
    return ProjectError(f"{folder.name} was not saved: {folder} {what}. {safe}", hint)
