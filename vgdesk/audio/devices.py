from collections import Counter
from dataclasses import dataclass
from typing import Any

from vgdesk.audio.audio_system import ask, portaudio, restart
from vgdesk.core.errors import SoundDeviceError

# Asking the sound system for its devices opens some of them, which takes its time.
_LOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Microphone:
    """A device that sound can be recorded from.

    Attributes
    ----------
    host
        The part of the system that offers it, for example "ALSA" or "Core Audio".
    index
        Place in the list of PortAudio; may change with every `rescan`.
    number
        1 for the first device of this name and host, 2 for the next one.
    """

    name: str
    host: str
    index: int
    is_default: bool
    number: int = 1

    @property
    def title(self) -> str:
        """The name as shown, different for each device of the list."""
        twin = f" ({self.number})" if self.number > 1 else ""
        return f"{self.name}{twin} · {self.host}"


def microphones() -> tuple[Microphone, ...]:
    """List the microphones that were there at the start or at the last `rescan`.

    Raises
    ------
    SoundDeviceError
        If there is no working sound system. No microphone is no error, but an empty tuple.
    """
    return ask(_list, seconds=_LOOK_SECONDS)


def rescan() -> None:
    """Look for devices that were plugged in or out; no stream may be open.

    Raises
    ------
    SoundDeviceError
        If the sound system does not answer or does not start again.
    """
    ask(restart, seconds=_LOOK_SECONDS)


def device_of(microphone: Microphone | None) -> dict[str, Any]:
    """Return what PortAudio says about a microphone, None being the default one.

    To be called within `ask`.
    """
    found = _list()
    if not found:
        raise SoundDeviceError(
            "No microphone was found.",
            "Plug one in and look for devices again, or load sound files instead.",
        )
    chosen = _same(microphone, found) if microphone else _default(found)
    device: dict[str, Any] = portaudio().query_devices(chosen.index)
    return device


def _list() -> tuple[Microphone, ...]:
    sounddevice = portaudio()
    try:
        hosts, devices = sounddevice.query_hostapis(), sounddevice.query_devices()
    except sounddevice.PortAudioError as error:
        raise SoundDeviceError(
            "The sound system of this computer is not running.", "Look for devices again."
        ) from error
    default = sounddevice.default.device[0]
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for device in devices:
        if device["max_input_channels"] > 0:
            name, host = device["name"], hosts[device["hostapi"]]["name"]
            seen[name, host] += 1
            index = device["index"]
            found.append(Microphone(name, host, index, index == default, seen[name, host]))
    return tuple(found)


def _same(microphone: Microphone, found: tuple[Microphone, ...]) -> Microphone:
    """Find a microphone again whose index may have changed."""
    for other in found:
        if other.title == microphone.title:
            return other
    raise SoundDeviceError(
        f"The microphone “{microphone.title}” is no longer there.",
        "Plug it in and look for devices again, or choose another one.",
    )


def _default(found: tuple[Microphone, ...]) -> Microphone:
    return next((microphone for microphone in found if microphone.is_default), found[0])
