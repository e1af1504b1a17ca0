import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from vgdesk.audio.audio_system import (
    ask,
    begin,
    close_stream,
    forget_streams,
    open_stream,
    portaudio,
)
from vgdesk.audio.files import Recording, resample
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import SoundDeviceError

_OPEN_SECONDS = 5.0
_CLOSE_SECONDS = 1.0


class Player:
    """Plays one recording at a time on the default loudspeaker.

    `play` and `stop` may block and belong in a worker thread. `on_finished` is called from any
    thread when playback has ended: the sound finished, was stopped, or lost its device.
    """

    def __init__(self, on_finished: Callable[[], object]) -> None:
        self._on_finished = on_finished
        self._lock = threading.Lock()
        self._sound: _Sound | None = None

    @property
    def is_playing(self) -> bool:
        return self._sound is not None

    def play(self, recording: Recording) -> None:
        """Stop the current sound and play this one; returns when it has started.

        Raises
        ------
        SoundDeviceError
            If there is no loudspeaker or it cannot be opened.
        """
        replaced = self._take_over(None)
        if replaced is not None:
            replaced.close()
        sound = _Sound(recording, self._end)
        self._take_over(sound)
        try:
            sound.begin()
        except SoundDeviceError:
            self._take_over(None)
            raise

    def stop(self) -> None:
        """Stop playback, if any."""
        sound = self._take_over(None)
        if sound is not None:
            sound.close()
            self._on_finished()

    def _take_over(self, sound: "_Sound | None") -> "_Sound | None":
        with self._lock:
            replaced, self._sound = self._sound, sound
            return replaced

    def _end(self, sound: "_Sound") -> None:
        """Handle the end of a sound, including one that has already been replaced."""
        with self._lock:
            if self._sound is not sound:
                return
            self._sound = None
        begin(sound.end_stream)
        self._on_finished()


class _Sound:
    """One recording being played."""

    def __init__(self, recording: Recording, on_end: Callable[["_Sound"], None]) -> None:
        self._recording = recording
        self._on_end = on_end
        self._samples: FloatArray = recording.samples
        self._played = 0
        self._stream: Any = None

    def begin(self) -> None:
        ask(self._open, seconds=_OPEN_SECONDS, if_late=lambda _: begin(self.end_stream))

    def end_stream(self) -> None:
        close_stream(self._stream)

    def close(self) -> None:
        try:
            begin(self.end_stream).result(_CLOSE_SECONDS)
        except TimeoutError:
            forget_streams()

    def _open(self) -> None:
        device = _loudspeaker()
        rates = dict.fromkeys((self._recording.sample_rate, round(device["default_samplerate"])))
        most = device["max_output_channels"]

        def make(sample_rate: int, channels: int) -> Any:
            self._samples = resample(self._recording, sample_rate).samples
            return portaudio().OutputStream(
                device=device["index"],
                samplerate=sample_rate,
                channels=channels,
                dtype="float32",
                callback=self._fill,
                finished_callback=lambda: self._on_end(self),
            )

        tries = ((rate, count) for rate in rates for count in dict.fromkeys((1, min(2, most))))
        self._stream = open_stream(make, tries)

    def _fill(self, block: FloatArray, _frames: int, _time: Any, _status: Any) -> None:
        piece = self._samples[self._played : self._played + len(block)]
        block[: len(piece)] = piece[:, np.newaxis]
        block[len(piece) :] = 0.0
        self._played += len(piece)
        if len(piece) < len(block):
            raise portaudio().CallbackStop


def _loudspeaker() -> dict[str, Any]:
    sounddevice = portaudio()
    try:
        device: dict[str, Any] = sounddevice.query_devices(kind="output")
    except (sounddevice.PortAudioError, ValueError) as error:
        raise SoundDeviceError(
            "No playback device was found.", "Connect one and look for devices again."
        ) from error
    return device
