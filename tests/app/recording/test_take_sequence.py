"""Word after word through a virtual microphone, without a window."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.app.project_examples import sessions_of, word
from tests.main_thread import MainThread
from tests.virtual_sound_card import VirtualSoundCard, best_correlation, sound_card  # noqa: F401
from vgdesk.app.exchange.importing import ImportedTake, PlannedTake, with_imported
from vgdesk.app.project.erasure import plan_removal
from vgdesk.app.project.project_file import open_project
from vgdesk.app.project.project_manager import ProjectManager
from vgdesk.app.project.recovery import recover
from vgdesk.app.recording.capture import Capture, Phase
from vgdesk.app.recording.playback import Playback, in_a_row
from vgdesk.app.recording.take_sequence import Stage, TakeSequence
from vgdesk.app.state.events import Events
from vgdesk.app.state.settings import RecordMode, Settings
from vgdesk.app.state.store import Store
from vgdesk.app.state.view_state import ViewState
from vgdesk.app.words.speakers import renamed
from vgdesk.app.workers.background import Background
from vgdesk.app.workers.long_work import LongWork
from vgdesk.audio import audio_system
from vgdesk.audio.files import describe, read, resample
from vgdesk.audio.ring_buffer import RingBuffer
from vgdesk.audio.take_checks import DAMAGED, LONG, UNLIKE
from vgdesk.audio.take_writer import rate_of
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Concern, Speaker, Take, TakeId, Verdict, WordId
from vgdesk.core.notices import Notice
from vgdesk.core.resources import resource
from vgdesk.core.viewing import ViewRecipe

pytestmark = [pytest.mark.sound, pytest.mark.slow]

WORDS = ("snake", "apple", "river")
SAID = resource("demo.vgdesk") / "takes" / "snake-bella.flac"


class Studio:
    """All of the program that records, on a main thread of its own."""

    def __init__(self) -> None:
        self.main_thread = MainThread()
        self.settings = Settings(speaker="S01")
        self.events, self.notices = Events(), list[Notice]()
        self.events.notice.subscribe(self.notices.append)
        self.store = Store(self.events)
        self.view_state = ViewState(self.events, ViewRecipe())
        post = self.main_thread.post
        self.sound = Background("sound", post)
        work = LongWork(self.events.job_changed.publish, post)
        self.projects = ProjectManager(work, self.events, self.store, self.view_state, post)
        self.desk = Capture(
            self.sound,
            failed=lambda error: self.take_sequence.failed(error),
            found=lambda: None,
            heard=lambda event: post(lambda: self.take_sequence.hear(event)),
        )
        self.take_sequence = TakeSequence(
            self.desk,
            self.projects,
            self.store,
            self.view_state,
            Playback(self.sound, failed=lambda _error: None),
            self.events,
            settings=lambda: self.settings,
            post=post,
        )
        self.store.apply("Add", lambda _s: sessions_of([word(name) for name in WORDS], []))
        self.view_state.select(WordId("snake"))

    def configure(self, **changes: object) -> None:
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]

    def until(self, is_true: Callable[[], object], seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, f"not in time; {self.flow.stage}, {self.notices}"
            while not self.main_thread.calls.empty():
                self.main_thread.calls.get()()
            time.sleep(0.005)

    def press_record(self) -> None:
        """Press R for the word that is chosen."""
        chosen = self.view_state.selection.primary
        assert chosen is not None
        self.take_sequence.toggle(self.store.session.words[chosen].text, "")

    @property
    def takes(self) -> list[Take]:
        return list(self.store.session.takes.values())

    def close(self) -> None:
        self.take_sequence.close()
        self.desk.close()
        self.until(lambda: self.desk.phase is Phase.OFF)
        self.sound.close()
        self.store.saved(self.store.session)
        self.projects.close()


@pytest.fixture
def studio(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> Iterator[Studio]:
    monkeypatch.setenv("VGDESK_HOME", str(tmp_path / "home"))
    made = Studio()
    made.desk.choose(sound_card.microphone())
    yield made
    made.close()


def test_by_hand_a_take_is_kept_and_waits_for_an_answer(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    studio.configure(stop_by_voice=False)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    sound_card.play_into_microphone(SAID)
    before = studio.desk.recorder.seconds
    studio.press_record()
    assert studio.take_sequence.stage is Stage.TAIL
    studio.until(lambda: studio.take_sequence.stage is Stage.REVIEW)
    (take,) = studio.takes
    assert (take.id, take.speaker, take.word) == ("snake-1", "S01", "snake")
    assert read(take.file).seconds >= before + 0.25  # people stop too early
    studio.take_sequence.accept()
    assert studio.take_sequence.stage is Stage.READY
    assert studio.view_state.selection.primary == "apple"
    assert not studio.store.session.takes[take.id].is_kept_anyway


def test_a_retake_sends_the_old_take_to_the_trash_and_gets_a_new_number(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    sound_card.play_into_microphone(SAID)
    studio.until(lambda: studio.take_sequence.stage is Stage.REVIEW)  # the voice ends the take
    studio.take_sequence.retake()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    assert list(studio.store.session.trash) == ["snake-1"]
    sound_card.play_into_microphone(SAID)
    studio.until(lambda: studio.take_sequence.stage is Stage.REVIEW)
    assert [take.id for take in studio.takes] == ["snake-2"]
    studio.store.apply("Restore", lambda s: s.with_restored(TakeId("snake-1")))
    assert all(take.file.exists() for take in studio.takes)


def test_keeping_a_take_with_concerns_is_written_down(studio: Studio) -> None:
    concerns = (Concern("noisy", Verdict.WARN),)
    take = Take(TakeId("snake-1"), WordId("snake"), SAID, concerns=concerns)
    studio.store.apply("Record", lambda s: s.with_take(take))
    studio.take_sequence._reviewed = take.id
    studio.take_sequence.accept()
    assert studio.takes[0].is_kept_anyway
    studio.store.undo()
    assert not studio.takes[0].is_kept_anyway


def test_by_voice_words_follow_each_other_and_lose_no_onset(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    studio.configure(record_mode=RecordMode.VOICE)
    studio.press_record()
    for place, _name in enumerate(WORDS):
        studio.until(lambda: studio.take_sequence.stage in (Stage.LISTENING, Stage.READY))
        if place == 0:
            time.sleep(0.5)
            assert not studio.takes  # silence starts nothing
        with sound_card.playing_into_microphone(SAID):
            studio.until(lambda place=place: len(studio.takes) == place + 1)
    assert [take.word for take in studio.takes] == list(WORDS)
    assert not studio.take_sequence.is_going  # the list is done
    assert "All words in the list" in studio.notices[-1].message
    said = read(SAID)
    for take in studio.takes:
        heard = read(take.file)
        whole = resample(said, heard.sample_rate)
        assert best_correlation(heard.samples, whole.samples)[0] > 0.9
        assert take.start > 0  # there is silence before the word: nothing of it is missing
        assert take.end is not None


def test_in_a_round_every_word_has_its_seconds(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    studio.configure(record_mode=RecordMode.ROUND, round_seconds=1.0)
    studio.press_record()
    studio.until(lambda: len(studio.takes) == len(WORDS))
    assert [take.word for take in studio.takes] == list(WORDS)
    assert all(1.0 <= read(take.file).seconds < 3.0 for take in studio.takes)
    assert studio.take_sequence.stage is Stage.READY


def test_the_clock_of_an_ended_take_does_not_cut_the_next_one(
    studio: Studio,
) -> None:
    studio.configure(record_mode=RecordMode.ROUND, round_seconds=2.0)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    studio.until(lambda: studio.desk.recorder.seconds > 0.5)
    first = studio.take_sequence._clock
    assert first is not None
    studio.press_record()  # ends the take and the round before its seconds are over
    studio.until(lambda: studio.take_sequence.stage is Stage.REVIEW)
    studio.configure(round_seconds=60.0)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    first.join()
    heard = studio.desk.recorder.seconds
    studio.until(lambda: studio.desk.recorder.seconds > heard + 0.5 or len(studio.takes) > 1)
    assert studio.take_sequence.stage is Stage.RECORDING
    assert len(studio.takes) == 1


def test_a_take_belongs_to_the_speaker_at_its_start(studio: Studio) -> None:
    studio.configure(stop_by_voice=False)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    studio.configure(speaker="S02")
    studio.press_record()
    studio.until(lambda: studio.takes)
    assert studio.takes[0].speaker == "S01"


def test_who_is_renamed_while_speaking_has_the_new_name(studio: Studio) -> None:
    studio.configure(stop_by_voice=False)
    studio.store.apply("Ask", lambda s: s.with_speaker(Speaker("S01")))
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    studio.store.apply("Rename", lambda s: renamed(s, "S01", "Ana"))
    studio.configure(speaker="Ana")
    studio.press_record()
    studio.until(lambda: studio.takes)
    assert studio.takes[0].speaker == "Ana"


def test_no_take_begins_while_devices_are_looked_for(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    studio.desk.arm()
    studio.until(lambda: studio.take_sequence.stage is Stage.READY)
    studio.desk.microphones = ()
    studio.desk.look_for_microphones(again=True)
    studio.press_record()
    studio.until(lambda: studio.desk.microphones)
    assert studio.take_sequence.stage is Stage.OFF
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)


class Switching:
    """A sound system whose device has one rate at a time, as a headset that changes its mode."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rate = 44_100
        sounddevice = audio_system.portaudio()
        switching, listed = self, sounddevice.query_devices

        class Fussy(sounddevice.InputStream):  # type: ignore[misc]
            def __init__(self, **options: Any) -> None:
                if options["samplerate"] != switching.rate:
                    raise sounddevice.PortAudioError("Invalid sample rate", -9997)
                super().__init__(**options)

        def query_devices(*which: Any) -> Any:
            found = listed(*which)
            rate = {"default_samplerate": float(switching.rate)}
            return {**found, **rate} if isinstance(found, dict) else found

        monkeypatch.setattr(sounddevice, "InputStream", Fussy)
        monkeypatch.setattr(sounddevice, "query_devices", query_devices)


def test_a_device_that_changes_its_rate_between_two_takes(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = Switching(monkeypatch)
    studio.configure(stop_by_voice=False)
    rates = (44_100, 16_000, 48_000)
    for rate in rates:
        device.rate = rate
        studio.desk.disarm()
        studio.until(lambda: studio.desk.phase is Phase.OFF)
        studio.view_state.select(WordId("snake"))
        studio.press_record()
        studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
        sound_card.play_into_microphone(SAID)
        studio.press_record()
        studio.until(lambda: studio.take_sequence.stage is Stage.REVIEW)
        assert studio.take_sequence.review is not None
        said = {finding.check: finding.verdict for finding in studio.take_sequence.review.findings}
        if rate != rates[0]:  # another rate is no other word
            assert said[UNLIKE.id] is Verdict.PASS
        studio.take_sequence.accept()
    ends: list[Path] = []
    studio.projects.save(tmp_path / "a.vgdesk", ends.append)
    studio.until(lambda: ends)
    kept = open_project(ends[0]).session.takes
    assert list(kept) == ["snake-1", "snake-2", "snake-3"]
    source = read(SAID)
    for take, rate in zip(kept.values(), rates, strict=True):
        heard = read(take.file)
        assert heard.sample_rate == rate
        score, place = best_correlation(heard.samples, resample(source, rate).samples)
        assert score > 0.9  # it would not be heard at another rate than it was taken with
        assert take.end is not None
        begin, seconds = place / rate, source.seconds
        assert begin - 0.1 < take.start < take.end < begin + seconds + 0.1
    whole = in_a_row(list(kept.values()))  # and they are played one behind the other
    assert whole.sample_rate == max(rates)


def test_a_number_that_an_import_took_meanwhile_costs_no_take(studio: Studio) -> None:
    studio.configure(stop_by_voice=False)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    imported = ImportedTake(PlannedTake(SAID, "snake", "en", speaker="S02"))
    studio.store.apply("Add", lambda session: with_imported(session, [imported]))
    studio.press_record()
    studio.until(lambda: len(studio.takes) == 2)
    first, second = studio.takes
    assert (first.id, first.file, first.speaker) == ("snake-1", SAID, "S02")
    assert (second.id, second.file.name, second.speaker) == ("snake-2", "snake-1.flac", "S01")


def test_a_microphone_that_is_pulled_out_keeps_what_was_said(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    studio.configure(stop_by_voice=False, record_mode=RecordMode.MANUAL)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    sound_card.play_into_microphone(SAID)
    sound_card.kill()
    studio.until(lambda: len(studio.takes) == 1)
    assert read(studio.takes[0].file).seconds > read(SAID).seconds * 0.8
    assert "microphone was disconnected" in " ".join(notice.message for notice in studio.notices)


def test_samples_that_are_no_numbers_cost_neither_take_nor_recorder(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = RingBuffer.write

    def write_broken(ring: RingBuffer, block: FloatArray) -> None:
        write(ring, np.full_like(block, np.nan))

    studio.configure(stop_by_voice=False)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    with monkeypatch.context() as patch:
        patch.setattr(RingBuffer, "write", write_broken)
        begun = studio.desk.recorder.seconds
        studio.until(lambda: studio.desk.recorder.seconds > begun + 0.1)
    sound_card.play_into_microphone(SAID)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.REVIEW)
    assert studio.takes[0].end is not None  # the word is found
    assert DAMAGED.id in {concern.check for concern in studio.takes[0].concerns}
    assert "of damaged sound" in studio.notices[-1].message
    studio.take_sequence.accept()
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    studio.press_record()
    studio.until(lambda: len(studio.takes) == 2)


@pytest.mark.logs("the sound thread")
@pytest.mark.parametrize(
    "broken", ["recording.keep", "recording.judge", "audio.room_level", "audio.TakeWriter"]
)
def test_an_internal_error_neither_blocks_recording_nor_loses_a_take(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise MemoryError

    where, _, name = broken.partition(".")
    module = "vgdesk.audio.recorder" if where == "audio" else "vgdesk.app.recording.capture"
    studio.configure(stop_by_voice=False)
    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.{name}", fail)
        studio.press_record()
        studio.until(lambda: studio.take_sequence.stage in (Stage.RECORDING, Stage.READY))
        if where == "recording":
            sound_card.play_into_microphone(SAID)
            studio.press_record()
        studio.until(lambda: studio.notices)
    assert "Something went wrong" in studio.notices[-1].message
    assert studio.take_sequence.stage is Stage.READY
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    studio.press_record()
    studio.until(lambda: studio.takes)
    back = recover(studio.projects.folder, studio.store.session).session.takes
    assert not list(studio.projects.takes_folder.glob("*.partial"))
    assert len(back) == (2 if where == "recording" else 1)
    if where == "recording":
        heard = read(back[TakeId("snake-1")].file)
        said = resample(read(SAID), heard.sample_rate)
        assert best_correlation(heard.samples, said.samples)[0] > 0.9


def test_a_take_that_the_disk_does_not_take_is_safe(studio: Studio) -> None:
    studio.configure(stop_by_voice=False)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    in_its_way = studio.projects.takes_folder / "snake-1.flac"
    in_its_way.mkdir()
    studio.press_record()
    studio.until(lambda: studio.notices)
    assert "could not be written" in studio.notices[-1].message
    assert "The recording is safe" in studio.notices[-1].message
    assert studio.take_sequence.stage is Stage.READY
    in_its_way.rmdir()
    assert "snake-1" in recover(studio.projects.folder, studio.store.session).session.takes


def test_a_take_that_is_too_long_for_a_word_is_in_the_list(
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop = studio.desk.recorder.stop

    def stop_late(spare: Callable[[], Path]) -> Path:
        """Let somebody have spoken on for 40 seconds."""
        held = stop(spare)
        said = resample(read(SAID), rate_of(held)).samples
        with held.open("ab") as file:
            file.write(np.resize(said, 40 * rate_of(held)).astype("<f4").tobytes())
        return held

    monkeypatch.setattr(studio.desk.recorder, "stop", stop_late)
    studio.configure(stop_by_voice=False)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.REVIEW)
    (take,) = studio.takes
    assert describe(take.file).seconds > 40
    assert (take.start, take.end) == (0.0, None)
    assert [(c.check, c.verdict) for c in take.concerns] == [(LONG.id, Verdict.FAIL)]
    assert studio.take_sequence.review is not None
    assert "40 seconds long" in studio.take_sequence.review.findings[-1].message
    assert take.file in plan_removal("S01", studio.store.session, (), studio.projects.folder).files


def test_a_vanished_project_loses_no_take_and_is_not_recreated(
    studio: Studio,
    sound_card: VirtualSoundCard,  # noqa: F811
    tmp_path: Path,
) -> None:
    ends: list[Path] = []
    home = tmp_path / "a.vgdesk"
    studio.projects.save(home, ends.append)
    studio.until(lambda: ends)
    studio.configure(stop_by_voice=False)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.RECORDING)
    sound_card.play_into_microphone(SAID)
    shutil.rmtree(home)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage is Stage.REVIEW)
    (take,) = studio.takes
    assert not home.exists()
    assert take.file.is_file()
    assert "The take being recorded is safe" in studio.notices[-1].message
    assert str(take.file.parent) in studio.notices[-1].message
    studio.take_sequence.accept()
    studio.press_record()
    studio.until(lambda: "is no longer there" in studio.notices[-1].message)
    assert not home.exists()
    assert studio.take_sequence.stage is Stage.READY
    studio.projects.save(tmp_path / "b.vgdesk", ends.append)
    studio.until(lambda: len(ends) == 2)
    studio.until(lambda: "Saved" in studio.notices[-1].message)
    (kept,) = open_project(ends[1]).session.takes.values()
    assert kept.file.parent == ends[1] / "takes"
    assert kept.file.is_file()


@pytest.mark.parametrize("mode", RecordMode)
def test_who_does_not_agree_is_not_recorded(studio: Studio, mode: RecordMode) -> None:
    studio.configure(record_mode=mode)
    studio.store.apply("Ask", lambda s: s.with_speaker(Speaker("S01", has_consent=False)))
    studio.press_record()
    studio.until(lambda: studio.notices)
    assert "“S01” does not agree" in studio.notices[-1].message
    assert not studio.take_sequence.is_going
    assert not studio.projects.takes_folder.exists() or not list(
        studio.projects.takes_folder.iterdir()
    )
    studio.store.apply("Ask", lambda s: s.with_speaker(Speaker("S01", has_consent=None)))
    studio.until(lambda: studio.take_sequence.stage is Stage.READY)
    studio.press_record()
    studio.until(lambda: studio.take_sequence.stage in (Stage.RECORDING, Stage.LISTENING))
    studio.take_sequence.close()
