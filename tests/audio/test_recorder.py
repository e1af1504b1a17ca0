import math
import os
import queue
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.audio.speech import people_files, spoken
from tests.virtual_sound_card import SECOND_MICROPHONE, VirtualSoundCard, best_correlation
from vgdesk.audio import audio_system, input_line
from vgdesk.audio.devices import Microphone, rescan
from vgdesk.audio.files import FASTEST_RATE, Recording, read, resample
from vgdesk.audio.recorder import (
    Recorder,
    RecorderEvent,
    RecorderEventKind,
    RecorderState,
    keep,
    partial_path,
    read_partial,
)
from vgdesk.audio.ring_buffer import RingBuffer
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import SoundDeviceError

pytestmark = pytest.mark.sound

LIMIT = 30.0


class Studio:
    """A recorder, what it told, and the file of its take."""

    def __init__(self, folder: Path) -> None:
        self.events: queue.SimpleQueue[RecorderEvent] = queue.SimpleQueue()
        self.recorder = Recorder(self.events.put)
        self.folder = folder
        self.partial = folder / "none"

    def start(self, *, stop_by_voice: bool = False) -> None:
        self.partial = partial_path(self.folder, "t1", self.recorder.sample_rate)
        self.recorder.start(self.partial, stop_by_voice=stop_by_voice)

    def wait_for(self, kind: RecorderEventKind) -> RecorderEvent:
        """Return the next event of a kind; fails if it does not come."""
        while (event := self.events.get(timeout=LIMIT)).kind is not kind:
            pass
        return event

    def wait_seconds(self, seconds: float) -> None:
        """Wait until the running take has grown by so much."""
        due = self.recorder.seconds + seconds
        wait_until(lambda: self.recorder.seconds >= due)


@pytest.fixture
def studio(tmp_path: Path, sound_card: VirtualSoundCard) -> Iterator[Studio]:
    studio = Studio(tmp_path)
    yield studio
    sound_card.thaw()
    studio.recorder.disarm()
    wait_until(lambda: not studio.recorder.is_abandoned)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def likeness(recording: Recording, word: Recording) -> float:
    """Return how well the word is contained in the recording, 1 being perfectly."""
    source = resample(word, recording.sample_rate)
    return best_correlation(recording.samples, source.samples)[0]


@contextmanager
def endless_tone(card: VirtualSoundCard) -> Iterator[None]:
    """Let a tone sound into the microphone as long as the block runs."""
    t = np.arange(30 * 16_000) / 16_000
    tone = Recording((0.3 * np.sin(2 * np.pi * 300 * t)).astype(np.float32), 16_000)
    with card.playing_into_microphone(tone):
        yield


def test_a_word_of_a_person_arrives_unchanged(studio: Studio, sound_card: VirtualSoundCard) -> None:
    word = read(people_files()[0])
    recorder = studio.recorder
    recorder.arm(sound_card.microphone())
    assert recorder.state is RecorderState.ARMED

    studio.start()
    assert recorder.state is RecorderState.RECORDING
    sound_card.play_into_microphone(word)
    studio.wait_seconds(0.6)
    recording = read_partial(recorder.stop())

    assert recorder.state is RecorderState.ARMED
    assert likeness(recording, word) > 0.99
    assert recorder.lost_blocks == 0
    assert recorder.seconds == 0.0


@pytest.mark.slow
def test_the_room_is_measured_before_the_take(studio: Studio, sound_card: VirtualSoundCard) -> None:
    recorder = studio.recorder
    assert recorder.room_dbfs is None
    recorder.arm(sound_card.microphone())
    hiss = np.random.default_rng(0).normal(0, 0.01, 6 * 48_000).astype(np.float32)
    playing = threading.Thread(
        target=sound_card.play_into_microphone, args=(Recording(hiss, 48_000),)
    )
    playing.start()
    written = recorder._line.ring  # type: ignore[union-attr]
    wait_until(lambda: np.count_nonzero(written.latest(3 * recorder.sample_rate)) > 2 * 48_000)
    studio.start()
    recorder.stop()
    assert recorder.room_dbfs == pytest.approx(-40, abs=3)
    playing.join(LIMIT)


@pytest.mark.slow
def test_a_kept_take_holds_the_word_and_the_proposed_trim_finds_it(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path
) -> None:
    word = spoken("elephant", tmp_path)
    studio.recorder.arm(sound_card.microphone())
    studio.start()
    sound_card.play_into_microphone(word)
    studio.wait_seconds(0.5)
    studio.recorder.stop()

    keep(studio.partial, tmp_path / "t1.flac")

    recording = read(tmp_path / "t1.flac")
    start, end = find_word(recording) or (0.0, 0.0)
    source = resample(word, recording.sample_rate)
    place = best_correlation(recording.samples, source.samples)[1] / recording.sample_rate
    assert start < place < place + word.seconds < end
    assert likeness(read(tmp_path / "t1.flac", start=start, end=end), word) > 0.99


@pytest.mark.slow
def test_what_was_said_just_before_the_key_is_in_the_take(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path
) -> None:
    word = spoken("cat", tmp_path)
    studio.recorder.arm(sound_card.microphone())

    with sound_card.playing_into_microphone(word):
        # Somebody is speaking already when the key is pressed.
        wait_until(lambda: studio.recorder.level().peak_dbfs > -30)
        studio.start()
        studio.wait_seconds(word.seconds + 0.6)

    recording = read_partial(studio.recorder.stop())
    assert likeness(recording, word) > 0.99


@pytest.mark.slow
def test_the_take_is_on_disk_while_it_runs(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path
) -> None:
    studio.recorder.arm(sound_card.microphone())
    with endless_tone(sound_card):
        studio.start()
        studio.wait_seconds(1.0)
        snapshot = partial_path(tmp_path, "copy", studio.recorder.sample_rate)
        snapshot.write_bytes(studio.partial.read_bytes())
        studio.wait_seconds(0.6)
    recording = read_partial(studio.recorder.stop())

    rescued = read_partial(snapshot)
    assert 0.5 < rescued.seconds < recording.seconds
    np.testing.assert_array_equal(rescued.samples, recording.samples[: len(rescued.samples)])


@pytest.mark.slow
def test_the_end_of_the_word_is_reported_once(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path
) -> None:
    word = spoken("elephant", tmp_path)
    studio.recorder.arm(sound_card.microphone())
    studio.start(stop_by_voice=True)
    sound_card.play_into_microphone(word)
    assert studio.wait_for(RecorderEventKind.VOICE_ENDED).error is None
    studio.wait_seconds(0.6)
    recording = read_partial(studio.recorder.stop())

    assert likeness(recording, word) > 0.99
    told = [studio.events.get().kind for _ in range(studio.events.qsize())]
    assert RecorderEventKind.VOICE_ENDED not in told


@pytest.mark.slow
def test_takes_follow_each_other_on_one_open_microphone(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path
) -> None:
    studio.recorder.arm(sound_card.microphone())
    for text in ("cat", "fish"):
        word = spoken(text, tmp_path)
        studio.start()
        sound_card.play_into_microphone(word)
        studio.wait_seconds(0.6)
        recording = read_partial(studio.recorder.stop())
        keep(studio.partial, tmp_path / f"{text}.flac")
        assert likeness(recording, word) > 0.99


DISASTERS: dict[str, Callable[[VirtualSoundCard], None]] = {
    "pulled out": lambda card: card.remove_all_sources(),
    "killed": lambda card: card.kill(),
    "suspended": lambda card: card.control("suspend-source", "mic", "1"),
    "frozen": lambda card: card.freeze(),
}


@pytest.mark.slow
@pytest.mark.parametrize("disaster", DISASTERS)
def test_a_lost_microphone_is_reported_and_the_take_kept(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path, disaster: str
) -> None:
    word = spoken("elephant", tmp_path)
    recorder = studio.recorder
    recorder.arm(sound_card.microphone())
    studio.start()
    sound_card.play_into_microphone(word)
    studio.wait_seconds(0.6)

    DISASTERS[disaster](sound_card)
    told = studio.wait_for(RecorderEventKind.LOST)

    assert told.error is not None
    assert told.error.hint
    assert recorder.state is RecorderState.LOST
    assert not recorder.level().is_digital_silence
    recording = read_partial(recorder.stop())
    assert likeness(recording, word) > 0.99
    keep(studio.partial, tmp_path / "t1.flac")
    assert likeness(read(tmp_path / "t1.flac"), word) > 0.99
    with pytest.raises(SoundDeviceError, match="was disconnected"):
        studio.start()
    recorder.disarm()
    assert recorder.state is RecorderState.IDLE
    assert recorder.is_abandoned == (disaster == "frozen")


@pytest.mark.slow
def test_a_frozen_sound_system_does_not_block_and_recovers(
    studio: Studio, sound_card: VirtualSoundCard
) -> None:
    recorder = studio.recorder
    recorder.arm(sound_card.microphone())
    sound_card.freeze()
    recorder.disarm()
    assert recorder.is_abandoned
    assert recorder.state is RecorderState.IDLE
    with pytest.raises(SoundDeviceError, match="does not respond"):
        recorder.arm(None)

    sound_card.thaw()
    wait_until(lambda: not recorder.is_abandoned)
    recorder.arm(sound_card.microphone())
    assert recorder.state is RecorderState.ARMED


@pytest.mark.slow
def test_opening_a_frozen_sound_system_times_out_and_leaves_no_stream_open(
    studio: Studio, sound_card: VirtualSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(input_line, "_OPEN_SECONDS", 0.3)
    sound_card.freeze()
    with pytest.raises(SoundDeviceError, match="does not respond"):
        studio.recorder.arm(None)
    assert studio.recorder.state is RecorderState.IDLE

    sound_card.thaw()
    # Asked last, so answered when the late stream has come and gone.
    wait_until(lambda: audio_system.ask(lambda: not audio_system._open_streams, seconds=LIMIT))
    rescan()


@pytest.mark.slow
def test_the_program_can_end_although_the_sound_system_hangs(sound_card: VirtualSoundCard) -> None:
    script = """
from vgdesk.audio.recorder import Recorder
recorder = Recorder(print)
recorder.arm(None)
print("armed", flush=True)
input()
recorder.disarm()
print(recorder.is_abandoned)
"""
    program = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == "armed\n"
        sound_card.freeze()
        said, _ = program.communicate("\n", timeout=LIMIT)
        assert said.endswith("True\n")
        assert program.returncode == 0
    finally:
        program.kill()
        program.wait()


@pytest.mark.slow
def test_an_unmuted_microphone_is_not_silent_and_a_muted_one_is(
    studio: Studio, sound_card: VirtualSoundCard
) -> None:
    recorder = studio.recorder
    recorder.arm(sound_card.microphone())
    with endless_tone(sound_card):
        # Until the whole window of the meter is full of it.
        wait_until(lambda: recorder.level().rms_dbfs > -14)
        level = recorder.level()
        assert level.peak_dbfs == pytest.approx(20 * np.log10(0.3), abs=0.5)
        assert level.rms_dbfs == pytest.approx(20 * np.log10(0.3 / np.sqrt(2)), abs=0.5)
        assert not level.is_digital_silence
        assert not level.is_clipping

        sound_card.control("set-source-mute", "mic", "1")
        wait_until(lambda: recorder.level().is_digital_silence)
        told = studio.wait_for(RecorderEventKind.SILENT)
        assert told.error is not None
        assert "muted" in told.error.message
        assert recorder.state is RecorderState.ARMED

        sound_card.control("set-source-mute", "mic", "0")
        wait_until(lambda: not recorder.level().is_digital_silence)


def test_clipping_is_seen(studio: Studio, sound_card: VirtualSoundCard) -> None:
    square = np.sign(np.sin(np.arange(16_000) / 10)).astype(np.float32)
    studio.recorder.arm(sound_card.microphone())
    with sound_card.playing_into_microphone(Recording(square, 16_000)):
        wait_until(lambda: studio.recorder.level().is_clipping)


@pytest.mark.slow
def test_two_microphones_are_distinguished(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path
) -> None:
    word = spoken("fish", tmp_path)
    for name, is_heard in ((SECOND_MICROPHONE, True), ("virtmic", False)):
        studio.recorder.arm(sound_card.microphone(name))
        studio.start()
        sound_card.play_into_microphone(word, feed="feed2")
        studio.wait_seconds(0.6)
        recording = read_partial(studio.recorder.stop())
        studio.partial.unlink()
        assert (likeness(recording, word) > 0.99) == is_heard


def test_a_microphone_that_is_gone_is_named(studio: Studio, sound_card: VirtualSoundCard) -> None:
    with pytest.raises(SoundDeviceError, match=r"USB mic · ALSA.*no longer connected"):
        studio.recorder.arm(Microphone("USB mic", "ALSA", 0, False))


@pytest.mark.slow
def test_a_device_that_refuses_mono_and_its_own_rate_is_used_all_the_same(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sounddevice = audio_system.portaudio()
    asked = []

    class Fussy(sounddevice.InputStream):  # type: ignore[misc]
        def __init__(self, **options: Any) -> None:
            asked.append((options["samplerate"], options["channels"]))
            if options["samplerate"] == 44_100 or options["channels"] == 1:
                raise sounddevice.PortAudioError("Invalid", -9997)
            super().__init__(**options)

    monkeypatch.setattr(sounddevice, "InputStream", Fussy)
    word = spoken("fish", tmp_path)
    studio.recorder.arm(sound_card.microphone())
    assert asked[0] == (44_100, 1)
    assert asked[-1] == (48_000, 2)
    assert studio.recorder.sample_rate == 48_000
    studio.start()
    sound_card.play_into_microphone(word)
    studio.wait_seconds(0.6)
    assert likeness(read_partial(studio.recorder.stop()), word) > 0.99


@pytest.mark.slow
def test_a_device_that_is_faster_than_a_sound_file_may_be_is_used_more_slowly(
    studio: Studio, sound_card: VirtualSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    microphone = sound_card.microphone()
    sounddevice = audio_system.portaudio()
    listed = sounddevice.query_devices

    def query_devices(*which: Any) -> Any:
        found = listed(*which)
        return {**found, "default_samplerate": 768_000.0} if isinstance(found, dict) else found

    monkeypatch.setattr(sounddevice, "query_devices", query_devices)
    studio.recorder.arm(microphone)
    studio.start()
    studio.wait_seconds(0.3)
    keep(studio.recorder.stop(), studio.folder / "t1.flac")
    assert read(studio.folder / "t1.flac").sample_rate <= FASTEST_RATE


def test_a_device_that_refuses_everything_is_a_sentence(
    studio: Studio, sound_card: VirtualSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    sounddevice = audio_system.portaudio()

    def refuse(**_options: Any) -> None:
        raise sounddevice.PortAudioError("Device unavailable", -9985)

    monkeypatch.setattr(sounddevice, "InputStream", refuse)
    with pytest.raises(SoundDeviceError, match=r"could not be opened \(Device unavailable\)"):
        studio.recorder.arm(sound_card.microphone())
    assert studio.recorder.state is RecorderState.IDLE


@pytest.mark.slow
def test_a_full_disk_is_reported_and_the_written_part_kept(
    studio: Studio, sound_card: VirtualSoundCard
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    studio.recorder.arm(sound_card.microphone())
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        studio.start()
        told = studio.wait_for(RecorderEventKind.UNWRITABLE)
        assert "could not be written" in str(told.error)
        assert read_partial(studio.recorder.stop()).samples.nbytes == 100_000
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def broken_samples(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the device deliver values that are no numbers as long as the block runs."""
    write = RingBuffer.write

    def write_broken(ring: RingBuffer, block: FloatArray) -> None:
        write(ring, np.full_like(block, np.nan))

    with monkeypatch.context() as patch:
        patch.setattr(RingBuffer, "write", write_broken)
        yield


@pytest.mark.slow
def test_a_device_that_sends_no_numbers_costs_no_take(
    studio: Studio,
    sound_card: VirtualSoundCard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    word = spoken("elephant", tmp_path)
    studio.recorder.arm(sound_card.microphone())
    studio.start(stop_by_voice=True)
    with broken_samples(monkeypatch):
        studio.wait_seconds(0.3)
        assert math.isfinite(studio.recorder.level().rms_dbfs)
    sound_card.play_into_microphone(word)
    studio.wait_for(RecorderEventKind.VOICE_ENDED)  # it is heard although it came after the holes
    kept = keep(studio.recorder.stop(), tmp_path / "t1.flac")
    assert 0.1 < kept.broken_seconds < 1.0
    assert likeness(read(tmp_path / "t1.flac"), word) > 0.99
    assert studio.recorder.state is RecorderState.ARMED


@pytest.mark.slow
@pytest.mark.logs("stopped watching")
def test_a_mistake_while_listening_ends_the_take_and_keeps_it(
    studio: Studio, sound_card: VirtualSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_samples: FloatArray) -> bool:
        raise ZeroDivisionError

    studio.recorder.arm(sound_card.microphone())
    studio.start(stop_by_voice=True)
    studio.wait_seconds(0.3)
    monkeypatch.setattr(studio.recorder._take.writer._end_of_speech, "feed", fail)  # type: ignore[union-attr]
    assert "recorder failed" in str(studio.wait_for(RecorderEventKind.LOST).error)
    assert studio.recorder.state is RecorderState.LOST
    assert read_partial(studio.recorder.stop()).seconds > 0.3
    studio.partial.unlink()
    studio.recorder.arm(sound_card.microphone())
    studio.start(stop_by_voice=True)
    studio.wait_seconds(0.3)
    assert read_partial(studio.recorder.stop()).seconds > 0.3


@pytest.mark.slow
def test_a_folder_that_vanishes_costs_no_take(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path
) -> None:
    studio.folder, spare = tmp_path / "takes", tmp_path / "spare"
    studio.folder.mkdir()
    spare.mkdir()
    word = spoken("elephant", tmp_path)
    studio.recorder.arm(sound_card.microphone())
    studio.start()
    sound_card.play_into_microphone(word)
    shutil.rmtree(studio.folder)
    studio.wait_seconds(0.3)
    held = studio.recorder.stop(lambda: spare)
    assert held.parent == spare
    assert likeness(read_partial(held), word) > 0.99
    assert not studio.folder.exists()


@pytest.mark.slow
def test_disarming_in_the_middle_keeps_the_take(
    studio: Studio, sound_card: VirtualSoundCard
) -> None:
    studio.recorder.arm(sound_card.microphone())
    studio.start()
    studio.wait_seconds(0.6)
    studio.recorder.disarm()
    assert studio.recorder.sample_rate == 0
    assert read_partial(studio.recorder.stop()).seconds > 0.3
    assert studio.recorder.state is RecorderState.IDLE


def test_the_recorder_may_be_stopped_by_its_own_news(
    tmp_path: Path, sound_card: VirtualSoundCard
) -> None:
    kept: queue.SimpleQueue[Recording] = queue.SimpleQueue()

    def end(event: RecorderEvent) -> None:
        if event.kind is RecorderEventKind.LOST:
            kept.put(read_partial(recorder.stop()))
            recorder.disarm()

    recorder = Recorder(end)
    recorder.arm(None)
    recorder.start(partial_path(tmp_path, "t1", recorder.sample_rate), stop_by_voice=False)
    wait_until(lambda: recorder.seconds > 0.2)
    sound_card.kill()
    assert kept.get(timeout=LIMIT).seconds > 0.1
    wait_until(lambda: recorder.state is RecorderState.IDLE)
    wait_until(lambda: "recorder" not in [thread.name for thread in threading.enumerate()])


def test_wrong_order_is_our_mistake(
    studio: Studio, sound_card: VirtualSoundCard, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="armed"):
        studio.start()
    with pytest.raises(ValueError, match="no take"):
        studio.recorder.stop()
    studio.recorder.arm(None)
    studio.start()
    with pytest.raises(ValueError, match="no running take"):
        studio.recorder.start(tmp_path / "t2", stop_by_voice=False)
    studio.recorder.stop()


def test_an_idle_recorder_answers_everything() -> None:
    recorder = Recorder(lambda event: None)
    recorder.disarm()
    assert recorder.state is RecorderState.IDLE
    assert recorder.sample_rate == 0
    assert recorder.seconds == 0.0
    assert recorder.lost_blocks == 0
    assert recorder.level().peak_dbfs == float("-inf")
    assert not recorder.level().is_digital_silence
