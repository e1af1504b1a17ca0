import re
from collections import Counter
from pathlib import Path

import pytest

from vgdesk.analyses.lexicon.letter_classes import sound_class
from vgdesk.app.exchange.word_lists import WORD_LISTS, open_words, with_words
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Word, WordId

SIZES = {
    "study-semantic": [19, 19, 13, 13, 10, 10, 9, 8, 8],
    "study-semantic-published": [19, 19, 16, 14, 13, 10, 10, 8, 8],
    "study-phonetic": [9, 8, 8, 6, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5],
}


def texts(session: Session) -> list[str]:
    return [word.text for word in session.words.values()]


@pytest.mark.parametrize("name", SIZES)
def test_a_list_that_ships_has_the_sizes_that_the_study_names(name: str) -> None:
    words = open_words(name).words.values()
    groups = Counter(word.labels["category"] for word in words)
    assert sorted(groups.values(), reverse=True) == SIZES[name]
    assert all(word.labels["phones"].isupper() for word in words)
    assert {word.labels["concreteness"] for word in words} == {"concrete", "abstract"}


def test_every_list_that_ships_can_be_opened() -> None:
    assert {*SIZES, "kiki-bouba"} == set(WORD_LISTS)
    for words in WORD_LISTS.values():
        assert f"({len(open_words(words.id).words)} words)" in words.title
        assert words.source


def test_kiki_and_bouba_follow_the_rule() -> None:
    found = open_words("kiki-bouba").words.values()
    sizes = Counter(word.labels["category"] for word in found)
    assert sizes == {
        "round adjective": 10,
        "sharp adjective": 10,
        "round pseudo-word": 324,
        "sharp pseudo-word": 324,
    }
    for word in found:
        shape, sort = word.labels["category"].split()
        assert (word.labels.get("shape") == shape) == (sort == "adjective")
        if sort == "pseudo-word":
            assert sound_class(word.text) == shape
            assert re.fullmatch(r"([bdgklmnpthsx])([aeiou])[bdgklmnpthsx][aeiou]\1\2", word.text)


def test_one_word_a_line_is_a_list(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("\ufeffcat\n\nice cream\ncat\n", "utf-8")
    assert texts(open_words(str(file))) == ["cat", "ice cream"]


@pytest.mark.parametrize("mark", ["\t", ",", ";"])
def test_a_table_of_a_spreadsheet_is_a_list(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "words.csv"
    rows = [["word", "category", "frequency"], ["cat", "animal", "3.5"], ['"say ""a"""', "", ""]]
    file.write_text("\n".join(mark.join(row) for row in rows), "utf-8")
    found = open_words(str(file))
    assert texts(found) == ["cat", 'say "a"']
    assert found.words[WordId("cat")].labels == {"category": "animal", "frequency": "3.5"}


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_rows_of_one_sound_file_are_takes_told_apart_by_their_times(
    tmp_path: Path, mark: str
) -> None:
    file = tmp_path / "takes.txt"
    rows = [
        ["word", "file", "start", "end", "speaker"],
        ["cat", "anna.wav", "0.5", "0.9", "Anna"],
        ["dog", "anna.wav", "1.2", "1.75", "Anna"],
        ["cat", "anna.wav", "2", "2.5", "Anna"],
        ["cat", "ben.wav"],
    ]
    file.write_text("\n".join(mark.join(row) for row in rows), "utf-8")
    takes = open_words(str(file)).takes
    assert [(take.file.name, take.start, take.end) for take in takes.values()] == [
        ("anna.wav", 0.5, 0.9),
        ("anna.wav", 1.2, 1.75),
        ("anna.wav", 2.0, 2.5),
        ("ben.wav", 0.0, None),
    ]
    # As long as a file has several rows, their order and number change no id.
    file.write_text("\n".join(mark.join(row) for row in [rows[0], rows[3], rows[1]]), "utf-8")
    assert set(open_words(str(file)).takes) < set(takes)


def test_a_second_take_with_the_same_times_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "takes.csv"
    file.write_text("word,file,start,end\ncat,a.wav,1,2\ndog,a.wav,1,2\n", "utf-8")
    with pytest.raises(VgdeskError, match=r"row 3 .*a second take with the id a\.wav 1-2"):
        open_words(str(file))


def test_a_table_with_ids_and_files_needs_no_column_of_takes(tmp_path: Path) -> None:
    file = tmp_path / "takes.tsv"
    file.write_text("id\tword\tfile\tstart\tend\nx\tcat\ta.wav\t1\t2\n", "utf-8")
    (take,) = open_words(str(file)).takes.values()
    assert (take.word, take.start, take.end) == ("x", 1.0, 2.0)


def test_a_table_with_files_is_a_manifest(tmp_path: Path) -> None:
    file = tmp_path / "takes.csv"
    file.write_text("word,file,speaker\ncat,anna/cat.wav,Anna\ncat,ben/cat.wav,Ben\n", "utf-8")
    found = open_words(str(file))
    assert [take.file for take in found.takes.values()] == [
        tmp_path / "anna" / "cat.wav",
        tmp_path / "ben" / "cat.wav",
    ]
    assert [take.speaker for take in found.takes.values()] == ["Anna", "Ben"]
    assert texts(found) == ["cat"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "could not be read"),
        (b"\xff\xfe\x00", "could not be read"),
        (b"\n \n", "is empty"),
        (b"word,file\ncat,../cat.wav\n", "row 2"),
    ],
)
def test_an_unreadable_file_is_reported(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "words.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(VgdeskError, match=said) as refusal:
        open_words(str(file))
    assert refusal.value.hint


def test_words_that_are_there_keep_their_labels_and_get_what_they_lack() -> None:
    old = Word(WordId("w1"), "cat", labels={"category": "pet"})
    other = Word(WordId("dog"), "hound")
    new = [
        Word(WordId("cat"), "cat", labels={"category": "animal", "phones": "K AE T"}),
        Word(WordId("dog"), "dog"),
    ]
    session = with_words(
        Session({word.id: word for word in (old, other)}), Session({word.id: word for word in new})
    )
    assert texts(session) == ["cat", "hound", "dog"]
    assert session.words[WordId("w1")].labels == {"category": "pet", "phones": "K AE T"}
    assert session.words[WordId("dog_2")].text == "dog"
