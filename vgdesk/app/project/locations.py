"""Where projects are: each is a folder, also one that was never saved."""

import tempfile
from pathlib import Path

from vgdesk.app.state.settings import user_folder
from vgdesk.core.errors import ProjectError

SUFFIX = ".vgdesk"


def takes_folder(folder: Path) -> Path:
    """Return where a project keeps its sound files; recordings are written there at once."""
    return folder / "takes"


def scratch_folder() -> Path:
    """Return where projects live that were never saved."""
    return user_folder("data") / "unsaved"


def new_scratch(parent: Path) -> Path:
    """Make a folder for a project that was not saved yet: recordings need a place.

    Raises
    ------
    ProjectError
        If `parent` cannot be written to.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="unsaved-", suffix=SUFFIX, dir=parent)).absolute()
        takes_folder(folder).mkdir()
    except OSError as error:
        raise ProjectError(
            f"New recordings cannot be saved in {parent} ({error.strerror}). Nothing was lost.",
            "Free some space there, or name another folder in the variable VGDESK_HOME.",
        ) from error
    return folder
