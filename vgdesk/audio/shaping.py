"""Endings of truncated recordings: a fade-out, and trailing silence."""

import numpy as np

from vgdesk.audio.files import Recording


def faded(recording: Recording, seconds: float) -> Recording:
    """Fade out the last `seconds` by half a cosine; the length stays the same."""
    count = min(round(seconds * recording.sample_rate), len(recording.samples))
    if count <= 0:
        return recording
    samples = recording.samples.copy()
    samples[-count:] *= (1 + np.cos(np.pi * (np.arange(count) + 1) / count)) / 2
    return Recording(samples, recording.sample_rate)


def with_silence(recording: Recording, seconds: float) -> Recording:
    """Append `seconds` of silence."""
    count = round(seconds * recording.sample_rate)
    if count <= 0:
        return recording
    return Recording(np.pad(recording.samples, (0, count)), recording.sample_rate)
