from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.edit_distance import edit_distance
from vgdesk.analyses import edit_distance as measure
from vgdesk.analyses.edit_distance import edit_distances

WORDS = st.lists(st.lists(st.sampled_from("aeiptk"), max_size=7), min_size=1, max_size=12)


@given(WORDS)
@settings(max_examples=60, deadline=None)
def test_it_is_the_definition(words: list[list[str]]) -> None:
    expected = [[edit_distance(one, other) for other in words] for one in words]
    assert edit_distances(words) == pytest.approx(np.array(expected))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("kitten", "sitting", 3 / 7),
        ("", "abc", 1),
        ("", "", 0),
        (("tʃ", "ɪ"), ("t", "ʃ", "ɪ"), 2 / 3),
    ],
)
def test_known_distances(one: str, other: str, expected: float) -> None:
    assert edit_distances([one, other])[0, 1] == pytest.approx(expected)


def test_blocks_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["".join(word) for word in product("ab", repeat=4)]
    whole = edit_distances(words)
    monkeypatch.setattr(measure, "PAIRS", 40)
    assert np.array_equal(edit_distances(words), whole)
    assert len(list(measure.edit_distance_blocks(words))) == 8


def test_an_empty_list_has_no_distances() -> None:
    assert edit_distances([]).shape == (0, 0)
