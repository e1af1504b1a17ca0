import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgdesk.analyses.lexicon.phonetic_features import ARPABET, features_of, ipa_symbols
from vgdesk.app.words.letter_to_sound import guess_phones, read_phones
from vgdesk.app.words.pronunciation import (
    GUESSED,
    as_ipa,
    dictionary,
    find_pronunciations,
    pronounce,
    with_lacking_labels,
    with_pronunciations,
    with_typed_label,
)
from vgdesk.core.model import Session, Word, WordId
from vgdesk.core.phones import split_phones
from vgdesk.core.resources import resource


def word(text: str, language: str = "en", **labels: str) -> Word:
    return Word(WordId(text), text, language, labels)


@pytest.mark.parametrize(
    ("text", "phones", "source"),
    [
        ("cat", "k æ t", "CMUdict"),
        ("Butter", "b ʌ t ɚ", "CMUdict"),
        ("about", "ə b aʊ t", "CMUdict"),
        ("church", "t͡ʃ ɝ t͡ʃ", "CMUdict"),
        ("ice cream", "aɪ s k ɹ i m", "CMUdict"),
        ("don’t", "d oʊ n t", "CMUdict, first of 2"),
        ("read", "ɹ ɛ d", "CMUdict, first of 2"),
        ("glimf", "ɡ l ɪ m f", GUESSED),
        ("glimf cat", "ɡ l ɪ m f k æ t", GUESSED),
    ],
)
def test_a_pronunciation_is_ipa_and_says_where_it_comes_from(
    text: str, phones: str, source: str
) -> None:
    assert pronounce(text) == (phones, source)


@pytest.mark.parametrize("text", ["кот", "狗", "123", "…", "dog 狗"])
def test_what_cannot_even_be_guessed_stays_empty(text: str) -> None:
    assert pronounce(text) is None


def test_every_phone_of_the_dictionary_has_a_place_in_the_chart() -> None:
    used = {phone for found in dictionary().values() for one in found for phone in one.split()}
    assert len(used) > 60  # with the digits of stress
    for phone in used:
        symbols = ipa_symbols(split_phones(f"{as_ipa(phone)} t"))
        assert all(features_of(symbol) for symbol in symbols), phone
    assert {phone.rstrip("012") for phone in used} <= set(ARPABET)


def test_lists_that_ship_say_the_same_phones() -> None:
    """Another way to the same: these were taken from the dictionary, without stress, long ago."""
    lines = (resource("word_lists") / "study-semantic.tsv").read_text("utf-8").splitlines()[1:]
    same = 0
    for text, _language, _category, _concreteness, phones in (line.split("\t") for line in lines):
        entry = dictionary().get(text)
        same += bool(entry) and re.sub(r"\d", "", entry[0]) == phones
    assert same >= 0.9 * len(lines)


def test_what_is_there_is_kept_and_other_languages_are_left_alone() -> None:
    session = Session(
        {
            w.id: w
            for w in (
                word("cat"),
                word("dog", phones="mine"),
                word("Hund", "de"),
                word("colour", "en-GB"),
            )
        }
    )
    found = find_pronunciations(session.words.values())
    assert set(found) == {"cat", "colour"}
    late = session.with_word(word("cat", phones="typed meanwhile"))
    after = with_pronunciations(late, found).words
    assert after[WordId("cat")].labels == {"phones": "typed meanwhile"}
    assert after[WordId("dog")].labels == {"phones": "mine"}
    assert after[WordId("colour")].labels["phones source"] == "CMUdict"


def test_a_source_is_never_shown_with_phones_of_another() -> None:
    said = {"phones": "k æ t", "phones source": "annotation", "x": "y"}
    assert with_lacking_labels(word("cat", phones="mine"), said).labels == {
        "phones": "mine",
        "x": "y",
    }
    assert with_lacking_labels(word("cat"), said).labels == said


def test_phones_that_are_typed_say_so() -> None:
    looked_up = word("cat", phones="k æ t", **{"phones source": "CMUdict"})
    typed = with_typed_label(looked_up, "phones", "k a t")
    assert typed.labels == {"phones": "k a t", "phones source": "typed"}
    assert with_typed_label(word("cat"), "category", "animal").labels == {"category": "animal"}
    emptied = with_typed_label(typed, "phones", "")
    assert find_pronunciations([emptied]) == {"cat": ("k æ t", "CMUdict")}


# Guesses


def test_the_longest_known_context_decides() -> None:
    tree = ["K", {"c": ["K", {"h": ["CH", {"#": "CH"}]}], "h": ""}]
    assert read_phones("ch", tree) == "CH"
    assert read_phones("cx", tree) == "K K"
    assert read_phones("h", tree) is None


def test_words_of_the_dictionary_are_mostly_said_as_it_has_them() -> None:
    """They were seen when the tree was made; what is not seen is measured where it is made."""
    known = [(text, found[0]) for text, found in dictionary().items() if text.isascii()]
    known = [(text, phones) for text, phones in known if text.isalpha()][::500]
    right = 0
    for text, phones in known:
        plain = [p if p in ("AH0", "ER0") else p.rstrip("012") for p in phones.split()]
        right += (guess_phones(text) or "").split() == plain
    assert right > 0.9 * len(known)


@given(st.text(max_size=30))
def test_a_guess_is_phones_or_empty(text: str) -> None:
    guess = guess_phones(text)
    assert guess is None or as_ipa(guess)


def test_the_tree_is_small() -> None:
    file: Path = resource("pronunciation/letters.json.gz")
    assert file.stat().st_size < 1_500_000
