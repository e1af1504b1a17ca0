import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.project_examples import contents, same
from vgdesk.app.project import archive
from vgdesk.app.project.archive import pack, unpack
from vgdesk.app.project.project_file import Project, open_project, save
from vgdesk.app.project.take_files import TakeFiles, is_portable
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import Session, TakeId

TEXTS = {"project.json": '{"schema": 2}', "words.tsv": "id\tword\ndog\tdog\n"}


def packed(file: Path, compression: int = zipfile.ZIP_STORED, **more: bytes) -> Path:
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, text in TEXTS.items():
            archive.writestr(name, text)
        for name, content in more.items():
            archive.writestr(name, content)
    return file


def test_what_was_packed_opens_as_it_was(before: Project, tmp_path: Path) -> None:
    assert pack(before.folder, tmp_path / "a.vgz").warnings == ()
    unpack(tmp_path / "a.vgz", tmp_path / "b.vgdesk")
    assert contents(tmp_path / "b.vgdesk") == contents(before.folder)
    found = open_project(tmp_path / "b.vgdesk")
    assert list(found.session.takes) == list(before.session.takes)
    assert found.warnings == ()


def test_ratings_come_along(before: Project, tmp_path: Path) -> None:
    rated = replace(before.session, ratings={("dog", "tea"): 0.5})
    save(before.folder, rated, before.recipe)
    pack(before.folder, tmp_path / "a.vgz")
    unpack(tmp_path / "a.vgz", tmp_path / "b.vgdesk")
    assert open_project(tmp_path / "b.vgdesk").session.ratings == {("dog", "tea"): 0.5}


def test_what_was_rejected_stays_at_home(before: Project, tmp_path: Path) -> None:
    emptied = before.session.without_takes(frozenset([TakeId("tea-1")]))
    save(before.folder, emptied, before.recipe)
    pack(before.folder, tmp_path / "a.vgz")
    unpack(tmp_path / "a.vgz", tmp_path / "b.vgdesk")
    assert not open_project(tmp_path / "b.vgdesk").session.trash
    assert "takes/tea.flac" not in contents(tmp_path / "b.vgdesk")
    assert same(open_project(before.folder).session, save(before.folder, emptied, before.recipe))


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "/etc/passwd",
        "takes/../../evil.txt",
        "takes/..",
        "takes\\..\\evil.txt",
        "takes/more/dog.wav",
        "journal.jsonl",
        "cache/x.safetensors",
        ".lock",
        "C:/evil.txt",
        "takes/con.flac",
        "takes/a:b.flac",
        "takes/a.flac.",
        "takes/a\tb.flac",
        "takes/" + "é" * 126 + ".flac",
        "takes/",
        "PROJECT.JSON",
        "",
    ],
)
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    home = tmp_path / "in" / "side"
    home.mkdir(parents=True)
    file = packed(tmp_path / "a.vgz")
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"evil")
    if name == "takes/":
        unpack(file, home / "a.vgdesk")  # a folder, and one that a project has
        return
    with pytest.raises(ProjectError, match="Nothing was changed"):
        unpack(file, home / "a.vgdesk")
    assert not list(home.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.vgz", "in"]


def test_a_link_is_refused(tmp_path: Path) -> None:
    file = packed(tmp_path / "a.vgz")
    link = zipfile.ZipInfo("takes/dog.wav")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ProjectError, match="does not belong in a project"):
        unpack(file, tmp_path / "a.vgdesk")


def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    file = tmp_path / "a.vgz"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in TEXTS.items():
            archive.writestr(name, text)
        archive.writestr("takes/dog.wav", bytes(50_000_000))
    assert file.stat().st_size < 100_000
    with pytest.raises(ProjectError, match="does not belong in a project"):
        unpack(file, tmp_path / "a.vgdesk")


def test_more_than_the_disk_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = packed(tmp_path / "a.vgz", **{"takes/dog.wav": b"x" * 1000})
    monkeypatch.setattr(archive, "ROOM", 2**60)
    with pytest.raises(ProjectError, match="not enough disk space"):
        unpack(file, tmp_path / "a.vgdesk")
    assert [path.name for path in tmp_path.iterdir()] == ["a.vgz"]


def test_a_wrong_size_is_detected(tmp_path: Path) -> None:
    file = packed(tmp_path / "a.vgz", **{"takes/dog.wav": b"x" * 1000})
    content = file.read_bytes()
    # The directory at the end says 10 bytes, the file itself holds 1,000.
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"takes/dog.wav"))
    lying = content[: at + 24] + (10).to_bytes(4, "little") + content[at + 28 :]
    file.write_bytes(lying)
    with pytest.raises(ProjectError):
        unpack(file, tmp_path / "a.vgdesk")
    assert not (tmp_path / "a.vgdesk").exists()


def test_texts_that_do_not_unfold_are_refused(tmp_path: Path) -> None:
    file = packed(tmp_path / "a.vgz", zipfile.ZIP_DEFLATED)
    content = bytearray(file.read_bytes())
    begin = content.index(b"project.json") + len(b"project.json")
    content[begin : begin + 5] = b"\xff" * 5
    file.write_bytes(content)
    with pytest.raises(ProjectError, match="damaged or not a packed project"):
        unpack(file, tmp_path / "a.vgdesk")
    assert [path.name for path in tmp_path.iterdir()] == ["a.vgz"]


def test_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = packed(tmp_path / "a.vgz", **{"takes/é.wav": b"sound"})
    content = file.read_bytes()
    file.write_bytes(content.replace("takes/é".encode(), b"takes/\xff\xff"))
    with pytest.raises(ProjectError, match="damaged or not a packed project"):
        unpack(file, tmp_path / "a.vgdesk")


@pytest.mark.parametrize("place", ["sounds/dog.wav", "takes/more/dog.wav"])
def test_a_sound_that_cannot_be_unpacked_is_not_packed(before: Project, place: str) -> None:
    table = before.folder / "words.tsv"
    table.write_text(table.read_text("utf-8").replace("takes/tea.flac", place), "utf-8")
    (before.folder / place).parent.mkdir()
    (before.folder / "takes" / "tea.flac").rename(before.folder / place)
    with pytest.raises(ProjectError, match="is not in its takes folder"):
        pack(before.folder, before.folder.with_suffix(".vgz"))
    assert not before.folder.with_suffix(".vgz").exists()


@pytest.mark.parametrize("twin", ["DOG.flac", "Straße", "é.flac"])
def test_names_that_some_systems_take_for_one_are_both_named(tmp_path: Path, twin: str) -> None:
    other = {"DOG.flac": "dog.flac", "Straße": "strasse", "é.flac": "e\u0301.flac"}[twin]
    file = packed(tmp_path / "a.vgz", **{f"takes/{twin}": b"one", f"takes/{other}": b"two"})
    with pytest.raises(ProjectError, match="cannot distinguish") as caught:
        unpack(file, tmp_path / "a.vgdesk")
    assert f"{twin}' from 'takes/{other}" in caught.value.message
    assert "project.json" not in caught.value.message
    assert not (tmp_path / "a.vgdesk").exists()


@pytest.mark.parametrize(
    ("name", "said"), [("con.flac", "not every system"), ("DOG.wav", "cannot distinguish")]
)
def test_a_name_that_cannot_be_unpacked_is_not_packed(
    before: Project, name: str, said: str
) -> None:
    table = before.folder / "words.tsv"
    table.write_text(table.read_text("utf-8").replace("takes/tea.flac", f"takes/{name}"), "utf-8")
    (before.folder / "takes" / "tea.flac").rename(before.folder / "takes" / name)
    with pytest.raises(ProjectError, match=said):
        pack(before.folder, before.folder.with_suffix(".vgz"))
    assert not before.folder.with_suffix(".vgz").exists()


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_a_name_that_a_take_gets_can_be_packed(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    encoder_registry = TakeFiles(tmp_path_factory.mktemp("encoder_registry"), ())
    assert is_portable(encoder_registry.reserve(name).name)


def test_a_folder_that_exists_is_not_touched(tmp_path: Path) -> None:
    target = tmp_path / "a.vgdesk"
    target.mkdir()
    with pytest.raises(ProjectError, match="already exists"):
        unpack(packed(tmp_path / "a.vgz"), target)
    assert not list(target.iterdir())


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_files_are_refused_or_open(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    compression = data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    file = packed(folder / "a.vgz", compression, **{"takes/dog.wav": b"sound"})
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / "a.vgz").write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        unpack(folder / "a.vgz", folder / "a.vgdesk")
    except ProjectError:
        assert [path.name for path in folder.iterdir()] == ["a.vgz"]
    else:
        assert isinstance(open_project(folder / "a.vgdesk").session, Session)
