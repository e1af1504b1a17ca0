"""Recipes: what was fixed is run as it was fixed, and what has changed is named."""

import json
import shutil
from pathlib import Path

import pytest

from vgdesk.__main__ import main
from vgdesk.core.resources import resource

Captured = pytest.CaptureFixture[str]
ENCODERS = ["spelling", "spectrum"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resource("demo.vgdesk"), tmp_path / "my.vgdesk"))


def write(project: Path, *more: str, measures: tuple[str, ...] = ("silhouette",)) -> Path:
    file = project.parent / "recipe.json"
    command = ["recipe", str(project), "--out", str(file), "--encoder", *ENCODERS]
    assert main([*command, "--measure", *measures, *more]) == 0
    return file


def printed(command: list[str], capsys: Captured, code: int = 0) -> str:
    capsys.readouterr()
    assert main(command) == code
    return capsys.readouterr().out


def edit(project: Path, before: str, after: str) -> None:
    table = project / "words.tsv"
    text = table.read_text("utf-8")
    assert before in text
    table.write_text(text.replace(before, after), "utf-8")


def test_unchanged_inputs_give_the_numbers_of_the_single_commands(
    project: Path, capsys: Captured
) -> None:
    measures = ("silhouette", "cka", "retrieval-rank")
    recipe = ["run", str(write(project, "--seed", "3", measures=measures[:2]))]
    said, *tables = printed(recipe, capsys).split("\n\n")
    assert said == "Nothing deviates from the recipe."
    options = ["--words", str(project), "--seed", "3", "--measure"]
    for name, command, table in zip(measures, ("score", "compare"), tables, strict=False):
        single = printed([command, *ENCODERS, *options, name], capsys)
        assert table.strip() == f"{name}\n{single}".strip()


def test_a_recipe_runs_where_its_folder_is_moved(project: Path, capsys: Captured) -> None:
    recipe = write(project)
    first = printed(["run", str(recipe)], capsys)
    moved = shutil.move(project.parent, project.parent.with_name("elsewhere"))
    assert printed(["run", str(Path(moved) / recipe.name)], capsys) == first


def test_a_changed_word_is_named(project: Path, capsys: Captured) -> None:
    recipe = write(project)
    edit(project, "goat\tgoat\ten\tanimal", "goat\tgoat\ten\tfood")
    found = printed(["run", str(recipe)], capsys, code=1)
    assert found.startswith("Changed word: goat.\n\n")


def test_a_changed_a_missing_and_a_new_take_are_named(project: Path, capsys: Captured) -> None:
    recipe = write(project)
    table = project / "words.tsv"
    lines = table.read_text("utf-8").splitlines()
    gone = next(line for line in lines if "\tcat-adam\t" in line)
    lines[lines.index(gone)] = gone.replace("cat-adam", "cat-adam-2")
    table.write_text("\n".join([*lines, ""]), "utf-8")
    for name in ("cat-adam", "bear-bella"):
        assert (project / "takes" / f"{name}.flac").is_file()
    shutil.copyfile(project / "takes/bear-bella.flac", project / "takes/cat-adam-2.flac")
    shutil.copyfile(project / "takes/goat-bella.flac", project / "takes/bear-bella.flac")
    found = printed(["run", str(recipe)], capsys, code=1)
    said = found.split("\n\n")[0].splitlines()
    assert said == ["Changed take: bear-bella.", "Missing take: cat-adam.", "New take: cat-adam-2."]


def test_a_changed_encoder_is_named(project: Path, tmp_path: Path, capsys: Captured) -> None:
    vectors = tmp_path / "vectors.txt"
    words = {line.split("\t")[1] for line in (project / "words.tsv").read_text().splitlines()[1:]}
    vectors.write_text("".join(f"{word} {len(word)} {ord(word[0])} 1\n" for word in words))
    recipe = write(project, "--encoder", str(vectors), "spelling")
    assert main(["run", str(recipe)]) == 0
    vectors.write_text("".join(f"{word} {len(word)} {ord(word[-1])} 1\n" for word in words))
    found = printed(["run", str(recipe)], capsys, code=1)
    assert found.startswith(f"Changed encoder: {vectors}.\n\n")


def test_takes_recorded_after_the_recipe_are_counted_and_no_deviation(
    project: Path, capsys: Captured
) -> None:
    recipe = write(project)
    content = json.loads(recipe.read_text("utf-8"))
    recipe.write_text(json.dumps(content | {"take_hashes": {}}))
    found = printed(["run", str(recipe)], capsys)
    assert "was written before recording; the list now has 72 takes." in found


def test_excluded_words_and_takes_are_left_out(project: Path, capsys: Captured) -> None:
    more = ("--exclude", "bear", "goat-adam", "unicorn")
    recipe = write(project, *more, measures=("retrieval-rank",))
    command = ["run", str(recipe), "--json"]
    content = json.loads(recipe.read_text("utf-8"))
    recipe.write_text(json.dumps(content | {"encoders": ["spectrum"]}))
    found = json.loads(printed(command, capsys, code=1))
    # bear has two takes; the take of goat that is left has no other speaker to be found among.
    assert found["n"] == 72 - 2 - 2
    main(command)
    assert "Excluded, but not in the list: unicorn." in capsys.readouterr().err


def test_layers_of_a_recipe_are_all_that_is_corrected_for(project: Path, capsys: Captured) -> None:
    recipe = write(project, "--encoder", "spectrum", "--layer", "8 slices")
    found = json.loads(printed(["run", str(recipe), "--json"], capsys))
    assert found["layers"] == ["8 slices"]
    whole = printed(
        ["score", "spectrum", "--words", str(project), "--measure", "silhouette", "--json"], capsys
    )
    place = json.loads(whole)["layers"].index("8 slices")
    assert found["values"] == pytest.approx([json.loads(whole)["values"][place]])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": 3}, "“words” is not a text"),
        ({"seed": -1}, "seed is out of range"),
        ({"measures": "cka"}, "“measures” is not a list"),
        ({"word_hashes": {"a": 1}}, "“word_hashes” is not a table"),
        ({"more": 1}, "unknown entry “more”"),
        ({"pooling": "sum"}, "sum"),
        ({"measures": ["cosine"]}, "cannot run the measure “cosine”"),
        ({"encoders": ["spelling"], "measures": ["cka"]}, "compares two encoders"),
    ],
)
def test_a_recipe_with_a_mistake_is_refused_with_a_reason(
    project: Path, change: dict[str, object], said: str, capsys: Captured
) -> None:
    recipe = write(project)
    recipe.write_text(json.dumps(json.loads(recipe.read_text("utf-8")) | change))
    assert main(["run", str(recipe)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"words": "a"}'])
def test_a_file_that_is_no_recipe_is_refused(
    tmp_path: Path, content: bytes, capsys: Captured
) -> None:
    file = tmp_path / "recipe.json"
    file.write_bytes(content)
    assert main(["run", str(file)]) == 2
    assert "could not be read as a recipe" in capsys.readouterr().err
