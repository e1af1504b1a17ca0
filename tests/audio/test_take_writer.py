import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audio.speech import spoken
from vgdesk.audio.files import read
from vgdesk.audio.recorder import keep, partial_path, read_partial
from vgdesk.audio.ring_buffer import RingBuffer
from vgdesk.audio.speech_activity import EndOfSpeech
from vgdesk.audio.take_writer import KeptSound, TakeWriter
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import AudioFileError

RATE = 8_000


def noise(length: int) -> FloatArray:
    return np.random.default_rng(length).uniform(-0.9, 0.9, length).astype(np.float32)


def test_pre_roll_is_in_the_take_and_what_came_before_is_not(tmp_path: Path) -> None:
    sound = noise(3_000)
    ring = RingBuffer(RATE)
    ring.write(sound[:2_000, np.newaxis])
    partial = partial_path(tmp_path, "t1", RATE)

    writer = TakeWriter(partial, ring, pre_roll=500, end_of_speech=None)
    ring.write(sound[2_000:, np.newaxis])
    writer.drain()
    writer.close()

    np.testing.assert_array_equal(read_partial(partial).samples, sound[1_500:])
    assert read_partial(partial).sample_rate == RATE
    assert writer.samples == 1_500


def test_every_drain_is_on_disk_at_once(tmp_path: Path) -> None:
    sound = noise(3_000)
    ring = RingBuffer(RATE)
    partial = partial_path(tmp_path, "t1", RATE)
    writer = TakeWriter(partial, ring, pre_roll=500, end_of_speech=None)
    for end in range(100, 3_001, 100):
        ring.write(sound[end - 100 : end, np.newaxis])
        writer.drain()
        assert len(read_partial(partial).samples) == end
    writer.close()


@given(st.integers(4, 400))
def test_wherever_it_breaks_off_it_is_a_take(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    partial = partial_path(tmp_path_factory.getbasetemp(), "cut", RATE)
    sound = noise(100)
    partial.write_bytes(sound.astype("<f4").tobytes()[:length])
    np.testing.assert_array_equal(read_partial(partial).samples, sound[: length // 4])


def test_lost_samples_are_counted(tmp_path: Path) -> None:
    ring = RingBuffer(1_000)
    writer = TakeWriter(partial_path(tmp_path, "t", RATE), ring, pre_roll=0, end_of_speech=None)
    for _ in range(5):
        ring.write(noise(500)[:, np.newaxis])
    writer.drain()
    writer.close()
    assert writer.lost == 1_500


def test_a_take_is_never_overwritten(tmp_path: Path) -> None:
    partial = partial_path(tmp_path, "t1", RATE)
    partial.write_bytes(b"what was said before")
    with pytest.raises(AudioFileError, match="could not be written"):
        TakeWriter(partial, RingBuffer(RATE), pre_roll=0, end_of_speech=None)
    assert partial.read_bytes() == b"what was said before"


def test_the_word_before_does_not_end_the_take(tmp_path: Path) -> None:
    word = spoken("apple", tmp_path)
    rate = word.sample_rate
    ring = RingBuffer(10 * rate)

    def hear(sound: FloatArray) -> None:
        ring.write(sound[:, np.newaxis])
        writer.drain()
        writer.listen()

    ring.write(word.samples[:, np.newaxis])
    writer = TakeWriter(
        partial_path(tmp_path, "t", rate), ring, pre_roll=rate, end_of_speech=EndOfSpeech(rate)
    )
    hear(np.zeros(2 * rate, np.float32))
    assert not writer.has_voice_ended
    hear(word.samples)
    assert not writer.has_voice_ended
    hear(np.zeros(rate, np.float32))
    assert writer.has_voice_ended
    writer.close()


def test_keep_makes_a_flac_file_and_only_then_lets_go(tmp_path: Path) -> None:
    partial = partial_path(tmp_path, "t1", RATE)
    sound = noise(2_000)
    partial.write_bytes(sound.astype("<f4").tobytes())

    with pytest.raises(AudioFileError):
        keep(partial, tmp_path / "no such folder" / "t1.flac")
    assert partial.exists()

    assert keep(partial, tmp_path / "t1.flac") == KeptSound(2_000 / RATE)
    assert not partial.exists()
    np.testing.assert_allclose(read(tmp_path / "t1.flac").samples, sound, atol=2**-23)


def test_a_take_without_sound_says_so(tmp_path: Path) -> None:
    partial = partial_path(tmp_path, "t1", RATE)
    partial.touch()
    with pytest.raises(AudioFileError, match="Nothing was recorded"):
        keep(partial, tmp_path / "t1.flac")
    assert not (tmp_path / "t1.flac").exists()


def test_names_may_have_dots_but_must_have_a_rate(tmp_path: Path) -> None:
    partial = tmp_path / "dr. who.44100.partial"
    partial.write_bytes(bytes(40))
    assert read_partial(partial).sample_rate == 44_100
    (tmp_path / "other.wav").write_bytes(bytes(40))
    with pytest.raises(AudioFileError, match="sample rate"):
        read_partial(tmp_path / "other.wav")


@pytest.mark.parametrize("name", ["../dog-1", "a/b", "..", "", "con", "dr. who"])
def test_no_take_is_written_under_a_name_that_could_lead_elsewhere(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(ValueError, match="not a take id"):
        partial_path(tmp_path, name, RATE)


def test_what_is_no_number_is_on_disk_as_it_came_and_silence_in_the_take(tmp_path: Path) -> None:
    sound = noise(2_000)
    sound[500:700] = np.nan
    sound[1_500] = -np.inf
    ring = RingBuffer(RATE)
    partial = partial_path(tmp_path, "t1", RATE)
    writer = TakeWriter(partial, ring, pre_roll=0, end_of_speech=EndOfSpeech(RATE))
    ring.write(sound[:, np.newaxis])
    writer.drain()
    assert not writer.listen()
    writer.close()
    assert partial.read_bytes() == sound.astype("<f4").tobytes()
    due = np.where(np.isfinite(sound), sound, 0)
    np.testing.assert_array_equal(read_partial(partial).samples, due)
    assert keep(partial, tmp_path / "t1.flac") == KeptSound(0.25, 201 / RATE)
    np.testing.assert_allclose(read(tmp_path / "t1.flac").samples, due, atol=2**-23)


def test_a_take_whose_folder_was_removed_is_written_elsewhere(tmp_path: Path) -> None:
    sound = noise(3_000)
    home, spare = tmp_path / "takes", tmp_path / "spare"
    home.mkdir()
    spare.mkdir()
    ring = RingBuffer(RATE)
    writer = TakeWriter(partial_path(home, "t1", RATE), ring, pre_roll=0, end_of_speech=None)
    ring.write(sound[:2_000, np.newaxis])
    writer.drain()
    assert writer.is_in_place
    shutil.rmtree(home)
    ring.write(sound[2_000:, np.newaxis])
    writer.drain()
    assert not writer.is_in_place
    np.testing.assert_array_equal(read_partial(writer.rescue(spare)).samples, sound)
    writer.close()
    assert not home.exists()


def test_a_take_whose_disk_is_gone_is_written_from_memory(tmp_path: Path) -> None:
    sound = noise(2_000)
    ring = RingBuffer(RATE)
    partial = partial_path(tmp_path, "t1", RATE)
    writer = TakeWriter(partial, ring, pre_roll=0, end_of_speech=None)
    ring.write(sound[:, np.newaxis])
    writer.drain()
    writer.close()
    writer._file = partial.open("wb", buffering=0)  # a file that cannot be read any more
    partial.unlink()
    (tmp_path / "spare").mkdir()
    np.testing.assert_array_equal(read_partial(writer.rescue(tmp_path / "spare")).samples, sound)
    writer.close()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to(__file__)])
def test_only_plain_files_are_opened(tmp_path: Path, make: Callable[[Path], None]) -> None:
    partial = partial_path(tmp_path, "t1", RATE)
    make(partial)
    with pytest.raises(AudioFileError, match="not a plain file"):
        keep(partial, tmp_path / "t1.flac")
    assert [file.name for file in tmp_path.iterdir()] == [partial.name]


def test_a_link_in_the_place_of_the_new_file_is_not_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "diary"
    outside.write_text("mine")
    for name in (".t1.flac.new", "t1.flac"):
        (tmp_path / name).symlink_to(outside)
    partial = partial_path(tmp_path, "t1", RATE)
    partial.write_bytes(noise(2_000).tobytes())
    keep(partial, tmp_path / "t1.flac")
    assert outside.read_text() == "mine"
    assert not (tmp_path / "t1.flac").is_symlink()
