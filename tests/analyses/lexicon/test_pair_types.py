from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.pair_types import Takes, mean
from vgdesk.analyses.lexicon.pair_means import (
    GroupPairs,
    ListedPairs,
    Pairs,
    PairsApart,
    PairSpread,
)
from vgdesk.analyses.lexicon.pair_types import score_pair_types
from vgdesk.analyses.lexicon.pair_types_published import score_as_published
from vgdesk.analyses.lexicon.word_relations import word_relations
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts, WordFacts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

SEEDS = st.integers(0, 2**32 - 1)
NAMES = ("bat", "pat", "bad", "cup", "mug", "sofa", "couch", "dog")
PHONES = ("bæt", "pæt", "bæd", "kʌp", "mʌɡ", "soʊfə", "kaʊtʃ", "dɒɡ")
LABELS = ("animal", "", "", "cup", "cup", "seat", "seat", "animal")
SYNONYMS = (("cup", "mug"), ("couch", "sofa"), ("bad", "bat"))
BOUNDS = ("low", "high", "chance_low", "chance_high", "q_values")


def facts_of(stack: LayerStack, speakers: tuple[str, ...] = ()) -> Facts:
    words = tuple(
        WordFacts(WordId(name), name, label, tuple(phones))
        for name, label, phones in zip(NAMES, LABELS, PHONES, strict=True)
    )
    pairs = tuple((WordId(one), WordId(other)) for one, other in SYNONYMS)
    known = tuple(zip(stack.rows, speakers, strict=False))
    return Facts(words, "category", known, pairs)


def takes(values: np.ndarray, words: tuple[str, ...]) -> LayerStack:
    return stack_of(values, rows=[f"take {i}" for i in range(len(words))], words=words)


def spoken(
    words: int, voices: int, *, layers: int = 1, dim: int = 24, seed: int = 0
) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Make takes of all words by all voices: noise, the word of each, the voice of each."""
    names = tuple(f"w{i:03}" for i in range(words) for _ in range(voices))
    speakers = tuple(f"voice {i}" for _ in range(words) for i in range(voices))
    return noise(layers, words * voices, dim, seed=seed), names, speakers


def of_voices(stack: LayerStack, speakers: tuple[str, ...]) -> Facts:
    return Facts(speakers=tuple(zip(stack.rows, speakers, strict=True)))


def by_series(curves: tuple[LayerCurve, ...]) -> dict[str, LayerCurve]:
    return {curve.series: curve for curve in curves}


def test_it_is_the_definition() -> None:
    words = (*NAMES, *NAMES[:6], "bat", "cup", "bat", "mug")
    speakers = (*"aaaaaaaa", *"bbbbbb", *"accb")
    values = noise(2, len(words), 5) + 0.5
    stack = takes(values, words)
    curves = by_series(score_pair_types(stack, facts_of(stack, speakers), 0))
    near = [("bat", "pat"), ("pat", "bad")]
    same = [("cup", "mug"), ("sofa", "couch"), ("bat", "dog")]
    for layer in range(2):
        found = {series: curve.values[layer] for series, curve in curves.items()}
        known = Takes(stack.values[layer], words, speakers)
        apart = known.of_voices(is_same=False)
        random = mean(known.of_words(a, b) for i, a in enumerate(NAMES) for b in NAMES[:i])
        assert found == pytest.approx(
            {
                "same word": known.same_word() - apart,
                "same speaker": known.of_voices(is_same=True) - apart,
                # "bad" and "bat" are listed as synonyms, and sound alike: they are neither.
                "near-homophone": mean(known.of_words(*p) for p in near[:1]) - random,
                "synonym": mean(known.of_words(*pair) for pair in same[:2]) - random,
                "category": mean(known.of_words(*pair) for pair in same) - random,
            },
            abs=1e-9,
        )


def test_relations_are_those_of_the_study() -> None:
    words = [WordId(name) for name in NAMES]
    facts = facts_of(stack_of(noise(1, 8, 2)))
    named = [
        [(NAMES[i], NAMES[j]) for i, j in pairs.tolist()] for pairs in word_relations(words, facts)
    ]
    assert named == [[("bat", "pat")], [("cup", "mug"), ("sofa", "couch")]]


def test_homophones_and_homographs_are_not_near() -> None:
    words = [WordId(word) for word in ("two", "too", "row-1", "row-2")]
    texts, phones = ("two", "too", "row", "row"), ("tu", "tu", "ɹoʊ", "ɹaʊ")
    facts = Facts(
        tuple(
            WordFacts(word, text, phones=tuple(said))
            for word, text, said in zip(words, texts, phones, strict=True)
        )
    )
    assert [pairs.shape for pairs in word_relations(words, facts)] == [(0, 2), (0, 2)]


@pytest.mark.parametrize(
    "pairs",
    [
        ListedPairs(np.array([[0, 1], [0, 2], [3, 4]]), np.array([1, 1, 0.5])),
        GroupPairs(np.array([0, 0, 1, 1, 1, 2])),
    ],
    ids=["listed", "groups"],
)
def test_spread_is_exact_over_all_orders(pairs: Pairs) -> None:
    items = noise(6, 4) * 0.5 + 0.3
    once = np.ones((6, 1))
    dealt = [pairs.sums(items[list(order)], once) for order in permutations(range(6))]
    means = np.array([total[0] / size[0] for total, size in dealt])
    every = GroupPairs(np.zeros(6, np.intp)).sums(items, once)
    assert means.mean() == pytest.approx(every[0][0] / every[1][0])
    assert PairSpread.of(items).deviation(pairs) == pytest.approx(means.std())
    wide = items @ rotation(12)[:4]
    assert PairSpread.of(wide).deviation(pairs) == pytest.approx(means.std())


def test_sums_count_what_is_drawn() -> None:
    items, groups = noise(7, 3), np.array([0, 0, 0, 1, 1, 2, 2])
    listed = np.array([[i, j] for i in range(7) for j in range(i) if groups[i] == groups[j]])
    counts = np.random.default_rng(0).integers(0, 3, (7, 5)).astype(np.float64)
    one, other = GroupPairs(groups), ListedPairs.equal(listed)
    for found, expected in zip(one.sums(items, counts), other.sums(items, counts), strict=True):
        assert found == pytest.approx(expected)
    every = GroupPairs(np.zeros(7, np.intp)).sums(items, counts)
    apart = PairsApart((other,)).sums(items, counts)
    assert apart[0] == pytest.approx(every[0] - one.sums(items, counts)[0])
    assert PairsApart((other,)).count(7) == 21 - one.count == 21 - other.count


def dealt_within_voices(values: np.ndarray, voices: int, shuffles: int) -> np.ndarray:
    """Score "same word" with the words dealt out among the takes of each voice."""
    rng = np.random.default_rng(1)
    units = values / np.linalg.norm(values, axis=1, keepdims=True)
    by_voice = units.reshape(-1, voices, units.shape[1]).swapaxes(0, 1)
    n = by_voice.shape[1]
    scores = []
    for _ in range(shuffles):
        one, other = (voice[rng.permutation(n)] for voice in by_voice)
        cosines = one @ other.T
        same = np.trace(cosines)
        scores.append(same / n - (cosines.sum() - same) / (n * (n - 1)))
    return np.array(scores)


def test_chance_of_the_same_word_is_what_shuffling_within_voices_gives() -> None:
    values, words, speakers = spoken(40, 2)
    values += 1.5 * noise(2, 24, seed=5)[[0, 1] * 40]
    stack = takes(values, words)
    curve = by_series(score_pair_types(stack, of_voices(stack, speakers), 0))["same word"]
    scores = dealt_within_voices(stack.values[0].astype(np.float64), 2, 1000)
    low, high = np.percentile(scores, [2.5, 97.5])
    assert curve.chance_mean[0] == pytest.approx(scores.mean(), abs=0.1 * (high - low))
    assert curve.chance_low[0] == pytest.approx(low, rel=0.2)
    assert curve.chance_high[0] == pytest.approx(high, rel=0.2)


def test_chance_of_categories_is_what_shuffled_labels_give() -> None:
    stack = stack_of(noise(1, 30, 10) + 0.5)
    rng, groups = np.random.default_rng(0), np.arange(30) % 4
    labels = {word: str(group) for word, group in zip(stack.words, groups, strict=True)}
    curve = by_series(score_pair_types(stack, Facts.of_labels(labels), 0))["category"]
    units = stack.values[0].astype(np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    cosines = units @ units.T
    np.fill_diagonal(cosines, 0)

    def score(groups: np.ndarray) -> float:
        is_same = groups[:, None] == groups
        return cosines[is_same].sum() / (is_same.sum() - 30) - cosines.sum() / (30 * 29)

    assert curve.values[0] == pytest.approx(score(groups))
    shuffled = np.array([score(rng.permutation(groups)) for _ in range(2000)])
    spread = shuffled.std()
    assert curve.chance_mean[0] == pytest.approx(shuffled.mean(), abs=4 * spread / 2000**0.5)
    assert curve.chance_high[0] == pytest.approx(np.percentile(shuffled, 97.5), abs=0.35 * spread)
    assert curve.chance_low[0] == pytest.approx(np.percentile(shuffled, 2.5), abs=0.35 * spread)


def test_noise_stays_in_the_band() -> None:
    values, words, speakers = spoken(30, 2, layers=60)
    stack = takes(values, words)
    for curve in score_pair_types(stack, of_voices(stack, speakers), 0):
        is_outside = (curve.values < curve.chance_low) | (curve.values > curve.chance_high)
        assert is_outside.mean() < 0.15
        assert (curve.low < 0).mean() > 0.6


def test_what_is_planted_is_found_where_it_is() -> None:
    values, words, speakers = spoken(30, 2, layers=6)
    values[2] += noise(30, 24, seed=1).repeat(2, axis=0)
    values[4] += 1.5 * noise(2, 24, seed=2)[[0, 1] * 30]
    stack = takes(values, words)
    curves = by_series(score_pair_types(stack, of_voices(stack, speakers), 0))
    assert set(curves) == {"same word", "same speaker"}
    for series, layer in (("same word", 2), ("same speaker", 4)):
        curve = curves[series]
        assert curve.values.argmax() == layer
        assert curve.low[layer] > curve.chance_high[layer]
        assert np.flatnonzero(curve.q_values < 0.05).tolist() == [layer]


def test_voices_do_not_hide_words() -> None:
    values, words, speakers = spoken(40, 2)
    values += noise(40, 24, seed=1).repeat(2, axis=0)
    loud = values + 10 * noise(2, 24, seed=2)[[0, 1] * 40]
    stack = takes(loud, words)
    curve = by_series(score_pair_types(stack, of_voices(stack, speakers), 0))["same word"]
    assert curve.values[0] > curve.chance_high[0] > 0


def test_an_interval_covers_the_truth() -> None:
    rng, covered = np.random.default_rng(0), []
    for _ in range(60):
        values = rng.standard_normal((1, 40, 400)).repeat(2, axis=1)
        strength = np.repeat(rng.uniform(0, 2, 40), 2)[:, None]
        stack = takes(
            values * strength + rng.standard_normal(values.shape),
            tuple(f"w{i // 2}" for i in range(80)),
        )
        facts = of_voices(stack, ("a", "b") * 40)
        curve = by_series(score_pair_types(stack, facts, 0))["same word"]
        # The cosine of two takes is s^2 / (1 + s^2) with so many dimensions; s is uniform.
        truth = 1 - np.arctan(2) / 2
        covered.append(bool(curve.low[0] <= truth <= curve.high[0]))
    assert 0.8 <= np.mean(covered) <= 1


@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=15, deadline=None)
def test_rotation_scale_and_order_do_not_matter(seed: int, scale: float) -> None:
    words = (*NAMES, *NAMES)
    stack = takes(noise(2, 16, 6, seed=seed), words)
    facts = facts_of(stack, (*"aaaaaaaa", *"bbbbbbbb"))
    order = np.random.default_rng(seed).permutation(16).tolist()
    turned = takes(scale * (stack.values @ rotation(6, seed)), words).only(order)
    before = by_series(score_pair_types(stack, facts, 1))
    after = by_series(score_pair_types(turned, facts, 1))
    assert set(before) == set(after)
    for series in before:
        for name in ("values", *BOUNDS[:4]):
            assert getattr(after[series], name) == pytest.approx(
                getattr(before[series], name), abs=1e-5
            )


def test_copies_of_a_take_do_not_matter() -> None:
    values, words, speakers = spoken(8, 2)
    stack = takes(values, words)
    often = takes(values[:, [0, 0, *range(16)]], (words[0], words[0], *words))
    one = by_series(score_pair_types(stack, of_voices(stack, speakers), 0))
    facts = of_voices(often, (speakers[0], speakers[0], *speakers))
    other = by_series(score_pair_types(often, facts, 0))
    for series, curve in one.items():
        assert other[series].values == pytest.approx(curve.values)
        assert other[series].chance_high == pytest.approx(curve.chance_high)


def test_unknown_speakers_are_no_other_voices() -> None:
    values, words, speakers = spoken(12, 3)
    stack = takes(values, words)
    with pytest.raises(VgdeskError, match="by two known speakers") as refusal:
        score_pair_types(stack, NOTHING_KNOWN, 0)
    assert refusal.value.hint.startswith("Name the speakers")
    is_known = [i for i in range(36) if i % 3]
    facts = Facts(speakers=tuple((stack.rows[i], speakers[i]) for i in is_known))
    some, known = (
        by_series(score_pair_types(one, facts, 0)) for one in (stack, stack.only(is_known))
    )
    assert set(some) == {"same word", "same speaker"}
    for series, curve in known.items():
        assert np.array_equal(some[series].values, curve.values)


def test_as_published_chance_keeps_the_takes_of_a_word_together() -> None:
    values, words, speakers = spoken(12, 4)
    stack = takes(values, words)
    by_two = of_voices(stack, tuple("aabb"[int(name[-1])] for name in speakers))
    published = {
        who: {one.series: one.trace.chance for one in score_as_published(stack, facts, 0)}
        for who, facts in (("two", by_two), ("unknown", NOTHING_KNOWN))
    }
    assert "the words of each speaker, with all their takes" in published["two"]["same word"]
    assert "the speakers of each word, with all their takes" in published["two"]["same speaker"]
    assert set(published["unknown"]) == {"same word"}
    assert "tests whether takes of a word are alike" in published["unknown"]["same word"]


def test_a_written_list_has_no_takes_to_compare() -> None:
    stack = stack_of(noise(2, 8, 4), rows=NAMES, words=NAMES)
    found = by_series(score_pair_types(stack, facts_of(stack), 0))
    assert set(found) == {"near-homophone", "synonym", "category"}


def test_equal_words_score_0() -> None:
    _, words, speakers = spoken(12, 2)
    stack = takes(np.full((1, 24, 6), 0.1), words)
    for curve in score_pair_types(stack, of_voices(stack, speakers), 0):
        for name in ("values", *BOUNDS[:4]):
            assert getattr(curve, name) == pytest.approx(0, abs=1e-5)
        assert curve.q_values == pytest.approx(1)


def test_a_list_without_pairs_is_explained() -> None:
    with pytest.raises(VgdeskError, match="no two words are related") as refusal:
        score_pair_types(stack_of(noise(1, 12, 4)), NOTHING_KNOWN, 0)
    assert refusal.value.hint
    one = takes(noise(1, 12, 4), ("dog",) * 12)
    with pytest.raises(VgdeskError):
        score_pair_types(one, NOTHING_KNOWN, 0)
    with pytest.raises(TooFewWordsError):
        score_pair_types(one.only(range(3)), NOTHING_KNOWN, 0)


def test_few_pairs_say_so() -> None:
    values, words, speakers = spoken(25, 2)
    stack = takes(values, words)
    known = of_voices(stack, speakers)
    pair = ((WordId("w000"), WordId("w001")),)
    curves = by_series(score_pair_types(stack, Facts(speakers=known.speakers, synonyms=pair), 0))
    assert curves["same word"].trace.warning == ""
    assert curves["synonym"].trace.warning == "Too few pairs to trust: only 1."
    few = by_series(score_pair_types(stack.only(range(30)), known, 0))
    assert few["same word"].trace.warning.startswith("Too few words to trust")
