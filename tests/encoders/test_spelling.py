import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgdesk.core.arrays import FloatArray
from vgdesk.encoders.base import Pooling
from vgdesk.encoders.spelling import SpellingEncoder


def spelling(word: str) -> FloatArray:
    (vectors,) = SpellingEncoder().encode([word], Pooling.MEAN)
    return vectors


@given(st.text(min_size=1))
def test_every_layer_counts_every_run(word: str) -> None:
    length = len(unicodedata.normalize("NFC", word.casefold()))
    np.testing.assert_array_equal(spelling(word).sum(axis=1), [length + n for n in range(4)])


@pytest.mark.parametrize("word", ["banana", "ˈbiːtʃ", "كتاب", "子子"])
def test_first_layer_is_how_often_each_letter_occurs(word: str) -> None:
    found = sorted(count for count in spelling(word)[0] if count)
    assert found == sorted(Counter(word).values())


def test_order_of_letters_shows_from_pairs_on() -> None:
    a, b = spelling("listen"), spelling("silent")
    np.testing.assert_array_equal(a[0], b[0])
    assert (a[1:] != b[1:]).any(axis=1).all()


def test_case_and_composition_do_not_matter() -> None:
    np.testing.assert_array_equal(spelling("Straße"), spelling("STRASSE"))
    np.testing.assert_array_equal(spelling("Caf\u00e9"), spelling("cafe\u0301"))


def test_numbers_are_the_same_on_every_computer() -> None:
    # crc32("a") = 0xe8b7be43, and 0x43 + 0x200 * 0 ... its last nine bits are 67.
    assert spelling("a")[0].argmax() == 0xE8B7BE43 % 512
