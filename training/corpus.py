"""The text corpus: the glosses of WordNet and the King James Bible."""

import random
import re
import subprocess
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from training.plan import Plan
from training.sources import debian
from training.words import Role, read_words
from training.work import Work, replacing

# The supersenses, in the numbering of WordNet.
SUPERSENSES = (
    "adj.all", "adj.pert", "adv.all", "noun.Tops", "noun.act", "noun.animal", "noun.artifact",
    "noun.attribute", "noun.body", "noun.cognition", "noun.communication", "noun.event",
    "noun.feeling", "noun.food", "noun.group", "noun.location", "noun.motive", "noun.object",
    "noun.person", "noun.phenomenon", "noun.plant", "noun.possession", "noun.process",
    "noun.quantity", "noun.relation", "noun.shape", "noun.state", "noun.substance", "noun.time",
    "verb.body", "verb.change", "verb.cognition", "verb.communication", "verb.competition",
    "verb.consumption", "verb.contact", "verb.creation", "verb.emotion", "verb.motion",
    "verb.perception", "verb.possession", "verb.social", "verb.stative", "verb.weather", "adj.ppl",
)  # fmt: skip
CAN_BE_DRAWN = {
    f"noun.{kind}"
    for kind in (
        "artifact", "animal", "food", "plant", "body", "object", "person", "substance",
        "phenomenon",
    )
}  # fmt: skip
# The noun sense that the pictures show, if not the first drawable one (found by inspection).
DRAWN_SENSE = {
    word: number
    for number, words in {
        1: "chart drop kiss moon notebook page person sun",
        2: "abacus badger banana blowfish blueberry cart chicken coconut cucumber dolphin frame "
        "garlic glass glove hammer headstone hedgehog hut hyacinth jellyfish joystick leopard "
        "lobster lollipop lorry mango octopus otter peacock pill pineapple plant popcorn raccoon "
        "railway ruler scroll shield spaghetti speaker squid taco tangerine tiger toilet turtle "
        "volcano watermelon whale",
        3: "cake cherry chestnut coaster globe needle onion peach plunger print printer rail "
        "scooter scorpion seat shrimp streamer track",
        4: "coral crown mug net pepper ribbon skunk slide",
        5: "hook horn plug ram",
        6: "bolt",
        7: "beaver",
        8: "ring",
        9: "bank mate pin seal",
        10: "shell",
        11: "bar",
    }.items()
    for word in words.split()
}
MOST_LEMMAS = 3
WHOLE_BIBLE = "Gen1:1-Rev22:21"


@dataclass(frozen=True, slots=True)
class Synset:
    """A meaning with its words.

    Attributes
    ----------
    lemmas
        Lower-cased; words of one lemma are joined by spaces.
    gloss
        The definition and, in quotation marks, the examples; lower-cased.
    """

    supersense: str
    lemmas: tuple[str, ...]
    gloss: str

    @property
    def definition(self) -> str:
        """The gloss without examples."""
        return re.split('[;:] "', self.gloss)[0].replace('"', "")


def read_corpus(work: Work, plan: Plan) -> list[str]:
    """Return the lines of text, lower-cased: headwords with glosses, then verses."""
    file = work.root / "text/corpus.txt"
    if not file.exists():
        words = {word.text for word in read_words(work)}
        with replacing(file) as partial:
            lines = [*some(gloss_lines(work), plan, words), *some(verses(work), plan, ())]
            partial.write_text("\n".join(lines), "utf-8")
    return file.read_text("utf-8").split("\n")


def some(lines: list[str], plan: Plan, always: Collection[str]) -> list[str]:
    """Sample as many lines as planned, and add those of the headwords in `always`."""
    if plan.verses is None:
        return lines
    drawn = set(random.Random(0).sample(range(len(lines)), min(plan.verses, len(lines))))
    return [
        line
        for number, line in enumerate(lines)
        if number in drawn or line.partition(":")[0] in always
    ]


def gloss_lines(work: Work) -> list[str]:
    """Return each gloss after its single-word lemmas, or else after its first lemma."""
    lines = []
    for kind in ("noun", "verb", "adj", "adv"):
        for synset in synsets(work, kind).values():
            single = [lemma for lemma in synset.lemmas if " " not in lemma]
            gloss = " ".join(synset.gloss.replace('"', "").replace("`", "'").split())
            heads = single[:MOST_LEMMAS] or synset.lemmas[:1]
            lines += [f"{head}: {gloss}" for head in dict.fromkeys(heads)]
    return lines


def verses(work: Work) -> list[str]:
    """Return the verses in order."""
    printed = subprocess.run(
        [debian(work, "usr/bin/bible"), "-f", "-p", debian(work, "usr/lib"), WHOLE_BIBLE],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
    ).stdout
    # With -f each verse is one line: "Ge1:1 In the beginning ...".
    return [line.partition(" ")[2].strip().lower() for line in printed.splitlines()]


def glosses(work: Work) -> dict[str, str]:
    """Return the definition of each listed word in WordNet, without the word itself."""
    return {word: synset.definition for word, synset in chosen_senses(work).items()}


def supersense(work: Work) -> dict[str, str]:
    """Return the supersense of each listed word, such as `noun.animal`, for the same sense."""
    return {word: synset.supersense for word, synset in chosen_senses(work).items()}


def chosen_senses(work: Work) -> dict[str, Synset]:
    """Return the first sense of each word; for a concept, the one shown in its pictures."""
    nouns, verbs = senses(work, "noun"), senses(work, "verb")
    chosen = {}
    for word in read_words(work):
        meanings = nouns[word.text] or verbs[word.text]
        if word.role is not Role.PLAIN and word.text in DRAWN_SENSE:
            chosen[word.text] = meanings[DRAWN_SENSE[word.text] - 1]
        elif meanings:
            drawable = [synset for synset in meanings if synset.supersense in CAN_BE_DRAWN]
            is_concept = word.role is not Role.PLAIN
            chosen[word.text] = drawable[0] if is_concept and drawable else meanings[0]
    return chosen


def senses(work: Work, kind: str) -> defaultdict[str, list[Synset]]:
    """Return the meanings of each noun or verb, the most frequent first."""
    known = synsets(work, kind)
    found: defaultdict[str, list[Synset]] = defaultdict(list)
    for line in entries(work, f"index.{kind}"):
        lemma, _, count, *rest = line.split()
        found[lemma].extend(known[offset] for offset in rest[-int(count) :])
    return found


def synsets(work: Work, kind: str) -> dict[str, Synset]:
    """Return the meanings of one part of speech by their WordNet numbers."""
    found = {}
    for line in entries(work, f"data.{kind}"):
        facts, _, gloss = line.partition("|")
        offset, number, _, count, *rest = facts.split()
        lemmas = rest[: 2 * int(count, 16) : 2]
        found[offset] = Synset(
            SUPERSENSES[int(number)],
            # Adjectives carry their position: "galore(ip)".
            tuple(lemma.partition("(")[0].replace("_", " ").lower() for lemma in lemmas),
            gloss.strip().lower(),
        )
    return found


def entries(work: Work, name: str) -> Iterator[str]:
    """Read a file of WordNet without the licence at its start, which is indented."""
    for line in debian(work, f"usr/share/wordnet/{name}").read_text("utf-8").split("\n"):
        if line and not line.startswith(" "):
            yield line
