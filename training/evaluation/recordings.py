"""The recordings used in the evaluation: training voices, other voices, people."""

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
        The synthetic voice, or for people the source of the recording.
    group
        The kind of voice.
    """

    word: str
    voice: str
    group: str
    file: Path


def recordings(work: Work, plan: Plan, data: Path) -> list[Recorded]:
    """List the test recordings, and a few clips of each of their words by training voices."""
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
    """Return clips of a word by some training voices, which vary between words."""
    turns = [voice_of(plan, number, turn) for turn in range(plan.clips_per_concept)]
    files = [(voice, work.clips / voice / f"{word}.flac") for voice in (HIBARI, *turns)]
    return [(voice, file) for voice, file in files if file.exists()][:CLIPS_A_WORD]


def synthetic(work: Work, plan: Plan, words: Collection[str]) -> Iterator[Recorded]:
    """List the clips of voices not used in training."""
    groups = {UNSEEN: plan.unseen_voices, "flite": FLITE, "espeak": ESPEAK, "piper": (PIPER,)}
    for group, voices in groups.items():
        for voice in voices:
            for file in sorted((work.clips / voice).glob("[!.]*.flac")):
                if file.stem in words:
                    yield Recorded(file.stem, voice, group, file)


def people(work: Work, data: Path, words: Collection[str]) -> Iterator[Recorded]:
    """List the available recordings of people."""
    folders = {
        "GCompris": (data / "people/en_gcompris", "*.ogg"),
        "KTuberling": (debian(work, "usr/share/ktuberling/sounds/en"), "*.ogg"),
        "Tux Paint": (debian(work, "usr/share/tuxpaint/stamps"), "**/*_desc.ogg"),
    }
    for source, (folder, pattern) in folders.items():
        for file in sorted(folder.glob(pattern)):
            # File names of KTuberling start with the playground: "moon_rocket".
            word = file.stem.removesuffix("_desc").rpartition("_")[2]
            if word in words:
                yield Recorded(word, source, PEOPLE, file)


def by_group(heard: list[Recorded]) -> dict[str, list[int]]:
    """Return the indices of test recordings by kind of voice and by source of people."""
    groups: dict[str, list[int]] = {}
    for row, item in enumerate(heard):
        if item.group != KNOWN:
            groups.setdefault(item.group, []).append(row)
        if item.group == PEOPLE:
            groups.setdefault(f"{PEOPLE}: {item.voice}", []).append(row)
    return groups
