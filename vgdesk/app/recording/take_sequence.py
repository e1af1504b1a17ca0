from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from threading import Timer

from vgdesk.app.project.project_manager import ProjectManager
from vgdesk.app.recording.capture import Capture, Kept, Phase
from vgdesk.app.recording.playback import Playback
from vgdesk.app.state.events import Events
from vgdesk.app.state.settings import RecordMode, Settings
from vgdesk.app.state.store import Store
from vgdesk.app.state.view_state import ViewState
from vgdesk.app.words.identifiers import new_word, next_take_id
from vgdesk.app.words.prompt_order import PromptPlan, next_prompt, step_prompt
from vgdesk.app.workers.child_process import Post
from vgdesk.audio.recorder import RecorderEvent, RecorderEventKind
from vgdesk.audio.take_checks import DAMAGED
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Take, TakeId, TakeSource, Verdict, Word, WordId
from vgdesk.core.notices import Level, Notice


class Stage(Enum):
    """The state shown by the traffic light; the value is its caption."""

    OFF = "Idle"
    OPENING = "Opening"
    READY = "Ready"
    LISTENING = "Say it"
    RECORDING = "Recording"
    TAIL = "Ending"
    CHECKING = "Checking"
    REVIEW = "Keep or retake"
    LOST = "Microphone lost"


_STAGES = {
    Phase.OFF: Stage.OFF,
    Phase.OPENING: Stage.OPENING,
    Phase.READY: Stage.READY,
    Phase.RECORDING: Stage.RECORDING,
    Phase.TAIL: Stage.TAIL,
    Phase.SAVING: Stage.CHECKING,
    Phase.LOST: Stage.LOST,
}


@dataclass(frozen=True, slots=True, eq=False)
class _Running:
    """A running take; its speaker is fixed at the start."""

    word: Word
    take: TakeId
    speaker: str
    has_profile: bool


class TakeSequence:
    """Records word after word: the order of prompts, start and end of takes, and their review.

    In manual mode every step is a key. By voice a take starts with speech and is accepted unless a
    check fails. In a timed round every word has a fixed time, and no take is reviewed.

    Attributes
    ----------
    review
        The take under review; None if there is none.
    is_going
        Whether prompts advance automatically.
    """

    def __init__(
        self,
        desk: Capture,
        projects: ProjectManager,
        store: Store,
        view_state: ViewState,
        playback: Playback,
        events: Events,
        settings: Callable[[], Settings],
        post: Post,
    ) -> None:
        self.review: Kept | None = None
        self.is_going = False
        self._desk = desk
        self._projects = projects
        self._store = store
        self._view_state = view_state
        self._playback = playback
        self._events = events
        self._settings = settings
        self._post = post
        self._running: _Running | None = None
        self._reviewed: TakeId | None = None
        self._clock: Timer | None = None

    @property
    def stage(self) -> Stage:
        """The current stage of the recording."""
        if self._desk.phase is not Phase.READY:
            return _STAGES[self._desk.phase]
        if self.review is not None:
            return Stage.REVIEW
        return Stage.LISTENING if self._is_by_voice and self.is_going else Stage.READY

    @property
    def plan(self) -> PromptPlan:
        """Order and number of the prompts."""
        settings = self._settings()
        return PromptPlan(
            settings.shuffles_prompts,
            settings.prompt_seed,
            settings.takes_a_word,
            settings.skips_recorded,
        )

    def toggle(self, text: str, label: str) -> bool:
        """Start or stop according to the mode; True if a word has to be entered first."""
        phase = self._desk.phase
        if self._running is not None and phase in (Phase.RECORDING, Phase.LOST):
            self._end_take()
            self.is_going &= self._settings().record_mode is not RecordMode.ROUND
        elif self.is_going:
            self._pause()
        elif not text.strip():
            self._events.say("There is no word to record.", "Type a word, then press Enter.")
            return True
        elif phase in (Phase.OFF, Phase.LOST):
            self._desk.arm(lambda: self._begin(text.strip(), label.strip()))
        elif phase is Phase.READY:
            self._begin(text.strip(), label.strip())
        return False

    def accept(self) -> None:
        """Keep the take under review regardless of its checks, and continue with the next word."""
        take = self._store.session.takes.get(self._reviewed or TakeId(""))
        if take is not None and take.concerns and not take.is_kept_anyway:
            kept = replace(take, is_kept_anyway=True)
            self._store.apply(f"Keep {take.id} anyway", lambda s: s.with_take(kept))
        self._set_review(None, None)
        if self._desk.phase in (Phase.READY, Phase.OFF):
            self._next_word()

    def retake(self) -> None:
        """Move the take under review to the trash and record its word again."""
        rejected = self._reviewed or self._view_state.selection.take
        take = self._store.session.takes.get(rejected) if rejected else None
        if take is None or self._running is not None:
            return
        word = self._store.session.words[take.word]
        self._set_review(None, None)
        self._store.apply(f"Reject {take.id}", lambda s: s.without_takes(frozenset([take.id])))
        self._view_state.select(word.id)
        if self._desk.phase is Phase.READY:
            self._begin_word(word)
        elif self._desk.phase is Phase.OFF:
            self._desk.arm(lambda: self._begin_word(word))

    def step_word(self, step: int) -> None:
        """Move along the prompts; a take under review is kept."""
        if self._running is not None:
            return
        self._set_review(None, None)
        at = self._view_state.selection.primary
        word = step_prompt(self._store.session, self.plan, self._settings().speaker, at, step)
        if word is not None:
            self._view_state.select(word)

    def step_take(self, step: int) -> None:
        """Move through the takes of the selected word."""
        selection = self._view_state.selection
        takes = self._store.session.takes_of(selection.primary) if selection.primary else ()
        if takes:
            names = [take.id for take in takes]
            place = names.index(selection.take) + step if selection.take in names else 0
            chosen = names[max(0, min(place, len(names) - 1))]
            self._view_state.choose_take(takes[0].word, chosen)

    def hear(self, event: RecorderEvent) -> None:
        """Handle a recorder event."""
        if event.error is not None:
            self._events.report(event.error)
        if event.kind is RecorderEventKind.VOICE_BEGAN:
            word = self._store.session.words.get(self._view_state.selection.primary or WordId(""))
            if self.is_going and word is not None:
                self._start(word, is_voice_there=True)
        elif event.kind is not RecorderEventKind.SILENT:
            self.is_going &= event.kind is RecorderEventKind.VOICE_ENDED
            if event.kind is RecorderEventKind.VOICE_ENDED and self._is_round:
                return  # the time of each word is fixed
            self._end_take()

    def session_changed(self, session: Session) -> None:
        """End the review of a take that no longer exists."""
        if self._reviewed is not None and self._reviewed not in session.takes:
            self._set_review(None, None)

    def failed(self, error: VgdeskError) -> None:
        """Report an error of the microphone and stop advancing prompts."""
        self._running = None
        self._pause()
        self._events.report(error)

    def close(self) -> None:
        """End a timed round; the recording desk finishes the running take."""
        self._pause()

    @property
    def _is_by_voice(self) -> bool:
        return self._settings().record_mode is RecordMode.VOICE

    @property
    def _is_round(self) -> bool:
        return self._settings().record_mode is RecordMode.ROUND

    def _begin(self, text: str, label: str) -> None:
        session, chosen = self._store.session, self._view_state.selection.primary
        known = session.words.get(chosen) if chosen else None
        # Two words may have the same spelling: the selected one counts.
        word = known if known is not None and known.text == text else new_word(session, text)
        column = self._view_state.recipe.label_column
        if label and word.labels.get(column) != label:
            word = word.with_label(column, label)
            if word.id in session.words:
                self._store.apply(f"Label “{text}” “{label}”", lambda s: s.with_word(word))
        self._begin_word(word)

    def _begin_word(self, word: Word) -> None:
        self._set_review(None, None)
        if self._is_refused():
            return
        mode = self._settings().record_mode
        self.is_going = mode is not RecordMode.MANUAL
        if self.is_going and self._store.session.words.get(word.id) != word:
            self._store.apply(f"Add “{word.text}”", lambda session: session.with_word(word))
            self._view_state.select(word.id)
        if mode is RecordMode.VOICE:
            self._playback.stop()
            self._desk.listen(is_wanted=True)
        else:
            self._start(word)

    def _start(self, word: Word, *, is_voice_there: bool = False) -> None:
        if self._desk.phase is not Phase.READY or self._is_refused():
            return
        self._playback.stop()
        settings = self._settings()
        try:
            folder = self._projects.takes_folder
            take = next_take_id(self._store.session, word.id, folder)
            self._projects.begin_take(take, word, settings.speaker)
            by_voice = settings.stop_by_voice or self._is_by_voice
            self._desk.start(
                folder,
                take,
                stop_by_voice=by_voice and not self._is_round,
                is_voice_there=is_voice_there,
            )
        except VgdeskError as error:
            self.failed(error)
            return
        running = self._running = _Running(
            word, take, settings.speaker, settings.speaker in self._store.session.speakers
        )
        if self._is_round:
            self._clock = Timer(
                settings.round_seconds, lambda: self._post(lambda: self._slot_is_over(running))
            )
            self._clock.daemon = True
            self._clock.start()

    def _is_refused(self) -> bool:
        """Refuse to record a speaker without consent, and report it."""
        speaker = self._store.session.speakers.get(self._settings().speaker)
        if speaker is None or speaker.has_consent is not False:
            return False
        self.failed(
            VgdeskError(
                f"“{speaker.name}” does not agree to be recorded, so nothing was recorded.",
                "Choose another current speaker in Word > Speakers…, or change the consent.",
            )
        )
        return True

    def _slot_is_over(self, running: _Running) -> None:
        if self._running is running and self._is_round and self._desk.phase is Phase.RECORDING:
            self._end_take()

    def _end_take(self) -> None:
        if self._running is None:
            return
        running, self._running = self._running, None
        others = self._store.session.takes_of(running.word.id)
        self._desk.stop(lambda kept: self._keep(running, kept), others)

    def _keep(self, running: _Running, kept: Kept) -> None:
        session, word = self._store.session, running.word
        take_id = running.take
        if take_id in session.takes or take_id in session.trash:
            take_id = next_take_id(session, word.id)  # an import took the number meanwhile
        is_renamed = running.has_profile and running.speaker not in session.speakers
        start, end = kept.trim or (0.0, None)
        take = Take(
            take_id,
            word.id,
            kept.file,
            self._settings().speaker if is_renamed else running.speaker,
            start,
            end,
            TakeSource.RECORDED,
            kept.concerns,
        )
        # Edits of the word made during the take are kept.
        said = session.words.get(word.id, word)
        self._store.apply(f"Record “{word.text}”", lambda s: s.with_word(said).with_take(take))
        self._view_state.choose_take(word.id, take.id)
        self._set_review(take_id, kept)
        self._tell_troubles(kept)
        has_failed = any(concern.verdict is Verdict.FAIL for concern in kept.concerns)
        if self.is_going and (self._is_round or not has_failed):
            self._set_review(None, None)
            self._next_word()

    def _tell_troubles(self, kept: Kept) -> None:
        """Report serious problems even if prompts advance automatically."""
        for finding in kept.findings:
            if finding.check == DAMAGED.id:
                notice = Notice(finding.message, finding.remedy, Level.WARNING)
                self._events.notice.publish(notice)
        if kept.is_elsewhere:
            self._events.notice.publish(
                Notice(
                    "The project folder is no longer there. The take being recorded is safe in "
                    f"{kept.file.parent}.",
                    "Connect the drive again or put the folder back, or save the project in "
                    "another folder; the take is copied there.",
                    Level.WARNING,
                )
            )

    def _next_word(self) -> None:
        session, settings = self._store.session, self._settings()
        current = self._view_state.selection.primary
        following = next_prompt(session, self.plan, settings.speaker, current)
        if following is None:
            self._pause()
            self._events.say(
                "All words in the list are recorded.",
                "Add words, or set more takes of each word in “Edit prompts…”.",
            )
            return
        self._view_state.select(following)
        if self.is_going:
            self._begin_word(session.words[following])

    def _pause(self) -> None:
        self.is_going = False
        self._desk.listen(is_wanted=False)
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _set_review(self, take: TakeId | None, kept: Kept | None) -> None:
        self._reviewed, self.review = take, kept
