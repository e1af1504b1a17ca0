"""A speaker who wants to be forgotten is forgotten, whatever happens meanwhile."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.app.project.test_project_manager import Window
from tests.app.project_examples import RECIPE, contents, sessions_of, sound, take, word
from vgdesk.__main__ import main
from vgdesk.app.project.erasure import NOTE_FILE, carry_out, clear_vectors, plan_removal
from vgdesk.app.project.journal_replay import JOURNAL_FILE, LEFT_FILE
from vgdesk.app.project.locations import new_scratch, scratch_folder
from vgdesk.app.project.project_file import open_project, save
from vgdesk.app.state.settings import embeddings_folder
from vgdesk.app.words.identifiers import next_take_id
from vgdesk.app.words.removal import Removal
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import Session, Speaker, TakeId, Trashed, WordId

ROOT = Path(__file__).parents[3]
NAME = "Zoë Ünïque"
THEIRS = ("dog-1", "dog-7", "moon-4", "old-3")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VGDESK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def make_project(place: Path) -> Path:
    """A project of two speakers: takes, trash, edits not saved, and what crashes left behind."""
    folder = place / "a.vgdesk"
    outside = place / "outside"
    takes = [
        take("dog-1", sound(outside / "a.flac", b"hers 1"), speaker=NAME),
        take("dog-2", sound(outside / "b.flac", b"his"), speaker="Bo"),
        take("tea-1", sound(outside / "both.flac", b"a long recording"), speaker=NAME, end=1.0),
        take("tea-2", outside / "both.flac", speaker="Bo", start=1.0),
    ]
    session = sessions_of([word("dog"), word("tea")], takes)
    session = session.with_speaker(Speaker(NAME, "de", has_consent=True))
    gone = take("dog-7", sound(outside / "c.flac", b"hers 7"), speaker=NAME)
    session = Session(
        session.words,
        session.takes,
        trash={gone.id: Trashed(gone, session.words[WordId("dog")])},
        speakers=session.speakers,
    )
    save(folder, session, RECIPE)
    shutil.rmtree(outside)
    window = Window()
    window.open(folder)
    more = take("moon-4", sound(folder / "takes" / "moon-4.flac", b"hers 4"), speaker=NAME)
    window.projects.begin_take(TakeId("moon-4"), word("moon"), NAME)
    window.store.apply("Record moon", lambda s: s.with_word(word("moon")).with_take(more))
    window.store.apply("Add sun", lambda s: s.with_word(word("sun")))
    window.crash()
    (folder / "words.tsv.broken").write_text(f"dog\t{NAME}")
    (folder / "words.tsv.99999.part").write_text(f"dog\t{NAME}")
    (folder / LEFT_FILE).write_text(json.dumps({"take": "old-3", "word": {}, "speaker": NAME}))
    sound(folder / "takes" / "old-3.48000.partial", b"?")
    sound(folder / "takes" / "dog-1.48000.partial", b"hers, kept before")
    sound(embeddings_folder() / "ab" / "abcd.safetensors", b"the voice of somebody")
    return folder


def purge(window: Window, speaker: str, *, nameless: bool = False) -> Removal:
    plans: list[Removal] = []
    window.projects.plan_removal(speaker, plans.append)
    window.main_thread.run_until(lambda: plans)
    plan = plans[0].with_nameless() if nameless else plans[0]
    remove(window, plan)
    return plan


def remove(window: Window, plan: Removal) -> None:
    ends: list[bool] = []

    def forget(then: Callable[[], object]) -> None:
        if plan.speaker:
            clear_vectors()
        then()

    window.projects.remove(plan, forget, lambda: ends.append(True))
    window.main_thread.run_until(lambda: ends)


def traces(*folders: Path) -> list[str]:
    """Everything in these folders that tells of the speaker or of their takes."""
    found = []
    wanted = [NAME.encode(), json.dumps(NAME)[1:-1].encode(), b"hers", b"voice of somebody"]
    wanted += [name.encode() for name in THEIRS]
    for folder in folders:
        for name, content in contents(folder).items():
            found += [f"{name}: {part!r}" for part in wanted if part in content + name.encode()]
    return found


def test_all_data_of_the_speaker_and_only_that_is_deleted(folder: Path, home: Path) -> None:
    assert len(traces(folder, home)) > 10
    window = Window()
    window.open(folder)
    plan = purge(window, NAME)
    assert traces(folder, home) == []
    assert set(plan.takes) == {"dog-1", "dog-7", "moon-4", "tea-1"}
    assert [file.name for file in plan.shared] == ["both.flac"]
    session = window.store.session
    assert set(session.takes) == {"dog-2", "tea-2"}
    assert set(session.words) == {"dog", "tea", "moon", "sun"}
    assert session.takes[TakeId("dog-2")].file.read_bytes() == b"his"
    assert (folder / "takes" / "both.flac").read_bytes() == b"a long recording"
    assert not window.store.undo_label
    assert not window.store.has_unsaved_edits
    window.store.undo()
    assert window.store.session is session
    window.close()
    again = open_project(folder)
    assert set(again.session.takes) == {"dog-2", "tea-2"}
    assert again.warnings == ()
    assert not (folder / NOTE_FILE).exists()


def test_an_undone_recording_is_deleted_too(folder: Path, home: Path) -> None:
    window = Window()
    window.open(folder)
    undone = take("sun-1", sound(folder / "takes" / "sun-1.flac", b"hers too"), speaker=NAME)
    window.store.apply("Record sun", lambda s: s.with_take(undone))
    window.store.undo()
    purge(window, NAME)
    assert traces(folder, home) == []
    window.close()


def test_a_project_that_was_never_saved_stays_unsaved(home: Path) -> None:
    window = Window()
    file = sound(window.projects.takes_folder / "dog-1.flac", b"hers")
    other = sound(window.projects.takes_folder / "dog-2.flac", b"his")
    window.projects.begin_take(TakeId("dog-1"), word("dog"), NAME)
    takes = [take("dog-1", file, speaker=NAME), take("dog-2", other, speaker="Bo")]
    window.store.apply("Record", lambda _s: sessions_of([word("dog")], takes))
    purge(window, NAME)
    assert traces(home) == []
    assert window.store.has_unsaved_edits
    assert window.projects.home is None
    window.crash()
    after = Window()
    assert after.start()
    assert set(after.store.session.takes) == {"dog-2"}
    after.close()


def test_copies_in_folders_of_unsaved_projects_go_but_not_those_of_others(
    folder: Path, home: Path
) -> None:
    left, held = new_scratch(scratch_folder()), new_scratch(scratch_folder())
    for place in (left, held):
        sound(place / "takes" / "dog-1.flac", b"hers 1")
        sound(place / "takes" / "dog-2.flac", b"his")
    (left / LEFT_FILE).write_text(NAME)
    (held / JOURNAL_FILE).write_text("{}")  # somebody may want this one back
    window = Window()
    window.open(folder)
    purge(window, NAME)
    assert traces(left) == []
    assert contents(left)["takes/dog-2.flac"] == b"his"
    assert contents(held)["takes/dog-1.flac"] == b"hers 1"
    window.close()


def test_files_outside_the_project_are_named_and_stay(tmp_path: Path, folder: Path) -> None:
    window = Window()
    window.open(folder)
    original = sound(tmp_path / "mine" / "cow.wav", b"imported")
    link = folder / "takes" / "link.flac"
    link.symlink_to(original)
    added = [take("cow-1", original, speaker=NAME), take("cow-2", link, speaker=NAME)]
    way_out = folder / "takes" / ".." / ".." / "mine" / "cow.wav"
    added.append(take("cow-3", way_out, speaker=NAME))
    for one in added:
        window.store.apply("Add", lambda s, one=one: s.with_word(word("cow")).with_take(one))
    plan = plan_removal(NAME, window.store.session, (), folder)
    assert set(plan.outside) == {original, link}
    link.unlink()
    purge(window, NAME)
    assert original.read_bytes() == b"imported"
    window.close()


def test_files_of_unknown_speakers_are_deleted_only_on_request(folder: Path) -> None:
    nobody = sound(folder / "takes" / "whose.flac", b"?")
    window = Window()
    window.open(folder)
    plan = purge(window, NAME)
    assert nobody in plan.nameless
    assert nobody.exists()
    purge(window, "Bo", nameless=True)
    assert not nobody.exists()
    window.close()


def test_emptying_the_trash_is_permanent(folder: Path) -> None:
    window = Window()
    window.open(folder)
    window.store.apply("Reject", lambda s: s.without_takes(frozenset([TakeId("tea-1")])))
    plan = purge(window, "")
    assert set(plan.takes) == {"dog-7", "tea-1"}
    assert not window.store.session.trash
    assert not (folder / "trash.tsv").exists()
    assert (folder / "takes" / "both.flac").exists()  # another take is in it
    assert not (folder / "takes" / "c.flac").exists()
    assert NAME in {t.speaker for t in window.store.session.takes.values()}
    assert embeddings_folder().exists()
    window.close()
    assert not open_project(folder).session.trash


def test_what_came_back_since_it_was_planned_keeps_its_sound(folder: Path) -> None:
    window = Window()
    window.open(folder)
    late = sound(folder / "takes" / "sun-1.flac", b"just recorded")
    emptied = plan_removal("", window.store.session, (), folder)
    theirs = plan_removal("Bo", window.store.session, (), folder).with_nameless()
    assert late in theirs.files
    window.store.apply("Restore", lambda s: s.with_restored(TakeId("dog-7")))
    sun = take("sun-1", late, speaker=NAME)
    window.store.apply("Record sun", lambda s: s.with_take(sun))
    for plan in (emptied, theirs):
        ends: list[bool] = []
        window.projects.remove(plan, lambda then: then(), lambda ends=ends: ends.append(True))
        window.main_thread.run_until(lambda ends=ends: ends)
    assert {"dog-7", "sun-1"} <= set(window.store.session.takes)
    assert all(one.file.exists() for one in window.store.session.takes.values())
    window.close()


def test_numbers_of_permanently_deleted_takes_are_not_reused(folder: Path) -> None:
    window = Window()
    window.open(folder)
    purge(window, NAME)
    session = window.store.session
    numbers = {w: next_take_id(session, WordId(w), folder / "takes") for w in ("dog", "moon", "x")}
    assert numbers == {"dog": "dog-8", "moon": "moon-5", "x": "x-1"}
    window.close()
    assert open_project(folder).session.spent == session.spent


def test_undeletable_files_are_reported_and_retried(folder: Path, home: Path) -> None:
    window = Window()
    window.open(folder)
    stuck = folder / "takes" / "moon-4.flac"
    stuck.unlink()
    stuck.mkdir()  # no file any more, so it cannot be deleted as one
    plan = plan_removal(NAME, window.store.session, (), folder)
    told = len(window.notices)
    window.projects.remove(
        Removal(NAME, plan.takes, (*plan.files, stuck)), lambda then: then(), lambda: None
    )
    window.main_thread.run_until(lambda: len(window.notices) > told)
    assert "could not be deleted" in window.notices[-1].message
    assert set(window.store.session.takes) >= {"dog-1", "dog-2"}  # the speaker is still listed
    window.crash()
    for command in ("pack", "export"):
        assert main([command, str(folder), str(folder.with_name(f"{command}ed"))]) == 2
        assert not folder.with_name(f"{command}ed").exists()
    stuck.rmdir()
    after = Window()
    after.open(folder)
    (again,) = after.interrupted
    assert again.is_interrupted
    assert not again.nameless
    assert set(after.store.session.takes) >= {"dog-1", "dog-2"}  # nothing before the answer
    remove(after, again)
    assert traces(folder, home) == []
    after.close()


def test_a_note_that_cannot_be_written_leaves_everything(
    mount: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = make_project(mount("rw"))
    session = open_project(folder).session
    plan = plan_removal(NAME, session, (), folder)
    before = contents(folder)
    filler = folder.parent / "filler"
    with suppress(OSError):
        filler.write_bytes(bytes(2_000_000))
    with pytest.raises(ProjectError, match=r"Nothing was deleted: .*No space left") as caught:
        carry_out(folder, plan, session, RECIPE)
    assert "Free some space" in caught.value.hint
    filler.unlink()
    mount("remount,ro")
    with pytest.raises(ProjectError, match=r"Nothing was deleted: .*Read-only"):
        carry_out(folder, plan, session, RECIPE)
    assert contents(folder) == before


@pytest.mark.parametrize("note", ["[]", "{", '{"speaker": 5, "files": []}', "", None])
def test_an_unreadable_note_is_put_aside(folder: Path, note: str | None, home: Path) -> None:
    place = folder / NOTE_FILE
    place.mkdir() if note is None else place.write_text(note)
    window = Window()
    window.open(folder)
    assert window.interrupted == []
    assert "could not be read" in window.said
    assert "removing.json.broken" in window.said
    assert not place.exists()
    told = len(window.notices)
    window.open(folder)
    assert "removing.json" not in "".join(notice.message for notice in window.notices[told:])
    assert main(["pack", str(folder), str(folder.with_suffix(".vgz"))]) == 0
    purge(window, NAME)
    assert not (folder / "removing.json.broken").is_file()  # it may name the speaker
    assert not window.notices[told:]
    window.close()


DIES = """
import os, signal, sys
from pathlib import Path

from tests.app.project.test_project_manager import Window
from vgdesk.__main__ import main
from tests.app.project.test_erasure import NAME, purge

place, count = Path(sys.argv[1]), Path(sys.argv[2])
# Everything is loaded once; each child lives until its own step.
step = 0
while True:
    os.environ["VGDESK_HOME"] = str(place / str(step) / "home")
    if not (place / str(step)).exists():
        break
    child = os.fork()
    if not child:
        window = Window()
        window.open(place / str(step) / "a.vgdesk")
        left = [step]
        def watch(event, arguments):
            is_edit = event in ("os.remove", "os.rename", "os.rmdir", "shutil.rmtree")
            if is_edit or (event == "open" and arguments[1] and set("wax") & set(arguments[1])):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(watch)
        purge(window, NAME)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    (count / str(step)).write_text("killed" if os.WIFSIGNALED(status) else "done")
    step += 1
"""
STEPS = 40


@pytest.mark.slow
def test_killed_at_any_step_it_is_finished_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends, places = tmp_path / "ends", tmp_path / "places"
    ends.mkdir()
    for step in range(STEPS):
        monkeypatch.setenv("VGDESK_HOME", str(places / str(step) / "home"))
        make_project(places / str(step))
    subprocess.run(
        [sys.executable, "-c", DIES, str(places), str(ends)], cwd=ROOT, check=True, timeout=100
    )
    killed = [step for step in range(STEPS) if (ends / str(step)).read_text() == "killed"]
    assert 15 < len(killed) < STEPS  # every step was one to die at, and the last ones are behind it
    for step in range(STEPS):
        monkeypatch.setenv("VGDESK_HOME", str(places / str(step) / "home"))
        folder = places / str(step) / "a.vgdesk"
        window = Window()
        window.open(folder)
        if (folder / NOTE_FILE).exists():
            remove(window, window.interrupted[0])
        elif step < 3:  # the note was not yet there, so nothing had begun
            assert all(take.file.exists() for take in window.store.session.takes.values())
            purge(window, NAME)
        session = window.store.session
        assert set(session.takes) == {"dog-2", "tea-2"}, step
        assert set(session.words) == {"dog", "tea", "moon", "sun"}, step
        assert all(t.file.exists() for t in session.takes.values()), step
        assert traces(folder, places / str(step) / "home") == [], step
        window.close()
