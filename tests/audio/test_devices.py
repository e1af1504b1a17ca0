import subprocess
import sys
from pathlib import Path

import pytest

from tests.virtual_sound_card import SECOND_MICROPHONE, VirtualSoundCard
from vgdesk.audio.devices import Microphone, microphones, rescan


def answer_of(script: str, **environment: str) -> str:
    """Run a script in a fresh interpreter, where nothing has asked for devices yet."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return done.stdout


ASK = """
from vgdesk.audio.devices import microphones, rescan
from vgdesk.core.errors import SoundDeviceError
def ask(question):
    try:
        print(question())
    except SoundDeviceError as error:
        print(error)
"""


@pytest.mark.sound
def test_microphones_of_the_sound_card_are_listed(sound_card: VirtualSoundCard) -> None:
    found = microphones()
    titles = [microphone.title for microphone in found]
    assert "virtmic · ALSA" in titles
    assert len(set(titles)) == len(titles)
    assert [microphone.is_default for microphone in found].count(True) == 1
    assert sound_card.microphone(SECOND_MICROPHONE) in found


def test_same_names_get_different_titles() -> None:
    usb = [Microphone("USB mic", "Core Audio", 3 + k, False, number=1 + k) for k in range(2)]
    other = Microphone("USB mic", "WASAPI", 9, False)
    assert len({microphone.title for microphone in (*usb, other)}) == 3


@pytest.mark.sound
def test_devices_come_and_go_with_rescan(sound_card: VirtualSoundCard) -> None:
    # The sound card itself was found this way, after PortAudio had been started without it.
    before = microphones()
    rescan()
    assert microphones() == before
    assert sound_card.microphone() in before


@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is only on Linux")
def test_no_devices_are_an_empty_tuple() -> None:
    script = ASK + (
        "ask(microphones); rescan(); ask(microphones)\n"
        "from vgdesk.audio.recorder import Recorder\n"
        "ask(lambda: Recorder(print).arm(None))\n"
        "from vgdesk.audio.player import Player\n"
        "from vgdesk.audio.files import Recording\n"
        "import numpy\n"
        "ask(lambda: Player(print).play(Recording(numpy.zeros(9, numpy.float32), 8000)))\n"
    )
    if Path("/dev/snd").exists():
        pytest.skip("this computer has a sound card")

    lines = answer_of(script).splitlines()

    assert lines[:2] == ["()", "()"]
    assert lines[2].startswith("No microphone was found. Plug one in")
    assert lines[3].startswith("No playback device was found. Connect one")


@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is only on Linux")
def test_a_broken_configuration_is_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.conf"
    broken.write_text("pcm.x { broken\n")
    said = answer_of(ASK + "ask(microphones); ask(rescan)", ALSA_CONFIG_PATH=str(broken))
    assert said.count("the sound system does not start. Check its settings") == 2


def test_a_missing_portaudio_is_a_sentence() -> None:
    hide = "import ctypes.util; ctypes.util.find_library = lambda name: None\n"
    said = answer_of(hide + ASK + "ask(microphones)")
    assert "the PortAudio library is missing. Install it" in said


def test_importing_the_recorder_does_not_touch_the_sound_system() -> None:
    script = (
        "import sys, vgdesk.audio.recorder, vgdesk.audio.player\n"
        "print('sounddevice' in sys.modules)"
    )
    assert answer_of(script).strip() == "False"
