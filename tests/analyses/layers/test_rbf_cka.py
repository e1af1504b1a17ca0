import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.cka import rbf_cka as by_loops
from vgdesk.analyses.layers.cka import debiased_cka
from vgdesk.analyses.layers.rbf_cka import SAMPLED_WORDS, rbf_cka
from vgdesk.analyses.numerics.layer_products import TILE

SEEDS = st.integers(0, 2**32 - 1)


def exact(x: np.ndarray, y: np.ndarray, fraction: float = 0.5) -> float:
    """Compute what the loops do with whole matrices of float64; checked against them here."""

    def kernel(values: np.ndarray) -> np.ndarray:
        n = len(values)
        values = values.astype(np.float64)
        squares = sum((column[:, None] - column) ** 2 for column in values.T)
        apart = squares[~np.eye(n, dtype=bool)]
        k = np.exp(-squares / (2 * fraction**2 * np.median(apart)))
        np.fill_diagonal(k, 0)
        sums = k.sum(axis=0)
        k += sums.sum() / ((n - 1) * (n - 2)) - (sums + sums[:, None]) / (n - 2)
        np.fill_diagonal(k, 0)
        return k / np.linalg.norm(k)

    return float(np.vdot(kernel(x), kernel(y)))


@pytest.mark.parametrize("words", [4, 5, 12])
@pytest.mark.parametrize("fraction", [0.2, 0.5, 1.0])
def test_it_is_the_definition(words: int, fraction: float) -> None:
    a = noise(2, words, 3, seed=1).astype(np.float32)
    b = (noise(2, words, 4, seed=2) + a[..., :1]).astype(np.float32)
    expected = np.array([[by_loops(x, y, fraction) for y in b] for x in a])
    matrices = np.array([[exact(x, y, fraction) for y in b] for x in a])
    assert matrices == pytest.approx(expected, abs=1e-9)
    found = rbf_cka(stack_of(a), stack_of(b), fraction=fraction).values
    assert found == pytest.approx(expected, abs=1e-6)


# ckatorch 1.0.3: a = noise(40, 5, seed=1), b = noise(40, 4, seed=2) + a[:, :4], float64; cosine of
# center_gram_matrix(rbf_kernel(x, fraction * (m / every) ** 0.5), unbiased=True), where `every` is
# torch.median of all squared distances, which it uses, and m the median without the diagonal.
@pytest.mark.parametrize(("fraction", "expected"), [(0.5, 0.22404431), (1.0, 0.41322967)])
def test_another_program_gives_the_same(fraction: float, expected: float) -> None:
    a = noise(40, 5, seed=1)
    b = noise(40, 4, seed=2) + a[:, :4]
    found = rbf_cka(stack_of(a), stack_of(b), fraction=fraction).values
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("offset", [0, 1000])
def test_tiles_and_many_dimensions_leave_six_digits(offset: float) -> None:
    words = TILE + 80
    a = (noise(2, words, 300, seed=1) + offset).astype(np.float32)
    b = (noise(1, words, 60, seed=2) + a[:1, :, :60] - offset).astype(np.float32)
    expected = np.array([[exact(x, y) for y in b] for x in a])
    assert np.abs(rbf_cka(stack_of(a), stack_of(b)).values - expected).max() < 1e-5
    both = rbf_cka(stack_of(a), stack_of(a)).values
    assert both[0, 1] == pytest.approx(exact(*a), abs=1e-5)


@pytest.mark.slow
def test_a_median_of_some_words_does_for_all() -> None:
    a = noise(2 * SAMPLED_WORDS, 5, seed=1)
    b = noise(2 * SAMPLED_WORDS, 5, seed=2) + a
    assert rbf_cka(stack_of(a), stack_of(b)).values == pytest.approx(exact(a, b), abs=2e-3)


@given(seed=SEEDS, scale=st.floats(1e-3, 1e3), words=st.integers(4, 30))
@settings(max_examples=25, deadline=None)
def test_rotation_scale_offset_and_sides_do_not_matter(seed, scale, words) -> None:
    a, b = noise(2, words, 6, seed=seed), noise(2, words, 6, seed=seed + 1)
    turned = scale * (a @ rotation(6, seed) + 3)
    before, after = rbf_cka(stack_of(a), stack_of(b)), rbf_cka(stack_of(turned), stack_of(b))
    assert after.values == pytest.approx(before.values, abs=1e-3)
    assert pytest.approx(before.values, abs=1e-6) == rbf_cka(stack_of(b), stack_of(a)).values.T
    assert np.diag(rbf_cka(stack_of(a), stack_of(turned)).values) == pytest.approx(1, abs=1e-4)


@given(seed=SEEDS, words=st.integers(4, 30))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_words_does_not_matter(seed, words) -> None:
    a, b = noise(2, words, 6, seed=seed), noise(3, words, 9, seed=seed + 1)
    order = np.random.default_rng(seed).permutation(words)
    expected = rbf_cka(stack_of(a), stack_of(b)).values
    found = rbf_cka(stack_of(a[:, order]), stack_of(b[:, order])).values
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.slow
def test_chance_is_what_shuffling_gives() -> None:
    rng = np.random.default_rng(0)
    a, b = noise(40, 6, seed=1), noise(40, 9, seed=2) ** 3
    shuffled = np.array([exact(a[rng.permutation(40)], b) for _ in range(2000)])
    result = rbf_cka(stack_of(a), stack_of(b))
    spread = result.chance_sd[0, 0]
    assert shuffled.mean() == pytest.approx(result.chance_mean[0, 0], abs=4 * spread / 2000**0.5)
    assert shuffled.std() == pytest.approx(spread, rel=0.15)


def test_a_wide_kernel_sees_what_linear_cka_sees() -> None:
    a = noise(1, 60, 20, seed=1)
    b = noise(1, 60, 20, seed=2) + a
    linear = debiased_cka(stack_of(a), stack_of(b)).values
    assert rbf_cka(stack_of(a), stack_of(b), fraction=20).values == pytest.approx(linear, abs=0.01)


def test_it_finds_neighbourhoods_that_linear_cka_misses() -> None:
    a = noise(1, 300, 2, seed=1)
    # Near words stay near, but which ones are far apart is turned about.
    angle = 3 * np.linalg.norm(a, axis=2, keepdims=True)
    b = np.cos(angle) * a + np.sin(angle) * a[..., ::-1] * [1, -1]
    stacks = stack_of(a), stack_of(b)
    assert debiased_cka(*stacks).values < 0.1
    assert rbf_cka(*stacks).values > 0.3


@pytest.mark.parametrize("words", [12, 300])
def test_layers_without_structure_score_0(words: int) -> None:
    a = noise(2, words, 320)
    a[0] = 0.1
    result = rbf_cka(stack_of(a), stack_of(a))
    assert result.values[0].tolist() == [0, 0]
    assert result.chance_sd[0].tolist() == [0, 0]
    assert result.values[1, 1] == pytest.approx(1)
    equally_far = np.eye(words, 320)
    assert rbf_cka(stack_of(equally_far), stack_of(equally_far)).values == pytest.approx(0)


def test_rows_in_another_order_are_refused() -> None:
    values = noise(1, 5, 4)
    with pytest.raises(ValueError, match="rows"):
        rbf_cka(stack_of(values), stack_of(values, rows=list("abcde")))
