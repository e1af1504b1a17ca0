"""How often each check of a take is right: on recordings of people and on damaged copies.

    python benchmarks/take_checks.py VOICE_FOLDER ... [--per-voice 24] [--half held-out]

Each folder holds the recordings of one voice, one word a file. Folders that end alike behind the
last hyphen (``museum-da``, ``radio-da``) may be the same person and stay together. Every other of
these groups, in alphabetical order, is for setting thresholds ("calibration"), the rest is held
out. How honest the halves are: which quantities to measure, and the first values for clipping, for
the narrow band and for "unlike", were chosen with measures of all voices; everything was then tried
on the calibration half, and nothing was changed after the held-out half was first printed.

Published recordings are trimmed to the word and have faults of their own. So a take is made of
each: its gain is set (peak between -12 and -3 dB), and half a second of a room 45 to 60 dB below
the word is put before and after it. A recording counts as clean for a check if something else than
that check says so (see `CLEAN`). The lines "as published" are about the files as they are, trimmed
and with all their faults: how often a check speaks up there is no error rate.
"""

import argparse
import itertools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from vgdesk.audio.files import Recording, read, sound_files
from vgdesk.audio.heard_take import Known
from vgdesk.audio.loudness import hop_powers, room_level
from vgdesk.audio.speech_activity import find_word
from vgdesk.audio.take_checks import TAKE_CHECKS, check_take, unlike_others
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import AudioFileError
from vgdesk.core.model import Verdict

CALIBRATION, HELD_OUT = "calibration", "held-out"
BEFORE, AFTER = 0.5, 0.6
LONGEST, SHORTEST = 2.5, 0.3


@dataclass(frozen=True)
class Word:
    """A recording of a person in a quiet room, and what is true of it."""

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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--per-voice", type=int, default=24)
    parser.add_argument("--half", choices=[CALIBRATION, HELD_OUT], default=HELD_OUT)
    parser.add_argument("--list", action="store_true", help="name every miss and false alarm")
    chosen = parser.parse_args()
    words = [
        word
        for folder in half_of(chosen.folders, chosen.half)
        for word in words_of(folder, chosen.per_voice)
    ]
    print(f"{chosen.half} voices, {len(words)} words")
    tallies: dict[tuple[str, str], list[bool]] = {}
    for kind, is_said in unlike(chosen.folders, chosen.half):
        tallies.setdefault(("unlike", kind), []).append(is_said)
    for number, word in enumerate(words):
        for check, kind, is_said in judged(word, number):
            tallies.setdefault((check, kind), []).append(is_said)
            if chosen.list and is_said is kind.startswith("clean") and kind != "as published":
                print(f"  {check} {kind}: {word.name}")
    for check in TAKE_CHECKS:
        for (of, kind), said in tallies.items():
            if of == check:
                print(line(check, kind, said))


def line(check: str, kind: str, said: list[bool]) -> str:
    rate, (low, high) = np.mean(said), interval(sum(said), len(said))
    return f"{check:10} {kind:34} {rate:6.1%}  [{low:.1%}, {high:.1%}]  n = {len(said)}"


def interval(hits: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    z, p = 1.96, hits / count
    middle = (p + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(p * (1 - p) / count + z * z / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def half_of(folders: list[Path], half: str) -> list[Path]:
    groups = sorted({folder.name.rpartition("-")[2] for folder in folders})
    wanted = groups[0::2] if half == CALIBRATION else groups[1::2]
    return sorted(folder for folder in folders if folder.name.rpartition("-")[2] in wanted)


def words_of(folder: Path, count: int) -> Iterator[Word]:
    rng = np.random.default_rng(0)
    for file in rng.permutation(np.array(sound_files([folder]), object))[:count]:
        try:
            recording = read(file)
        except AudioFileError:
            continue
        wide = recording.sample_rate >= 16_000
        if wide and SHORTEST < recording.seconds < LONGEST and recording.samples.any():
            yield in_room(f"{folder.name}/{file.name}", recording, rng)


def in_room(name: str, recording: Recording, rng: np.random.Generator) -> Word:
    """Put a word into a room."""
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
    """Return the level of the voiced part: what is within 20 dB of the loudest."""
    powers = hop_powers(samples, rate)
    return math.sqrt(float(powers[powers > powers.max() / 100].mean()))


def pink(count: int, rng: np.random.Generator) -> FloatArray:
    """Make a noise that falls by 3 dB an octave, with a mean square of 1."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 20))
    noise = np.fft.irfft(spectrum, count)
    return noise / np.sqrt(np.mean(noise**2))


def judged(word: Word, number: int) -> Iterator[tuple[str, str, bool]]:
    """Check a word and its damaged copies: check, kind of copy, and whether the check spoke up."""
    rng = np.random.default_rng(number)
    found = find_word(heard(word, word.take))
    whole = found or (word.begin / word.rate, word.end / word.rate)
    trimmed = heard(word, word.word)
    room = room_level(word.room, word.rate)
    of_kind = {
        "clean": said(heard(word, word.take), Known(found, room)),
        "clean, room unknown": said(heard(word, word.take), Known(found)),
        "as published": said(trimmed, Known(find_word(trimmed))),
    }
    for kind, spoken in of_kind.items():
        for check in (check for check in TAKE_CHECKS if check != "unlike"):
            is_clean = kind == "as published" or CLEAN.get(check, lambda _word: True)(word)
            yield check, kind if is_clean else f"{kind}, with this fault", check in spoken
    for check, kinds in DAMAGED.items():
        for kind, damage in kinds.items():
            samples = damage(word, rng)
            if samples is not None:
                copy = heard(word, samples)
                lead = word.room if check == "cut" else copy.samples[: word.begin]
                # Looking for the word takes longest; where it cannot move, it is not done again.
                place = whole if check in STAYS else find_word(copy)
                found_fault = said(copy, Known(place, room_level(lead, word.rate)))
                # Of next to nothing it may as well be said that there is no word.
                is_hit = check in found_fault or (check == "short" and "speech" in found_fault)
                yield check, kind, is_hit


def unlike(folders: list[Path], half: str) -> Iterator[tuple[str, bool]]:
    """Compare words of different people; halves are halves of the words here.

    The name of a file ends in its word, behind the last underscore (``tv_car``) and before
    ``_desc``. Voices whose names end alike speak the same language.
    """
    spoken: dict[tuple[str, str], dict[str, Path]] = {}
    for folder in folders:
        for file in sound_files([folder]):
            text = re.sub(r"_desc.*", "", file.stem).rpartition("_")[2]
            language = folder.name.rpartition("-")[2]
            spoken.setdefault((language, text), {}).setdefault(folder.name, file)
    known = sorted(key for key, files in spoken.items() if len(files) > 1)
    known = [key for number, key in enumerate(known) if number % 2 == (half == HELD_OUT)]
    rng = np.random.default_rng(0)
    for key in (key for key in known if key[0] == "en"):
        for voice, other in itertools.combinations(sorted(spoken[key]), 2):
            one = trimmed(spoken[key][voice])
            yield "same word, different people", is_unlike(one, spoken[key][other])
            strange = [files[other] for at, files in spoken.items() if other in files and at != key]
            for number in rng.permutation(len(strange))[:4]:
                yield "different words and people", is_unlike(one, strange[number])


def is_unlike(take: Recording, file: Path) -> bool:
    finding = unlike_others(take, [trimmed(file)])
    return finding is not None and finding.verdict is not Verdict.PASS


def trimmed(file: Path) -> Recording:
    start, end = find_word(read(file)) or (0.0, None)
    return read(file, start=start, end=end)


def heard(word: Word, samples: FloatArray) -> Recording:
    return Recording(quantised(samples), word.rate)


def said(recording: Recording, known: Known) -> set[str]:
    return {f.check for f in check_take(recording, known) if f.verdict is not Verdict.PASS}


STAYS = ("silence", "clipping", "level", "band", "dropouts")


def quantised(samples: FloatArray) -> FloatArray:
    """Return what a converter of 16 bits makes of it; digital silence stays what it is."""
    return (np.round(samples.clip(-1, 1) * 32767) / 32768).astype(np.float32)


CLEAN: dict[str, Callable[[Word], bool]] = {
    # At full scale a published recording may have been clipped by who made it.
    "clipping": lambda word: word.native_peak < 0.89,
    "noise": lambda word: word.native_range_db > 30,
}

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
    """Cut the tops off at this share of the peak, which is full scale, then make it softer."""

    def damage(word: Word, _rng: np.random.Generator) -> FloatArray | None:
        if not CLEAN["clipping"](word):
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
    """Say the loud part of the word over and over for three and a half seconds."""
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
    """Sample at 8 kHz with the 8 bits of a telephone, and back."""

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


if __name__ == "__main__":
    main()
