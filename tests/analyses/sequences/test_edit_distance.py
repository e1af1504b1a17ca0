from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.sequences import edits
from vgdesk.analyses.sequences import edit_distance as measure
from vgdesk.analyses.sequences.edit_distance import edit_distances

WORDS = st.lists(st.text("abcd", max_size=8), min_size=1, max_size=12)
COSTS = {("a", "b"): 0.25, ("b", "a"): 0.25, ("c", "d"): 0.5, ("d", "c"): 0.5, ("x", "a"): 0.0}


@given(words=WORDS)
@settings(max_examples=40, deadline=None)
def test_it_is_the_definition(words: list[str]) -> None:
    expected = np.array([[edits(one, other) for other in words] for one in words])
    assert np.array_equal(edit_distances(words), expected)


@given(words=WORDS)
@settings(max_examples=40, deadline=None)
def test_it_is_the_definition_with_costs(words: list[str]) -> None:
    def cost(one: str, other: str) -> float:
        return COSTS.get((one, other), float(one != other))

    expected = np.array([[edits(one, other, cost) for other in words] for one in words])
    assert edit_distances(words, COSTS) == pytest.approx(expected)


def test_a_token_is_not_a_letter() -> None:
    assert edit_distances([("AA", "K"), ("AE", "K")])[0, 1] == 0.5
    assert edit_distances(["AA K", "AE K"])[0, 1] == 0.25
    assert edit_distances([("K", "AE", "T"), ("K", "AE", "T", "S")])[0, 1] == 0.25


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
    monkeypatch.setattr(measure, "HELD", 40)
    assert np.array_equal(edit_distances(words), whole)
    assert len(list(measure.edit_distance_blocks(words))) == 8


def test_an_empty_list_has_no_distances() -> None:
    assert edit_distances([]).shape == (0, 0)
