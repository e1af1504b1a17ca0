import json
from pathlib import Path

import pytest

from vgdesk.__main__ import main
from vgdesk.app.word_ratings import read_ratings
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Word, WordId

SPELLINGS = {"sun": "sun", "day": "Sunlight", "cup-1": "cup", "cup-2": "cup", "t-s": "t-s"}
WORDS = Session({WordId(name): Word(WordId(name), text) for name, text in SPELLINGS.items()})


def written(folder: Path, text: str) -> Path:
    file = folder / "ratings.csv"
    file.write_text(text, "utf-8")
    return file


def test_words_are_found_by_their_spelling(tmp_path: Path) -> None:
    lines = [
        "\ufeff,similarity,word2,word1",
        "0,50.0,sunlight-n,sun-n",
        "1,3,SUN,cup",
        "2,4,cup,cup",
        "3,9,moon,sun",
        "4,5,t-s,sun",
        "5,7,sun,t-s",
        "6,,cup,t-s",
        "7",
    ]
    assert read_ratings(written(tmp_path, "\n".join(lines)), WORDS) == (
        ("cup-1", "cup-2", 4.0),
        ("cup-1", "sun", 3.0),
        ("cup-2", "sun", 3.0),
        ("day", "sun", 50.0),
        ("sun", "t-s", 6.0),
    )


@pytest.mark.parametrize("mark", ["\t", ";", ","])
def test_columns_may_be_parted_by_any_mark(tmp_path: Path, mark: str) -> None:
    text = mark.join(["word1", "word2", "similarity"]) + "\n" + mark.join(["sun", "sunlight", "1"])
    assert read_ratings(written(tmp_path, text), WORDS) == (("day", "sun", 1.0),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "lacks the columns"),
        ("word1,word2\nsun,cup\n", "lacks the columns"),
        ("word1,word2,similarity\nsun,cup,much\n", "row 2 has no number"),
        ("word1,word2,similarity\nsun,cup,nan\n", "row 2 has no number"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(VgdeskError, match=says) as refusal:
        read_ratings(written(tmp_path, text), WORDS)
    assert refusal.value.hint
    with pytest.raises(VgdeskError, match="could not be read"):
        read_ratings(tmp_path / "nowhere.csv", WORDS)


def test_the_command_line_scores_ratings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = ["cat", "cats", "cart", "carts", "dog", "dogs", "house", "houses"]
    (tmp_path / "words.txt").write_text("\n".join(texts), "utf-8")
    rows = [f"{a},{b},{float(a[:3] == b[:3])}" for i, a in enumerate(texts) for b in texts[i + 1 :]]
    file = written(tmp_path, "\n".join(["word1,word2,similarity", *rows]))
    words = ["--words", str(tmp_path / "words.txt")]
    asked = ["score", "spelling", *words, "--measure", "ratings"]
    assert main([*asked, "--ratings", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "over 28 pairs" in found["estimator"]
    assert max(found["values"]) > 0.5
    assert main(asked) == 2
    assert "--ratings FILE" in capsys.readouterr().err
