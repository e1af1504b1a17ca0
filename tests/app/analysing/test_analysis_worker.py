import numpy as np
import pytest

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.words.word_overview import Sight
from vgdesk.app.analysing import analysis_worker
from vgdesk.app.analysing.analysis_worker import (
    compare_words,
    place_words,
    remember,
    score_layers,
    stack_of,
)
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.core.facts import Facts
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.results import WordMap
from vgdesk.core.stack import Embedding

WORDS = tuple(WordId(name) for name in ("ant", "bee", "cat", "dog", "eel", "fox"))
LABELS = {word: "few legs" if word in ("cat", "dog", "eel", "fox") else "many" for word in WORDS}

FACTS = Facts.of_labels(LABELS)


def plan_of(encoder: str, words: tuple[WordId, ...]) -> StackPlan:
    """Make vectors: those of an encoder and a word are always the same."""
    chance = np.random.default_rng(len(encoder))
    values = {word: chance.normal(size=(3, 5)).astype(np.float32) for word in words}
    name, layers = EncoderId(encoder), ("0", "1", "2")
    remember(tuple(Embedding(f"{encoder} {w}", name, layers, values[w]) for w in words))
    return StackPlan(name, tuple((w, w, ((f"{encoder} {w}",),)) for w in words))


def test_a_curve_is_what_its_measure_gives() -> None:
    plan = plan_of("speech", WORDS)
    (curve,) = score_layers(plan, measure="silhouette", facts=FACTS, seed=3)
    (expected,) = ANALYSES["silhouette"].compute(stack_of(plan), FACTS, 3)
    np.testing.assert_array_equal(curve.values, expected.values)
    np.testing.assert_array_equal(curve.chance_high, expected.chance_high)


def test_a_word_that_reaches_one_encoder_leaves_the_curves_of_the_others() -> None:
    text, before = plan_of("text", WORDS), plan_of("speech", WORDS[:-1])
    old = score_layers(before, text, measure="silhouette", facts=FACTS, seed=0)
    new = score_layers(plan_of("speech", WORDS), text, measure="silhouette", facts=FACTS, seed=0)
    assert new[1] is old[1]
    assert (old[0].trace.n, new[0].trace.n) == (5, 6)


def test_other_labels_or_another_seed_give_another_curve() -> None:
    plan = plan_of("speech", WORDS)
    (old,) = score_layers(plan, measure="silhouette", facts=FACTS, seed=0)
    (moved,) = score_layers(
        plan, measure="silhouette", facts=Facts.of_labels(LABELS | {WORDS[0]: "few legs"}), seed=0
    )
    (dealt,) = score_layers(plan, measure="silhouette", facts=FACTS, seed=1)
    assert not np.array_equal(old.values, moved.values)
    assert (old.trace.seed, dealt.trace.seed) == (0, 1)
    assert not np.array_equal(old.chance_mean, dealt.chance_mean)


def test_of_long_lists_the_two_last_stacks_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis_worker, "STACKS_BYTES", 1)
    plans = [plan_of(encoder, WORDS) for encoder in ("one", "two", "three")]
    stacks = [stack_of(plan) for plan in plans]
    assert stack_of(plans[1]) is stacks[1]
    assert stack_of(plans[2]) is stacks[2]
    assert stack_of(plans[0]) is not stacks[0]


def test_vectors_are_kept_once_and_stay_what_they_were() -> None:
    shorter, plan = plan_of("speech", WORDS[:3]), plan_of("speech", WORDS)
    vectors = {word: analysis_worker._vectors[f"speech {word}"].values.copy() for word in WORDS}
    stack_of(shorter)
    stack = stack_of(plan)
    for i, word in enumerate(WORDS):
        kept = analysis_worker._vectors[f"speech {word}"].values
        assert np.shares_memory(kept, stack.values)
        np.testing.assert_array_equal(kept, vectors[word])
        np.testing.assert_array_equal(stack.values[:, i], vectors[word])
    means = StackPlan(plan.encoder, (("both", WORDS[0], (("speech ant", "speech bee"),)),))
    mean = (vectors[WORDS[0]] + vectors[WORDS[1]]) / 2
    np.testing.assert_allclose(stack_of(means).values[:, 0], mean, rtol=1e-6)
    voices = (("speech ant", "speech bee"), ("speech cat",))
    by_voice = stack_of(StackPlan(plan.encoder, (("all", WORDS[0], voices),)))
    expected = (mean + vectors[WORDS[2]]) / 2
    np.testing.assert_allclose(by_voice.values[:, 0], expected, rtol=1e-6)


def test_a_new_word_is_drawn_before_it_has_settled() -> None:
    rng = np.random.default_rng(0)
    words = tuple(WordId(f"w{i}") for i in range(30))
    values = rng.normal(size=(30, 2, 8)).astype(np.float32)
    name = EncoderId("speech")
    told = zip(words, values, strict=True)
    remember(tuple(Embedding(f"map {word}", name, ("0", "1"), one) for word, one in told))
    rows = tuple((w, w, ((f"map {w}",),)) for w in words)

    def maps(count: int, method: str) -> list[WordMap]:
        fitted = frozenset(words[:29])
        return list(
            place_words(
                StackPlan(name, rows[:count]),
                measure=method,
                layer=1,
                fitted=fitted,
                facts=Facts(),
                seed=0,
            )
        )

    assert len(maps(29, "tsne")) == len(maps(30, "pca")) == 1
    draft, settled = maps(30, "tsne")
    assert np.array_equal(draft.points[:29], settled.points[:29])
    assert not np.allclose(draft.points[29], settled.points[29])


def test_a_part_is_compared_as_the_whole_is() -> None:
    plan = plan_of("speech", WORDS)
    whole = compare_words(plan, measure="euclidean", layers=(2,), sight=Sight())
    part = compare_words(
        plan, measure="euclidean", layers=(2,), sight=Sight(part=frozenset({"bee", "fox"}))
    )
    assert (part.rows, whole.rows[1::4]) == (("bee", "fox"),) * 2
    np.testing.assert_allclose(part.values, whole.values[1::4, 1::4], rtol=1e-6)
