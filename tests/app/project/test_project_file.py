import json
import shutil
import tempfile
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.project_examples import (
    RECIPE,
    contents,
    lacking,
    same,
    sessions_of,
    sound,
    take,
    word,
)
from vgdesk.app.project.locations import new_scratch, scratch_folder
from vgdesk.app.project.missing_takes import missing_takes
from vgdesk.app.project.project_file import SCHEMA, Project, open_project, save
from vgdesk.app.project.view_recipe_fields import VIEW_READERS
from vgdesk.app.state.settings import user_folder
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import (
    Cell,
    Concern,
    EncoderId,
    Session,
    Speaker,
    Take,
    TakeId,
    TakeSource,
    Verdict,
    Word,
    WordId,
)
from vgdesk.core.names import is_take_id
from vgdesk.core.viewing import Rows, Search, ViewRecipe

FIXTURES = Path(__file__).parents[2] / "data" / "projects"


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


def test_who_looks_for_whom_is_kept(tmp_path: Path, small: Session) -> None:
    recipe = replace(RECIPE, search=Search.VOICES)
    save(tmp_path / "a.vgdesk", small, recipe)
    assert open_project(tmp_path / "a.vgdesk").recipe == recipe


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
    assert same(save(folder, sessions_of([word("x")], takes), RECIPE), lacking(saved, "x-4"))
    assert sorted(path.name for path in (folder / "takes").iterdir()) == ["cow.wav", "dog.wav"]


def test_files_in_the_takes_folder_are_not_overwritten(tmp_path: Path, outside: Path) -> None:
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
names = st.text(
    st.characters(categories=("L", "M", "N"), include_characters="-_"), min_size=1, max_size=12
)
labels = st.dictionaries(texts | st.sampled_from(["id", "file", "label:x"]), texts, max_size=3)
times = st.floats(0, 1e4)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    words = {
        WordId(name): Word(WordId(name), draw(texts.filter(str.strip)), draw(texts), draw(labels))
        for name in draw(st.lists(names, max_size=4, unique=True))
    }
    takes = {}
    ids = st.lists(names.filter(is_take_id), max_size=5, unique=True)  # not com0 and its like
    for name in draw(ids) if words else []:
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


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_a_folder_that_is_no_project_is_reported(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere.vgdesk"):
        with pytest.raises(ProjectError, match="not a vgdesk project"):
            open_project(folder)
    assert list(tmp_path.iterdir()) == []


def test_words_open_without_their_settings(before: Project) -> None:
    (before.folder / "project.json").unlink()
    project = open_project(before.folder)
    assert same(project.session, replace(before.session, encoders={}))
    assert "project.json is missing" in project.warnings[0].message


def test_a_lost_word_list_is_reported(before: Project) -> None:
    (before.folder / "words.tsv").unlink()
    with pytest.raises(ProjectError, match="lost its word list"):
        open_project(before.folder)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"schema": "one"}', '{"schema": -1}', "[" * 100_000]
)
def test_broken_settings_are_reported_and_left_alone(before: Project, content: str) -> None:
    file = before.folder / "project.json"
    file.write_text(content, "utf-8")
    with pytest.raises(ProjectError, match="damaged") as caught:
        open_project(before.folder)
    assert "Move project.json out" in caught.value.hint
    assert file.read_text("utf-8") == content


@pytest.mark.parametrize("content", [b"", b"words\n", b"\xff\xfei\x00d\x00", b"\x80id\tword\n"])
def test_an_invalid_word_list_is_reported(before: Project, content: bytes) -> None:
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


def test_unknown_choices_fall_back_and_are_reported(before: Project) -> None:
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


def test_schema_2_knows_quality_trash_and_speakers() -> None:
    folder = FIXTURES / "schema-2.vgdesk"
    project, older = open_project(folder), open_project(FIXTURES / "schema-1.vgdesk")
    assert (project.warnings, project.read_only, project.recipe) == ((), False, RECIPE)
    session = project.session
    assert list(session.words) == list(older.session.words)
    assert list(session.takes) == list(older.session.takes)
    dog = session.takes[TakeId("dog-1")]
    assert dog.concerns == (Concern("clipped", Verdict.FAIL), Concern("noisy", Verdict.WARN))
    assert dog.is_kept_anyway
    # Labels that are called like the new columns stay labels.
    assert session.words[WordId("dog")].labels["quality"] == "good"
    assert session.words[WordId("dog")].labels["kept"] == "in the barn"
    assert list(session.trash) == ["dog-3"]
    assert session.trash[TakeId("dog-3")].take.file == folder / "takes" / "dog.wav"
    assert session.trash[TakeId("dog-3")].word.text == "dog"
    assert list(session.speakers.values()) == [Speaker("S01", "sv", True), Speaker("Ana")]


def test_a_label_called_quality_of_an_old_project_stays_a_label(before: Project) -> None:
    table = before.folder / "words.tsv"
    rows = [line.split("\t") for line in table.read_text().splitlines()]
    at = rows[0].index("quality")
    for row in rows:
        row[at] = "quality" if row is rows[0] else "fine"
    table.write_text("".join("\t".join(row) + "\n" for row in rows))
    rewrite(before.folder, schema=1, oldest_reader=1)
    words = open_project(before.folder).session.words
    assert {word.labels["quality"] for word in words.values()} == {"fine"}


def test_only_the_trash_of_own_recordings_is_kept(tmp_path: Path, small: Session) -> None:
    folder = tmp_path / "a.vgdesk"
    imported = replace(small.takes[TakeId("dog-1")], source=TakeSource.IMPORTED)
    emptied = small.with_take(imported).without_takes(frozenset(small.takes))
    saved = save(folder, emptied, RECIPE)
    assert set(saved.trash) == {"dog-2", "tea-1"}
    assert same(open_project(folder).session, saved)
    assert {trashed.take.file.parent for trashed in saved.trash.values()} == {folder / "takes"}
    back = saved.with_restored(TakeId("tea-1")).with_restored(TakeId("dog-2"))
    again = save(folder, back, RECIPE)
    assert not again.trash
    assert not (folder / "trash.tsv").exists()
    assert same(open_project(folder).session, again)


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


def test_everything_that_decides_a_view_is_read_back() -> None:
    assert set(VIEW_READERS) == {field.name for field in fields(ViewRecipe)}


def test_differences_and_the_smallest_that_matters_are_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "words.vgdesk"
    recipe = ViewRecipe(differences=True, smallest_effect=0.05)
    save(folder, Session(), recipe)
    assert open_project(folder).recipe == recipe
    file = folder / "project.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    stored["view"]["smallest_effect"] = -0.05
    file.write_text(json.dumps(stored), encoding="utf-8")
    assert open_project(folder).recipe == ViewRecipe(differences=True)


@pytest.mark.parametrize("name", ["alignment", "words_measure", "map_method", "curve", "pooling"])
def test_a_measure_that_is_not_known_falls_back_with_a_notice(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "words.vgdesk"
    save(folder, Session(), ViewRecipe())
    file = folder / "project.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    stored["view"][name] = "telepathy"
    file.write_text(json.dumps(stored), encoding="utf-8")
    project = open_project(folder)
    assert getattr(project.recipe, name) == getattr(ViewRecipe(), name)
    assert project.warnings
