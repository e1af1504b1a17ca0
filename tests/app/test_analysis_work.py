import numpy as np

from vgdesk.analyses import ANALYSES
from vgdesk.app.analysis_work import StackPlan, remember, score_layers, stack_of
from vgdesk.core.facts import Facts
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import Embedding

WORDS = tuple(WordId(name) for name in ("ant", "bee", "cat", "dog", "eel", "fox"))
LABELS = {word: "few legs" if word in ("cat", "dog", "eel", "fox") else "many" for word in WORDS}

FACTS = Facts.of_labels(LABELS)


def plan_of(encoder: str, words: tuple[WordId, ...]) -> StackPlan:
    """Make vectors that no test has used before."""
    chance = np.random.default_rng(len(words))
    values = {word: chance.normal(size=(3, 5)).astype(np.float32) for word in words}
    name, layers = EncoderId(encoder), ("0", "1", "2")
    remember(tuple(Embedding(f"{encoder} {w}", name, layers, values[w]) for w in words))
    return StackPlan(name, tuple((w, w, (f"{encoder} {w}",)) for w in words))


def test_a_curve_is_what_its_measure_gives() -> None:
    plan = plan_of("speech", WORDS)
    (curve,) = score_layers("silhouette", (plan,), FACTS, 3)
    (expected,) = ANALYSES["silhouette"].compute(stack_of(plan), FACTS, 3)
    np.testing.assert_array_equal(curve.values, expected.values)
    np.testing.assert_array_equal(curve.chance_high, expected.chance_high)


def test_a_word_that_reaches_one_encoder_leaves_the_curves_of_the_others() -> None:
    text, before = plan_of("text", WORDS), plan_of("speech", WORDS[:-1])
    old = score_layers("silhouette", (before, text), FACTS, 0)
    new = score_layers("silhouette", (plan_of("speech", WORDS), text), FACTS, 0)
    assert new[1] is old[1]
    assert (old[0].trace.n, new[0].trace.n) == (5, 6)


def test_other_labels_or_another_seed_give_another_curve() -> None:
    plan = plan_of("speech", WORDS)
    (old,) = score_layers("silhouette", (plan,), FACTS, 0)
    (moved,) = score_layers(
        "silhouette", (plan,), Facts.of_labels(LABELS | {WORDS[0]: "few legs"}), 0
    )
    (dealt,) = score_layers("silhouette", (plan,), FACTS, 1)
    assert not np.array_equal(old.values, moved.values)
    assert (old.trace.seed, dealt.trace.seed) == (0, 1)
    assert not np.array_equal(old.chance_mean, dealt.chance_mean)
