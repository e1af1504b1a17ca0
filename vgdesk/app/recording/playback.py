from collections.abc import Callable, Sequence

import numpy as np

from vgdesk.app.workers.background import Background
from vgdesk.audio.files import Recording, read, resample
from vgdesk.audio.player import Player
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Take

LONGEST = 600.0  # seconds: takes too long for a word must be playable to trim them
PAUSE = 0.2  # seconds between words played in sequence


class Playback:
    """Plays takes, one sound at a time: a new one stops the previous one."""

    def __init__(self, sound: Background, *, failed: Callable[[VgdeskError], object]) -> None:
        self._sound = sound
        self._failed = failed
        self._player = Player(lambda: None)

    def play(self, takes: Sequence[Take]) -> None:
        """Play trimmed takes in sequence."""
        self._sound.run(lambda: self._player.play(in_a_row(takes)), failed=self._failed)

    def play_part(self, take: Take, seconds: float, *, is_end: bool) -> None:
        """Play the first or last seconds of a trimmed take."""

        def play() -> None:
            whole = read(take.file, start=take.start, end=take.end, longest=LONGEST)
            count = round(seconds * whole.sample_rate)
            samples = whole.samples[-count:] if is_end else whole.samples[:count]
            self._player.play(Recording(samples, whole.sample_rate))

        self._sound.run(play, failed=self._failed)

    def stop(self) -> None:
        self._sound.run(self._player.stop, failed=self._failed)


def in_a_row(takes: Sequence[Take]) -> Recording:
    """Concatenate takes at one sample rate, with short pauses between them."""
    parts = [read(take.file, start=take.start, end=take.end, longest=LONGEST) for take in takes]
    rate = max(part.sample_rate for part in parts)
    pause = np.zeros(round(PAUSE * rate), np.float32)
    samples = [piece for part in parts for piece in (resample(part, rate).samples, pause)]
    return Recording(np.concatenate(samples[:-1]), rate)
