from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vgdesk.audio.files import Recording
from vgdesk.audio.loudness import FLOOR_DBFS, HOP_SECONDS, decibels, hop_powers, level, room_behind
from vgdesk.core.arrays import FloatArray

# A hop belongs to the word if it is at most the first value below the loudest ones, and at least
# the second value above the room.
UNDER_TOP_DB = 25.0
OVER_ROOM_DB = 6.0
_LOUDEST_PERCENTILE = 95.0


@dataclass(frozen=True, slots=True)
class Known:
    """Facts about a take besides its sound.

    Attributes
    ----------
    word
        Start and end of the word in seconds, as proposed by `find_word`; None if not found.
    room_dbfs
        Level of the room, measured while the microphone was open before the take; None for files,
        where it is estimated.
    lost_blocks
        Number of blocks of 20 ms that the recorder lost.
    """

    word: tuple[float, float] | None
    room_dbfs: float | None = None
    lost_blocks: int = 0


class HeardTake:
    """A take without surrounding digital silence, and the levels of word and room.

    Attributes
    ----------
    samples
        The sound minus its mean, shape [samples]; empty if there is none.
    begin
        Where it starts in the recording, in seconds.
    raw
        The sound as recorded, because clipping is relative to full scale.
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
        """Start and (exclusive) end of the word in hops, without padding; both 0 if none."""
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
        """Mean level of the word, minus that of the room; -120 if not above the room."""
        first, last = self.span
        if last <= first:
            return FLOOR_DBFS
        power = float(self.powers[first:last].mean()) - 10 ** (self.room_dbfs / 10)
        return level(power)

    @property
    def snr_db(self) -> float:
        """Signal-to-noise ratio of the word in dB."""
        return self.word_dbfs - self.room_dbfs

    def seconds_at(self, sample: int) -> float:
        """Return the time of a sample in the recording."""
        return self.begin + sample / self.sample_rate


def _sounding(samples: FloatArray) -> tuple[int, int]:
    """Return the start and (exclusive) end of the sound; digital silence is constant."""
    if not len(samples):
        return 0, 0
    moving = np.flatnonzero(np.diff(samples))
    return (int(moving[0]), int(moving[-1]) + 2) if len(moving) else (0, 0)
