"""Each score by a second way, and what becomes of it when vectors say nothing."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.spatial.distance import cdist
from scipy.stats import pearsonr, rankdata, spearmanr
from sklearn.covariance import ledoit_wolf

from training.evaluation import alignment, effect, meaning
from training.evaluation.answers import RESAMPLES
from training.evaluation.listed import Listed
from training.evaluation.parts import Parts, answer_of, correlated, weights
from training.words import Role, TrainingWord
from vgdesk.analyses.layers.cka import debiased_cka
from vgdesk.analyses.sequences.edit_distance import edit_distances
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack

LAYERS, WORDS, DIM, KINDS = 3, 120, 16, 4


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def words() -> tuple[TrainingWord, ...]:
    roles = [Role.PICTURED, Role.HELD_OUT, Role.PLAIN]
    return tuple(TrainingWord(f"w{i}", roles[i % 3], (f"P{i}",)) for i in range(WORDS))


def codes_of(chance: np.random.Generator) -> NDArray[np.int64]:
    return chance.permutation(np.arange(WORDS) % KINDS)


def test_a_correlation_is_the_mean_of_its_parts(chance: np.random.Generator) -> None:
    likeness = chance.normal(size=(LAYERS, 60)).round(1)  # with ties
    ratings = (likeness[0] + chance.normal(size=60)).round(1)
    expected = [spearmanr(ratings, layer).statistic for layer in likeness]
    np.testing.assert_allclose(correlated(ratings, likeness).mean(axis=1), expected)


@pytest.mark.slow
def test_parts_drawn_again_are_correlations_drawn_again(chance: np.random.Generator) -> None:
    likeness = chance.normal(size=(1, 400))
    ratings = likeness[0] + chance.normal(size=400)
    items = np.arange(800).reshape(400, 2)
    drawn = weights(items)
    quick = drawn @ correlated(ratings, likeness)[0]
    rows = [chance.choice(400, 400, p=draw) for draw in drawn]
    slow = [spearmanr(ratings[row], likeness[0, row]).statistic for row in rows]
    again = [chance.integers(0, 400, 400) for _ in range(500)]
    plain = np.std([spearmanr(ratings[row], likeness[0, row]).statistic for row in again])
    assert np.corrcoef(quick, slow)[0, 1] > 0.6  # `slow` draws once more, which adds noise
    assert plain < quick.std() < 2 * plain  # pairs without a common word: root of 3, as is said


def test_draws_without_any_pair_are_left_out() -> None:
    drawn = weights(np.arange(6).reshape(3, 2))
    assert 0 < len(drawn) < RESAMPLES
    np.testing.assert_allclose(drawn.sum(axis=1), 1)


def test_neighbours_are_counted_as_in_loops(chance: np.random.Generator) -> None:
    codes, values = codes_of(chance), chance.normal(size=(WORDS, DIM))
    values[:, :KINDS] += np.eye(KINDS)[codes]
    units = values / np.linalg.norm(values, axis=1, keepdims=True)
    for word, is_right in enumerate(meaning.neighbours_agree(units, codes)):
        others = [i for i in np.argsort(-(units @ units[word]), kind="stable") if i != word]
        nearest = others[: meaning.NEIGHBOURS]
        votes = [
            (
                sum(codes[i] == kind for i in nearest),
                sum(units[i] @ units[word] for i in nearest if codes[i] == kind),
                kind,
            )
            for kind in range(KINDS)
        ]
        assert is_right == (max(votes)[2] == codes[word])


def test_discriminants_solve_the_eigenproblem(chance: np.random.Generator) -> None:
    codes = codes_of(chance)
    values = chance.normal(size=(WORDS, DIM)) + np.eye(DIM)[codes] * 2
    means = np.stack([values[codes == kind].mean(axis=0) for kind in range(KINDS)])
    rest = values - means[codes]
    scale = rest.std(axis=0)
    within = ledoit_wolf(rest / scale, assume_centered=True)[0] * np.outer(scale, scale)
    between = np.cov(means[codes], rowvar=False, bias=True)
    expected = values @ eigh(between, within)[1][:, :-KINDS:-1]
    found = values @ meaning.scaled_discriminants(values, codes)
    np.testing.assert_allclose(cdist(found, found), cdist(expected, expected), rtol=1e-6)


def test_kinds_are_found_where_they_are_and_nowhere_else(chance: np.random.Generator) -> None:
    codes = codes_of(chance)
    noise = chance.normal(size=(WORDS, DIM))
    fits, floor = meaning.held_out_silhouettes(noise, codes)
    assert abs(fits.mean() - floor) < 0.04
    assert meaning.held_out_silhouettes(noise + 6 * np.eye(DIM)[codes], codes)[0].mean() > 0.4


def test_vectors_without_meaning_score_by_chance(
    chance: np.random.Generator, words: tuple[TrainingWord, ...]
) -> None:
    values = chance.normal(size=(LAYERS, WORDS, DIM))
    kinds = {word.text: f"noun.{i // 3 % KINDS}" for i, word in enumerate(words)}
    rated = [(a.text, b.text, chance.normal()) for a, b in combinations(words, 2)]
    found = meaning.meaning_parts(Listed(words, values, values, values), {"MEN": rated}, kinds)
    groups = {(parts.test, parts.measure, parts.group) for parts in found}
    assert groups == {
        *(("MEN", "Spearman", group) for group in ("pictured", "held-out", "plain", "all")),
        *(
            ("supersense", measure, group)
            for measure in ("5 nearest", "silhouette")
            for group in ("pictured", "held-out", "plain")
        ),
    }
    for parts in found:
        answer = answer_of(parts, "text", "untrained", 0)
        assert answer.scores == pytest.approx([answer.chance] * LAYERS, abs=0.3)
        assert all(
            low <= score <= high
            for low, score, high in zip(answer.lows, answer.scores, answer.highs, strict=True)
        )


def test_alignment_is_the_programs_own_and_its_parts_are_what_each_word_adds(
    chance: np.random.Generator,
) -> None:
    a = chance.normal(size=(WORDS, DIM))
    b = a @ chance.normal(size=(DIM, 9)) + 2 * chance.normal(size=(WORDS, 9))
    parts = alignment.aligned(a, b)
    names = tuple(f"w{i}" for i in range(WORDS))
    stacks = [
        LayerStack(
            EncoderId(name),
            ("0",),
            names,
            tuple(map(WordId, names)),
            values[None].astype(np.float32),
        )
        for name, values in (("a", a), ("b", b))
    ]
    expected = debiased_cka(*stacks).values[0, 0]
    assert parts.mean() == pytest.approx(expected, abs=1e-5)
    without = [
        alignment.aligned(np.delete(a, i, 0), np.delete(b, i, 0)).mean() for i in range(WORDS)
    ]
    assert pearsonr(parts, parts.mean() - np.array(without)).statistic > 0.99
    spread = np.std(without) * (WORDS - 1)
    assert parts.std() == pytest.approx(spread, rel=0.15)


def test_phones_are_edited_as_in_loops(chance: np.random.Generator) -> None:
    words = [tuple(chance.choice(list("abc"), chance.integers(1, 7))) for _ in range(25)]
    found = edit_distances(words)
    for i, j in np.ndindex(found.shape):
        assert found[i, j] == edits(words[i], words[j]) / max(len(words[i]), len(words[j]))


def edits(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    if not a or not b:
        return len(a) + len(b)
    if a[-1] == b[-1]:
        return edits(a[:-1], b[:-1])
    return 1 + min(edits(a[:-1], b), edits(a, b[:-1]), edits(a[:-1], b[:-1]))


def test_likeness_is_counted_as_in_loops(
    chance: np.random.Generator, words: tuple[TrainingWord, ...]
) -> None:
    one, other = chance.normal(size=(2, 1, WORDS, DIM))
    known = np.arange(0, WORDS, 2)
    pairs = {alignment.SAME_WORD: known[:, None], "synonym": chance.choice(known, (40, 2))}
    found = alignment.likeness_parts(Listed(words, one, one, other), pairs)

    def cosine(i: int, j: int) -> float:
        a, b = one[0, i], other[0, j]
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    unlike = np.mean([cosine(i, j) for i in known for j in known if i != j])
    same, synonym = (next(p for p in found if p.test == k and p.group == "all") for k in pairs)
    np.testing.assert_allclose(same.values[0], [cosine(i, i) - unlike for i in known])
    both = [(cosine(i, j) + cosine(j, i)) / 2 - unlike for i, j in pairs["synonym"]]
    np.testing.assert_allclose(synonym.values[0], both)


@pytest.mark.slow
def test_swapped_parts_give_the_same_p_as_swapped_ranks(chance: np.random.Generator) -> None:
    ratings, noise = chance.normal(size=(2, 80))
    plain = ratings + noise
    for strength in (1.0, 1.5, 2.0):
        grounded = strength * ratings + noise + chance.normal(size=80)
        parts = correlated(ratings, grounded[None]) - correlated(ratings, plain[None])
        given, one, other = (rankdata(values) for values in (ratings, plain, grounded))
        swapped = []
        for swap in chance.random((4000, 80)) < 0.5:
            both = np.where(swap, other, one), np.where(swap, one, other)
            swapped.append(np.subtract(*(np.corrcoef(given, ranks)[0, 1] for ranks in both)))
        p = np.mean(np.abs(swapped) >= abs(parts.mean()))
        assert effect.p_values(parts, np.arange(80)[:, None])[0] == pytest.approx(p, abs=0.04)


def test_without_an_effect_p_is_anything_and_with_one_it_is_small(
    chance: np.random.Generator,
) -> None:
    parts = chance.normal(size=(400, 50))
    items = np.arange(50)[:, None]
    assert np.mean(effect.p_values(parts, items) < 0.1) == pytest.approx(0.1, abs=0.05)
    assert (effect.p_values(parts + 1, items) < 0.01).all()


def test_what_shares_its_luck_is_exchanged_together(chance: np.random.Generator) -> None:
    kinds = np.repeat(np.arange(12), 20)
    parts = chance.normal(size=(400, 12))[:, kinds]
    assert np.mean(effect.p_values(parts, kinds[:, None]) < 0.1) == pytest.approx(0.1, abs=0.05)
    one_by_one = effect.p_values(parts, np.arange(240)[:, None])
    assert np.mean(one_by_one < 0.1) > 0.5


def test_an_effect_is_the_mean_over_seeds_with_the_blocks_together(
    chance: np.random.Generator,
) -> None:
    items = np.arange(50)[:, None]
    plain = [chance.normal(size=(LAYERS, 50)) for _ in range(3)]
    more = [Parts("t", "m", "g", values + np.arange(3.0)[:, None], items) for values in plain]
    less = [Parts("t", "m", "g", values, items) for values in plain]
    found = list(effect.effects(more, less, "text", "grounded - plain"))
    assert [one.layer for one in found] == ["0", "1", "2", effect.ALL_BLOCKS]
    assert [one.difference for one in found] == pytest.approx([0, 1, 2, 1.5])
    assert found[3].seeds == pytest.approx((1.5, 1.5, 1.5))
    assert found[3].low == pytest.approx(1.5) == found[3].high
    assert found[0].p > 0.5 > 0.01 > found[1].p
