"""What is followed from list to list is what a full run gives."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses.layers import cka
from vgdesk.analyses.layers.incremental_products import MOST_CHANGED, GrowingSums, _kept
from vgdesk.analyses.numerics.layer_products import PRECISE_WORDS
from vgdesk.analyses.row_changes import row_change
from vgdesk.core.stack import LayerStack

POOL, LAYERS = 300, 3
Pair = tuple[LayerStack, LayerStack]


def pool(*, offset: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Make the vectors of all words that there are, for two encoders with something in common."""
    shared = noise(POOL, 6)
    a, b = (
        shared @ noise(LAYERS, 6, dim, seed=dim) + noise(LAYERS, POOL, dim, seed=dim + 1) + offset
        for dim in (24, 17)
    )
    # Equal words, and one without any sound.
    a[:, 11], b[:, 11], a[:, 12] = a[:, 10], b[:, 10], 0.0
    return a, b


PLACES, WORDS = st.integers(0, 99), st.integers(0, POOL - 1)
PLAIN, FAR = pool(), pool(offset=1e4)


def of_rows(rows: Sequence[int], values: tuple[np.ndarray, np.ndarray] = PLAIN) -> Pair:
    """Take some words of a pool; their place in it, and which pool it is, is their key."""
    names, name = [f"row {i}" for i in range(len(rows))], values[0].sum()
    keys = tuple(f"{row} of {name}" for row in rows)
    one, other = (
        stack_of(v[:, list(rows)], encoder=encoder, rows=names).with_keys(keys)
        for v, encoder in zip(values, ("ours", "theirs"), strict=True)
    )
    return one, other


def without_keys(pair: Pair) -> Pair:
    one, other = (replace(stack) for stack in pair)
    return one, other


def followed(old: Pair, new: Pair) -> GrowingSums | None:
    """Take one step from a full run."""
    return GrowingSums.of(*old).followed(*new, row_change(old[0].keys, new[0].keys))


def assert_same(found: GrowingSums | None, pair: Pair, tolerance: float) -> None:
    assert found is not None
    expected, products = GrowingSums.of(*pair).products(), found.products()
    # The unit of length is that of the last full run.
    traces = (x.sum(axis=1) for x in (products.diagonal_a, products.diagonal_b))
    between = products.between / np.outer(*traces)
    assert between == pytest.approx(expected.between, rel=tolerance)
    for estimator in (cka.debiased_cka, cka.biased_cka):
        ours, full = estimator(*pair), estimator(*without_keys(pair))
        assert ours.values == pytest.approx(full.values, abs=tolerance)
        assert ours.chance_mean == pytest.approx(full.chance_mean, abs=tolerance)
        assert ours.chance_sd == pytest.approx(full.chance_sd, rel=tolerance, abs=tolerance)


@pytest.mark.parametrize(
    ("rows", "tolerance"), [pytest.param(60, 1e-9, id="float64"), pytest.param(200, 1e-6, id="32")]
)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: [*rows, 290], id="one more"),
        pytest.param(lambda rows: [291, *rows, 292, 293], id="some more, one in front"),
        pytest.param(lambda rows: [*rows[:20], *rows[21:]], id="one less"),
        pytest.param(lambda rows: [*rows[:20], 294, *rows[21:]], id="one changed"),
        pytest.param(lambda rows: rows[::-1], id="another order"),
        pytest.param(lambda rows: [*rows, 10, 11, 12], id="copies and a vector of zeros"),
    ],
)
@pytest.mark.parametrize("values", [PLAIN, FAR], ids=["near", "offset 1e4"])
def test_a_step_gives_what_a_full_run_gives(values, change, rows: int, tolerance: float) -> None:  # type: ignore[no-untyped-def]
    old = of_rows(list(range(rows)), values)
    new = of_rows(change(list(range(rows))), values)
    assert_same(followed(old, new), new, tolerance)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    start=st.lists(WORDS, min_size=8, max_size=30),
    steps=st.lists(
        st.tuples(st.sampled_from(["add", "take", "swap"]), PLACES, WORDS),
        max_size=12,
    ),
)
def test_many_steps_give_what_a_full_run_gives(
    start: list[int], steps: list[tuple[str, int, int]]
) -> None:
    _kept.drop()
    rows, seen = list(start), []
    for kind, place, word in [("", 0, 0), *steps]:
        place %= len(rows)
        rows[place : place + (kind != "add")] = {"add": [word], "take": []}.get(kind, [word])
        if len(rows) < 5:
            break
        seen.append(of_rows(rows))
        ours, full = cka.debiased_cka(*seen[-1]), cka.debiased_cka(*without_keys(seen[-1]))
        assert ours.values == pytest.approx(full.values, abs=1e-9)
        assert ours.chance_sd == pytest.approx(full.chance_sd, abs=1e-9)


def test_an_encoder_may_be_compared_with_itself() -> None:
    old, new = of_rows(range(50))[0], of_rows(range(52))[0]
    assert_same(followed((old, old), (new, new)), (new, new), 1e-9)


def test_an_encoder_beside_itself_is_not_taken_for_it_beside_other_vectors() -> None:
    _kept.drop()
    ours, others = of_rows(range(10))[0], of_rows(range(100, 110))[0]
    cka.debiased_cka(ours, others)
    full = cka.debiased_cka(replace(ours), replace(ours)).values
    assert cka.debiased_cka(ours, ours).values == pytest.approx(full, abs=1e-9)


def test_a_list_that_became_short_has_the_digits_of_a_short_list() -> None:
    long, short = of_rows(range(PRECISE_WORDS + 1)), of_rows(range(PRECISE_WORDS))
    assert followed(long, short) is None
    assert followed(short, long) is not None


def test_updates_that_would_lose_digits_are_recomputed() -> None:
    values = tuple(np.concatenate([v, 1e4 * v[:, :1]], axis=1) for v in PLAIN)
    old = of_rows(range(50), values)  # type: ignore[arg-type]
    shouted = of_rows([*range(50), POOL], values)  # type: ignore[arg-type]
    assert followed(old, shouted) is None
    assert followed(shouted, old) is None
    twice_as_long = of_rows([*range(50), *range(200, 230)])
    thrice = of_rows([*range(50), *range(200, 230), *range(60, 90)])
    half_way = followed(of_rows(range(50)), twice_as_long)
    assert half_way is not None
    change = row_change(twice_as_long[0].keys, thrice[0].keys)
    assert half_way.followed(*thrice, change) is None


def test_many_rows_at_once_are_recomputed() -> None:
    assert followed(of_rows(range(100)), of_rows(range(100 + MOST_CHANGED))) is not None
    assert followed(of_rows(range(100)), of_rows(range(101 + MOST_CHANGED))) is None


def test_a_layer_that_was_the_same_for_all_words_is_recomputed() -> None:
    values = tuple(np.concatenate([v[:1], v]) for v in PLAIN)
    values[0][0, :50] = 3.0
    old, new = of_rows(range(50), values), of_rows(range(51), values)  # type: ignore[arg-type]
    assert followed(old, new) is None
    assert cka.debiased_cka(*old).values[0] == pytest.approx(0.0)
    full = cka.debiased_cka(*without_keys(new)).values
    assert cka.debiased_cka(*new).values == pytest.approx(full, abs=1e-12)


def test_rows_that_are_gone_are_taken_out_only_while_their_vectors_are_there() -> None:
    old, new = of_rows(range(50)), of_rows(range(49))
    sums = GrowingSums.of(*old)
    change = row_change(old[0].keys, new[0].keys)
    assert sums.followed(*new, change) is not None
    del old
    assert sums.followed(*new, change) is None
