"""Running recordings of every odd kind in a project: each is a sentence, and the rest opens."""

import os
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.app.project_examples import RECIPE
from vgdesk.app.project.erasure import plan_removal
from vgdesk.app.project.leftover_takes import MOST_SAID, MOST_SECONDS, LeftoverTakes
from vgdesk.app.project.project_file import open_project, save
from vgdesk.app.project.recovery import Recovered, recover
from vgdesk.audio.files import Recording, describe, read, write_flac
from vgdesk.audio.take_checks import DAMAGED, INTERRUPTED, LONG
from vgdesk.audio.take_judgement import judge
from vgdesk.audio.take_writer import KeptSound
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import AudioFileError
from vgdesk.core.model import Session, TakeId, Verdict
from vgdesk.core.names import LONGEST_TAKE_ID
from vgdesk.core.resources import resource

RATE = 16_000
SAID = read(resource("demo.vgdesk") / "takes" / "snake-bella.flac")


@pytest.fixture
def takes(tmp_path: Path, small: Session) -> Path:
    folder = tmp_path / "a.vgdesk"
    save(folder, small, RECIPE)
    return folder / "takes"


def opened(takes: Path) -> Recovered:
    """Open the project as a window does; every word and take of it has to be there."""
    saved = open_project(takes.parent).session
    found = recover(takes.parent, saved)
    assert set(saved.takes) <= set(found.session.takes)
    assert set(saved.words) <= set(found.session.words)
    return found


def said(found: Recovered) -> str:
    return "\n".join(f"{notice.message} {notice.hint}" for notice in found.notices)


def tone(seconds: float = 0.5) -> FloatArray:
    t = np.arange(round(RATE * seconds)) / RATE
    return (0.25 * np.sin(2 * np.pi * 200 * t)).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sun-1.partial", "sample rate"),
        ("sun-1.0.partial", "sample rate"),
        ("sun-1.999.partial", "sample rate"),
        ("sun-1.768000.partial", "sample rate"),
        (f"sun-1.{10**12}.partial", "sample rate"),
        (f"sun-1.1{'0' * 200}.partial", "sample rate"),
        ("sun-1.016000.partial", "sample rate"),
        ("sun-1.١٦٠٠٠.partial", "sample rate"),
        ("sun-1.-16000.partial", "sample rate"),
        (".16000.partial", "not a valid take name"),
        ("..16000.partial", "not a valid take name"),
        ("con.16000.partial", "not a valid take name"),
        ("Dr. Sun-1.16000.partial", "not a valid take name"),
        ("a\\b-1.16000.partial", "not a valid take name"),
        ("a\nb-1.16000.partial", "not a valid take name"),
        ("\udcff\udcfe-1.16000.partial", "not a valid take name"),
        (f"{'x' * (LONGEST_TAKE_ID + 1)}.16000.partial", "not a valid take name"),
    ],
)
def test_an_odd_name_is_a_sentence_and_its_file_stays(takes: Path, name: str, why: str) -> None:
    (takes / name).write_bytes(tone().tobytes())
    (takes / "moon-1.16000.partial").write_bytes(tone().tobytes())
    found = opened(takes)
    assert why in said(found)
    said(found).encode()  # can be shown and written down
    assert [take for take in found.session.takes if take.startswith(("sun", "moon"))] == ["moon-1"]
    assert (takes / name).exists()


@pytest.mark.parametrize("name", ["sun", "-1", "--1", "_-1", "1", "sun-", "--"])
def test_a_name_without_a_word_in_it_is_a_word(takes: Path, name: str) -> None:
    (takes / f"{name}.16000.partial").write_bytes(tone().tobytes())
    found = opened(takes)
    take = found.session.takes[TakeId(name)]
    assert found.session.words[take.word].text.strip()


def test_what_is_no_plain_file_is_never_opened(takes: Path, tmp_path: Path) -> None:
    (takes / "sun-1.16000.partial").mkdir()
    os.mkfifo(takes / "sun-2.16000.partial")
    outside = tmp_path / "diary"
    outside.write_bytes(tone().tobytes())
    (takes / "sun-3.16000.partial").symlink_to(outside)
    (takes / "sun-4.16000.partial").symlink_to(tmp_path / "nowhere")
    before = sorted(takes.iterdir())
    found = recover(takes.parent, Session())  # a link already keeps the project from opening
    assert said(found).count("not a plain file") == 4
    assert sorted(takes.iterdir()) == before
    assert outside.read_bytes() == tone().tobytes()
    assert "sun" not in found.session.words


@pytest.mark.parametrize("size", [0, 1, 3])
def test_less_than_a_sample_is_no_take(takes: Path, size: int) -> None:
    (takes / "sun-1.16000.partial").write_bytes(bytes(size))
    assert "sun-1" not in opened(takes).session.takes
    assert not list(takes.glob("*.partial"))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_invalid_samples_become_silence_and_are_reported(takes: Path, value: float) -> None:
    sound = tone()
    sound[1_000:1_200] = value
    (takes / "sun-1.16000.partial").write_bytes(sound.tobytes())
    found = opened(takes)
    take = found.session.takes[TakeId("sun-1")]
    kept = read(take.file).samples
    assert not kept[1_000:1_200].any()
    np.testing.assert_allclose(kept[:1_000], sound[:1_000], atol=1e-6)
    np.testing.assert_allclose(kept[1_200:], sound[1_200:], atol=1e-6)
    assert {concern.check for concern in take.concerns} >= {INTERRUPTED.id, DAMAGED.id}
    assert "12 ms of damaged sound" in said(found)


def test_a_take_of_dropouts_alone_is_silence(takes: Path) -> None:
    (takes / "sun-1.16000.partial").write_bytes(np.full(RATE, np.nan, "<f4").tobytes())
    take = opened(takes).session.takes[TakeId("sun-1")]
    assert not read(take.file).samples.any()


def test_what_is_far_beyond_full_scale_is_cut_off(takes: Path) -> None:
    (takes / "sun-1.16000.partial").write_bytes((1e30 * tone()).tobytes())
    take = opened(takes).session.takes[TakeId("sun-1")]
    assert np.abs(read(take.file).samples).max() == pytest.approx(1.0)


@pytest.mark.slow
def test_hours_are_kept_without_being_in_memory(takes: Path) -> None:
    hours = takes / "sun-1.16000.partial"
    hours.touch()
    os.truncate(hours, 4 * RATE * 3600)
    tracemalloc.start()
    try:
        (left,) = LeftoverTakes(takes).taken_in((), lambda _take: False)
        assert tracemalloc.get_traced_memory()[1] < 60e6
    finally:
        tracemalloc.stop()
    assert describe(left.file).seconds == 3600
    assert [finding.check for finding in left.findings] == [LONG.id]


def test_of_many_takes_only_the_first_are_listened_to(
    takes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vgdesk.app.project.leftover_takes.MOST_HEARD_SECONDS", 2 * SAID.seconds)
    for number in range(4):
        partial = takes / f"sun-{number}.{SAID.sample_rate}.partial"
        partial.write_bytes(SAID.samples.tobytes())
    found = opened(takes).session.takes
    ends = [found[TakeId(f"sun-{number}")].end is not None for number in range(4)]
    assert ends == [True, True, False, False]


def test_what_is_too_much_at_once_comes_the_next_time(
    takes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vgdesk.app.project.leftover_takes.MOST_SECONDS", 1.2)
    for number in range(3):
        (takes / f"sun-{number}.16000.partial").write_bytes(tone(0.5).tobytes())
    assert "next time" in said(opened(takes))
    assert len(list(takes.glob("sun-*.flac"))) == 2
    opened(takes)
    assert len(list(takes.glob("sun-*.flac"))) == 3


def test_days_are_left_as_they_are(takes: Path) -> None:
    days = takes / "sun-1.16000.partial"
    days.touch()
    os.truncate(days, round(4 * RATE * (MOST_SECONDS + 1)))
    found = opened(takes)
    assert "4.0 hours long" in said(found)
    assert "Audacity" in said(found)
    assert days.exists()


@pytest.mark.parametrize("beside", [b"", b"no sound"])
def test_a_broken_sound_file_beside_it_costs_no_sound(takes: Path, beside: bytes) -> None:
    partial, flac = takes / "sun-1.16000.partial", takes / "sun-1.flac"
    partial.write_bytes(tone().tobytes())
    flac.write_bytes(beside)
    found = opened(takes)
    assert "sun-1" in said(found)
    assert partial.read_bytes() == tone().tobytes()
    assert flac.read_bytes() == beside


def test_a_shorter_sound_file_beside_it_costs_no_sound(takes: Path) -> None:
    partial = takes / "sun-1.16000.partial"
    partial.write_bytes(tone(1.0).tobytes())
    write_flac(takes / "sun-1.flac", Recording(tone(0.5), RATE))
    assert "is shorter" in said(opened(takes))
    assert partial.exists()


def test_two_running_takes_of_one_name_do_not_replace_each_other(takes: Path) -> None:
    (takes / "sun-1.16000.partial").write_bytes(tone(0.5).tobytes())
    (takes / "sun-1.48000.partial").write_bytes(tone(3.0).tobytes())
    found = opened(takes)
    assert describe(found.session.takes[TakeId("sun-1")].file).seconds == 0.5
    assert (takes / "sun-1.48000.partial").exists()
    assert "is shorter" in said(found)


def test_many_odd_files_are_not_many_notices(takes: Path) -> None:
    for number in range(40):
        (takes / f"sun-{number}.partial").write_bytes(tone().tobytes())
    found = opened(takes)
    assert len(found.notices) == MOST_SAID + 1
    assert "35 more recordings" in said(found)


@pytest.mark.logs("interrupted recording")
def test_a_mistake_of_ours_costs_one_take(takes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_word(recording: Recording) -> None:
        if recording.seconds < 1:
            raise ZeroDivisionError

    monkeypatch.setattr("vgdesk.audio.take_judgement.find_word", find_word)
    (takes / "sun-1.16000.partial").write_bytes(tone(0.5).tobytes())
    (takes / "sun-2.16000.partial").write_bytes(tone(2.0).tobytes())
    found = opened(takes)
    assert "sun-2" in found.session.takes
    assert "sun-1" in said(found)


# Longer than a word


def speech(seconds: float) -> FloatArray:
    """Words without a pause between them."""
    times = int(seconds / SAID.seconds) + 1
    return np.tile(SAID.samples, times)[: round(seconds * SAID.sample_rate)]


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [40.0, 90.0])
def test_a_long_take_is_in_the_list_and_says_what_to_do(takes: Path, seconds: float) -> None:
    partial = takes / f"sun-1.{SAID.sample_rate}.partial"
    partial.write_bytes(speech(seconds).tobytes())
    found = opened(takes)
    take = found.session.takes[TakeId("sun-1")]
    assert {concern.check for concern in take.concerns} == {INTERRUPTED.id, LONG.id}
    assert (take.start, take.end) == (0.0, None)
    with pytest.raises(AudioFileError, match="Trim it in the Inspector"):  # so says the encoder
        read(take.file, start=take.start, end=take.end)
    assert read(take.file, start=1.0, end=1.8).seconds == pytest.approx(0.8)


@pytest.mark.slow
def test_a_word_in_a_long_take_is_found(takes: Path) -> None:
    silence = np.zeros(30 * SAID.sample_rate, np.float32)
    partial = takes / f"sun-1.{SAID.sample_rate}.partial"
    partial.write_bytes(np.concatenate([silence, SAID.samples, silence[::3]]).tobytes())
    take = opened(takes).session.takes[TakeId("sun-1")]
    assert take.end is not None
    assert 29.5 < take.start < take.end < 32.5
    assert {concern.check for concern in take.concerns} == {INTERRUPTED.id}


@pytest.mark.slow
def test_a_long_take_is_deleted_with_its_speaker(takes: Path) -> None:
    partial = takes / f"sun-1.{SAID.sample_rate}.partial"
    partial.write_bytes(speech(40.0).tobytes())
    found = opened(takes)
    take = found.session.takes[TakeId("sun-1")]
    hers = found.session.with_take(replace(take, speaker="Ana"))
    removal = plan_removal("Ana", hers, (), takes.parent)
    assert take.file in removal.files
    assert take.id in removal.takes


@pytest.mark.logs("could not be checked")
def test_a_mistake_in_a_check_costs_no_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("vgdesk.audio.take_judgement.check_take", fail)
    file = tmp_path / "a.flac"
    write_flac(file, SAID)
    word, findings = judge(file, KeptSound(SAID.seconds, 0.5), None, 0, ())
    assert word is not None
    assert [(f.check, f.verdict) for f in findings] == [(DAMAGED.id, Verdict.FAIL)]
