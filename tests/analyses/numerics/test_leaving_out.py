"""Label scores without each word: closed forms against scoring the other words."""

import itertools

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_score

from tests.analyses.stacks import known_of, noise, stack_of
from vgdesk.analyses.abx.abx import ABX, without_each_row
from vgdesk.analyses.abx.abx_triples import Trials, VectorNearness, abx_losses
from vgdesk.analyses.groups.silhouette import score_groups
from vgdesk.analyses.inference.jackknife import standard_errors
from vgdesk.analyses.numerics.group_distances import silhouettes
from vgdesk.analyses.numerics.leaving_out import MOST_ROWS, counts_left_out, sampled_rows
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.model import WordId

# Groups of five, four, three, two and one: without a word, a group may have no pair or be gone.
GROUPS = np.array([0, 1, 2, 0, 3, 1, 0, 2, 4, 1, 0, 3, 2, 1, 0])


def groups_of(rows: np.ndarray) -> np.ndarray:
    return np.unique(GROUPS[rows], return_inverse=True)[1]


@pytest.mark.parametrize("blocks", [1, 3])
def test_the_silhouette_without_a_row_is_that_of_the_other_rows(blocks: int) -> None:
    points = noise(len(GROUPS), 3)
    distances = cdist(points, points)
    edges = np.linspace(0, len(GROUPS), blocks + 1).astype(int)
    parts = [slice(*ends) for ends in itertools.pairwise(edges)]
    found = silhouettes([(part, distances[:, part]) for part in parts], GROUPS[None])[1]
    for row in range(len(GROUPS)):
        others = np.delete(np.arange(len(GROUPS)), row)
        assert found[row] == pytest.approx(silhouette_score(points[others], GROUPS[others]))


def test_the_abx_error_without_a_row_is_that_of_the_other_rows() -> None:
    points = noise(len(GROUPS), 4)
    trials = Trials.of(GROUPS)
    left_out = without_each_row(GROUPS, np.arange(len(GROUPS)), trials)
    found = left_out(abx_losses(VectorNearness.of(points), trials))
    for row in range(len(GROUPS)):
        others = np.delete(np.arange(len(GROUPS)), row)
        names = [f"w{place}" for place in others]
        facts = Facts(
            words=tuple(
                WordFacts(WordId(name), name, label=str(GROUPS[place]))
                for name, place in zip(names, others, strict=True)
            )
        )
        (curve,) = ABX.compute(stack_of(points[others], rows=names), facts, 0)
        assert found[row] == pytest.approx(curve.values[0], abs=2e-3)


def test_of_a_long_list_an_even_sample_is_left_out() -> None:
    rows = sampled_rows(10_000)
    assert (len(rows), rows[0], rows[-1]) == (MOST_ROWS, 0, 9999)
    assert np.ptp(np.diff(rows)) <= 1


def test_each_sampled_row_is_left_out_once() -> None:
    assert counts_left_out(3).tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_the_interval_of_a_long_list_is_about_that_without_every_word() -> None:
    rows = 3 * MOST_ROWS
    values = noise(1, rows, 4) + (np.arange(rows) % 2)[None, :, None]
    stack = stack_of(values)
    facts = known_of(stack)
    by_hand = []
    labels = np.arange(rows) % 2
    for row in range(0, rows, 3):
        others = np.delete(np.arange(rows), row)
        by_hand.append(silhouette_score(values[0, others], labels[others]))
    expected = 1.96 * np.sqrt(3) * standard_errors(np.array(by_hand))
    (curve,) = score_groups(stack, facts, 0)
    assert (curve.high[0] - curve.low[0]) / 2 == pytest.approx(expected, rel=0.15)
