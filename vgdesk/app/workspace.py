from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from vgdesk.analyses.lexicon.ratings import RATINGS
from vgdesk.app.analysing.analysis_processes import AnalysisProcesses
from vgdesk.app.analysing.pipeline import Pipeline
from vgdesk.app.encoding.downloads import Downloads
from vgdesk.app.encoding.encoder_registry import EncoderRegistry
from vgdesk.app.encoding.encoder_selection import EncoderSelection
from vgdesk.app.encoding.encoding_queue import EncodeOptions, EncodingQueue
from vgdesk.app.encoding.gate_encoding import GateEncoding
from vgdesk.app.exchange.export_manager import ExportManager
from vgdesk.app.exchange.import_manager import ImportManager
from vgdesk.app.exchange.segmentation import LongRecording, Piece, propose, with_pieces
from vgdesk.app.exchange.word_lists import open_words, with_words
from vgdesk.app.permanent_removal import PermanentRemoval
from vgdesk.app.project.project_manager import DEMO, ProjectManager
from vgdesk.app.recording.capture import HOLDS_A_TAKE, Capture
from vgdesk.app.recording.microphone_check import MicrophoneCheck
from vgdesk.app.recording.microphone_check import clear as clear_check
from vgdesk.app.recording.playback import Playback
from vgdesk.app.recording.take_sequence import TakeSequence
from vgdesk.app.state.events import Events, SessionChanged
from vgdesk.app.state.settings import (
    Settings,
    embeddings_folder,
    load_settings,
    save_settings,
    user_folder,
)
from vgdesk.app.state.store import Store
from vgdesk.app.state.view_state import ViewState
from vgdesk.app.words.prompt_order import due_words
from vgdesk.app.words.pronunciation import with_typed_label
from vgdesk.app.words.ratings_file import Rated, rated_pairs, read_ratings
from vgdesk.app.words.removal import Removal
from vgdesk.app.workers.background import UNTIL_WRITTEN, Background
from vgdesk.app.workers.child_process import ChildProcess, Post
from vgdesk.app.workers.jobs import JobChanged, JobId, JobKind, JobState
from vgdesk.app.workers.long_work import Answers, LongWork
from vgdesk.audio.excerpts import Excerpt, read_excerpt
from vgdesk.audio.recorder import RecorderEvent
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import EncoderId, Session, Take, TakeId, WordId
from vgdesk.core.notices import Notice
from vgdesk.core.resources import resource
from vgdesk.core.viewing import Selection, ViewRecipe


class Workspace:
    """One open project and everything that works on it. The window talks to nothing else.

    All methods are called on the main thread and return at once; what takes time happens in
    background threads and child processes, and is heard of through `events`.
    """

    def __init__(self, post: Post) -> None:
        self.events = Events()
        self._settings_file = user_folder("config") / "settings.json"
        self.settings, self._first_notices = load_settings(self._settings_file)
        self.store = Store(self.events)
        self.view_state = ViewState(
            self.events, ViewRecipe(label_column=self.settings.label_column)
        )
        self._post = post
        self._files = Background("files", post)
        self._long_work = LongWork(self.events.job_changed.publish, post)
        # First what may refuse: a process that has begun to start does not like to be left alone.
        self.projects = ProjectManager(
            self._long_work, self.events, self.store, self.view_state, post
        )
        self._settings = Background("settings", post)
        self._sound = Background("sound", post)
        self._encoder_process = ChildProcess("encoder process", post)
        self._analysis_processes = AnalysisProcesses(post)
        self.encoder_registry = EncoderRegistry(self._long_work, self._follow)
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
        self._permanent_removal = PermanentRemoval(
            self.projects,
            self.pipeline,
            self._encoder_process,
            self._analysis_processes,
            self._files,
            failed=self.tell,
        )
        self.exports = ExportManager(self._long_work, self.events)
        self.imports = ImportManager(
            Background("imports", post), self._long_work, self.events, self.store
        )
        self.capture = Capture(
            self._sound,
            failed=self._microphone_failed,
            found=lambda: self.events.microphones_found.publish(self.capture.microphones),
            heard=lambda event: post(lambda: self._hear(event)),
        )
        self.projects.is_recording = lambda: self.capture.phase in HOLDS_A_TAKE
        self.playback = Playback(self._sound, failed=self.tell)
        self.microphone_check = MicrophoneCheck(
            self.capture, self.playback, self._files, failed=self.tell, post=post
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
        self.downloads = Downloads(self.events, post, user_folder("data") / "models")
        self.encoder_selection = EncoderSelection(
            self.encoder_registry,
            self.encoding,
            self.downloads,
            self.store,
            self.events,
            self.change_settings,
        )
        self.events.session_changed.subscribe(self._session_changed)
        self.events.selection_changed.subscribe(self._inspect)

    @property
    def session(self) -> Session:
        return self.store.session

    def start(self, project: Path | None = None) -> None:
        """Find the user's models and open a project, or else the demo."""
        for notice in self._first_notices:
            self.events.notice.publish(notice)
        for folder, is_grounded in self.settings.model_folders:
            self.encoder_registry.add_folder(
                Path(folder), is_grounded=is_grounded, done=lambda _spec: None, failed=self.tell
            )
        self.capture.look_for_microphones()
        if project is None:
            recent = self.settings.recent_projects
            self.projects.open_last(recent, self._is_recent, self.projects.open_demo)
        else:
            self.projects.open(project, self._is_recent, otherwise=self.projects.open_demo)

    def close(self) -> None:
        """Keep what runs, then end every thread and process."""
        self.playback.stop()
        self.take_sequence.close()
        self.microphone_check.finish()
        self.capture.close()
        self.imports.close()
        self._long_work.close()
        self._files.close()
        for thread in (self._settings, self._sound):
            thread.close(UNTIL_WRITTEN)
        clear_check()  # a word that was still being said was written until now
        self.projects.close()
        self.downloads.close()
        self._encoder_process.close()
        self._analysis_processes.close()

    def _hear(self, event: RecorderEvent) -> None:
        if not self.microphone_check.hear(event):
            self.take_sequence.hear(event)

    def _microphone_failed(self, error: VgdeskError) -> None:
        self.microphone_check.fail()
        self.take_sequence.failed(error)

    def tell(self, error: VgdeskError) -> None:
        """Show an error to the user."""
        self.events.notice.publish(Notice.of(error))

    def configure(self, **changes: object) -> None:
        """Change settings and keep them."""
        self.change_settings(lambda settings: replace(settings, **changes))  # type: ignore[arg-type]

    def change_settings(self, change: Callable[[Settings], Settings]) -> None:
        """Change settings and keep them; what another window has changed meanwhile stays."""
        self.settings = change(self.settings)
        self._settings.run(lambda: save_settings(self._settings_file, change), failed=self.tell)

    # Projects

    def open(self, folder: Path) -> None:
        self.projects.open(folder, self._is_recent)

    def save(self, folder: Path, then: Callable[[], object] = lambda: None) -> None:
        """Save into a folder; `then` is called if that went well."""

        def saved(home: Path) -> None:
            self._is_recent(home)
            then()

        self.projects.save(folder, saved)

    def _is_recent(self, folder: Path) -> None:
        self.change_settings(lambda settings: settings.with_recent(folder))

    # Words and takes

    def delete(self, words: frozenset[WordId], takes: frozenset[TakeId]) -> None:
        """Take words and takes out of the list; the sound files stay where they are."""
        count = len(words) or len(takes)
        what = ("word" if words else "take") + ("s" if count > 1 else "")

        def without(session: Session) -> Session:
            return session.without_takes(takes).without_words(words)

        self.store.apply(f"Delete {count} {what}", without)

    def label(self, words: list[WordId], column: str, value: str) -> None:
        """Give words a label, for example the category they belong to."""

        def labelled(session: Session) -> Session:
            for word in words:
                session = session.with_word(with_typed_label(session.words[word], column, value))
            return session

        self.store.apply(f"Label {len(words)} words “{value}”", labelled)

    def trim(self, take: TakeId, start: float, end: float) -> None:
        """Say which part of the recording is the word; the recording stays whole."""
        trimmed = replace(self.session.takes[take], start=start, end=end)
        self.store.apply(f"Trim {take}", lambda session: session.with_take(trimmed))

    def propose_trim(self, take: TakeId) -> None:
        """Let voice activity find the word in the recording."""
        wanted = self.session.takes[take]

        def find() -> tuple[float, float] | None:
            part = read_excerpt(wanted.file, wanted.start, wanted.end)
            found = find_word(part.recording)
            return found and (found[0] + part.begin, found[1] + part.begin)

        def done(found: tuple[float, float] | None) -> None:
            if found is not None and take in self.session.takes:
                self.trim(take, *found)
            elif found is None:
                self.events.notice.publish(
                    Notice("No voice was found in this take.", "Drag the handles yourself.")
                )

        self._files.run(find, done=done, failed=self.tell)

    def delete_permanently(self, removal: Removal, then: Callable[[], object]) -> None:
        """Delete a speaker, or what is in the trash; no undo leads back."""
        if self.capture.phase in HOLDS_A_TAKE:
            self.tell(VgdeskError("A take is being recorded or saved.", "Stop it with R first."))
            return
        self.take_sequence.close()
        self.playback.stop()
        self.imports.cancel()
        if removal.speaker and removal.speaker == self.settings.speaker:
            self.configure(speaker="")
        self._permanent_removal.remove(removal, then)

    # Listening

    def play(self, words: Sequence[WordId]) -> None:
        """Play words one after the other, each by its inspected or first take."""
        found = [self._take_to_play(word) for word in words]
        takes = [take for take in found if take is not None]
        if takes:
            self.playback.play(takes)
        elif words:
            self.events.notice.publish(
                Notice("This word has not been recorded yet.", "Press R and say it.")
            )

    def play_part(self, take: TakeId, seconds: float, *, is_end: bool) -> None:
        """Play some seconds from the start of a take, or those at its end."""
        if take in self.session.takes:
            self.playback.play_part(self.session.takes[take], seconds, is_end=is_end)

    def _take_to_play(self, word: WordId) -> Take | None:
        takes = self.session.takes_of(word)
        inspected = [take for take in takes if take.id == self.view_state.selection.take]
        return next(iter((*inspected, *takes)), None)

    def read_sound(self, take: Take, done: Callable[[Excerpt], object]) -> None:
        """Read the recording of a take for the inspector; of a long one what is around the word."""
        self._files.run(
            lambda: read_excerpt(take.file, take.start, take.end), done=done, failed=self.tell
        )

    def read_words(
        self,
        name: str,
        done: Callable[[Session], object],
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Read a list that ships or a file, and do nothing with it yet."""
        self._files.run(lambda: open_words(name), done=done, failed=failed)

    def add_words(self, name: str) -> None:
        """Add the words of a list that ships or of a file."""

        def add(found: Session) -> None:
            label = f"Add {len(found.words)} words"
            known = set(self.session.words)
            self.store.apply(label, lambda session: with_words(session, found))
            # The first one is offered for recording.
            self.view_state.select(*[word for word in self.session.words if word not in known][:1])

        self._files.run(lambda: open_words(name), done=add, failed=self.tell)

    def look_into(self, file: Path, done: Callable[[LongRecording], object]) -> None:
        """Find the words in a long recording; the list is laid against them."""
        session, plan, speaker = self.session, self.take_sequence.plan, self.settings.speaker
        words = [session.words[word] for word in due_words(session, plan, speaker)]
        job = JobChanged(
            JobId.of_files(f"cut {file}"), f"Listening to {file.name}", JobState.RUNNING
        )
        self._long_work.run(job, lambda: propose(file, words), Answers(done, self.tell))

    def cut(self, file: Path, pieces: Sequence[tuple[str, Piece]]) -> None:
        """Make takes of the pieces of a long recording."""
        count = sum(bool(text) for text, _piece in pieces)
        label = f"Cut {file.name} into {count} word{'s' * (count != 1)}"
        speaker = self.settings.speaker
        self.store.apply(label, lambda session: with_pieces(session, file, pieces, speaker))

    def play_stretch(self, file: Path, start: float, end: float) -> None:
        """Play a part of a sound file."""
        self.playback.play([Take(TakeId(""), WordId(""), file, start=start, end=end)])

    def load_ratings(self, file: Path) -> None:
        """Take over how alike people find two words, instead of what was loaded before."""

        def take_over(rated: Rated) -> None:
            label = f"Load {len(rated)} similarity ratings"
            self.store.apply(label, lambda session: replace(session, ratings=rated))
            pairs = len(rated_pairs(self.session))
            said = f"{len(rated)} ratings were loaded; {pairs} pairs have both words in the list."
            self.events.notice.publish(Notice(said))
            self.view_state.change(lambda recipe: replace(recipe, curve=RATINGS.id))

        self._files.run(lambda: read_ratings(file), done=take_over, failed=self.tell)

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

    def _options(self) -> EncodeOptions:
        return EncodeOptions(embeddings_folder(), self.settings.device, resource(DEMO) / "cache")

    def _session_changed(self, change: SessionChanged) -> None:
        self.view_state.session_changed(change.after)
        self.take_sequence.session_changed(change.after)
        self._follow()

    def _inspect(self, selection: Selection) -> None:
        take = self._take_to_play(selection.primary) if selection.primary else None
        self.pipeline.inspect(take.id if take else None)

    def _follow(self) -> None:
        self.pipeline.session_changed(self.session, self.view_state.recipe)
