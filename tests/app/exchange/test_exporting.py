import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from praatio import textgrid
from pyarrow import parquet

from tests.app.project_examples import contents, word
from vgdesk.app.exchange import exporting
from vgdesk.app.exchange.exporting import EXPORTS, export
from vgdesk.audio.files import Recording, describe, read, write_flac
from vgdesk.core.cancellation import CancelledError, cancellable
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Concern, Session, Take, TakeId, TakeSource, Verdict, WordId

RATE = 16_000


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Two takes in one file by one speaker, one by another, odd names, a word without sound."""
    noise = np.random.default_rng(0).normal(0, 0.1, 3 * RATE).astype(np.float32)
    long, short = tmp_path / "in" / "long.flac", tmp_path / "in" / "قطة 🐈.flac"
    long.parent.mkdir()
    write_flac(long, Recording(noise, RATE))
    write_flac(short, Recording(noise[:RATE], RATE))
    words = [word("dog", category="an, animal", file="a label"), word('say "hi"'), word("قطة")]
    concerns = (Concern("clipped", Verdict.WARN),)
    takes = [
        Take(TakeId("dog-1"), WordId("dog"), long, "S01", 0.25, 0.75, concerns=concerns),
        Take(TakeId("dog-2"), WordId("dog"), long, "S01", 1.0, None, TakeSource.IMPORTED),
        Take(TakeId("hi-1"), WordId('say "hi"'), long, "S01", 0.5, 1.5, is_kept_anyway=True),
        Take(TakeId("قطة-1"), WordId("قطة"), short, "", 0.1, 0.9),
    ]
    found = Session({w.id: w for w in words}, {t.id: t for t in takes})
    return found.with_word(word("alone"))


@pytest.mark.parametrize(("kind", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_table_has_a_row_for_every_take_and_every_word(
    session: Session, tmp_path: Path, kind: str, delimiter: str
) -> None:
    export(session, kind, tmp_path / f"a.{kind}")
    with (tmp_path / f"a.{kind}").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file, delimiter=delimiter))
    assert [row["take"] for row in table] == ["dog-1", "dog-2", "hi-1", "قطة-1", ""]
    assert table[0]["category"] == "an, animal"
    assert table[0]["label:file"] == "a label"
    assert table[0]["file"].endswith("long.flac")
    assert (table[0]["start"], table[0]["end"], table[1]["end"]) == ("0.25", "0.75", "")
    assert (table[0]["quality"], table[2]["kept_anyway"]) == ("clipped:warn", "True")
    assert table[4]["word"] == "alone"


def test_parquet_keeps_numbers_and_gaps(session: Session, tmp_path: Path) -> None:
    export(session, "parquet", tmp_path / "a.parquet")
    table = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [row["start"] for row in table] == [0.25, 1.0, 0.5, 0.1, None]
    assert table[3]["word"] == "قطة"


def test_an_audiofolder_holds_every_word_as_it_is_trimmed(session: Session, tmp_path: Path) -> None:
    export(session, "audiofolder", tmp_path / "out")
    with (tmp_path / "out" / "metadata.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["take"] for row in table] == list(session.takes)
    for row, take in zip(table, session.takes.values(), strict=True):
        found = read(tmp_path / "out" / row["file_name"])
        meant = read(take.file, start=take.start, end=take.end)
        assert found.sample_rate == meant.sample_rate
        assert np.allclose(found.samples, meant.samples, atol=1e-6)
        assert row["word"] == session.words[take.word].text


def test_textgrids_say_where_every_word_is(session: Session, tmp_path: Path) -> None:
    export(session, "textgrid", tmp_path / "out")
    found = {}
    for file in sorted((tmp_path / "out").glob("*.TextGrid")):
        grid = textgrid.openTextgrid(str(file), includeEmptyIntervals=False)
        assert grid.maxTimestamp == pytest.approx(describe(file.with_suffix(".flac")).seconds)
        for tier in grid.tiers:
            found[file.stem, tier.name] = [tuple(entry) for entry in tier.entries]
    assert found["long", "S01 - words"] == [(0.25, 0.75, "dog"), (1.0, 3.0, "dog")]
    assert found["long", "S01 - words 2"] == [(0.5, 1.5, 'say "hi"')]
    assert [entries for (stem, _), entries in found.items() if stem != "long"] == [
        [(0.1, 0.9, "قطة")]
    ]
    assert soundfile.info(tmp_path / "out" / "long.flac").samplerate == RATE


def test_files_that_differ_in_their_ending_alone_keep_their_own_annotations(
    session: Session, tmp_path: Path
) -> None:
    other = tmp_path / "in" / "long.wav"
    soundfile.write(other, np.full(RATE, 0.1), RATE)
    more = Take(TakeId("alone-1"), WordId("alone"), other, "", 0.2, 0.8)
    export(session.with_take(more), "textgrid", tmp_path / "out")
    said = {}
    for file in (tmp_path / "out").glob("*.TextGrid"):
        grid = textgrid.openTextgrid(str(file), includeEmptyIntervals=False)
        (sound,) = (one for one in file.parent.glob(f"{file.stem}.*") if one != file)
        words = {entry.label for tier in grid.tiers for entry in tier.entries}
        said[describe(sound).seconds, sound.suffix] = words
    assert said == {
        (3, ".flac"): {"dog", 'say "hi"'},
        (1, ".wav"): {"alone"},
        (1, ".flac"): {"قطة"},
    }


def test_a_recording_that_is_gone_is_named(session: Session, tmp_path: Path) -> None:
    gone = replace(session.takes[TakeId("dog-1")], file=tmp_path / "gone.flac")
    for kind in ("audiofolder", "textgrid"):
        with pytest.raises(VgdeskError, match=r"gone\.flac” is no longer"):
            export(session.with_take(gone), kind, tmp_path / "out")


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_missing_recording_or_folder_leaves_no_output(
    session: Session, tmp_path: Path, kind: str
) -> None:
    target = tmp_path / "no such folder" / f"a{EXPORTS[kind].suffix}"
    with pytest.raises(VgdeskError, match="could not be written"):
        export(session, kind, target)
    if EXPORTS[kind].suffix:
        return  # a table names files and opens none
    gone = replace(session.takes[TakeId("dog-1")], file=tmp_path / "gone.flac")
    before = contents(tmp_path)
    with pytest.raises(VgdeskError):
        export(session.with_take(gone), kind, tmp_path / "out")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("kind", ["audiofolder", "textgrid"])
def test_a_folder_that_exists_is_not_touched(session: Session, tmp_path: Path, kind: str) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(VgdeskError, match="already exists"):
        export(session, kind, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_project_without_words_can_be_written(tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"a{EXPORTS[kind].suffix}"
    export(Session(), kind, target)
    assert target.exists()
    assert json.dumps(sorted(path.name for path in tmp_path.iterdir())) == f'["{target.name}"]'


def first_fit(takes: list[Take], length: float) -> dict[str, list[tuple[Take, float, float]]]:
    """The tiers by the definition: each take on the first tier whose last take has ended."""
    tiers: dict[str, list[tuple[Take, float, float]]] = {}
    for take in sorted(takes, key=lambda take: take.start):
        end = length if take.end is None else min(length, take.end)
        name = f"{take.speaker} - words" if take.speaker else "words"
        number, free = 1, name
        while free in tiers and tiers[free][-1][2] > take.start:
            number += 1
            free = f"{name} {number}"
        tiers.setdefault(free, []).append((take, take.start, end))
    return tiers


# Few times, so that many takes begin and end together.
SPANS = st.tuples(st.sampled_from(["", "Ana", "words 2"]), st.integers(0, 6), st.integers(1, 6))


@given(st.lists(SPANS, max_size=40), st.integers(1, 12))
def test_tiers_are_those_of_the_definition(spans: list[tuple[str, int, int]], length: int) -> None:
    takes = [
        Take(TakeId(f"a-{i}"), WordId("a"), Path("a"), who, start, start + lasts if i % 5 else None)
        for i, (who, start, lasts) in enumerate(spans)
    ]
    found, due = exporting._tiers(takes, length), first_fit(takes, length)
    assert list(found.items()) == list(due.items())


def test_laying_takes_on_tiers_can_be_cancelled() -> None:
    takes = [Take(TakeId(f"a-{i}"), WordId("a"), Path("a")) for i in range(5)]
    answers = iter([True, True, False])
    with cancellable(lambda: next(answers)), pytest.raises(CancelledError):
        exporting._tiers(takes, 1.0)
