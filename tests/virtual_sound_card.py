"""A sound card for tests: PulseAudio with a virtual microphone and loudspeaker.

Use it in a test module or a conftest.py by importing the fixture:

    from tests.virtual_sound_card import VirtualSoundCard, sound_card  # noqa: F401

    @pytest.mark.sound
    def test_it(sound_card: VirtualSoundCard) -> None:
        recorder.arm(sound_card.microphone())
        sound_card.play_into_microphone(word)        # blocks until it was played
        heard = sound_card.heard_by_loudspeaker(play)

Each test gets its own sound server (up in a third of a second), so that a test may kill it.
PortAudio is told to look for devices again at both ends; a test must have closed its streams by
then. Nothing of the user's own sound set-up is touched. Skips, with the reason, where PulseAudio is
missing.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from vgdesk.audio import devices
from vgdesk.audio.files import Recording
from vgdesk.core.arrays import FloatArray

MICROPHONE = "virtmic"
SECOND_MICROPHONE = "virtmic2"

_ALSA = Path("/usr/share/alsa/alsa.conf")
_START_SECONDS = 20.0
_NEEDED = ("pulseaudio", "pactl", "paplay", "parec")

# norewinds: without it the sound often comes a second late, and its end is cut.
_SERVER = """\
load-module module-native-protocol-unix socket={run}/native auth-anonymous=1
load-module module-null-sink sink_name=spk norewinds=1 rate=48000 channels=2 format=float32le
load-module module-null-sink sink_name=feed norewinds=1 rate=48000 channels=1 format=float32le
load-module module-null-sink sink_name=feed2 norewinds=1 rate=48000 channels=1 format=float32le
load-module module-remap-source source_name=mic master=feed.monitor
load-module module-remap-source source_name=mic2 master=feed2.monitor
set-default-sink spk
set-default-source mic
"""
_DEVICES = """\
pcm.virtmic {{
  type pulse
  server "unix:{run}/native"
  device "mic"
  hint.description "Virtual microphone"
}}
pcm.virtmic2 {{
  type pulse
  server "unix:{run}/native"
  device "mic2"
  hint.description "Second virtual microphone"
}}
pcm.!default {{
  type pulse
  server "unix:{run}/native"
  hint.description "Default"
}}
"""


class VirtualSoundCard:
    """A running sound server with two microphones and a loudspeaker."""

    def __init__(self, server: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
        self._server = server
        self._environment = environment
        self._folder = Path(environment["PULSE_RUNTIME_PATH"])

    def microphone(self, name: str = MICROPHONE) -> devices.Microphone:
        return next(found for found in devices.microphones() if found.name == name)

    def play_into_microphone(self, sound: Path | Recording, *, feed: str = "feed") -> None:
        """Speak into the virtual microphone; returns when all was said."""
        self._run(*self._paplay(sound, feed))

    @contextmanager
    def playing_into_microphone(self, sound: Path | Recording) -> Iterator[None]:
        """Speak into the virtual microphone while the block runs, at most to its end."""
        paplay = subprocess.Popen(self._paplay(sound, "feed"), env=self._environment)
        try:
            yield
        finally:
            paplay.kill()
            paplay.wait()

    def heard_by_loudspeaker(self, play: Callable[[], object]) -> Recording:
        """Record what comes out of the loudspeaker while `play` runs, and half a second more."""
        file = self._folder / "heard.raw"
        command = ["parec", "--device=spk.monitor", "--format=float32le", "--rate=48000"]
        with file.open("wb") as out:
            parec = subprocess.Popen(
                [*command, "--channels=1", "--latency-msec=100"], env=self._environment, stdout=out
            )
            try:
                _wait_for(lambda: file.stat().st_size > 0)
                begun = time.monotonic()
                play()
                due = (time.monotonic() - begun + 0.5) * 48_000 * 4
                _wait_for(lambda: file.stat().st_size >= due)
            finally:
                parec.kill()
                parec.wait()
        samples = np.fromfile(file, np.float32)
        return Recording(samples, 48_000)

    def control(self, *command: str) -> None:
        """Give the sound server an order of pactl, for example "set-source-mute", "mic", "1"."""
        self._run("pactl", *command)

    def remove_all_sources(self) -> None:
        """Pull out every microphone at once."""
        self.control("unload-module", "module-remap-source")
        self.control("unload-module", "module-null-sink")

    def kill(self) -> None:
        self._server.kill()
        self._server.wait()

    def freeze(self) -> None:
        """Let the sound server hang; it goes on by `thaw` or at the end of the test."""
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._server.send_signal(signal.SIGCONT)

    def _paplay(self, sound: Path | Recording, feed: str) -> list[str]:
        if isinstance(sound, Recording):
            file = self._folder / "spoken.wav"
            soundfile.write(file, sound.samples, sound.sample_rate, subtype="FLOAT")
            sound = file
        # With less than 100 ms a busy machine would tear holes into what is played.
        return ["paplay", f"--device={feed}", "--latency-msec=100", str(sound)]

    def _run(self, *command: str) -> None:
        subprocess.run(command, env=self._environment, check=True, capture_output=True, timeout=60)


@pytest.fixture
def sound_card() -> Iterator[VirtualSoundCard]:
    """Yield a sound card whose devices PortAudio knows."""
    with virtual_sound_card() as card:
        yield card


@contextmanager
def virtual_sound_card() -> Iterator[VirtualSoundCard]:
    """Start a sound server, point this process to it, and undo both in the end."""
    _skip_where_impossible()
    # A short path: the name of a socket may not be longer than about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="snd") as folder:
        run = Path(folder)
        environment = os.environ | _variables(run)
        (run / "server.pa").write_text(_SERVER.format(run=run))
        (run / "devices.conf").write_text(_DEVICES.format(run=run))
        server = _start(run, environment)
        before = {name: os.environ.get(name) for name in _variables(run)}
        try:
            _wait_until_up(server, environment, run)
            os.environ.update(_variables(run))
            devices.rescan()
            yield VirtualSoundCard(server, environment)
        finally:
            server.send_signal(signal.SIGCONT)
            server.kill()
            server.wait()
            _restore(before)
            devices.rescan()


def _skip_where_impossible() -> None:
    missing = [program for program in _NEEDED if shutil.which(program) is None]
    if missing or not sys.platform.startswith("linux") or not _ALSA.exists():
        pytest.skip(f"a virtual sound card needs PulseAudio and ALSA on Linux; missing: {missing}")


def _variables(run: Path) -> dict[str, str]:
    return {
        "PULSE_RUNTIME_PATH": str(run),
        "PULSE_STATE_PATH": str(run),
        "PULSE_COOKIE": str(run / "cookie"),
        "PULSE_SERVER": f"unix:{run}/native",
        "ALSA_CONFIG_PATH": f"{_ALSA}:{run}/devices.conf",
    }


def _start(run: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with (run / "server.log").open("wb") as log:
        return subprocess.Popen(
            [
                *("pulseaudio", "-n", "-F", str(run / "server.pa"), "--daemonize=no"),
                *("--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"),
                *("--log-target=stderr", "--log-level=notice"),
            ],
            env=environment | {"XDG_RUNTIME_DIR": str(run)},
            stderr=log,
        )


def _wait_until_up(server: subprocess.Popen[bytes], environment: dict[str, str], run: Path) -> None:
    def is_settled() -> bool:
        info = subprocess.run(["pactl", "info"], env=environment, capture_output=True, check=False)
        return info.returncode == 0 or server.poll() is not None

    _wait_for(is_settled)
    if server.poll() is not None:
        pytest.fail("PulseAudio did not start: " + (run / "server.log").read_text())


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("the virtual sound card did not answer in time")
        time.sleep(0.01)


def _restore(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def best_correlation(heard: FloatArray, source: FloatArray) -> tuple[float, int]:
    """Find the source in what was heard: the best normalised correlation, and where it begins."""
    size = 1 << (len(heard) + len(source)).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(source, size).conj(), size)
    sums = np.cumsum(np.pad(np.square(heard, dtype=np.float64), (1, 0)))
    energy = sums[len(source) :] - sums[: -len(source)]
    due = float(np.square(source, dtype=np.float64).sum())
    # Where it is nearly silent, rounding errors would look like anything.
    scores = products[: len(energy)] / np.sqrt(np.maximum(energy, 0.01 * due) * due)
    place = int(np.argmax(scores))
    return float(scores[place]), place
