import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.project_examples import RECIPE, contents, lacking, same, sound, take, word
from vgdesk.app.project.locations import new_scratch
from vgdesk.app.project.project_file import Project, open_project, save
from vgdesk.core.cancellation import CancelledError, cancellable
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import (
    Cell,
    EncoderId,
    Session,
    TakeId,
)
from vgdesk.core.viewing import ViewRecipe

# What harms nothing

ROOT = Path(__file__).parents[3]
STEPS = 10  # 2 sound files, their folder, then file, rename and folder for each of two texts; end


def edited(project: Project, outside: Path) -> Session:
    """The next state of a project: other words, two new files, another encoder."""
    session = lacking(project.session, "dog-1").with_word(word("moon", category="sky"))
    session = session.with_take(take("moon-1", sound(outside / "moon.wav", b"moon" * 50_000)))
    session = session.with_take(take("moon-2", sound(outside / "luna.wav", b"luna" * 50_000)))
    return session.with_encoder(Cell.TEXT, EncoderId("roberta"))


def assert_old_or_new(folder: Path, old: Project, new: Session, new_recipe: ViewRecipe) -> None:
    project = open_project(folder)
    assert project.warnings == ()  # so no sound file is missing either
    words, takes = project.session.words, project.session.takes
    states = [(state.words, state.takes) for state in (old.session, new)]
    assert (words, dict(takes)) in [(w, dict(t)) for w, t in states]
    settings = [(old.session.encoders, old.recipe), (new.encoders, new_recipe)]
    assert (project.session.encoders, project.recipe) in settings
    for each in takes.values():
        if each.word == "moon":
            assert len(each.file.read_bytes()) == 200_000


DIES = """
import os, sys
from pathlib import Path
from tests.app.project_examples import lacking, lacking, RECIPE
from tests.app.project.test_project_safety import edited
from vgdesk.app.project.project_file import open_project, save
from dataclasses import replace

outside, *folders = map(Path, sys.argv[1:])

def dying(real):
    def call(*arguments, **more):
        global step
        step -= 1
        if step < 0:
            os._exit(77)
        return real(*arguments, **more)
    return call

for step, folder in enumerate(folders):
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    session = edited(open_project(folder), outside)
    os.replace, os.fsync = dying(os.replace), dying(os.fsync)
    save(folder, session, replace(RECIPE, seed=99))
    os._exit(0)
"""


@pytest.mark.slow
def test_a_death_at_any_step_leaves_the_old_or_the_new_project(
    before: Project, outside: Path, tmp_path: Path
) -> None:
    recipe = replace(RECIPE, seed=99)
    folders = [tmp_path / f"{step}" / "a.vgdesk" for step in range(STEPS)]
    for folder in folders:
        shutil.copytree(before.folder, folder)
    olds = [open_project(folder) for folder in folders]
    # One process forks the one that dies at each step.
    command = [sys.executable, "-c", DIES, str(outside), *map(str, folders)]
    ended = subprocess.run(command, check=True, timeout=60, cwd=ROOT, stdout=subprocess.PIPE)
    for folder, old in zip(folders, olds, strict=True):
        session = edited(old, outside)
        names = {"moon-1": "moon.wav", "moon-2": "luna.wav"}
        for name, file in names.items():
            session = session.with_take(
                replace(session.takes[TakeId(name)], file=folder / "takes" / file)
            )
        assert_old_or_new(folder, old, session, recipe)
        # The next save goes on from there.
        again = save(folder, edited(old, outside), recipe)
        assert same(open_project(folder).session, again)
    assert [*map(int, ended.stdout.split())] == [77] * (STEPS - 1) + [0]


@pytest.mark.parametrize("number", [5, 13, 28])  # EIO, EACCES, ENOSPC
@pytest.mark.parametrize("step", range(STEPS - 1))
def test_a_refusal_at_any_step_leaves_the_old_or_the_new_project(
    before: Project, outside: Path, monkeypatch: pytest.MonkeyPatch, step: int, number: int
) -> None:
    left = step

    def failing(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **more: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(number, os.strerror(number))
            return real(*arguments, **more)

        return call

    session, recipe = edited(before, outside), replace(RECIPE, seed=99)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", failing(os.replace))
        patched.setattr(os, "fsync", failing(os.fsync))
        with pytest.raises(ProjectError) as caught:
            save(before.folder, session, recipe)
    assert caught.value.hint
    assert not list(before.folder.rglob("*.part"))
    kept = open_project(before.folder)
    new = save(before.folder, session, recipe)
    assert same(kept.session, before.session) or kept.session.takes == new.takes
    assert_old_or_new(before.folder, before, new, recipe)


@pytest.mark.parametrize("step", range(STEPS + 1))  # one file and its folder more
def test_a_new_project_is_there_whole_or_not_at_all(
    tmp_path: Path, small: Session, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    left = step

    def failing(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **more: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(28, os.strerror(28))
            return real(*arguments, **more)

        return call

    folder = tmp_path / "new.vgdesk"
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", failing(os.replace))
        patched.setattr(os, "fsync", failing(os.fsync))
        with pytest.raises(ProjectError, match="full disk"):
            save(folder, small, RECIPE)
    assert not folder.exists()
    saved = save(folder, small, RECIPE)
    assert same(open_project(folder).session, saved)


def test_a_cancelled_new_project_leaves_no_folder(tmp_path: Path, small: Session) -> None:
    answers = iter([True, True, False])
    with cancellable(lambda: next(answers)), pytest.raises(CancelledError):
        save(tmp_path / "new.vgdesk", small, RECIPE)
    assert not (tmp_path / "new.vgdesk").exists()


# Folders that refuse


def test_a_full_disk_leaves_the_last_save(
    mount: Callable[[str], Path], small: Session, outside: Path
) -> None:
    folder = mount("rw") / "a.vgdesk"
    saved = save(folder, small, RECIPE)
    before = contents(folder)
    large = take("dog-3", sound(outside / "long.wav", bytes(2_000_000)))
    with pytest.raises(ProjectError, match="full disk"):
        save(folder, saved.with_take(large), RECIPE)
    assert contents(folder) == before
    # So full that not even the list of words fits.
    with suppress(OSError):
        (folder.parent / "filler").write_bytes(bytes(2_000_000))
    with pytest.raises(ProjectError, match="full disk") as caught:
        save(folder, saved.with_word(word("moon")), RECIPE)
    assert "last save can still be opened" in caught.value.message
    assert contents(folder) == before
    (folder.parent / "filler").unlink()
    assert same(open_project(folder).session, saved)


def test_a_folder_that_may_only_be_read_can_be_opened(
    mount: Callable[[str], Path], small: Session, tmp_path: Path
) -> None:
    folder = mount("rw") / "a.vgdesk"
    saved = save(folder, small, RECIPE)
    mount("remount,ro")
    assert same(open_project(folder).session, saved)
    with pytest.raises(ProjectError, match="cannot be written to"):
        save(folder, saved, RECIPE)
    with pytest.raises(ProjectError):
        new_scratch(folder)
    elsewhere = save(tmp_path / "b.vgdesk", saved, RECIPE)
    assert same(open_project(tmp_path / "b.vgdesk").session, elsewhere)


def test_a_vanished_folder_is_not_recreated_without_its_recordings(before: Project) -> None:
    shutil.rmtree(before.folder)
    with pytest.raises(ProjectError, match="no longer there") as caught:
        save(before.folder, before.session, RECIPE)
    assert "Connect the drive" in caught.value.hint
    assert not before.folder.exists()


def test_a_new_project_on_a_full_disk_leaves_no_folder(
    mount: Callable[[str], Path], small: Session, outside: Path
) -> None:
    folder = mount("rw") / "a.vgdesk"
    large = take("dog-3", sound(outside / "long.wav", bytes(2_000_000)))
    with pytest.raises(ProjectError, match="full disk"):
        save(folder, small.with_take(large), RECIPE)
    assert not folder.exists()
    saved = save(folder, small, RECIPE)
    assert same(open_project(folder).session, saved)


def test_a_name_that_is_too_long_is_reported(tmp_path: Path, small: Session) -> None:
    with pytest.raises(ProjectError, match="name that is too long") as caught:
        save(tmp_path / f"{'n' * 252}.vgdesk", small, RECIPE)
    assert caught.value.hint == "Choose a shorter name."


def test_a_drive_that_is_not_there_is_named(tmp_path: Path, small: Session) -> None:
    with pytest.raises(ProjectError, match="is no longer there"):
        save(tmp_path / "stick" / "a.vgdesk", small, RECIPE)


def test_a_file_in_place_of_the_folder_is_left_alone(tmp_path: Path, small: Session) -> None:
    file = sound(tmp_path / "a.vgdesk", b"precious")
    for attempt in (lambda: save(file, small, RECIPE), lambda: open_project(file)):
        with pytest.raises(ProjectError):
            attempt()
    assert file.read_bytes() == b"precious"


def test_a_recording_that_cannot_be_read_is_named(before: Project, outside: Path) -> None:
    file = sound(outside / "locked.wav")
    session = before.session.with_take(take("dog-3", file))
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("root may read everything")
    with pytest.raises(ProjectError, match=r"locked\.wav could not be read"):
        save(before.folder, session, RECIPE)
