import numpy as np

from vgdesk.audio.files import Recording
from vgdesk.audio.shaping import faded, with_silence

RATE = 1000
SOUND = Recording(np.ones(100, np.float32), RATE)


def test_a_faded_end_dies_away_and_the_rest_stays() -> None:
    found = faded(SOUND, 0.02).samples
    assert (found[:80] == 1).all()
    assert (np.diff(found[79:]) < 0).all()
    assert found[-1] == 0
    assert np.isclose(found[89], 0.5)  # half of it is left half way


def test_a_fade_longer_than_the_sound_is_as_long_as_the_sound() -> None:
    found = faded(SOUND, 1.0).samples
    assert len(found) == 100
    assert (np.diff(found) < 0).all()


def test_silence_follows_the_sound() -> None:
    found = with_silence(SOUND, 0.05)
    assert found.seconds == 0.15
    assert found.samples.dtype == np.float32
    assert (found.samples[:100] == 1).all()
    assert not found.samples[100:].any()


def test_neutral_shaping_changes_no_samples() -> None:
    assert faded(SOUND, 0.0) is SOUND
    assert with_silence(SOUND, 0.0) is SOUND
