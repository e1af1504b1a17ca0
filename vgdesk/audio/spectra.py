import numpy as np

from vgdesk.core.arrays import FloatArray

FRAME_SECONDS = 0.02


def power_spectra(samples: FloatArray, sample_rate: int) -> tuple[FloatArray, FloatArray]:
    """Return the power spectra of a sound, every 10 ms for frames of 20 ms.

    Returns
    -------
    tuple
        Powers, shape [frames, frequencies], whose sum over frequency is the mean square of the
        frame; and the frequencies in Hz. A sound shorter than a frame is padded with zeros.
    """
    size = max(4, round(sample_rate * FRAME_SECONDS))
    padded = np.pad(samples, (0, max(0, size - len(samples)))).astype(np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[:: size // 2]
    window = np.hanning(size)
    spectra = np.fft.rfft(frames * window)
    # Frequencies between the first and the last include their negative counterparts.
    powers = 2 * np.abs(spectra) ** 2 / (size * np.square(window).sum())
    powers[:, 0] /= 2
    return powers, np.fft.rfftfreq(size, 1 / sample_rate)
