import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from training.grounding import PictureHead, Pictures, derangement
from training.words import TRAINING_STYLES
from training.work import Work

DIM = 4


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Make features in which the picture of concept c in style s is (s + 1, c + 1, 0, 0)."""
    work = Work(tmp_path)
    work.features.mkdir()
    roles = ["pictured", "held-out", "pictured", "pictured"]
    listed = {"words": ["ant", "bee", "cat", "dog"], "roles": roles}
    (work.features / "pictures.json").write_text(json.dumps(listed), "utf-8")
    styles = {}
    for place, style in enumerate(TRAINING_STYLES):
        rows = torch.tensor([[place + 1.0, concept + 1.0, 0, 0] for concept in range(4)])
        if place:
            rows[3] = torch.nan  # only the first style draws dogs
        styles[style] = rows
    save_file(styles, work.features / "pictures.safetensors")
    return work


def test_held_out_concepts_are_never_met(work: Work) -> None:
    assert Pictures(work).words == ["ant", "cat", "dog"]


def test_every_style_that_draws_a_concept_is_met_and_no_other(work: Work) -> None:
    pictures, chance = Pictures(work), np.random.default_rng(0)
    ratios = [set(), set(), set()]
    for _ in range(300):
        drawn = pictures.draw(chance)
        torch.testing.assert_close(drawn.norm(dim=1), torch.ones(3))
        for found, row in zip(ratios, drawn, strict=True):
            found.add(round(float(row[1] / row[0]), 3))
    assert ratios[0] == {round(1 / (style + 1), 3) for style in range(len(TRAINING_STYLES))}
    assert ratios[1] == {round(3 / (style + 1), 3) for style in range(len(TRAINING_STYLES))}
    assert ratios[2] == {4.0}


@pytest.mark.parametrize("length", [2, 3, 10, 426])
def test_a_derangement_leaves_nothing_in_its_place(length: int) -> None:
    order = derangement(length, seed=1)
    assert sorted(order) == list(range(length))
    assert all(place != own for own, place in enumerate(order))
    assert order == derangement(length, seed=1)


def test_the_control_meets_the_same_pictures_under_other_names(work: Work) -> None:
    chance = np.random.default_rng(0)
    true, shuffled = Pictures(work), Pictures(work, shuffled_by=3)
    assert true.words == shuffled.words
    dogs = torch.tensor([1.0, 4.0, 0, 0]) / 17**0.5
    under = {
        shuffled.words[row]
        for _ in range(50)
        for row, picture in enumerate(shuffled.draw(chance))
        if torch.allclose(picture, dogs)
    }
    assert len(under) == 1
    assert under != {"dog"}


def test_the_loss_is_the_surprise_at_the_own_picture() -> None:
    head = PictureHead(3, DIM)
    vectors, pictures = torch.randn(2, 3), torch.nn.functional.normalize(torch.randn(5, DIM), dim=1)
    own = torch.tensor([4, 1])
    surprises = []
    for vector, place in zip(vectors, own, strict=True):
        point = head.linear.weight @ vector + head.linear.bias
        scores = head.log_scale.exp() * torch.stack(
            [point @ picture / point.norm() for picture in pictures]
        )
        surprises.append(-torch.log(torch.exp(scores[place]) / torch.exp(scores).sum()))
    torch.testing.assert_close(head.loss(vectors, own, pictures), torch.stack(surprises).mean())
