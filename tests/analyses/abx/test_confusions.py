import numpy as np
import pytest

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.abx import angles, cells
from vgdesk.analyses.abx.abx import discriminate_labels
from vgdesk.analyses.abx.confusions import MANY_SHUFFLED_ROWS, confuse_labels
from vgdesk.core.details import LabelConfusions
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.stack import LayerStack

GROUPS = ["a", "b", "a", "c", "a", "b", "b", "c", "a", "alone", "a"]


def facts_of(stack: LayerStack, groups: list[str]) -> Facts:
    return Facts.of_labels(dict(zip(stack.words, groups, strict=True)))


def confused(values: np.ndarray, groups: list[str], seed: int = 0) -> LabelConfusions:
    stack = stack_of(values)
    return confuse_labels(stack, 0, facts_of(stack, groups), seed)


def planted() -> tuple[np.ndarray, list[str]]:
    """Make four groups of which the first two lie at the same place."""
    groups = ["one", "other", "far", "farther"] * 12
    places = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    values = noise(48, 16, seed=2)
    values[:, :3] += 6 * places[[list(dict.fromkeys(groups)).index(g) for g in groups]]
    return values, groups


def test_each_cell_is_the_definition() -> None:
    values = noise(11, 4)
    found, expected = confused(values, GROUPS), cells(angles(values), GROUPS)
    assert found.labels == ("a", "alone", "b", "c")
    assert found.sizes == (5, 1, 3, 2)
    for i, own in enumerate(found.labels):
        for j, other in enumerate(found.labels):
            known = expected.get((own, other, "", ""))
            assert found.is_asked[i, j] == (known is not None)
            assert found.values[i, j] == pytest.approx(0.5 if known is None else known, abs=1e-12)


def test_the_mean_of_the_cells_is_what_the_curve_shows() -> None:
    stack = stack_of(noise(3, 11, 4))
    facts = facts_of(stack, GROUPS)
    (curve,) = discriminate_labels(stack, facts, 0)
    for layer in range(3):
        found = confuse_labels(stack, layer, facts, 0)
        assert found.values[found.is_asked].mean() == pytest.approx(curve.values[layer])
        assert found.layer == stack.layers[layer]


def test_groups_at_one_place_are_confused_and_others_are_not() -> None:
    values, groups = planted()
    found = confused(values, groups)
    place = {label: i for i, label in enumerate(found.labels)}
    one, other, far = (place[name] for name in ("one", "other", "far"))
    assert found.values[one, other] == pytest.approx(0.5, abs=0.12)
    assert found.q_values[one, other] > 0.05
    assert found.values[one, far] < 0.1
    assert found.q_values[one, far] <= 0.05
    assert found.q_values[far, one] <= 0.05


def test_confusions_are_not_symmetric() -> None:
    """A tight group beside a scattered one: only the words of the scattered one are mistaken."""
    groups = ["tight", "scattered"] * 15
    values = noise(30, 8) * np.where(np.arange(30) % 2 == 0, 0.01, 1)[:, None] + np.eye(8)[0]
    found = confused(values, groups)
    scattered, tight = 0, 1
    assert found.labels[tight] == "tight"
    assert found.values[tight, scattered] < 0.05
    assert found.values[scattered, tight] > 0.5


@pytest.mark.slow
def test_chance_is_half_and_its_spread_that_of_random_groups() -> None:
    names = ["a", "b", "c"] * 8
    errors = np.array([confused(noise(24, 6, seed=s), names).values for s in range(40)])
    found = confused(noise(24, 6, seed=99), names)
    off = found.is_asked
    assert errors[:, off].mean() == pytest.approx(0.5, abs=0.01)
    assert errors[:, off].std(axis=0).mean() == pytest.approx(found.chance_sd[off].mean(), rel=0.2)


def test_a_label_with_one_word_of_two_takes_has_a_chance() -> None:
    stack = stack_of(noise(5, 4), words=["dog", "dog", "cat", "hen", "cow"])
    labels = {"dog": "a", "cat": "b", "hen": "b", "cow": "b"}
    facts = Facts.of_labels({WordId(word): label for word, label in labels.items()})
    found = confuse_labels(stack, 0, facts, 0)
    assert found.is_asked.sum() == 2
    assert np.isfinite(found.chance_sd).all()
    assert ((found.q_values > 0) & (found.q_values <= 1)).all()


def test_noise_is_inside_chance() -> None:
    found = confused(noise(40, 8), ["a", "b", "c", "d"] * 10)
    assert (found.q_values > 0.05).all()


def test_rotation_and_scale_do_not_matter() -> None:
    values, groups = planted()
    one, other = confused(values, groups), confused(5 * values @ rotation(16), groups)
    assert np.allclose(one.values, other.values, atol=1e-3)


@pytest.mark.slow
def test_a_long_list_is_shuffled_a_few_times_and_the_trace_says_so() -> None:
    n = MANY_SHUFFLED_ROWS + 1
    groups = [f"g{i % 5}" for i in range(n)]
    values = noise(n, 4)
    values[:, 0] += 4 * (np.arange(n) % 5 == 0)
    found = confused(values, groups)
    assert "19 shuffles" in found.trace.chance
    assert found.q_values[0, 1] <= 0.05


def test_a_word_without_a_label_is_left_out() -> None:
    stack = stack_of(noise(12, 4))
    groups = dict(zip(stack.words, [*GROUPS, ""], strict=True))
    found = confuse_labels(stack, 0, Facts.of_labels(groups), 0)
    assert sum(found.sizes) == found.trace.n == 11


@pytest.mark.parametrize("groups", [["a"] * 6, list("abcdef")])
def test_labels_without_any_triple_are_refused(groups: list[str]) -> None:
    stack = stack_of(noise(6, 4))
    labels = {WordId(word): group for word, group in zip(stack.words, groups, strict=True)}
    with pytest.raises(VgdeskError, match="group"):
        confuse_labels(stack, 0, Facts.of_labels(labels), 0)
