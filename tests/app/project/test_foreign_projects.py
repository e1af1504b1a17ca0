"""A project that somebody passed on is as harmless to open as a picture."""

import errno
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.project.test_project_manager import Window
from tests.app.project_examples import RECIPE, contents, sessions_of, sound, take, word
from vgdesk.__main__ import main
from vgdesk.app.project.archive import pack, unpack
from vgdesk.app.project.erasure import NOTE_FILE
from vgdesk.app.project.journal import edit_record
from vgdesk.app.project.journal_replay import JOURNAL_FILE, replay
from vgdesk.app.project.project_file import open_project, save
from vgdesk.app.state.settings import embeddings_folder
from vgdesk.app.words.identifiers import made_word, next_take_id
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import Session, TakeId, WordId
from vgdesk.core.names import is_take_id, is_word_id

HEAD = "id\tword\ttake\tspeaker\tfile\tstart\tend\tsource\tquality\tkept\n"
CLIMBING = (
    "../../mine/secret",
    "/mine/secret",
    "a/b",
    "a\\b",
    "..",
    ".",
    "C:x",
    "a:b",
    "a\0b",
    " ",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VGDESK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Path]:
    """Files of the reader's own, which no project may touch."""
    mine = tmp_path / "mine"
    sound(mine / "secret.flac", b"my own recording")
    sound(mine / "secret-1.flac", b"another one")
    sound(mine / "letter.txt", b"my own text")
    sound(embeddings_folder() / "ab" / "abcd.safetensors", b"my own vectors")
    before = contents(mine) | contents(embeddings_folder())
    yield mine
    assert contents(mine) | contents(embeddings_folder()) == before


@pytest.fixture
def folder(tmp_path: Path, mine: Path) -> Path:
    folder = tmp_path / "theirs" / "a.vgdesk"
    takes = [take("dog-1", sound(tmp_path / "outside" / "dog.flac", b"theirs"), speaker="S01")]
    folder.parent.mkdir()
    save(folder, sessions_of([word("dog")], takes), RECIPE)
    shutil.rmtree(tmp_path / "outside")
    return folder


def opened(folder: Path) -> Session:
    """Open it in a window, look at all that it says, and save it."""
    window = Window()
    window.open(folder)
    session = window.store.session
    if window.projects.home == folder:
        window.store.apply("Add sun", lambda s: s.with_word(word("sun")))
        window.settle()
        window.save(folder)
    window.close()
    return session


def assert_names_stay_inside(session: Session, folder: Path) -> None:
    assert all(map(is_word_id, session.words))
    assert all(map(is_take_id, session.takes))
    for name in session.words:
        recorded = folder / "takes" / f"{next_take_id(session, name, folder / 'takes')}.flac"
        assert recorded.resolve().parent == (folder / "takes").resolve()


@pytest.mark.parametrize("name", CLIMBING)
@pytest.mark.parametrize("place", ["words.tsv", "trash.tsv"])
def test_ids_in_tables_become_names_of_files(folder: Path, name: str, place: str) -> None:
    row = f"{name}\tcat\t{name}-1\tS01\ttakes/dog.flac\t0.0\t\trecorded\t\t\n".replace("\\", "\\\\")
    (folder / place).write_text(HEAD + row, "utf-8")
    (folder / NOTE_FILE).write_text(json.dumps({"speaker": "S01", "files": [f"{name}.flac"]}))
    session = opened(folder)
    assert_names_stay_inside(session, folder)
    if place == "words.tsv":
        (cat,) = session.words.values()
        (spoken,) = session.takes.values()
        assert (cat.text, spoken.word, spoken.file.name) == ("cat", cat.id, "dog.flac")


def test_different_ids_stay_different_and_the_same_the_same(folder: Path) -> None:
    rows = [f"{name}\tcat\t{name}-{n}\t\ttakes/dog.flac" for name in ("a/b", "a b") for n in (1, 2)]
    (folder / "words.tsv").write_text("\n".join([HEAD.rstrip(), *rows]), "utf-8")
    project = open_project(folder)
    assert list(project.session.words) == ["a-b", "a-b_2"]
    assert [t.word for t in project.session.takes.values()] == ["a-b", "a-b", "a-b_2", "a-b_2"]
    (notice,) = project.warnings
    assert "the id “a/b” as “a-b”" in notice.message


@pytest.mark.parametrize("name", CLIMBING)
def test_ids_in_the_journal_are_refused(folder: Path, name: str) -> None:
    cat = {"id": name, "word": "cat", "language": "en", "labels": {}}
    record = {
        "id": f"{name}-1", "word": name, "file": "takes/dog.flac", "speaker": "", "start": 0.0,
        "end": None, "source": "recorded", "quality": {}, "kept_anyway": False,
    }  # fmt: skip
    lines = [
        {"at": "", "edit": "Add", "set": {"words": {name: cat}}},
        {"at": "", "edit": "Add", "set": {"words": {name: cat}, "takes": {f"{name}-1": record}}},
        {"at": "", "edit": "Add", "set": {"trash": {f"{name}-1": {"take": record, "word": cat}}}},
        {"at": "", "edit": "Add", "set": {"spent": {name: 3}}},
        {"at": "", "take": f"{name}-1", "word": cat, "speaker": ""},
    ]
    (folder / JOURNAL_FILE).write_text("\n".join(map(json.dumps, lines)))
    session = opened(folder)
    assert list(session.words) == ["dog"]
    assert_names_stay_inside(session, folder)


@pytest.mark.parametrize("name", ["../../mine/secret", "C:\\secret"])
def test_a_take_that_began_under_such_a_name_is_looked_for_nowhere(folder: Path, name: str) -> None:
    words = {"id": "dog", "word": "dog", "language": "en", "labels": {}}
    line = {"at": "", "take": name, "word": words, "speaker": "S01"}
    (folder / JOURNAL_FILE).write_text(json.dumps(line))
    (folder / NOTE_FILE).write_text(json.dumps({"speaker": "S01", "files": []}))
    window = Window()
    window.open(folder)
    (removal,) = window.interrupted
    assert {file.parent for file in removal.files} == {folder / "takes"}
    assert set(window.store.session.takes) == {"dog-1"}
    window.close()


def test_a_deletion_that_the_project_speaks_of_waits_for_an_answer(folder: Path) -> None:
    stray = sound(folder / "takes" / "stray.flac", b"?")
    names = [stray.name, "dog.flac", "../../../mine/secret.flac"]
    (folder / NOTE_FILE).write_text(json.dumps({"speaker": "", "files": names}))
    window = Window()
    window.open(folder)
    (removal,) = window.interrupted
    assert removal.files == (stray,)  # dog.flac belongs to a take of the list
    assert stray.exists()
    window.projects.give_up_removal()
    window.settle_files()
    window.close()
    assert not (folder / NOTE_FILE).exists()
    assert stray.exists()


LINKS = (
    "takes", "words.tsv", "project.json", "trash.tsv", "ratings.tsv", "words.tsv.broken",
    "journal.jsonl", "journal.left.jsonl", "removing.json", ".lock", "takes/more.flac", "sub",
)  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_a_link_is_never_followed(
    folder: Path, mine: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "words.tsv").write_text(
        f"{HEAD}dog\tdog\tdog-1\t\ttakes/dog.flac\nbad\n"
        "cat\tcat\tcat-1\t\ttakes/more.flac\nsun\tsun\tsun-1\t\tsub/secret.flac\n"
    )
    place = folder / name
    shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    is_folder = name in ("takes", "sub")
    target = mine if is_folder else mine / ("secret.flac" if "takes" in name else "letter.txt")
    place.symlink_to(target)
    before = contents(folder)
    window = Window()
    window.open(folder)
    assert window.projects.home is None
    assert "link" in window.said
    assert str(place) in window.said
    window.close()
    for command in (
        ["pack", str(folder), str(folder.parent / "a.vgz")],
        ["export", str(folder), str(folder.parent / "out.csv")],
        ["import", str(folder), str(mine / "secret.flac")],
    ):
        assert main(command) == 2
        assert re.search("link|interrupted", capsys.readouterr().err)
    assert main(["score", "spelling", "--words", str(folder)]) == 2
    with pytest.raises(ProjectError, match="link"):
        save(folder, Session({WordId("sun"): word("sun")}), RECIPE)
    assert contents(folder) == before
    assert sorted(file.name for file in folder.parent.iterdir()) == ["a.vgdesk"]


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(folder: Path) -> None:
    names = ("words.tsv", "project.json", "journal.jsonl", "trash.tsv", "ratings.tsv", NOTE_FILE)
    for name in names:
        there = folder / name
        kept = there.read_bytes() if there.exists() else None
        there.unlink(missing_ok=True)
        os.mkfifo(there)
        opened(folder)
        there.unlink(missing_ok=True)
        if kept is not None:
            there.write_bytes(kept)


def test_the_journal_brings_back_only_what_this_user_imported(folder: Path, mine: Path) -> None:
    imported = take("secret-1", mine / "secret.flac")
    session = sessions_of([word("secret")], [imported])
    record = edit_record(Session(), session, folder, "Add 1 recording")
    assert record is not None
    (folder / JOURNAL_FILE).write_text(json.dumps(record))
    assert replay(folder, Session()).session.takes[TakeId("secret-1")] == imported
    # The same line, as anybody could write it.
    for signature in (None, "", "0" * 64, 7):
        record["set"]["takes"]["secret-1"]["signature"] = signature
        (folder / JOURNAL_FILE).write_text(json.dumps(record))
        found = replay(folder, Session())
        assert (dict(found.session.takes), found.damaged) == ({}, 1)
    key = next((mine.parent / "home").rglob("signing.key"))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_packed_project_brings_no_id_that_leads_out(folder: Path, tmp_path: Path) -> None:
    row = "../../mine/secret\tcat\t../../mine/secret-1\tS01\ttakes/dog.flac\t0.0\t\trecorded\t\t\n"
    (folder / "words.tsv").write_text(HEAD + row, "utf-8")
    pack(folder, tmp_path / "a.vgz")
    unpack(tmp_path / "a.vgz", tmp_path / "b.vgdesk")
    assert_names_stay_inside(opened(tmp_path / "b.vgdesk"), tmp_path / "b.vgdesk")


def test_new_projects_are_for_their_owner_alone(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "a.vgz")
    unpack(tmp_path / "a.vgz", tmp_path / "b.vgdesk")
    for one in (folder, folder / "takes", tmp_path / "b.vgdesk"):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700


@pytest.mark.slow
@given(st.text(max_size=60))
def test_every_word_gets_an_id_that_names_files(text: str) -> None:
    word = made_word(text if text.strip() else "x", "en", ())
    assert is_word_id(word.id)
    assert is_take_id(f"{word.id}-1")
    assert len(f"{word.id}-99999.192000.partial".encode()) <= 255


def test_a_drive_without_locks_is_named_and_read_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    window = Window()  # its own folder may lie on such a drive, too
    window.open(folder)
    assert window.projects.home is None
    assert "without file locks" in window.said
    assert list(window.store.session.takes) == ["dog-1"]
    window.close()
    new = shutil.copy(folder / "takes" / "dog.flac", folder.parent)
    assert main(["import", str(folder), str(new)]) == 2
    assert "without file locks" in capsys.readouterr().err


@pytest.mark.parametrize(
    "row",
    [
        f"dog\tdog\tdog-1\tS\ttakes/{'a' * 300}.flac",
        f"dog\t{'d' * 1001}\tdog-1\tS\ttakes/dog.flac",
        f"dog\tdog\tdog-1\t{'S' * 1001}\ttakes/dog.flac",
        f"dog\tdog\tdog-1\tS\ttakes/{'a/' * 600}dog.flac",
    ],
    ids=["name of a file", "word", "speaker", "path"],
)
def test_a_text_that_is_too_long_costs_its_row_alone(folder: Path, row: str) -> None:
    good = "cat\tcat\tcat-1\tS01\ttakes/dog.flac\n"
    (folder / "words.tsv").write_text(f"{HEAD}{row}\n{good}", "utf-8")
    session = opened(folder)
    assert list(session.takes) == ["cat-1"]
    assert (folder / "words.tsv.broken").read_text("utf-8").startswith(HEAD + row[:20])


def test_many_misfits_are_one_sentence(folder: Path) -> None:
    stored = json.loads((folder / "project.json").read_text())
    stored["speakers"] = [7] * 5000
    (folder / "project.json").write_text(json.dumps(stored))
    (notice,) = open_project(folder).warnings
    assert "and 4995 more" in notice.message
