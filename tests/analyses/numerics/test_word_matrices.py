"""Scores without each word: closed forms against recomputing the score of the other words."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.analyses.stacks import known_of, noise, stack_of
from vgdesk.analyses import of_kind
from vgdesk.analyses.base import Kind, LayerAnalysis
from vgdesk.analyses.inference.jackknife import fisher_scale, standard_errors, student_quantile
from vgdesk.analyses.layers.cka import biased_cka, debiased_cka, linear_matrices
from vgdesk.analyses.numerics.word_matrices import cka_left_out
from vgdesk.core.results import LayerSimilarity
from vgdesk.core.stack import LayerStack

Compute = Callable[[LayerStack, LayerStack], LayerSimilarity]
WORDS = 40


def related(words: int = WORDS, *, share: float = 1.0) -> tuple[LayerStack, LayerStack]:
    """Two encoders, of two and three layers, which share some of what they know of the words."""
    common = noise(words, 4, seed=1)
    of_a = [share * common @ noise(4, 6, seed=seed) + noise(words, 6, seed=seed) for seed in (2, 3)]
    of_b = [share * common @ noise(4, 5, seed=s) + noise(words, 5, seed=s) for s in (4, 5, 6)]
    return stack_of(np.stack(of_a)), stack_of(np.stack(of_b), encoder="b")


def without(stack: LayerStack, row: int) -> LayerStack:
    return stack.only([other for other in range(len(stack.rows)) if other != row])


@pytest.mark.parametrize(("compute", "is_debiased"), [(debiased_cka, True), (biased_cka, False)])
def test_cka_without_a_word_is_that_of_the_other_words(compute: Compute, is_debiased: bool) -> None:
    a, b = related(12)
    matrices = linear_matrices(a, b)
    found = cka_left_out(
        matrices.without_diagonal() if is_debiased else matrices, is_debiased=is_debiased
    )
    expected = [compute(without(a, row), without(b, row)).values for row in range(12)]
    assert np.allclose(found, expected, atol=1e-7)


# Shares of words, fits, and scores that move with their weights have intervals of other kinds.
OTHER_KINDS = {"retrieval", "pwcca", "lda-subspace-cka"}
BY_JACKKNIFE = [measure for measure in of_kind(Kind.LAYERS) if measure.id not in OTHER_KINDS]


@pytest.mark.parametrize("measure", BY_JACKKNIFE, ids=lambda measure: measure.id)
def test_intervals_are_those_of_recomputing_without_each_word(measure: LayerAnalysis) -> None:
    a, b = related()
    facts = known_of(a)
    result = measure.compute(a, b, facts, 0)
    left_out = [
        measure.compute(without(a, row), without(b, row), facts, 0).values for row in range(WORDS)
    ]
    errors = standard_errors(fisher_scale(np.array(left_out)))
    reach = (fisher_scale(result.high) - fisher_scale(result.low)) / 2
    assert np.allclose(np.log(reach / student_quantile(WORDS) / errors), 0, atol=np.log(1.4))
