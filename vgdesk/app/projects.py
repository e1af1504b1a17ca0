from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from vgdesk.app.background import Background
from vgdesk.app.encoder_shelf import BASELINES, usual_encoders
from vgdesk.app.events import Events, Level, Notice
from vgdesk.app.looking import Looking
from vgdesk.app.project_file import (
    Project,
    new_scratch,
    open_project,
    save,
    scratch_folder,
    takes_folder,
)
from vgdesk.app.store import Store
from vgdesk.core.errors import ProjectError, VgdeskError
from vgdesk.core.model import Cell, Session
from vgdesk.core.resources import resource

DEMO = "demo.vgdesk"


class ProjectDesk:
    """Which project is open and where it is kept.

    A project that was never saved has a folder too: recordings need a place at once.

    Attributes
    ----------
    folder
        Where the takes of this project are written.
    home
        Where the project is saved; None as long as it is not.
    """

    def __init__(self, files: Background, events: Events, store: Store, looking: Looking) -> None:
        self._files = files
        self._events = events
        self._store = store
        self._looking = looking
        self.folder = new_scratch(scratch_folder())
        self.home: Path | None = None
        self.title = "Untitled"
        self._opened = 0

    @property
    def takes_folder(self) -> Path:
        """Where the takes of this project are written; raises ProjectError if it cannot be."""
        folder = takes_folder(self.folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(
                f"{folder} cannot be written to ({error.strerror}). Earlier takes are safe.",
                "Save the project in another folder, then record again.",
            ) from error
        return folder

    def close(self) -> None:
        """Clear away the folder of a project that was never saved, if nothing is in it."""
        if self.home is None:
            for folder in (takes_folder(self.folder), self.folder):
                with suppress(OSError):
                    folder.rmdir()  # refuses if recordings are in it: they stay

    def new(self, session: Session) -> None:
        """Begin an empty project; the chosen encoders stay."""
        empty = Session(encoders=session.encoders or usual_encoders())
        self._begin(Project(Path(), empty, self._looking.recipe), "New project", "Untitled")

    def open_demo(self) -> None:
        """Open the words that ship; what is recorded into them is saved elsewhere."""
        self._files.run(
            lambda: _with_what_is_whole(open_project(resource(DEMO))),
            done=lambda project: self._begin(project, "Open the demo", "Demo words"),
            failed=self._failed,
        )

    def open(
        self,
        folder: Path,
        opened: Callable[[Path], object],
        *,
        otherwise: Callable[[], object] = lambda: None,
    ) -> None:
        """Open a project folder; if that fails, say why and call `otherwise`."""

        def begin(project: Project) -> None:
            home = None if project.read_only else folder
            self._begin(project, f"Open {folder.stem}", folder.stem, home)
            opened(folder)

        def failed(error: VgdeskError) -> None:
            self._failed(error)
            otherwise()

        self._files.run(lambda: open_project(folder), done=begin, failed=failed)

    def save(self, folder: Path, saved: Callable[[Path], object]) -> None:
        """Save into a folder, which is the project's home from then on."""
        session, recipe, opened = self._store.session, self._looking.recipe, self._opened

        def done(kept: Session) -> None:
            if self._opened != opened:
                saved(folder)  # another project was opened meanwhile: this is not its home
                return
            self.folder = self.home = folder
            self.title = folder.stem
            if self._store.session is session:  # else it was edited meanwhile and is unsaved again
                self._store.saved(kept)
            self._events.notice.publish(Notice(f"Saved “{folder.stem}”."))
            saved(folder)

        self._files.run(lambda: save(folder, session, recipe), done=done, failed=self._failed)

    def _begin(self, project: Project, label: str, title: str, home: Path | None = None) -> None:
        self._opened += 1
        self.close()
        self.folder = home or new_scratch(scratch_folder())
        self.home, self.title = home, title
        for notice in project.warnings:
            self._events.notice.publish(notice)
        self._looking.select()
        self._store.open(project.session, label)
        self._looking.change(lambda _recipe: project.recipe)

    def _failed(self, error: VgdeskError) -> None:
        self._events.notice.publish(Notice.of(error))


def _with_what_is_whole(demo: Project) -> Project:
    """Let baselines stand in for encoders that should have shipped; the program must start."""
    usual = usual_encoders()
    whole = {*usual.values(), *BASELINES.values()}
    absent = set(demo.session.encoders.values()) - whole
    if not absent:
        return demo
    notice = Notice(
        f"{len(absent)} of the encoders that ship with vgdesk are missing or damaged. The demo "
        "opens without them.",
        "Install vgdesk again.",
        Level.WARNING,
    )
    return replace(
        demo,
        session=replace(demo.session, encoders=usual),
        recipe=replace(demo.recipe, a=Cell.SPEECH, b=Cell.TEXT),
        warnings=(*demo.warnings, notice),
    )
