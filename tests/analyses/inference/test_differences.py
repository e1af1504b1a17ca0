"""Differences between encoders: paired, antisymmetric, and silent where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from benchmarks.calibration_measures import MEASURES
from benchmarks.calibration_world import Condition, Null, simulate
from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis, Kind
from vgdesk.analyses.inference.differences import (
    BLOCK,
    DEPTH,
    DRAWS,
    Scores,
    equivalence_p,
    holm,
    largest_t,
)
from vgdesk.analyses.inference.encoder_differences import subtract_curves, subtract_similarities
from vgdesk.analyses.inference.jackknife import jackknife_interval, scale_of_some
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import EncoderId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.viewing import Rows

WORDS, LAYERS = 30, 3
LIMITS = (-np.inf, np.inf)


def mean_curve(parts: np.ndarray, encoder: str = "a", **fields: object) -> LayerCurve:
    """The mean of what each word contributes at each layer, [words, layers]."""
    values = parts.mean(axis=0)
    left_out = (parts.sum(axis=0) - parts) / (len(parts) - 1)
    low, high, _ = jackknife_interval(left_out, values)
    layers = tuple(map(str, range(parts.shape[1])))
    zero, sd = np.zeros(len(values)), np.full(len(values), 0.5)
    trace = Trace("mean", len(parts), (EncoderId(encoder),), seed=0)
    curve = LayerCurve(
        "silhouette", EncoderId(encoder), layers, values, low, high, -sd, zero, sd, zero, LIMITS,
        trace, "", 0, left_out, sd,
    )  # fmt: skip
    return replace(curve, **fields)  # type: ignore[arg-type]


@pytest.fixture
def parts() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(WORDS, LAYERS))
    return [shared + rng.normal(scale=0.5, size=(WORDS, LAYERS)) + i / 4 for i in range(4)]


def test_the_difference_of_means_is_tested_like_paired_samples(parts: list[np.ndarray]) -> None:
    a, b = parts[:2]
    (found,) = subtract_curves([[mean_curve(a)], [mean_curve(b, "b")]], "Mean")
    by_scipy = stats.ttest_rel(b, a)
    assert np.allclose(found.values, (b - a).mean(axis=0))
    assert np.allclose(found.p_values, by_scipy.pvalue)
    interval = by_scipy.confidence_interval(0.95)
    assert np.allclose([found.low, found.high], [interval.low, interval.high])
    assert np.allclose(found.effects, found.values / 0.5)
    assert found.trace.encoders == ("a", "b")
    assert found.names == ("0", "1", "2")


def test_b_minus_a_is_a_minus_b_with_the_other_sign(parts: list[np.ndarray]) -> None:
    one, other = [mean_curve(parts[0])], [mean_curve(parts[1], "b")]
    (forth,), (back,) = subtract_curves([one, other], ""), subtract_curves([other, one], "")
    assert np.array_equal(forth.values, -back.values)
    assert np.allclose([forth.low, forth.high], [-back.high, -back.low])
    assert np.array_equal(forth.corrected_p, back.corrected_p)


def test_an_encoder_does_not_differ_from_itself(parts: list[np.ndarray]) -> None:
    own = [mean_curve(parts[0])]
    (found,) = subtract_curves([own, own], "")
    for name in ("values", "low", "high", "standard_errors"):
        assert not getattr(found, name).any(), name
    assert (found.p_values == 1).all()
    assert (found.corrected_p == 1).all()
    assert not found.trace.warning


def test_the_interaction_is_the_difference_of_differences(parts: list[np.ndarray]) -> None:
    a, b, c, d = parts
    (found,) = subtract_curves(
        [[mean_curve(one, name)] for one, name in zip(parts, "abcd", strict=True)], ""
    )
    expected = stats.ttest_1samp((b - a) - (d - c), 0)
    assert np.allclose(found.values, ((b - a) - (d - c)).mean(axis=0))
    assert np.allclose(found.p_values, expected.pvalue)
    assert found.trace.encoders == ("a", "b", "c", "d")
    assert np.allclose(found.effects, found.values / 0.5)


def test_the_error_of_a_long_list_is_that_of_all_its_words() -> None:
    parts = np.random.default_rng(1).normal(size=(400, 2, 2))
    some = []
    for own in parts.transpose(1, 0, 2):
        curve = mean_curve(own)
        assert curve.left_out is not None
        half = curve.left_out[:200]
        scaled = jackknife_interval(half, curve.values, scale=scale_of_some(half, 400)).left_out
        some.append([replace(curve, left_out=scaled)])
    (found,) = subtract_curves(some, "")
    exact = (parts[:, 1] - parts[:, 0]).std(axis=0, ddof=1) / np.sqrt(400)
    assert np.allclose(found.standard_errors, exact, rtol=0.15)


def test_a_measure_without_scores_without_each_word_is_refused_by_name(
    parts: list[np.ndarray],
) -> None:
    without = [mean_curve(parts[0], left_out=None)]
    with pytest.raises(VgdeskError, match="“Silhouette \\(published\\)” does not tell"):
        subtract_curves([without, without], "Silhouette (published)")


def test_other_words_are_refused(parts: list[np.ndarray]) -> None:
    with pytest.raises(VgdeskError, match="different words"):
        subtract_curves([[mean_curve(parts[0])], [mean_curve(parts[1][1:], "b")]], "")


def test_models_of_unequal_depth_are_paired_both_ways(parts: list[np.ndarray]) -> None:
    deep = np.concatenate([parts[1], parts[2][:, :2]], axis=1)
    curves = [[mean_curve(parts[0])], [mean_curve(deep, "b")]]
    by_block, by_depth = subtract_curves(curves, "")
    assert (by_block.depth, by_depth.depth) == (BLOCK, DEPTH)
    assert by_block.names == ("0", "1", "2")
    assert by_depth.names == ("0", "0/1", "1/2", "1/3", "2/4")
    assert np.allclose(by_depth.values[-1], deep[:, 4].mean() - parts[0][:, 2].mean())
    assert len(subtract_curves(curves, "", depths=[DEPTH])) == 1


def test_similarities_of_two_pairs_are_subtracted_at_the_same_depth() -> None:
    a, b, c, d = (stack_of(noise(3, 24, 8, seed=i)) for i in range(4))
    cka = ANALYSES["cka"].compute
    one, other = cka(a, b, None, 0), cka(c, d, None, 0)
    (found,) = subtract_similarities(one, other, "CKA")
    assert np.allclose(found.values, np.diagonal(one.values) - np.diagonal(other.values))
    left = (one.left_out - other.left_out)[:, 1, 1]
    error = np.sqrt(np.sum((left - left.mean()) ** 2) * 23 / 24)
    assert np.isclose(found.standard_errors[1], error)


def test_equal_shares_of_few_words_are_not_certainly_equal() -> None:
    right = mean_curve(np.ones((12, 1)), limits=(0.0, 1.0), series="R@1")
    scores = Scores.of_curve(right, "").minus(Scores.of_curve(right, ""), depth=BLOCK)
    # Of 14 words, two of which disagree.
    assert np.allclose(scores.errors(), np.std([1, -1, *[0] * 12]) / np.sqrt(14))


def test_the_correction_knows_layers_that_are_alike() -> None:
    rng = np.random.default_rng(0)
    moves, t = rng.normal(size=(50, 1)), np.full(8, 2.2)
    p = np.full(8, 2 * stats.t.sf(2.2, 49))
    same, _ = largest_t(t, p, np.repeat(moves, 8, axis=1), 50, 0)
    apart, _ = largest_t(t, p, rng.normal(size=(50, 8)), 50, 0)
    assert np.allclose(same, p, atol=4 * np.sqrt(0.05 * 0.95 / DRAWS))
    assert np.allclose(apart, 1 - (1 - p) ** 8, atol=0.02)
    assert (largest_t(t * 9, p * 1e-9, rng.normal(size=(50, 8)), 50, 0)[0] < 1e-9).all()


def test_differences_outside_the_band_around_zero_are_those_with_a_small_corrected_p() -> None:
    rng = np.random.default_rng(0)
    for words in (20, 40):
        a, b = rng.normal(size=(2, words, 60))
        (found,) = subtract_curves([[mean_curve(a)], [mean_curve(b + 1.0, "b")]], "")
        is_outside = np.abs(found.values) > found.band
        assert 0 < is_outside.sum() < 60
        assert np.array_equal(is_outside, found.corrected_p <= 0.05)


def test_a_small_difference_with_a_small_error_is_equivalent() -> None:
    found = equivalence_p(np.array([0.0, 0.05, -0.05, 0.2]), np.full(4, 0.02), 0.1, 30)
    assert np.allclose(found[:3], [stats.t.sf(5, 29), *[stats.t.sf(2.5, 29)] * 2])
    assert found[3] > 0.99


def test_holm_corrects_step_by_step() -> None:
    assert np.allclose(holm(np.array([0.02, 0.01, 0.03])), [0.04, 0.03, 0.04])


@pytest.mark.slow
@pytest.mark.parametrize(
    "measure", [one for one in MEASURES if one.kind is Kind.CURVE], ids=lambda one: one.id
)
def test_every_curve_with_scores_without_each_word_has_differences(measure: CurveAnalysis) -> None:
    condition = Condition("some", words=24, takes=2, has_effect=True)
    world = simulate(condition, Null(), np.random.default_rng(0))
    stacks = world.takes if measure.rows is Rows.TAKES else world.words
    a, b = (measure.compute(stack, world.facts, 0) for stack in stacks)
    if any(curve.left_out is None for curve in (*a, *b)):
        with pytest.raises(VgdeskError, match=measure.title.split("(")[0]):
            subtract_curves([a, b], measure.title)
        return
    forth, back = subtract_curves([a, b], ""), subtract_curves([b, a], "")
    assert [one.series for one in forth] == [curve.series for curve in a]
    for one, other, own in zip(forth, back, subtract_curves([a, a], ""), strict=True):
        assert np.allclose(one.values, -other.values)
        assert np.allclose(one.corrected_p, other.corrected_p)
        assert (one.standard_errors > 0).all() or "no width" in one.trace.warning
        assert not own.values.any()
        assert (own.corrected_p == 1).all()
