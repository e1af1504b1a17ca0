import numpy as np

from vgdesk.core.arrays import FloatArray


def silenced(samples: FloatArray) -> tuple[FloatArray, int]:
    """Put silence in the place of samples that are no numbers, and say how many those were.

    A driver that breaks down for a moment sends NaN or infinity. Whoever computes with them gets
    nothing else from then on, so they are taken out before anybody listens; time does not move.
    """
    is_sound = np.isfinite(samples)
    broken = len(samples) - int(np.count_nonzero(is_sound))
    return (np.where(is_sound, samples, np.float32(0)), broken) if broken else (samples, 0)
