from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vgdesk.audio.files import Recording
from vgdesk.audio.loudness import FLOOR_DBFS, HOP_SECONDS, decibels, hop_powers, level, room_behind
from vgdesk.core.arrays import FloatArray

# A hop belongs to the word if it is not softer than the loudest ones by more than the first, and
# louder than the room by the second.
UNDER_TOP_DB = 25.0
OVER_ROOM_DB = 6.0
_LOUDEST_PERCENTILE = 95.0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a take besides its sound.

    Attributes
    ----------
    word
        Start and end of the word in seconds, as `find_word` proposes it; None if it found none.
    room_dbfs
        Level of the room, measured while the microphone was open before the take; None for files,
        where it is estimated.
    lost_blocks
        Blocks of 20 ms that the recorder knows to be missing.
    """

    word: tuple[float, float] | None
    room_dbfs: float | None = None
    lost_blocks: int = 0


class HeardTake:
    """A take without the digital silence around it, and the levels of word and room.

    Attributes
    ----------
    samples
        The sound around its own mean, shape [samples]; empty if there is none.
    begin
        Where it begins in the recording, in seconds.
    raw
        As it was recorded: clipping is a matter of full scale.
    """

    def __init__(self, recording: Recording, known: Known) -> None:
        self.known = known
        self.sample_rate = recording.sample_rate
        first, last = _sounding(recording.samples)
        self.begin = first / recording.sample_rate
        self.raw: FloatArray = recording.samples[first:last]
        self.samples: FloatArray = self.raw - self.raw.mean() if last > first else self.raw

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.sample_rate

    @cached_property
    def powers(self) -> FloatArray:
        """Mean power of each 10 ms, shape [hops]."""
        return hop_powers(self.samples, self.sample_rate)

    @cached_property
    def room_dbfs(self) -> float:
        if self.known.room_dbfs is not None:
            return self.known.room_dbfs
        return room_behind(self.samples, self.sample_rate)

    @cached_property
    def span(self) -> tuple[int, int]:
        """First hop of the word and the one behind it, without pads; both 0 if there is none."""
        if self.known.word is None:
            return 0, 0
        start, end = (round((at - self.begin) / HOP_SECONDS) for at in self.known.word)
        first, last = max(0, start), max(0, end)
        powers = self.powers[first:last]
        if not len(powers):
            return 0, 0
        top = level(float(np.percentile(powers, _LOUDEST_PERCENTILE)))
        loud = decibels(powers) > max(top - UNDER_TOP_DB, self.room_dbfs + OVER_ROOM_DB)
        places = np.flatnonzero(loud)
        return (first + int(places[0]), first + int(places[-1]) + 1) if len(places) else (0, 0)

    @property
    def word_seconds(self) -> float:
        return (self.span[1] - self.span[0]) * HOP_SECONDS

    @cached_property
    def word_dbfs(self) -> float:
        """Mean level of the word, without what the room adds; -120 if nothing stands out."""
        first, last = self.span
        if last <= first:
            return FLOOR_DBFS
        power = float(self.powers[first:last].mean()) - 10 ** (self.room_dbfs / 10)
        return level(power)

    @property
    def snr_db(self) -> float:
        """How far the word stands out of the room."""
        return self.word_dbfs - self.room_dbfs

    def seconds_at(self, sample: int) -> float:
        """Return where in the recording a sample is."""
        return self.begin + sample / self.sample_rate


def _sounding(samples: FloatArray) -> tuple[int, int]:
    """Return the first sample of the sound and the one behind it; silence before does not move."""
    if not len(samples):
        return 0, 0
    moving = np.flatnonzero(np.diff(samples))
    return (int(moving[0]), int(moving[-1]) + 2) if len(moving) else (0, 0)
