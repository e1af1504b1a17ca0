from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.app.project_examples import word
from vgdesk.app.exchange.word_alignment import NO_WORD, NOT_SAID, align_words

LIST = [word(name) for name in ("hippopotamus", "ant", "crocodile", "cat", "umbrella", "sun")]


def spans_of(seconds: list[float]) -> list[tuple[float, float]]:
    starts = np.cumsum([0.0, *(length + 1.0 for length in seconds)])[:-1]
    return [(float(a), float(a) + s) for a, s in zip(starts, seconds, strict=True)]


def said(words: list[object]) -> list[float]:
    return [0.08 * len(w.text) for w in words]  # type: ignore[attr-defined]


def test_as_many_stretches_as_words_are_the_words() -> None:
    assert align_words(spans_of(said(LIST)), LIST) == tuple(LIST)


def test_a_cough_is_no_word() -> None:
    seconds = said(LIST)
    assert align_words(spans_of([seconds[0], 0.05, *seconds[1:]]), LIST) == (
        LIST[0],
        None,
        *LIST[1:],
    )


def test_a_word_that_was_not_said_is_passed_over() -> None:
    heard = [LIST[0], *LIST[2:]]
    assert align_words(spans_of(said(heard)), LIST) == tuple(heard)


def test_an_empty_side_is_paired_with_none() -> None:
    assert align_words([], LIST) == ()
    assert align_words(spans_of([0.3]), []) == (None,)


@given(
    st.lists(st.floats(0.05, 2.0), min_size=1, max_size=4),
    st.lists(st.sampled_from(LIST), min_size=1, max_size=4),
)
def test_no_other_way_is_cheaper(seconds: list[float], words: list[object]) -> None:
    """Every way to pair the two in order, in plain loops."""
    found = align_words(spans_of(seconds), words)  # type: ignore[arg-type]
    lengths = np.log(seconds) - np.median(np.log(seconds))
    sizes = np.log([max(2, len(w.text)) for w in words])  # type: ignore[attr-defined]
    sizes -= np.median(sizes)

    def cost(pairs: list[tuple[int, int]]) -> float:
        fit = sum(abs(lengths[i] - sizes[j]) for i, j in pairs)
        left = (len(seconds) - len(pairs)) * NO_WORD + (len(words) - len(pairs)) * NOT_SAID
        return float(fit + left)

    best = min(
        cost(list(zip(rows, columns, strict=True)))
        for count in range(min(len(seconds), len(words)) + 1)
        for rows in combinations(range(len(seconds)), count)
        for columns in combinations(range(len(words)), count)
    )
    rows = [i for i, one in enumerate(found) if one is not None]
    mine = min(
        cost(list(zip(rows, columns, strict=True)))
        for columns in combinations(range(len(words)), len(rows))
        if all(words[j] is found[i] for i, j in zip(rows, columns, strict=True))
    )
    assert mine <= best + 1e-9
