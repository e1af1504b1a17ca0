"""The recordings that speech encoders are asked about: voices of the training, others, people."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from training.plan import Plan
from training.sources import debian
from training.voices import ESPEAK, FLITE, HIBARI, PIPER, voice_of
from training.words import read_words
from training.work import Work

KNOWN = "training voices"
UNSEEN = "unseen voices"
PEOPLE = "people"
CLIPS_A_WORD = 6


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording of a listed word.

    Attributes
    ----------
    voice
        The synthetic voice, or for people where the recording comes from.
    group
        The kind of voice.
    """

    word: str
    voice: str
    group: str
    file: Path


def recordings(work: Work, plan: Plan, data: Path) -> list[Recorded]:
    """List what others say, and a few clips of each of these words by the training voices."""
    words = [word.text for word in read_words(work)]
    asked = [*synthetic(work, plan, set(words)), *people(work, data, set(words))]
    needed = {item.word for item in asked}
    known = [
        Recorded(word, voice, KNOWN, file)
        for number, word in enumerate(words)
        if word in needed
        for voice, file in known_clips(work, plan, number, word)
    ]
    return [*known, *asked]


def known_clips(work: Work, plan: Plan, number: int, word: str) -> list[tuple[str, Path]]:
    """Return some training voices that say a word, other ones for each word."""
    turns = [voice_of(plan, number, turn) for turn in range(plan.clips_per_concept)]
    files = [(voice, work.clips / voice / f"{word}.flac") for voice in (HIBARI, *turns)]
    return [(voice, file) for voice, file in files if file.exists()][:CLIPS_A_WORD]


def synthetic(work: Work, plan: Plan, words: Collection[str]) -> Iterator[Recorded]:
    """List the clips of voices that no encoder was trained on."""
    groups = {UNSEEN: plan.unseen_voices, "flite": FLITE, "espeak": ESPEAK, "piper": (PIPER,)}
    for group, voices in groups.items():
        for voice in voices:
            for file in sorted((work.clips / voice).glob("[!.]*.flac")):
                if file.stem in words:
                    yield Recorded(file.stem, voice, group, file)


def people(work: Work, data: Path, words: Collection[str]) -> Iterator[Recorded]:
    """List the words that people say, as far as these recordings are there."""
    folders = {
        "GCompris": (data / "people/en_gcompris", "*.ogg"),
        "KTuberling": (debian(work, "usr/share/ktuberling/sounds/en"), "*.ogg"),
        "Tux Paint": (debian(work, "usr/share/tuxpaint/stamps"), "**/*_desc.ogg"),
    }
    for source, (folder, pattern) in folders.items():
        for file in sorted(folder.glob(pattern)):
            # KTuberling puts the playground before the word: "moon_rocket".
            word = file.stem.removesuffix("_desc").rpartition("_")[2]
            if word in words:
                yield Recorded(word, source, PEOPLE, file)


def by_group(heard: list[Recorded]) -> dict[str, list[int]]:
    """Return the places of what is asked about: each kind of voice, and each source of people."""
    groups: dict[str, list[int]] = {}
    for row, item in enumerate(heard):
        if item.group != KNOWN:
            groups.setdefault(item.group, []).append(row)
        if item.group == PEOPLE:
            groups.setdefault(f"{PEOPLE}: {item.voice}", []).append(row)
    return groups
