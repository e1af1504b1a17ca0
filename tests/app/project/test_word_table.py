from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.project_examples import sound
from vgdesk.app.project.project_file import (
    open_project,
)
from vgdesk.app.project.word_table import escape, read_table, unescape
from vgdesk.core.model import (
    Take,
    TakeId,
    TakeSource,
    Word,
    WordId,
)
from vgdesk.core.names import is_take_id, is_word_id

texts = st.text(st.characters(exclude_categories=()), max_size=12)  # half emojis too


@given(texts)
def test_a_cell_holds_any_text(text: str) -> None:
    cell = escape(text)
    assert unescape(cell) == text
    assert not set(cell) & set("\t\n\r")
    assert unescape(cell.encode("utf-8", "backslashreplace").decode()) == text


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
    assert "kept" not in "".join(notice.hint for notice in open_project(tmp_path).warnings)
    assert not (tmp_path / "words.tsv.broken").exists()  # who only reads writes nothing
    project = open_project(tmp_path, to_save=True)
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
        "a\\qb\t\\e\tnew-line\r\n"
    )
    (tmp_path / "words.tsv").write_bytes(table.encode())
    sound(tmp_path / "takes" / "tea.wav")
    project = open_project(tmp_path)
    assert [notice.message for notice in project.warnings if "words.tsv" in notice.message] == []
    assert list(project.session.words.values()) == [
        Word(WordId("tea"), "ˈt\u0361iː", "en", {"phones": "tˈiː", "file": "note"}),
        Word(WordId("coffee"), "قهوة"),
        Word(WordId("new-line"), "a\\qb", "en", {"phones": ""}),
    ]
    assert list(project.session.takes.values()) == [
        Take(
            TakeId("tea-1"),
            WordId("tea"),
            tmp_path / "takes" / "tea.wav",
            source=TakeSource.IMPORTED,
        )
    ]


def test_rows_that_disagree_are_reported(tmp_path: Path) -> None:
    other = GOOD.replace("drink", "meal").replace("tea-1", "tea-2").replace("recorded", "dreamt")
    table = read_table(HEAD + GOOD + other, tmp_path)
    assert table.words[WordId("tea")].labels == {"category": "drink"}
    assert table.takes[TakeId("tea-2")].source is TakeSource.IMPORTED
    (notice,) = table.notices("")
    assert "dreamt" in notice.message
    assert "row 3" in notice.message


@pytest.mark.slow
@settings(max_examples=200)
@given(st.lists(st.lists(st.text("\t\\ud83ab./0-1 é\0"), max_size=10), max_size=6))
def test_any_rows_are_read_or_named(rows: list[list[str]]) -> None:
    lines = ["\t".join(row).replace("\n", "") for row in rows]
    table = read_table(HEAD + "\n".join(lines), Path("/project"))
    lost = {number for number, _ in table.lost}
    for number, line in enumerate(lines, start=2):
        first = unescape(line.split("\t")[0])
        assert not line.strip() or number in lost or first in table.words or not is_word_id(first)
    assert all(map(is_word_id, table.words))
    assert all(map(is_take_id, table.takes))
