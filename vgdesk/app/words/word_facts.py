from collections import defaultdict
from functools import lru_cache

from vgdesk.app.formats.text_file import is_number
from vgdesk.app.words.label_columns import PHONES, SHAPE, SYNONYMS
from vgdesk.app.words.ratings_file import rated_pairs
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.model import Session, Word, WordId
from vgdesk.core.phones import split_phones


@lru_cache(maxsize=2)  # requested by every view at every move of the slider
def facts_of(session: Session, column: str) -> Facts:
    """Collect the facts about the words and takes of a session.

    Parameters
    ----------
    column
        The label column in use. Pronunciations are in the column "phones"; the column "synonyms"
        names other words of the list, separated by commas; the column "shape" marks words that
        name something round or sharp.
    """
    return Facts(
        tuple(_of_word(word, column) for word in session.words.values()),
        column,
        tuple((take.id, take.speaker) for take in session.takes.values() if take.speaker),
        _synonyms(session),
        rated_pairs(session),
    )


@lru_cache(maxsize=2**16)  # an edit usually changes one word of a long list
def _of_word(word: Word, column: str) -> WordFacts:
    return WordFacts(
        word.id,
        word.text,
        word.labels.get(column, ""),
        split_phones(word.labels.get(PHONES, "")),
        tuple((name, float(text)) for name, text in word.labels.items() if is_number(text)),
        word.language,
        word.labels.get(SHAPE, "").strip().casefold(),
    )


def _synonyms(session: Session) -> tuple[tuple[WordId, WordId], ...]:
    """Pair each word with its synonyms, given by id or spelling (all words of a spelling)."""
    if not any(SYNONYMS in word.labels for word in session.words.values()):
        return ()
    named: dict[str, set[WordId]] = defaultdict(set)
    for word in session.words.values():
        named[word.id.casefold()].add(word.id)
        named[word.text.casefold()].add(word.id)
    pairs = {
        (min(word.id, other), max(word.id, other))
        for word in session.words.values()
        for name in word.labels.get(SYNONYMS, "").split(",")
        for other in named.get(name.strip().casefold(), ())
        if other != word.id
    }
    return tuple(sorted(pairs))
