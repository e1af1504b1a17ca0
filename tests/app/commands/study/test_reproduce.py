"""The study's analyses on the words that ship."""

import csv
import xml.etree.ElementTree as ET
from collections import defaultdict
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from vgdesk.__main__ import main
from vgdesk.analyses.inference.jackknife import correlation_interval
from vgdesk.analyses.inference.units import words_of
from vgdesk.analyses.layers.cka import debiased_cka
from vgdesk.app.commands.study.panels import Edition
from vgdesk.app.commands.study.reproduce import Study
from vgdesk.app.commands.study.study_stacks import Request
from vgdesk.app.encoding.encoder_registry import find_encoder
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.stacks.stack_builder import Making, make_stack
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.model import Cell
from vgdesk.core.resources import resource
from vgdesk.core.stack import matched
from vgdesk.encoders.starter import starter_id

pytestmark = pytest.mark.slow

DEMO = resource("demo.vgdesk")
FACTS = facts_of(open_words(str(DEMO)), "")
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study")
    assert main(["reproduce", str(DEMO), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def results(folder: Path) -> Rows:
    lines = (folder / "results.tsv").read_text("utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t"))


def test_every_analysis_has_both_editions(results: Rows) -> None:
    found = defaultdict(set)
    for row in results:
        found[row["analysis"]].add(row["edition"])
    assert found == {name: {"as published", "corrected"} for name in "ABC"}


def test_every_number_can_be_traced(results: Rows) -> None:
    for row in results:
        assert int(row["n"]) in (36, 72)
        assert row["estimator"]
        assert float(row["low"]) <= float(row["values"]) <= float(row["high"])
        assert 0 <= float(row["q_values"]) <= 1


def test_alignment_as_published_is_that_of_the_formula(results: Rows) -> None:
    """Biased linear CKA by its feature form, over takes, with the words repeated."""
    speech, text = (
        make_stack(find_encoder(name), [DEMO], Making())[0]
        for name in ("starter-speech", "starter-text")
    )
    place = {word: i for i, word in enumerate(text.words)}
    repeated = text.values[:, [place[word] for word in speech.words]].astype(float)
    wanted = []
    for x, y in zip(speech.values[1:].astype(float), repeated[1:], strict=True):
        x, y = x - x.mean(axis=0), y - y.mean(axis=0)
        wanted.append(np.sum((y.T @ x) ** 2) / np.linalg.norm(x.T @ x) / np.linalg.norm(y.T @ y))
    is_line = [
        row for row in results if row["measure"] == "cka-biased" and row["line"] == "Speech – Text"
    ]
    # The study reads the first piece of a word only; all words of the demo are one piece.
    assert [float(row["values"]) for row in is_line] == pytest.approx(wanted, abs=2e-4)


def test_as_published_every_interval_is_one_of_the_study(results: Rows) -> None:
    """Over left-out categories, apart from pairs of takes: theirs is over samples there too."""
    for row in results:
        if row["edition"] == "as published":
            over = "5 samples" if row["analysis"] == "B" else "5 repeats, each without one group"
            assert over in row["interval"]
            assert float(row["low"]) < float(row["values"]) < float(row["high"])


def test_alignment_with_word_vectors_is_at_every_layer_of_speech(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    texts = [word.text for word in open_words(str(DEMO)).words.values()]
    file = tmp_path / "my.txt"
    file.write_text("".join(f"{t} {' '.join(map(str, rng.normal(size=5)))}\n" for t in texts))
    names = {cell: starter_id(cell) for cell in Cell} | {Cell.TEXT: str(file)}
    encoders = {cell: find_encoder(name) for cell, name in names.items()}
    # The panels of the alignment come first; the others would take most of the time.
    panels = islice(Study(Request(encoders, str(DEMO), "category", 0)).panels(), 2)
    (panel,) = (one for one in panels if one.edition is Edition.CORRECTED)
    (line,) = (one for one in panel.lines if one.name == "Speech – Text")
    assert line.curve.measure == "cka"
    assert line.curve.layers == ("1", "2", "3", "4", "5", "6")
    assert set(line.partners) == {"vectors"}
    assert len(set(line.curve.values)) > 1


def test_corrected_alignment_has_the_interval_of_a_jackknife_over_words(results: Rows) -> None:
    pair = [
        words_of(make_stack(find_encoder(name), [DEMO], Making())[0], FACTS)
        for name in ("starter-speech", "starter-text")
    ]
    words = range(len(pair[0].rows))
    without = [[one.only([i for i in words if i != left]) for one in pair] for left in words]
    values = np.diagonal(debiased_cka(*pair).values)[1:]
    left_out = np.array([np.diagonal(debiased_cka(*few).values)[1:] for few in without])
    wanted = correlation_interval(left_out, values)
    found = [row for row in results if row["measure"] == "cka" and row["line"] == "Speech – Text"]
    for name, ends in zip(("low", "high"), wanted[:2], strict=True):
        assert [float(row[name]) for row in found] == pytest.approx(ends, abs=2e-3)


def test_corrected_alignment_is_over_words(results: Rows) -> None:
    corrected = [row for row in results if row["measure"] == "cka"]
    assert {row["n"] for row in corrected} == {"36"}
    pair = (make_stack(find_encoder(n), [DEMO], Making())[0] for n in ("spectrum", "spelling"))
    assert len(matched(*(words_of(one, FACTS) for one in pair))[0].rows) == 36


def test_figures_and_tables_are_in_the_layout_of_the_study(folder: Path) -> None:
    for name in "ABC":
        drawn = ET.parse(folder / f"{name}.svg").getroot()
        assert drawn.tag.endswith("svg")
        assert (folder / f"{name}.png").stat().st_size > 10_000
        heading, *lines = (folder / f"{name}.tsv").read_text("utf-8").splitlines()
        assert heading.split("\t")[3:] == ["1", "2", "3", "4", "5", "6"]
        assert len(lines) >= 4
    page = (folder / "README.md").read_text("utf-8")
    parts = ("starter-speech-grounded", "seed 0", "speech, same block", "text, same block", "n = 6")
    for part in parts:
        assert part in page


def test_written_words_alone_give_what_they_can(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["reproduce", "study-phonetic", "--out", str(tmp_path / "out")]
    assert main([*command, "--text", "spelling"]) == 0
    page = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "No sound files" in page
    rows = (tmp_path / "out" / "results.tsv").read_text("utf-8").splitlines()[1:]
    assert {row.split("\t")[3] for row in rows} == {"Text", "Text + pictures"}
