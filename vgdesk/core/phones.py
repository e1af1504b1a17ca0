"""Parsing of pronunciations in a word list into phones."""

import unicodedata

# Modifiers of the preceding symbol: length, aspiration, labialisation, rhoticity and the like.
MODIFIERS = frozenset("ːˑʰʷʲˠˤⁿˡ˞ʼ̩")
TIES = frozenset("\u0361\u035c")
STRESS = "ˈˌ.'"


def split_phones(text: str) -> tuple[str, ...]:
    """Split a pronunciation into phones.

    Phones separated by blanks are used as they are, without the stress digits of ARPAbet
    ("K AE1 T"). Otherwise every IPA symbol with its diacritics is a phone; two symbols under a tie
    bar are one phone, a diphthong without it is two.
    """
    parts = text.split()
    if len(parts) > 1 or text.strip().isupper():
        bare = (part.rstrip("012").strip(STRESS) for part in parts)
        return tuple(phone for phone in bare if phone)
    phones: list[str] = []
    is_tied = False
    for symbol in unicodedata.normalize("NFD", text.strip()):
        if symbol in STRESS:
            continue
        is_mark = unicodedata.combining(symbol) > 0 or symbol in MODIFIERS
        if phones and (is_mark or is_tied):
            phones[-1] += symbol
        else:
            phones.append(symbol)
        is_tied = symbol in TIES
    return tuple(unicodedata.normalize("NFC", phone) for phone in phones)
