"""Folders of projects, including unsaved ones."""

import tempfile
from pathlib import Path

from vgdesk.app.state.settings import user_folder
from vgdesk.core.errors import ProjectError

SUFFIX = ".vgdesk"


def takes_folder(folder: Path) -> Path:
    """Return the folder of a project's sound files; recordings are written there directly."""
    return folder / "takes"


def scratch_folder() -> Path:
    """Return the folder of unsaved projects."""
    return user_folder("data") / "unsaved"


def new_scratch(parent: Path) -> Path:
    """Create a folder for a new project, because recordings need a place before the first save.

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
            "Free some space there, or set the environment variable VGDESK_HOME to another folder.",
        ) from error
    return folder
