import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.exchange.odd_files import Marked, long_grid, noise
from vgdesk.app.exchange.corpus_tables import (
    FIELDS,
    PRESETS,
    checked,
    guess_mapping,
    preset_of,
    read_table_file,
    takes_of_table,
)
from vgdesk.app.exchange.import_preview import (
    Choices,
    first_choices,
    look_at,
    planned,
    preview_import,
)
from vgdesk.app.exchange.importing import ImportedTake, ImportRefused, import_takes, with_imported
from vgdesk.app.exchange.word_norms import first_columns, joined
from vgdesk.app.formats.foreign_table import MOST_COLUMNS, Table
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Word, WordId

ROWS = (("dog", "a b.wav"), ("قطة", "猫 🐱.wav"), ("été", ""))


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_table_says_the_same_in_every_writing(
    tmp_path: Path, mark: str, encoding: str, line_end: str
) -> None:
    lines = [mark.join(cells) for cells in (("word", "file"), *ROWS)]
    file = written(tmp_path, "t.csv", line_end.join(lines), encoding)
    assert read_table_file(file) == Table(file, ("word", "file"), ROWS)


def test_json_lines_and_parquet_say_the_same_as_a_table(tmp_path: Path) -> None:
    objects = [{"word": word, "n": place, "x": [1]} for place, (word, _) in enumerate(ROWS)]
    lines = written(tmp_path, "t.jsonl", "\n".join(map(json.dumps, objects)))
    expected = (("dog", "0", ""), ("قطة", "1", ""), ("été", "2", ""))
    assert read_table_file(lines).rows == expected
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(arrow.Table.from_pylist(objects), tmp_path / "t.parquet")
    read = read_table_file(tmp_path / "t.parquet")
    assert [row[:2] for row in read.rows] == [row[:2] for row in expected]


def test_cells_with_quotes_line_ends_and_marks(tmp_path: Path) -> None:
    text = 'word,note\n"a, ""b""","two\nlines"\nshort\n\n'
    assert read_table_file(written(tmp_path, "t.csv", text)).rows == (
        ('a, "b"', "two\nlines"),
        ("short", ""),
    )


def test_a_plain_list_of_words_has_no_heading(tmp_path: Path) -> None:
    found = read_table_file(written(tmp_path, "t.txt", "dog\n\ncat\n"))
    assert (found.headings, found.rows) == (("word",), (("dog",), ("cat",)))


def test_columns_of_one_name_stay_apart(tmp_path: Path) -> None:
    found = read_table_file(written(tmp_path, "t.csv", "word,x,x,\ndog,1,2,3\n"))
    assert found.headings == ("word", "x", "x (3)", "column 4")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", b"", "empty"),
        ("t.csv", b"word,x\n", "no rows"),
        ("t.csv", b"word,x\ndog,1,2\n", "row 2 has more cells"),
        ("t.csv", b'word,x\n"' + b"a" * 200_000, "field larger"),
        ("t.csv", b"RIFF\x00\x00\x00", "not a text file"),
        ("t.jsonl", b"[1]", "line 1 is not a JSON object"),
        ("t.jsonl", b'{"a": 1}\n{', "line 2 is not JSON"),
        ("t.jsonl", b'{"a":' + b"[" * 100_000, "line 1 is not JSON"),
        ("t.jsonl", b'{"a":' + b"1" * 10_000 + b"}", "line 1 is not JSON"),
        ("t.csv", b",".join([b"x"] * 1001) + b"\na\n", "too large"),
        ("t.csv", b",".join([b"x"] * 1000) + b"\na" * 30_000, "too large"),
        ("t.jsonl", b"".join(b'{"%d": 1}\n' % n for n in range(1001)), "too large"),
        ("nowhere.csv", None, "could not be opened"),
    ],
)
def test_a_file_that_is_no_table_is_reported(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(VgdeskError, match=says) as refused:
        read_table_file(tmp_path / name)
    assert refused.value.hint


def test_a_damaged_parquet_is_reported(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "t.parquet").write_bytes(b"PAR1" + b"\xff" * 100 + b"PAR1")
    with pytest.raises(VgdeskError, match="not Parquet"):
        read_table_file(tmp_path / "t.parquet")


# What columns mean


@pytest.mark.parametrize(
    ("headings", "meanings"),
    [
        ("file_name transcription", "file word"),
        ("Wort Datei Sprecherin Anfang Ende Aussprache", "word file speaker start end phones"),
        ("mot fichier langue catégorie", "word file language category"),
        ("palabra archivo hablante", "word file speaker"),
        ("Word Text Start_ms End_ms", "word Text start in ms,end in ms"),
        ("Begin END x", "start end x"),
    ],
)
def test_meanings_are_guessed_in_several_languages(headings: str, meanings: str) -> None:
    guessed = guess_mapping(headings.split())
    assert " ".join(guessed.values()).replace("start in ms end", "start in ms,end") == meanings


def test_each_preset_is_known_by_its_columns_and_can_be_used() -> None:
    for preset in PRESETS.values():
        headings = ("more", *preset.mapping)
        assert preset_of(headings) == preset
        assert checked(guess_mapping(headings), headings)


def test_a_mald_item_list_gives_words_phones_and_categories(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    noise(tmp_path / "words" / "DOG.wav", 0.5)
    head = "Item\tWAV\tPronunciation\tIsWord\tPOS\tNumSylls"
    rows = "dog\tDOG.wav\tD AO1 G\tTRUE\tNoun\t1\ndak\tDAK.wav\tD AE1 K\tFALSE\tNA\t1\n"
    table = read_table_file(written(tmp_path, "items.txt", f"{head}\n{rows}"))
    take, no_word = takes_of_table(table, guess_mapping(table.headings), "en")
    assert (take.text, take.file) == ("dog", tmp_path / "words" / "DOG.wav")
    assert take.labels["phones"] == "D AO1 G"
    assert take.labels["category"] == "Noun"
    assert take.labels["phones source"] == "items.txt"
    assert (no_word.text, no_word.labels["is word"]) == ("dak", "FALSE")
    assert "category" not in no_word.labels


def test_sounds_are_found_beside_the_table_or_in_one_folder_there(tmp_path: Path) -> None:
    for name in ("a.wav", "clips/a.wav", "clips/b.wav", "clips/c.wav", "more/c.wav", "x/y/d.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        noise(tmp_path / name, 0.1)
    named = ("a.wav", "b.wav", "c.wav", "d.wav", "clips/b.wav", "x/y/d.wav", f"{'e' * 300}.wav")
    table = Table(tmp_path / "t.csv", ("file",), tuple((name,) for name in named))
    files = [take.file for take in takes_of_table(table, {"file": "file"}, "en")]
    # Of two with the same name nobody knows which is meant.
    expected = ("a.wav", "clips/b.wav", "c.wav", "d.wav", "clips/b.wav", "x/y/d.wav", named[-1])
    assert files == [tmp_path / name for name in expected]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"a": "word", "b": "word"}, "Two columns"),
        ({"c": "word"}, "no column “c”"),
        ({"a": "speaker"}, "No column holds the word"),
    ],
)
def test_mappings_that_cannot_be_are_refused(mapping: dict[str, str], says: str) -> None:
    with pytest.raises(VgdeskError, match=says):
        checked(mapping, ("a", "b"))


@pytest.mark.parametrize("times", ["x,1", "1,nan", "2,1", "-1,1", "1e999,3"])
def test_a_row_with_an_impossible_time_is_named(tmp_path: Path, times: str) -> None:
    table = read_table_file(written(tmp_path, "t.csv", f"word,file,start,end\ndog,a.wav,{times}\n"))
    with pytest.raises(VgdeskError, match="row 2"):
        list(takes_of_table(table, guess_mapping(table.headings), "en"))


# Whole folders


def test_an_audio_folder_comes_in_with_its_metadata(tmp_path: Path) -> None:
    noise(tmp_path / "train" / "1.wav", 0.3, channels=6)
    noise(tmp_path / "train" / "2.wav", 0.3, rate=44100)
    noise(tmp_path / "horse.wav", 0.3)
    head = "file_name,text,speaker_id\n"
    written(tmp_path, "metadata.csv", head + "train/1.wav,dog,7\ntrain/2.wav,cat,8\nx.wav,cow,8\n")
    incoming = look_at([tmp_path])
    plan = planned(incoming, first_choices(incoming), Session())
    assert [take.text for take in plan.takes] == ["dog", "cat", "cow", "horse"]
    outcomes = list(import_takes(plan))
    taken = [one for one in outcomes if isinstance(one, ImportedTake)]
    assert len(taken) == 3
    session = with_imported(Session(), taken)
    assert [(t.word, t.speaker) for t in session.takes.values()] == [
        ("dog", "7"),
        ("cat", "8"),
        ("horse", ""),
    ]
    assert "x.wav" in preview_import(incoming, first_choices(incoming), Session()).sentence


def test_sounds_beside_an_annotation_come_in_once(tmp_path: Path) -> None:
    noise(tmp_path / "a.wav", 3)
    noise(tmp_path / "cat.wav", 0.3)
    written(tmp_path, "a.TextGrid", long_grid({"w": [Marked(0, 1, "dog"), Marked(1, 2, "cow")]}, 3))
    incoming = look_at([tmp_path])
    plan = planned(incoming, first_choices(incoming), Session())
    assert [take.text for take in plan.takes] == ["dog", "cow", "cat"]


def test_a_sound_whose_name_is_too_long_is_not_found(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f"word,file\ndog,{'a' * 300}.wav\ncat,b.wav\n", "utf-8")
    incoming = look_at([table])
    choices = first_choices(incoming)
    assert "Not found: aaa" in preview_import(incoming, choices, Session()).sentence
    outcomes = list(import_takes(planned(incoming, choices, Session())))
    assert all(isinstance(outcome, ImportRefused) for outcome in outcomes)


def test_written_words_without_sound_come_in_with_their_labels(tmp_path: Path) -> None:
    file = written(tmp_path, "t.tsv", "word\tlanguage\tcategory\nHund\tde\tTier\nКот\tru\t\n")
    incoming = look_at([file])
    plan = planned(incoming, first_choices(incoming), Session())
    taken = [one for one in import_takes(plan) if isinstance(one, ImportedTake)]
    words = with_imported(Session(), taken).words
    assert [(w.text, w.language, dict(w.labels)) for w in words.values()] == [
        ("Hund", "de", {"category": "Tier"}),
        ("Кот", "ru", {}),
    ]


def test_the_last_meanings_of_the_same_columns_count_more_than_a_guess(tmp_path: Path) -> None:
    file = written(tmp_path, "t.csv", "Item,x\n1,dog\n")
    incoming = look_at([file])
    remembered = {"x": "word", "Item": ""}
    assert first_choices(incoming, [{"other": "word"}, remembered]).columns == remembered
    assert first_choices(incoming).columns == {"Item": "word", "x": "x"}


# What is known of words


def test_columns_of_a_table_become_labels_of_the_words_it_has(tmp_path: Path) -> None:
    words = [Word(WordId("dog"), "Dog"), Word(WordId("cat"), "cat", labels={"Conc.M": "mine"})]
    words.append(Word(WordId("zyx"), "zyx"))
    session = Session({word.id: word for word in words})
    rows = "Word,Conc.M,Bigram,Freq\ndog,4.85,0,NA\ncat,4.9,0,7\nDOG,1,1,9\n"
    incoming = look_at([written(tmp_path, "norms.csv", rows)])
    columns = first_columns(incoming.headings)
    assert columns == {"Word": "word", "Conc.M": "Conc.M", "Bigram": "", "Freq": "Freq"}
    found = joined(incoming, Choices(columns=columns), session)
    after = found.applied(session)
    assert [dict(word.labels) for word in after.words.values()] == [
        {"Conc.M": "4.85"},
        {"Conc.M": "mine", "Freq": "7"},
        {},
    ]
    assert found.kept == 1
    with pytest.raises(VgdeskError, match="None of the words"):
        joined(incoming, Choices(columns=columns), Session())


# Bytes that somebody or something has changed


def damaged(draw: Callable[..., Any], seed: bytes) -> bytes:
    content = bytearray(seed)
    for _ in range(draw(st.integers(1, 4))):
        place, length = draw(st.integers(0, len(content))), draw(st.integers(0, 40))
        odd = st.sampled_from([b"1e999", b"-7", b'"', b"\t", b",", b"\n", b"{", b"\0", b"../"])
        content[place : place + length] = draw(st.one_of(st.binary(max_size=20), odd))
    return bytes(content)


def parquet_seed() -> list[tuple[str, bytes]]:
    with suppress(ImportError):
        import io

        import pyarrow
        from pyarrow import parquet

        out = io.BytesIO()
        parquet.write_table(pyarrow.table({"word": ["dog"], "file": ["a.wav"], "end": [1.5]}), out)
        return [("t.parquet", out.getvalue())]
    return []


def footer_length(name: str, content: bytes) -> int:
    """Return the length of the part of a Parquet file on which its library may end the process."""
    return 8 + int.from_bytes(content[-8:-4], "little") if name.endswith(".parquet") else 0


SEEDS = [
    ("t.csv", b'word,file,start,end\ndog,a.wav,0,1\n"cat",b.wav,0.5,0.7\n'),
    ("t.tsv", "word\tfile\tphones\nété\ta.wav\te t e\n".encode("utf-16")),
    ("t.jsonl", b'{"file_name": "a.wav", "text": "dog", "start": 1}\n{"text": "cat"}\n'),
    *parquet_seed(),
]


@pytest.mark.slow
@settings(
    max_examples=300,
    deadline=5000,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), seed=st.sampled_from(SEEDS))
def test_no_damage_does_more_than_be_said(
    tmp_path: Path, data: st.DataObject, seed: tuple[str, bytes]
) -> None:
    name, content = seed
    body = len(content) - footer_length(name, content)
    (tmp_path / name).write_bytes(damaged(data.draw, content[:body]) + content[body:])
    with suppress(VgdeskError):
        incoming = look_at([tmp_path / name])
        takes = planned(incoming, first_choices(incoming), Session()).takes
        taken = [
            one
            for one in import_takes(planned(incoming, first_choices(incoming), Session()))
            if isinstance(one, ImportedTake)
        ]
        assert all(take.text.strip() for take in takes)
        with_imported(Session(), taken)


@pytest.mark.slow
def test_a_parquet_that_unpacks_to_far_more_is_not_unpacked(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = arrow.table({"word": ["x" * 200_000] * 3000})
    parquet.write_table(table, tmp_path / "t.parquet", compression="zstd")
    assert (tmp_path / "t.parquet").stat().st_size < 1_000_000
    with pytest.raises(VgdeskError, match="too long"):
        read_table_file(tmp_path / "t.parquet")


@pytest.mark.slow
def test_a_parquet_of_more_columns_or_parts_than_can_be_used_is_not_looked_through(
    tmp_path: Path,
) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    file = tmp_path / "t.parquet"
    parquet.write_table(arrow.table({f"c{i}": [1] for i in range(60_000)}), file)
    with pytest.raises(VgdeskError, match="too many columns or parts"):
        read_table_file(file)
    one = arrow.table({f"c{i}": [1] for i in range(1_200)})
    parquet.write_table(one, file)
    with pytest.raises(VgdeskError, match=f"{MOST_COLUMNS:,} columns"):
        read_table_file(file)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "," * 3_000_000 + "x\n"),
        ("t.csv", "word" + "," * 1_001 + "\ndog\n"),
        ("t.csv", "word" + ",x" * 1_001 + "\n"),
        ("t.csv", "word\n" + "w\n" * 1_000_002),
        ("t.csv", "word" + ",x" * 999 + "\n" + ("w" + ",1" * 999 + "\n") * 20_100),
        ("t.jsonl", "{}\n" * 1_000_001),
        ("t.jsonl", "{" + ", ".join(f'"c{i}": 1' for i in range(1_001)) + "}\n"),
    ],
)
def test_a_table_of_too_many_cells_is_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(VgdeskError, match="is too large"):
        read_table_file(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.jsonl", '{"word": [' + "[]," * 2_000_000 + "1]}\n"),
        ("t.csv", "word\nw" + "," * 5_000_000 + "\n"),
    ],
)
def test_a_line_of_megabytes_is_not_read(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(VgdeskError, match=r"line \d is longer than"):
        read_table_file(tmp_path / name)


def test_empty_columns_at_the_end_are_no_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("word,file\ndog,a.wav" + "," * 3_000 + "\n")
    assert read_table_file(tmp_path / "t.csv").rows == (("dog", "a.wav"),)


def test_every_parquet_cell_keeps_its_column(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(arrow.table({"a": [{"b": 1}], "a.b": ["z"]}), tmp_path / "t.parquet")
    read = read_table_file(tmp_path / "t.parquet")
    assert dict(zip(read.headings, read.rows[0], strict=True))["a.b"] == "z"


def test_what_repeats_in_a_packed_parquet_is_kept_once(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    words = ["".join("ab"[i >> bit & 1] for bit in range(3)) for i in range(8)] * 1_000
    parquet.write_table(arrow.table({"word": words}), tmp_path / "t.parquet")
    read = read_table_file(tmp_path / "t.parquet")
    assert [cell for (cell,) in read.rows] == words
    assert len({id(cell) for (cell,) in read.rows}) == 8


def test_a_parquet_of_many_row_groups_is_read_whole(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = arrow.table({"word": [f"w{i}" for i in range(1_000)], "n": list(range(1_000))})
    parquet.write_table(table, tmp_path / "t.parquet", row_group_size=7)
    assert read_table_file(tmp_path / "t.parquet").rows == tuple(
        (f"w{i}", str(i)) for i in range(1_000)
    )


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=8), st.sampled_from(["", "x", *FIELDS]), max_size=6))
def test_whatever_is_mapped_is_either_used_or_refused(mapping: dict[str, str]) -> None:
    headings = tuple(mapping)
    table = Table(Path("/t.csv"), headings, (tuple("1" for _ in headings),))
    with suppress(VgdeskError):
        list(takes_of_table(table, checked(mapping, headings), "en"))
