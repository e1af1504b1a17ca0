import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from tests.analyses.labels import codes_of, facts_of, planted
from tests.analyses.stacks import noise, stack_of
from vgdesk.analyses.maps.lda_map import IN_SAMPLE, map_by_labels
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN


def test_it_is_that_of_scikit_learn() -> None:
    codes = codes_of(60, 4)
    stack = stack_of(planted(2, codes, 12, at=1, strength=1.0) + 30)
    values = stack.values[1].astype(np.float64)
    oracle = LinearDiscriminantAnalysis().fit(values, codes)
    result = map_by_labels(stack, 1, None, facts_of(stack, codes))
    expected = oracle.transform(values)[:, :2]
    flips = np.sign((result.points * expected).sum(axis=0))
    assert result.points == pytest.approx(expected * flips, abs=1e-4)
    shares = [round(100 * share) for share in oracle.explained_variance_ratio_[:2]]
    assert result.axes == tuple(f"LD {i + 1} ({share} %)" for i, share in enumerate(shares))
    assert result.trace.warning == IN_SAMPLE


def test_rows_placed_afterwards_neither_move_others_nor_choose_the_axes() -> None:
    codes = codes_of(90, 3)
    stack = stack_of(noise(90, 60))
    facts = facts_of(stack, codes)
    fitted = frozenset(stack.rows[:60])
    result = map_by_labels(stack, 0, fitted, facts)
    alone = map_by_labels(stack.only(range(60)), 0, None, facts)
    assert result.points[:60] == pytest.approx(alone.points, abs=1e-9)
    assert result.is_fitted == (True,) * 60 + (False,) * 30
    centres = np.stack([result.points[:60][codes[:60] == g].mean(axis=0) for g in range(3)])
    nearest = np.linalg.norm(result.points[:, None] - centres, axis=2).argmin(axis=1)
    # Labels mean nothing: those that chose the axes look grouped, the others do not.
    assert np.mean(nearest[:60] == codes[:60]) > 0.6
    assert np.mean(nearest[60:] == codes[60:]) < 0.55


def test_rows_without_a_label_are_placed_afterwards() -> None:
    stack = stack_of(noise(30, 6))
    facts = facts_of(stack.only(range(20)), codes_of(20, 3))
    result = map_by_labels(stack, 0, None, facts)
    assert result.is_fitted == (True,) * 20 + (False,) * 10
    assert result.trace.n == 20


def test_two_groups_form_a_line() -> None:
    codes = codes_of(30, 2)
    stack = stack_of(planted(1, codes, 6, at=0, strength=2.0))
    result = map_by_labels(stack, 0, None, facts_of(stack, codes))
    assert (result.points[:, 1] == 0).all()
    assert result.axes == ("LD 1 (100 %)", "LD 2 (0 %)")


def test_no_labels_and_one_group_are_explained() -> None:
    stack = stack_of(noise(30, 6))
    with pytest.raises(VgdeskError, match="only 0 of 30 have a label"):
        map_by_labels(stack, 0, None, NOTHING_KNOWN)
    with pytest.raises(VgdeskError, match="have the label"):
        map_by_labels(stack, 0, None, facts_of(stack, np.zeros(30, int)))
