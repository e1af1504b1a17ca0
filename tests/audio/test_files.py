import contextlib
import os
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample as fft_resample

from vgdesk.audio.files import (
    LONGEST_WORD_SECONDS,
    Recording,
    describe,
    read,
    resample,
    sound_files,
    write_flac,
)
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import AudioFileError


def tone(seconds: float, rate: int, hertz: float = 440.0) -> FloatArray:
    t = np.arange(round(seconds * rate)) / rate
    values: FloatArray = (0.5 * np.sin(2 * np.pi * hertz * t)).astype(np.float32)
    return values


@pytest.mark.parametrize(
    ("name", "error"),
    [("a.wav", 1e-4), ("a.flac", 1e-4), ("a.ogg", 0.05), ("a.mp3", 0.05), ("a.aiff", 1e-4)],
)
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_formats_and_rates_are_read(tmp_path: Path, name: str, error: float, rate: int) -> None:
    sound = tone(0.7, rate)
    soundfile.write(tmp_path / name, sound, rate)

    recording = read(tmp_path / name)

    assert recording.sample_rate == rate
    assert recording.seconds == pytest.approx(0.7, abs=0.06)
    middle = slice(rate // 5, rate // 2)
    # Lossy coders may shift by a delay, so loudness and pitch are compared, not samples.
    assert np.std(recording.samples[middle]) == pytest.approx(np.std(sound[middle]), abs=error)
    crossings = np.diff(np.signbit(recording.samples[middle])).sum()
    assert crossings == pytest.approx(np.diff(np.signbit(sound[middle])).sum(), abs=2)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_channels_are_averaged(tmp_path: Path, channels: int) -> None:
    rng = np.random.default_rng(0)
    sound = rng.uniform(-0.9, 0.9, (1000, channels)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", sound, 16_000, subtype="FLOAT")

    expected = [sum(float(value) for value in frame) / channels for frame in sound]
    np.testing.assert_allclose(read(tmp_path / "a.wav").samples, expected, atol=1e-6)
    assert describe(tmp_path / "a.wav").channels == channels


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 900), st.integers(1, 999))
def test_a_part_is_a_slice_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, first: int, length: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "whole.flac"
    sound = np.random.default_rng(1).uniform(-0.9, 0.9, 1000).astype(np.float32)
    if not file.exists():
        soundfile.write(file, sound, 8_000, subtype="PCM_24")

    part = read(file, start=first / 8_000, end=(first + length) / 8_000)

    np.testing.assert_allclose(part.samples, sound[first : first + length], atol=2e-7)


def test_recordings_are_read_only(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(0.1, 8_000), 8_000)
    assert not read(tmp_path / "a.wav").samples.flags.writeable


def test_two_hours_are_refused_unread_but_a_word_of_them_is_not(tmp_path: Path) -> None:
    file = tmp_path / "interview.wav"
    rate, seconds = 48_000, 7_200
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.setnframes(rate * seconds)
        out.writeframesraw(b"")
    # Sparse: two hours of zeros that take no room on the disk.
    header = bytearray(file.read_bytes()[:44])
    header[40:44] = (rate * seconds * 2).to_bytes(4, "little")
    header[4:8] = (36 + rate * seconds * 2).to_bytes(4, "little")
    file.write_bytes(header)
    os.truncate(file, 44 + rate * seconds * 2)

    assert describe(file).seconds == seconds
    with pytest.raises(AudioFileError, match=r"2\.0 hours.*30 seconds.*Segment a long recording"):
        read(file)
    assert read(file, start=3_600.0, end=3_601.5).seconds == 1.5
    with pytest.raises(AudioFileError):
        read(file, start=10.0, end=10.1 + LONGEST_WORD_SECONDS)


def broken_files(folder: Path) -> dict[str, Path]:
    """Make every kind of file that is not the recording of a word."""
    good = folder / "good.wav"
    soundfile.write(good, tone(1.0, 16_000), 16_000)
    flac = folder / "good.flac"
    soundfile.write(flac, np.random.default_rng(0).uniform(-1, 1, 16_000), 16_000)
    contents = {
        "zero-bytes.wav": b"",
        "text.wav": b"This is not a sound.\n" * 100,
        "zeros.wav": bytes(5_000),
        "header-only.wav": good.read_bytes()[:20],
        "cut.flac": flac.read_bytes()[:9_000],
        "no-samples.wav": good.read_bytes()[:44],
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    lying = bytearray(flac.read_bytes())
    lying[18:26] = b"\x03\xe8\x00\xf0" + (2**31).to_bytes(4, "big")
    (folder / "lying.flac").write_bytes(lying)
    soundfile.write(folder / "nan.wav", np.full(800, np.nan), 8_000, subtype="FLOAT")
    soundfile.write(folder / "inf.wav", np.full(800, np.inf), 8_000, subtype="FLOAT")
    (folder / "folder.wav").mkdir()
    names = [*contents, "lying.flac", "nan.wav", "inf.wav", "folder.wav", "missing.wav"]
    return {name: folder / name for name in names}


def test_broken_files_are_refused_with_a_sentence_and_a_way_on(tmp_path: Path) -> None:
    for name, file in broken_files(tmp_path).items():
        with pytest.raises(AudioFileError) as refused:
            read(file)
        assert f"“{name}”" in refused.value.message, name
        assert refused.value.message.endswith("."), name
        assert refused.value.hint.endswith("."), name


def test_describe_refuses_what_has_no_sound(tmp_path: Path) -> None:
    files = broken_files(tmp_path)
    for name in ("zero-bytes.wav", "text.wav", "no-samples.wav", "folder.wav", "missing.wav"):
        with pytest.raises(AudioFileError):
            describe(files[name])


def test_a_part_behind_the_end_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(1.0, 8_000), 8_000)
    with pytest.raises(AudioFileError, match="ends before"):
        read(tmp_path / "a.wav", start=1.5, end=2.0)
    assert read(tmp_path / "a.wav", start=0.5, end=9.0).seconds == 0.5


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 300))
def test_damage_never_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, garbage: bytes, place: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "damaged.wav"
    soundfile.write(file, tone(0.05, 8_000), 8_000)
    content = bytearray(file.read_bytes())
    content[place : place + len(garbage)] = garbage
    file.write_bytes(content)
    with contextlib.suppress(AudioFileError):
        assert np.isfinite(read(file).samples).all()


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("hertz", [200.0, 1_000.0, 3_000.0])
def test_resampled_tones_stay_what_they_were(rate: int, hertz: float) -> None:
    resampled = resample(Recording(tone(1.0, rate, hertz), rate), 16_000)

    assert resampled.sample_rate == 16_000
    inside = slice(1_600, -1_600)
    np.testing.assert_allclose(
        resampled.samples[inside], tone(1.0, 16_000, hertz)[inside], atol=1e-4
    )


def test_resampling_agrees_with_the_fourier_method() -> None:
    rng = np.random.default_rng(2)
    # Noise without anything near either end of the band, fading in and out.
    spectrum = np.zeros(24_001, complex)
    spectrum[300:6_000] = rng.normal(size=5_700) + 1j * rng.normal(size=5_700)
    noise = np.fft.irfft(spectrum) * np.hanning(48_000)
    sound = (0.5 * noise / np.abs(noise).max()).astype(np.float32)

    expected = fft_resample(sound.astype(np.float64), 16_000)

    np.testing.assert_allclose(
        resample(Recording(sound, 48_000), 16_000).samples, expected, atol=1e-4
    )


def test_what_lies_above_the_new_band_does_not_come_back() -> None:
    resampled = resample(Recording(tone(1.0, 48_000, 9_500.0), 48_000), 16_000)
    assert np.abs(resampled.samples[1_600:-1_600]).max() < 1e-5


def test_resampling_to_the_same_rate_changes_no_samples() -> None:
    recording = Recording(tone(0.1, 16_000), 16_000)
    assert resample(recording, 16_000) is recording


def test_flac_keeps_24_bits_and_leaves_no_other_file(tmp_path: Path) -> None:
    sound = np.random.default_rng(3).uniform(-1, 1, 4_410).astype(np.float32)
    write_flac(tmp_path / "a.flac", Recording(sound, 44_100))

    again = read(tmp_path / "a.flac")
    np.testing.assert_allclose(again.samples, sound, atol=2**-23)
    assert again.sample_rate == 44_100
    assert [file.name for file in tmp_path.iterdir()] == ["a.flac"]


def test_a_full_disk_leaves_the_old_file_and_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "a.flac"
    write_flac(file, Recording(tone(0.1, 8_000), 8_000))
    before = file.read_bytes()
    # A limit on the size of files is the full disk that a test may make.
    script = """
import resource, sys
from pathlib import Path
import numpy as np
from vgdesk.audio.files import Recording, write_flac
from vgdesk.core.errors import AudioFileError
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
noise = np.random.default_rng(0).uniform(-1, 1, 16_000).astype(np.float32)
try:
    write_flac(Path(sys.argv[1]), Recording(noise, 16_000))
except AudioFileError as error:
    sys.exit(str(error))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=False
    )

    assert "“a.flac” could not be written" in done.stderr
    assert file.read_bytes() == before
    assert [other.name for other in tmp_path.iterdir()] == ["a.flac"]


def test_folders_are_searched_and_files_taken_as_they_are(tmp_path: Path) -> None:
    for name in ("b.WAV", "a.flac", "sub/c.mp3", "notes.txt", ".hidden.wav", ".git/d.wav"):
        file = tmp_path / "words" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    odd = tmp_path / "words" / "notes.txt"

    found = sound_files([odd, tmp_path / "words", tmp_path / "words" / "a.flac"])

    words = tmp_path / "words"
    assert found == (odd, words / "a.flac", words / "b.WAV", words / "sub" / "c.mp3")


def test_a_hidden_parent_does_not_hide_the_folder(tmp_path: Path) -> None:
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "a.wav").touch()
    assert sound_files([tmp_path / ".cache"]) == (tmp_path / ".cache" / "a.wav",)


def test_wrong_samples_are_our_mistake() -> None:
    with pytest.raises(ValueError, match="shape"):
        Recording(np.zeros((2, 3), np.float32), 8_000)
    with pytest.raises(ValueError, match="float32"):
        Recording(np.zeros(3), 8_000)
