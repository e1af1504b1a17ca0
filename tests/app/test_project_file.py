import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vgdesk.app.project_file import (
    SCHEMA,
    Project,
    missing_takes,
    new_scratch,
    open_project,
    save,
    scratch_folder,
)
from vgdesk.app.settings import user_folder
from vgdesk.app.word_table import escape, read_table, unescape
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import (
    Cell,
    EncoderId,
    Session,
    Take,
    TakeId,
    TakeSource,
    Word,
    WordId,
)
from vgdesk.core.viewing import Order, Rows, Shown, ViewRecipe

FIXTURES = Path(__file__).parents[1] / "data" / "projects"

RECIPE = ViewRecipe(
    a=Cell.SPEECH_GROUNDED,
    b=Cell.TEXT_GROUNDED,
    shown=Shown.DIFFERENCE,
    layers={Cell.SPEECH_GROUNDED: 7, Cell.TEXT: 2},
    alignment="rsa",
    words_measure="pearson",
    map_method="mds",
    curve="abx",
    label_column="ʃəˈwɑː\tفئة",
    order=Order.SIMILARITY,
    rows=Rows.TAKES,
    seed=11,
)


def word(name: str, **labels: str) -> Word:
    return Word(WordId(name), name, labels=labels)


def take(name: str, file: Path, **more: object) -> Take:
    return Take(TakeId(name), WordId(name.rpartition("-")[0]), file, **more)  # type: ignore[arg-type]


def sessions_of(words: list[Word], takes: list[Take]) -> Session:
    return Session({w.id: w for w in words}, {t.id: t for t in takes})


def sound(file: Path, content: bytes = b"RIFF dog") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def same(a: Session, b: Session) -> bool:
    """Compare sessions with the order of what is in them, which equality of maps ignores."""

    def plain(session: Session) -> object:
        return (
            list(session.words.values()),
            list(session.takes.values()),
            dict(session.encoders),
            session.label_columns(),
        )

    return plain(a) == plain(b)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere"


@pytest.fixture
def small(outside: Path) -> Session:
    """Two words with three takes, which lie outside the project."""
    return Session(
        {w.id: w for w in (word("dog", category="animal"), word("tea"))},
        {
            t.id: t
            for t in (
                take("dog-1", sound(outside / "dog.wav", b"one"), start=0.25, end=0.75),
                take("tea-1", sound(outside / "tea.flac", b"two"), speaker="Ana"),
                take("dog-2", sound(outside / "more" / "dog.wav", b"three")),
            )
        },
        {Cell.TEXT: EncoderId("bert"), Cell.SPEECH: EncoderId("hubert")},
    )


# What comes back


def test_a_saved_project_opens_as_it_was(tmp_path: Path, small: Session) -> None:
    folder = tmp_path / "kitchen words.vgdesk"
    saved = save(folder, small, RECIPE)
    project = open_project(folder)
    assert same(project.session, saved)
    assert (project.folder, project.recipe) == (folder, RECIPE)
    assert (project.read_only, project.warnings) == (False, ())
    assert list(saved.takes) == ["dog-1", "dog-2", "tea-1"]  # in the order of the words
    assert saved.words == small.words
    assert saved.encoders == small.encoders


def test_an_empty_project_is_a_project(tmp_path: Path) -> None:
    folder = tmp_path / "empty.vgdesk"
    assert same(save(folder, Session(), ViewRecipe()), Session())
    assert same(open_project(folder).session, Session())


def test_sound_files_come_along_byte_by_byte(tmp_path: Path, small: Session) -> None:
    folder = tmp_path / "a.vgdesk"
    saved = save(folder, small, RECIPE)
    for before, after in ((small.takes[t], saved.takes[t]) for t in small.takes):
        assert after.file.parent == folder / "takes"
        assert after.file.suffix == before.file.suffix
        assert after.file.read_bytes() == before.file.read_bytes()
    shutil.rmtree(small.takes[TakeId("dog-1")].file.parent)
    moved = folder.rename(tmp_path / "b.vgdesk")
    assert [t.file.read_bytes() for t in open_project(moved).session.takes.values()] == [
        b"one", b"three", b"two",
    ]  # fmt: skip


def test_the_same_content_is_stored_once(tmp_path: Path, outside: Path) -> None:
    folder = tmp_path / "a.vgdesk"
    twins = [sound(outside / name, b"silence") for name in ("dog.wav", "cat.wav")]
    other = sound(outside / "cow.wav", b"another")  # of the same size
    takes = [take("x-1", twins[0]), take("x-2", twins[1]), take("x-3", twins[0], start=0.5)]
    saved = save(folder, sessions_of([word("x")], [*takes, take("x-4", other)]), RECIPE)
    assert sorted(path.name for path in (folder / "takes").iterdir()) == ["cow.wav", "dog.wav"]
    # An undo brings back the session of before the save, whose takes are still outside.
    assert same(save(folder, sessions_of([word("x")], takes), RECIPE), saved.without_take("x-4"))  # type: ignore[arg-type]
    assert sorted(path.name for path in (folder / "takes").iterdir()) == ["cow.wav", "dog.wav"]


def test_nothing_in_the_takes_folder_is_overwritten(tmp_path: Path, outside: Path) -> None:
    folder = tmp_path / "a.vgdesk"
    stray = sound(folder / "takes" / "Dog.wav", b"a stray recording")
    gone = folder / "takes" / "dog-2.wav"  # a take whose file is missing keeps its name
    session = sessions_of(
        [word("dog")], [take("dog-1", sound(outside / "dog.wav", b"new")), take("dog-2", gone)]
    )
    saved = save(folder, session, RECIPE)
    assert stray.read_bytes() == b"a stray recording"
    assert saved.takes[TakeId("dog-1")].file == folder / "takes" / "dog-3.wav"
    assert not gone.exists()


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("con.wav", "_con.wav"),
        ('a<b>:"?*|.wav', "a_b______.wav"),
        ("e\u0301te\u0301.wav", "\u00e9t\u00e9.wav"),
        ("كلب 🐕.wav", "كلب 🐕.wav"),
        ("x" * 200 + ".wav", "x" * 50 + ".wav"),
        ("caf\udce9.wav", "caf_.wav"),
    ],
)
def test_files_get_names_that_every_system_can_store(
    tmp_path: Path, outside: Path, name: str, stored: str
) -> None:
    saved = save(
        tmp_path / "a.vgdesk",
        sessions_of([word("w")], [take("w-1", sound(outside / name))]),
        RECIPE,
    )
    assert saved.takes[TakeId("w-1")].file.name == stored
    assert same(open_project(tmp_path / "a.vgdesk").session, saved)


def test_the_same_session_gives_the_same_bytes(tmp_path: Path, small: Session) -> None:
    folder = tmp_path / "a.vgdesk"
    saved = save(folder, small, RECIPE)
    first = contents(folder)
    save(folder, saved, RECIPE)
    assert contents(folder) == first
    shuffled = replace(saved, encoders=dict(reversed(saved.encoders.items())))
    save(folder, shuffled, replace(RECIPE, layers=dict(reversed(RECIPE.layers.items()))))
    assert contents(folder) == first


def test_one_edit_changes_one_line(tmp_path: Path, small: Session) -> None:
    folder = tmp_path / "a.vgdesk"
    saved = save(folder, small, RECIPE)
    before = (folder / "words.tsv").read_text("utf-8").splitlines()
    save(folder, saved.with_take(replace(saved.takes[TakeId("dog-2")], speaker="Bo")), RECIPE)
    after = (folder / "words.tsv").read_text("utf-8").splitlines()
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False, True]


texts = st.text(st.characters(exclude_categories=()), max_size=12)  # half emojis too
names = texts.filter(bool)
labels = st.dictionaries(texts | st.sampled_from(["id", "file", "label:x"]), texts, max_size=3)
times = st.floats(0, 1e4)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    words = {
        WordId(name): Word(WordId(name), draw(texts.filter(str.strip)), draw(texts), draw(labels))
        for name in draw(st.lists(names, max_size=4, unique=True))
    }
    takes = {}
    for name in draw(st.lists(names, max_size=5, unique=True)) if words else []:
        start, length = draw(times), draw(st.none() | times.map(lambda seconds: seconds + 1))
        takes[TakeId(name)] = Take(
            TakeId(name),
            draw(st.sampled_from(list(words))),
            Path(draw(st.sampled_from(["dog.wav", "Dog.WAV", "كلب.flac", "con.ogg"]))),
            draw(texts),
            start,
            None if length is None else start + length,
            draw(st.sampled_from(TakeSource)),
        )
    chosen = draw(st.dictionaries(st.sampled_from(Cell), texts.map(EncoderId)))
    return Session(words, takes, chosen)


@settings(max_examples=60, deadline=None)
@given(sessions())
def test_every_session_comes_back(session: Session) -> None:
    with tempfile.TemporaryDirectory() as name:
        here = {t: replace(x, file=Path(name, x.file)) for t, x in session.takes.items()}
        for each in here.values():
            sound(each.file, each.file.name.encode())
        folder = Path(name, "a.vgdesk")
        saved = save(folder, replace(session, takes=here), ViewRecipe())
        project = open_project(folder)
        assert project.warnings == ()
        assert same(project.session, saved)
        assert saved.words == session.words
        assert saved.encoders == session.encoders
        assert list(saved.words) == list(session.words)
        for each in saved.takes.values():
            assert replace(each, file=session.takes[each.id].file) == session.takes[each.id]
            assert each.file.read_bytes() == session.takes[each.id].file.name.encode()


@given(texts)
def test_a_cell_holds_any_text(text: str) -> None:
    cell = escape(text)
    assert unescape(cell) == text
    assert not set(cell) & set("\t\n\r")
    assert unescape(cell.encode("utf-8", "backslashreplace").decode()) == text


def test_a_long_list_opens_whole(tmp_path: Path) -> None:
    rows = [
        f"w{n // 2}\tword {n // 2}\ten\tnoun\tw{n // 2}-{n}\t\ttakes/{n}.wav\t0.1\t0.9\timported"
        for n in range(26_000)
    ]
    head = "id\tword\tlanguage\tcategory\ttake\tspeaker\tfile\tstart\tend\tsource"
    (tmp_path / "words.tsv").write_text("\n".join([head, *rows]), "utf-8")
    session = open_project(tmp_path).session
    assert (len(session.words), len(session.takes)) == (13_000, 26_000)
    (notice,) = missing_takes(session)
    assert "26000" in notice.message


# What harms nothing

STEPS = 10  # 2 sound files, their folder, then file, rename and folder for each of two texts; end


def edited(project: Project, outside: Path) -> Session:
    """The next state of a project: other words, two new files, another encoder."""
    session = project.session.without_take(TakeId("dog-1")).with_word(word("moon", category="sky"))
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


@pytest.fixture
def before(tmp_path: Path, small: Session) -> Project:
    folder = tmp_path / "a.vgdesk"
    save(folder, small, RECIPE)
    return open_project(folder)


DIES = """
import os, sys
from pathlib import Path
from tests.app.test_project_file import RECIPE, edited
from vgdesk.app.project_file import open_project, save
from dataclasses import replace

folder, outside, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
session = edited(open_project(folder), outside)

def dying(real):
    def call(*arguments, **more):
        global step
        step -= 1
        if step < 0:
            os._exit(77)
        return real(*arguments, **more)
    return call

os.replace, os.fsync = dying(os.replace), dying(os.fsync)
save(folder, session, replace(RECIPE, seed=99))
"""


def test_a_death_at_any_step_leaves_the_old_or_the_new_project(
    before: Project, outside: Path, tmp_path: Path
) -> None:
    recipe = replace(RECIPE, seed=99)
    ends = []
    for step in range(STEPS):
        folder = tmp_path / f"{step}" / "a.vgdesk"
        shutil.copytree(before.folder, folder)
        old = open_project(folder)
        command = [sys.executable, "-c", DIES, str(folder), str(outside), str(step)]
        ends.append(subprocess.run(command, check=False, timeout=60).returncode)
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
    assert ends == [77] * (STEPS - 1) + [0]


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


# Folders that refuse


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a memory disk of one megabyte, and mount it again with other options."""
    point = tmp_path / "stick"
    point.mkdir()

    def mounted(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size=1m,{options}", "none", str(point)]
        if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
            pytest.skip("mounting a small disk needs root")
        return point

    yield mounted
    subprocess.run(["umount", "-q", str(point)], check=False)


def test_a_full_disk_leaves_the_last_save(
    mount: Callable[[str], Path], small: Session, outside: Path
) -> None:
    folder = mount("rw") / "a.vgdesk"
    saved = save(folder, small, RECIPE)
    before = contents(folder)
    large = take("dog-3", sound(outside / "long.wav", bytes(2_000_000)))
    with pytest.raises(ProjectError, match="disk that is full"):
        save(folder, saved.with_take(large), RECIPE)
    assert contents(folder) == before
    # So full that not even the list of words fits.
    with suppress(OSError):
        (folder.parent / "filler").write_bytes(bytes(2_000_000))
    with pytest.raises(ProjectError, match="disk that is full") as caught:
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


def test_a_folder_that_vanished_is_not_made_again_without_its_recordings(before: Project) -> None:
    shutil.rmtree(before.folder)
    with pytest.raises(ProjectError, match="gone") as caught:
        save(before.folder, before.session, RECIPE)
    assert "Connect the drive" in caught.value.hint
    assert not before.folder.exists()


def test_a_drive_that_is_not_there_is_named(tmp_path: Path, small: Session) -> None:
    with pytest.raises(ProjectError, match="not there any more"):
        save(tmp_path / "stick" / "a.vgdesk", small, RECIPE)


def test_a_file_in_place_of_the_folder_is_left_alone(tmp_path: Path, small: Session) -> None:
    file = sound(tmp_path / "a.vgdesk", b"precious")
    for attempt in (lambda: save(file, small, RECIPE), lambda: open_project(file)):
        with pytest.raises(ProjectError):
            attempt()
    assert file.read_bytes() == b"precious"


# Takes without files


def test_takes_whose_file_is_missing_are_kept_and_named(before: Project) -> None:
    missing = before.session.takes[TakeId("dog-2")].file
    missing.unlink()
    project = open_project(before.folder)
    assert same(project.session, before.session)
    (notice,) = project.warnings
    assert "dog-2" in notice.message
    assert missing.name in notice.message
    save(before.folder, project.session, RECIPE)
    assert same(open_project(before.folder).session, before.session)


def test_a_file_that_was_missing_outside_comes_in_with_a_later_save(
    tmp_path: Path, outside: Path
) -> None:
    folder, file = tmp_path / "a.vgdesk", outside / "dog.wav"
    saved = save(folder, sessions_of([word("dog")], [take("dog-1", file)]), RECIPE)
    assert saved.takes[TakeId("dog-1")].file == file
    assert missing_takes(saved)
    assert open_project(folder).session.takes[TakeId("dog-1")].file == folder / "takes" / "dog.wav"
    sound(file)
    saved = save(folder, saved, RECIPE)
    assert missing_takes(saved) == ()
    assert same(open_project(folder).session, saved)


# What somebody else wrote


def test_what_is_no_project_is_said(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere.vgdesk"):
        with pytest.raises(ProjectError, match="not a vgdesk project"):
            open_project(folder)
    assert list(tmp_path.iterdir()) == []


def test_words_open_without_their_settings(before: Project) -> None:
    (before.folder / "project.json").unlink()
    project = open_project(before.folder)
    assert same(project.session, replace(before.session, encoders={}))
    assert "project.json is missing" in project.warnings[0].message


def test_a_lost_word_list_is_said(before: Project) -> None:
    (before.folder / "words.tsv").unlink()
    with pytest.raises(ProjectError, match="lost its list of words"):
        open_project(before.folder)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"schema": "one"}', '{"schema": -1}', "[" * 100_000]
)
def test_broken_settings_are_said_and_left_alone(before: Project, content: str) -> None:
    file = before.folder / "project.json"
    file.write_text(content, "utf-8")
    with pytest.raises(ProjectError, match="damaged") as caught:
        open_project(before.folder)
    assert "Take project.json out" in caught.value.hint
    assert file.read_text("utf-8") == content


@pytest.mark.parametrize("content", [b"", b"words\n", b"\xff\xfei\x00d\x00", b"\x80id\tword\n"])
def test_a_word_list_that_is_none_is_said(before: Project, content: bytes) -> None:
    (before.folder / "words.tsv").write_bytes(content)
    with pytest.raises(ProjectError, match=r"words\.tsv"):
        open_project(before.folder)


def rewrite(folder: Path, **changes: object) -> None:
    file = folder / "project.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **changes}), "utf-8")


def test_a_newer_project_opens_for_reading_only(before: Project) -> None:
    rewrite(before.folder, schema=SCHEMA + 1, oldest_reader=SCHEMA, program="vgdesk 7.0")
    stored = contents(before.folder)
    project = open_project(before.folder)
    assert project.read_only
    assert same(project.session, before.session)
    assert "vgdesk 7.0" in project.warnings[0].message
    with pytest.raises(ProjectError, match=r"vgdesk 7\.0"):
        save(before.folder, project.session, RECIPE)
    assert contents(before.folder) == stored


@pytest.mark.parametrize("oldest", [SCHEMA + 1, None, "1", []])
def test_a_project_for_newer_programs_only_is_refused(before: Project, oldest: object) -> None:
    rewrite(before.folder, schema=SCHEMA + 1, oldest_reader=oldest, program="vgdesk 7.0")
    with pytest.raises(ProjectError, match=r"vgdesk 7\.0") as caught:
        open_project(before.folder)
    assert "Update" in caught.value.hint


def test_choices_that_are_not_known_fall_back_and_are_said(before: Project) -> None:
    view = {"a": "smell", "order": [], "seed": -1, "rows": "takes", "layers": {"speech": "top"}}
    encoders = {"speech": {"id": "hubert"}, "text": "bert", "smell": {"id": "nose"}}
    rewrite(before.folder, view=view, encoders=encoders)
    project = open_project(before.folder)
    assert project.recipe == ViewRecipe(rows=Rows.TAKES)
    assert project.session.encoders == {Cell.SPEECH: "hubert"}
    said = " ".join(notice.message for notice in project.warnings)
    assert [name in said for name in ("“a”", "“order”", "“seed”", "“layers”", "“text”")] == [
        True
    ] * 5


HEAD = "id\tword\tlanguage\tcategory\ttake\tspeaker\tfile\tstart\tend\tsource\n"
GOOD = "tea\ttea\ten\tdrink\ttea-1\t\ttakes/tea.wav\t0.5\t\trecorded\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("\tdog\ten\n", "no id"),
        ("dog\t \ten\n", "no word"),
        ("dog\tdog\ten\tanimal\tdog-1\t\t\t\t\t\n", "without a file"),
        ("dog\tdog\ten\tanimal\tdog-1\t\ttakes/dog.wav\tsoon\t\t\n", "soon"),
        ("dog\tdog\ten\tanimal\tdog-1\t\ttakes/dog.wav\tnan\t\t\n", "nan"),
        ("dog\tdog\ten\tanimal\tdog-1\t\ttakes/dog.wav\t0\tinf\t\n", "inf"),
        ("dog\tdog\ten\tanimal\tdog-1\t\ttakes/dog.wav\t-1\t\t\n", "trim"),
        ("dog\tdog\ten\tanimal\tdog-1\t\ttakes/dog.wav\t\t0\t\n", "trim"),
        ("dog\tdog\ten\tanimal\tdog-1\t\ttakes/dog.wav\t1\t1\t\n", "trim"),
        ("dog\tdog\ten\tanimal\tdog-1\t\t../dog.wav\t\t\t\n", "outside"),
        ("dog\tdog\ten\tanimal\tdog-1\t\ttakes/../../dog.wav\t\t\t\n", "outside"),
        ("dog\tdog\ten\tanimal\tdog-1\t\t/etc/passwd\t\t\t\n", "outside"),
        ("dog\tdog\ten\tanimal\tdog-1\t\tC:\\\\dog.wav\t\t\t\n", "outside"),
        ("dog\tdog\ten\tanimal\tdog-1\t\t..\\\\dog.wav\t\t\t\n", "outside"),
        ("dog\tdog\ten\tanimal\tdog-1\t\t\\\\\\\\server\\\\share\\\\x.wav\t\t\t\n", "outside"),
        ("dog\tdog\ten\tanimal\ttea-1\t\ttakes/dog.wav\t\t\t\n", "second take"),
        ("dog\tdog\ten\tanimal\tdog-1\t\ttakes/d.wav\t0\t1\trecorded\tmore\n", "more cells"),
    ],
)
def test_a_broken_row_is_left_out_and_said(tmp_path: Path, row: str, reason: str) -> None:
    table = HEAD + GOOD + "\n" + row
    (tmp_path / "words.tsv").write_text(table, "utf-8")
    sound(tmp_path / "takes" / "tea.wav")
    project = open_project(tmp_path)
    assert list(project.session.takes) == ["tea-1"]
    (notice,) = (n for n in project.warnings if "words.tsv" in n.message)
    assert "row 4 (" in notice.message
    assert reason in notice.message
    assert "words.tsv.broken" in notice.hint
    assert (tmp_path / "words.tsv.broken").read_text("utf-8") == table
    assert (tmp_path / "words.tsv").read_text("utf-8") == table


def test_what_editors_do_to_a_table_is_understood(tmp_path: Path) -> None:
    table = (
        "\ufeffword\tphones\tid\tfile\ttake\tlabel:file\r\n"  # moved columns, some left out
        "ˈt\u0361iː\ttˈiː\ttea\ttakes/tea.wav\ttea-1\tnote\r\n"
        "قهوة\t\tcoffee\r\n"  # empty cells cut off
        "\r\n"
        "a\\qb\t\\e\tnew\\nline\r\n"
    )
    (tmp_path / "words.tsv").write_bytes(table.encode())
    sound(tmp_path / "takes" / "tea.wav")
    project = open_project(tmp_path)
    assert [notice.message for notice in project.warnings if "words.tsv" in notice.message] == []
    assert list(project.session.words.values()) == [
        Word(WordId("tea"), "ˈt\u0361iː", "en", {"phones": "tˈiː", "file": "note"}),
        Word(WordId("coffee"), "قهوة"),
        Word(WordId("new\nline"), "a\\qb", "en", {"phones": ""}),
    ]
    assert list(project.session.takes.values()) == [
        Take(
            TakeId("tea-1"),
            WordId("tea"),
            tmp_path / "takes" / "tea.wav",
            source=TakeSource.IMPORTED,
        )
    ]


def test_rows_that_disagree_are_said(tmp_path: Path) -> None:
    other = GOOD.replace("drink", "meal").replace("tea-1", "tea-2").replace("recorded", "dreamt")
    table = read_table(HEAD + GOOD + other, tmp_path)
    assert table.words[WordId("tea")].labels == {"category": "drink"}
    assert table.takes[TakeId("tea-2")].source is TakeSource.IMPORTED
    (notice,) = table.notices("")
    assert "dreamt" in notice.message
    assert "row 3" in notice.message


@settings(max_examples=200)
@given(st.lists(st.lists(st.text("\t\\ud83ab./0-1 é\0"), max_size=10), max_size=6))
def test_any_rows_are_read_or_named(rows: list[list[str]]) -> None:
    lines = ["\t".join(row).replace("\n", "") for row in rows]
    table = read_table(HEAD + "\n".join(lines), Path("/project"))
    lost = {number for number, _ in table.lost}
    for number, line in enumerate(lines, start=2):
        first = line.split("\t")[0]
        assert not line.strip() or number in lost or unescape(first) in table.words


# Folders


def test_every_schema_opens_for_ever() -> None:
    project = open_project(FIXTURES / "schema-1.vgdesk")
    takes = FIXTURES / "schema-1.vgdesk" / "takes"
    assert project.warnings == ()
    assert not project.read_only
    assert project.recipe == RECIPE
    assert same(
        project.session,
        Session(
            {
                WordId("dog"): Word(
                    WordId("dog"), "dog", "en", {"category": "animal", "phones": "d ɔ ɡ"}
                ),
                WordId("bank_2"): Word(
                    WordId("bank_2"), "bank", "en", {"category": "", "file": "a\tb\\c\nd"}
                ),
                WordId("قطة"): Word(WordId("قطة"), "قطة 🐈", "ar", {"category": "animal"}),
            },
            {
                TakeId("dog-1"): Take(
                    TakeId("dog-1"), WordId("dog"), takes / "dog.wav", "Ana", 0.01, 0.09
                ),
                TakeId("dog-2"): Take(
                    TakeId("dog-2"), WordId("dog"), takes / "dog.wav", source=TakeSource.IMPORTED
                ),
                TakeId("قطة-1"): Take(
                    TakeId("قطة-1"),
                    WordId("قطة"),
                    takes / "قطة.wav",
                    start=0.05,
                    source=TakeSource.SYNTHETIC,
                ),
            },
            {Cell.SPEECH: EncoderId("spectrum"), Cell.TEXT_GROUNDED: EncoderId("clip-text")},
        ),
    )


def test_a_schema_that_is_written_has_a_project_kept() -> None:
    assert (FIXTURES / f"schema-{SCHEMA}.vgdesk" / "project.json").is_file()


def test_recordings_have_a_place_before_the_first_save(tmp_path: Path) -> None:
    parent = scratch_folder()
    assert parent.is_relative_to(user_folder("data"))
    first, second = new_scratch(parent), new_scratch(parent)
    assert first != second
    recorded = sound(first / "takes" / "dog-1.flac", b"fLaC")
    session = sessions_of([word("dog")], [take("dog-1", recorded)])
    saved = save(tmp_path / "a.vgdesk", session, RECIPE)
    assert saved.takes[TakeId("dog-1")].file == tmp_path / "a.vgdesk" / "takes" / "dog-1.flac"
    assert recorded.exists()  # an undo may go back to it
