import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from tests.analyses.labels import codes_of, facts_of
from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.cka import cka
from vgdesk.analyses.layers.lda_subspaces import compare_subspaces


def test_it_is_cka_of_the_coordinates_of_scikit_learn() -> None:
    codes = codes_of(40, 4)
    one, other = stack_of(noise(2, 40, 30)), stack_of(noise(3, 40, 80, seed=1), encoder="b")
    found = compare_subspaces(one, other, facts_of(one, codes)).values
    spaces = [
        [LinearDiscriminantAnalysis().fit(x, codes).transform(x) for x in stack.values]
        for stack in (one, other)
    ]
    expected = [[cka(x, y, debiased=True) for y in spaces[1]] for x in spaces[0]]
    assert found == pytest.approx(np.array(expected), abs=1e-5)


def test_a_layer_is_like_itself() -> None:
    codes, stack = codes_of(60, 4), stack_of(noise(3, 60, 20))
    result = compare_subspaces(stack, stack, facts_of(stack, codes))
    assert np.diag(result.values) == pytest.approx(np.ones(3))


def test_labels_alone_make_unrelated_layers_alike_and_chance_says_so() -> None:
    codes = codes_of(200, 5)
    one, other = stack_of(noise(6, 200, 120)), stack_of(noise(6, 200, 120, seed=1), encoder="b")
    result = compare_subspaces(one, other, facts_of(one, codes))
    assert result.values.mean() > 0.2
    z = (result.values - result.chance_mean) / result.chance_sd
    assert np.abs(z.mean()) < 1
    assert (result.q_values > 0.05).all()


def test_equally_arranged_groups_are_found() -> None:
    codes, centres = codes_of(80, 5), 3 * noise(5, 20, seed=9)
    one = stack_of(noise(2, 80, 20) + np.stack([0 * centres, centres])[:, codes])
    other = stack_of(noise(80, 20, seed=4) + (centres @ rotation(20))[codes], encoder="b")
    result = compare_subspaces(one, other, facts_of(one, codes))
    assert result.values[1, 0] > 0.9
    assert result.q_values[1, 0] == pytest.approx(1 / 20)
    assert result.values[0, 0] < result.values[1, 0] - 0.2


@pytest.mark.parametrize("words", [80, 300])
def test_a_linear_map_of_a_layer_does_not_matter_under_any_labels(words: int) -> None:
    codes, values = codes_of(words, 4), noise(1, words, 20)
    one, other = stack_of(values), stack_of(values @ noise(20, 20, seed=4), encoder="b")
    result = compare_subspaces(one, other, facts_of(one, codes))
    assert (result.values[0, 0], result.chance_mean[0, 0]) == pytest.approx((1, 1), abs=1e-4)
    assert result.q_values[0, 0] > 0.5


def test_rows_without_a_label_do_not_count() -> None:
    codes = codes_of(40, 4)
    one, other = stack_of(noise(2, 50, 12)), stack_of(noise(2, 50, 9, seed=1), encoder="b")
    facts = facts_of(one.only(range(40)), codes)
    all_rows = compare_subspaces(one, other, facts)
    only = compare_subspaces(one.only(range(40)), other.only(range(40)), facts)
    assert np.array_equal(all_rows.values, only.values)
    assert all_rows.trace.n == 40
    assert all_rows.trace.encoders == ("a", "b")
