"""The one way to PortAudio: imported late, asked one thing at a time, never waited for for ever.

PortAudio may not be entered by two threads at once, and when the sound server of the system hangs,
so does whoever asks. Every question therefore goes through a thread of its own.
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
        If PortAudio is missing or the sound system is set up wrongly; the next call tries again.
    """
    try:
        import sounddevice
    except OSError as error:
        raise SoundDeviceError(
            "Recording and playing are off: the PortAudio library is missing.",
            "Install it (on Debian and Ubuntu: libportaudio2) and start vgdesk again. "
            "Sound files can be loaded without it.",
        ) from error
    except Exception as error:
        # The import asks the sound system at once, and on failure leaves no class to catch.
        if type(error).__name__ != "PortAudioError":
            raise
        raise SoundDeviceError(
            "Recording and playing are off: the sound system of this computer does not start.",
            "Check its settings (on Linux the ALSA configuration), then look for devices again. "
            "Sound files can be loaded without it.",
        ) from error
    return sounddevice


def begin(call: Callable[[], T]) -> Future[T]:
    """Ask the sound system something, after all that was asked before."""
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
    """Ask the sound system something and wait for the answer.

    Parameters
    ----------
    if_late
        Gets an answer that comes after the time was up, to take back what was done.

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
    """Say that the sound system hangs."""
    return SoundDeviceError(
        "The sound system of this computer does not answer. Your recordings are safe.",
        "Plug the device in again or restart the sound server, then try again.",
    )


def open_stream(make: Callable[[int, int], Any], tries: Iterable[tuple[int, int]]) -> Any:
    """Start a stream with the first rate and channel count that the device takes.

    To be called within `ask`; ended by `close_stream`.
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
    """End a stream at once; to be called within `begin`.

    Aborted, not stopped: stopping waits for a device that may never go on.
    """
    stream.abort()
    stream.close()
    _open_streams.discard(stream)


def forget_streams() -> None:
    """Let the program end although a stream could not be closed; the system closes it then."""
    atexit.unregister(portaudio()._exit_handler)


def restart() -> None:
    """Let PortAudio look for devices again; it knows only those that were there at its start.

    Raises
    ------
    ValueError
        If a stream is open: it would be torn down under its owner.
    """
    sounddevice = portaudio()
    if _open_streams:
        raise ValueError(f"devices cannot be looked for while {len(_open_streams)} streams run")
    while sounddevice._initialized:
        sounddevice._terminate()
    try:
        sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        raise SoundDeviceError(
            "The sound system of this computer does not start again.",
            "Check its settings, then look for devices again. Your recordings are safe.",
        ) from error


def _reason(error: Exception | None) -> str:
    return str(error.args[0]) if error is not None and error.args else "no reason given"
