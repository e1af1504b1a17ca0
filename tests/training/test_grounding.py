import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from training.grounding import (
    NamingHead,
    PictureHead,
    Pictures,
    derangement,
    into_pictures,
    save_head,
)
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
def test_a_derangement_moves_every_item(length: int) -> None:
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


def test_names_lead_to_pictures_where_no_linear_map_does(tmp_path: Path) -> None:
    """Six words along a line, with pictures that have nothing to do with their places."""
    chance = np.random.default_rng(0)
    own = np.tile(np.arange(6), 40)
    vectors = (own[:, None] + chance.normal(0, 0.1, (len(own), 1))).astype(np.float32)
    pictures = torch.eye(6)

    with_one = np.hstack([vectors, np.ones((len(own), 1))])
    reached = with_one @ np.linalg.lstsq(with_one, pictures.numpy()[own], rcond=None)[0]
    assert (reached.argmax(axis=1) == own).mean() < 0.5

    head = NamingHead(1, 6, 6)
    head.fit(vectors, own, pictures)
    with torch.inference_mode():
        points = head(torch.from_numpy(vectors)).numpy()
    assert (points.argmax(axis=1) == own).mean() > 0.95

    save_head(head, tmp_path)
    read = into_pictures(tmp_path, vectors)
    np.testing.assert_allclose(read / np.linalg.norm(read, axis=1)[:, None], points, atol=1e-5)


def test_a_linear_way_is_read_as_it_was_written(tmp_path: Path) -> None:
    head, vectors = PictureHead(3, DIM), torch.randn(5, 3)
    save_head(head, tmp_path)
    read = into_pictures(tmp_path, vectors.numpy())
    told = head(vectors).detach().numpy()
    np.testing.assert_allclose(read / np.linalg.norm(read, axis=1)[:, None], told, atol=1e-5)


def test_a_typical_picture_leaves_out_styles_that_do_not_draw_it(work: Work) -> None:
    typical = Pictures(work).typical()
    torch.testing.assert_close(typical[2], torch.tensor([1.0, 4.0, 0, 0]) / 17**0.5)
