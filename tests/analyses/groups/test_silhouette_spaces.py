import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import silhouette_samples, silhouette_score

from tests.analyses.labels import codes_of, curve_of, facts_of, planted
from tests.analyses.stacks import noise, rotation, stack_of
from vgdesk.analyses import ANALYSES
from vgdesk.analyses.numerics.discriminants import TOLERANCE, discriminants, published_points
from vgdesk.core.errors import TooFewWordsError, VgdeskError

SEEDS = st.integers(0, 2**32 - 1)
SPACES = [name for name in ANALYSES if name.startswith("silhouette-")]
LDA = [name for name in SPACES if "lda" in name]


def published(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the silhouettes as the study computes them."""
    values = values.astype(np.float64)
    points = LinearDiscriminantAnalysis().fit(values, codes).transform(values)
    return silhouette_samples(points, codes)


def test_cosine_is_that_of_scikit_learn() -> None:
    values, codes = noise(2, 40, 9) + 0.4, codes_of(40, 5)
    expected = [silhouette_score(x, codes, metric="cosine") for x in values]
    assert curve_of("silhouette-cosine", stack_of(values), codes).values == pytest.approx(
        expected, abs=1e-6
    )


def test_cosine_does_not_see_lengths_but_the_mean() -> None:
    values, codes = planted(1, codes_of(40, 4), 9, at=0, strength=1.0), codes_of(40, 4)
    one = curve_of("silhouette-cosine", stack_of(values), codes)
    longer = values * np.random.default_rng(0).uniform(0.1, 10, (1, 40, 1))
    same = curve_of("silhouette-cosine", stack_of(longer), codes)
    assert same.values == pytest.approx(one.values, abs=1e-6)
    assert curve_of("silhouette-cosine", stack_of(values + 5), codes).values < one.values - 0.01


@pytest.mark.parametrize(("words", "dim"), [(40, 30), (40, 300), (6, 3)])
def test_components_are_those_of_scikit_learn(words: int, dim: int) -> None:
    values = (noise(2, words, dim) / (1 + np.arange(dim)) + 100).astype(np.float32)
    codes = codes_of(words, 2)
    count = min(8, words - 1, dim)
    points = [PCA(count, svd_solver="full").fit_transform(x.astype(np.float64)) for x in values]
    expected = [silhouette_score(x, codes) for x in points]
    found = curve_of("silhouette-pca", stack_of(values), codes).values
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("words", "groups", "dim"), [(40, 4, 300), (109, 9, 60), (109, 9, 100), (109, 9, 101)]
)
def test_in_sample_is_the_published_silhouette(words: int, groups: int, dim: int) -> None:
    codes = codes_of(words, groups)
    stack = stack_of(planted(2, codes, dim, at=0, strength=0.5) * np.geomspace(1, 50, dim) + 3)
    found = curve_of("silhouette-lda-in-sample", stack, codes).values
    expected = [published(layer, codes).mean() for layer in stack.values]
    assert found == pytest.approx(expected, abs=1e-6)


def test_in_sample_chance_finds_the_directions_again() -> None:
    codes, stack = codes_of(60, 4), stack_of(noise(1, 60, 40))
    result = curve_of("silhouette-lda-in-sample", stack, codes)
    rng = np.random.default_rng(1)
    shuffled = [published(stack.values[0], rng.permutation(codes)).mean() for _ in range(100)]
    spread = np.std(shuffled)
    assert result.chance_mean[0] == pytest.approx(np.mean(shuffled), abs=spread)
    reach = (result.chance_high[0] - result.chance_low[0]) / 2
    assert reach == pytest.approx(2.14 * spread, rel=0.5)
    # Axes of the true labels do not fit shuffled ones: that would be another, lower floor.
    points = next(published_points(stack.values[0], codes[None]))
    kept = np.mean([silhouette_score(points, rng.permutation(codes)) for _ in range(20)])
    assert kept < result.chance_low[0] - 0.05


@pytest.mark.parametrize("dim", [30, 200])
def test_whitening_once_gives_the_same_distances_as_repeated_whitening(dim: int) -> None:
    codes = np.stack([codes_of(90, 5), np.random.default_rng(0).permutation(codes_of(90, 5))])
    values = noise(90, dim)
    values[:, 3] = values[:, 4]
    for points, of in zip(published_points(values, codes), codes, strict=True):
        lda = LinearDiscriminantAnalysis(tol=TOLERANCE).fit(values, of)
        expected = silhouette_samples(lda.transform(values), of)
        assert silhouette_samples(points, of) == pytest.approx(expected, abs=1e-6)


def test_as_published_is_the_mean_over_leaving_out_each_group() -> None:
    from scipy.stats import t

    codes, stack = codes_of(48, 6), stack_of(noise(2, 48, 30))
    result = curve_of("silhouette-lda-published", stack, codes)
    for place, layer in enumerate(stack.values):
        repeats = [published(layer[codes != g], codes[codes != g]).mean() for g in range(6)]
        low, high = t.interval(0.95, 5, np.mean(repeats), np.std(repeats, ddof=1) / 6**0.5)
        assert result.values[place] == pytest.approx(np.mean(repeats), abs=1e-6)
        assert (result.low[place], result.high[place]) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("measure", ["silhouette", "silhouette-pca"])
def test_other_spaces_as_published_leave_out_each_group_too(measure: str) -> None:
    from scipy.stats import t

    codes, stack = codes_of(48, 6), stack_of(noise(2, 48, 30))
    result = curve_of(f"{measure}-published", stack, codes)
    assert "without one group" in result.trace.interval
    for place, layer in enumerate(stack.values.astype(np.float64)):
        repeats = []
        for group in range(6):
            left = layer[codes != group]
            points = PCA(8).fit_transform(left) if measure == "silhouette-pca" else left
            repeats.append(silhouette_score(points, codes[codes != group]))
        low, high = t.interval(0.95, 5, np.mean(repeats), np.std(repeats, ddof=1) / 6**0.5)
        assert result.values[place] == pytest.approx(np.mean(repeats), abs=1e-6)
        assert (result.low[place], result.high[place]) == pytest.approx((low, high), abs=1e-6)


def test_of_two_groups_none_is_left_out() -> None:
    codes, stack = codes_of(24, 2), stack_of(noise(2, 24, 6))
    one, other = (curve_of(f"silhouette-lda-{n}", stack, codes) for n in ("published", "in-sample"))
    assert np.array_equal(one.values, other.values)
    assert np.array_equal(one.low, one.high)


@pytest.mark.parametrize(
    ("measure", "words", "groups", "dim", "low", "high"),
    [
        ("silhouette", 109, 9, 768, -0.025, 0.0),
        ("silhouette", 81, 14, 768, -0.03, 0.0),
        ("silhouette-pca", 109, 9, 768, -0.17, -0.08),
        ("silhouette-pca", 81, 14, 768, -0.24, -0.13),
        ("silhouette-lda-in-sample", 109, 9, 768, -0.085, -0.055),
        ("silhouette-lda-in-sample", 81, 14, 768, -0.155, -0.115),
        ("silhouette-lda-in-sample", 109, 9, 300, 0.01, 0.06),
        ("silhouette-lda-in-sample", 81, 14, 300, -0.1, -0.06),
    ],
)
def test_floors_of_random_labels_are_those_that_were_simulated(
    measure: str, words: int, groups: int, dim: int, low: float, high: float
) -> None:
    result = curve_of(measure, stack_of(noise(words, dim)), codes_of(words, groups))
    assert low < result.chance_mean[0] < high
    assert result.chance_low[0] < result.values[0] < result.chance_high[0]


def test_fitted_words_look_grouped_where_held_out_words_do_not() -> None:
    codes, stack = codes_of(300, 5), stack_of(noise(2, 300, 200))
    fitted = curve_of("silhouette-lda-in-sample", stack, codes)
    held_out = curve_of("silhouette-lda", stack, codes)
    assert fitted.values.min() > 0.2
    assert held_out.values.max() < 0
    assert fitted.chance_mean.min() > 0.2
    assert held_out.chance_mean.max() < 0


@pytest.mark.slow
@pytest.mark.parametrize("measure", SPACES)
def test_groups_are_found_at_the_layer_where_they_are(measure: str) -> None:
    codes = codes_of(80, 4)
    stack = stack_of(planted(5, codes, 64, at=3, strength=0.9))
    result = curve_of(measure, stack, codes)
    assert result.values.argmax() == 3
    assert result.values[3] > result.chance_high[3] + 0.05
    assert result.low[3] <= result.values[3] <= result.high[3]
    assert result.q_values[3] <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("measure", SPACES)
def test_random_labels_stay_in_the_chance_band(measure: str) -> None:
    result = curve_of(measure, stack_of(noise(20, 60, 24)), codes_of(60, 5))
    outside = (result.values < result.chance_low) | (result.values > result.chance_high)
    assert outside.mean() < 0.25
    assert (result.q_values > 0.01).all()


@pytest.mark.slow
@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=5, deadline=None)
def test_rotation_and_scale_do_not_matter(seed: int, scale: float) -> None:
    values, codes = noise(1, 30, 6, seed=seed), codes_of(30, 3)
    turned = stack_of(scale * values @ rotation(6, seed))
    # In sample it holds with more words than dimensions only: else the solver sees the axes.
    for measure in SPACES:
        one, other = curve_of(measure, stack_of(values), codes), curve_of(measure, turned, codes)
        assert other.values == pytest.approx(one.values, abs=1e-3)
        assert other.chance_mean == pytest.approx(one.chance_mean, abs=1e-3)


def test_held_out_axes_are_those_of_shrunk_discriminants() -> None:
    from scipy.linalg import eigh
    from sklearn.covariance import ledoit_wolf

    codes = codes_of(40, 4)
    values = planted(1, codes, 25, at=0, strength=0.5)[0]
    means = np.stack([values[codes == group].mean(axis=0) for group in range(4)])
    within = ledoit_wolf(values - means[codes], assume_centered=True)[0]
    between = np.cov(means[codes], rowvar=False, bias=True)
    ratios, axes = eigh(between, within)
    found = discriminants(values, codes)
    assert found.T @ within @ found == pytest.approx(np.eye(3), abs=1e-8)
    assert np.diag(found.T @ between @ found) == pytest.approx(ratios[-3:])
    assert np.abs(np.diag(found.T @ within @ axes[:, -3:])) == pytest.approx(np.ones(3))


@pytest.mark.slow
def test_held_out_words_are_whole_words() -> None:
    # Labels mean nothing, but takes of a word are alike: axes that saw one would place another.
    words = [f"word {i // 4}" for i in range(120)]
    values = np.repeat(noise(8, 30, 40), 4, axis=1) + 0.05 * noise(8, 120, 40, seed=1)
    stack = stack_of(values, words=words)
    codes = np.repeat(codes_of(30, 3), 4)
    (result,) = ANALYSES["silhouette-lda"].compute(stack, facts_of(stack, codes), 0)
    outside = (result.values < result.chance_low) | (result.values > result.chance_high)
    assert outside.mean() < 0.4
    assert result.values.max() < 0.2


def test_labels_that_cannot_be_held_out_are_explained() -> None:
    words = [f"word {i // 3}" for i in range(24)]
    stack = stack_of(noise(1, 24, 5), words=words)
    with pytest.raises(VgdeskError, match="different label"):
        curve_of("silhouette-lda", stack, np.arange(24) // 3)
    with pytest.raises(TooFewWordsError, match="at least 8 labelled words, but only 6 of 6"):
        curve_of("silhouette-lda", stack_of(noise(1, 6, 5)), codes_of(6, 2))
    uneven = np.where(np.arange(12) == 5, 1, 0)
    assert np.isfinite(curve_of("silhouette-lda", stack_of(noise(1, 12, 5)), uneven).values).all()


@pytest.mark.slow
@pytest.mark.parametrize("measure", LDA)
def test_few_shuffles_can_tell_one_layer_of_many(measure: str) -> None:
    codes = codes_of(60, 3)
    result = curve_of(measure, stack_of(planted(13, codes, 20, at=6, strength=1.5)), codes)
    assert "19 shuffles" in result.trace.chance
    assert "with another seed" in result.trace.chance
    assert result.q_values[6] == pytest.approx(0.05)
    assert result.values[6] > result.chance_high[6]
