import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from vgdesk.app.project.locations import new_scratch, scratch_folder, takes_folder
from vgdesk.app.workers.background import Background
from vgdesk.audio.devices import Microphone, microphones, rescan
from vgdesk.audio.recorder import Recorder, RecorderEvent, RecorderState, keep, partial_path
from vgdesk.audio.take_checks import Finding, concerns
from vgdesk.audio.take_judgement import judge
from vgdesk.audio.take_writer import KeptSound, samples_in
from vgdesk.core.errors import AudioFileError, SoundDeviceError, VgdeskError
from vgdesk.core.model import Concern, Take

_log = logging.getLogger(__name__)

TAIL = 0.3  # seconds recorded after the stop key


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording that is safely on disk.

    Attributes
    ----------
    trim
        Start and end of the word in seconds, proposed by voice activity detection; None if no
        speech was found (nothing is trimmed).
    findings
        Findings of all checks of the take, including passed ones.
    is_elsewhere
        Whether it was saved in another folder because the intended one was missing.
    """

    file: Path
    seconds: float
    trim: tuple[float, float] | None
    lost_blocks: int
    findings: tuple[Finding, ...] = ()
    is_elsewhere: bool = False

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """The concerns to store with the take."""
        return concerns(self.findings)


class Phase(Enum):
    """The state of the recorder."""

    OFF = "off"
    OPENING = "opening"
    READY = "ready"
    RECORDING = "recording"
    TAIL = "tail"
    SAVING = "saving"
    LOST = "lost"


HOLDS_A_TAKE = (Phase.RECORDING, Phase.TAIL, Phase.SAVING)


class Capture:
    """The microphone and the running take. Blocking calls run in the sound thread."""

    def __init__(
        self,
        sound: Background,
        *,
        failed: Callable[[VgdeskError], object],
        found: Callable[[], object],
        heard: Callable[[RecorderEvent], object],
    ) -> None:
        self.recorder = Recorder(heard)
        self.microphones: tuple[Microphone, ...] = ()
        self._sound = sound
        self._failed = failed
        self._found = found
        self._microphone: Microphone | None = None
        self._waiting_for = Phase.OFF
        self._has_failed = False
        self._running: tuple[Path, Path] | None = None

    @property
    def phase(self) -> Phase:
        """The state of the recorder, including pending work of the sound thread."""
        if self._waiting_for is not Phase.OFF:
            return self._waiting_for
        return {
            RecorderState.IDLE: Phase.OFF,
            RecorderState.ARMED: Phase.READY,
            RecorderState.RECORDING: Phase.RECORDING,
            RecorderState.LOST: Phase.LOST,
        }[self.recorder.state]

    def look_for_microphones(self, *, again: bool = False) -> None:
        """List the microphones; `again` also finds newly connected ones."""
        if self.phase not in (Phase.OFF, Phase.READY, Phase.LOST):
            return  # rescanning closes the microphone, which would end a take

        def found(microphones: tuple[Microphone, ...]) -> None:
            self.microphones = microphones
            self._found()

        def look() -> tuple[Microphone, ...]:
            if again:
                self.recorder.disarm()
                _rescan()
            return microphones()

        if again and self.phase is Phase.READY:
            # No take may start on a microphone that is about to be closed.
            self._do(Phase.OPENING, self.recorder.disarm, lambda: None)
        self._sound.run(look, done=found, failed=self._failed)

    def choose(self, microphone: Microphone | None) -> None:
        """Use this microphone from now on; None for the system default."""
        self._microphone = microphone
        if self.phase is Phase.READY:
            self.arm()

    def arm(self, then: Callable[[], object] = lambda: None) -> None:
        """Open the microphone and keep it open, so that word onsets are never lost."""
        microphone, was_lost = self._microphone, self._has_failed or self.phase is Phase.LOST

        def open_it() -> None:
            self.recorder.disarm()
            if was_lost:  # the sound system itself may have restarted
                _rescan()
            self.recorder.arm(microphone)

        self._do(Phase.OPENING, open_it, then)

    def disarm(self) -> None:
        """Switch the microphone off."""
        self._do(Phase.OPENING, self.recorder.disarm, lambda: None)

    def listen(self, *, is_wanted: bool) -> None:
        """Start or stop sending an event when speech begins."""
        self._sound.run(lambda: self.recorder.listen(is_wanted=is_wanted), failed=self._failed)

    def start(
        self, folder: Path, name: str, *, stop_by_voice: bool, is_voice_there: bool = False
    ) -> None:
        """Start a take, including the half second before; it is written to disk continuously."""
        partial = partial_path(folder, name, self.recorder.sample_rate)
        self._running = partial, folder / f"{name}.flac"

        def start() -> None:
            try:
                self.recorder.start(
                    partial, stop_by_voice=stop_by_voice, is_voice_there=is_voice_there
                )
            except Exception:
                self._running = None
                raise

        self._do(Phase.RECORDING, start, lambda: None)

    def stop(
        self,
        done: Callable[[Kept], object],
        others: Sequence[Take] = (),
        *,
        with_tail: bool = True,
    ) -> None:
        """End the take, save it as FLAC, locate the word and check it.

        A take that is stopped manually gets a tail, because people stop too early. The newest of
        the other takes of the word are compared with it.
        """
        if self._running is None:
            return
        if with_tail and self.recorder.state is RecorderState.RECORDING:
            self._do(
                Phase.TAIL,
                lambda: time.sleep(TAIL),
                lambda: self.stop(done, others, with_tail=False),
            )
            return
        (_, flac), self._running = self._running, None

        def finish() -> None:
            held = self.recorder.stop(lambda: takes_folder(new_scratch(scratch_folder())))
            file = held.with_name(flac.name)
            sound, lost = _kept(held, file), self.recorder.lost_blocks
            word, findings = judge(file, sound, self.recorder.room_dbfs, lost, others)
            is_elsewhere = file != flac
            kept.append(Kept(file, sound.seconds, word, lost, findings, is_elsewhere))

        kept: list[Kept] = []
        self._do(Phase.SAVING, finish, lambda: done(kept[0]))

    def close(self) -> None:
        """Save the running take and switch the microphone off."""
        if self._running is not None:
            self.stop(lambda _kept: None, with_tail=False)
        self._sound.run(self.recorder.disarm, failed=self._failed)

    def _do(self, phase: Phase, call: Callable[[], None], then: Callable[[], object]) -> None:
        def done(_none: None) -> None:
            self._waiting_for = Phase.OFF
            self._has_failed = False
            then()

        def failed(error: VgdeskError) -> None:
            self._waiting_for = Phase.OFF
            self._has_failed = True
            self._failed(error)

        self._waiting_for = phase
        self._sound.run(lambda: _said(call), done=done, failed=failed)


def _kept(held: Path, file: Path) -> KeptSound:
    """Save a take; if the disk is full, report that it is not lost."""
    try:
        return keep(held, file)
    except AudioFileError as error:
        if not samples_in(held):
            raise
        safe = f"The recording is safe in “{held.name}”"
        raise AudioFileError(
            f"{error.message} {safe} and becomes a take the next time the project opens.",
            error.hint,
        ) from error


def _said(call: Callable[[], None]) -> None:
    """Call and turn any error into a message: no bug may block the recorder."""
    try:
        call()
    except VgdeskError:
        raise
    except Exception as error:
        _log.exception("error in the sound thread")
        raise SoundDeviceError(
            "Something went wrong in the recorder. The recording is kept in the project folder.",
            "Press Record to continue. A take that is missing from the list is restored the next "
            "time the project opens.",
        ) from error


def _rescan() -> None:
    try:
        rescan()
    except ValueError as error:
        raise SoundDeviceError(
            "A sound is still playing, so vgdesk could not look for microphones.",
            "Stop it with Shift+Space, then try again.",
        ) from error
