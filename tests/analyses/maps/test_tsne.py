import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from tests.analyses.labels import codes_of
from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses.maps.pca import map_by_variance
from vgdesk.analyses.maps.tsne import draft_by_neighbours, map_by_neighbours
from vgdesk.core.facts import NOTHING_KNOWN


def clouds(
    words: int, groups: int, dim: int = 40, apart: float = 1.5
) -> tuple[np.ndarray, np.ndarray]:
    codes = codes_of(words, groups)
    return noise(words, dim) + apart * noise(groups, dim, seed=1)[codes], codes


def agreement(points: np.ndarray, codes: np.ndarray, near: np.ndarray | None = None) -> float:
    """Return how many of the ten nearest points have the same label."""
    distances = cdist(points, points)
    np.fill_diagonal(distances, np.inf)
    if near is not None:
        distances[:, ~near] = np.inf
    nearest = np.argsort(distances, axis=1)[:, :10]
    return float(np.mean(codes[nearest] == codes[:, None]))


@pytest.mark.slow
def test_near_words_are_as_near_as_on_the_map_of_scikit_learn() -> None:
    values, codes = clouds(300, 12)
    points = map_by_neighbours(stack_of(values), 0, None).points
    peer = TSNE(init="pca", max_iter=500, random_state=0, n_jobs=1).fit_transform(values)
    assert agreement(points, codes) > agreement(peer, codes) - 0.02
    assert agreement(points, codes) > agreement(PCA(2).fit_transform(values), codes) + 0.3


def test_few_words_are_placed_along_their_principal_components() -> None:
    stack = stack_of(clouds(11, 2)[0])
    result = map_by_neighbours(stack, 0, None)
    assert result.points == pytest.approx(map_by_variance(stack, 0, None).points, abs=1e-6)
    assert "Too few words" in result.trace.warning
    one_more = map_by_neighbours(stack_of(clouds(12, 2)[0]), 0, None)
    assert one_more.trace.warning == ""
    assert len(np.unique(one_more.points.round(3), axis=0)) == 12


def test_new_words_join_their_group_without_moving_others() -> None:
    values, codes = clouds(300, 6)
    stack = stack_of(values)
    fitted = frozenset(stack.rows[:250])
    after = map_by_neighbours(stack, 0, fitted)
    before = map_by_neighbours(stack.only(range(250)), 0, None)
    assert np.array_equal(after.points[:250], before.points)
    new = np.arange(300) >= 250
    assert agreement(after.points, codes, ~new) > 0.95
    shuffled = np.random.default_rng(0).permutation(codes)
    assert agreement(after.points, shuffled, ~new) < 0.4


@pytest.mark.slow
@pytest.mark.parametrize("words", [400, 1400])  # without and with the approximation by a grid
def test_new_words_find_their_group_as_well_as_those_that_were_there(words: int) -> None:
    values, codes = clouds(words, 10, dim=200, apart=0.35)
    stack = stack_of(values)
    new = np.arange(words) >= words - 100
    points = map_by_neighbours(stack, 0, frozenset(stack.rows[: words - 100])).points
    distances = cdist(values, values[~new])
    middles = np.array([points[np.argsort(row)[:10]].mean(axis=0) for row in distances[new]])
    of_middles = np.vstack([points[~new], middles])
    there, came, in_the_middle = (
        agreement(points[~new], codes[~new]),
        rightly_placed(points, codes, new),
        rightly_placed(of_middles, codes, new),
    )
    assert came > in_the_middle + 0.15
    assert came > 0.8 * there


def rightly_placed(points: np.ndarray, codes: np.ndarray, new: np.ndarray) -> float:
    """Return how many of the ten others nearest to new words have their label."""
    nearest = np.argsort(cdist(points[new], points[~new]), axis=1)[:, :10]
    return float(np.mean(codes[~new][nearest] == codes[new][:, None]))


@pytest.mark.slow
@pytest.mark.parametrize("words", [60, 1100])
def test_new_words_do_not_see_each_other(words: int) -> None:
    values, _ = clouds(words, 4)
    values[-1] *= 1e4  # far from everybody, so that it could draw the grid apart
    fitted = frozenset(stack_of(values).rows[:-2])
    together = map_by_neighbours(stack_of(values), 0, fitted).points
    alone = map_by_neighbours(stack_of(values[:-1]), 0, fitted).points
    assert together[:-1] == pytest.approx(alone, abs=1e-9)
    assert np.abs(together[-1]).max() < 2 * np.abs(alone).max()


def test_a_draft_shows_where_new_words_begin() -> None:
    values, codes = clouds(300, 6)
    stack = stack_of(values).with_keys(f"take {i}" for i in range(300))
    old = stack.only(range(250))
    fitted = frozenset(old.rows)
    assert draft_by_neighbours(stack, 0, fitted) is None  # there is no map yet
    before = map_by_neighbours(old, 0, None)
    assert draft_by_neighbours(old, 0, fitted) is None  # nothing is new
    draft, settled = (find(stack, 0, fitted) for find in (draft_by_neighbours, map_by_neighbours))
    assert draft is not None
    assert np.array_equal(draft.points[:250], before.points)
    assert (draft.trace, draft.is_fitted) == (settled.trace, settled.is_fitted)
    new = np.arange(300) >= 250
    assert rightly_placed(draft.points, codes, new) > 0.8
    unkept = stack.only(range(300)).with_keys(f"other take {i}" for i in range(300))
    assert np.array_equal(map_by_neighbours(unkept, 0, fitted).points, settled.points)


def test_copies_share_a_place() -> None:
    values, _ = clouds(40, 4)
    values[20:30] = values[5]
    points = map_by_neighbours(stack_of(values), 0, None).points
    assert (points[20:30] == points[5]).all()
    assert len(np.unique(points, axis=0)) == 30


def test_the_layout_is_deterministic() -> None:
    values, _ = clouds(60, 4)
    mixed = np.random.default_rng(0).permutation(60)
    one = map_by_neighbours(stack_of(values), 0, None, NOTHING_KNOWN, 1)
    other = map_by_neighbours(stack_of(values[mixed]), 0, None, NOTHING_KNOWN, 2)
    assert np.array_equal(one.points[mixed], other.points)
    assert one.trace.seed is None


@pytest.mark.slow
def test_many_words_are_placed_by_a_grid() -> None:
    values, codes = clouds(3000, 8, dim=10)
    points = map_by_neighbours(stack_of(values), 0, None).points
    some = np.arange(0, 3000, 5)
    assert agreement(points[some], codes[some]) > 0.8
