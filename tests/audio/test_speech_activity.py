from pathlib import Path

import numpy as np
import pytest

from tests.audio.speech import people_files, spoken
from vgdesk.audio.files import Recording, read, resample
from vgdesk.audio.speech_activity import PAD_AFTER, PAD_BEFORE, EndOfSpeech, find_word
from vgdesk.core.resources import resource

RATE = 16_000
WORDS = ("it", "up", "cat", "six", "fish", "elephant")


def in_silence(
    word: Recording, *, before: float = 0.7, after: float = 0.8, gain: float = 1.0
) -> Recording:
    """Put a word into a quiet room (60 dB below it)."""
    rate = word.sample_rate
    sound = np.pad(word.samples, (round(before * rate), round(after * rate)))
    noise = np.random.default_rng(0).normal(0, 1e-3 * np.abs(sound).max(), len(sound))
    return Recording(((sound + noise) * gain).astype(np.float32), rate)


@pytest.mark.slow
@pytest.mark.parametrize("gain", [1.0, 0.01])
@pytest.mark.parametrize("text", WORDS)
def test_short_and_quiet_words_are_found_whole(tmp_path: Path, text: str, gain: float) -> None:
    word = spoken(text, tmp_path)

    found = find_word(in_silence(word, gain=gain))

    assert found is not None
    start, end = found
    assert 0.7 - 2 * PAD_BEFORE < start < 0.7
    assert 0.7 + word.seconds < end < 0.7 + word.seconds + 0.3


def test_words_of_people_keep_nine_tenths_of_their_energy() -> None:
    for file in people_files():
        recording = read(file)
        found = find_word(recording)
        assert found is not None, file.name
        rate = recording.sample_rate
        energy = np.square(recording.samples, dtype=np.float64)
        kept = energy[round(found[0] * rate) : round(found[1] * rate)].sum() / energy.sum()
        assert kept > 0.9, file.name


def test_pads_stay_inside_the_recording(tmp_path: Path) -> None:
    word = spoken("apple", tmp_path)
    start, end = find_word(word) or (-1.0, -1.0)
    assert start == 0.0
    assert word.seconds - PAD_AFTER < end <= word.seconds


def test_a_pause_inside_a_word_does_not_cut_it(tmp_path: Path) -> None:
    first, second = spoken("butter", tmp_path), spoken("fly", tmp_path)
    pause = np.zeros(round(0.15 * first.sample_rate), np.float32)
    word = Recording(np.concatenate([first.samples, pause, second.samples]), first.sample_rate)

    start, end = find_word(in_silence(word)) or (0.0, 0.0)

    assert start < 0.7
    assert end > 0.7 + word.seconds


def test_of_two_words_the_longer_is_taken(tmp_path: Path) -> None:
    short, long = spoken("up", tmp_path), spoken("elephant", tmp_path)
    pause = np.zeros(round(1.2 * short.sample_rate), np.float32)
    both = Recording(np.concatenate([short.samples, pause, long.samples]), short.sample_rate)

    start, _ = find_word(in_silence(both)) or (0.0, 0.0)

    assert start == pytest.approx(0.7 + short.seconds + 1.2, abs=2 * PAD_BEFORE)


@pytest.mark.parametrize("level", [0.0, 1e-4, 1e-2, 0.3])
def test_noise_is_no_word(level: float) -> None:
    noise = np.random.default_rng(1).normal(0, level, 2 * RATE).astype(np.float32)
    assert find_word(Recording(noise, RATE)) is None


@pytest.mark.parametrize("length", [0, 1, 100, 511, 512])
def test_near_silence_is_no_word(length: int) -> None:
    assert find_word(Recording(np.zeros(length, np.float32), 44_100)) is None


def heard_at(recording: Recording, block: int) -> float | None:
    """Return when the end of speech is noticed, in seconds."""
    end_of_speech = EndOfSpeech(recording.sample_rate)
    for first in range(0, len(recording.samples), block):
        if end_of_speech.feed(recording.samples[first : first + block]):
            return (first + block) / recording.sample_rate
    return None


@pytest.mark.slow
@pytest.mark.parametrize("gain", [1.0, 0.03])
@pytest.mark.parametrize("text", WORDS)
def test_the_end_of_a_word_is_noticed_soon_after_it(tmp_path: Path, text: str, gain: float) -> None:
    word = spoken(text, tmp_path)

    noticed = heard_at(in_silence(word, after=1.5, gain=gain), block=441)

    assert noticed is not None
    assert word.seconds + 0.4 < noticed - 0.7 < word.seconds + 1.1


def test_the_size_of_the_blocks_does_not_matter(tmp_path: Path) -> None:
    recording = in_silence(spoken("apple", tmp_path), after=1.5)
    times = [heard_at(recording, block) for block in (160, 1_000, 4_096)]
    assert None not in times
    assert np.ptp([time for time in times if time is not None]) < 0.3


def test_silence_noise_and_a_click_do_not_end_anything() -> None:
    noise = np.random.default_rng(2).normal(0, 0.01, 3 * RATE).astype(np.float32)
    noise[RATE : RATE + 40] = 0.9
    assert heard_at(Recording(noise, RATE), 512) is None
    assert heard_at(Recording(np.zeros(3 * RATE, np.float32), RATE), 512) is None


def test_a_first_hiss_belongs_to_the_word() -> None:
    rate = 16_000
    voice = read(resource("demo.vgdesk") / "takes" / "bear-bella.flac")
    word = resample(voice, rate).samples
    rng = np.random.default_rng(0)
    hiss = 0.03 * rng.standard_normal(round(0.2 * rate)).astype(np.float32)
    quiet = 1e-4 * rng.standard_normal(rate).astype(np.float32)
    onset = int(np.flatnonzero(np.abs(word) > 0.02)[0])
    samples = np.concatenate([quiet, hiss, word[onset:], quiet])
    found = find_word(Recording(samples, rate))
    assert found is not None
    assert found[0] < 1.0  # the hiss begins after a second of silence
