from math import fsum

import numpy as np
import pytest
from scipy.stats import spearmanr

from tests.analyses.stacks import noise, stack_of
from tests.reference.word_pairs import cosine
from vgdesk.analyses.lexicon.caption_curves import (
    correlate_sentences,
    correlate_words,
    rank_captions,
)
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.stack import LayerStack

WORDS = ["dog", "puppy", "cat", "ball", "house", "red", "blue", "run"]


def some_pairs(seed: int, count: int) -> list[tuple[str, str]]:
    rng = np.random.default_rng(seed)
    draw = lambda: "The " + " ".join(rng.choice(WORDS, rng.integers(1, 6))) + "."  # noqa: E731
    return [(draw(), draw()) for _ in range(count)]


def srs(reference: str, candidate: str, stack: LayerStack, layer: int) -> float:
    """SRS of sentences without function words but “the”, in plain loops."""
    vector = {
        str(word): [float(value) for value in stack.values[layer, row]]
        for row, word in enumerate(stack.words)
    }
    one, other = (text.strip(".").split()[1:] for text in (reference, candidate))
    return fsum(max(cosine(vector[i], vector[j]) for j in other) for i in one) / len(one)


def test_words_are_correlated_by_the_definition() -> None:
    stack, pairs = stack_of(noise(2, 8, 5), words=WORDS), some_pairs(0, 60)
    ratings = np.random.default_rng(1).integers(0, 6, 60).astype(float)
    curve = correlate_words(pairs, ratings.tolist(), stack, 0)
    for layer in range(2):
        scores = [round(srs(*pair, stack, layer), 10) for pair in pairs]  # for what is equal
        assert curve.values[layer] == pytest.approx(spearmanr(scores, ratings)[0], abs=1e-9)
    assert (curve.series, curve.trace.n) == ("words", 60)


def test_the_interval_and_chance_are_those_of_spearman() -> None:
    """With 400 independent pairs of r near .5: what Fisher's z gives (Bonett and Wright, 2000)."""
    texts = [f"s{i}" for i in range(800)]
    rng = np.random.default_rng(0)
    angles = rng.uniform(0.1, 3.0, 400)
    one = np.tile([1.0, 0.0], (400, 1))
    other = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    stack = stack_of(np.concatenate([one, other]), words=texts)
    pairs = list(zip(texts[:400], texts[400:], strict=True))
    ratings = -angles + 1.4 * rng.normal(size=400)
    curve = correlate_sentences(pairs, ratings.tolist(), stack, 0)
    r = curve.values[0]
    assert r == pytest.approx(spearmanr(-angles, ratings)[0], abs=1e-9)
    reach = 1.96 * np.sqrt((1 + r**2 / 2) / 397)
    assert curve.low[0] == pytest.approx(np.tanh(np.arctanh(r) - reach), abs=0.03)
    assert curve.high[0] == pytest.approx(np.tanh(np.arctanh(r) + reach), abs=0.03)
    assert curve.chance_mean[0] == pytest.approx(0, abs=0.02)
    assert curve.chance_high[0] == pytest.approx(1.96 / np.sqrt(399), abs=0.03)
    assert curve.q_values[0] == pytest.approx(1 / 200)


def test_pairs_without_a_known_word_are_left_out() -> None:
    stack = stack_of(noise(8, 5), words=WORDS)
    pairs = [*some_pairs(0, 12), ("the unicorn", "the dog"), ("it is", "the dog")]
    ratings = list(range(14))
    curve = correlate_words(pairs, ratings, stack, 0)
    assert curve.trace.n == 12
    assert curve.trace.warning == "Too few pairs to trust: only 12."
    assert curve.values == pytest.approx(correlate_words(pairs[:12], ratings[:12], stack, 0).values)
    with pytest.raises(TooFewWordsError, match="there are 9"):
        correlate_words(pairs[:9], ratings[:9], stack, 0)
    with pytest.raises(TooFewWordsError, match="there are 0"):
        correlate_sentences(pairs, ratings, stack, 0)


def test_constant_ratings_give_no_correlation() -> None:
    stack = stack_of(noise(8, 5), words=WORDS)
    curve = correlate_words(some_pairs(0, 12), [3.0] * 12, stack, 0)
    assert curve.values == curve.low == curve.high == 0
    assert curve.q_values == 1


def test_nearest_captions_share_words_where_sentences_are_made_of_them() -> None:
    words = stack_of(noise(8, 6), words=WORDS)
    captions = [text for pair in some_pairs(3, 20) for text in pair]
    captions = list(dict.fromkeys(captions))
    place = {word: row for row, word in enumerate(WORDS)}
    means = [
        np.mean([words.values[0, place[w]] for w in text.strip(".").split()[1:]], axis=0)
        for text in captions
    ]
    values = np.stack([np.array(means), noise(len(captions), 6, seed=5)])
    sentences = stack_of(values, words=captions)
    near, far = rank_captions([*captions, "it is"], sentences, words, 0)
    assert near.values[0] > near.chance_high[0]
    assert far.values[0] < far.chance_low[0]
    assert near.low[0] < near.values[0] < near.high[0]
    assert near.chance_low[1] < near.values[1] < near.chance_high[1]
    # By plain loops: the five nearest by cosine, and all others for chance.
    scores = {(a, b): srs(a, b, words, 0) for a in captions for b in captions if a != b}
    vector = dict(zip(captions, (list(map(float, mean)) for mean in means), strict=True))
    best = [
        fsum(
            scores[a, b]
            for b in sorted(
                (b for b in captions if b != a), key=lambda b: -cosine(vector[a], vector[b])
            )[:5]
        )
        / 5
        for a in captions
    ]
    assert near.values[0] == pytest.approx(np.mean(best), abs=1e-6)
    assert near.chance_mean[0] == pytest.approx(np.mean(list(scores.values())), abs=1e-6)
    rng = np.random.default_rng(0)
    others = {a: [scores[a, b] for b in captions if b != a] for a in captions}
    drawn = [
        np.mean([np.mean(rng.permutation(others[a])[:5]) for a in captions]) for _ in range(200)
    ]
    spread = (near.chance_high[0] - near.chance_low[0]) / (2 * 1.96)
    assert np.std(drawn) == pytest.approx(spread, rel=0.25)


def test_the_interval_is_over_captions_and_not_over_their_pairs() -> None:
    """Forty references in ten pairs each: r varies with the references, not with the pairs."""
    found = []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        own = rng.normal(size=40)
        rated = (0.5 * own + 0.9 * rng.normal(size=40)).repeat(10)
        angles = 1.5 + (0.3 * own).repeat(10) + 0.05 * rng.normal(size=400)
        texts = [*(f"r{i}" for i in range(40)), *(f"c{i}" for i in range(400))]
        candidates = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        stack = stack_of(np.concatenate([np.tile([1.0, 0.0], (40, 1)), candidates]), words=texts)
        pairs = [(f"r{i // 10}", f"c{i}") for i in range(400)]
        curve = correlate_sentences(pairs, rated.tolist(), stack, 0)
        found.append((curve.values[0], curve.high[0] - curve.low[0]))
    values, widths = np.transpose(found)
    assert widths.mean() == pytest.approx(2 * 1.96 * values.std(ddof=1), rel=0.4)
