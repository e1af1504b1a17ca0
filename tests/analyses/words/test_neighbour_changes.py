import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from tests.analyses.stacks import noise, rotation, stack_of
from vgdesk.analyses.words.neighbour_changes import neighbour_changes


def test_it_is_the_definition() -> None:
    a, b = stack_of(noise(1, 30, 6)), stack_of(noise(1, 30, 6, seed=1))
    near = []
    for stack in (a, b):
        units = stack.values[0] / np.linalg.norm(stack.values[0], axis=1, keepdims=True)
        found = NearestNeighbors(n_neighbors=6).fit(units).kneighbors(units)[1]
        near.append([[stack.words[i] for i in row[1:]] for row in found])
    result = neighbour_changes(a, 0, b, 0)
    for word, before, after, kept in zip(
        result.words, result.before, result.after, result.kept, strict=True
    ):
        place = a.words.index(word)
        assert list(before) == near[0][place]
        assert list(after) == near[1][place]
        assert kept == len(set(before) & set(after)) / 5
    assert result.kept.tolist() == sorted(result.kept)


def test_rotation_and_scale_do_not_matter() -> None:
    values = noise(1, 30, 6)
    result = neighbour_changes(stack_of(values), 0, stack_of(3 * values @ rotation(6)), 0)
    assert result.kept.tolist() == [1.0] * 30


def test_a_word_that_moves_is_on_top() -> None:
    values = np.repeat(rotation(6)[:5] * 3, 8, axis=0) + 0.1 * noise(40, 6)
    moved = values.copy()
    moved[11] = values[30] + 0.01
    result = neighbour_changes(stack_of(values), 0, stack_of(moved), 0)
    assert result.words[0] == "w0011"
    assert result.kept[0] == 0


def test_chance_is_what_unrelated_layers_keep() -> None:
    found = [
        neighbour_changes(
            stack_of(noise(1, 60, 8, seed=s)), 0, stack_of(noise(1, 60, 8, seed=99)), 0
        )
        for s in range(20)
    ]
    mean = np.mean([result.kept for result in found])
    assert mean == pytest.approx(found[0].chance, abs=0.01)
