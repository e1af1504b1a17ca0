from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.word_pairs import cosine
from vgdesk.analyses.lexicon.caption_similarity import (
    caption_similarities,
    caption_words,
    ranked_similarity,
)
from vgdesk.core.stack import LayerStack

SEEDS = st.integers(0, 2**32 - 1)
WORDS = ["dog", "puppy", "cat", "ball", "house", "red", "blue", "run"]


def some_captions(seed: int, count: int = 9) -> list[list[str]]:
    rng = np.random.default_rng(seed)
    return [rng.choice(WORDS, rng.integers(1, 6)).tolist() for _ in range(count)]


def expected_score(reference: list[str], candidate: list[str], stack: LayerStack) -> float:
    """SRS in plain loops."""
    vector = {
        word: [float(value) for value in stack.values[0, row]]
        for row, word in enumerate(stack.words)
    }
    best = [max(cosine(vector[i], vector[j]) for j in candidate) for i in reference]
    return fsum(best) / len(best)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_it_is_the_definition(seed: int) -> None:
    stack, captions = stack_of(noise(8, 5, seed=seed), words=WORDS), some_captions(seed)
    found = caption_similarities(captions, stack, 0)
    expected = [[expected_score(r, c, stack) for c in captions] for r in captions]
    assert found == pytest.approx(np.array(expected), abs=1e-6)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_what_must_not_matter_does_not(seed: int) -> None:
    values, captions = noise(8, 5, seed=seed), some_captions(seed)
    found = caption_similarities(captions, stack_of(values, words=WORDS), 0)
    assert np.diag(found) == pytest.approx(1.0)
    longer = [[*caption, *caption[::-1]] for caption in captions]
    assert caption_similarities(longer, stack_of(values, words=WORDS), 0) == pytest.approx(found)
    turned = stack_of(7 * values @ rotation(5, seed), words=WORDS)
    assert caption_similarities(captions, turned, 0) == pytest.approx(found, abs=1e-5)


def test_extra_words_of_a_candidate_do_not_lower_its_score() -> None:
    stack = stack_of(noise(8, 5), words=WORDS)
    found = caption_similarities([["dog"], ["dog", "house", "red"]], stack, 0)
    assert found[0, 1] == pytest.approx(1.0)
    assert found[1, 0] < 0.9


def test_unknown_words_are_left_out_and_empty_captions_score_0() -> None:
    stack = stack_of(noise(8, 5), words=WORDS)
    found = caption_similarities([["dog", "unicorn"], ["dog"], [], ["unicorn"]], stack, 0)
    assert found[:2, :2] == pytest.approx(1.0)
    assert not found[2:].any()
    assert not found[:, 2:].any()


def test_function_words_and_signs_are_removed() -> None:
    caption = "A dog’s puppy isn't on the well-known house, and there are 2 BALLS."
    assert caption_words(caption) == ("dog's", "puppy", "well-known", "house", "balls")
    assert caption_words("It is what it is") == ()


def test_what_is_near_scores_more_than_what_is_random_and_far() -> None:
    nearness = noise(40, 40)
    scores = nearness + 0.2 * noise(40, 40, seed=1)
    # A query is no candidate of its own, however much it would win or lose by it.
    scores[np.diag_indices(40)], nearness[np.diag_indices(40)] = 99.0, 99.0
    found = ranked_similarity(scores, nearness, np.random.default_rng(0))
    assert found.nearest.mean() > found.random.mean() + 1 > found.farthest.mean() + 2
    order = np.argsort(-nearness[7])[1:]
    assert found.nearest[7] == pytest.approx(scores[7, order[:5]].mean())
    assert found.farthest[7] == pytest.approx(scores[7, order[-5:]].mean())


def test_unrelated_neighbourhoods_score_zero() -> None:
    found = ranked_similarity(noise(300, 300), noise(300, 300, seed=1), np.random.default_rng(0))
    for part in (found.nearest, found.farthest, found.random):
        assert part.mean() == pytest.approx(0, abs=4 / np.sqrt(300 * 5))


def test_too_few_candidates_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 5"):
        ranked_similarity(noise(5, 5), noise(5, 5), np.random.default_rng(0))
    assert len(ranked_similarity(noise(6, 6), noise(6, 6), np.random.default_rng(0)).random) == 6
