from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from vgdesk.app.exchange.importing import (
    ImportedTake,
    ImportPlan,
    ImportRefused,
    PlannedTake,
    import_takes,
    plan_import,
    with_imported,
)
from vgdesk.app.project.project_file import open_project, save
from vgdesk.app.words.identifiers import new_word, next_take_id, word_text
from vgdesk.audio.files import describe
from vgdesk.core.errors import AudioFileError
from vgdesk.core.model import Concern, Session, TakeId, TakeSource, Verdict, Word, WordId
from vgdesk.core.viewing import ViewRecipe

PEOPLE = Path(__file__).parents[4] / "shared" / "data" / "people" / "en_gcompris"


def tone(file: Path, seconds: float = 0.2, rate: int = 8000, channels: int = 1) -> Path:
    """A sound without any voice."""
    file.parent.mkdir(parents=True, exist_ok=True)
    wave = 0.1 * np.sin(440 * 2 * np.pi * np.arange(int(seconds * rate)) / rate)
    soundfile.write(file, np.tile(wave[:, None], channels), rate)
    return file


def imported(text: str, *, category: str = "", language: str = "en") -> ImportedTake:
    return ImportedTake(PlannedTake(Path("/sounds", f"{text}.wav"), text, language, category))


def one(outcomes: Iterator[ImportedTake | ImportRefused]) -> ImportedTake | ImportRefused:
    (outcome,) = outcomes
    return outcome


# What a name says


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dog.wav", "dog"),
        ("dog_2.wav", "dog"),
        ("dog-03.flac", "dog"),
        ("dog (1).ogg", "dog"),
        ("dog 2.wav", "dog"),
        ("dog_2 (1).wav", "dog"),
        ("ice_cream.wav", "ice cream"),
        ("merry-go-round_12.wav", "merry go round"),
        ("dog2.wav", "dog2"),
        ("7.wav", "7"),
        ("2_3.wav", "2"),
        ("-3.wav", "3"),
        ("1984_2024.wav", "1984 2024"),
        ("_.wav", "_.wav"),
        (" .wav", ".wav"),
        ("Dog.v2.wav", "Dog.v2"),
        ("ʃəˈwɑː_1.wav", "ʃəˈwɑː"),
        ("e\u0301te\u0301.wav", "\u00e9t\u00e9"),
        ("قطة-2.wav", "قطة"),
        ("caf\udce9.wav", "caf?"),
    ],
)
def test_the_name_of_a_file_says_its_word(name: str, text: str) -> None:
    assert word_text(Path("/sounds", name)).strip() == text


@given(st.text(st.characters(exclude_categories=(), exclude_characters="/\0"), min_size=1))
def test_every_name_says_a_word(name: str) -> None:
    assert word_text(Path(f"{name}.wav")).strip()


def test_a_folder_in_the_dropped_folder_is_the_category(tmp_path: Path) -> None:
    files = ["dog.wav", "wild animals/fox.wav", "wild animals/cats/lynx.wav", "tools/saw.flac"]
    for file in files:
        tone(tmp_path / file)
    (tmp_path / "tools" / "notes.txt").write_text("no sound")
    plan = plan_import([tmp_path], Session())
    assert {take.text: take.category for take in plan.takes} == {
        "dog": "",
        "fox": "wild animals",
        "lynx": "",
        "saw": "tools",
    }
    # The same folder dropped by itself, or one of its files, says nothing about categories.
    paths = [tmp_path / "tools", tmp_path / "wild animals" / "fox.wav"]
    assert [(take.text, take.category) for take in plan_import(paths, Session()).takes] == [
        ("saw", ""),
        ("fox", ""),
    ]


def test_a_file_that_is_dropped_twice_comes_once(tmp_path: Path) -> None:
    file = tone(tmp_path / "animals" / "dog.wav")
    plan = plan_import([tmp_path, file, file.parent], Session())
    assert plan.takes == (PlannedTake(file, "dog", "en", "animals"),)


def test_new_words_are_in_the_language_of_most_words(tmp_path: Path) -> None:
    words = [Word(WordId(str(n)), "x", language) for n, language in enumerate(("nl", "de", "de"))]
    session = Session({word.id: word for word in words})
    plan = plan_import([tone(tmp_path / "hund.wav")], session)
    assert plan.takes[0].language == "de"
    assert new_word(session, "hund").language == "de"


def test_a_folder_without_sound_is_reported(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="no sound file") as caught:
        plan_import([tmp_path], Session())
    assert "WAV" in caught.value.hint


# Files that cannot be used


def sparse_hours(file: Path, hours: int, rate: int = 8000) -> Path:
    """Two hours of silence that take no room on the disk."""
    size = hours * 3600 * rate * 2
    soundfile.write(file, np.zeros(1), rate, subtype="PCM_16")
    with file.open("r+b") as stream:
        header = stream.read(44)
        stream.seek(0)
        stream.write(header[:4] + (size + 36).to_bytes(4, "little") + header[8:40])
        stream.write(size.to_bytes(4, "little"))
        stream.truncate(44 + size)
    return file


def test_bad_files_are_refused_with_a_sentence_and_the_others_go_on(tmp_path: Path) -> None:
    good = [tone(tmp_path / "a.wav"), tone(tmp_path / "six.wav", rate=44100, channels=6)]
    long = sparse_hours(tmp_path / "long.wav", 2)
    assert describe(long).seconds == 7200
    bad = [tmp_path / "broken.wav", tmp_path / "empty.flac", tmp_path / "gone.wav", long]
    bad[0].write_bytes(b"RIFF but no more than that")
    bad[1].touch()
    plan = plan_import([good[0], *bad, good[1]], Session())
    outcomes = list(import_takes(plan))
    refused = [outcome for outcome in outcomes if isinstance(outcome, ImportRefused)]
    assert [outcome.file for outcome in refused] == bad
    for outcome in refused:
        assert outcome.file.name in outcome.error.message
        assert outcome.error.hint
    taken = [outcome for outcome in outcomes if isinstance(outcome, ImportedTake)]
    assert [outcome.planned.file for outcome in taken] == good
    assert [outcome.trim for outcome in taken] == [None, None]  # no voice: everything is kept


def test_files_are_opened_one_at_a_time(tmp_path: Path) -> None:
    first = PlannedTake(tone(tmp_path / "a.wav"), "a", "en")
    second = PlannedTake(tmp_path / "b.wav", "b", "en")
    outcomes = import_takes(ImportPlan((first, second)))
    assert _planned(next(outcomes)) == first
    tone(second.file)  # made only now
    assert _planned(one(outcomes)) == second


def _planned(outcome: ImportedTake | ImportRefused) -> PlannedTake:
    assert isinstance(outcome, ImportedTake)
    return outcome.planned


def test_files_come_with_what_speaks_against_them(tmp_path: Path) -> None:
    planned = PlannedTake(tone(tmp_path / "hum.wav"), "hum", "en")
    outcome = one(import_takes(ImportPlan((planned,))))
    assert isinstance(outcome, ImportedTake)
    assert Concern("speech", Verdict.FAIL) in outcome.concerns
    (take,) = with_imported(Session(), [outcome]).takes.values()
    assert take.concerns == outcome.concerns


# From files to words


def test_the_same_text_joins_the_same_word() -> None:
    session = Session({WordId("DOG"): Word(WordId("DOG"), "Dog")})
    session = with_imported(session, [imported("dog"), imported("cat"), imported("DOG")])
    session = with_imported(session, [imported("Cat"), imported("dog", language="nl")])
    assert [(word.id, word.text) for word in session.words.values()] == [
        ("DOG", "Dog"),
        ("cat", "cat"),
        ("dog", "dog"),
    ]
    assert [[take.id for take in session.takes_of(word)] for word in session.words] == [
        ["DOG-1", "DOG-2"],
        ["cat-1", "cat-2"],
        ["dog-1"],
    ]
    assert {take.source for take in session.takes.values()} == {TakeSource.IMPORTED}


def test_a_category_is_given_but_never_replaced() -> None:
    session = with_imported(Session(), [imported("bank"), imported("bank", category="river")])
    session = with_imported(session, [imported("bank", category="money")])
    assert session.words[WordId("bank")].labels == {"category": "river"}


def test_the_proposed_trim_is_taken_over() -> None:
    found = ImportedTake(PlannedTake(Path("/a.wav"), "a", "en"), (0.25, 0.5))
    take = with_imported(Session(), [found]).takes[TakeId("a-1")]
    assert (take.start, take.end) == (0.25, 0.5)


def test_ids_are_readable_and_differ() -> None:
    texts = ["ice cream", "ice-cream", "Straße", "हिन्दी", "🐕", "🐈", "a/b\\c", "x" * 200]
    session = with_imported(Session(), [imported(text) for text in texts])
    assert list(session.words) == [
        "ice-cream", "ice-cream_2", "strasse", "हिन्दी", "word", "word_2", "a-b-c", "x" * 40,
    ]  # fmt: skip


def test_a_recorded_word_is_found_or_made() -> None:
    session = with_imported(Session(), [imported("dog", category="animal")])
    assert new_word(session, "Dog") == session.words[WordId("dog")]
    assert new_word(session, "dog!") == Word(WordId("dog_2"), "dog!")


def test_take_numbers_are_never_reused(tmp_path: Path) -> None:
    dog = WordId("dog")
    assert next_take_id(Session(), dog) == next_take_id(Session(), dog, tmp_path / "no") == "dog-1"
    session = with_imported(Session(), [imported("dog"), imported("dog"), imported("dog")])
    session = session.without_takes(frozenset({TakeId("dog-2")}))
    assert next_take_id(session, dog, tmp_path) == "dog-4"
    for name in ("dog-4.flac", "dog-12.48000.partial", "dog-house-40.flac", "dog.wav", "adog-50.x"):
        (tmp_path / name).touch()
    assert next_take_id(session, dog, tmp_path) == "dog-13"
    assert next_take_id(session, WordId("dog-house"), tmp_path) == "dog-house-41"


@given(st.lists(st.text(min_size=1).filter(str.strip), max_size=8))
def test_every_import_gives_each_file_a_take(texts: list[str]) -> None:
    session = with_imported(
        Session(), [ImportedTake(PlannedTake(Path("/x"), t, "en")) for t in texts]
    )
    assert len(session.takes) == len(texts)
    again = with_imported(session, [ImportedTake(PlannedTake(Path("/x"), t, "en")) for t in texts])
    assert list(again.words) == list(session.words)
    assert len(again.takes) == 2 * len(texts)


def test_a_batch_gives_what_one_by_one_gives() -> None:
    takes = [imported(text, category=text[:1]) for text in ("dog", "cat", "Dog", "dog 2", "cat")]
    batch = with_imported(Session(), takes)
    single = Session()
    for each in takes:
        single = with_imported(single, [each])
    assert list(batch.words.values()) == list(single.words.values())
    assert list(batch.takes.values()) == list(single.takes.values())


@pytest.mark.skipif(not PEOPLE.is_dir(), reason="needs the recordings of people in ../shared")
def test_recordings_of_people_come_in_trimmed_and_are_saved(tmp_path: Path) -> None:
    files = [PEOPLE / f"{name}.ogg" for name in ("alligator", "ball", "bee", "cat", "bread")]
    session = with_imported(Session(), import_takes(plan_import(files, Session())))  # type: ignore[arg-type]
    assert [word.text for word in session.words.values()] == [file.stem for file in files]
    for take in session.takes.values():
        seconds = describe(take.file).seconds
        assert take.end is not None
        assert 0.15 < take.end - take.start <= seconds + 0.001
    saved = save(tmp_path / "people.vgdesk", session, ViewRecipe())
    opened = open_project(tmp_path / "people.vgdesk")
    assert opened.session.takes == saved.takes
    for take, file in zip(opened.session.takes.values(), files, strict=True):
        assert take.file.read_bytes() == file.read_bytes()
