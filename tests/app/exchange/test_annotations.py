import codecs
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.exchange.odd_files import Marked, Point, eaf, long_grid, noise, short_grid
from vgdesk.app.exchange.annotations import guess_tiers, read_annotation, takes_of, tier_names
from vgdesk.app.exchange.corpus_tables import read_table_file
from vgdesk.app.exchange.importing import (
    ImportedTake,
    ImportPlan,
    ImportRefused,
    import_takes,
    with_imported,
)
from vgdesk.app.formats.aligner_table import is_alignment
from vgdesk.app.formats.foreign_text import LARGEST
from vgdesk.app.formats.tiers import Annotation, Interval
from vgdesk.app.project.project_file import open_project, save
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session
from vgdesk.core.viewing import ViewRecipe

WORDS = [Marked(0, 0.5, "dog"), Marked(0.5, 1, ""), Marked(1, 2.25, "قطة"), Marked(3, 4, "狗 🐶")]
PHONES = [Marked(0, 0.2, "d"), Marked(0.2, 0.5, "ɔɡ"), Marked(0.5, 1, "sil"), Marked(1, 2, "q")]
FORMATS = [long_grid, short_grid]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "a.TextGrid") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def labels(annotation: Annotation, place: int = 0) -> list[str]:
    return [one.label for one in annotation.tiers[place].intervals]


# Praat


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_textgrid_says_the_same_in_every_writing(
    tmp_path: Path, layout: Callable[..., str], encoding: str, line_end: str
) -> None:
    text = layout({"words": WORDS, "phones": PHONES}).replace("\n", line_end)
    found = read_annotation(written(tmp_path, text, encoding))
    assert [tier.name for tier in found.tiers] == ["words", "phones"]
    said = tuple(Interval(label, start, end) for start, end, label in WORDS if label)
    assert found.tiers[0].intervals == said
    assert not found.is_guessed


def test_a_big_endian_file_with_its_mark(tmp_path: Path) -> None:
    file = tmp_path / "a.TextGrid"
    file.write_bytes(codecs.BOM_UTF16_BE + long_grid({"words": WORDS}).encode("utf-16-be"))
    assert labels(read_annotation(file)) == ["dog", "قطة", "狗 🐶"]


def test_letters_that_are_not_unicode_are_guessed_and_said(tmp_path: Path) -> None:
    text = long_grid({"mots": [Marked(0, 1, "été")]})
    found = read_annotation(written(tmp_path, text, "latin-1"))
    assert labels(found) == ["été"]
    assert found.is_guessed


@pytest.mark.parametrize("layout", FORMATS)
def test_quotes_line_ends_and_tiny_times(tmp_path: Path, layout: Callable[..., str]) -> None:
    odd = [Marked(5.6e-17, 0.5, 'say "so"'), Marked(0.5, 1, "two\nlines")]
    found = read_annotation(written(tmp_path, layout({'a "tier"': odd})))
    assert [tier.name for tier in found.tiers] == ['a "tier"']
    assert labels(found) == ['say "so"', "two lines"]
    assert found.tiers[0].intervals[0].start == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("layout", FORMATS)
def test_empty_tiers_and_tiers_of_one_name(tmp_path: Path, layout: Callable[..., str]) -> None:
    found = read_annotation(written(tmp_path, layout({"empty": [], "words": WORDS})))
    assert [len(tier.intervals) for tier in found.tiers] == [0, 3]
    assert tier_names([found]) == ("words",)


@pytest.mark.parametrize("layout", FORMATS)
def test_a_word_at_a_point_runs_to_the_next_point(
    tmp_path: Path, layout: Callable[..., str]
) -> None:
    points = [Point(1.5, "dog"), Point(2, ""), Point(4, "cat")]
    (tier,) = read_annotation(written(tmp_path, layout({"words": points}, end=6))).tiers
    assert tier.is_points
    assert tier.intervals == (Interval("dog", 1.5, 2), Interval("cat", 4, 6))


@pytest.mark.parametrize("layout", FORMATS)
def test_a_file_that_was_cut_off_is_refused_and_not_read_in_part(
    tmp_path: Path, layout: Callable[..., str]
) -> None:
    lines = layout({"words": WORDS}).splitlines()
    with pytest.raises(VgdeskError, match="damaged"):
        read_annotation(written(tmp_path, "\n".join(lines[:-3])))


@pytest.mark.parametrize("layout", FORMATS)
def test_a_header_with_a_wrong_number_of_intervals_is_refused(
    tmp_path: Path, layout: Callable[..., str]
) -> None:
    text = layout({"words": WORDS}).replace("size = 4", "size = 9000000").replace("\n4\n", "\n99\n")
    with pytest.raises(VgdeskError, match="damaged"):
        read_annotation(written(tmp_path, text))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"hello", "not a TextGrid"),
        (b"ooBinaryFile\x08TextGrid\x00\x00", "not a text file"),
        (codecs.BOM_UTF16_LE + b"\x00", "not a text file"),
        (b'{"start": 0, "end": 1, "tiers": {}}', "not a TextGrid"),
        (long_grid({"w": [Marked(-1, 1, "dog")]}).encode(), "negative times"),
        (long_grid({"w": [Marked(0, 1, "dog")]}).replace("= 1 ", "= x ").encode(), "damaged"),
    ],
)
def test_a_file_that_is_no_textgrid_is_reported(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "a.TextGrid"
    file.write_bytes(content)
    with pytest.raises(VgdeskError, match=says) as refused:
        read_annotation(file)
    assert refused.value.hint


def test_a_file_too_large_is_never_read(tmp_path: Path) -> None:
    file = tmp_path / "a.TextGrid"
    with file.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(VgdeskError, match="megabytes"):
        read_annotation(file)


# ELAN


def test_an_eaf_has_words_and_speakers(tmp_path: Path) -> None:
    noise(tmp_path / "a b.wav", 1)
    text = eaf({"wörter": WORDS}, {"gloss": [("a1", "Hund")]}, "./a%20b.wav", "Ana")
    found = read_annotation(written(tmp_path, text, name="x.eaf"))
    assert found.sound == tmp_path / "a b.wav"
    assert labels(found) == ["dog", "قطة", "狗 🐶"]
    assert found.tiers[0].speaker == "Ana"
    assert found.tiers[1].intervals == (Interval("Hund", 0, 0.5),)
    assert not found.tiers[1].is_estimated


def test_annotations_without_times_of_their_own_are_no_words(tmp_path: Path) -> None:
    noise(tmp_path / "a.wav", 5)
    text = eaf({"words": [Marked(1, 2, "dog")]}, {"phones": [("a1", "d"), ("a1", "ɔ")]})
    found = read_annotation(written(tmp_path, text, name="a.eaf"))
    (take,) = takes_of(found, "words", "phones", "en")
    assert take.labels == {"phones": "d ɔ", "phones source": "annotation"}
    with pytest.raises(VgdeskError, match="not time-aligned"):
        takes_of(found, "phones", "", "en")


def test_annotations_whose_time_was_never_set_are_left_out(tmp_path: Path) -> None:
    text = eaf({"words": [Marked(1, 2, "dog"), Marked(2, -1, "cat"), Marked(-1, -1, "cow")]})
    assert labels(read_annotation(written(tmp_path, text, name="a.eaf"))) == ["dog"]


LAUGHS = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghijklmnopqrstuvwxyz")
)
BOMB = f"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">{LAUGHS}]>
<ANNOTATION_DOCUMENT>&z;</ANNOTATION_DOCUMENT>"""
SPY = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>
<ANNOTATION_DOCUMENT>&x;</ANNOTATION_DOCUMENT>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("text", [BOMB, SPY])
def test_entities_are_refused_before_they_can_do_harm(
    tmp_path: Path, text: str, encoding: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("my secret")
    begun = time.process_time()
    with pytest.raises(VgdeskError, match="entities") as refused:
        read_annotation(written(tmp_path, text.replace("{secret}", str(secret)), encoding, "a.eaf"))
    assert "my secret" not in str(refused.value)
    assert time.process_time() - begun < 5  # a billion entities take minutes


def test_an_eaf_reaches_for_no_file_that_is_no_sound(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    found = read_annotation(written(tmp_path, eaf({"w": WORDS}, media="secret.txt"), name="b.eaf"))
    assert found.sound is None


# From tiers to takes


def test_words_become_takes_of_one_sound_that_is_kept_once(tmp_path: Path) -> None:
    noise(tmp_path / "a.WAV".lower(), 10, channels=6)
    overlapping = [Marked(1, 3, "dog"), Marked(2, 4, "dog"), Marked(0.5, 1, "<eps>")]
    file = written(tmp_path, long_grid({"words": overlapping, "phones": PHONES}))
    planned = takes_of(read_annotation(file), "words", "phones", "en")
    taken = [one for one in import_takes(ImportPlan(planned)) if isinstance(one, ImportedTake)]
    session = with_imported(Session(), taken)
    folder = tmp_path / "p.vgdesk"
    save(folder, session, ViewRecipe())
    opened = open_project(folder).session
    assert [(t.word, t.start, t.end) for t in opened.takes.values()] == [
        ("dog", 1, 3),
        ("dog", 2, 4),
    ]
    assert [file.name for file in (folder / "takes").iterdir()] == ["a.wav"]


def test_two_hours_of_sound_are_never_read_as_a_whole(tmp_path: Path) -> None:
    rate, seconds = 8000, 7200
    head = noise(tmp_path / "head.wav", 0.01, rate).read_bytes()[:44]
    size = rate * seconds * 2
    with (tmp_path / "a.wav").open("wb") as stream:
        stream.write(head[:4] + (size + 36).to_bytes(4, "little") + head[8:40])
        stream.write(size.to_bytes(4, "little"))
        stream.truncate(44 + size)  # silence that takes no room on the disk
    grid = long_grid({"words": [Marked(7100, 7101, "dog"), Marked(0, 7000, "long")]}, seconds)
    planned = takes_of(read_annotation(written(tmp_path, grid)), "words", "", "en")
    dog, long = import_takes(ImportPlan(planned))
    assert isinstance(dog, ImportedTake)
    assert dog.trim == (7100, 7101)
    assert isinstance(long, ImportRefused)
    assert "117 minutes" in long.error.message


def test_a_sound_shorter_than_its_annotation_is_reported(tmp_path: Path) -> None:
    noise(tmp_path / "a.wav", 3.5)
    planned = takes_of(
        read_annotation(written(tmp_path, long_grid({"words": WORDS}))), "words", "", "en"
    )
    *_others, last = import_takes(ImportPlan(planned))
    assert isinstance(last, ImportRefused)
    assert "“狗 🐶”" in last.error.message


def test_a_missing_sound_or_tier_is_reported_with_what_exists(tmp_path: Path) -> None:
    found = read_annotation(written(tmp_path, long_grid({"words": WORDS, "phones": PHONES})))
    with pytest.raises(VgdeskError, match=r"a\.wav"):
        takes_of(found, "words", "", "en")
    noise(tmp_path / "a.wav", 1)
    found = read_annotation(tmp_path / "a.TextGrid")
    with pytest.raises(VgdeskError, match="“words”, “phones”"):
        takes_of(found, "ort", "", "en")


def test_a_forced_alignment_in_a_table_has_tiers_for_each_speaker(tmp_path: Path) -> None:
    noise(tmp_path / "a.wav", 5)
    rows = ["Begin,End,Label,Type,Speaker", "0,1,dog,words,Ana", "0,.5,d,phones,Ana"]
    rows += ["0.5,1,ɔ,phones,Ana", "1,2,dog,words,Ben", "1,2,k,phones,Ben", "2,3,,words,Ben"]
    file = written(tmp_path, "\n".join(rows), name="a.csv")
    assert is_alignment(read_table_file(file))
    found = read_annotation(file)
    words, phones = guess_tiers(tier_names([found]))
    takes = takes_of(found, words, phones, "en")
    assert [(t.text, t.speaker, t.labels["phones"]) for t in takes] == [
        ("dog", "Ana", "d ɔ"),
        ("dog", "Ben", "k"),
    ]


def test_one_choice_of_a_tier_holds_for_all_speakers(tmp_path: Path) -> None:
    noise(tmp_path / "a.wav", 10)
    tiers = {"Ana - words": WORDS[:1], "Ana - phones": PHONES, "Ben - words": WORDS[2:]}
    found = read_annotation(written(tmp_path, short_grid(tiers)))
    assert tier_names([found]) == ("words", "phones")
    takes = takes_of(found, "words", "phones", "en")
    assert [take.speaker for take in takes] == ["Ana", "Ben", "Ben"]


# Bytes that somebody or something has changed


def damaged(draw: Callable[..., Any], seed: bytes) -> bytes:
    content = bytearray(seed)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 40))
        content[place : place + length] = draw(
            st.one_of(
                st.binary(max_size=20),
                st.sampled_from([b"1e999", b"-7", b"nan", b'"', b"<", b"&x;", b"size = 99999999"]),
            )
        )
    return bytes(content)


def seeds() -> list[tuple[str, bytes]]:
    tiers = {"words": WORDS, "points": [Point(1, "x")], "phones": PHONES}
    return [
        ("a.TextGrid", long_grid(tiers).encode()),
        ("a.TextGrid", short_grid(tiers).encode("utf-16")),
        ("a.eaf", eaf({"w": WORDS}, {"g": [("a1", "x"), ("a1", "y"), ("a4", "z")]}).encode()),
        ("a.csv", b"Begin,End,Label,Type,Speaker\n0,1,dog,words,Ana\n0,.5,d,phones,Ana\n"),
    ]


@pytest.mark.slow
@settings(
    max_examples=300,
    deadline=5000,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), seed=st.sampled_from(seeds()))
def test_no_damage_does_more_than_be_said(
    tmp_path: Path, data: st.DataObject, seed: tuple[str, bytes]
) -> None:
    name, content = seed
    file = tmp_path / name
    file.write_bytes(damaged(data.draw, content))
    with suppress(VgdeskError):
        for tier in read_annotation(file).tiers:
            assert all(0 <= one.start < one.end for one in tier.intervals)
