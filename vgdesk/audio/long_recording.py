"""Where the words are in a recording of many words, however long it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from vgdesk.audio.files import FileFacts, describe, read, resample
from vgdesk.audio.speech_activity import RATE, Listener, spans_of
from vgdesk.core.arrays import FloatArray
from vgdesk.core.cancellation import until_cancelled

STRETCH = 20.48  # seconds that are in memory at a time; whole chunks of the detector
PARTS = 16  # of a stretch, each of whole chunks too
OUTLINE_PER_SECOND = 100


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was heard in a long recording.

    Attributes
    ----------
    spans
        Where each word starts and ends, in seconds, with pads; they do not overlap.
    outline
        Lowest and highest sample of every hundredth of a second, shape [hundredths, 2]: what a
        waveform that is wider than the screen needs.
    """

    spans: tuple[tuple[float, float], ...]
    outline: FloatArray


def listen(file: Path) -> Heard:
    """Propose where each word is; tells its progress and ends when it is not wanted any more.

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
    """Yield every stretch, and then every stretch in parts.

    The detector has to know the peak before it begins, so all is read twice. Listening takes much
    longer than reading; smaller steps keep its progress even and let it be cancelled at once.
    """
    for start in starts:
        yield _stretch(file, start, length)
    size = round(STRETCH * RATE) // PARTS
    for start in starts:
        stretch = _stretch(file, start, length)
        yield from (stretch[i * size : (i + 1) * size] for i in range(PARTS))


def _starts(facts: FileFacts) -> list[float]:
    """Return where each stretch starts; even the last one holds a sample."""
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
