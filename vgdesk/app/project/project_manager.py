from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from vgdesk.app.project.erasure import carry_out, forget_note, interrupted, plan_removal
from vgdesk.app.project.journal import Journal
from vgdesk.app.project.locations import new_scratch, scratch_folder, takes_folder
from vgdesk.app.project.lock import ProjectLock
from vgdesk.app.project.missing_takes import missing_takes, said_with
from vgdesk.app.project.opening import (
    Opened,
    Unsaved,
    discard_empty,
    never_saved,
    opened_project,
    unsaved_projects,
    with_whole_encoders,
)
from vgdesk.app.project.own_files import refuse_link
from vgdesk.app.project.project_file import Project, open_project, save
from vgdesk.app.project.recovery import left_behind
from vgdesk.app.project.trash import TrashRow, trash_rows
from vgdesk.app.state.events import Events, SessionChanged
from vgdesk.app.state.store import Store
from vgdesk.app.state.view_state import ViewState
from vgdesk.app.words.removal import Removal
from vgdesk.app.workers.background import AT_ONCE, UNTIL_WRITTEN, Background
from vgdesk.app.workers.child_process import Post
from vgdesk.app.workers.jobs import JobChanged, JobId, JobState
from vgdesk.app.workers.long_work import Answers, LongWork, nothing
from vgdesk.core.errors import ProjectError, VgdeskError
from vgdesk.core.model import Session, TakeId, Word
from vgdesk.core.notices import Notice
from vgdesk.core.resources import resource
from vgdesk.encoders.defaults import usual_encoders

DEMO = "demo.vgdesk"
SAVING = "saving"
OPENING = "open"  # one at a time: the last request

_GONE_ON = ProjectError(
    "The other project was not opened because you continued with this one.",
    "Nothing was lost. Open the other project again when you are done.",
)


class ProjectManager:
    """The open project and its folder.

    An unsaved project has a folder too, for its recordings and its journal.

    Attributes
    ----------
    folder
        Folder in which the takes of this project are written.
    home
        Folder in which the project is saved; None before the first save.
    is_recording
        Returns whether a take of this project is being recorded or saved.
    """

    def __init__(
        self, long_work: LongWork, events: Events, store: Store, view_state: ViewState, post: Post
    ) -> None:
        self._post = post
        self._reading = Background("project", post)
        self._threads: dict[tuple[str, Path], Background] = {}
        self._saves = count()
        self._long_work = long_work
        self._events = events
        self._store = store
        self._view_state = view_state
        self.folder = new_scratch(scratch_folder())
        self.home: Path | None = None
        self.is_recording: Callable[[], bool] = lambda: False
        self.title = "Untitled"
        self._opened = 0
        self._lock = ProjectLock.taken_if_possible(self.folder)
        self._journal = Journal(post, self._events.report)
        self._journal.go_on(self.folder, Session())
        self._is_settling = False
        events.session_changed.subscribe(self._edited)

    @property
    def takes_folder(self) -> Path:
        """The folder for new takes; raises ProjectError if it is not writable."""
        folder = takes_folder(self.folder)
        refuse_link(folder)
        try:
            folder.mkdir(exist_ok=True)
        except FileNotFoundError as error:
            raise ProjectError(
                f"The folder {self.folder} is no longer there: it was moved or deleted, or its "
                "drive was disconnected. Words, labels and trims are still in this window.",
                "Connect the drive again or put the folder back; or save the project in another "
                "folder, then record again.",
            ) from error
        except OSError as error:
            raise ProjectError(
                f"{folder} cannot be written to ({error.strerror}). Earlier takes are safe.",
                "Save the project in another folder, then record again.",
            ) from error
        return folder

    def close(self) -> None:
        """Close the project; edits that were not discarded are restored at the next start."""
        for (what, _folder), thread in self._threads.items():
            thread.close(UNTIL_WRITTEN if what == SAVING else AT_ONCE)
        self._reading.close()
        self._journal.close(is_saved=not self._store.has_unsaved_edits)
        self._clear_away()

    def give_up_edits(self) -> None:
        """Set the edits since the last save aside before another project is opened."""
        self._journal.leave()

    def begin_take(self, take: TakeId, word: Word, speaker: str) -> None:
        """Record the start of a take in the journal."""
        self._journal.note(self._store.session, f"Open {self.title}")
        self._journal.begin_take(take, word, speaker)

    def when_written(self, then: Callable[[], object]) -> None:
        """Call `then` once every edit so far is on disk."""
        self._journal.when_written(then)

    def new(self, session: Session) -> None:
        """Start an empty project; the chosen encoders stay."""
        empty = Session(encoders=session.encoders or usual_encoders())
        project = Project(Path(), empty, self._view_state.recipe)
        self._begin(Opened(project), "New project", "Untitled")

    def open_demo(self) -> None:
        """Open the demo project; new recordings are saved elsewhere."""
        demo = resource(DEMO)
        self._open(
            demo,
            lambda: Opened(with_whole_encoders(open_project(demo))),
            lambda opened: self._begin(opened, "Open the demo", "Demo words"),
        )

    def open_last(
        self,
        recent: Sequence[Path],
        opened: Callable[[Path], object],
        otherwise: Callable[[], object],
    ) -> None:
        """Open the project that was interrupted by a crash; otherwise call `otherwise`."""

        def find() -> tuple[Path, ...]:
            unsaved = scratch_folder()
            return left_behind([*(unsaved.iterdir() if unsaved.is_dir() else ()), *recent])

        def go_on(found: tuple[Path, ...]) -> None:
            if not found:
                otherwise()
            elif found[0].parent == scratch_folder():
                self.open_unsaved(found[0], otherwise)
            else:
                self.open(found[0], opened, otherwise=otherwise)
            self._tell_of_others(found[1:])

        job = JobChanged(JobId.of_files(OPENING), "Looking for unsaved edits", JobState.RUNNING)
        self._long_work.run(job, find, Answers(go_on, self._events.report, otherwise))

    def _tell_of_others(self, left: Sequence[Path]) -> None:
        """Report further unsaved projects; saved ones restore their edits when opened."""
        number = sum(folder.parent == scratch_folder() for folder in left)
        if number:
            what = "One more project was" if number == 1 else f"{number} more projects were"
            said = f"{what} never saved before vgdesk closed. All recordings and edits are kept."
            self._events.say(said, "Choose File > Open unsaved work…")

    def list_unsaved(self, listed: Callable[[tuple[Unsaved, ...]], object]) -> None:
        """List the unsaved projects except the open one."""
        self._reading.run(unsaved_projects, done=listed, failed=self._events.report)

    def open_unsaved(self, folder: Path, otherwise: Callable[[], object] = nothing) -> None:
        """Open an unsaved project; if that fails or is cancelled, call `otherwise`."""
        self._open(
            folder,
            lambda: never_saved(folder, self._view_state.recipe),
            lambda found: self._begin(found, "Open unsaved work", "Untitled"),
            otherwise,
        )

    def open(
        self,
        folder: Path,
        opened: Callable[[Path], object],
        *,
        otherwise: Callable[[], object] = nothing,
    ) -> None:
        """Open a project folder; if that fails or is cancelled, call `otherwise`."""
        folder = folder.absolute()
        held, current = self._lock if folder == self.folder else None, self.folder

        def begin(found: Opened) -> None:
            self._begin(found, f"Open {folder.stem}", folder.stem, folder)
            opened(folder)

        def read() -> None:
            self._open(folder, lambda: opened_project(folder, held, current), begin, otherwise)

        # Reopening the same project returns to the last save.
        self._journal.leave(read) if held is not None else read()

    def _open(
        self,
        folder: Path,
        read: Callable[[], Opened],
        begin: Callable[[Opened], object],
        otherwise: Callable[[], object] = nothing,
    ) -> None:
        left = self._store.session

        def done(opened: Opened) -> None:
            if self._has_gone_on(left):
                let_go(opened)
                failed(_GONE_ON)
            else:
                begin(opened)

        def failed(error: VgdeskError) -> None:
            self._stay()
            self._events.report(error)
            otherwise()

        def cancelled() -> None:
            self._stay()
            otherwise()

        def let_go(opened: Opened) -> None:
            if opened.lock is not None and opened.lock is not self._lock:
                opened.lock.release()

        job = JobChanged(JobId.of_files(OPENING), "Opening a project", JobState.RUNNING)
        answers = Answers(done, failed, cancelled, let_go)
        self._long_work.run(job, read, answers, self._thread(OPENING, folder))

    def _has_gone_on(self, left: Session) -> bool:
        """Return whether the project to be closed was edited meanwhile."""
        is_edited = self._store.has_unsaved_edits and self._store.session is not left
        return is_edited or self.is_recording()

    def save(self, folder: Path, saved: Callable[[Path], object]) -> None:
        """Save into a folder, which becomes the project's home."""
        session, recipe, opened = self._store.session, self._view_state.recipe, self._opened

        def write() -> tuple[Session, tuple[Notice, ...]]:
            kept = save(folder, session, recipe)
            return kept, missing_takes(kept)

        def done(written: tuple[Session, tuple[Notice, ...]]) -> None:
            kept, missing = written
            if self._opened != opened:
                saved(folder)  # another project was opened meanwhile: this is not its home
                return
            self._move_to(folder)
            self.title = folder.stem
            self._is_settling = True
            self._store.saved(kept, of=session)
            self._is_settling = False
            self._journal.restart(folder, kept, self._store.session)
            self._events.notice.publish(said_with(f"Saved “{folder.stem}”", missing))
            saved(folder)

        job = JobChanged(
            JobId.of_files(f"save {next(self._saves)}"), f"Saving {folder.stem}", JobState.RUNNING
        )
        self._long_work.run(
            job,
            write,
            Answers(done, self._events.report),
            self._thread(SAVING, folder),
        )

    def _thread(self, what: str, folder: Path) -> Background:
        """Return the thread for one kind of operation on a folder."""
        if (what, folder) not in self._threads:
            self._threads[what, folder] = Background(f"{what} {folder.stem}", self._post)
        return self._threads[what, folder]

    def list_trash(self, listed: Callable[[tuple[TrashRow, ...]], object]) -> None:
        """List the takes in the trash with details of their files."""
        session = self._store.session
        self._reading.run(lambda: trash_rows(session), done=listed, failed=self._events.report)

    def plan_removal(self, speaker: str, planned: Callable[[Removal], object]) -> None:
        """Plan the deletion of a speaker's data, or of the trash if the name is empty."""
        session, earlier, folder = self._store.session, self._store.earlier, self.folder
        self._reading.run(
            lambda: plan_removal(speaker, session, earlier, folder),
            done=planned,
            failed=self._events.report,
        )

    def remove(
        self,
        removal: Removal,
        forget: Callable[[Callable[[], object]], object],
        then: Callable[[], object],
    ) -> None:
        """Delete permanently and save the project; this cannot be undone.

        Parameters
        ----------
        forget
            Called once the project is clean; must call its argument once all other copies are
            deleted.
        """
        session, opened, folder = self._store.session, self._opened, self.folder
        recipe = None if self.home is None else self._view_state.recipe

        def removed(kept: Session) -> None:
            if self._opened != opened:
                return  # the note in the other project handles the rest
            edited = self._store.session
            now = kept if edited is session else removal.applied(edited)
            saved = kept if recipe is not None else removal.applied(self._store.last_saved)
            self._is_settling = True
            self._store.open(now, "Delete permanently", saved=saved)
            self._is_settling = False
            base = kept if recipe is not None else Session()
            self._journal.purge(base, now, lambda: forget(finish))

        def finish() -> None:
            self._thread(SAVING, folder).run(
                lambda: forget_note(folder), done=lambda _none: then(), failed=self._events.report
            )

        self._thread(SAVING, folder).run(
            lambda: carry_out(folder, removal, session, recipe),
            done=removed,
            failed=self._events.report,
        )

    def give_up_removal(self) -> None:
        """Cancel an interrupted deletion; the user is not asked again."""
        folder = self.folder
        self._thread(SAVING, folder).run(lambda: forget_note(folder), failed=self._events.report)

    def _move_to(self, folder: Path) -> None:
        if folder != self.folder:
            self._hold(ProjectLock.taken_if_possible(folder))
        self.folder = self.home = folder

    def _hold(self, lock: ProjectLock | None) -> None:
        if self._lock is not None and self._lock is not lock:
            self._lock.release()
        self._lock = lock

    def _begin(self, opened: Opened, label: str, title: str, home: Path | None = None) -> None:
        project, recovered = opened.project, opened.recovered
        self._opened += 1
        if opened.lock is None or opened.lock is not self._lock:
            self._journal.leave()
            self._clear_away()
        is_ours = recovered is not None
        self.home = home if is_ours else None
        self.folder = project.folder if is_ours else new_scratch(scratch_folder())
        self.title = title if is_ours or home is None else f"{title} (read-only)"
        self._hold(opened.lock or ProjectLock.taken_if_possible(self.folder))
        written = recovered.written if recovered is not None else Session()
        self._journal.go_on(self.folder, written)
        for notice in (*project.warnings, *(recovered.notices if recovered else ())):
            self._events.notice.publish(notice)
        self._view_state.select()
        self._is_settling = True
        self._store.open(project.session, label)
        self._is_settling = False
        if recovered is not None and recovered.label:
            self._store.apply(recovered.label, lambda _saved: recovered.session)
        self._view_state.change(lambda _recipe: project.recipe)
        if is_ours:
            self._look_for_interrupted_removal()

    def _look_for_interrupted_removal(self) -> None:
        session, earlier, folder = self._store.session, self._store.earlier, self.folder
        opened = self._opened

        def found(removal: Removal | None) -> None:
            if removal is not None and self._opened == opened:
                self._events.removal_interrupted.publish(removal)

        self._reading.run(
            lambda: interrupted(folder, session, earlier), done=found, failed=self._events.report
        )

    def _edited(self, change: SessionChanged) -> None:
        if not self._is_settling:
            self._journal.note(change.after, change.label)

    def _clear_away(self) -> None:
        """Delete the folder of an unsaved project if it has no recordings."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        if self.home is None:
            discard_empty(self.folder)

    def _stay(self) -> None:
        """Keep the project as it is, including edits that were about to be discarded."""
        base = Session() if self.home is None else self._store.last_saved
        self._journal.restart(self.folder, base, self._store.session)
