import math
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from vgdesk.audio.audio_system import (
    ask,
    begin,
    close_stream,
    forget_streams,
    open_stream,
    portaudio,
)
from vgdesk.audio.devices import Microphone, device_of
from vgdesk.audio.files import FASTEST_RATE
from vgdesk.audio.ring_buffer import RingBuffer
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import SoundDeviceError

_BUFFER_SECONDS = 20.0
_BLOCKS_PER_SECOND = 50
# Generous: Python needs the time, and recordings are not played back live.
_LATENCY_SECONDS = 0.1

_OPEN_SECONDS = 10.0
_CLOSE_SECONDS = 1.0
# Wireless headsets take time to switch the microphone on.
_FIRST_SOUND_SECONDS = 5.0

# The clock of a device may deviate a little, and callbacks come in bursts: that is not a loss.
_TOLERATED_LAG_SECONDS = 0.15
_TOLERATED_DRIFT = 0.001


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of an input line at some time."""

    written: int
    heard_at: float
    overflows: int


class InputLine:
    """An open microphone and the ring buffer that it fills.

    Opening blocks until the first sound arrives.

    Attributes
    ----------
    ring
        The newest seconds of sound.
    has_ended
        True once the stream has ended by itself.
    news
        Set when `has_ended` becomes true.
    """

    ring: RingBuffer
    sample_rate: int

    def __init__(self, microphone: Microphone | None) -> None:
        self.has_ended = False
        self.news = threading.Event()
        self._heard_at = 0.0
        self._overflows = 0
        self._closing: Future[None] | None = None
        self._stream = ask(
            lambda: self._open(microphone), seconds=_OPEN_SECONDS, if_late=_close_late
        )
        try:
            self._wait_for_sound()
        except SoundDeviceError:
            self.close()
            raise

    @property
    def is_abandoned(self) -> bool:
        """True while the sound system has not responded to the request to close."""
        return self._closing is not None and not self._closing.done()

    def moment(self) -> Moment:
        return Moment(self.ring.written, self._heard_at, self._overflows)

    def lost_blocks_since(self, then: Moment) -> int:
        """Count the blocks that the device or the driver dropped."""
        return lost_blocks(then, self.moment(), self.sample_rate)

    def blocks(self, samples: int) -> int:
        """Return the number of blocks for `samples`."""
        return math.ceil(samples * _BLOCKS_PER_SECOND / self.sample_rate)

    def close(self) -> None:
        """Close the stream; if the sound system does not respond, abandon it."""
        if self._closing is None:
            self._closing = begin(lambda: close_stream(self._stream))
        try:
            self._closing.result(_CLOSE_SECONDS)
        except TimeoutError:
            forget_streams()

    def _open(self, microphone: Microphone | None) -> Any:
        device = device_of(microphone)
        native = round(device["default_samplerate"])
        rates = dict.fromkeys((min(native, FASTEST_RATE), 48_000, 44_100))
        most = device["max_input_channels"]
        channels = dict.fromkeys((1, min(2, most), most))

        def make(sample_rate: int, channel_count: int) -> Any:
            self.sample_rate = sample_rate
            self.ring = RingBuffer(round(sample_rate * _BUFFER_SECONDS))
            return portaudio().InputStream(
                device=device["index"],
                samplerate=sample_rate,
                channels=channel_count,
                dtype="float32",
                blocksize=sample_rate // _BLOCKS_PER_SECOND,
                latency=_LATENCY_SECONDS,
                callback=self._hear,
                finished_callback=self._end,
            )

        return open_stream(make, ((rate, count) for rate in rates for count in channels))

    def _hear(self, block: FloatArray, _frames: int, _time: Any, status: Any) -> None:
        self.ring.write(block)
        self._heard_at = time.monotonic()
        if status.input_overflow:
            self._overflows += 1

    def _end(self) -> None:
        self.has_ended = True
        self.news.set()

    def _wait_for_sound(self) -> None:
        deadline = time.monotonic() + _FIRST_SOUND_SECONDS
        # The callback must not wake a thread (that takes a lock), so it is polled.
        while not self.ring.written and not self.news.wait(0.01):
            if time.monotonic() > deadline:
                raise SoundDeviceError(
                    "The microphone was opened but sends no sound.",
                    "Switch it on or wake it up, or choose another one.",
                )


def lost_blocks(then: Moment, now: Moment, sample_rate: int) -> int:
    """Count the blocks that should have come between two moments, but did not.

    Drivers often drop blocks without reporting it, so the clock is compared.
    """
    elapsed = now.heard_at - then.heard_at
    lag = elapsed - (now.written - then.written) / sample_rate
    is_late = lag > _TOLERATED_LAG_SECONDS + elapsed * _TOLERATED_DRIFT
    missing = math.ceil(lag * _BLOCKS_PER_SECOND) if is_late else 0
    return now.overflows - then.overflows + missing


def _close_late(stream: Any) -> None:
    begin(lambda: close_stream(stream))
