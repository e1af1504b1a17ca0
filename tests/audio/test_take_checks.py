"""Each check with sounds made for the purpose, with voices, and with next to nothing."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audio.speech import people_files
from tests.voices import DEMO
from vgdesk.audio.files import Recording, read, resample
from vgdesk.audio.heard_take import Known
from vgdesk.audio.speech_activity import find_word
from vgdesk.audio.take_checks import (
    TAKE_CHECKS,
    Finding,
    check_take,
    concerns,
    sentence,
    unlike_others,
)
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Concern, Verdict

RATE = 48_000
BEGIN, END = 0.5, 1.1  # of the word, in seconds
ROOM_DBFS = -70.0
TAKES = sorted((DEMO / "takes").glob("*.flac"))


def voiced(seconds: float = END - BEGIN, *, rate: int = RATE, peak: float = 0.5) -> FloatArray:
    """Make a vowel with a hiss: harmonics of 120 Hz that rise and fall, and some noise above."""
    rng = np.random.default_rng(0)
    time = np.arange(round(seconds * rate)) / rate
    tones = [np.sin(2 * np.pi * 120 * k * time + rng.uniform(0, 6)) / k for k in range(1, 40)]
    # No two periods of a voice are alike.
    flutter = 1 + 0.3 * np.sin(2 * np.pi * 7 * time)
    vowel = np.sum(tones, axis=0) + 0.1 * rng.standard_normal(len(time))
    sound = vowel * flutter * np.sin(np.pi * np.arange(len(time)) / len(time)) ** 0.5
    return sound * peak / np.abs(sound).max()


def room(seconds: float = 1.7, dbfs: float = ROOM_DBFS, *, rate: int = RATE) -> FloatArray:
    count = round(seconds * rate)
    return np.random.default_rng(1).normal(0, 10 ** (dbfs / 20), count)


def take(word: FloatArray | None = None, behind: FloatArray | None = None) -> FloatArray:
    sound = room() if behind is None else behind.copy()
    word = voiced() if word is None else word
    first = round(BEGIN * RATE)
    sound[first : first + len(word)] += word
    return sound


WORD = (BEGIN - 0.12, END + 0.1)


def verdicts(
    samples: FloatArray,
    *,
    rate: int = RATE,
    word: tuple[float, float] | None = WORD,
    room_dbfs: float | None = ROOM_DBFS,
    lost_blocks: int = 0,
) -> dict[str, Finding]:
    recording = Recording(samples.astype(np.float32), rate)
    found = check_take(recording, Known(word, room_dbfs, lost_blocks))
    return {finding.check: finding for finding in found}


def against(findings: dict[str, Finding]) -> dict[str, Verdict]:
    return {c.check: c.verdict for c in concerns(findings.values())}


@pytest.mark.parametrize("room_dbfs", [ROOM_DBFS, None])
def test_a_good_take_passes_every_check(room_dbfs: float | None) -> None:
    found = verdicts(take(), room_dbfs=room_dbfs)
    assert against(found) == {}
    assert [*found, "unlike", "interrupted", "damaged"] == list(TAKE_CHECKS)


@pytest.mark.parametrize("level", [0.0, 0.01, -1.0])
def test_a_constant_signal_is_digital_silence(level: float) -> None:
    found = verdicts(np.full(RATE, level), word=None)
    assert against(found) == {"silence": Verdict.FAIL}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 100, 479])
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_near_zero_samples_are_digital_silence(count: int, level: float) -> None:
    assert against(verdicts(np.full(count, level), word=None)) == {"silence": Verdict.FAIL}
    noise = np.random.default_rng(0).uniform(-1, 1, count)
    assert against(verdicts(noise, word=None)) == {"silence": Verdict.FAIL}


def test_a_room_without_a_voice_holds_no_word() -> None:
    assert against(verdicts(room(), word=None)) == {"speech": Verdict.FAIL}


def test_a_voice_that_does_not_stand_out_of_the_room_is_no_word() -> None:
    assert against(verdicts(room())) == {"speech": Verdict.FAIL}


@pytest.mark.parametrize(
    ("depth", "then", "verdict"),
    [
        (0.9, 1.0, Verdict.WARN),
        (0.6, 0.2, Verdict.WARN),
        (0.2, 1.0, Verdict.FAIL),
        (0.2, 0.2, Verdict.FAIL),
    ],
)
def test_clipping_is_found_also_after_it_was_made_softer(
    depth: float, then: float, verdict: Verdict
) -> None:
    samples = then * (take() / (0.5 * depth)).clip(-1, 1)
    found = verdicts(samples)["clipping"]
    assert found.verdict is verdict
    assert found.where
    for start, end in found.where:
        assert BEGIN <= start < end <= END
    assert verdicts(then * take() / 0.52)["clipping"].verdict is Verdict.PASS


def test_where_it_clips_is_where_it_is_loud() -> None:
    samples = take()
    samples[round(0.8 * RATE) : round(0.82 * RATE)] *= 4
    (place,) = verdicts(samples.clip(-1, 1))["clipping"].where
    assert place[0] == pytest.approx(0.81, abs=0.012)
    assert place[1] == pytest.approx(0.81, abs=0.012)


@pytest.mark.parametrize(
    ("peak_dbfs", "verdict"),
    [(-3, Verdict.PASS), (-28, Verdict.PASS), (-32, Verdict.WARN), (-47, Verdict.FAIL)],
)
def test_a_quiet_word_is_recognised_by_its_peak(peak_dbfs: float, verdict: Verdict) -> None:
    word = voiced(peak=10 ** (peak_dbfs / 20))
    found = verdicts(take(word, room(dbfs=-100)), room_dbfs=-100)
    assert found["level"].verdict is verdict


@pytest.mark.parametrize(
    ("below_db", "verdict"), [(25, Verdict.PASS), (12, Verdict.WARN), (5, Verdict.FAIL)]
)
@pytest.mark.parametrize("is_known", [True, False])
def test_a_loud_room_is_reported_even_if_unmeasured(
    below_db: float, verdict: Verdict, is_known: bool
) -> None:
    word = voiced()
    dbfs = float(10 * np.log10(np.mean(word**2))) - below_db
    found = verdicts(take(word, room(dbfs=dbfs)), room_dbfs=dbfs if is_known else None)
    assert found["noise"].verdict is verdict


@pytest.mark.parametrize(
    ("seconds", "check", "verdict"),
    [
        (0.1, "short", Verdict.FAIL),
        (0.2, "short", Verdict.WARN),
        (0.4, "short", Verdict.PASS),
        (2.9, "long", Verdict.PASS),
        (3.4, "long", Verdict.WARN),
    ],
)
def test_a_word_has_a_length(seconds: float, check: str, verdict: Verdict) -> None:
    samples = take(voiced(seconds), room(seconds + 1))
    found = verdicts(samples, word=(BEGIN - 0.12, BEGIN + seconds + 0.1))
    assert found[check].verdict is verdict


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (0.7, 1.7, "its start is missing"),
        (0.0, 0.9, "the end of the word is missing"),
        (0.7, 0.9, "touches the start or the end"),
    ],
)
def test_a_word_that_touches_an_edge_is_cut(start: float, end: float, said: str) -> None:
    samples = take()[round(start * RATE) : round(end * RATE)]
    word = (max(0.0, WORD[0] - start), min(WORD[1], end) - start)
    found = verdicts(samples, word=word)["cut"]
    assert found.verdict is Verdict.FAIL
    assert said in found.message


def low_pass(samples: FloatArray, hertz: float, *, rate: int = RATE) -> FloatArray:
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples), 1 / rate) > hertz] = 0
    return np.fft.irfft(spectrum, len(samples))


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
@pytest.mark.parametrize(
    ("hertz", "verdict"), [(3400, Verdict.WARN), (4000, Verdict.WARN), (7900, Verdict.PASS)]
)
def test_a_telephone_has_a_narrow_band(rate: int, hertz: float, verdict: Verdict) -> None:
    at_rate = resample(Recording(take().astype(np.float32), RATE), rate).samples
    found = verdicts(low_pass(at_rate.astype(np.float64), hertz, rate=rate), rate=rate)
    assert found["band"].verdict is verdict


@pytest.mark.parametrize("hertz", [500, 1000, 2000])
def test_a_word_without_any_hiss_has_no_narrow_band(hertz: float) -> None:
    """As in "moon": nothing of the voice is high up, but the room is."""
    samples = low_pass(take(), hertz) + room()
    assert verdicts(samples)["band"].verdict is Verdict.PASS


def test_eight_kilohertz_have_telephone_bandwidth() -> None:
    slow = resample(Recording(take().astype(np.float32), RATE), 8000)
    assert verdicts(slow.samples, rate=8000)["band"].verdict is Verdict.WARN


@pytest.mark.parametrize("milliseconds", [5, 20, 60, 100])
def test_a_hole_in_the_voice_is_a_dropout(milliseconds: int) -> None:
    samples = take()
    first, last = round(0.8 * RATE), round((0.8 + milliseconds / 1000) * RATE)
    samples[first:last] = 0
    found = verdicts(samples)["dropouts"]
    assert found.verdict is (Verdict.FAIL if milliseconds > 60 else Verdict.WARN)
    assert found.where == (pytest.approx((0.8, 0.8 + milliseconds / 1000), abs=1e-3),)


def test_blocks_that_were_counted_as_lost_are_dropouts() -> None:
    assert verdicts(take(), lost_blocks=1)["dropouts"].verdict is Verdict.WARN
    assert verdicts(take(), lost_blocks=10)["dropouts"].verdict is Verdict.FAIL
    assert "dropouts" in against(verdicts(room(), word=None, lost_blocks=1))


def test_a_pause_of_digital_silence_into_which_the_voice_fades_is_no_dropout() -> None:
    syllable = voiced(0.3) * np.hanning(round(0.3 * RATE))
    word = np.concatenate([syllable, np.zeros(round(0.08 * RATE)), syllable])
    samples = np.pad(word, round(BEGIN * RATE))
    found = verdicts(samples, word=(BEGIN - 0.12, BEGIN + 0.78), room_dbfs=None)
    assert found["dropouts"].verdict is Verdict.PASS


FAULTS: dict[str, Callable[[], FloatArray]] = {
    "good": take,
    "quiet": lambda: 0.02 * take(),
    "clipped": lambda: (take() * 3).clip(-1, 1),
    "cut": lambda: take()[round(0.7 * RATE) :],
    "noisy": lambda: take(behind=room(dbfs=-25)),
    "room": room,
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@given(before=st.integers(0, 2 * RATE), after=st.integers(0, 2 * RATE))
@settings(max_examples=8, deadline=None)
def test_digital_silence_around_a_take_makes_no_difference(
    fault: str, before: int, after: int
) -> None:
    samples = FAULTS[fault]()
    shift = before / RATE
    word = (WORD[0] + shift, WORD[1] + shift)
    plain = verdicts(samples, room_dbfs=None)
    padded = verdicts(np.pad(samples, (before, after)), word=word, room_dbfs=None)
    assert against(padded) == against(plain)
    for check, finding in plain.items():
        moved = [(start + shift, end + shift) for start, end in finding.where]
        assert [pytest.approx(part, abs=2 / RATE) for part in moved] == list(padded[check].where)


@pytest.mark.slow
@given(gain_db=st.floats(-20, 5))
@settings(max_examples=15, deadline=None)
def test_how_loud_a_take_is_matters_to_its_level_alone(gain_db: float) -> None:
    gain = 10 ** (gain_db / 20)
    for make in (take, FAULTS["noisy"], FAULTS["cut"]):
        plain, scaled = verdicts(make(), room_dbfs=None), verdicts(gain * make(), room_dbfs=None)
        del plain["level"], scaled["level"]
        assert against(scaled) == against(plain)


@given(
    count=st.integers(0, 3000),
    scale=st.sampled_from([0.0, 1e-30, 1e-7, 1.0, 1e6]),
    offset=st.sampled_from([0.0, 0.5, -1.0]),
    rate=st.sampled_from([4000, 8000, 11_025, 16_000, 192_000]),
    is_known=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_odd_sounds_are_judged_without_a_warning(
    count: int, scale: float, offset: float, rate: int, is_known: bool
) -> None:
    samples = offset + scale * np.random.default_rng(count).standard_normal(count)
    word = (0.0, count / rate) if count else None
    for finding in verdicts(samples, rate=rate, word=word, room_dbfs=-60 if is_known else None):
        assert finding in TAKE_CHECKS


@pytest.mark.slow
def test_no_take_of_the_demo_fails() -> None:
    for file in TAKES:
        recording = read(file)
        found = check_take(recording, Known(find_word(recording)))
        assert [f for f in found if f.verdict is Verdict.FAIL] == [], file.name


def test_people_are_heard() -> None:
    for file in people_files():
        recording = read(file)
        found = {f.check: f for f in check_take(recording, Known(find_word(recording)))}
        for check in ("silence", "speech", "level", "long", "band", "dropouts"):
            assert found[check].verdict is Verdict.PASS, (file.name, check)


def test_what_is_kept_of_a_finding_can_be_said_again() -> None:
    for check in TAKE_CHECKS.values():
        said = sentence(Concern(check.id, Verdict.WARN))
        assert check.bad in said
        assert check.remedy in said
        assert not any(letter.isdigit() for letter in said)
    assert "of-the-future" in sentence(Concern("of-the-future", Verdict.WARN))


def test_a_bad_finding_always_has_a_remedy() -> None:
    for make in FAULTS.values():
        for finding in verdicts(make()).values():
            assert finding.message
            assert bool(finding.remedy) is (finding.verdict is not Verdict.PASS)


def words(speaker: str) -> Sequence[Recording]:
    return [_trimmed(file.stem.rpartition("-")[0], speaker) for file in TAKES[:40:2]]


def _trimmed(word: str, speaker: str) -> Recording:
    file = DEMO / "takes" / f"{word}-{speaker}.flac"
    start, end = find_word(read(file)) or (0.0, None)
    return read(file, start=start, end=end)


@pytest.mark.slow
def test_the_same_words_of_two_voices_are_less_unlike_than_different_words() -> None:
    adam, bella = words("adam"), words("bella")
    same = [unlike_others(a, [b]) for a, b in zip(adam, bella, strict=True)]
    different = [unlike_others(a, [b]) for a, b in zip(adam, [*bella[1:], bella[0]], strict=True)]
    said = [
        sum(f is not None and f.verdict is Verdict.WARN for f in fs) for fs in (same, different)
    ]
    assert said[0] <= 2
    assert said[1] >= 6


@pytest.mark.slow
def test_a_take_is_like_itself_at_any_level_and_rate() -> None:
    one = words("adam")[0]
    again = resample(Recording(one.samples * np.float32(0.1), one.sample_rate), 48_000)
    found = unlike_others(one, [words("bella")[3], again])
    assert found is not None
    assert found.verdict is Verdict.PASS


@pytest.mark.slow
def test_a_single_take_has_no_comparison() -> None:
    one = words("adam")[0]
    silence = Recording(np.zeros(1000, np.float32), 48_000)
    assert unlike_others(one, []) is None
    assert unlike_others(one, [silence]) is None
    assert unlike_others(silence, [one]) is None
