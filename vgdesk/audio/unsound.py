import numpy as np

from vgdesk.core.arrays import FloatArray


def silenced(samples: FloatArray) -> tuple[FloatArray, int]:
    """Replace NaN and infinite samples by silence, and return their number.

    A driver that fails for a moment sends such samples. They would spread through all later
    computations, so they are replaced before processing; the length stays the same.
    """
    is_sound = np.isfinite(samples)
    broken = len(samples) - int(np.count_nonzero(is_sound))
    return (np.where(is_sound, samples, np.float32(0)), broken) if broken else (samples, 0)
