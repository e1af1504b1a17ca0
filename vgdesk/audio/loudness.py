"""Levels of a recording over time, and the level of the room noise behind the voice."""

import numpy as np

from vgdesk.audio.spectra import power_spectra
from vgdesk.core.arrays import FloatArray

FLOOR_DBFS = -120.0
HOP_SECONDS = 0.01

# At least a quarter of the time before a word is free of breaths, clicks and the previous word.
_QUIET_SHARE = 25
_FEWEST_HOPS = 20

# In any band the voice pauses for a tenth of a word, which leaves the room. The lowest tenth of a
# noise is below its mean by this factor.
_PAUSE_SHARE = 10
_LOWEST_OF_NOISE = 0.15

_SILENT_POWER = 10 ** (FLOOR_DBFS / 10)


def decibels(power: FloatArray) -> FloatArray:
    """Convert powers to levels in dBFS, at least -120; the shape stays the same."""
    levels: FloatArray = 10 * np.log10(np.maximum(power, _SILENT_POWER))
    return levels


def level(power: float) -> float:
    """Convert a power to a level in dBFS, at least -120."""
    return float(decibels(np.array(power)))


def hop_powers(samples: FloatArray, sample_rate: int) -> FloatArray:
    """Return the mean power of each 10 ms, shape [hops]; a shorter remainder is left out."""
    hop = max(1, round(sample_rate * HOP_SECONDS))
    hops = samples[: len(samples) - len(samples) % hop].reshape(-1, hop)
    powers: FloatArray = np.mean(np.square(hops, dtype=np.float64), axis=1)
    return powers


def room_level(samples: FloatArray, sample_rate: int) -> float | None:
    """Measure the room noise before speech, in dBFS; None for less than a fifth of a second.

    A quarter of the time must be quiet; the rest may contain any sound.
    """
    powers = hop_powers(samples - samples.mean() if len(samples) else samples, sample_rate)
    if len(powers) < _FEWEST_HOPS:
        return None
    return level(float(np.percentile(powers, _QUIET_SHARE)))


def room_behind(samples: FloatArray, sample_rate: int) -> float:
    """Estimate the room noise behind a word from the pauses in each band, in dBFS.

    For recordings without a measurement of the room before the word.
    """
    powers, _ = power_spectra(samples, sample_rate)
    pauses = np.percentile(powers, _PAUSE_SHARE, axis=0) / _LOWEST_OF_NOISE
    return level(float(pauses.sum()))
