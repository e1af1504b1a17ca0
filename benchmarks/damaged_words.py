"""Words in a quiet room and damaged copies of them, to evaluate the take checks."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr

from vgdesk.audio.files import Recording
from vgdesk.audio.loudness import hop_powers
from vgdesk.core.arrays import FloatArray

BEFORE, AFTER = 0.5, 0.6


@dataclass(frozen=True)
class Word:
    """A recording of a person in a quiet room, with ground truth."""

    name: str
    take: FloatArray
    rate: int
    begin: int
    end: int
    room: FloatArray
    native_peak: float
    native_range_db: float

    @property
    def word(self) -> FloatArray:
        return self.take[self.begin : self.end]

    def is_whole(self) -> bool:
        """Return whether it is not clipped; files at full scale may have been clipped by others."""
        return self.native_peak < 0.89


def in_room(name: str, recording: Recording, rng: np.random.Generator) -> Word:
    """Add room noise to a word."""
    rate = recording.sample_rate
    samples = recording.samples.astype(np.float64)
    samples -= samples.mean()
    levels = 10 * np.log10(hop_powers(samples, rate) + 1e-12)
    peak = np.abs(samples).max()
    samples *= 10 ** (rng.uniform(-12, -3) / 20) / peak
    fade = round(0.005 * rate)
    ramp = np.sin(np.linspace(0, np.pi / 2, fade)) ** 2
    samples[:fade] *= ramp
    samples[-fade:] *= ramp[::-1]
    begin, behind = round(BEFORE * rate), round(AFTER * rate)
    take = np.pad(samples, (begin, behind))
    room = pink(len(take), rng) * rms(samples, rate) * 10 ** (-rng.uniform(45, 60) / 20)
    spread = float(np.percentile(levels, 95) - np.percentile(levels, 5))
    end = begin + len(samples)
    return Word(name, take + room, rate, begin, end, room, float(peak), spread)


def rms(samples: FloatArray, rate: int) -> float:
    """Return the level of the part within 20 dB of the loudest."""
    powers = hop_powers(samples, rate)
    return math.sqrt(float(powers[powers > powers.max() / 100].mean()))


def pink(count: int, rng: np.random.Generator) -> FloatArray:
    """Make noise that falls by 3 dB per octave, with a mean square of 1."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 20))
    noise = np.fft.irfft(spectrum, count)
    return noise / np.sqrt(np.mean(noise**2))


Damage = Callable[[Word, np.random.Generator], FloatArray | None]


def nothing(word: Word, _rng: np.random.Generator) -> FloatArray:
    return np.full(len(word.take), 0.01)


def only_noise(level_db: float) -> Damage:
    return lambda word, rng: pink(len(word.take), rng) * 10 ** (level_db / 20)


def hum(word: Word, rng: np.random.Generator) -> FloatArray:
    time = np.arange(len(word.take)) / word.rate
    tones = [np.sin(2 * np.pi * 50 * k * time + rng.uniform(0, 6)) / k for k in range(1, 8)]
    return word.room + 0.05 * np.sum(tones, axis=0)


def clipped(depth: float, *, then: float = 1.0) -> Damage:
    """Clip at this share of the peak, which becomes full scale, then attenuate."""

    def damage(word: Word, _rng: np.random.Generator) -> FloatArray | None:
        if not word.is_whole():
            return None
        return then * (word.take / (depth * np.abs(word.take).max())).clip(-1, 1)

    return damage


def quiet(peak_db: float) -> Damage:
    return lambda word, _rng: word.take * 10 ** (peak_db / 20) / np.abs(word.take).max()


def noisy(ratio_db: float) -> Damage:
    def damage(word: Word, rng: np.random.Generator) -> FloatArray:
        noise = pink(len(word.take), rng)
        return 0.5 * (word.take + noise * rms(word.word, word.rate) * 10 ** (-ratio_db / 20))

    return damage


def loud_place(word: Word, rng: np.random.Generator, part: tuple[float, float]) -> int:
    """Return a sample within 15 dB of the loudest, in this part of the word."""
    powers = hop_powers(word.word, word.rate)
    loud = np.flatnonzero(powers > powers.max() * 10**-1.5)
    first, last = (round(share * (len(loud) - 1)) for share in part)
    return word.begin + round(loud[rng.integers(first, last + 1)] * 0.01 * word.rate)


def shortened(seconds: float) -> Damage:
    def damage(word: Word, rng: np.random.Generator) -> FloatArray:
        first = loud_place(word, rng, (0.0, 0.3))
        count = round(seconds * word.rate)
        samples = word.room.copy()
        samples[first : first + count] += word.take[first : first + count] * np.hanning(count)
        return samples

    return damage


def lengthened(word: Word, _rng: np.random.Generator) -> FloatArray:
    """Repeat the loud part of the word for three and a half seconds."""
    powers = hop_powers(word.word, word.rate)
    loud = np.flatnonzero(powers > powers.max() / 1000)
    first, last = (round(hop * 0.01 * word.rate) for hop in (loud[0], loud[-1] + 1))
    part = word.word[first:last]
    times = math.ceil(3.5 * word.rate / len(part))
    return np.concatenate([word.take[: word.begin], *[part] * times, word.take[word.end :]])


def cut(part: tuple[float, float], *, is_end: bool) -> Damage:
    def damage(word: Word, rng: np.random.Generator) -> FloatArray:
        place = loud_place(word, rng, part)
        return word.take[:place] if is_end else word.take[place:]

    return damage


def low_pass(edge: float, width: float, least_db: float) -> Damage:
    def damage(word: Word, _rng: np.random.Generator) -> FloatArray:
        spectrum = np.fft.rfft(word.take)
        over = (np.fft.rfftfreq(len(word.take), 1 / word.rate) - edge) / width
        return np.fft.irfft(spectrum * 10 ** (-least_db * over.clip(0, 1) / 20), len(word.take))

    return damage


def telephone(quality: str) -> Damage:
    """Convert to 8 kHz and 8 bits as in a telephone, and back."""

    def damage(word: Word, _rng: np.random.Generator) -> FloatArray:
        slow = soxr.resample(word.take, word.rate, 8_000)
        law = np.sign(slow) * np.log1p(255 * np.abs(slow)) / np.log(256)
        law = np.round(law * 127) / 127
        slow = np.sign(law) * np.expm1(np.abs(law) * np.log(256)) / 255
        if quality == "lines":
            times = np.arange(len(word.take)) / word.rate
            return np.interp(times, np.arange(len(slow)) / 8_000, slow)
        return soxr.resample(slow, 8_000, word.rate, quality=quality)

    return damage


def dropped(seconds: float, *, is_filled: bool) -> Damage:
    def damage(word: Word, rng: np.random.Generator) -> FloatArray:
        first = loud_place(word, rng, (0.0, 0.9))
        last = first + round(seconds * word.rate)
        if not is_filled:
            return np.delete(word.take, slice(first, last))
        samples = word.take.copy()
        samples[first:last] = 0
        return samples

    return damage


DAMAGED: dict[str, dict[str, Damage]] = {
    "silence": {
        "zeros": lambda word, _rng: np.zeros(len(word.take)),
        "a constant": nothing,
    },
    "speech": {
        "the room": lambda word, _rng: word.room,
        "noise of -50 dB": only_noise(-50),
        "noise of -25 dB": only_noise(-25),
        "hum": hum,
    },
    "clipping": {
        "at .9 of the peak": clipped(0.9),
        "at .7": clipped(0.7),
        "at .5": clipped(0.5),
        "at .3": clipped(0.3),
        "at .9, then 10 dB softer": clipped(0.9, then=0.3),
        "at .7, then 10 dB softer": clipped(0.7, then=0.3),
        "at .5, then 10 dB softer": clipped(0.5, then=0.3),
    },
    "level": {f"peak at {db} dB": quiet(db) for db in (-33, -40, -50)},
    "noise": {f"{db} dB below the word": noisy(db) for db in (12, 8, 3)},
    "short": {f"{1000 * s:.0f} ms of a word": shortened(s) for s in (0.06, 0.12)},
    "long": {"said over and over": lengthened},
    "cut": {
        "the start is missing": cut((0.0, 0.5), is_end=False),
        "the end is missing": cut((0.5, 1.0), is_end=True),
    },
    "band": {
        "telephone, good": telephone("HQ"),
        "telephone, fair": telephone("QQ"),
        "telephone, poor (straight lines)": telephone("lines"),
        "up to 3.4 kHz": low_pass(3_400, 300, 70),
        "up to 4 kHz": low_pass(4_000, 300, 70),
        "30 dB down from 3.4 kHz on": low_pass(3_400, 600, 30),
    },
    "dropouts": {
        "20 ms are zeros": dropped(0.02, is_filled=True),
        "40 ms are zeros": dropped(0.04, is_filled=True),
        "60 ms are zeros": dropped(0.06, is_filled=True),
        "40 ms are left out": dropped(0.04, is_filled=False),
    },
}  # fmt: skip
