"""Tables of what pictures change, with made-up vectors."""

from pathlib import Path

import numpy as np
import pytest

from training.evaluation.headline import (
    CONTRASTS,
    MEASURES,
    Labelled,
    rows_of,
    spread,
    with_tables,
)
from training.evaluation.report import MARK
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack

PAGE = Path(__file__).parents[2] / "docs" / "starter-models.md"
WORDS = tuple(WordId(f"word{number}") for number in range(24))
LABELLED = Labelled("Made up", {word: str(place % 3) for place, word in enumerate(WORDS)})


def stack(apart: float) -> LayerStack:
    """Make one layer whose three groups lie `apart`, besides noise that is always the same."""
    values = np.random.default_rng(0).normal(size=(1, len(WORDS), 6)).astype(np.float32)
    for place in range(len(WORDS)):
        values[0, place, place % 3] += apart
    return LayerStack(EncoderId("made"), ("0",), WORDS, WORDS, values)


def test_a_difference_is_that_of_its_two_rows_and_none_has_no_width() -> None:
    stacks = {"plain": stack(0), "grounded": stack(4), "shuffled": stack(0)}
    head, rows = rows_of(stacks, LABELLED)
    assert head == ("measure", "encoder", "0")
    assert len(rows) == len(MEASURES) * (len(stacks) + len(CONTRASTS))
    found = {(measure, encoder): cell for measure, encoder, cell in rows}
    for measure in MEASURES:
        plain, grounded, more = (
            float(found[measure, of].split()[0]) for of in ("plain", "grounded", "grounded − plain")
        )
        assert grounded - plain == pytest.approx(more, abs=2e-3)
        assert (more > 0.1) is (measure != "abx")
        assert found[measure, "shuffled − plain"] == "0.000 [0.00, 0.00]"


def test_vectors_along_all_axes_have_as_many_dimensions_as_axes() -> None:
    points = np.concatenate([np.eye(5), -np.eye(5)])
    cosine, dimensions = spread(points)
    assert dimensions == pytest.approx(5)
    assert cosine == pytest.approx(-1 / 9)


def test_vectors_on_a_line_have_one_dimension() -> None:
    cosine, dimensions = spread(np.outer(np.arange(1.0, 9), np.ones(4)))
    assert dimensions == pytest.approx(1)
    assert cosine == pytest.approx(1)


def test_new_tables_replace_those_of_the_page_and_nothing_else() -> None:
    page = PAGE.read_text("utf-8")
    once = with_tables(page, ["| new |\n"])
    assert with_tables(once, ["| new |\n"]) == once
    assert "**Demo, category**" in page
    assert "**Demo, category**" not in once
    assert once.partition(MARK)[2] == page.partition(MARK)[2]
    with pytest.raises(ValueError, match="no place"):
        with_tables("# Page", [])
