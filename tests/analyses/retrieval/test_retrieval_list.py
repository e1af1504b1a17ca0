import pickle

import numpy as np
import pytest

from tests.analyses.retrieval.test_partner_retrieval import related
from tests.analyses.retrieval.test_retrieval import known, moved, spoken
from tests.analyses.stacks import noise, stack_of
from tests.reference.retrieval import cosines_of, profile_likeness, ranks
from vgdesk.analyses.retrieval import partner_retrieval, retrieval_list
from vgdesk.analyses.retrieval.partner_retrieval import find_partners
from vgdesk.analyses.retrieval.retrieval import (
    score_rank,
    score_retrieval,
)
from vgdesk.analyses.retrieval.retrieval_list import HITS, list_partners, list_voices
from vgdesk.core.errors import TooFewWordsError, VgdeskError


def test_partners_are_ranked_by_the_definition() -> None:
    a, b = related(12, strength=0.7)
    found = list_partners(stack_of(a + 3), 0, stack_of(b), 0)
    own = cosines_of(a), cosines_of(b)
    for i in range(12):
        likeness = [profile_likeness(*own, i, j) for j in range(12)]
        assert found.ranks[i] == 1 + sum(other > likeness[i] + 1e-5 for other in likeness)
        assert found.similarities[i] == pytest.approx(likeness[i], abs=1e-5)
        best = sorted(range(12), key=lambda j: -likeness[j])[:HITS]
        assert found.hits[i] == tuple(found.rows[j] for j in best)
        assert found.hit_similarities[i] == pytest.approx([likeness[j] for j in best], abs=1e-5)
    assert found.median == np.median(found.ranks)
    assert found.trace.seed is None


def test_recall_at_1_is_the_score_of_the_heatmap() -> None:
    a, b = related(40)
    one, other = stack_of(np.stack([a, a[::-1]])), stack_of(np.stack([b, 2 * b]), encoder="b")
    scores = find_partners(one, other).values
    for row, column in np.ndindex(2, 2):
        found = list_partners(one, row, other, column)
        assert found.recalls[0] == pytest.approx(scores[row, column])
        assert found.layers == (one.layers[row], other.layers[column])


def test_chance_is_what_words_dealt_out_at_random_give() -> None:
    values = noise(31, 8)
    orders = [np.random.default_rng(i).permutation(31) for i in range(150)]
    found = [list_partners(stack_of(values), 0, stack_of(values[o]), 0) for o in orders]
    recalls = np.mean([one.recalls for one in found], axis=0)
    assert recalls == pytest.approx(found[0].chance_recalls, abs=0.03)
    assert np.mean([one.ranks.mean() for one in found]) == pytest.approx(16, abs=0.5)
    assert found[0].chance_median == 16


def test_words_that_are_all_the_same_share_the_middle_place() -> None:
    found = list_partners(stack_of(np.ones((9, 4))), 0, stack_of(noise(9, 4)), 0)
    assert set(found.ranks) == {5.0}
    assert set(found.ties) == {8}
    assert found.recalls[0] == 0


def test_copies_count_half() -> None:
    values = noise(20, 8)
    values[7] = values[3]
    found = list_partners(stack_of(values), 0, stack_of(values), 0)
    assert found.ranks[[3, 7]].tolist() == [1.5, 1.5]
    assert found.ties[[3, 7]].tolist() == [1, 1]
    assert np.delete(found.ranks, [3, 7]).tolist() == [1.0] * 18


def test_of_long_lists_some_words_are_drawn_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (partner_retrieval, retrieval_list):
        monkeypatch.setattr(module, "MOST_WORDS", 30)
    a, b = related(50)
    found = list_partners(stack_of(a), 0, stack_of(b), 0, seed=4)
    assert len(found.rows) == found.choice == 30
    assert "sampled at random" in found.trace.estimator
    assert found.trace.seed == 4


def test_voices_are_ranked_by_the_definition() -> None:
    stack, facts = spoken(14, 3, dim=6)
    # Too few takes to know a voice by: nothing but the mean of all is taken away.
    some = stack.only([i for i in range(27) if i % 5])
    speakers = [row[5:] for row in some.rows]
    values = some.values[0] - some.values[0].mean(axis=0)
    found = list_voices(some, 0, facts)
    by_row = {
        row: ranks(values.tolist(), some.words, speakers, i) for i, row in enumerate(some.rows)
    }
    assert found.rows == tuple(row for row in some.rows if by_row[row])
    assert found.ranks.tolist() == [by_row[row][0] for row in found.rows]


def test_voices_have_the_scores_of_the_curves() -> None:
    stack, facts = spoken(30, 3, layers=2)
    stack = moved(stack, np.repeat(noise(30, 16, seed=5), 3, axis=0))
    curves = {curve.series: curve for curve in score_retrieval(stack, facts, 3)}
    (rank,) = score_rank(stack, facts, 3)
    for layer in range(2):
        found = list_voices(stack, layer, facts, 3)
        for k, recall, chance in zip(
            found.places, found.recalls, found.chance_recalls, strict=True
        ):
            assert recall == pytest.approx(curves[f"R@{k}"].values[layer])
            assert chance == pytest.approx(curves[f"R@{k}"].chance_mean[layer])
            assert recall == pytest.approx((found.ranks <= k).mean())
        assert found.median == rank.values[layer]
        assert found.chance_median == pytest.approx(rank.chance_mean[layer])
        assert found.trace.n == 90
        assert found.choice == 60


def test_hits_are_the_nearest_takes_of_other_speakers() -> None:
    stack, facts = spoken(14, 3, dim=6)
    found = list_voices(stack, 0, facts)
    who = facts.speaker_of()
    for query, hits, similarities in zip(
        found.rows, found.hits, found.hit_similarities, strict=True
    ):
        assert who[query] not in {who[hit] for hit in hits}
        assert list(similarities) == sorted(similarities, reverse=True)
    for i in np.flatnonzero(found.ranks == 1):
        assert found.hit_words[i][0] == found.words[i]
        assert found.similarities[i] == found.hit_similarities[i][0]


def test_takes_that_tie_are_counted() -> None:
    stack, facts = spoken(14, 3, dim=4)
    found = list_voices(stack_of(np.ones((1, 42, 4)), rows=stack.rows, words=stack.words), 0, facts)
    assert set(found.ties) == {26}  # 28 takes of other speakers, two of them right
    assert set(found.ranks) == {14.0}


def test_the_order_is_worst_or_best_first_and_else_that_of_the_list() -> None:
    a, b = related(12, strength=0.5)
    found = list_partners(stack_of(a), 0, stack_of(b), 0)
    best, worst = (found.order(is_best_first=first) for first in (True, False))
    assert sorted(best) == sorted(worst) == list(range(12))
    assert list(found.ranks[best]) == sorted(found.ranks)
    assert list(found.ranks[worst]) == sorted(found.ranks, reverse=True)
    same = list_partners(stack_of(np.ones((9, 4))), 0, stack_of(noise(9, 4)), 0)
    assert same.order(is_best_first=False) == list(range(9))


def test_small_lists_are_refused_or_warned_about() -> None:
    few = stack_of(noise(4, 3))
    with pytest.raises(TooFewWordsError):
        list_partners(few, 0, few, 0)
    some = stack_of(noise(5, 3))
    assert list_partners(some, 0, some, 0).trace.warning.startswith("Too few words to trust")
    assert list_partners(some, 0, some, 0).places == (1,)
    stack, _ = spoken(14, 1)
    with pytest.raises(VgdeskError, match="by “voice 0”"):
        list_voices(stack, 0, known(list(stack.rows)))


def test_a_list_crosses_a_process_border() -> None:
    found = list_partners(stack_of(noise(9, 4)), 0, stack_of(noise(9, 4)), 0)
    arrived = pickle.loads(pickle.dumps(found))
    assert arrived.hits == found.hits
    with pytest.raises(ValueError, match="read-only"):
        arrived.ranks[0] = 2
