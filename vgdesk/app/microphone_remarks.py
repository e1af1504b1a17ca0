"""What a short recording says about a microphone, in sentences."""

from dataclasses import dataclass

import numpy as np

from vgdesk.audio.files import Recording
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Verdict

FRAME_SECONDS = 0.02
FULL, QUIET_DBFS = 0.99, -30.0
CLEAR_DB, NOISY_DB = 15.0, 8.0
PHONE_HZ = 5_000.0  # a headset in phone mode sends nothing above 4 kHz
UNHEARD_DB = 60.0  # so far below the strongest frequency nothing counts as there
_FLOOR = 1e-6


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about the microphone, and what to do if it is not good."""

    verdict: Verdict
    message: str
    remedy: str = ""


def remarks(recording: Recording, word: tuple[float, float] | None) -> tuple[Remark, ...]:
    """Judge a word that was said to try the microphone out.

    Parameters
    ----------
    word
        Where it starts and ends in seconds; None if no voice was found.
    """
    samples = recording.samples
    if not samples.any():
        return (
            Remark(
                Verdict.FAIL,
                "The system sends silence: the microphone is muted, or vgdesk may not use it.",
                "Unmute it, and allow the microphone in the privacy settings of the system.",
            ),
        )
    if word is None:
        return (
            Remark(
                Verdict.FAIL, "No word was heard.", "Come nearer, or choose another microphone."
            ),
        )
    first, last = (round(second * recording.sample_rate) for second in word)
    voice, rate = samples[first:last], recording.sample_rate
    return _loudness(voice), _noise(voice, samples, rate), _band(voice, rate)


def _loudness(voice: FloatArray) -> Remark:
    peak = _decibels(float(np.abs(voice).max(initial=0.0)))
    is_full = np.abs(voice) >= FULL
    if (is_full[2:] & is_full[1:-1] & is_full[:-2]).any():  # one such sample alone is chance
        return Remark(
            Verdict.FAIL,
            "Too loud: the sound is cut off at the top.",
            "Move back a little, or turn the microphone down.",
        )
    room = f"the loudest moment is {-peak:.0f} dB below the limit"
    if peak < QUIET_DBFS:
        remedy = "Come nearer, or turn the microphone up."
        return Remark(Verdict.WARN, f"Quiet: {room}.", remedy)
    return Remark(Verdict.PASS, f"Loud enough: {room}.")


def _noise(voice: FloatArray, samples: FloatArray, rate: int) -> Remark:
    """Compare the voice with the quietest moments, which are the room."""
    room = float(np.quantile(_levels(samples, rate), 0.1))
    over = _decibels(float(np.sqrt(np.mean(np.square(voice))))) - _decibels(room)
    said = f"the word is {over:.0f} dB louder than the room"
    if over >= CLEAR_DB:
        return Remark(Verdict.PASS, f"Clear: {said}.")
    verdict = Verdict.WARN if over >= NOISY_DB else Verdict.FAIL
    return Remark(verdict, f"Noisy: {said}.", "Close windows, switch off fans, come nearer.")


def _band(voice: FloatArray, rate: int) -> Remark:
    """Find the highest frequency that is there."""
    power = np.square(np.abs(np.fft.rfft(voice * np.hanning(len(voice)))))
    width = max(1, round(100 * len(voice) / rate))  # 100 Hz: one bin alone says little
    smooth = np.convolve(power, np.ones(width) / width, "same")
    heard = np.flatnonzero(smooth > smooth.max() * 10 ** (-UNHEARD_DB / 10))
    top = float(heard[-1]) * rate / len(voice)
    said = f"sound up to {top / 1000:.0f} kHz"
    if top >= PHONE_HZ:
        return Remark(Verdict.PASS, f"Full sound: {said}.")
    return Remark(
        Verdict.WARN,
        f"Only {said}, as on a telephone.",
        "A headset may be in phone mode: connect it by cable, or choose another microphone.",
    )


def _levels(samples: FloatArray, rate: int) -> FloatArray:
    """Return the root mean square of every frame, shape [frames]."""
    size = max(1, round(FRAME_SECONDS * rate))
    whole = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size).astype(np.float64)
    levels: FloatArray = np.sqrt(np.square(whole).mean(axis=1))
    return levels


def _decibels(amplitude: float) -> float:
    return float(20 * np.log10(max(amplitude, _FLOOR)))
