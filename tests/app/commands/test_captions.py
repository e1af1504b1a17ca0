"""Captions from a table to the correlation with people, by encoders that ship."""

import json
from itertools import product
from pathlib import Path

import pytest

from vgdesk.__main__ import main
from vgdesk.app.commands.captions import read_captions
from vgdesk.core.errors import VgdeskError

ANIMALS, CLOTHES = ("dog", "cat", "horse", "duck"), ("coat", "hat", "shirt", "shoe")
LIKE = [(a, b, 4) for kind in (ANIMALS, CLOTHES) for a, b in product(kind, kind) if a != b]
UNLIKE = [(a, b, 1) for a, b in product(ANIMALS, CLOTHES)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    lines = ["sentence1\tsentence2\tscore"]
    lines += [f'A {a} is there.\tThere is "a {b}".\t{score}' for a, b, score in LIKE + UNLIKE]
    found = tmp_path / "captions.tsv"
    found.write_text("\n".join(lines), "utf-8")
    return found


def test_text_encoders_agree_with_people_and_spelling_does_not(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["captions", str(file), "--encoder", "starter-text", "spelling", "--json"]) == 0
    curves = json.loads(capsys.readouterr().out)
    assert [(c["encoder"], c["series"]) for c in curves] == list(
        product(("starter-text", "spelling"), ("words", "sentences"))
    )
    words, _, letters, _ = curves
    assert words["n"] == letters["n"] == 40
    assert words["values"][-1] > 0.4 > max(letters["values"])
    assert words["values"][-1] > words["chance_high"][-1]


def test_the_table_has_interval_n_and_chance(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["captions", str(file), "--encoder", "spelling"]) == 0
    first, second, heading, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith("Spearman correlation of SRS, word by word, and ratings")
    assert second.startswith("Spearman correlation of cosine of whole sentences")
    assert "n = 40; interval: 95 %" in first
    assert "199 shuffles of the ratings; one band for all layers" in first
    assert heading.split("\t")[:4] == ["encoder", "series", "layer", "values"]
    assert len([line for line in lines if "\t" in line]) == 8


def test_word_vectors_know_words_only(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors = tmp_path / "my.txt"
    vectors.write_text(
        "".join(f"{word} {i} 1 {len(word) / 9}\n" for i, kind in enumerate((ANIMALS, CLOTHES))
                for word in kind if word != "hat")
    )  # fmt: skip
    assert main(["captions", str(file), "--encoder", str(vectors), "--json"]) == 0
    printed = capsys.readouterr()
    curve = json.loads(printed.out)
    assert (curve["series"], curve["n"]) == ("words", 40 - 3 - 3 - 4)
    assert curve["values"][0] > 0.8
    assert "“hat” is not among the words" in printed.err
    command = ["captions", str(file), "--encoder", "starter-text", "--nearest", str(vectors)]
    assert main([*command, "--json"]) == 0
    near, far = json.loads(capsys.readouterr().out)
    assert (near["series"], far["series"]) == ("nearest", "farthest")
    assert near["n"] == 14  # two captions of each word but “hat”
    assert near["values"][-1] > near["chance_mean"][-1] > far["values"][-1]
    assert main(["captions", str(file), "--encoder", str(vectors), "--nearest", "spelling"]) == 2
    assert "not for sentences" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("a dog\ta cat\t3.5\na hat\ta cat\t1", 3.5),
        ("Sentence_A,Sentence_B,Relatedness_Score\n\"a dog, big\",a cat,2\na,b,1", 2),
        ("score;sentence2;sentence1\n4;x;y\n1;a;b\n", 4),
        ("\ufeffreference\tcandidate\tsimilarity\r\nx\ty\t0\r\na\tb\t1\r\n", 0),
    ],
)  # fmt: skip
def test_tables_of_others_are_read(tmp_path: Path, text: str, rating: float) -> None:
    file = tmp_path / "captions.csv"
    file.write_bytes(text.encode())
    found = read_captions(file)
    assert len(found.pairs) == 2
    assert found.ratings[0] == rating
    if "score;" in text:
        assert found.pairs[0] == ("y", "x")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "could not be read"),
        (b"one\ttwo", "row 1 does not hold two captions and a number"),
        (b"sentence1\tsentence2\tscore\na\tb\tmany", "row 2"),
        (b"sentence1\tsentence2\tscore\na\t\t3", "row 2"),
        (b"a,b,nan", "row 1"),
        (b"a,b," + b"1" * 200_000, "is damaged"),
    ],
)
def test_what_is_something_else_is_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "captions.tsv"
    file.write_bytes(content)
    with pytest.raises(VgdeskError, match=said):
        read_captions(file)


def test_a_speech_encoder_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["captions", str(file), "--encoder", "spectrum"]) == 2
    assert "is a speech encoder" in capsys.readouterr().err
