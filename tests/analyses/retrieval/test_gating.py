"""Gating: ranks by plain loops, planted recognition points, and what stands for each word."""

import numpy as np
import pytest

from tests.analyses.stacks import noise, rotation, stack_of
from vgdesk.analyses.retrieval.gating import rank_gates, unique_phone
from vgdesk.core.details import GatingResult
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts, WordFacts
from vgdesk.core.gates import Condition, Heard
from vgdesk.core.model import WordId
from vgdesk.core.stack import LayerStack

WORDS = [f"word {i}" for i in range(8)]


def heard(count: int, condition: Condition = Condition.START, take: str = "new") -> Heard:
    return Heard(
        WordId("word 2"), take, condition, tuple(0.1 * (gate + 1) for gate in range(count))
    )


def ranked(gates: np.ndarray, words: np.ndarray) -> GatingResult:
    """Rank gates against words that have one take each, by nobody known."""
    takes = stack_of(words, words=WORDS)
    return rank_gates(stack_of(gates), takes, heard(gates.shape[1]), 0, NOTHING_KNOWN)


def loops(gate: np.ndarray, words: np.ndarray, own: int) -> float:
    mean = [sum(word[d] for word in words) / len(words) for d in range(len(gate))]
    cosines = []
    for word in words:
        a, b = gate - mean, word - mean
        cosines.append(sum(a * b) / (sum(a * a) ** 0.5 * sum(b * b) ** 0.5))
    nearer = [c for c in cosines if c > cosines[own] + 1e-9]
    tied = [c for c in cosines if abs(c - cosines[own]) <= 1e-9]
    return len(nearer) + (len(tied) + 1) / 2


def test_ranks_are_those_of_the_definition() -> None:
    gates, words = noise(3, 5, 6, seed=1), noise(3, 8, 6)
    words[:, 5] = words[:, 2]  # pronounced and heard alike: both share their places
    result = ranked(gates, words)
    narrow = gates.astype(np.float32).astype(float), words.astype(np.float32).astype(float)
    expected = [[loops(g, ws, 2) for g in gs] for gs, ws in zip(*narrow, strict=True)]
    assert result.ranks.tolist() == expected
    assert any(rank % 1 for rank in np.ravel(expected))


def test_a_word_that_grows_out_of_another_is_recognised_where_it_overtakes_it() -> None:
    words = noise(2, 8, 64)
    share = np.array([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])[:, None]
    gates = np.stack([(1 - share) * layer[4] + share * layer[2] for layer in words])
    gates[1, 1] = words[1, 2]  # first for a moment only
    result = ranked(gates, words)
    assert result.recognised == pytest.approx((0.4, 0.4))
    assert result.competitors[0][0] == "word 4"
    assert (result.ranks[1] == 1).tolist() == [False, True, False, True, True, True]


def test_a_word_that_is_never_first_is_not_recognised() -> None:
    words = noise(1, 8, 16)
    result = ranked(words[:, [4, 4]], words)
    assert result.recognised == (None,)


def test_what_does_not_differ_from_the_mean_is_ranked_in_the_middle() -> None:
    words = np.broadcast_to(noise(1, 1, 6) + 1e4, (1, 8, 6))
    assert ranked(words[:, :3], words).ranks.tolist() == [[4.5, 4.5, 4.5]]


def test_rotation_and_scale_do_not_matter() -> None:
    gates, words = noise(2, 5, 6, seed=1), noise(2, 8, 6)
    turned = ranked(3 * gates @ rotation(6), 3 * words @ rotation(6))
    assert np.array_equal(ranked(gates, words).ranks, turned.ranks)


def test_the_opposite_of_what_is_heard_is_ranked_in_reverse() -> None:
    words = noise(1, 8, 6)
    gates = noise(1, 20, 6, seed=1)
    mirrored = 2 * words.mean(axis=1, keepdims=True) - gates
    assert np.allclose(ranked(gates, words).ranks + ranked(mirrored, words).ranks, 9)


def test_a_word_dealt_out_at_random_has_the_rank_of_chance() -> None:
    words, gates = noise(1, 8, 6), noise(1, 5, 6, seed=1)
    words[:, 5] = words[:, 2]
    dealt = [ranked(gates, np.roll(words, shift, axis=1)) for shift in range(8)]
    mean = np.mean([result.ranks for result in dealt], axis=0)
    assert np.allclose(mean, dealt[0].chance)


def two_speakers() -> tuple[LayerStack, Facts]:
    names = [f"{word}-{who}" for word in WORDS for who in "ab"]
    stack = stack_of(noise(2, 16, 8), rows=names, words=[w for w in WORDS for _ in "ab"])
    return stack, Facts(speakers=tuple((row, row[-1]) for row in names))


def test_words_are_made_of_takes_of_other_speakers_where_there_are_some() -> None:
    takes, facts = two_speakers()
    gates = takes.only([takes.rows.index("word 2-a")])
    found = rank_gates(gates, takes, heard(1, take="word 2-a"), 0, facts)
    only_b = takes.only([i for i, row in enumerate(takes.rows) if row.endswith("b")])
    other = rank_gates(gates, only_b, heard(1, take="unknown"), 0, NOTHING_KNOWN)
    assert np.array_equal(found.ranks, other.ranks)
    assert "other speakers" in found.trace.estimator
    assert "itself" not in found.trace.warning


def test_without_speakers_words_are_made_of_all_other_takes() -> None:
    takes, _ = two_speakers()
    place = takes.rows.index("word 2-a")
    found = rank_gates(takes.only([place]), takes, heard(1, take="word 2-a"), 0, NOTHING_KNOWN)
    others = takes.only([i for i in range(16) if i != place])
    same = rank_gates(takes.only([place]), others, heard(1), 0, NOTHING_KNOWN)
    assert np.array_equal(found.ranks, same.ranks)
    assert "all other takes" in found.trace.estimator


def test_a_word_said_once_is_compared_with_itself_and_the_result_says_so() -> None:
    takes = stack_of(noise(2, 8, 8), words=WORDS)
    found = rank_gates(takes.only([2]), takes, heard(1, take="w0002"), 0, NOTHING_KNOWN)
    assert (found.ranks == 1).all()
    assert "itself" in found.trace.estimator
    assert "itself" in found.trace.warning


def test_a_word_that_is_not_of_the_list_is_refused() -> None:
    takes = stack_of(noise(1, 8, 4), words=[f"other {i}" for i in range(8)])
    with pytest.raises(VgdeskError, match="word 2"):
        rank_gates(takes.only([0]), takes, heard(1), 0, NOTHING_KNOWN)


def test_two_takes_of_two_words_are_too_few() -> None:
    takes = stack_of(noise(1, 4, 4), words=["word 1", "word 1", "word 2", "word 2"])
    with pytest.raises(TooFewWordsError):
        rank_gates(takes.only([0]), takes, heard(1), 0, NOTHING_KNOWN)


PHONES = {
    WordId(text): tuple(text) for text in ("cat", "cap", "captain", "dog", "do", "key", "keys")
}


@pytest.mark.parametrize(
    ("word", "phone"),
    [("cat", 3), ("cap", None), ("captain", 4), ("dog", 3), ("do", None), ("keys", 4)],
)
def test_the_uniqueness_point_is_where_no_other_word_goes_on_alike(
    word: str, phone: int | None
) -> None:
    assert unique_phone(WordId(word), PHONES) == phone


def test_a_word_without_a_shared_onset_is_unique_at_once() -> None:
    assert unique_phone(WordId("a"), {WordId("a"): ("a",), WordId("b"): ("b", "a")}) == 1


def test_the_time_of_the_uniqueness_point_takes_phones_for_equally_long() -> None:
    words = tuple(
        WordFacts(WordId(w), w, phones=tuple(p)) for w, p in zip(WORDS, SAID, strict=True)
    )
    takes, gates = stack_of(noise(1, 8, 4), words=WORDS), stack_of(noise(1, 6, 4))
    found = rank_gates(gates, takes, heard(6), 0, Facts(words))
    assert found.unique_phone == 2
    assert found.unique_at == pytest.approx(0.6 * 2 / 3)
    backwards = rank_gates(gates, takes, heard(6, Condition.END), 0, Facts(words))
    assert backwards.unique_at is None


SAID = ("ka", "ti", "tap", "so", "su", "si", "mo", "mi")
