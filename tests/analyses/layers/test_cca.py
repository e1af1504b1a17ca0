import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference import cca as reference
from vgdesk.analyses.layers.cca import pwcca, svcca
from vgdesk.core.errors import TooFewWordsError

SEEDS = st.integers(0, 2**32 - 1)
BOTH = pytest.mark.parametrize("compare", [svcca, pwcca])


def usual_way(compare):
    return {svcca: reference.svcca, pwcca: reference.pwcca}[compare]


def steep(words: int, dim: int, seed: int) -> np.ndarray:
    return noise(words, dim, seed=seed) / (1 + np.arange(dim)) ** 0.6


@BOTH
@pytest.mark.parametrize(
    ("words", "dims"),
    [
        pytest.param(30, (5, 9), id="few words"),
        pytest.param(300, (40, 60), id="more words than dimensions"),
        pytest.param(130, (400, 20), id="more dimensions than words"),
    ],
)
def test_it_is_the_definition(compare, words: int, dims: tuple[int, int]) -> None:
    a = np.stack([steep(words, dims[0], seed) for seed in (1, 2)]) + 100
    # A steep end: some components are beyond the 99 %.
    b = np.stack([steep(words, dims[1], seed) ** 3 for seed in (3, 4, 5)])
    b[0] += a[0][:, :5] @ noise(5, dims[1])
    a, b = a.astype(np.float32), b.astype(np.float32)
    way = usual_way(compare)
    expected = np.array([[way(x, y) for y in b] for x in a])
    # Where correlations are nearly equal, float32 leaves open whose weight is whose.
    assert np.abs(compare(stack_of(a), stack_of(b)).values - expected).max() < 5e-5


# cca-zoo 4.0.1: a = noise(40, 5, seed=1), b = noise(40, 4, seed=2) + a[:, :4]; correlations of the
# pairs of columns of CCA(n_components=4).fit((a, b)).transform((a, b)).
CORRELATIONS = (0.8548453597, 0.8457173689, 0.6794795150, 0.4252332299)


def test_another_program_gives_the_same_correlations() -> None:
    a = noise(40, 5, seed=1)
    b = noise(40, 4, seed=2) + a[:, :4]
    assert reference.canonical(a, b)[0] == pytest.approx(CORRELATIONS, abs=1e-9)
    found = svcca(stack_of(a), stack_of(b)).values
    assert found == pytest.approx(np.mean(CORRELATIONS), abs=1e-6)


@pytest.mark.slow
@BOTH
@given(seed=SEEDS, scale=st.floats(1e-3, 1e3), words=st.integers(12, 40))
@settings(max_examples=25, deadline=None)
def test_rotation_scale_offset_order_and_sides_do_not_matter(compare, seed, scale, words) -> None:
    a, b = noise(2, words, 4, seed=seed), noise(3, words, 6, seed=seed + 1)
    order = np.random.default_rng(seed).permutation(words)
    # The weights of PWCCA are about dimensions: a rotation changes them.
    turn = rotation(4, seed) if compare is svcca else np.eye(4)
    turned = scale * (a @ turn + 3)
    before = compare(stack_of(a), stack_of(b)).values
    after = compare(stack_of(turned[:, order]), stack_of(b[:, order])).values
    assert after == pytest.approx(before, abs=2e-3)
    assert pytest.approx(before, abs=1e-6) == compare(stack_of(b), stack_of(a)).values.T
    assert np.diag(compare(stack_of(a), stack_of(turned)).values) == pytest.approx(1, abs=1e-3)
    assert ((before >= 0) & (before <= 1)).all()


def test_no_linear_map_matters_to_svcca_as_long_as_it_keeps_all_dimensions() -> None:
    a = noise(60, 5)
    mapped = a @ (noise(5, 5, seed=2) + 3 * np.eye(5))
    assert svcca(stack_of(a), stack_of(mapped)).values == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize(
    ("words", "dims"), [(12, (8, 8)), (60, (40, 40)), (200, (60, 30)), (50, (1, 5))]
)
def test_chance_is_what_shuffling_gives(compare, words: int, dims: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    a, b = steep(words, dims[0], 1), steep(words, dims[1], 2)
    orders = [rng.permutation(words) for _ in range(250)]
    shuffled = compare(stack_of(a[orders]), stack_of(b)).values
    result = compare(stack_of(a), stack_of(b))
    assert result.chance_mean[0, 0] == pytest.approx(shuffled.mean(), abs=0.4 * shuffled.std())
    assert result.chance_sd[0, 0] == pytest.approx(shuffled.std(), rel=0.4)


@BOTH
def test_unrelated_layers_score_chance(compare) -> None:
    a, b = noise(12, 200, 40, seed=1), noise(12, 200, 40, seed=2)
    result = compare(stack_of(a), stack_of(b))
    z = (result.values - result.chance_mean) / result.chance_sd
    assert abs(z.mean()) < 0.5
    assert 0.6 < z.std() < 1.4
    assert (result.q_values > 0.05).mean() > 0.95


# Mean canonical correlation of independent data with 100 dimensions, simulated before: design
# notes of the study. 99 % of the variance are nearly all of them here.
@pytest.mark.parametrize(("words", "floor"), [(300, 0.51), (1000, 0.27), (5000, 0.12)])
def test_the_floor_of_unrelated_layers_is_known(words: int, floor: float) -> None:
    a, b = (stack_of(noise(1, words, 100, seed=seed)) for seed in (1, 2))
    result = svcca(a, b)
    assert result.values == pytest.approx(floor, abs=0.015)
    assert result.chance_mean == pytest.approx(floor, abs=0.015)


@BOTH
def test_shared_structure_is_found_where_it_is(compare) -> None:
    shared = noise(200, 5, seed=3)
    a, b = noise(13, 200, 20, seed=1), noise(7, 200, 16, seed=2)
    a[8] += shared @ noise(5, 20, seed=4)
    b[2] += shared @ noise(5, 16, seed=5)
    result = compare(stack_of(a), stack_of(b))
    z = (result.values - result.chance_mean) / result.chance_sd
    assert np.unravel_index(z.argmax(), z.shape) == (8, 2)
    assert result.q_values[8, 2] < 1e-6


def test_pwcca_counts_strong_directions_more() -> None:
    shared = noise(300, 1, seed=1)
    a, b = noise(300, 10, seed=2) + 4 * shared, noise(300, 10, seed=3) + 4 * shared
    one, other = stack_of(a), stack_of(b)
    assert pwcca(one, other).values > svcca(one, other).values + 0.1


@BOTH
def test_as_many_dimensions_as_words_are_refused_with_the_reason(compare) -> None:
    values = noise(2, 30, 400)
    values[1] *= (np.arange(400) < 3) + 0.001
    few, many = stack_of(values[1:], encoder="few"), stack_of(values, encoder="many")
    assert np.isfinite(compare(few, few).values).all()
    with pytest.raises(TooFewWordsError, match="Layer 0 of many keeps 29 dimensions") as refusal:
        compare(few, many)
    assert "would be 1" in refusal.value.message
    assert refusal.value.hint


@BOTH
def test_correlations_that_are_1_by_construction_are_warned_about(compare) -> None:
    result = compare(stack_of(noise(60, 40)), stack_of(noise(60, 40, seed=2)))
    assert result.trace.warning.startswith("Too few words to trust")
    assert result.chance_mean[0, 0] > 0.7
    large = stack_of(noise(300, 20))
    assert compare(large, large).trace.warning == ""


@BOTH
def test_a_layer_that_is_the_same_for_all_words_scores_0(compare) -> None:
    a = noise(2, 40, 8)
    a[0] = 0.1
    result = compare(stack_of(a), stack_of(a))
    for values in (result.values, result.chance_mean, result.chance_sd):
        assert values[0].tolist() == [0, 0]
    assert result.values[1, 1] == pytest.approx(1)


@BOTH
def test_rows_in_another_order_are_refused(compare) -> None:
    values = noise(1, 12, 4)
    with pytest.raises(ValueError, match="rows"):
        compare(stack_of(values), stack_of(values, rows=list("abcdefghijkl")))


def test_pwcca_warns_where_its_weights_are_not_unique() -> None:
    few = stack_of(noise(12, 7)), stack_of(noise(12, 7, seed=1), encoder="b")
    assert "Not unique" in pwcca(*few).trace.warning
    assert "Not unique" not in svcca(*few).trace.warning
    many = stack_of(noise(60, 7)), stack_of(noise(60, 7, seed=1), encoder="b")
    assert "Not unique" not in pwcca(*many).trace.warning
