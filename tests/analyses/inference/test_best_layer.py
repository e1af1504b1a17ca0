from dataclasses import replace

import numpy as np
import pytest

from tests.analyses.stacks import known_of, noise, stack_of, two_groups
from vgdesk.analyses.groups.silhouette import score_groups
from vgdesk.analyses.inference.best_layer import best_layer
from vgdesk.analyses.inference.jackknife import standard_errors
from vgdesk.core.results import LayerCurve


def curve_of(seed: int, *, layers: int = 8, words: int = 60) -> LayerCurve:
    """Score groups that are equally far apart in all layers of noise."""
    stack = stack_of(noise(layers, words, 5, seed=seed))
    facts = known_of(stack)
    groups = list(two_groups(stack).values())
    values = np.array(stack.values)
    values[:, :, 0] += 2.0 * (np.array(groups) == "even")
    (curve,) = score_groups(stack_of(values), facts, 0)
    return curve


def test_the_best_of_equal_layers_is_covered_and_its_own_interval_is_too_high() -> None:
    curves = [curve_of(seed) for seed in range(60)]
    truth = float(np.mean([curve.values.mean() for curve in curves]))
    found = [best_layer(curve) for curve in curves]
    own = [(curve.low[one.index], one) for curve, one in zip(curves, found, strict=True) if one]
    assert np.mean([one.low <= truth <= one.high for _, one in own]) >= 0.9
    assert np.mean([low > truth for low, _ in own]) > 0.05


def test_layers_that_cannot_be_told_apart_are_rivals() -> None:
    curve = curve_of(1)
    assert len(best_layer(curve).rivals) >= 3  # type: ignore[union-attr]
    far = np.where(np.arange(8) == 3, 0.9, curve.values)
    clear = best_layer(replace(curve, values=far))
    assert clear is not None
    assert (clear.index, clear.rivals) == (3, ())


def test_of_an_error_the_lowest_is_the_best() -> None:
    curve = curve_of(2)
    assert curve.left_out is not None
    mirrored = best_layer(
        replace(curve, values=-curve.values, left_out=-curve.left_out), is_error=True
    )
    straight = best_layer(curve)
    assert straight is not None
    assert mirrored is not None
    assert mirrored.index == straight.index
    assert (mirrored.low, mirrored.high) == pytest.approx((-straight.high, -straight.low))


def test_groups_of_words_left_out_are_not_a_sample_of_the_words() -> None:
    curve = curve_of(4)
    assert curve.left_out is not None
    by_groups = replace(curve, left_out=curve.left_out[:10])
    found = best_layer(by_groups)
    assert found is not None
    own = 1.96 * standard_errors(curve.left_out[:10])[found.index]
    assert found.high - curve.values[found.index] > own


def test_without_a_jackknife_nothing_is_said() -> None:
    assert best_layer(replace(curve_of(3), left_out=None)) is None
