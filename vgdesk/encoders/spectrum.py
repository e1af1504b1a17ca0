"""Acoustic baseline: a log-mel spectrum at several time scales, without any model."""

from collections.abc import Sequence

import numpy as np

from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import EncoderId, Modality
from vgdesk.encoders.base import EncoderSpec, Pooling

_RATE = 16_000
_WINDOW, _STEP = 400, 160  # samples: 25 ms every 10 ms
_BANDS = 40
_SLICES = (1, 2, 4, 8, 16)
_EMPHASIS = 0.97  # usual for speech: boosts the high bands, which are weak in every word
_QUIET = 1e-4  # power treated as silence: 40 dB below that of the word

FRAMES = "mel frames"  # the only layer that is not pooled

SPECTRUM = EncoderSpec(
    id=EncoderId("spectrum"),
    title="Spectrum",
    modality=Modality.SPEECH,
    is_grounded=None,
    layers=("whole word", *(f"{n} slices" for n in _SLICES[1:])),
    dim=_SLICES[-1] * _BANDS,
    sample_rate=_RATE,
    licence="MIT",
    source="No model: 40 mel bands of the sound, averaged over increasingly fine slices of time.",
    revision="2",
    family="spectrum",
)


class SpectrumEncoder:
    """Spectra with finer time resolution at deeper layers; one slice is the average spectrum.

    Every layer has the size of the finest scale; coarser slices are repeated to fill it, which
    changes neither angles between words nor the order of their distances. Level differences are
    removed first, and so is the mean of the log spectrum, which is similar in all words and would
    make every angle small. Time is part of the vector, so pooling makes no difference.
    """

    def __init__(self) -> None:
        self._filters = mel_filters(_BANDS, _WINDOW, _RATE)
        self._taper = np.hanning(_WINDOW + 1)[:-1]

    def encode(self, words: Sequence[FloatArray], pooling: Pooling) -> list[FloatArray]:
        """Return [layers, dim] for each word; silence gives zeros."""
        return [self._scales(np.asarray(word, np.float64)) for word in words]

    def frames(self, word: FloatArray) -> dict[str, FloatArray]:
        """Return the spectrum every 10 ms, normalised over the word as in `encode`."""
        log_mel = self._log_mel(np.asarray(word, np.float64))
        return {FRAMES: (log_mel - log_mel.mean()).astype(np.float32)}

    def _scales(self, word: FloatArray) -> FloatArray:
        finest = _slices(self._log_mel(word), _SLICES[-1])
        finest -= finest.mean()
        layers = [
            finest.reshape(n, -1, _BANDS).mean(axis=1).repeat(_SLICES[-1] // n, axis=0)
            for n in _SLICES
        ]
        return np.stack(layers).reshape(len(_SLICES), -1).astype(np.float32)

    def _log_mel(self, word: FloatArray) -> FloatArray:
        level = np.sqrt(np.mean(word**2)) if len(word) else 0.0
        standardised = word / level if level > 0 else word
        standardised = np.append(standardised[:1], standardised[1:] - _EMPHASIS * standardised[:-1])
        padded = np.pad(standardised, (0, max(0, _WINDOW - len(word))))
        frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_STEP]
        power = np.abs(np.fft.rfft(frames * self._taper)) ** 2 / _WINDOW
        log_mel: FloatArray = np.log10(np.maximum(power @ self._filters.T, _QUIET))
        return log_mel


def _slices(frames: FloatArray, n: int) -> FloatArray:
    """Average [frames, bands] over n equal slices of time; two slices may share a frame."""
    total = np.vstack([np.zeros(frames.shape[1]), np.cumsum(frames, axis=0)])
    edges = np.linspace(0, len(frames), n + 1)
    whole = np.minimum(edges.astype(int), len(frames) - 1)
    until = total[whole] + (edges - whole)[:, None] * frames[whole]
    slices: FloatArray = np.diff(until, axis=0) * (n / len(frames))
    return slices


def mel_filters(bands: int, window: int, rate: int) -> FloatArray:
    """Return triangular filters of equal width on the mel scale, [bands, frequencies]."""
    highest = 2595 * np.log10(1 + rate / 2 / 700)
    corners = 700 * (10 ** (np.linspace(0, highest, bands + 2) / 2595) - 1)
    frequencies = np.fft.rfftfreq(window, 1 / rate)
    rise = (frequencies - corners[:-2, None]) / np.diff(corners)[:-1, None]
    fall = (corners[2:, None] - frequencies) / np.diff(corners)[1:, None]
    return np.clip(np.minimum(rise, fall), 0, None)
