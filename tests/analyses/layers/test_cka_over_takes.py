import numpy as np
import pytest

from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses.inference.chance import many_p_values
from vgdesk.analyses.layers.cka import biased_cka
from vgdesk.analyses.layers.cka_over_takes import dealt_cka, shuffled_alignment
from vgdesk.core.stack import LayerStack


def over_takes(words: int, takes: int, *, layers: int, seed: int = 0) -> list[LayerStack]:
    """Make takes, alike within each word, and unrelated word vectors repeated for them."""
    shape = layers, words * takes, 6
    speech = noise(layers, words, 6, seed=seed).repeat(takes, axis=1)
    speech += 0.3 * noise(*shape, seed=seed + 1)
    text = noise(layers, words, 6, seed=seed + 2).repeat(takes, axis=1)
    names = [f"w{i // takes:02}" for i in range(words * takes)]
    return [stack_of(values, words=names) for values in (speech, text)]


def test_it_is_the_definition_for_every_order() -> None:
    words = np.array([0, 1, 1, 2, 2, 2, 3, 4, 4, 0])
    x, y = noise(10, 4) + 3, noise(5, 7, seed=1) + 3
    orders = [np.random.default_rng(i).permutation(5) for i in range(6)]
    for order, found in zip(orders, dealt_cka(x, y, words, orders), strict=True):
        pair = stack_of(x), stack_of(y[order[words]])
        assert found == pytest.approx(biased_cka(*pair).values[0, 0], abs=1e-6)


def test_layers_that_are_the_same_for_all_words_score_0() -> None:
    words, orders = np.arange(8) // 2, [np.arange(4)]
    same = np.full((8, 3), 0.1)
    assert dealt_cka(same, noise(4, 2), words, orders).tolist() == [0]
    assert dealt_cka(noise(8, 3), same[:4], words, orders).tolist() == [0]


def test_without_an_effect_takes_of_a_word_are_not_significant() -> None:
    speech, text = over_takes(14, 6, layers=60)
    scores = biased_cka(speech, text).values.diagonal()
    p = many_p_values(scores, shuffled_alignment(speech, text, 0))
    assert np.mean(p <= 0.05) < 0.15
