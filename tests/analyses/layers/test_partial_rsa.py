from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.rsa import correlation, distances, partial
from vgdesk.analyses.layers.partial_rsa import partial_rsa
from vgdesk.analyses.layers.rsa import spearman_rsa
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts, WordFacts
from vgdesk.core.model import WordId


def facts_of(words: int, *, seed: int = 0, columns: int = 1) -> Facts:
    """Make words that differ in length, phones and numbers."""
    rng = np.random.default_rng(seed)
    return Facts(
        tuple(
            WordFacts(
                WordId(f"w{i:04}"),
                "x" * int(rng.integers(2, 9)),
                phones=("t",) * int(rng.integers(1, 7)),
                numbers=tuple((f"n{k}", float(rng.normal())) for k in range(columns)),
            )
            for i in range(words)
        )
    )


def known_differences(facts: Facts) -> list[list[float]]:
    rows = [
        [len(word.phones), len(word.text), *(number for _, number in word.numbers)]
        for word in facts.words
    ]
    columns = zip(*rows, strict=True)
    return [[abs(x - y) for x, y in combinations(column, 2)] for column in columns]


def residuals(pairs: list[float], out: list[list[float]]) -> np.ndarray:
    design = np.column_stack([np.ones(len(pairs)), *(rankdata(column) for column in out)])
    own = rankdata(pairs)
    return own - design @ np.linalg.lstsq(design, own, rcond=None)[0]


@pytest.mark.slow
@pytest.mark.parametrize(("words", "columns"), [(5, 0), (9, 1), (12, 2)])
def test_it_is_the_definition(words: int, columns: int) -> None:
    a, b, facts = noise(2, words, 6), noise(3, words, 5, seed=1), facts_of(words, columns=columns)
    found = partial_rsa(stack_of(a), stack_of(b), facts).values
    out = known_differences(facts)
    expected = [[partial(distances(x), distances(y), out) for y in b] for x in a]
    assert found == pytest.approx(np.array(expected), abs=1e-5)


def test_it_is_the_definition_with_many_words() -> None:
    a, facts = noise(2, 150, 6), facts_of(150)
    found = partial_rsa(stack_of(a), stack_of(a), facts).values
    one, other = (residuals(distances(layer), known_differences(facts)) for layer in a)
    assert found[0, 1] == pytest.approx(np.corrcoef(one, other)[0, 1], abs=1e-5)
    assert np.diag(found) == pytest.approx(1)


@pytest.mark.parametrize("words", [5, 6])
def test_chance_is_exact_over_all_orders(words: int) -> None:
    a, b, facts = noise(1, words, 6), noise(1, words, 5, seed=1), facts_of(words, columns=0)
    result = partial_rsa(stack_of(a), stack_of(b), facts)
    out = known_differences(facts)
    one, other = (residuals(distances(x[0]), out) for x in (a, b))
    upper = np.triu_indices(words, 1)
    matrix = np.zeros((words, words))
    matrix[upper] = one
    matrix += matrix.T
    orders = [list(order) for order in permutations(range(words))]
    values = [correlation(matrix[np.ix_(order, order)][upper], other) for order in orders]
    assert result.chance_mean[0, 0] == pytest.approx(np.mean(values), abs=1e-6)
    assert result.chance_sd[0, 0] == pytest.approx(np.std(values), abs=1e-6)


def with_length(words: int, facts: Facts, *, seed: int) -> np.ndarray:
    """Make vectors that point the further apart, the more words differ in written length."""
    length = np.array([len(word.text) for word in facts.words])
    angle = length * 0.3
    profiles = rotation(40)[:2] * 40**0.5
    mean = np.cos(angle)[:, None] * profiles[0] + np.sin(angle)[:, None] * profiles[1]
    return mean[None] + 0.5 * noise(1, words, 40, seed=seed)


def test_what_two_layers_owe_to_length_alone_is_gone() -> None:
    facts = facts_of(80)
    a, b = (stack_of(with_length(80, facts, seed=seed)) for seed in (1, 2))
    before, after = spearman_rsa(a, b), partial_rsa(a, b, facts)
    assert before.values[0, 0] > 0.5
    assert before.q_values[0, 0] < 1e-6
    assert abs(after.values[0, 0]) < 0.15 * before.values[0, 0]


def test_what_they_share_beyond_length_stays() -> None:
    facts = facts_of(80)
    a, b = with_length(80, facts, seed=1), with_length(80, facts, seed=2)
    shared = noise(1, 80, 40, seed=3)
    after = partial_rsa(stack_of(a + shared), stack_of(b + shared), facts)
    assert after.values[0, 0] > 0.3
    assert after.q_values[0, 0] < 1e-6


def test_a_layer_of_word_length_alone_scores_zero() -> None:
    is_long = np.arange(9) % 2
    layer = np.array([[1, -1, 0, 0], [0, 0, 1, -1]])[is_long]
    facts = Facts(
        tuple(
            WordFacts(WordId(f"w{i:04}"), "longer" if long else "long")
            for i, long in enumerate(is_long)
        )
    )
    a, b = stack_of(layer), stack_of(noise(1, 9, 6))
    assert spearman_rsa(a, b).values[0, 0] != 0
    assert partial_rsa(a, b, facts).values[0, 0] == 0
    assert partial_rsa(a, b, facts).chance_sd[0, 0] == 0


def test_numbers_count_by_rank() -> None:
    a, b = stack_of(noise(2, 12, 6)), stack_of(noise(2, 12, 6, seed=1))
    numbers = 10.0 ** (np.arange(12) % 5)
    plain, scaled = (
        Facts(
            tuple(
                WordFacts(word, "same", numbers=(("frequency", scale * float(number)),))
                for word, number in zip(a.words, numbers, strict=True)
            )
        )
        for scale in (1.0, 1e300)
    )
    assert partial_rsa(a, b, plain).values == pytest.approx(partial_rsa(a, b, scaled).values)


@given(seed=st.integers(0, 2**32 - 1), words=st.integers(8, 24))
@settings(max_examples=20, deadline=None)
def test_sides_and_order_do_not_matter(seed: int, words: int) -> None:
    a, b = noise(2, words, 6, seed=seed), noise(3, words, 9, seed=seed + 1)
    facts, order = facts_of(words, seed=seed), np.random.default_rng(seed).permutation(words)
    one, other = stack_of(a), stack_of(b)
    result = partial_rsa(one, other, facts)
    swapped = partial_rsa(other, one, facts)
    reordered = partial_rsa(one.only(order), other.only(order), facts)
    assert pytest.approx(result.values) == swapped.values.T
    assert reordered.values == pytest.approx(result.values)
    assert reordered.chance_sd == pytest.approx(result.chance_sd)


def test_words_of_which_something_is_unknown_are_left_out() -> None:
    stack, facts = stack_of(noise(2, 12, 6)), facts_of(12)
    first = facts.words[0]
    some = Facts((WordFacts(first.word, first.text), *facts.words[1:]))
    result = partial_rsa(stack, stack, some)
    assert result.trace.n == 11
    without = stack.only(range(1, 12))
    expected = partial_rsa(without, without, facts).values
    assert result.values == pytest.approx(expected, abs=1e-12)


def test_a_column_that_is_mostly_empty_is_not_used() -> None:
    stack, facts = stack_of(noise(2, 12, 6)), facts_of(12, columns=0)
    rare = tuple(
        WordFacts(w.word, w.text, phones=w.phones, numbers=(("rare", i),) if i < 5 else ())
        for i, w in enumerate(facts.words)
    )
    result = partial_rsa(stack, stack, Facts(rare))
    assert result.trace.n == 12
    assert "rare" not in result.trace.estimator
    assert "number of phones, written length" in result.trace.estimator


@pytest.mark.parametrize(
    "facts",
    [
        NOTHING_KNOWN,
        Facts(tuple(WordFacts(WordId(f"w{i:04}"), "same") for i in range(12))),
        Facts(tuple(WordFacts(WordId(f"other{i}"), "x" * i) for i in range(12))),
    ],
    ids=["nothing", "nothing differs", "other words"],
)
def test_a_missing_control_variable_is_reported(facts: Facts) -> None:
    stack = stack_of(noise(1, 12, 6))
    with pytest.raises(VgdeskError, match="do not differ in any known property") as refusal:
        partial_rsa(stack, stack, facts)
    assert "frequency" in refusal.value.hint


def test_too_few_words_with_everything_known_are_refused() -> None:
    stack, facts = stack_of(noise(1, 6, 6)), facts_of(6)
    half = Facts(
        tuple(
            WordFacts(w.word, w.text, phones=w.phones if i < 3 else (), numbers=())
            for i, w in enumerate(facts.words)
        )
    )
    with pytest.raises(TooFewWordsError, match="number of phones"):
        partial_rsa(stack, stack, half)
