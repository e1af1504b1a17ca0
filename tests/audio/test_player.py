import threading
from pathlib import Path

import numpy as np
import pytest

from tests.audio.speech import spoken
from tests.virtual_sound_card import VirtualSoundCard, best_correlation
from vgdesk.audio import audio_system
from vgdesk.audio.devices import rescan
from vgdesk.audio.files import Recording, resample
from vgdesk.audio.player import Player

pytestmark = pytest.mark.sound

LIMIT = 20.0


class Finished:
    """Counts how often nothing was playing any more."""

    def __init__(self) -> None:
        self._news = threading.Semaphore(0)

    def __call__(self) -> None:
        self._news.release()

    def wait(self) -> bool:
        return self._news.acquire(timeout=LIMIT)

    @property
    def has_news(self) -> bool:
        return self._news.acquire(blocking=False)


def long_tone() -> Recording:
    t = np.arange(20 * 16_000) / 16_000
    return Recording((0.2 * np.sin(2 * np.pi * 300 * t)).astype(np.float32), 16_000)


@pytest.mark.slow
def test_a_word_is_heard_whole(sound_card: VirtualSoundCard, tmp_path: Path) -> None:
    word = spoken("elephant", tmp_path)
    finished = Finished()
    player = Player(finished)

    def play() -> None:
        player.play(word)
        assert player.is_playing
        assert finished.wait()

    heard = sound_card.heard_by_loudspeaker(play)

    assert not player.is_playing
    correlation, _ = best_correlation(heard.samples, resample(word, 48_000).samples)
    assert correlation > 0.99


@pytest.mark.slow
def test_the_next_word_replaces_the_one_before(
    sound_card: VirtualSoundCard, tmp_path: Path
) -> None:
    word = spoken("cat", tmp_path)
    finished = Finished()
    player = Player(finished)

    def play() -> None:
        player.play(long_tone())
        player.play(word)
        assert finished.wait()

    heard = sound_card.heard_by_loudspeaker(play)

    assert heard.seconds < 20
    assert best_correlation(heard.samples, resample(word, 48_000).samples)[0] > 0.99
    assert not finished.has_news


def test_stop_ends_it_at_once(sound_card: VirtualSoundCard) -> None:
    finished = Finished()
    player = Player(finished)
    player.play(long_tone())
    player.stop()
    assert not player.is_playing
    assert finished.has_news
    player.stop()
    assert not finished.has_news


def test_a_lost_loudspeaker_ends_it(sound_card: VirtualSoundCard) -> None:
    finished = Finished()
    player = Player(finished)
    player.play(long_tone())
    sound_card.kill()
    assert finished.wait()
    assert not player.is_playing


def test_devices_are_not_looked_for_while_something_plays(sound_card: VirtualSoundCard) -> None:
    player = Player(lambda: None)
    player.play(long_tone())
    with pytest.raises(ValueError, match="streams are open"):
        rescan()
    player.stop()
    assert not audio_system._open_streams
