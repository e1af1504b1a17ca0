import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.sequences import edits
from vgdesk.analyses.edit_distance import edit_distances

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
