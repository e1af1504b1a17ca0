"""Articulatory features of phones, and how far two phones differ in them.

Length, nasality, aspiration and other diacritics are ignored.

References
----------
International Phonetic Association (2020), The International Phonetic Alphabet.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from types import MappingProxyType

from vgdesk.core.phones import MODIFIERS, TIES

Features = Mapping[str, str]

PLACES = (
    "bilabial labiodental dental alveolar postalveolar retroflex palatal velar uvular pharyngeal "
    "glottal"
)
# Rows: manner; columns: place; voiceless, then voiced; a dot where there is no symbol.
CONSONANTS = {
    "plosive": "pb .. .. td .. ʈɖ cɟ kɡ qɢ .. ʔ.",
    "nasal": ".m .ɱ .. .n .. .ɳ .ɲ .ŋ .ɴ .. ..",
    "trill": ".ʙ .. .. .r .. .. .. .. .ʀ .. ..",
    "tap": ".. .ⱱ .. .ɾ .. .ɽ .. .. .. .. ..",
    "fricative": "ɸβ fv θð sz ʃʒ ʂʐ çʝ xɣ χʁ ħʕ hɦ",
    "lateral fricative": ".. .. .. ɬɮ .. .. .. .. .. .. ..",
    "approximant": ".. .ʋ .. .ɹ .. .ɻ .j .ɰ .. .. ..",
    "lateral approximant": ".. .. .. .l .. .ɭ .ʎ .ʟ .. .. ..",
    "implosive": ".ɓ .. .. .ɗ .. .. .ʄ .ɠ .ʛ .. ..",
    "click": "ʘ. .. ǀ. ǃ. .. .. ǂ. .. .. .. ..",
}
OTHER_CONSONANTS = {
    "w": ("labial-velar", "approximant", "voiced"),
    "ʍ": ("labial-velar", "fricative", "voiceless"),
    "ɥ": ("labial-palatal", "approximant", "voiced"),
    "ɕ": ("alveolo-palatal", "fricative", "voiceless"),
    "ʑ": ("alveolo-palatal", "fricative", "voiced"),
    "ɺ": ("alveolar", "lateral tap", "voiced"),
    "ǁ": ("alveolar", "lateral click", "voiceless"),
}
BACKNESS = ("front", "central", "back")
# Rows: height; columns: backness; unrounded, then rounded.
VOWELS = {
    "close": "iy ɨʉ ɯu",
    "near-close": "ɪʏ .. .ʊ",
    "close-mid": "eø ɘɵ ɤo",
    "mid": ".. ə. ..",
    "open-mid": "ɛœ ɜɞ ʌɔ",
    "near-open": "æ. ɐ. ..",
    "open": "aɶ .. ɑɒ",
}
# Other ways to write symbols of the chart.
SPELLINGS = {
    "g": "ɡ",
    "ɫ": "l",
    "ʧ": "t͡ʃ",
    "ʤ": "d͡ʒ",
    "ʦ": "t͡s",
    "ʣ": "d͡z",
    "ʨ": "t͡ɕ",
    "ʥ": "d͡ʑ",
    "ɚ": "əɹ",
    "ɝ": "ɜɹ",
}
ARPABET_PHONES = (
    "AA:ɑ AE:æ AH:ʌ AO:ɔ AW:aʊ AX:ə AXR:əɹ AY:aɪ EH:ɛ ER:ɜɹ EY:eɪ IH:ɪ IX:ɨ IY:i OW:oʊ OY:ɔɪ "
    "UH:ʊ UW:u UX:ʉ B:b CH:t͡ʃ D:d DH:ð DX:ɾ EL:əl EM:əm EN:ən F:f G:ɡ H:h HH:h JH:d͡ʒ K:k "
    "L:l M:m N:n NG:ŋ P:p Q:ʔ R:ɹ S:s SH:ʃ T:t TH:θ V:v W:w WH:ʍ Y:j Z:z ZH:ʒ"
)
ARPABET: Mapping[str, str] = dict(pair.split(":") for pair in ARPABET_PHONES.split())


def ipa_symbols(phones: Iterable[str]) -> tuple[str, ...]:
    """Write a pronunciation in symbols of the chart, without diacritics.

    A diphthong becomes two vowels, even where ARPAbet has one phone for it; a plosive and a
    fricative under a tie bar stay one. Unknown symbols are kept as they are.
    """
    found: list[str] = []
    for phone in phones:
        is_tied = False
        for symbol in _spelled_out(phone):
            joined = f"{found[-1]}͡{symbol}" if is_tied else ""
            if features_of(joined):
                found[-1] = joined
            elif symbol not in TIES:
                found.append(symbol)
            is_tied = symbol in TIES
    return tuple(found)


def _spelled_out(phone: str) -> str:
    text = unicodedata.normalize("NFC", ARPABET.get(phone, phone))
    bare = ""
    for symbol in text:
        if symbol in TIES:
            bare += symbol
        elif symbol in SPELLINGS:
            bare += SPELLINGS[symbol]
        elif symbol not in MODIFIERS and not unicodedata.combining(symbol):
            bare += symbol if symbol in chart() else unicodedata.normalize("NFD", symbol)[0]
    return bare


def features_of(symbol: str) -> Features:
    """Return the features of a symbol of the chart; empty for an unknown one.

    Returns
    -------
    mapping
        Place, manner and voicing of a consonant; height, backness and rounding of a vowel.
    """
    first, tie, second = symbol.partition("͡")
    if not tie:
        return chart().get(symbol, {})
    one, other = features_of(first), features_of(second)
    if one.get("manner") == "plosive" and other.get("manner") == "fricative":
        return {**other, "manner": "affricate"}
    return {}


@cache
def chart() -> Mapping[str, Features]:
    """Return the features of every single symbol."""
    found: dict[str, Features] = {}
    for manner, row in CONSONANTS.items():
        for place, pair in zip(PLACES.split(), row.split(), strict=True):
            for voicing, symbol in zip(("voiceless", "voiced"), pair, strict=True):
                found[symbol] = {"place": place, "manner": manner, "voicing": voicing}
    for symbol, (place, manner, voicing) in OTHER_CONSONANTS.items():
        found[symbol] = {"place": place, "manner": manner, "voicing": voicing}
    for height, row in VOWELS.items():
        for backness, pair in zip(BACKNESS, row.split(), strict=True):
            for rounding, symbol in zip(("unrounded", "rounded"), pair, strict=True):
                found[symbol] = {"height": height, "backness": backness, "rounding": rounding}
    del found["."]
    return MappingProxyType(found)


def substitution_costs(words: Sequence[Sequence[str]]) -> dict[tuple[str, str], float]:
    """Return the share of differing features for each ordered pair of symbols in some words.

    A vowel and a consonant have no feature in common: their cost is 1.
    """
    made = {symbol: features_of(symbol) for word in words for symbol in word}
    return {
        (one, other): _share_of_differences(made[one], made[other])
        for one, other in product(made, made)
    }


def _share_of_differences(one: Features, other: Features) -> float:
    names = {*one, *other}
    return sum(one.get(name) != other.get(name) for name in names) / max(len(names), 1)
