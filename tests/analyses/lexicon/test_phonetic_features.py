import unicodedata

import pytest

from vgdesk.analyses.lexicon.phonetic_features import (
    ARPABET,
    SPELLINGS,
    chart,
    features_of,
    ipa_symbols,
    substitution_costs,
)
from vgdesk.core.phones import split_phones


def cost(one: str, other: str) -> float:
    return substitution_costs([[one], [other]])[one, other]


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("p", "p", 0),
        ("p", "b", 1 / 3),  # voicing
        ("p", "t", 1 / 3),  # place
        ("t", "s", 1 / 3),  # manner
        ("p", "z", 1),  # all three
        ("i", "y", 1 / 3),  # rounding
        ("i", "u", 2 / 3),  # backness and rounding
        ("i", "ɒ", 1),
        ("t͡ʃ", "ʃ", 1 / 3),
        ("t͡ʃ", "d͡ʒ", 1 / 3),
        ("a", "t", 1),
    ],
)
def test_an_exchange_costs_the_share_of_differing_features(
    one: str, other: str, share: float
) -> None:
    assert cost(one, other) == cost(other, one) == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("kæt", "k æ t"),
        ("K AE1 T", "k æ t"),
        ("CH AY1 L D", "t͡ʃ a ɪ l d"),
        ("t͡ʃaɪld", "t͡ʃ a ɪ l d"),
        ("tʃ aɪ l d", "t ʃ a ɪ l d"),
        ("ʧip", "t͡ʃ i p"),
        ("B ER1 D", "b ɜ ɹ d"),
        ("ˈpʰɔ̃ːg", "p ɔ ɡ"),
        ("a͡ɪ", "a ɪ"),
        ("iç", "i ç"),
        ("k5", "k 5"),
    ],
)
def test_pronunciations_are_written_in_symbols_of_the_chart(text: str, symbols: str) -> None:
    assert ipa_symbols(split_phones(text)) == tuple(symbols.split())


def test_all_of_arpabet_and_all_other_spellings_are_on_the_chart() -> None:
    for phone in [*ARPABET, *SPELLINGS]:
        symbols = ipa_symbols([phone])
        assert symbols
        assert all(features_of(symbol) for symbol in symbols), phone


def test_no_two_symbols_are_made_alike() -> None:
    made = [tuple(sorted(features.items())) for features in chart().values()]
    assert len(set(made)) == len(made) > 100


def test_symbols_of_the_chart_are_what_their_names_say() -> None:
    # Unicode names the turned and the hooked letters; these names say how they are made.
    assert "SCHWA" in unicodedata.name(next(s for s in chart() if features_of(s) == MID))
    assert features_of("ŋ") == {"place": "velar", "manner": "nasal", "voicing": "voiced"}
    assert features_of("ɬ")["manner"] == "lateral fricative"
    assert features_of("ʔ")["place"] == "glottal"
    assert features_of("ɪ") == {
        "height": "near-close",
        "backness": "front",
        "rounding": "unrounded",
    }


MID = {"height": "mid", "backness": "central", "rounding": "unrounded"}


@pytest.mark.parametrize("symbol", ["", "5", "k͡p", "͡"])
def test_what_is_not_on_the_chart_has_no_features(symbol: str) -> None:
    assert not features_of(symbol)
