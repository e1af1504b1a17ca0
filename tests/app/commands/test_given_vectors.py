"""A file of word vectors on the command line, from end to end."""

import json
from pathlib import Path

import numpy as np
import pytest

from vgdesk.__main__ import main
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.stacks.stack_file import read_stack
from vgdesk.core.resources import resource

DEMO = str(resource("demo.vgdesk"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Vectors in which each category points its own way; “luck” is missing."""
    rng = np.random.default_rng(0)
    words = open_words(DEMO).words.values()
    places = {name: i for i, name in enumerate(sorted({w.labels["category"] for w in words}))}
    lines = []
    for word in words:
        vector = 0.1 * rng.normal(size=8)
        vector[places[word.labels["category"]]] += 1
        if word.text != "luck":
            lines.append(" ".join([word.text.upper(), *(f"{v:.6f}" for v in vector)]))
    found = tmp_path / "my.txt"
    found.write_text("\n".join(lines), "utf-8")
    return found


@pytest.mark.parametrize("prefix", ["", "vectors:"])
def test_they_are_scored_like_an_encoder(
    file: Path, prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", f"{prefix}{file}", "--words", DEMO, "--json"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert (found["encoder"], found["layers"], found["n"]) == ("vectors:my", ["vectors"], 35)
    assert found["values"][0] > 0.5
    assert "“luck” is not among the words of my. It is left out." in printed.err


def test_they_are_compared_with_what_is_heard(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "my.safetensors"
    assert main(["embed", DEMO, "--encoder", str(file), "--out", str(out)]) == 2  # one is missing
    assert read_stack(out).values.shape == (1, 35, 8)
    capsys.readouterr()
    assert main(["compare", "starter-text", str(out), "--words", DEMO, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 35
    assert np.array(found["values"]).max() > 0.3


def test_what_is_no_file_of_vectors_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", __file__, "--words", DEMO]) == 2
    assert "contains no word vectors" in capsys.readouterr().err
