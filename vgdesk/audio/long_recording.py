"""Where the words are in a recording of many words, however long it is."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vgdesk.audio.files import describe, read, resample
from vgdesk.audio.speech_activity import RATE, Listener, spans_of
from vgdesk.core.arrays import FloatArray

STRETCH = 20.48  # seconds that are in memory at a time; whole chunks of the detector
OUTLINE_PER_SECOND = 100


def find_words(file: Path) -> tuple[tuple[float, float], ...]:
    """Propose where each word starts and ends, in seconds, with pads; they do not overlap.

    Raises
    ------
    AudioFileError
        If the file cannot be read.
    """
    peak = max((float(np.abs(part).max(initial=0.0)) for part in _stretches(file)), default=0.0)
    listener = Listener(peak)
    for part in _stretches(file):
        listener.hear(part)
    return spans_of(*listener.heard(), describe(file).seconds)


def _stretches(file: Path) -> Iterator[FloatArray]:
    """Yield one stretch after the other at the rate of the detector."""
    length = describe(file).seconds
    for start in np.arange(0.0, length, STRETCH).tolist():
        part = read(file, start=start, end=min(length, start + STRETCH))
        yield resample(part, RATE).samples


def outline(file: Path) -> FloatArray:
    """Return the lowest and highest sample of every hundredth of a second.

    Shape [hundredths, 2]: what a waveform that is wider than the screen needs.
    """
    step = RATE // OUTLINE_PER_SECOND
    parts = []
    for part in _stretches(file):
        padded = np.pad(part, (0, -len(part) % step)).reshape(-1, step)
        parts.append(np.stack([padded.min(axis=1), padded.max(axis=1)], axis=1))
    whole: FloatArray = np.concatenate(parts) if parts else np.empty((0, 2), np.float32)
    return whole
