import numpy as np

from vgdesk.audio.unsound import silenced
from vgdesk.core.arrays import FloatArray

# More than a block: where the writer is at work is old sound no longer, and new sound not yet.
_BEING_WRITTEN = 1 << 14


class RingBuffer:
    """Holds the newest samples of an endless sound.

    One thread writes and any thread reads, without a lock: the writer only ever moves `written`
    on, after the samples are in place. A reader that is too slow loses the oldest samples and is
    told how many.

    Attributes
    ----------
    written
        How many samples were ever written.
    """

    def __init__(self, capacity: int) -> None:
        self.written = 0
        self._kept = capacity
        self._samples: FloatArray = np.zeros(capacity + _BEING_WRITTEN, np.float32)

    def write(self, block: FloatArray) -> None:
        """Append the mean of the channels of `block`, shape [samples, channels].

        Called by the sound card: copies, and nothing else. A block that does not fit before the
        end goes on at the beginning.
        """
        place = self.written % len(self._samples)
        fits = len(self._samples) - place
        # Infinity in two channels would be warned of, here where nobody may write a warning.
        with np.errstate(invalid="ignore", over="ignore"):
            np.mean(block[:fits], axis=1, out=self._samples[place : place + len(block)])
            if len(block) > fits:
                np.mean(block[fits:], axis=1, out=self._samples[: len(block) - fits])
        self.written += len(block)

    def read(self, begin: int) -> tuple[FloatArray, int]:
        """Copy everything from sample number `begin` on.

        Returns
        -------
        tuple
            The samples, and how many after `begin` were lost before them.
        """
        end = self.written
        first = max(begin, end - self._kept)
        samples = self._copy(first, end)
        # What the writer has overwritten in the meantime is not what it was.
        intact = min(end, max(first, self.written - self._kept))
        return samples[intact - first :], intact - begin

    def latest(self, count: int) -> FloatArray:
        """Copy the newest samples, fewer than `count` if there are not yet as many.

        For those who look at the level: what is no number is silence here, unlike in `read`.
        """
        end = self.written
        return silenced(self._copy(max(0, end - min(count, self._kept)), end))[0]

    def _copy(self, first: int, end: int) -> FloatArray:
        size = len(self._samples)
        place = first % size
        head = self._samples[place : min(size, place + end - first)]
        return np.concatenate([head, self._samples[: end - first - len(head)]])
