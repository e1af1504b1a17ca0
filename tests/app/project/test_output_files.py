"""What is written where a person said: new, whole, and outside every project."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.app.project_examples import contents
from vgdesk.app.project import output_files
from vgdesk.app.project.output_files import (
    IN_USE,
    UNFINISHED,
    TargetExistsError,
    checked_file,
    checked_folder,
    new_folder,
    placed_whole,
    refuse_inside_project,
    written_whole,
)
from vgdesk.core.errors import ProjectError

ROOT = Path(__file__).parents[3]
# Writes half of something, says so, and waits for whatever comes.
HALF = """
import sys
from pathlib import Path
from vgdesk.app.project.output_files import new_folder, placed_whole, written_whole
target = Path(sys.argv[2])
with {"stream": written_whole, "path": placed_whole, "folder": new_folder}[sys.argv[1]](target) as made:
    if sys.argv[1] == "stream":
        made.write(b"half"); made.flush()
    else:
        (made / "half" if sys.argv[1] == "folder" else made).write_bytes(b"half")
    print("half", flush=True)
    sys.stdin.read()
"""  # noqa: E501


@pytest.fixture(params=["nameless", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Also write as on a system without files that have no name."""
    if request.param == "named":
        monkeypatch.setattr(output_files, "OPEN_FILES", tmp_path / "nowhere")
    return str(request.param)


def project(folder: Path, *files: str) -> Path:
    folder.mkdir()
    for name in files:
        (folder / name).write_text("ours", "utf-8")
    return folder


@pytest.mark.usefixtures("way")
def test_a_file_has_its_name_once_it_is_whole(tmp_path: Path) -> None:
    with written_whole(tmp_path / "a.csv") as stream:
        stream.write(b"whole")
        stream.flush()
        assert not (tmp_path / "a.csv").exists()
    assert contents(tmp_path) == {"a.csv": b"whole"}
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write(target: Path, text: str) -> None:
    with written_whole(target) as stream:
        stream.write(text.encode())


@pytest.mark.usefixtures("way")
def test_a_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")
    with pytest.raises(TargetExistsError, match="already exists"):
        write(tmp_path / "a.csv", "new")
    with written_whole(tmp_path / "a.csv", force=True) as stream:
        stream.write(b"new")
        stream.flush()
        assert (tmp_path / "a.csv").read_bytes() == b"old"
    assert contents(tmp_path) == {"a.csv": b"new"}


@pytest.mark.usefixtures("way")
def test_what_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    def write_late() -> None:
        with written_whole(tmp_path / "a.csv") as stream:
            stream.write(b"new")
            (tmp_path / "a.csv").write_bytes(b"somebody else's")

    with pytest.raises(TargetExistsError):
        write_late()
    assert contents(tmp_path) == {"a.csv": b"somebody else's"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError])
@pytest.mark.parametrize("write", [written_whole, placed_whole, new_folder])
@pytest.mark.usefixtures("way")
def test_failed_output_leaves_no_file(
    tmp_path: Path, write: Callable[[Path], Any], error: type[BaseException]
) -> None:
    def fail() -> None:
        with write(tmp_path / "a.csv") as made:
            if write is written_whole:
                made.write(b"half")
            else:
                (made / "half" if write is new_folder else made).write_bytes(b"half")
            raise error

    with pytest.raises(ProjectError if error is OSError else error):
        fail()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["project.json", "words.tsv"])
@pytest.mark.parametrize("force", [False, True])
def test_output_into_a_project_is_refused(tmp_path: Path, name: str, force: bool) -> None:
    home = project(tmp_path / "study", name)
    (home / "takes").mkdir()
    (tmp_path / "link").symlink_to(home)
    (tmp_path / "a.tsv").symlink_to(home / name)
    (tmp_path / "other").mkdir()
    for target in (
        home / name,
        home / "new.csv",
        home / "takes" / "new.csv",
        tmp_path / "link" / name,
        tmp_path / "link" / "takes" / "new.csv",
        tmp_path / "other" / ".." / "study" / name,
        tmp_path / "a.tsv",
    ):
        with pytest.raises(ProjectError, match="folder of a project"):
            checked_file(target, force=force)
        with pytest.raises(ProjectError, match="folder of a project"):
            checked_folder(target, force=force)


def test_a_folder_that_is_called_like_a_project_is_one(tmp_path: Path) -> None:
    home = project(tmp_path / "new.vgdesk")
    (home / "a" / "b" / "c").mkdir(parents=True)
    with pytest.raises(ProjectError, match="folder of a project"):
        checked_file(home / "a" / "b" / "c" / "x.csv")
    refuse_inside_project(home, home)  # which does not lie in itself


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no such folder/a.csv", "does not exist"),
        ("file/a.csv", "could not be written"),
        ("loop", "could not be written"),
        ("a" * 300, "could not be written"),
        ("folder", "not a file"),
        ("", "not a file"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ProjectError, match=said):
        checked_file(tmp_path / name, force=True)


def test_a_device_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="not a file"):
        checked_file(Path(os.devnull), force=True)
    with pytest.raises(ProjectError, match=r"\.csv"):
        checked_file(tmp_path / "a.xlsx", (".csv",))


def test_a_folder_is_replaced_only_if_it_holds_what_we_write(tmp_path: Path) -> None:
    place = tmp_path / "study"
    place.mkdir()
    with new_folder(place, ["a.tsv"]) as folder:
        (folder / "a.tsv").write_text("first")
    with pytest.raises(TargetExistsError):
        checked_folder(place, ["a.tsv"])
    with new_folder(place, ["a.tsv"], force=True) as folder:
        (folder / "a.tsv").write_text("second")
    assert contents(tmp_path) == {"study/a.tsv": b"second"}
    (place / "mine.txt").touch()
    with pytest.raises(ProjectError, match="not changed"):
        checked_folder(place, ["a.tsv"], force=True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="files without a name are Linux's")
@pytest.mark.parametrize(("way", "left"), [("stream", False), ("path", True), ("folder", True)])
def test_a_killed_program_leaves_no_file_that_the_next_run_does_not_delete(
    tmp_path: Path, way: str, left: bool
) -> None:
    target = tmp_path / "target"
    with _writing(way, target) as program:
        if left:
            with pytest.raises(ProjectError, match="Another vgdesk"), new_folder(target):
                pytest.fail("two write at once")
        program.send_signal(signal.SIGKILL)
    assert [path.name for path in tmp_path.iterdir()] == ["target" + UNFINISHED] * left
    with written_whole(target, force=True) as stream:
        stream.write(b"whole")
    with new_folder(tmp_path / "other") as folder:
        (folder / "whole").touch()
    if left:
        target.unlink()
        with new_folder(target) as folder:
            (folder / "whole").touch()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "target"]


def _writing(way: str, target: Path) -> "subprocess.Popen[bytes]":
    program = subprocess.Popen(
        [sys.executable, "-c", HALF, way, str(target)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == b"half\n"
    return program


def test_a_foreign_folder_is_not_cleared(tmp_path: Path) -> None:
    mine = project(tmp_path / f"a{UNFINISHED}", "mine.txt")
    with pytest.raises(ProjectError, match="in the way"), new_folder(tmp_path / "a"):
        pytest.fail("it was cleared")
    assert contents(mine) == {"mine.txt": b"ours"}
    assert IN_USE not in contents(mine)
