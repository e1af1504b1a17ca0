import numpy as np
import pytest

from vgdesk.ui.takes.spectrogram import MOST_FRAMES, RANGE_DB, log_spectrogram


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("hertz", [500, 3000])
def test_a_tone_is_drawn_at_its_frequency_and_time(rate: int, hertz: int) -> None:
    seconds = np.arange(rate) / rate
    tone = np.where(seconds < 0.5, np.sin(2 * np.pi * hertz * seconds), 0.0)
    values, hop, top = log_spectrogram(tone, rate)
    row = values[:, values.shape[1] // 4].argmax()
    assert (row + 0.5) * top / len(values) == pytest.approx(hertz, abs=40)
    loud = np.flatnonzero(values.max(axis=0) > -20) * hop
    assert loud.min() < 0.02
    assert loud.max() == pytest.approx(0.5, abs=0.02)


def test_one_window_is_the_textbook_formula() -> None:
    """Compared with the transform written out as sums, at the loudest window."""
    rate = 16000
    noise = np.random.default_rng(0).normal(size=rate // 4).astype(np.float32)
    values, hop, _ = log_spectrogram(noise, rate)
    frame = 30
    middle = round(frame * hop * rate)
    part = noise[middle - 200 : middle + 200] * np.hanning(400)
    steps = np.arange(400)
    power = [abs(sum(part * np.exp(-2j * np.pi * row * steps / 512))) ** 2 for row in range(10, 60)]
    found = values[10:60, frame]
    wanted = 10 * np.log10(power)
    assert np.allclose(found - found.max(), wanted - wanted.max(), atol=0.05)


@pytest.mark.parametrize("length", [0, 1, 7, 399, 16000])
def test_silence_is_dark_whatever_its_length(length: int) -> None:
    values, _, _ = log_spectrogram(np.zeros(length), 16000)
    assert values.shape[1] >= 1
    assert (values == -RANGE_DB).all()


def test_a_long_sound_gets_no_more_windows() -> None:
    values, hop, _ = log_spectrogram(np.ones(16000 * 60), 16000)
    assert values.shape[1] <= MOST_FRAMES + 1
    assert values.shape[1] * hop == pytest.approx(60, abs=0.1)
