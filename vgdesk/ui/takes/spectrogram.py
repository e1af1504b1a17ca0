import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from vgdesk.core.arrays import FloatArray

WINDOW_S, HOP_S = 0.025, 0.005
TOP_HZ = 8000.0
MOST_FRAMES = 3000
RANGE_DB = 70.0


def log_spectrogram(samples: FloatArray, sample_rate: int) -> tuple[FloatArray, float, float]:
    """Compute a power spectrogram with 25 ms windows every 5 ms, up to 8 kHz.

    Parameters
    ----------
    samples
        Shape [samples], one channel. Long sounds get longer hops, at most 3000 windows.

    Returns
    -------
    values
        Shape [frequencies, windows], decibels below the loudest point, -70 to 0; window `i` is
        centred on `i` hops, its ends are padded with silence.
    hop_seconds, top_hz
        Distance of the windows, and the frequency of the upper edge of the last row.
    """
    size = max(2, round(WINDOW_S * sample_rate))
    hop = max(1, round(HOP_S * sample_rate), -(-len(samples) // MOST_FRAMES))
    padded = np.pad(samples.astype(np.float32), (size // 2, size))
    frames = sliding_window_view(padded, size)[: len(samples) + 1 : hop]
    length = 1 << (size - 1).bit_length()
    spectrum = np.fft.rfft(frames * np.hanning(size).astype(np.float32), n=length, axis=1)
    step = sample_rate / length
    rows = min(spectrum.shape[1], int(TOP_HZ / step) + 1)
    power = np.abs(spectrum[:, :rows].T) ** 2
    loudest = float(power.max(initial=0.0))
    if loudest == 0.0:
        return np.full(power.shape, -RANGE_DB, np.float32), hop / sample_rate, rows * step
    decibels = 10 * np.log10(np.maximum(power / loudest, 10 ** (-RANGE_DB / 10)))
    return decibels.astype(np.float32), hop / sample_rate, rows * step
