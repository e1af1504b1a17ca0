import numpy as np

from vgdesk.audio.unsound import silenced
from vgdesk.core.arrays import FloatArray

# More than a block: the part being written is neither old nor new sound.
_BEING_WRITTEN = 1 << 14


class RingBuffer:
    """Keeps the newest samples of a continuous sound.

    One thread writes and any thread reads, without a lock: the writer only ever increases
    `written`, after the samples are in place. A reader that is too slow loses the oldest samples
    and is told how many.

    Attributes
    ----------
    written
        Number of samples written so far.
    """

    def __init__(self, capacity: int) -> None:
        self.written = 0
        self._kept = capacity
        self._samples: FloatArray = np.zeros(capacity + _BEING_WRITTEN, np.float32)

    def write(self, block: FloatArray) -> None:
        """Append the mean of the channels of `block`, shape [samples, channels].

        Called by the sound card: it only copies. A block that does not fit before the end wraps
        around to the start.
        """
        place = self.written % len(self._samples)
        fits = len(self._samples) - place
        # Infinity in two channels would raise a warning, which must not be written here.
        with np.errstate(invalid="ignore", over="ignore"):
            np.mean(block[:fits], axis=1, out=self._samples[place : place + len(block)])
            if len(block) > fits:
                np.mean(block[fits:], axis=1, out=self._samples[: len(block) - fits])
        self.written += len(block)

    def read(self, begin: int) -> tuple[FloatArray, int]:
        """Copy everything from sample number `begin`.

        Returns
        -------
        tuple
            The samples, and the number of samples lost between `begin` and them.
        """
        end = self.written
        first = max(begin, end - self._kept)
        samples = self._copy(first, end)
        # Samples that the writer has overwritten in the meantime are not valid.
        intact = min(end, max(first, self.written - self._kept))
        return samples[intact - first :], intact - begin

    def latest(self, count: int) -> FloatArray:
        """Copy the newest samples, fewer than `count` if not enough were written yet.

        For level meters: NaN and infinity become silence here, unlike in `read`.
        """
        end = self.written
        return silenced(self._copy(max(0, end - min(count, self._kept)), end))[0]

    def _copy(self, first: int, end: int) -> FloatArray:
        size = len(self._samples)
        place = first % size
        head = self._samples[place : min(size, place + end - first)]
        return np.concatenate([head, self._samples[: end - first - len(head)]])
