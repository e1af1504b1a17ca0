import numpy as np
import pytest

from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses.layers.cka import debiased_cka
from vgdesk.analyses.layers.cka_left_out import debiased_cka_left_out
from vgdesk.core.errors import TooFewWordsError


@pytest.mark.parametrize("words", [5, 12, 40])
def test_it_is_the_estimate_of_the_remaining_words(words: int) -> None:
    x, y = noise(words, 6) + 3, noise(words, 9, seed=1)
    y[:, :6] += x
    wanted = [
        debiased_cka(*(stack_of(np.delete(side, i, axis=0)) for side in (x, y))).values[0, 0]
        for i in range(words)
    ]
    assert debiased_cka_left_out(x, y) == pytest.approx(wanted, abs=1e-5)


def test_scale_and_shift_of_a_layer_do_not_matter() -> None:
    x, y = noise(10, 4), noise(10, 4, seed=1)
    assert debiased_cka_left_out(1e4 * x + 7, y) == pytest.approx(debiased_cka_left_out(x, y))


def test_a_layer_that_one_word_alone_makes_is_0_without_it() -> None:
    x = np.zeros((6, 3))
    x[2] = 1.0
    assert debiased_cka_left_out(x, noise(6, 3))[2] == pytest.approx(0, abs=1e-9)
    assert not debiased_cka_left_out(np.ones((6, 3)), noise(6, 3)).any()


def test_four_words_are_too_few() -> None:
    with pytest.raises(TooFewWordsError):
        debiased_cka_left_out(noise(4, 3), noise(4, 3))
