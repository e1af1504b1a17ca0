from functools import lru_cache
from math import isfinite

from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.model import Session, Word
from vgdesk.core.phones import split_phones

PHONES = "phones"


@lru_cache(maxsize=2)  # asked for by every view at every move of the slider
def facts_of(session: Session, column: str) -> Facts:
    """Collect what a session says about its words and takes.

    Parameters
    ----------
    column
        The label column that is looked at. The pronunciations are those of the column "phones".
    """
    return Facts(
        tuple(_of_word(word, column) for word in session.words.values()),
        column,
        tuple((take.id, take.speaker) for take in session.takes.values() if take.speaker),
    )


def _of_word(word: Word, column: str) -> WordFacts:
    return WordFacts(
        word.id,
        word.text,
        word.labels.get(column, ""),
        split_phones(word.labels.get(PHONES, "")),
        tuple((name, float(text)) for name, text in word.labels.items() if _is_number(text)),
    )


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
