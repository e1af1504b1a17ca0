"""Segmentation of a recording of many words, of any length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from vgdesk.audio.files import FileFacts, describe, read, resample
from vgdesk.audio.speech_activity import RATE, Listener, spans_of
from vgdesk.core.arrays import FloatArray
from vgdesk.core.cancellation import until_cancelled

STRETCH = 20.48  # seconds in memory at a time; a multiple of the chunks of the detector
PARTS = 16  # parts of a stretch, each a whole number of chunks
OUTLINE_PER_SECOND = 100


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """The segments and the outline of a long recording.

    Attributes
    ----------
    spans
        Start and end of each word in seconds, with padding; they do not overlap.
    outline
        Lowest and highest sample of every hundredth of a second, shape [hundredths, 2], for drawing
        a waveform.
    """

    spans: tuple[tuple[float, float], ...]
    outline: FloatArray


def listen(file: Path) -> Heard:
    """Propose the segment of each word; reports progress and can be cancelled.

    Raises
    ------
    AudioFileError
        If the file cannot be read.
    CancelledError
        If it was cancelled.
    """
    facts = describe(file)
    starts = _starts(facts)
    parts = until_cancelled(_parts(file, starts, facts.seconds), (1 + PARTS) * len(starts))
    outline = np.concatenate([_outline(part) for part in islice(parts, len(starts))])
    listener = Listener(float(np.abs(outline).max(initial=0.0)))
    for part in parts:
        listener.hear(part)
    return Heard(spans_of(*listener.heard(), facts.seconds), outline)


def _parts(file: Path, starts: Sequence[float], length: float) -> Iterator[FloatArray]:
    """Yield every stretch, then every stretch again in parts.

    The detector needs the peak before it starts, so everything is read twice. Detection takes much
    longer than reading; smaller steps keep the progress even and allow cancelling at once.
    """
    for start in starts:
        yield _stretch(file, start, length)
    size = round(STRETCH * RATE) // PARTS
    for start in starts:
        stretch = _stretch(file, start, length)
        yield from (stretch[i * size : (i + 1) * size] for i in range(PARTS))


def _starts(facts: FileFacts) -> list[float]:
    """Return where each stretch starts; the last one has at least one sample."""
    starts: list[float] = np.arange(0.0, facts.seconds - 0.5 / facts.sample_rate, STRETCH).tolist()
    return starts


def _stretch(file: Path, start: float, length: float) -> FloatArray:
    """Return one stretch at the rate of the detector."""
    part = read(file, start=start, end=min(length, start + STRETCH))
    return resample(part, RATE).samples


def _outline(part: FloatArray) -> FloatArray:
    step = RATE // OUTLINE_PER_SECOND
    padded = np.pad(part, (0, -len(part) % step)).reshape(-1, step)
    return np.stack([padded.min(axis=1), padded.max(axis=1)], axis=1)
