"""No command overwrites what it did not make."""

from pathlib import Path

import pytest

from tests.app.project_examples import contents
from vgdesk.__main__ import main
from vgdesk.app.project.project_file import Project

WRITERS = [
    ["export", "P", "T.csv"],
    ["export", "P", "T.tsv"],
    ["pack", "P", "T.vgz"],
    ["embed", "P", "--encoder", "spelling", "--out", "T.npz"],
    ["embed", "P", "--encoder", "spelling", "--out", "T.safetensors"],
    ["recipe", "P", "--encoder", "spelling", "--measure", "silhouette", "--out", "T.json"],
]
LONG = ["score", "spelling", "--words", "P", "--measure", "pair-types", "--long", "T.csv"]


def filled_in(command: list[str], project: Path, target: Path) -> list[str]:
    """Put the project in the place of P, and the target in that of T."""
    words = [str(project) if word == "P" else word for word in command]
    return [str(target) + word[1:] if word.startswith("T.") else word for word in words]


@pytest.mark.parametrize("command", WRITERS)
def test_a_file_is_replaced_only_by_force(
    before: Project, tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = filled_in(command, before.folder, tmp_path / "a")
    file = Path(asked[-1])
    file.write_bytes(b"mine")
    assert main(asked) == 2
    assert "Add --force to replace it." in capsys.readouterr().err
    assert file.read_bytes() == b"mine"
    assert main([*asked, "--force"]) == 0
    assert file.read_bytes() != b"mine"


@pytest.mark.slow
@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize("command", [*WRITERS, LONG, ["export", "P", "T.d", "--as", "textgrid"]])
def test_output_into_a_project_is_refused(
    before: Project, tmp_path: Path, command: list[str], force: list[str]
) -> None:
    held = contents(before.folder)
    (tmp_path / "link").symlink_to(before.folder)
    for place in (before.folder, tmp_path / "link", before.folder / "takes" / ".."):
        for name in ("words", "new", "takes/new"):
            assert main([*filled_in(command, before.folder, place / name), *force]) == 2
    assert contents(before.folder) == held


@pytest.mark.parametrize("command", [*WRITERS, ["score", "spelling", "--words", "P"]])
def test_a_damaged_project_is_read_and_not_changed(
    before: Project, tmp_path: Path, command: list[str]
) -> None:
    table = before.folder / "words.tsv"
    table.write_text(table.read_text("utf-8") + "moon\t\n", "utf-8")  # a row without a word
    held = contents(before.folder)
    main(filled_in(command, before.folder, tmp_path / "b"))
    assert contents(before.folder) == held


@pytest.mark.parametrize(
    "command",
    [
        *WRITERS,
        LONG,
        ["export", "P", "T.d", "--as", "textgrid"],
        ["unpack", "P", "T.vgdesk"],
        ["reproduce", "P", "--out", "T.d"],
    ],
)
def test_the_target_is_looked_at_before_the_work(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Even before it is found that there is no project."""
    target = tmp_path / "no such folder" / "a"
    assert main(filled_in(command, tmp_path / "none.vgdesk", target)) == 2
    assert "no such folder" in capsys.readouterr().err


def test_a_name_that_says_no_kind_of_file_is_refused(
    before: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (
        ["export", "P", "T.xlsx"],
        ["export", "P", "T.tsv", "--as", "csv"],
        ["pack", "P", "T.zip"],
        ["embed", "P", "--encoder", "spelling", "--out", "T.pt"],
        ["embed", "P", "--encoder", "spectrum", "--frames", "--out", "T.npz"],
    ):
        assert main(filled_in(command, before.folder, tmp_path / "b")) == 2
        assert "Use a name that ends in" in capsys.readouterr().err
    assert not list(tmp_path.glob("b.*"))


def test_a_project_is_not_begun_inside_another(before: Project, tmp_path: Path) -> None:
    held = contents(before.folder)
    words = tmp_path / "words.csv"
    words.write_text("word\ndog\n", "utf-8")
    assert main(["import", str(before.folder / "new.vgdesk"), str(words)]) == 2
    assert contents(before.folder) == held


@pytest.mark.parametrize("seed", ["-1", "nan", "inf", "1.5", "4294967296", "9" * 5000, "", "²"])
def test_a_seed_is_a_number_that_every_generator_takes(
    seed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["score", "spelling", "--words", "kiki-bouba", "--seed", seed])
    assert ended.value.code == 2
    assert "a seed is a whole number" in capsys.readouterr().err


@pytest.mark.slow
def test_a_cell_or_a_nesting_without_end_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    giant = tmp_path / "a.csv"
    giant.write_text(f"word,category\n{'x' * 200_000},a\n", "utf-8")
    ratings = tmp_path / "r.csv"
    ratings.write_text(f"word1,word2,similarity\n{'x' * 200_000},a,1\n", "utf-8")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("[" * 100_000, "utf-8")
    for command, said in (
        (["score", "spelling", "--words", str(giant)], "is damaged"),
        (["score", "spelling", "--words", "kiki-bouba", "--ratings", str(ratings)], "is damaged"),
        (["score", str(tmp_path / "model"), "--words", "kiki-bouba"], "nested too deeply"),
        (["score", "spelling", "--words", "/dev/zero"], "could not be read"),
        (["score", "spelling", "--words", str(tmp_path)], "could not be read"),
    ):
        assert main(command) == 2
        assert said in capsys.readouterr().err
