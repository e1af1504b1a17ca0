from dataclasses import replace

import numpy as np
import pytest

from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses.inference.band import Band
from vgdesk.analyses.layers.cka import biased_cka, debiased_cka
from vgdesk.analyses.layers.spoken_written_cka import (
    SHUFFLES,
    shuffled_debiased_cka,
    spoken_written_cka,
)
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.stack import LayerStack

REPEATS = (1, 3, 2, 2, 1, 4, 2, 1, 3, 2)


def spoken(words: LayerStack, repeats: tuple[int, ...], seed: int = 1) -> LayerStack:
    """Repeat words as if different speakers said them, each a little differently."""
    rows = np.repeat(np.arange(len(words.rows)), repeats)
    said = words.values[:, rows] + 0.3 * noise(1, len(rows), words.values.shape[2], seed=seed)
    names = tuple(f"{words.rows[row]} {i}" for i, row in enumerate(rows))
    return replace(
        words,
        rows=names,
        words=tuple(words.words[row] for row in rows),
        values=said.astype(np.float32),
    )


def repeated(text: LayerStack, speech: LayerStack, order: np.ndarray) -> LayerStack:
    """Give each spoken row the vector of a written word, after reordering these."""
    place = {word: i for i, word in enumerate(text.words)}
    rows = [int(order[place[word]]) for word in speech.words]
    return replace(
        text, rows=speech.rows, words=speech.words, values=np.array(text.values[:, rows])
    )


@pytest.mark.parametrize("repeats", [REPEATS, (2,) * 10])
def test_it_is_cka_with_each_written_word_repeated(repeats: tuple[int, ...]) -> None:
    words, text = stack_of(noise(3, 10, 6)), stack_of(noise(3, 10, 5, seed=2) + 1)
    speech = spoken(words, repeats)
    values, shuffled = spoken_written_cka(speech, text, 4)
    rng = np.random.default_rng(4)
    orders = [np.arange(10), *(rng.permutation(10) for _ in range(3))]
    for found, order in zip([values, *shuffled[:3]], orders, strict=True):
        table = biased_cka(speech, repeated(text, speech, order)).values
        assert found == pytest.approx(np.diagonal(table), abs=1e-5)


def test_shuffled_debiased_cka_is_that_of_shuffled_words() -> None:
    speech, text = stack_of(noise(2, 10, 6)), stack_of(noise(2, 10, 5, seed=2) + 1)
    shuffled = shuffled_debiased_cka(speech, text, 4)
    rng = np.random.default_rng(4)
    for found in shuffled[:3]:
        mixed = replace(text, values=np.array(text.values[:, rng.permutation(10)]))
        wanted = np.diagonal(debiased_cka(speech, mixed).values)
        assert found == pytest.approx(wanted, abs=1e-5)
    assert not shuffled_debiased_cka(speech, replace(text, values=0 * text.values), 4).any()


def test_the_order_of_the_written_words_does_not_matter() -> None:
    speech, text = spoken(stack_of(noise(1, 10, 6)), REPEATS), stack_of(noise(1, 10, 5, seed=2))
    values, _ = spoken_written_cka(speech, text, 0)
    turned, _ = spoken_written_cka(speech, text.only(range(9, -1, -1)), 0)
    assert turned == pytest.approx(values)


def test_chance_is_as_often_significant_as_it_promises() -> None:
    """Rows of one word shuffled one by one are significant in all of these runs."""
    p = []
    for seed in range(60):
        words = stack_of(noise(1, 14, 8, seed=2 * seed))
        speech = spoken(words, (4,) * 14, seed=1000 + seed)
        text = stack_of(noise(1, 14, 8, seed=2 * seed + 1))
        values, shuffled = spoken_written_cka(speech, text, seed)
        p.append(Band.of_shuffles(values, shuffled, (0.0, 1.0)).p[0])
    # 3 of 60 are expected, and 9 or more have a probability of .003.
    assert np.sum(np.array(p) <= 0.05) < 9
    assert len(shuffled) == SHUFFLES


def test_a_constant_layer_scores_0() -> None:
    speech = spoken(stack_of(noise(1, 6, 3)), (1,) * 6)
    values, shuffled = spoken_written_cka(speech, stack_of(np.ones((6, 4))), 0)
    assert values == pytest.approx(0)
    assert shuffled == pytest.approx(0)


def test_three_words_are_too_few() -> None:
    words = stack_of(noise(1, 3, 3))
    with pytest.raises(TooFewWordsError):
        spoken_written_cka(spoken(words, (2, 2, 2)), words, 0)
