import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import silhouette_score

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.silhouette import silhouette
from vgdesk.analyses.groups import silhouette as measure
from vgdesk.analyses.numerics.group_distances import MOST_GROUPS, silhouettes
from vgdesk.analyses.numerics.leaving_out import MOST_ROWS
from vgdesk.analyses.words.distances import distance_blocks
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

SEEDS = st.integers(0, 2**32 - 1)


def labelled(stack: LayerStack, groups: int) -> dict[WordId, str]:
    return {word: f"group {i % groups}" for i, word in enumerate(stack.words)}


def score_groups(stack: LayerStack, labels: dict[WordId, str], seed: int) -> LayerCurve:
    (curve,) = measure.score_groups(stack, Facts.of_labels(labels), seed)
    return curve


def steep(*shape: int) -> np.ndarray:
    values = noise(*shape) / (1 + np.arange(shape[-1])) ** 0.6 + 20
    values[..., 0] *= 100
    return values


def test_it_is_the_definition() -> None:
    stack = stack_of(noise(2, 11, 4))
    groups = ["a", "b", "a", "c", "a", "b", "b", "c", "a", "alone", "a"]
    result = score_groups(stack, dict(zip(stack.words, groups, strict=True)), 0)
    expected = [silhouette(layer, groups) for layer in stack.values]
    assert result.values == pytest.approx(np.array(expected), abs=1e-6)
    assert result.values == pytest.approx([silhouette_score(x, groups) for x in stack.values])


@pytest.mark.slow
@pytest.mark.parametrize("words", [30, 1100, 4200])  # the last in float32
def test_it_is_that_of_scikit_learn_also_with_a_steep_spectrum(words: int) -> None:
    stack = stack_of(steep(2, words, 50))
    labels = labelled(stack, 7)
    result = score_groups(stack, labels, 0)
    groups = [labels[word] for word in stack.words]
    expected = [silhouette_score(layer.astype(np.float64), groups) for layer in stack.values]
    assert result.values == pytest.approx(np.array(expected), abs=1e-6)


def test_near_copies_with_a_large_offset_keep_their_score() -> None:
    centres = np.repeat(noise(10, 60), 4, axis=0)
    stack = stack_of(100 * centres + 0.01 * noise(40, 60, seed=1) + 500)
    labels = {word: str(i // 2) for i, word in enumerate(stack.words)}
    expected = silhouette_score(
        stack.values[0].astype(np.float64), [labels[word] for word in stack.words]
    )
    assert score_groups(stack, labels, 0).values[0] == pytest.approx(expected, abs=1e-5)


def test_chance_is_what_shuffled_labels_give() -> None:
    stack = stack_of(noise(1, 40, 5))
    labels = labelled(stack, 4)
    result = score_groups(stack, labels, 3)
    rng, groups = np.random.default_rng(1), [labels[word] for word in stack.words]
    shuffled = [silhouette_score(stack.values[0], rng.permutation(groups)) for _ in range(400)]
    spread = np.std(shuffled)
    assert result.chance_mean[0] == pytest.approx(np.mean(shuffled), abs=0.3 * spread)
    for found, percentile in ((result.chance_low, 2.5), (result.chance_high, 97.5)):
        assert found[0] == pytest.approx(np.percentile(shuffled, percentile), abs=0.7 * spread)


def test_random_labels_stay_in_the_chance_band() -> None:
    stack = stack_of(noise(40, 60, 8))
    result = score_groups(stack, labelled(stack, 5), 0)
    outside = (result.values < result.chance_low) | (result.values > result.chance_high)
    assert outside.mean() < 0.2
    assert (result.chance_low < result.chance_mean).all()
    assert (result.chance_mean < result.chance_high).all()


def test_groups_are_found_at_the_layer_where_they_are() -> None:
    values = noise(13, 60, 32)
    values[7] += noise(4, 32, seed=1)[np.arange(60) % 4]
    stack = stack_of(values)
    result = score_groups(stack, labelled(stack, 4), 0)
    assert result.values.argmax() == 7
    assert result.values[7] > result.chance_high[7] + 0.03


@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=15, deadline=None)
def test_rotation_scale_offset_and_names_do_not_matter(seed: int, scale: float) -> None:
    values = noise(2, 24, 5, seed=seed)
    stack = stack_of(values)
    labels = labelled(stack, 3)
    names = {"group 0": "x", "group 1": "y", "group 2": "z"}
    renamed = {word: names[group] for word, group in labels.items()}
    moved = stack_of(scale * (values @ rotation(5, seed) + 2))
    one, other = score_groups(stack, labels, 1), score_groups(moved, renamed, 1)
    for name in ("values", "chance_low", "chance_mean", "chance_high"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), abs=1e-4)


def test_the_order_of_the_list_does_not_matter() -> None:
    stack = stack_of(noise(2, 24, 5))
    labels = labelled(stack, 3)
    mixed = stack.only(np.random.default_rng(0).permutation(24).tolist())
    one, other = score_groups(stack, labels, 1), score_groups(mixed, labels, 1)
    for name in ("values", "chance_low", "chance_mean", "chance_high"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), abs=1e-6)


def test_another_seed_gives_another_shuffle() -> None:
    stack = stack_of(noise(2, 24, 5))
    one, other = (score_groups(stack, labelled(stack, 3), seed) for seed in (1, 2))
    assert np.array_equal(one.values, other.values)
    assert not np.array_equal(one.chance_low, other.chance_low)
    assert (one.trace.seed, other.trace.seed) == (1, 2)


def test_words_without_a_label_are_left_out() -> None:
    stack = stack_of(noise(2, 30, 5))
    labels = labelled(stack, 3)
    for word in stack.words[20:25]:
        del labels[word]
    labels.update(dict.fromkeys(stack.words[25:], ""))
    labels[WordId("not recorded")] = "group 9"
    some, only = score_groups(stack, labels, 0), score_groups(stack.only(range(20)), labels, 0)
    assert some.trace.n == 20
    assert np.array_equal(some.values, only.values)


def test_takes_of_a_word_keep_a_common_label_in_the_chance_band() -> None:
    # Labels mean nothing, but takes of a word are alike: no reason to leave the band.
    values = np.repeat(noise(1, 12, 5), 8, axis=1) + 0.01 * noise(1, 96, 5, seed=1)
    stack = stack_of(values, words=[f"word {i // 8}" for i in range(96)])
    labels = {WordId(f"word {i}"): str(i % 3) for i in range(12)}
    result = score_groups(stack, labels, 0)
    assert "words" in result.trace.chance
    assert result.chance_low[0] < result.values[0] < result.chance_high[0]
    rng, groups = np.random.default_rng(0), [labels[word] for word in stack.words]
    by_take = [silhouette_score(stack.values[0], rng.permutation(groups)) for _ in range(100)]
    assert result.values[0] > max(by_take)


def test_takes_are_shuffled_where_every_word_is_its_own_group() -> None:
    words = [f"word {i // 3}" for i in range(24)]
    values = np.repeat(noise(1, 8, 5), 3, axis=1) + 0.3 * noise(1, 24, 5, seed=1)
    stack = stack_of(values, words=words)
    result = score_groups(stack, {word: str(word) for word in stack.words}, 0)
    assert "takes" in result.trace.chance
    assert result.values[0] > result.chance_high[0]


def test_equal_words_score_0() -> None:
    stack = stack_of(np.full((1, 24, 6), 0.1))
    result = score_groups(stack, labelled(stack, 3), 0)
    for values in (result.values, result.chance_low, result.chance_mean, result.chance_high):
        assert values.tolist() == [0]


def test_labels_that_cannot_be_scored_are_explained() -> None:
    stack = stack_of(noise(1, 6, 4))
    with pytest.raises(VgdeskError, match="“animal”"):
        score_groups(stack, dict.fromkeys(stack.words, "animal"), 0)
    with pytest.raises(VgdeskError, match="different label"):
        score_groups(stack, {word: str(word) for word in stack.words}, 0)
    with pytest.raises(TooFewWordsError, match="only 2 of 6"):
        score_groups(stack, labelled(stack.only([0, 1]), 2), 0)


@pytest.mark.parametrize(
    ("words", "extra", "warning"),
    [
        (30, {}, ""),
        (30, {0: "rare"}, "Groups too small to trust: rare."),
        (19, {}, "Too few words to trust: only 19 with a label."),
    ],
)
def test_unreliable_results_carry_a_warning(
    words: int, extra: dict[int, str], warning: str
) -> None:
    stack = stack_of(noise(1, words, 4))
    labels = labelled(stack, 3) | {stack.words[i]: group for i, group in extra.items()}
    assert score_groups(stack, labels, 0).trace.warning == warning


def test_labellings_that_are_summed_up_in_turn_are_all_scored() -> None:
    labellings, groups, rows = 201, 60, 180
    assert labellings * groups > MOST_GROUPS, "the test needs more than one turn"
    values = noise(rows, 5)
    rng = np.random.default_rng(0)
    codes = np.stack([rng.permutation(np.arange(rows) % groups) for _ in range(labellings)])
    scores, left_out = silhouettes(distance_blocks(values), codes)
    for labelling in (0, 100, 165, 166, 167, 200):
        expected = silhouette_score(values, codes[labelling])
        assert scores[labelling] == pytest.approx(expected, abs=1e-6)
    assert left_out.shape == (MOST_ROWS,)
