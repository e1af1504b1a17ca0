from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau
from sklearn.metrics import roc_auc_score

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.sound_symbolism import area, contrast, tau_b
from vgdesk.analyses.lexicon.letter_classes import sound_class
from vgdesk.analyses.lexicon.letter_profile import letter_profile
from vgdesk.analyses.lexicon.sound_symbolism import (
    TwoClasses,
    round_areas,
    score_sounds,
    tau_factor,
)
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.details import LetterProfile
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

SEEDS = st.integers(0, 2**32 - 1)
SORTS = ("sounds round", "sounds sharp", "round", "sharp")


def known_as(stack: LayerStack, shapes: Sequence[str]) -> Facts:
    pairs = zip(stack.words, shapes, strict=True)
    return Facts(tuple(WordFacts(word, word, shape=shape) for word, shape in pairs))


def sorts(*counts: int) -> list[str]:
    """Name round words, sharp words, round shapes and sharp shapes, so many of each."""
    return [sort for sort, count in zip(SORTS, counts, strict=True) for _ in range(count)]


def scored(
    values: np.ndarray, shapes: Sequence[str], seed: int = 0
) -> tuple[LayerCurve, LayerCurve, LayerCurve, LayerCurve]:
    stack = stack_of(values)
    found = score_sounds(stack, known_as(stack, shapes), seed)
    assert [curve.series for curve in found] == [
        "AUC", "tau-b", "AUC of shapes", "tau-b of shapes",
    ]  # fmt: skip
    return found  # type: ignore[return-value]


def planted(counts: tuple[int, int, int, int], strength: float, seed: int = 0) -> np.ndarray:
    """Make noise in which round words and round shapes lie on one side, all others on another."""
    sides = np.repeat([1.0, -1.0, 1.0, -1.0], counts)
    return noise(sum(counts), 16, seed=seed) + strength * np.outer(sides, np.eye(16)[0])


@pytest.mark.parametrize("counts", [(7, 9, 3, 5), (6, 2, 2, 4)])
def test_it_is_the_definition(counts: tuple[int, int, int, int]) -> None:
    values = planted(counts, 0.5).astype(np.float32)
    a, b, c = np.cumsum(counts[:3])
    parts = [part.tolist() for part in np.split(values.astype(float), [a, b, c])]
    for curves, (rounds, sharps, near, far) in (
        (scored(values, sorts(*counts))[:2], parts),
        (scored(values, sorts(*counts))[2:], parts[2:] + parts[:2]),
    ):
        of_round = [contrast(vector, near, far) for vector in rounds]
        of_sharp = [contrast(vector, near, far) for vector in sharps]
        assert curves[0].values[0] == pytest.approx(area(of_round, of_sharp))
        assert curves[1].values[0] == pytest.approx(tau_b(of_round, of_sharp))


@given(seed=SEEDS, rounds=st.integers(1, 9), sharps=st.integers(1, 9), steps=st.integers(1, 9))
def test_ties_count_as_elsewhere(seed: int, rounds: int, sharps: int, steps: int) -> None:
    scores = np.random.default_rng(seed).integers(0, steps, rounds + sharps) / 3
    items = TwoClasses("words", np.arange(rounds + sharps), rounds)
    found = float(round_areas(scores, items.contrast > 0))
    assert found == pytest.approx(roc_auc_score(items.contrast > 0, scores))
    tau = tau_factor(scores, items) * (2 * found - 1)
    expected = kendalltau(scores, items.contrast > 0).statistic
    assert tau == pytest.approx(np.nan_to_num(expected), abs=1e-12)


def test_the_ceiling_of_tau_is_shown_and_reached() -> None:
    counts = (30, 30, 12, 12)
    auc, tau, _, tau_of_shapes = scored(planted(counts, 50.0), sorts(*counts))
    assert auc.values[0] == 1
    assert tau.values[0] == pytest.approx(np.sqrt(900 / (60 * 59 / 2)))
    assert "at most 0.71" in tau.trace.estimator
    assert f"at most {tau_of_shapes.values[0]:.2f}" in tau_of_shapes.trace.estimator


def test_symbolism_is_found_at_the_layer_where_it_is() -> None:
    counts = (40, 40, 15, 15)
    layers = [noise(sum(counts), 16, seed=seed) for seed in range(5)]
    layers[3] = planted(counts, 1.5)
    for curve in scored(np.stack(layers), sorts(*counts)):
        assert curve.values.argmax() == 3
        assert curve.q_values[[0, 1, 2, 4]].min() > 0.05
        # Words are scored by all shapes together, which by chance are all right or all wrong.
        if curve.series.endswith("shapes"):
            assert curve.values[3] > curve.chance_high[3]
            assert curve.q_values[3] < 0.05


def test_noise_leaves_chance_as_rarely_as_it_should() -> None:
    counts = (30, 30, 10, 10)
    auc, _, of_shapes, _ = scored(noise(100, sum(counts), 16), sorts(*counts))
    for curve in (auc, of_shapes):
        outside = (curve.values < curve.chance_low) | (curve.values > curve.chance_high)
        assert outside.mean() < 0.1
        assert curve.values.mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.slow
def test_words_that_share_letters_alone_are_no_discovery() -> None:
    counts = (60, 60, 10, 10)
    values = noise(100, sum(counts), 16)
    # Every layer tells the two sorts of words apart, along a direction that is its own.
    values[:, :60] += noise(100, 1, 16, seed=1)
    auc = scored(values, sorts(*counts))[0]
    outside = (auc.values < auc.chance_low) | (auc.values > auc.chance_high)
    assert outside.mean() < 0.15
    # Shuffles among words would have a spread of .053, and call most of these layers special.
    assert (np.abs(auc.values - 0.5) > 2 * 0.053).mean() > 0.4


def test_chance_is_what_shuffled_shapes_give() -> None:
    counts = (30, 30, 8, 8)
    values = noise(sum(counts), 16)
    values[:30] += noise(16, seed=1)
    auc = scored(values, sorts(*counts))[0]
    rng, found = np.random.default_rng(9), []
    for _ in range(300):
        names = [*sorts(30, 30, 0, 0), *rng.permutation(sorts(0, 0, 8, 8))]
        order = np.argsort([SORTS.index(name) for name in names], kind="stable")
        parts = np.split(values[order], [30, 60, 68])
        units = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in parts]
        direction = units[2].mean(axis=0) - units[3].mean(axis=0)
        found.append(area(list(units[0] @ direction), list(units[1] @ direction)))
    assert auc.chance_mean[0] == pytest.approx(np.mean(found), abs=0.06)
    assert auc.chance_low[0] == pytest.approx(np.percentile(found, 2.5), abs=0.08)
    assert auc.chance_high[0] == pytest.approx(np.percentile(found, 97.5), abs=0.08)


def test_the_interval_holds_what_other_words_and_shapes_give() -> None:
    counts = (40, 40, 15, 15)
    truth = scored(planted((400, 400, 150, 150), 0.4), sorts(400, 400, 150, 150))[0].values[0]
    held = 0
    for seed in range(20):
        auc = scored(planted(counts, 0.4, seed=seed), sorts(*counts))[0]
        held += auc.low[0] <= truth <= auc.high[0]
    assert held >= 15


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_rotation_lengths_and_order_do_not_matter(seed: int) -> None:
    names, rng = sorts(6, 8, 4, 3), np.random.default_rng(seed)
    values, order = noise(2, 21, 5, seed=seed), rng.permutation(21)
    turned = rng.uniform(0.1, 10, (21, 1)) * (values @ rotation(5, seed))
    one = scored(values, names)
    other = scored(turned[:, order], [names[i] for i in order])
    for before, after in zip(one, other, strict=True):
        assert after.values == pytest.approx(before.values, abs=0.03)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_round_for_sharp_turns_the_score_round(seed: int) -> None:
    values, names = noise(1, 21, 5, seed=seed), sorts(6, 8, 4, 3)
    turned = [name.replace("round", "sharp") if name == "round" else name for name in names]
    turned = ["round" if old == "sharp" else new for old, new in zip(names, turned, strict=True)]
    one, other = scored(values, names)[0], scored(values, turned)[0]
    assert other.values[0] == pytest.approx(1 - one.values[0])


def test_copies_are_at_chance() -> None:
    counts = (10, 10, 4, 4)
    values = np.ones((1, 28, 3)) * [0.1, 0.2, 0.3]
    auc, tau, *_ = scored(values, sorts(*counts))
    assert (auc.values[0], tau.values[0]) == (0.5, 0.0)
    assert auc.q_values[0] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bouba", "round"),
        ("Kiki", "sharp"),
        ("kataka", "sharp"),
        ("kuki", ""),
        ("bat", ""),
        ("aa", ""),
        ("fish", ""),
        ("mo-on", "round"),
        ("", ""),
    ],
)
def test_letters_give_a_word_its_class(text: str, expected: str) -> None:
    assert sound_class(text) == expected


def test_the_shape_label_of_a_word_takes_precedence_over_its_letters() -> None:
    texts = ["bobo", "kiki", "kuki", "moon", "ball", "star"]
    shapes = ["", "", "sounds round", "sounds sharp", "round", "sharp"]
    words = tuple(
        WordFacts(word, text, shape=shape)
        for word, text, shape in zip(stack_of(noise(6, 3)).words, texts, shapes, strict=True)
    )
    stack = stack_of(np.tile(noise(6, 3), (2, 1)))
    doubled = (*words, *(replace(w, word=stack.words[i + 6]) for i, w in enumerate(words)))
    auc, *_ = score_sounds(stack, Facts(doubled), 0)
    assert "4 round and 4 sharp words" in auc.trace.estimator
    assert "2 round minus 2 sharp shapes" in auc.trace.estimator
    assert auc.trace.n == 12


def test_too_few_of_a_sort_are_refused_and_counted() -> None:
    with pytest.raises(TooFewWordsError, match="5 and 4 words, 3 and 1 names") as refusal:
        scored(noise(13, 3), sorts(5, 4, 3, 1))
    assert "kiki-bouba" in refusal.value.hint


@pytest.mark.parametrize(
    ("counts", "warning"),
    [
        ((10, 10, 10, 10), ""),
        ((10, 10, 10, 9), "Too few words to trust: only 19 shapes."),
        ((9, 10, 30, 30), "Too few words to trust: only 19 words."),
    ],
)
def test_few_words_are_warned_about(counts: tuple[int, int, int, int], warning: str) -> None:
    assert scored(noise(sum(counts), 3), sorts(*counts))[0].trace.warning == warning


def profile_of(letters: str) -> LetterProfile:
    """Make the profile of the list that ships, where only words with some letter are round."""
    facts = facts_of(open_words("kiki-bouba"), "category")
    sides = {"round": 1.0, "sharp": -1.0}
    values = [[sides.get(w.shape, float(w.text[0] in letters)), 1.0] for w in facts.words]
    stack = stack_of([values], words=[w.word for w in facts.words])
    return letter_profile(stack, 0, facts)


def sorted_by(profile: LetterProfile, *, is_vowel: bool) -> list[int]:
    return [place for place, vowel in enumerate(profile.is_vowel) if vowel is is_vowel]


def test_a_profile_shows_the_letter_that_does_it() -> None:
    profile = profile_of("m")
    consonants = sorted_by(profile, is_vowel=False)
    assert profile.letters[0] == "m"
    assert sorted(profile.letters) == sorted("bdglmnptkshx" + "aeiou")
    assert [len(words) for words in profile.words[:12]] == [54] * 12
    counts = dict(zip(profile.letters, map(len, profile.words), strict=True))
    assert {letter: counts[letter] for letter in "aeiou"} == {
        "a": 216, "e": 108, "i": 108, "o": 108, "u": 108,
    }  # fmt: skip
    # Such a word is a round shape; the others are as near to round as to sharp ones.
    assert profile.values[0] == pytest.approx(1.0)
    assert profile.values[consonants[1:]] == pytest.approx(0.0)
    assert profile.q_values[0] < 0.05
    assert (profile.q_values[consonants[1:]] > 0.05).all()
    assert all(word.startswith("m") for word in profile.words[0])


def test_a_profile_is_the_mean_of_the_scores_of_its_words() -> None:
    facts = facts_of(open_words("kiki-bouba"), "category")
    values = noise(668, 8)
    profile = letter_profile(stack_of(values, words=[w.word for w in facts.words]), 0, facts)
    rounds = [v.tolist() for v, w in zip(values, facts.words, strict=True) if w.shape == "round"]
    sharps = [v.tolist() for v, w in zip(values, facts.words, strict=True) if w.shape == "sharp"]
    scores = [
        contrast(value.tolist(), rounds, sharps)
        for value, word in zip(values, facts.words, strict=True)
        if not word.shape and word.text[1] == "o"
    ]
    place = profile.letters.index("o")
    assert profile.values[place] == pytest.approx(np.mean(scores), abs=1e-6)
    assert (profile.low <= profile.values).all()
    assert (profile.values <= profile.high).all()
    with pytest.raises(ValueError, match="read-only"):
        profile.values[0] = 1


def test_letters_of_noise_are_inside_chance() -> None:
    facts = facts_of(open_words("kiki-bouba"), "category")
    words = [w.word for w in facts.words]
    found = [
        letter_profile(stack_of(noise(668, 8, seed=seed), words=words), 0, facts, seed)
        for seed in range(12)
    ]
    outside = [(p.values < p.chance_low) | (p.values > p.chance_high) for p in found]
    assert np.mean(outside) == pytest.approx(0.05, abs=0.05)
    # Letters of one layer share the shapes: whole profiles come out by chance, not single letters.
    assert sum(bool((p.q_values < 0.05).any()) for p in found) <= 2


def test_one_seed_gives_one_profile() -> None:
    one, other = profile_of("m"), profile_of("m")
    assert np.array_equal(one.low, other.low)
    assert np.array_equal(one.chance_high, other.chance_high)
