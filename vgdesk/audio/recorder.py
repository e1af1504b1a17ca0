import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np

from vgdesk.audio.audio_system import no_answer
from vgdesk.audio.devices import Microphone
from vgdesk.audio.input_line import InputLine, Moment
from vgdesk.audio.line_watch import POLL_SECONDS, Ear, Watchdog
from vgdesk.audio.loudness import room_level
from vgdesk.audio.speech_activity import EndOfSpeech
from vgdesk.audio.take_writer import TakeWriter, keep, partial_path, read_partial
from vgdesk.core.errors import AudioFileError, SoundDeviceError, VgdeskError

__all__ = [
    "Level",
    "Recorder",
    "RecorderEvent",
    "RecorderEventKind",
    "RecorderState",
    "keep",
    "partial_path",
    "read_partial",
]

PRE_ROLL_SECONDS = 0.5

_log = logging.getLogger(__name__)

_LEVEL_SECONDS = 0.2
_ROOM_SECONDS = 3.0
_CLIPPING = 0.99
_FLOOR_DBFS = -120.0


class RecorderState(Enum):
    """State of the recorder; LOST lasts until it is armed or disarmed again."""

    IDLE = "idle"
    ARMED = "armed"
    RECORDING = "recording"
    LOST = "lost"


class RecorderEventKind(Enum):
    """Events that the recorder reports. It never ends a take itself: call `stop` for that.

    VOICE_BEGAN: speech has started, reported once per call of `listen`. VOICE_ENDED: speech has
    started and ended. LOST: the microphone is gone; the sound so far is kept. SILENT: only zeros
    arrive, so it is muted or not permitted; reported once per arming. UNWRITABLE: the running take
    cannot be written to disk; the part written before is kept.
    """

    VOICE_BEGAN = "voice began"
    VOICE_ENDED = "voice ended"
    LOST = "lost"
    SILENT = "silent"
    UNWRITABLE = "unwritable"


@dataclass(frozen=True, slots=True)
class RecorderEvent:
    """An event of the recorder, with the error to show for a problem."""

    kind: RecorderEventKind
    error: VgdeskError | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """Level of the last fifth of a second.

    Attributes
    ----------
    peak_dbfs, rms_dbfs
        Relative to full scale, at least -120; minus infinity without input.
    is_digital_silence
        All samples were exactly zero, which no active microphone ever sends.
    """

    peak_dbfs: float = -math.inf
    rms_dbfs: float = -math.inf
    is_clipping: bool = False
    is_digital_silence: bool = False


@dataclass(frozen=True, slots=True)
class _RunningTake:
    writer: TakeWriter
    partial: Path
    line: InputLine
    begun: Moment

    @property
    def seconds(self) -> float:
        return self.writer.samples / self.line.sample_rate

    @property
    def lost_blocks(self) -> int:
        return self.line.lost_blocks_since(self.begun) + self.line.blocks(self.writer.lost)


class Recorder:
    """Keeps a microphone open while armed, and writes takes to disk while they run.

    `arm`, `disarm`, `start` and `stop` may block and belong in a worker thread, one at a time;
    everything else returns at once from any thread. `on_event` is called from threads of the
    recorder.
    """

    def __init__(self, on_event: Callable[[RecorderEvent], object]) -> None:
        self._on_event = on_event
        self._lock = threading.Lock()
        self._state = RecorderState.IDLE
        self._line: InputLine | None = None
        self._left_line: InputLine | None = None
        self._watcher: threading.Thread | None = None
        self._take: _RunningTake | None = None
        self._ear: Ear | None = None
        self._lost_blocks = 0
        self._room_dbfs: float | None = None

    @property
    def state(self) -> RecorderState:
        return self._state

    @property
    def is_abandoned(self) -> bool:
        """True while the sound system has not yet closed the previous microphone."""
        return self._left_line is not None and self._left_line.is_abandoned

    @property
    def sample_rate(self) -> int:
        """Rate of the open microphone in Hz; 0 if none is open."""
        line = self._line
        return line.sample_rate if line else 0

    @property
    def seconds(self) -> float:
        """Length of the running take, including pre-roll; 0 if there is none."""
        take = self._take
        return take.seconds if take else 0.0

    @property
    def lost_blocks(self) -> int:
        """Number of blocks of 20 ms lost in the running take, or else in the last one."""
        take = self._take
        return take.lost_blocks if take else self._lost_blocks

    @property
    def room_dbfs(self) -> float | None:
        """Level of the room before the last take; None if the microphone had just been opened."""
        return self._room_dbfs

    def level(self) -> Level:
        """Measure the newest sound; fast enough for every frame of a level meter."""
        line = self._line
        if line is None or self._state is RecorderState.LOST:
            return Level()
        due = round(line.sample_rate * _LEVEL_SECONDS)
        newest = line.ring.latest(due)
        if not len(newest):
            return Level()
        peak = float(np.abs(newest).max())
        return Level(
            _dbfs(peak),
            _dbfs(math.sqrt(float(np.mean(np.square(newest, dtype=np.float64))))),
            peak >= _CLIPPING,
            peak == 0.0 and len(newest) == due,
        )

    def arm(self, microphone: Microphone | None) -> None:
        """Open a microphone (None: the default one); returns once sound arrives.

        Raises
        ------
        SoundDeviceError
            If there is none, or it cannot be opened, or sends no sound.
        """
        self.disarm()
        if self.is_abandoned:
            raise no_answer()
        line = InputLine(microphone)
        self._line = line
        self._state = RecorderState.ARMED
        self._watcher = threading.Thread(
            target=self._watch, args=(line,), name="recorder", daemon=True
        )
        self._watcher.start()

    def disarm(self) -> None:
        """Close the microphone. A running take ends here, but still needs `stop`."""
        line = self._line
        if line is None:
            return
        with self._lock:
            self._state = RecorderState.IDLE
            self._line = None
        line.news.set()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join()
        line.close()
        self._left_line = line
        with self._lock:
            event = self._save(self._take)
        self._tell(event)

    def listen(self, *, is_wanted: bool) -> None:
        """Turn the event for the start of speech on or off."""
        line = self._line
        self._ear = Ear(line) if is_wanted and line is not None else None

    def start(self, partial: Path, *, stop_by_voice: bool, is_voice_there: bool = False) -> None:
        """Start a take, with a pre-roll of half a second; it grows in the file `partial`.

        Parameters
        ----------
        partial
            A new file, named by `partial_path`.
        stop_by_voice
            Report the end of the word by an event.
        is_voice_there
            The word has already started, within the pre-roll.

        Raises
        ------
        SoundDeviceError
            If the microphone was lost.
        AudioFileError
            If the file cannot be created.
        """
        with self._lock:
            line = self._line
            if self._state is RecorderState.LOST:
                raise _lost()
            if line is None or self._take is not None:
                raise ValueError("a take needs an armed recorder and no running take")
            rate = line.sample_rate
            self._room_dbfs = room_level(line.ring.latest(round(rate * _ROOM_SECONDS)), rate)
            writer = TakeWriter(
                partial,
                line.ring,
                pre_roll=round(rate * PRE_ROLL_SECONDS),
                end_of_speech=EndOfSpeech(rate) if stop_by_voice else None,
                hears_pre_roll=is_voice_there,
            )
            self._ear = None
            self._take = _RunningTake(writer, partial, line, line.moment())
            self._state = RecorderState.RECORDING

    def stop(self, spare: Callable[[], Path] | None = None) -> Path:
        """End the take, even after the microphone was lost. Then the next one may start.

        Parameters
        ----------
        spare
            Creates a folder for the take if its own was deleted while it ran.

        Returns
        -------
        Path
            The file with the whole take, until `keep` turns it into a FLAC file.

        Raises
        ------
        AudioFileError
            If its own folder is gone and the other one is not writable.
        """
        with self._lock:
            take, self._take = self._take, None
            if take is None:
                raise ValueError("no take is running")
            if self._state is RecorderState.RECORDING:
                self._state = RecorderState.ARMED
        try:
            self._tell(self._save(take))
            self._lost_blocks = take.lost_blocks
            if spare is None or take.writer.is_in_place:
                return take.partial
            return take.writer.rescue(spare())
        finally:
            take.writer.close()

    def _watch(self, line: InputLine) -> None:
        """Monitor the microphone; if that fails, the microphone counts as lost."""
        try:
            self._look_after(line)
        except Exception:  # noqa: BLE001 - no other code would save the take
            _log.exception("the recorder stopped watching")
            with self._lock:
                if self._line is line:
                    self._state = RecorderState.LOST
            self._tell(RecorderEvent(RecorderEventKind.LOST, _broken()))

    def _look_after(self, line: InputLine) -> None:
        """Save the running take and report events, until the microphone is closed or lost."""
        watchdog = Watchdog(line)
        while self._line is line and self._state is not RecorderState.LOST:
            line.news.wait(POLL_SECONDS)
            is_lost = line.has_ended or watchdog.has_bitten()
            with self._lock:
                if self._line is not line:
                    return
                event = self._save(self._take) or self._listen_along()
                if is_lost:
                    self._state = RecorderState.LOST
            self._tell(event)
            if is_lost:
                self._tell(RecorderEvent(RecorderEventKind.LOST, _lost()))
            elif watchdog.is_newly_silent():
                self._tell(RecorderEvent(RecorderEventKind.SILENT, _silent()))
            elif (ear := self._ear) is not None and ear.hears_voice():
                self._ear = None
                self._tell(RecorderEvent(RecorderEventKind.VOICE_BEGAN))

    def _save(self, take: _RunningTake | None) -> RecorderEvent | None:
        """Write the sound that has arrived; call it with the lock held while the take runs."""
        try:
            if take is not None:
                take.writer.drain()
        except AudioFileError as error:
            return RecorderEvent(RecorderEventKind.UNWRITABLE, error)
        return None

    def _listen_along(self) -> RecorderEvent | None:
        """Detect the end of the word; call it with the lock held."""
        is_news = self._take is not None and self._take.writer.listen()
        return RecorderEvent(RecorderEventKind.VOICE_ENDED) if is_news else None

    def _tell(self, event: RecorderEvent | None) -> None:
        if event is not None:
            self._on_event(event)


def _dbfs(amplitude: float) -> float:
    return max(_FLOOR_DBFS, 20 * math.log10(amplitude)) if amplitude > 0 else _FLOOR_DBFS


def _lost() -> SoundDeviceError:
    return SoundDeviceError(
        "The microphone was disconnected or stopped sending sound. The recording so far is kept.",
        "Plug it in or wake it up and look for devices again, or choose another one.",
    )


def _broken() -> SoundDeviceError:
    return SoundDeviceError(
        "The recorder failed, so the microphone was switched off. The recording so far is kept.",
        "Press Record to open the microphone again.",
    )


def _silent() -> SoundDeviceError:
    return SoundDeviceError(
        "The microphone sends digital silence: it is muted, or vgdesk has no permission to use it.",
        "Unmute it, and allow the microphone in the privacy settings of the system.",
    )
