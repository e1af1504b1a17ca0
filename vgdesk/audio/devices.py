from collections import Counter
from dataclasses import dataclass
from typing import Any

from vgdesk.audio.audio_system import ask, portaudio, restart
from vgdesk.core.errors import SoundDeviceError

# Listing the devices opens some of them, which takes time.
_LOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Microphone:
    """A recording device.

    Attributes
    ----------
    host
        The host API that provides it, for example "ALSA" or "Core Audio".
    index
        Index in the list of PortAudio; may change with every `rescan`.
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
        """The displayed name, unique in the list."""
        twin = f" ({self.number})" if self.number > 1 else ""
        return f"{self.name}{twin} · {self.host}"


def microphones() -> tuple[Microphone, ...]:
    """List the microphones that were present at the start or at the last `rescan`.

    Raises
    ------
    SoundDeviceError
        If there is no working sound system. Without a microphone the tuple is empty.
    """
    return ask(_list, seconds=_LOOK_SECONDS)


def rescan() -> None:
    """Look for devices that were connected or disconnected; no stream may be open.

    Raises
    ------
    SoundDeviceError
        If the sound system does not respond or does not restart.
    """
    ask(restart, seconds=_LOOK_SECONDS)


def device_of(microphone: Microphone | None) -> dict[str, Any]:
    """Return the device entry of PortAudio for a microphone; None is the default one.

    Call it within `ask`.
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
    """Find the same microphone, whose index may have changed."""
    for other in found:
        if other.title == microphone.title:
            return other
    raise SoundDeviceError(
        f"The microphone “{microphone.title}” is no longer connected.",
        "Plug it in and look for devices again, or choose another one.",
    )


def _default(found: tuple[Microphone, ...]) -> Microphone:
    return next((microphone for microphone in found if microphone.is_default), found[0])
