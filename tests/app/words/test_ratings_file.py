import json
from dataclasses import replace
from pathlib import Path

import pytest

from vgdesk.__main__ import main
from vgdesk.app.project.project_file import open_project, save
from vgdesk.app.words.ratings_file import rated_pairs, read_ratings, write_ratings
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Word, WordId
from vgdesk.core.viewing import ViewRecipe

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
    assert pairs_of(written(tmp_path, "\n".join(lines))) == (
        ("cup-1", "cup-2", 4.0),
        ("cup-1", "sun", 3.0),
        ("cup-2", "sun", 3.0),
        ("day", "sun", 50.0),
        ("sun", "t-s", 6.0),
    )


def pairs_of(file: Path) -> object:
    return rated_pairs(replace(WORDS, ratings=read_ratings(file)))


@pytest.mark.parametrize("mark", ["\t", ";", ","])
def test_columns_may_be_parted_by_any_mark(tmp_path: Path, mark: str) -> None:
    text = mark.join(["word1", "word2", "similarity"]) + "\n" + mark.join(["sun", "sunlight", "1"])
    assert pairs_of(written(tmp_path, text)) == (("day", "sun", 1.0),)


def test_what_is_written_is_read_again_word_by_word(tmp_path: Path) -> None:
    rated = {("sun", "moon"): 0.1, ('say "so"', "a, b"): 1e-7, ("été", "sun-n"): 50.0}
    write_ratings(tmp_path / "ratings.tsv", rated)
    assert read_ratings(tmp_path / "ratings.tsv") == rated
    write_ratings(tmp_path / "ratings.tsv", {})
    assert not list(tmp_path.iterdir())


def test_a_word_that_comes_later_is_rated_too() -> None:
    rated = {("sun", "moon"): 3.0, ("sun", "cup"): 4.0}
    session = replace(WORDS, ratings=rated)
    assert len(facts_of(session, "").ratings) == 2  # two words are written cup
    later = session.with_word(Word(WordId("moon"), "Moon"))
    assert ("moon", "sun", 3.0) in facts_of(later, "").ratings


def test_a_project_keeps_ratings_and_the_command_line_finds_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = ["cat", "cats", "cart", "carts", "dog", "dogs", "house", "houses"]
    pairs = {(a, b): float(a[:3] == b[:3]) for i, a in enumerate(texts) for b in texts[i + 1 :]}
    session = Session({WordId(t): Word(WordId(t), t) for t in texts}, ratings=pairs)
    folder = tmp_path / "rated.vgdesk"
    saved = save(folder, session, ViewRecipe())
    assert saved.ratings == open_project(folder).session.ratings == pairs
    assert main(["score", "spelling", "--words", str(folder), "--measure", "ratings"]) == 0
    assert "over 28 pairs" in capsys.readouterr().out
    save(folder, replace(session, ratings={}), ViewRecipe())
    assert not open_project(folder).session.ratings
    assert not (folder / "ratings.tsv").exists()


def test_damaged_ratings_of_a_project_are_left_out_and_stay_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "rated.vgdesk"
    save(folder, WORDS, ViewRecipe())
    (folder / "ratings.tsv").write_text("word1\tword2\nsun\tcup\n", "utf-8")
    project = open_project(folder)
    assert not project.session.ratings
    assert "lacks the columns" in project.warnings[0].message
    save(folder, project.session, project.recipe)
    assert (folder / "ratings.tsv").read_text("utf-8").startswith("word1\tword2")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "lacks the columns"),
        ("word1,word2,similarity\n", "contains no rated pairs"),
        ("word1,word2,similarity\nsun,cup,\n", "contains no rated pairs"),
        ("word1,word2\nsun,cup\n", "lacks the columns"),
        ("word1,word2,similarity\nsun,cup,much\n", "in row 2 is not a number"),
        ("word1,word2,similarity\nsun,cup,nan\n", "in row 2 is not a number"),
    ],
)
def test_an_unreadable_file_is_reported(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(VgdeskError, match=says) as refusal:
        read_ratings(written(tmp_path, text))
    assert refusal.value.hint
    with pytest.raises(VgdeskError, match="could not be read"):
        read_ratings(tmp_path / "nowhere.csv")


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
