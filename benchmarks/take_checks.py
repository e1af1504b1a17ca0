"""Hit and false alarm rates of the take checks, on recordings of people and damaged copies.

    python benchmarks/take_checks.py VOICE_FOLDER ... [--per-voice 24] [--half held-out]

Each folder contains the recordings of one voice, one word per file. Folders with the same ending
after the last hyphen (``museum-da``, ``radio-da``) may be the same person and stay together. Every
other of these groups, in alphabetical order, is for setting thresholds ("calibration"), the rest is
held out. Caveat: the quantities to measure, and the first values for clipping, for the narrow band
and for "unlike", were chosen with measurements of all voices; everything was then tested on the
calibration half, and nothing was changed after the held-out half was first printed.

Published recordings are trimmed to the word and have their own faults. So each is turned into a
take: its gain is set (peak between -12 and -3 dB), and half a second of room noise 45 to 60 dB
below the word is added before and after it. A recording counts as clean for a check if an
independent criterion says so (see `CLEAN`). The lines "as published" refer to the
original files, trimmed and with all their faults: the rate of warnings there is not an error rate.
"""

import argparse
import itertools
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from damaged_words import DAMAGED, Word, in_room

from vgdesk.audio.files import Recording, read, sound_files
from vgdesk.audio.heard_take import Known
from vgdesk.audio.loudness import room_level
from vgdesk.audio.speech_activity import find_word
from vgdesk.audio.take_checks import TAKE_CHECKS, check_take, unlike_others
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import AudioFileError
from vgdesk.core.model import Verdict

CALIBRATION, HELD_OUT = "calibration", "held-out"
LONGEST, SHORTEST = 2.5, 0.3
# Checks for faults that do not change the position of the word.
STAYS = ("silence", "clipping", "level", "band", "dropouts")
# Independent criteria for recordings without the fault of a check.
CLEAN: dict[str, Callable[[Word], bool]] = {
    "clipping": Word.is_whole,
    "noise": lambda word: word.native_range_db > 30,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--per-voice", type=int, default=24)
    parser.add_argument("--half", choices=[CALIBRATION, HELD_OUT], default=HELD_OUT)
    parser.add_argument("--list", action="store_true", help="list every miss and false alarm")
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
    """Return the Wilson 95 % interval of a share."""
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


def judged(word: Word, number: int) -> Iterator[tuple[str, str, bool]]:
    """Check a word and its damaged copies: yield check, kind of copy, and the result."""
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
                # Finding the word is slowest; it is skipped where the word cannot move.
                place = whole if check in STAYS else find_word(copy)
                found_fault = said(copy, Known(place, room_level(lead, word.rate)))
                # For a very short fragment, "no speech" counts as well.
                is_hit = check in found_fault or (check == "short" and "speech" in found_fault)
                yield check, kind, is_hit


def unlike(folders: list[Path], half: str) -> Iterator[tuple[str, bool]]:
    """Compare words of different people; the halves are halves of the words here.

    A file name ends in its word, after the last underscore (``tv_car``) and before ``_desc``.
    Voices whose names have the same ending speak the same language.
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


def quantised(samples: FloatArray) -> FloatArray:
    """Quantise to 16 bits; digital silence stays the same."""
    return (np.round(samples.clip(-1, 1) * 32767) / 32768).astype(np.float32)


if __name__ == "__main__":
    main()
