import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, rotation
from tests.reference.abx import error_rate
from tests.reference.sequences import warped
from vgdesk.analyses.abx.abx_triples import MatrixNearness, Trials, abx_losses
from vgdesk.analyses.numerics.alignment_paths import to_angles
from vgdesk.analyses.sequences import dtw
from vgdesk.analyses.sequences.dtw import dtw_distances


def spoken(words: int, *, dim: int = 5, seed: int = 0) -> list[np.ndarray]:
    lengths = np.random.default_rng(seed).integers(1, 9, words)
    return [noise(length, dim, seed=seed + i) for i, length in enumerate(lengths)]


def test_it_is_the_definition() -> None:
    frames = spoken(8)
    expected = [[warped(one, other) for other in frames] for one in frames]
    found = dtw_distances(frames)
    assert found == pytest.approx(np.array(expected) * (1 - np.eye(8)), abs=1e-6)
    assert np.array_equal(found, found.T)


@pytest.mark.slow
def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = spoken(30)
    whole = dtw_distances(frames)
    monkeypatch.setattr(dtw, "FRAMES", 10)
    assert dtw_distances(frames) == pytest.approx(whole, abs=1e-6)


def test_of_equal_paths_the_diagonal_is_taken_then_left_then_up() -> None:
    # Steps cost nothing or a half, so that many paths are equal.
    rng = np.random.default_rng(0)
    frames = [np.eye(3)[rng.integers(0, 3, rng.integers(2, 9))] for _ in range(25)]
    found = dtw_distances(frames)
    for i in range(25):
        for j in range(i + 1, 25):
            assert found[i, j] == pytest.approx(warped(frames[i], frames[j]), abs=1e-6)


def test_a_word_spoken_slowly_is_the_same_word() -> None:
    word = noise(6, 5)
    slow = np.repeat(word, 3, axis=0)
    found = dtw_distances([word, slow, noise(6, 5, seed=1)])
    assert found[0, 1] == pytest.approx(0, abs=3e-4)
    assert found[0, 2] > 0.2


def test_silence_is_far_from_everything() -> None:
    silence = np.zeros((3, 5))
    found = dtw_distances([silence, noise(4, 5), silence])
    assert found == pytest.approx(1 - np.eye(3))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_angles_are_right_from_end_to_end(dtype: type) -> None:
    cosines = np.cos(np.linspace(0, np.pi, 20_001)).astype(dtype).astype(np.float32)[None]
    expected = np.arccos(cosines.astype(np.float64)) / np.pi
    to_angles(cosines)
    assert np.abs(cosines - expected).max() < 2e-7
    beyond = np.array([[1.0000002, -1.0000002]], np.float32)
    to_angles(beyond)
    assert beyond.tolist() == [[0.0, 1.0]]


@given(seed=st.integers(0, 2**31), scale=st.floats(1e-3, 1e3))
@settings(max_examples=15, deadline=None)
def test_rotation_scale_and_order_do_not_matter(seed: int, scale: float) -> None:
    frames = spoken(6, seed=seed)
    order = np.random.default_rng(seed).permutation(6)
    turned = [scale * frames[i] @ rotation(5, seed) for i in order]
    expected = dtw_distances(frames)[np.ix_(order, order)]
    assert dtw_distances(turned) == pytest.approx(expected, abs=1e-5)


def test_abx_takes_its_distances() -> None:
    frames = spoken(12)
    labels = [f"group {i % 3}" for i in range(12)]
    for i, word in enumerate(frames):
        word[:, i % 3] += 2
    distances = dtw_distances(frames)
    codes = np.arange(12) % 3
    found = abx_losses(MatrixNearness.of_distances(distances), Trials.of(codes)).rate
    expected = [[warped(one, other) for other in frames] for one in frames]
    assert found == pytest.approx(error_rate(np.array(expected), labels))
    assert found < 0.3


def test_a_word_without_frames_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        dtw_distances([noise(3, 4), np.zeros((0, 4))])
