"""Acoustic dissimilarity of two recordings across speakers: a hint at a different word."""

import numpy as np

from vgdesk.audio.files import Recording, resample
from vgdesk.audio.loudness import decibels
from vgdesk.audio.spectra import power_spectra
from vgdesk.core.arrays import FloatArray

_RATE = 16_000
_BANDS, _SHAPES = 24, 13
_LOWEST_HZ, _HIGHEST_HZ = 150.0, 7000.0
# Vocal tracts differ in length, which shifts resonances by about this factor.
_THROATS = (0.9, 1.0, 1.1)
_UNDER_TOP_DB = 30.0
_FLOOR_SHARE = 1e-4
_FEWEST_FRAMES = 5
_LEAST_SPREAD = 0.5


def unlikeness(take: Recording, other: Recording) -> float | None:
    """Return the distance of two recordings, trimmed to the word.

    Cepstra, normalised over the word, and their deltas are compared by dynamic time warping.

    Returns
    -------
    float
        From 0 (the same) to 2; about 1 for different words; None if one of them has no sound.

    References
    ----------
    Sakoe & Chiba (1978), Dynamic programming algorithm optimization for spoken word recognition,
    symmetric form.
    """
    sounds = [_sound(resample(one, _RATE)) for one in (take, other)]
    if any(len(sound) < _FEWEST_FRAMES for sound in sounds):
        return None
    reference = _shapes(sounds[1], 1.0)
    return min(_warped_distance(_shapes(sounds[0], throat), reference) for throat in _THROATS)


def _sound(recording: Recording) -> FloatArray:
    """Return the spectra from the first to the last loud frame, [frames, frequencies]."""
    powers, _ = power_spectra(recording.samples, recording.sample_rate)
    levels = decibels(powers.sum(axis=1))
    if not powers.any():
        return powers[:0]
    loud = np.flatnonzero(levels > levels.max() - _UNDER_TOP_DB)
    return powers[loud[0] : loud[-1] + 1]


def _shapes(powers: FloatArray, throat: float) -> FloatArray:
    """Describe each frame by its cepstrum and delta cepstrum, as unit vectors."""
    bands = powers @ _filters(powers.shape[1], throat)
    logs = np.log(bands + _FLOOR_SHARE * bands.max())
    waves = np.cos(np.pi / _BANDS * np.outer(np.arange(_BANDS) + 0.5, np.arange(_SHAPES)))
    cepstra = logs @ waves
    cepstra = (cepstra - cepstra.mean(axis=0)) / (cepstra.std(axis=0) + _LEAST_SPREAD)
    shapes = np.hstack([cepstra, 2 * np.gradient(cepstra, axis=0)])
    lengths = np.linalg.norm(shapes, axis=1, keepdims=True)
    unit: FloatArray = shapes / np.maximum(lengths, 1e-12)
    return unit


def _filters(frequencies: int, throat: float) -> FloatArray:
    """Return triangular mel bands for another vocal tract length, [frequencies, bands]."""
    lowest, highest = (np.log1p(hertz / 700) for hertz in (_LOWEST_HZ, _HIGHEST_HZ))
    centres = 700 * np.expm1(np.linspace(lowest, highest, _BANDS + 2)) * throat
    hertz = np.linspace(0, _RATE / 2, frequencies)
    triangles = [np.interp(hertz, centres[i : i + 3], [0, 1, 0]) for i in range(_BANDS)]
    return np.array(triangles).T


def _warped_distance(a: FloatArray, b: FloatArray) -> float:
    """Return the smallest mean distance along a path through all pairs of frames."""
    costs = np.sqrt(np.maximum(0.0, 2 - 2 * a @ b.T))
    rows, columns = costs.shape
    sums = np.full((rows + 1, columns + 1), np.inf)
    sums[0, 0] = 0.0
    # One diagonal at a time: its cells depend only on the two before.
    for diagonal in range(rows + columns - 1):
        i = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        j = diagonal - i
        cost = costs[i, j]
        straight = np.minimum(sums[i, j + 1], sums[i + 1, j]) + cost
        sums[i + 1, j + 1] = np.minimum(straight, sums[i, j] + 2 * cost)
    return float(sums[rows, columns] / (rows + columns))
