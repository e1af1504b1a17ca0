"""Values behind a score in long format, and the formulas beside them."""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from vgdesk.__main__ import main
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.core.resources import resource

DEMO = str(resource("demo.vgdesk"))
Rows = list[dict[str, str]]


def scored(file: Path, *encoders: str, measure: str, words: str = DEMO) -> Rows:
    command = ["score", *encoders, "--words", words, "--measure", measure, "--long", str(file)]
    assert main([*command, "--force"]) == 0
    mark = "," if file.suffix == ".csv" else "\t"
    return list(csv.DictReader(file.read_text("utf-8").splitlines(), delimiter=mark))


def names_of(script: str) -> set[str]:
    """Return the names in the formulas of a script, without functions."""
    formulas = re.findall(r"~(.+?),\n", script, re.S)
    assert len(formulas) == 2
    return {name for each in formulas for name in re.findall(r"[a-z]\w*(?!\w*\()", each)}


def table_of(folder: Path, columns: str, *rows: str) -> str:
    file = folder / "words.csv"
    file.write_text("\n".join([columns, *rows]), "utf-8")
    return str(file)


def test_the_mean_of_the_lines_of_a_layer_is_the_printed_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = scored(tmp_path / "a.csv", "spectrum", "spelling", measure="silhouette")
    found = defaultdict(list)
    for row in rows:
        found[row["encoder"], row["layer"]].append(float(row["value"]))
    printed = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    wanted = {(line[0], line[2]): float(line[3]) for line in printed[2:] if len(line) > 3}
    assert set(found) == set(wanted)
    assert len(rows) == 36 * (5 + 4)
    for place, score in wanted.items():
        assert np.mean(found[place]) == pytest.approx(score, abs=6e-4)


def test_each_take_is_a_line_with_its_speaker_and_length(tmp_path: Path) -> None:
    rows = scored(tmp_path / "a.tsv", "spectrum", measure="retrieval-rank")
    takes = open_words(DEMO).takes
    assert Counter(row["take"] for row in rows) == dict.fromkeys(map(str, takes), 5)
    by_id = {str(take.id): take for take in takes.values()}
    for row in rows:
        take = by_id[row["take"]]
        assert (row["word"], row["speaker"]) == (take.word, take.speaker)
        assert take.end is not None
        assert float(row["seconds"]) == pytest.approx(take.end - take.start, abs=1e-4)
    assert {row["depth"] for row in rows} == {"0.0000", "0.2500", "0.5000", "0.7500", "1.0000"}


def test_each_pair_of_takes_is_a_line_that_says_how_they_are_related(tmp_path: Path) -> None:
    rows = scored(tmp_path / "a.csv", "spectrum", measure="pair-types")
    assert len(rows) == 5 * 72 * 71 // 2
    for row in rows:
        for name, same in (("word", "same_word"), ("speaker", "same_speaker")):
            assert (row[f"{name}_1"] == row[f"{name}_2"]) == (row[same] == "1")
        if row["same_word"] == "1":
            assert float(row["phone_distance"]) == 0
        assert -1 <= float(row["value"]) <= 1


def test_a_copy_of_a_take_is_no_further_line(tmp_path: Path) -> None:
    takes = list(open_words(DEMO).takes.values())[:4]
    for name, take in zip("abcd", takes, strict=True):
        (tmp_path / f"{name}.flac").write_bytes(take.file.read_bytes())
    (tmp_path / "copy.flac").write_bytes(takes[0].file.read_bytes())
    rows = ["x,a.flac,P", "x,b.flac,Q", "y,c.flac,P", "y,d.flac,Q"]
    columns = "word,file,speaker"
    tables = []
    for more in ([], ["x,copy.flac,P"]):
        words = table_of(tmp_path, columns, *rows, *more)
        tables.append(scored(tmp_path / "a.csv", "spectrum", measure="pair-types", words=words))
    assert tables[0] == tables[1]


@pytest.mark.parametrize("measure", ["silhouette", "retrieval-rank", "pair-types"])
def test_formulas_name_columns_of_the_table_only(tmp_path: Path, measure: str) -> None:
    rows = scored(tmp_path / "a.csv", "spectrum", "starter-speech", measure=measure)
    script = (tmp_path / "a.R").read_text("utf-8")
    assert names_of(script) <= set(rows[0])
    assert "encoder * poly(depth, 2)" in script  # their layers have other names
    assert 'read.csv("a.csv"' in script


def test_only_what_is_known_is_a_column_and_the_rest_is_named(tmp_path: Path) -> None:
    bare = table_of(tmp_path, "word,category", "cat,a", "dog,a", "car,b", "bus,b")
    (row, *_) = scored(tmp_path / "a.csv", "spelling", measure="silhouette", words=bare)
    assert list(row) == ["encoder", "layer", "depth", "word", "category", "value"]
    script = (tmp_path / "a.R").read_text("utf-8")
    lacking = "seconds, phones, n_phones, frequency, concreteness"
    assert f"Not known, so there is no column for it: {lacking}." in script


def test_norms_are_columns_and_predictors_under_their_own_names(tmp_path: Path) -> None:
    known = table_of(
        tmp_path,
        "word,category,Conc.M,Zipf freq,1st set",
        *("cat,a,4.9,5.1,x", "dog,a,4.8,5.3,x", "car,b,4.7,5.2,y", "bus,b,4.6,,y"),
    )
    rows = scored(tmp_path / "a.csv", "spelling", measure="silhouette", words=known)
    first = [row for row in rows if row["layer"] == rows[0]["layer"]]
    assert [row["concreteness"] for row in first] == ["4.9", "4.8", "4.7", "4.6"]
    assert [row["frequency"] for row in first] == ["5.1", "5.3", "5.2", "NA"]
    assert "label_1st_set" in rows[0]
    script = (tmp_path / "a.R").read_text("utf-8")
    assert {"concreteness", "frequency"} <= names_of(script)
    assert "concreteness: the column “Conc.M” of the project." in script


def test_a_measure_without_single_values_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["score", "no-such-encoder", "--words", DEMO, "--long", str(tmp_path / "a.csv")]
    assert main([*command, "--measure", "kmeans-ari"]) == 2
    assert "silhouette, silhouette-cosine" in capsys.readouterr().err


def test_neither_the_table_nor_the_script_replaces_a_file_unasked(tmp_path: Path) -> None:
    for name in ("a.csv", "a.R"):
        (tmp_path / name).write_text("mine")
        command = ["score", "spelling", "--words", DEMO, "--long", str(tmp_path / "a.csv")]
        assert main(command) == 2
        assert (tmp_path / name).read_text() == "mine"
        assert len(list(tmp_path.iterdir())) == 1
        (tmp_path / name).unlink()
