from pathlib import Path

import pytest

from tests.app.exchange.odd_files import Marked, long_grid, noise
from tests.app.project_examples import contents, word
from vgdesk.__main__ import main
from vgdesk.app.project.journal_replay import JOURNAL_FILE
from vgdesk.app.project.lock import ProjectLock
from vgdesk.app.project.project_file import open_project, save

TIERS = {
    "Ana - ort": [Marked(0, 1, "dog"), Marked(1, 2, "cat")],
    "Ana - seg": [Marked(0, 1, "d")],
    "sense": [Marked(0, 2, "animal")],
}


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    noise(tmp_path / "a.wav", 2)
    file = tmp_path / "a.TextGrid"
    file.write_text(long_grid(TIERS, 2), "utf-16")
    return file


def test_an_annotation_makes_a_project_and_a_table_adds_to_it(
    tmp_path: Path, grid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "p.vgdesk"
    assert main(["import", str(project), str(grid), "--phones"]) == 0
    assert "2 new words and 2 recordings from 1 sound file" in capsys.readouterr().out
    session = open_project(project).session
    assert [(t.word, t.speaker, t.start) for t in session.takes.values()] == [
        ("dog", "Ana", 0),
        ("cat", "Ana", 1),
    ]
    labels = [dict(word.labels) for word in session.words.values()]
    assert labels[0] == {"phones": "d", "phones source": "annotation"}
    assert labels[1] == {"phones": "k æ t", "phones source": "CMUdict"}
    table = tmp_path / "t.csv"
    table.write_text("Tier,Bild,nowhere\ndog,x,a.wav\ncow,y,gone.wav\n", "utf-8")
    mapping = ["Tier=word", "Bild=picture", "nowhere=file"]
    assert main(["import", str(project), str(table), "--map", *mapping]) == 2
    said = capsys.readouterr()
    assert "gone.wav" in said.err
    assert "Added 1 of 2" in said.out
    session = open_project(project).session
    assert len(session.takes) == 3
    assert [w.labels.get("picture") for w in session.words.values()] == ["x", None]


def test_the_tier_can_be_named(tmp_path: Path, grid: Path) -> None:
    project = tmp_path / "p.vgdesk"
    arguments = ["--tier", "sense", "--phones-tier", "Ana - seg"]
    assert main(["import", str(project), str(grid), *arguments]) == 0
    assert list(open_project(project).session.words) == ["animal"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--tier", "nothing"], "“Ana - ort”, “Ana - seg”, “sense”"),
        (["--map", "x"], "COLUMN=FIELD"),
        (["--map", "x=word"], "no column “x”"),
    ],
)
def test_what_cannot_be_leaves_no_project(
    tmp_path: Path,
    grid: Path,
    arguments: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = tmp_path / "p.vgdesk"
    assert main(["import", str(project), str(grid), *arguments]) == 2
    assert says in capsys.readouterr().err
    assert not project.exists()


@pytest.mark.parametrize("own", ["p.vgdesk", "p.vgdesk/takes", "p.vgdesk/takes/a.wav", ".", "link"])
def test_a_project_is_not_taken_into_itself(
    tmp_path: Path, grid: Path, own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "p.vgdesk"
    (tmp_path / "link").symlink_to(project)
    assert main(["import", str(project), str(grid)]) == 0
    before = contents(project)
    assert main(["import", str(project), str(tmp_path / own)]) == 2
    assert "to itself. Nothing was added" in capsys.readouterr().err
    assert contents(project) == before


def test_a_project_may_be_begun_beside_its_sounds(tmp_path: Path, grid: Path) -> None:
    assert main(["import", str(tmp_path / "p.vgdesk"), str(grid.parent)]) == 0


def test_a_project_open_in_a_window_is_left_alone(
    tmp_path: Path, grid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "p.vgdesk"
    assert main(["import", str(project), str(grid)]) == 0
    before = (project / "words.tsv").read_bytes()
    lock = ProjectLock.taken(project)
    assert lock is not None
    assert main(["import", str(project), str(grid)]) == 2
    lock.release()
    assert "Nothing was added" in capsys.readouterr().err
    assert (project / "words.tsv").read_bytes() == before


def test_what_a_window_saves_at_the_last_moment_stays(
    tmp_path: Path, grid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "p.vgdesk"
    assert main(["import", str(project), str(grid)]) == 0
    take_lock = ProjectLock.taken

    def taken(folder: Path) -> ProjectLock | None:
        before = open_project(folder)
        save(folder, before.session.with_word(word("sun")), before.recipe)
        return take_lock(folder)  # as if the window had just let go of it

    monkeypatch.setattr(ProjectLock, "taken", taken)
    table = tmp_path / "t.csv"
    table.write_text("word\ncow\n", "utf-8")
    assert main(["import", str(project), str(table)]) == 0
    assert list(open_project(project).session.words) == ["dog", "cat", "sun", "cow"]


def test_a_journal_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, grid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "p.vgdesk"
    assert main(["import", str(project), str(grid)]) == 0
    (project / JOURNAL_FILE).mkdir()
    assert main(["import", str(project), str(grid)]) == 2
    assert "Nothing was added" in capsys.readouterr().err


@pytest.mark.parametrize("is_absolute", [True, False])
def test_sounds_outside_the_folder_come_in_only_if_that_was_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, is_absolute: bool
) -> None:
    mine = tmp_path / "mine" / "dog.wav"
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    mine.parent.mkdir()
    noise(mine, 0.4)
    noise(theirs / "cat.wav", 0.4)
    named = str(mine) if is_absolute else "../mine/dog.wav"
    (theirs / "t.csv").write_text(f"word,file\ndog,{named}\ncat,cat.wav\n", "utf-8")
    command = ["import", str(tmp_path / "p.vgdesk"), str(theirs / "t.csv")]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert f"1 sound file outside this folder: {theirs / named}" in said
    assert not (tmp_path / "p.vgdesk").exists()
    assert main([*command, "--outside"]) == 0
    takes = open_project(tmp_path / "p.vgdesk").session.takes
    assert set(takes) == {"dog-1", "cat-1"}


def test_given_sounds_are_looked_for_nowhere_else(tmp_path: Path) -> None:
    noise(tmp_path / "dog.wav", 0.4)
    (tmp_path / "tables").mkdir()
    table = tmp_path / "tables" / "t.csv"
    table.write_text("word,file\ndog,../dog.wav\n", "utf-8")
    given = [str(table), str(tmp_path / "dog.wav")]
    assert main(["import", str(tmp_path / "p.vgdesk"), *given]) == 0


def test_a_paragraph_is_no_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # What could not be read back from the table of the project does not come in.
    (tmp_path / "t.csv").write_text(f"word\n{'many words ' * 200}\n", "utf-8")
    assert main(["import", str(tmp_path / "p.vgdesk"), str(tmp_path / "t.csv")]) == 2
    assert "too long" in capsys.readouterr().err
    assert not (tmp_path / "p.vgdesk").exists()
