"""The only access to PortAudio: imported late, called one at a time, always with a timeout.

PortAudio must not be called by two threads at once, and when the sound server of the system hangs,
so does the caller. Every call therefore runs in its own thread.
"""

import atexit
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

from vgdesk.core.errors import SoundDeviceError

T = TypeVar("T")

_one_at_a_time = threading.Lock()
_open_streams: set[Any] = set()


def portaudio() -> Any:
    """Return the sounddevice module.

    Raises
    ------
    SoundDeviceError
        If PortAudio is missing or the sound system is misconfigured; the next call tries again.
    """
    try:
        import sounddevice
    except OSError as error:
        raise SoundDeviceError(
            "Recording and playback are unavailable: the PortAudio library is missing.",
            "Install it (on Debian and Ubuntu: libportaudio2) and start vgdesk again. "
            "Sound files can be loaded without it.",
        ) from error
    except Exception as error:
        # The import starts the sound system at once, and leaves no class to catch if that fails.
        if type(error).__name__ != "PortAudioError":
            raise
        raise SoundDeviceError(
            "Recording and playback are unavailable: the sound system does not start.",
            "Check its settings (on Linux the ALSA configuration), then look for devices again. "
            "Sound files can be loaded without it.",
        ) from error
    return sounddevice


def begin(call: Callable[[], T]) -> Future[T]:
    """Queue a call to the sound system, after all earlier calls."""
    answer: Future[T] = Future()

    def run() -> None:
        with _one_at_a_time:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(call())
            except BaseException as error:  # noqa: BLE001 (raised again where the answer is read)
                answer.set_exception(error)

    threading.Thread(target=run, name="audio system", daemon=True).start()
    return answer


def ask(
    call: Callable[[], T], *, seconds: float, if_late: Callable[[T], object] | None = None
) -> T:
    """Call the sound system and wait for the answer.

    Parameters
    ----------
    if_late
        Receives an answer that comes after the timeout, to undo the call.

    Raises
    ------
    SoundDeviceError
        If there is no answer in time.
    """
    answer = begin(call)
    try:
        return answer.result(seconds)
    except TimeoutError as error:
        if not answer.cancel() and if_late is not None:
            answer.add_done_callback(lambda late: late.exception() or if_late(late.result()))
        raise no_answer() from error


def no_answer() -> SoundDeviceError:
    """Return the error for a sound system that hangs."""
    return SoundDeviceError(
        "The sound system of this computer does not respond. Your recordings are safe.",
        "Plug the device in again or restart the sound server, then try again.",
    )


def open_stream(make: Callable[[int, int], Any], tries: Iterable[tuple[int, int]]) -> Any:
    """Start a stream with the first rate and channel count that the device accepts.

    Call it within `ask`; `close_stream` ends the stream.
    """
    refusal: Exception | None = None
    for sample_rate, channels in tries:
        try:
            stream = make(sample_rate, channels)
        except portaudio().PortAudioError as error:
            refusal = refusal or error
            continue
        _open_streams.add(stream)
        try:
            stream.start()
        except portaudio().PortAudioError as error:
            refusal = refusal or error
            close_stream(stream)
        else:
            return stream
    raise SoundDeviceError(
        f"The sound device could not be opened ({_reason(refusal)}).",
        "Close other programs that use it, plug it in again, or choose another device.",
    ) from refusal


def close_stream(stream: Any) -> None:
    """End a stream at once; call it within `begin`.

    It is aborted, not stopped: stopping waits for a device that may never continue.
    """
    stream.abort()
    stream.close()
    _open_streams.discard(stream)


def forget_streams() -> None:
    """Let the program exit although a stream could not be closed; the system then closes it."""
    atexit.unregister(portaudio()._exit_handler)


def restart() -> None:
    """Restart PortAudio, which only knows the devices that were present when it started.

    Raises
    ------
    ValueError
        If a stream is open, because the restart would break it.
    """
    sounddevice = portaudio()
    if _open_streams:
        raise ValueError(f"cannot look for devices while {len(_open_streams)} streams are open")
    while sounddevice._initialized:
        sounddevice._terminate()
    try:
        sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        raise SoundDeviceError(
            "The sound system of this computer does not restart.",
            "Check its settings, then look for devices again. Your recordings are safe.",
        ) from error


def _reason(error: Exception | None) -> str:
    return str(error.args[0]) if error is not None and error.args else "no reason given"
