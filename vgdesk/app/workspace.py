from collections.abc import Callable
from pathlib import Path

from vgdesk.app.analysing.analysis_processes import AnalysisProcesses
from vgdesk.app.analysing.pipeline import Pipeline
from vgdesk.app.encoding.downloads import Downloads
from vgdesk.app.encoding.encoder_registry import EncoderRegistry
from vgdesk.app.encoding.encoder_selection import EncoderSelection
from vgdesk.app.encoding.encoding_queue import EncodeOptions, EncodingQueue
from vgdesk.app.encoding.gate_encoding import GateEncoding
from vgdesk.app.exchange.export_manager import ExportManager
from vgdesk.app.exchange.import_manager import ImportManager
from vgdesk.app.exchange.list_manager import ListManager
from vgdesk.app.exchange.segmentation_manager import SegmentationManager
from vgdesk.app.permanent_removal import PermanentRemoval
from vgdesk.app.project.project_manager import DEMO, ProjectManager
from vgdesk.app.recording.capture import HOLDS_A_TAKE, Capture
from vgdesk.app.recording.microphone_check import MicrophoneCheck
from vgdesk.app.recording.microphone_check import clear as clear_check
from vgdesk.app.recording.playback import Playback
from vgdesk.app.recording.take_sequence import TakeSequence
from vgdesk.app.recording.take_sounds import TakeSounds
from vgdesk.app.state.editor import Editor
from vgdesk.app.state.events import Events, SessionChanged
from vgdesk.app.state.settings import Settings, embeddings_folder, user_folder
from vgdesk.app.state.settings_manager import SettingsManager
from vgdesk.app.state.store import Store
from vgdesk.app.state.view_state import ViewState
from vgdesk.app.words.prompt_order import due_words
from vgdesk.app.words.removal import Removal
from vgdesk.app.workers.background import UNTIL_WRITTEN, Background
from vgdesk.app.workers.child_process import ChildProcess, Post
from vgdesk.app.workers.jobs import JobId, JobKind
from vgdesk.app.workers.long_work import LongWork
from vgdesk.audio.recorder import RecorderEvent
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import EncoderId, Session, Word
from vgdesk.core.resources import resource
from vgdesk.core.viewing import Selection, ViewRecipe


class Workspace:
    """One open project and the parts that work on it; creates, connects and closes them.

    All methods are called on the main thread and return at once; slow work runs in background
    threads and child processes and reports through `events`.
    """

    def __init__(self, post: Post) -> None:
        self.events = Events()
        self._settings = SettingsManager(post, failed=self.events.report)
        self.store = Store(self.events)
        self.editor = Editor(self.store)
        recipe = ViewRecipe(label_column=self.settings.label_column)
        self.view_state = ViewState(self.events, recipe)
        self._files = Background("files", post)
        self._sound = Background("sound", post)
        self._long_work = LongWork(self.events.job_changed.publish, post)
        # This may fail, so it precedes the child processes, which cannot end before they start.
        self.projects = ProjectManager(
            self._long_work, self.events, self.store, self.view_state, post
        )
        self._encoder_process = ChildProcess("encoder process", post)
        self._analysis_processes = AnalysisProcesses(post)
        self._add_encoding(post)
        self._add_exchange(post)
        self._add_recording(post)
        self.events.session_changed.subscribe(self._session_changed)
        self.events.selection_changed.subscribe(self._inspect)

    def _add_encoding(self, post: Post) -> None:
        self.encoder_registry = EncoderRegistry(self._long_work, self._encoders_changed)
        self.encoding = EncodingQueue(
            self._encoder_process,
            self.events,
            spec_of=self.encoder_registry.spec,
            options=self._options,
        )
        gates = GateEncoding(
            self._encoder_process,
            self.events,
            spec_of=self.encoder_registry.spec,
            options=self._options,
        )
        self.pipeline = Pipeline(self._analysis_processes, self.events, self.encoding, gates)
        self.downloads = Downloads(self.events, post, user_folder("data") / "models")
        self.encoder_selection = EncoderSelection(
            self.encoder_registry,
            self.encoding,
            self.downloads,
            self.store,
            self.events,
            self.change_settings,
        )
        self._permanent_removal = PermanentRemoval(
            self.projects,
            self.pipeline,
            self._encoder_process,
            self._analysis_processes,
            self._files,
            failed=self.events.report,
        )

    def _add_exchange(self, post: Post) -> None:
        self.exports = ExportManager(self._long_work, self.events)
        self.imports = ImportManager(
            Background("imports", post), self._long_work, self.events, self.store
        )
        self.lists = ListManager(self._files, self.store, self.view_state, self.events)
        self.segmentation = SegmentationManager(self._long_work, self.store, self.events)

    def _add_recording(self, post: Post) -> None:
        self.capture = Capture(
            self._sound,
            failed=self._microphone_failed,
            found=lambda: self.events.microphones_found.publish(self.capture.microphones),
            heard=lambda event: post(lambda: self._hear(event)),
        )
        self.projects.is_recording = lambda: self.capture.phase in HOLDS_A_TAKE
        self.playback = Playback(self._sound, failed=self.events.report)
        self.sounds = TakeSounds(
            self._files, self.playback, self.store, self.view_state, self.events
        )
        self.microphone_check = MicrophoneCheck(
            self.capture, self.playback, self._files, failed=self.events.report, post=post
        )
        self.take_sequence = TakeSequence(
            self.capture,
            self.projects,
            self.store,
            self.view_state,
            self.playback,
            self.events,
            settings=lambda: self.settings,
            post=post,
        )

    @property
    def session(self) -> Session:
        return self.store.session

    @property
    def settings(self) -> Settings:
        return self._settings.settings

    @property
    def due_words(self) -> tuple[Word, ...]:
        """The words that the current speaker has not recorded yet."""
        due = due_words(self.session, self.take_sequence.plan, self.settings.speaker)
        return tuple(self.session.words[word] for word in due)

    def start(self, project: Path | None = None) -> None:
        """Find the user's models and open a project, or the demo."""
        for notice in self._settings.notices:
            self.events.notice.publish(notice)
        for folder, is_grounded in self.settings.model_folders:
            self.encoder_registry.add_folder(
                Path(folder),
                is_grounded=is_grounded,
                done=lambda _spec: None,
                failed=self.events.report,
            )
        self.capture.look_for_microphones()
        if project is None:
            recent = self.settings.recent_projects
            self.projects.open_last(recent, self._is_recent, self.projects.open_demo)
        else:
            self.projects.open(project, self._is_recent, otherwise=self.projects.open_demo)

    def close(self) -> None:
        """Finish the running take, then end every thread and process."""
        self.playback.stop()
        self.take_sequence.close()
        self.microphone_check.finish()
        self.capture.close()
        self.imports.close()
        self._long_work.close()
        self._files.close()
        self._settings.close()
        self._sound.close(UNTIL_WRITTEN)
        clear_check()  # not before the running take is written
        self.projects.close()
        self.downloads.close()
        self._encoder_process.close()
        self._analysis_processes.close()

    def configure(self, **changes: object) -> None:
        """Change settings by name and save them."""
        self._settings.configure(**changes)

    def change_settings(self, change: Callable[[Settings], Settings]) -> None:
        """Change settings and save them."""
        self._settings.change(change)

    def open(self, folder: Path) -> None:
        self.projects.open(folder, self._is_recent)

    def save(self, folder: Path, then: Callable[[], object] = lambda: None) -> None:
        """Save into a folder; `then` is called on success."""

        def saved(home: Path) -> None:
            self._is_recent(home)
            then()

        self.projects.save(folder, saved)

    def delete_permanently(self, removal: Removal, then: Callable[[], object]) -> None:
        """Permanently delete all data of a speaker, or the trash."""
        if self.capture.phase in HOLDS_A_TAKE:
            self.events.report(
                VgdeskError("A take is being recorded or saved.", "Stop it with R first.")
            )
            return
        self.take_sequence.close()
        self.playback.stop()
        self.imports.cancel()
        if removal.speaker and removal.speaker == self.settings.speaker:
            self.configure(speaker="")
        self._permanent_removal.remove(removal, then)

    def cancel(self, job: JobId) -> None:
        """Stop a job of the Activity panel."""
        match job.kind:
            case JobKind.ENCODING:
                self.encoding.cancel(EncoderId(job.name))
            case JobKind.DOWNLOAD:
                self.downloads.cancel(job.name)
            case JobKind.IMPORT:
                self.imports.cancel()
            case JobKind.FILES:
                self._long_work.cancel(job)

    def _is_recent(self, folder: Path) -> None:
        self.change_settings(lambda settings: settings.with_recent(folder))

    def _hear(self, event: RecorderEvent) -> None:
        if not self.microphone_check.hear(event):
            self.take_sequence.hear(event)

    def _microphone_failed(self, error: VgdeskError) -> None:
        self.microphone_check.fail()
        self.take_sequence.failed(error)

    def _options(self) -> EncodeOptions:
        return EncodeOptions(embeddings_folder(), self.settings.device, resource(DEMO) / "cache")

    def _session_changed(self, change: SessionChanged) -> None:
        self.view_state.session_changed(change.after)
        self.take_sequence.session_changed(change.after)
        self._encoders_changed()

    def _encoders_changed(self) -> None:
        self.pipeline.session_changed(self.session, self.view_state.recipe)

    def _inspect(self, selection: Selection) -> None:
        take = self.sounds.take_of(selection.primary) if selection.primary else None
        self.pipeline.inspect(take.id if take else None)
