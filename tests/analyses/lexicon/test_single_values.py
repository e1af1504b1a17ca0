import numpy as np
import pytest

from tests.analyses.stacks import known_of, noise, stack_of, two_groups
from vgdesk.analyses import ANALYSES
from vgdesk.analyses.lexicon.single_values import SINGLE_VALUES, cosines_of_pairs
from vgdesk.analyses.retrieval.retrieval_list import list_voices
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import NOTHING_KNOWN, Facts


@pytest.mark.parametrize("measure", ["silhouette", "silhouette-cosine"])
def test_the_silhouettes_of_words_add_up_to_the_score(measure: str) -> None:
    stack = stack_of(noise(3, 14, 5))
    facts = Facts.of_labels(two_groups(stack))
    (curve,) = ANALYSES[measure].compute(stack, facts, 0)
    found = SINGLE_VALUES[measure](stack, facts, 0)
    assert found.values.mean(axis=1) == pytest.approx(curve.values, abs=1e-6)
    assert found.ends.tolist() == [[i] for i in range(14)]


def test_words_without_a_label_have_no_silhouette() -> None:
    stack = stack_of(noise(1, 14, 5))
    labels = two_groups(stack)
    del labels[stack.words[3]]
    found = SINGLE_VALUES["silhouette"](stack, Facts.of_labels(labels), 0)
    assert found.rows == (*stack.rows[:3], *stack.rows[4:])


def test_ranks_are_those_of_the_list() -> None:
    stack = stack_of(noise(2, 12, 5), words=[f"w{i // 2}" for i in range(12)])
    facts = Facts(speakers=tuple((row, "ab"[i % 2]) for i, row in enumerate(stack.rows)))
    found = SINGLE_VALUES["retrieval-rank"](stack, facts, 0)
    for layer in range(2):
        wanted = list_voices(stack, layer, facts, 0)
        assert found.rows == wanted.rows
        assert found.values[layer] == pytest.approx(wanted.ranks)


def test_every_pair_has_its_cosine_once() -> None:
    stack = stack_of(noise(2, 6, 4))
    found = cosines_of_pairs(stack, NOTHING_KNOWN)
    assert len({frozenset(pair) for pair in found.ends.tolist()}) == len(found.ends) == 15
    for (i, j), value in zip(found.ends, found.values[1], strict=True):
        x, y = stack.values[1][[i, j]].astype(float)
        assert value == pytest.approx(x @ y / np.linalg.norm(x) / np.linalg.norm(y))


def test_only_rated_pairs_are_behind_the_correlation_with_ratings() -> None:
    stack = stack_of(noise(1, 12, 5))
    facts = known_of(stack)
    found = SINGLE_VALUES["ratings"](stack, facts, 0)
    pairs = [(stack.words[i], stack.words[j]) for i, j in found.ends]
    assert pairs == [(a, b) for a, b, _ in facts.ratings]
    with pytest.raises(TooFewWordsError):
        SINGLE_VALUES["ratings"](stack, NOTHING_KNOWN, 0)
