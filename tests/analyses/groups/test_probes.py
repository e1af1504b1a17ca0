import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.analyses.labels import codes_of, curve_of, planted
from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.neighbours import told
from vgdesk.analyses.groups.stratified_folds import stratified_folds
from vgdesk.core.errors import VgdeskError

BOTH = pytest.mark.parametrize("measure", ["knn-probe", "linear-probe"])


def test_neighbours_vote_as_in_loops() -> None:
    words = [f"word {i // 3}" for i in range(36)]
    codes = np.repeat(codes_of(12, 3), 3)
    stack = stack_of(planted(2, codes, 6, at=1, strength=0.7), words=words)
    result = curve_of("knn-probe", stack, codes)
    expected = [np.mean(told(x, words, codes.tolist(), 5) == codes) for x in stack.values]
    assert result.values == pytest.approx(expected)


def test_neighbours_vote_as_in_scikit_learn() -> None:
    values, codes = planted(1, codes_of(700, 6), 12, at=0, strength=0.7), codes_of(700, 6)
    right = []
    for i in range(0, 700, 10):
        others = np.arange(700) != i
        # Draws go to the nearer neighbours, as here.
        probe = KNeighborsClassifier(5, weights=lambda d: 101 - d, metric="cosine")
        right.append(probe.fit(values[0][others], codes[others]).predict(values[0][[i]])[0])
    stack = stack_of(values)
    found = curve_of("knn-probe", stack, codes).values[0]
    assert found == pytest.approx(np.mean(right == codes[::10]), abs=0.1)
    ten = stack.only(range(0, 700, 10))
    few = [np.mean(told(ten.values[0], ten.words, codes[::10].tolist(), 5) == codes[::10])]
    assert curve_of("knn-probe", ten, codes[::10]).values == pytest.approx(few)


@pytest.mark.slow
def test_takes_of_a_word_do_not_tell_its_label() -> None:
    words = [f"word {i // 6}" for i in range(72)]
    values = np.repeat(noise(6, 12, 20), 6, axis=1) + 0.01 * noise(6, 72, 20, seed=1)
    stack, codes = stack_of(values, words=words), np.repeat(codes_of(12, 3), 6)
    for measure in ("knn-probe", "linear-probe"):
        result = curve_of(measure, stack, codes)
        assert result.values.mean() < 0.6
        outside = (result.values < result.chance_low) | (result.values > result.chance_high)
        assert outside.mean() < 0.4


@pytest.mark.slow
def test_the_linear_probe_does_about_what_the_plain_one_does() -> None:
    codes = codes_of(120, 4)
    values = np.stack([planted(1, codes, 60, at=0, strength=s)[0] for s in (0.0, 0.2, 0.4, 1.0)])
    found = curve_of("linear-probe", stack_of(values), codes).values
    plain = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    errors = [np.mean(cross_val_predict(plain, x, codes, cv=folds) != codes) for x in values]
    assert found == pytest.approx((0.75 - np.array(errors)) / 0.75, abs=0.15)
    assert found[3] > 0.95


def test_errors_count_beside_those_of_the_largest_group() -> None:
    codes = np.where(np.arange(40) < 30, 0, 1)
    result = curve_of("linear-probe", stack_of(np.zeros((1, 40, 3))), codes)
    assert result.values.tolist() == [0]
    assert result.limits == (-3.0, 1.0)


@pytest.mark.slow
@BOTH
def test_groups_are_found_at_the_layer_where_they_are(measure: str) -> None:
    codes = codes_of(60, 3)
    result = curve_of(measure, stack_of(planted(5, codes, 30, at=2, strength=1.0)), codes)
    assert result.values.argmax() == 2
    assert result.values[2] > result.chance_high[2] + 0.2
    assert result.q_values[2] <= 0.05


@pytest.mark.slow
@BOTH
def test_random_labels_stay_in_the_chance_band(measure: str) -> None:
    result = curve_of(measure, stack_of(noise(10, 50, 24)), codes_of(50, 4))
    outside = (result.values < result.chance_low) | (result.values > result.chance_high)
    assert outside.mean() < 0.25
    assert (result.q_values > 0.01).all()


@BOTH
def test_rotation_of_even_dimensions_and_scale_do_not_matter_much(measure: str) -> None:
    codes = codes_of(60, 3)
    values = planted(1, codes, 8, at=0, strength=0.8)
    turned = stack_of(values @ rotation(8) * 100)
    one, other = curve_of(measure, stack_of(values), codes), curve_of(measure, turned, codes)
    assert other.values == pytest.approx(one.values, abs=0.1)


@BOTH
def test_labels_that_other_words_cannot_tell_are_explained(measure: str) -> None:
    stack = stack_of(noise(1, 24, 5), words=[f"word {i // 3}" for i in range(24)])
    with pytest.raises(VgdeskError, match="different label"):
        curve_of(measure, stack, np.arange(24) // 3)


def test_parts_have_their_share_of_every_group_and_whole_words() -> None:
    rng = np.random.default_rng(0)
    words = np.repeat(np.arange(30), rng.integers(1, 4, 30))
    codes = codes_of(30, 4)[words]
    part = stratified_folds(words, codes, 5, rng)
    assert all(len(set(part[words == word])) == 1 for word in range(30))
    firsts = np.unique(words, return_index=True)[1]
    sizes = np.array([np.bincount(part[firsts][codes[firsts] == g], minlength=5) for g in range(4)])
    assert (sizes.max(axis=1) - sizes.min(axis=1)).max() <= 1
    assert sizes.sum(axis=0).tolist() == [6] * 5
    assert not np.array_equal(part, stratified_folds(words, codes, 5, rng))
