import shutil
import tempfile
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from threading import Timer

from vgdesk.app.recording.capture import Capture, Kept, Phase
from vgdesk.app.recording.playback import Playback
from vgdesk.app.state.settings import user_folder
from vgdesk.app.workers.background import Background
from vgdesk.app.workers.child_process import Post
from vgdesk.audio.recorder import RecorderEvent, RecorderEventKind
from vgdesk.audio.take_checks import (
    BAND,
    CLIPPING,
    DAMAGED,
    DROPOUTS,
    LEVEL,
    NOISE,
    SILENCE,
    SPEECH,
    Finding,
)
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Take, TakeId, Verdict, WordId

LONGEST = 6.0  # seconds of listening before giving up
NAME = "microphone-check"
TOLD = frozenset({LEVEL.id, NOISE.id, BAND.id})  # shown even if passed
ABOUT_IT = TOLD | {
    SILENCE.id,
    SPEECH.id,
    CLIPPING.id,
    DROPOUTS.id,
    DAMAGED.id,
}  # excludes checks of the word


class CheckStage(Enum):
    """The stage of the check."""

    WAITING = "waiting"
    OPENING = "opening"
    LISTENING = "listening"
    JUDGING = "judging"
    DONE = "done"


class MicrophoneCheck:
    """Records a test word, plays it back and reports its quality; nothing is kept.

    Attributes
    ----------
    is_over
        Whether it was done or skipped since the program started.
    findings
        Findings about the microphone from the last word.
    """

    def __init__(
        self,
        desk: Capture,
        playback: Playback,
        files: Background,
        *,
        failed: Callable[[VgdeskError], object],
        post: Post,
    ) -> None:
        self.is_over = False
        self.findings: tuple[Finding, ...] = ()
        self._desk = desk
        self._playback = playback
        self._files = files
        self._failed = failed
        self._post = post
        self._stage = CheckStage.WAITING
        self._said: Take | None = None
        self._clock: Timer | None = None
        self._is_writing = False

    @property
    def stage(self) -> CheckStage:
        """The stage of the check."""
        return self._stage

    def begin(self) -> None:
        """Open the microphone and record until a word was spoken."""
        if self._desk.phase in (Phase.OFF, Phase.LOST, Phase.READY):
            self._stage, self.findings, self._said = CheckStage.OPENING, (), None
            self._playback.stop()
            if self._desk.phase is Phase.READY:
                self._listen()
            else:
                self._desk.arm(self._listen)

    def hear(self, event: RecorderEvent) -> bool:
        """Handle a recorder event; False if it does not concern the check."""
        if self._stage is not CheckStage.LISTENING:
            return False
        if event.error is not None:
            self._failed(event.error)
        if event.kind is not RecorderEventKind.SILENT:
            self._end()
        return True

    def play(self) -> None:
        """Play the test word."""
        if self._said is not None:
            self._playback.play([self._said])

    def give_up(self) -> None:
        """Stop recording and discard the sound so far."""
        self._end()
        self._stage = CheckStage.WAITING

    def fail(self) -> None:
        """Handle a failure of the microphone."""
        self._is_writing = False
        self._stop_clock()
        self._stage = CheckStage.WAITING

    def finish(self) -> None:
        """Finish the check for this run of the program, and discard everything."""
        self.is_over = True
        self.give_up()
        self._playback.stop()
        self._said = None
        if not self._is_writing:  # otherwise it is deleted once it is written
            self._clear()

    def _clear(self) -> None:
        self._files.run(clear, failed=self._failed)

    def _listen(self) -> None:
        if self._stage is not CheckStage.OPENING:
            return
        clear()
        try:
            _place().mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=_place()))
            self._desk.start(folder, NAME, stop_by_voice=True)
        except OSError as error:
            self.give_up()
            self._failed(
                VgdeskError(
                    f"The microphone check could not save its recording ({error.strerror}).",
                    "Free some space or continue without the check.",
                )
            )
            return
        self._stage, self._is_writing = CheckStage.LISTENING, True
        self._clock = Timer(LONGEST, lambda: self._post(self._end))
        self._clock.daemon = True
        self._clock.start()

    def _end(self) -> None:
        self._stop_clock()
        if self._stage is CheckStage.LISTENING:
            self._stage = CheckStage.JUDGING
            self._desk.stop(self._judge, with_tail=False)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _judge(self, kept: Kept) -> None:
        self._is_writing = False
        if self._stage is not CheckStage.JUDGING:
            self._clear()
            return
        start, end = kept.trim or (0.0, None)
        self._said = Take(TakeId(NAME), WordId(NAME), kept.file, start=start, end=end)
        self.findings = tuple(
            finding
            for finding in kept.findings
            if finding.check in TOLD
            or (finding.check in ABOUT_IT and finding.verdict is not Verdict.PASS)
        )
        self._stage = CheckStage.DONE
        self.play()


def clear() -> None:
    """Delete the recordings of this check and any left by a crash."""
    shutil.rmtree(_place(), ignore_errors=True)


def _place() -> Path:
    return user_folder("cache") / NAME
