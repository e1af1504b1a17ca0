"""Identity of words, and the ids of new words and takes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from vgdesk.core.model import Session, TakeId, Word, WordId
from vgdesk.core.names import free_id, slug_of

MOST_DIGITS = 9  # a longer number after the name of a word is not a take number


class Additions:
    """Words and takes to be added to a session in one pass.

    Attributes
    ----------
    words, takes
        Those of the session and the new ones; callers may change them.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.words, self.takes = dict(session.words), dict(session.takes)
        # Of words with the same spelling the first one counts.
        self._homes = {
            spelling_key(word.text, word.language): word.id
            for word in reversed(self.words.values())
        }
        self._numbers = numbers_given_out(session)

    def word(self, text: str, language: str) -> Word:
        """Return the word with this text; adds it if there is none."""
        key = spelling_key(text, language)
        if key not in self._homes:
            made = made_word(text, language, self.words)
            self.words[made.id] = made
            self._homes[key] = made.id
        return self.words[self._homes[key]]

    def next_take_id(self, word: WordId) -> TakeId:
        """Return the id of the next take of a word; ids are never reused."""
        self._numbers[word] += 1
        return TakeId(f"{word}-{self._numbers[word]}")

    def session(self) -> Session:
        """Return the session with all additions."""
        return replace(self._session, words=self.words, takes=self.takes)


def new_word(session: Session, text: str) -> Word:
    """Return the word of a session with this text, or a new one with a unique id."""
    return Additions(session).word(text, language_of(session))


def next_take_id(session: Session, word: WordId, takes_folder: Path | None = None) -> TakeId:
    """Return the id of the next take of a word; numbers are never reused.

    Parameters
    ----------
    takes_folder
        Folder of the take files; those of deleted takes count too.
    """
    files = takes_folder.iterdir() if takes_folder and takes_folder.is_dir() else ()
    # The number is followed by the suffix, or by the mark of a running recording.
    named = re.compile(re.escape(word) + rf"-(\d{{1,{MOST_DIGITS}}})(?!\d)")
    used = [int(found[1]) for file in files if (found := named.match(file.name))]
    taken = numbers_given_out(session)[word]
    return TakeId(f"{word}-{max([taken, *used]) + 1}")


def numbers_given_out(session: Session) -> Counter[str]:
    """Return the highest take number of each word, in the list or in the trash."""
    return highest_numbers([*session.takes, *session.trash], session.spent)


def highest_numbers(
    takes: Iterable[str], spent: Mapping[WordId, int] = MappingProxyType({})
) -> Counter[str]:
    """Return the highest take number that each word has, or had."""
    highest: Counter[str] = Counter(spent)
    for take in takes:
        word, _, number = take.rpartition("-")
        if number.isdecimal() and len(number) <= MOST_DIGITS:
            highest[word] = max(highest[word], int(number))
    return highest


def language_of(session: Session) -> str:
    """Return the most common language, the best guess for a new word."""
    languages = Counter(word.language for word in session.words.values())
    return languages.most_common(1)[0][0] if languages else "en"


def spelling_key(text: str, language: str) -> tuple[str, str]:
    """Return a key that is equal for words that are the same on import."""
    return unicodedata.normalize("NFC", text).casefold(), language


def made_word(text: str, language: str, others: Container[str]) -> Word:
    """Make a word with a unique id; other words may have the same spelling."""
    return Word(WordId(free_id(slug_of(text), others)), text, language)


_TAKE_NUMBER = re.compile(r"(?:[\s_-]+\d{1,3}|\s*\(\d{1,3}\))$")


def word_text(file: Path) -> str:
    """Return the word of a file name; see the module docstring for the rule."""
    # Names have decomposed accents on macOS, and may not be valid text on Linux.
    stem = unicodedata.normalize("NFC", file.stem.encode("utf-8", "replace").decode())
    while (shorter := _TAKE_NUMBER.sub("", stem)) != stem and _spaced(shorter):
        stem = shorter
    return _spaced(stem) or file.name


def _spaced(stem: str) -> str:
    return " ".join(re.split(r"[\s_-]+", stem)).strip()
