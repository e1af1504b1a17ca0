import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.sequences import edits
from tests.reference.word_pairs import all_pairs, cosine
from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.lexicon import phonological_distance
from vgdesk.analyses.lexicon.pair_correlation import (
    cosine_distances,
    standard_ranks,
)
from vgdesk.analyses.lexicon.phonetic_features import ipa_symbols, substitution_costs
from vgdesk.analyses.lexicon.phonological_distance import (
    ARTICULATORY_DISTANCE,
    PHONE_DISTANCE,
    PHONE_DISTANCE_PUBLISHED,
)
from vgdesk.analyses.sequences.edit_distance import edit_distances
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

ALL = pytest.mark.parametrize(
    "measure", [PHONE_DISTANCE, PHONE_DISTANCE_PUBLISHED, ARTICULATORY_DISTANCE], ids=lambda m: m.id
)
SEEDS = st.integers(0, 2**32 - 1)
LISTED = "P B T D K G S Z SH CH M N AA AE IY UW OW AY"
PHONES = np.array(LISTED.split())


def sounds(words: int, seed: int = 0) -> list[tuple[str, ...]]:
    rng = np.random.default_rng(seed)
    return [tuple(rng.choice(PHONES, rng.integers(2, 7)).tolist()) for _ in range(words)]


def scored(
    measure: CurveAnalysis, stack: LayerStack, said: list[tuple[str, ...]], seed: int = 0
) -> LayerCurve:
    pairs = zip(stack.words, said, strict=True)
    facts = Facts(tuple(WordFacts(word, word, phones=phones) for word, phones in pairs))
    (curve,) = measure.compute(stack, facts, seed)
    return curve


def form_distances(measure: CurveAnalysis, said: list[tuple[str, ...]]) -> np.ndarray:
    """Return what vectors are correlated with, in plain loops."""
    if measure is PHONE_DISTANCE_PUBLISHED:
        texts = [" ".join(word) for word in said]
        return np.array([[edits(one, other) for other in texts] for one in texts])
    if measure is PHONE_DISTANCE:
        return np.array([[edits(one, other) for other in said] for one in said])
    symbols = [ipa_symbols(word) for word in said]
    costs = substitution_costs(symbols)
    return np.array([[edits(a, b, lambda *pair: costs[pair]) for b in symbols] for a in symbols])


def expected_score(layer: np.ndarray, table: np.ndarray) -> float:
    upper = np.triu_indices(len(layer), 1)
    # Three thirds are one also where their sum is not.
    table = table.round(9)
    return float(spearmanr(1 - all_pairs(cosine, layer)[upper], table[upper]).statistic)


def heard(said: list[tuple[str, ...]], seed: int = 0) -> np.ndarray:
    """Make vectors that count phones, with noise."""
    counts = np.array([[word.count(phone) for phone in PHONES] for word in said])
    return counts + 0.3 * noise(len(said), len(PHONES), seed=seed)


@ALL
def test_it_is_the_definition(measure: CurveAnalysis) -> None:
    said = sounds(30)
    stack = stack_of(np.stack([heard(said), noise(30, len(PHONES))]))
    table = form_distances(measure, said)
    expected = [expected_score(layer, table) for layer in stack.values]
    assert scored(measure, stack, said).values == pytest.approx(np.array(expected), abs=1e-6)


@pytest.mark.slow
def test_ranks_are_those_of_scipy_in_a_narrow_cone() -> None:
    values = (noise(400, 60) + 100).astype(np.float32)
    table = edit_distances(sounds(400))
    found = scored(PHONE_DISTANCE, stack_of(values), sounds(400)).values[0]
    units = values.astype(np.longdouble)
    units /= np.sqrt((units**2).sum(axis=1, keepdims=True))
    units -= units.mean(axis=0)
    upper = np.triu_indices(400, 1)
    squares = (units**2).sum(axis=1)
    chords = (squares[:, None] + squares - 2 * units @ units.T)[upper].astype(np.float64)
    assert found == pytest.approx(spearmanr(chords, table[upper]).statistic, abs=1e-6)


def test_cosine_distances_are_the_definition() -> None:
    values = noise(12, 4)
    values[3] = 0
    values[5] = 7 * values[6]
    found, expected = cosine_distances(values), 1 - all_pairs(cosine, values)
    off = ~np.eye(12, dtype=bool)
    assert found[off] == pytest.approx(expected[off], abs=1e-12)
    assert found[5, 6] == pytest.approx(0, abs=1e-15)


def test_equal_pairs_share_a_rank() -> None:
    distances = np.abs(np.subtract.outer([0, 0, 0, 1, 1], [0, 0, 0, 1, 1])).astype(float)
    ranks = standard_ranks(distances)
    assert len(np.unique(ranks[np.triu_indices(5, 1)])) == 2
    assert not standard_ranks(np.ones((5, 5))).any()


@ALL
def test_chance_is_what_shuffled_words_give(measure: CurveAnalysis) -> None:
    said = sounds(24)
    stack = stack_of(heard(said))
    result = scored(measure, stack, said)
    rng, table = np.random.default_rng(1), form_distances(measure, said)
    upper = np.triu_indices(24, 1)
    cosines = (1 - all_pairs(cosine, stack.values[0]))[upper]
    orders = [rng.permutation(24) for _ in range(300)]
    mixed = [spearmanr(cosines, table[np.ix_(o, o)][upper]).statistic for o in orders]
    spread = np.std(mixed)
    assert result.chance_mean[0] == pytest.approx(np.mean(mixed), abs=0.3 * spread)
    for found, percentile in ((result.chance_low, 2.5), (result.chance_high, 97.5)):
        assert found[0] == pytest.approx(np.percentile(mixed, percentile), abs=0.7 * spread)


def test_the_interval_is_that_of_words_drawn_again() -> None:
    said = sounds(40)
    stack = stack_of(heard(said))
    result = scored(PHONE_DISTANCE, stack, said)
    rng, table = np.random.default_rng(1), form_distances(PHONE_DISTANCE, said)
    cosines, rates = 1 - all_pairs(cosine, stack.values[0]), []
    for _ in range(300):
        drawn = rng.integers(0, 40, 40)
        i, j = (drawn[side] for side in np.triu_indices(40, 1))
        rates.append(spearmanr(cosines[i, j][i != j], table[i, j][i != j]).statistic)
    low, high = np.percentile(rates, [2.5, 97.5])
    assert result.high[0] - result.low[0] == pytest.approx(high - low, rel=0.25)
    assert result.low[0] == pytest.approx(low, abs=0.05)


@ALL
def test_sound_is_found_at_the_layer_where_it_is(measure: CurveAnalysis) -> None:
    said = sounds(60)
    values = noise(7, 60, len(PHONES))
    values[4] = heard(said)
    result = scored(measure, stack_of(values), said)
    assert result.values.argmax() == 4
    assert result.low[4] > result.chance_high[4]
    assert result.values[4] > 0.15
    others = np.delete(result.values, 4)
    assert np.abs(others).max() < 0.12


@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=15, deadline=None)
def test_rotation_lengths_and_order_do_not_matter(seed: int, scale: float) -> None:
    said, order = sounds(20, seed), np.random.default_rng(seed).permutation(20)
    values = noise(2, 20, 5, seed=seed)
    turned = scale * (1 + np.arange(20))[:, None] * (values @ rotation(5, seed))
    one = scored(PHONE_DISTANCE, stack_of(values), said)
    other = scored(PHONE_DISTANCE, stack_of(turned[:, order]), [said[i] for i in order])
    assert other.values == pytest.approx(one.values, abs=2e-3)


def test_words_without_a_pronunciation_are_left_out() -> None:
    stack = stack_of(noise(2, 30, 5))
    some = scored(PHONE_DISTANCE, stack, [*sounds(22), *[()] * 8])
    only = scored(PHONE_DISTANCE, stack.only(range(22)), sounds(22))
    assert some.trace.n == 22
    assert np.array_equal(some.values, only.values)
    with pytest.raises(TooFewWordsError, match="only 3 of 30"):
        scored(PHONE_DISTANCE, stack, [*sounds(3), *[()] * 27])


def test_words_with_unknown_symbols_are_counted() -> None:
    stack = stack_of(noise(1, 30, 5))
    said = [*sounds(28), ("K", "5"), ("%", "AA")]
    result = scored(ARTICULATORY_DISTANCE, stack, said)
    assert result.trace.n == 28
    assert result.trace.warning == (
        "Words left out: 2, because these symbols are not in the IPA chart: % 5."
    )
    assert scored(PHONE_DISTANCE, stack, said).trace.n == 30


def test_a_long_list_is_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    said = sounds(120)
    stack = stack_of(heard(said))
    whole = scored(PHONE_DISTANCE, stack, said)
    monkeypatch.setattr(phonological_distance, "MOST_WORDS", 60)
    some = scored(PHONE_DISTANCE, stack, said)
    assert some.trace.n == 60
    assert "60 words drawn from 120" in some.trace.estimator
    assert some.values[0] == pytest.approx(whole.values[0], abs=0.1)
    assert some.high[0] - some.low[0] > whole.high[0] - whole.low[0]


@ALL
def test_few_words_are_warned_about(measure: CurveAnalysis) -> None:
    for words, warning in ((20, ""), (19, "Too few words to trust: only 19 with a pronunciation.")):
        result = scored(measure, stack_of(noise(1, words, 4)), sounds(words))
        assert result.trace.warning == warning
