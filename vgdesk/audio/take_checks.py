"""Quality checks of a take: possible faults, how to detect them, and what to do about them.

The thresholds come from recordings of people and from deliberately damaged copies:
`benchmarks/take_checks.py` prints how often each check is right.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgdesk.audio.bandwidth import bandwidth
from vgdesk.audio.clipping import clipped_samples, runs
from vgdesk.audio.files import LONGEST_WORD_SECONDS, Recording, spoken
from vgdesk.audio.gaps import find_dropouts
from vgdesk.audio.heard_take import HeardTake, Known
from vgdesk.audio.likeness import unlikeness
from vgdesk.audio.loudness import HOP_SECONDS, hop_powers, level
from vgdesk.core.arrays import FloatArray
from vgdesk.core.catalogue import catalogue
from vgdesk.core.model import Concern, Verdict


@dataclass(frozen=True, slots=True)
class TakeCheck:
    """One quality check that is run after each take.

    Attributes
    ----------
    id
        Never changes, because it is in saved files.
    good, bad
        The sentences for a take that passes and for one that does not, without numbers.
    remedy
        What to do if it does not pass.
    """

    id: str
    title: str
    good: str
    bad: str
    remedy: str


SILENCE = TakeCheck(
    "silence",
    "Digital silence",
    "The microphone sends sound.",
    "This take contains only digital silence.",
    "Unmute the microphone and allow vgdesk to use it in the privacy settings of the system.",
)
SPEECH = TakeCheck(
    "speech",
    "Speech",
    "Speech was detected.",
    "No speech was detected in this take.",
    "Say the word again, closer to the microphone; if the take contains it, drag the trim handles "
    "to it.",
)
CLIPPING = TakeCheck(
    "clipping",
    "Clipping",
    "No clipping.",
    "The word was too loud for the microphone: the peaks of the waveform are clipped.",
    "Move back a little or turn the microphone down, then say the word again.",
)
LEVEL = TakeCheck(
    "level",
    "Level",
    "The word is loud enough.",
    "The word is very quiet.",
    "Move closer to the microphone or turn it up, then say the word again.",
)
NOISE = TakeCheck(
    "noise",
    "Noise",
    "The background noise is low.",
    "The background noise is too loud.",
    "Close the window, switch off fans, move closer to the microphone, then say the word again.",
)
SHORT = TakeCheck(
    "short",
    "Too short",
    "The word is not too short.",
    "The speech in this take is too short for a word.",
    "Listen to it; if the word is incomplete, say it again.",
)
LONG = TakeCheck(
    "long",
    "Too long",
    "The word is not too long.",
    "The speech in this take is too long for one word.",
    "Listen to it; drag the trim handles to the word, or say the word on its own.",
)
CUT = TakeCheck(
    "cut",
    "Cut off",
    "The word starts and ends within the take.",
    "The word touches the start or the end of the take: part of it may be missing.",
    "Wait for the light, say the word again, then pause for a moment.",
)
BAND = TakeCheck(
    "band",
    "Narrow band",
    "The sound includes high frequencies.",
    "There is no sound above the telephone band: a wireless headset may be in phone mode.",
    "Choose another microphone, or connect the headset by cable, then say the word again.",
)
DROPOUTS = TakeCheck(
    "dropouts",
    "Dropouts",
    "No sound was lost.",
    "Some sound from the microphone was lost.",
    "Close programs that keep the computer busy, then say the word again.",
)
UNLIKE = TakeCheck(
    "unlike",
    "Unlike other takes",
    "It sounds similar to another take of this word.",
    "It sounds different from the other takes of this word.",
    "Listen to both; if it is a different word, record this one again.",
)
INTERRUPTED = TakeCheck(
    "interrupted",
    "Interrupted",
    "The take is complete.",
    "The recording was interrupted when vgdesk closed.",
    "Listen to the end of the take, and record the word again if it is cut off.",
)
DAMAGED = TakeCheck(
    "damaged",
    "Damaged sound",
    "The sound is undamaged.",
    "The microphone sent some damaged sound, which was replaced by silence.",
    "Listen to the take. If this happens again, reconnect the microphone or choose another one.",
)
TAKE_CHECKS = catalogue(
    SILENCE, SPEECH, CLIPPING, LEVEL, NOISE, SHORT, LONG, CUT, BAND, DROPOUTS, UNLIKE,
    INTERRUPTED, DAMAGED,
)  # fmt: skip

Where = tuple[tuple[float, float], ...]

_STEADY_SECONDS = 0.05
_STANDS_OUT_DB = 3.0
_MUCH_CLIPPED_SECONDS = 0.02
_JOINED_SECONDS = 0.05
_QUIET_DBFS, _HARDLY_HEARD_DBFS = -30.0, -45.0
_NOISY_DB, _DROWNED_DB = 15.0, 8.0
_SHORT_SECONDS, _NO_WORD_SECONDS = 0.25, 0.15
_LONG_SECONDS = 3.0
_EDGE_HOPS = 2
_EDGE_UNDER_WORD_DB, _EDGE_WITHIN_WORD_DB = 20.0, 8.0
_EDGE_OVER_ROOM_DB = 6.0
_NOTHING_ABOVE_DB, _DROP_DB = -46.0, 18.0
_MUCH_LOST_SECONDS = 0.06
_BLOCK_SECONDS = 0.02
_UNLIKE = 1.13


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check of a take.

    Attributes
    ----------
    remedy
        Empty if no action is needed.
    where
        Start and end in seconds of the parts that the message refers to.
    """

    check: str
    verdict: Verdict
    message: str
    remedy: str = ""
    where: Where = ()

    @property
    def concern(self) -> Concern:
        """The part of the finding that is saved with the take."""
        return Concern(self.check, self.verdict)


def concerns(findings: Iterable[Finding]) -> tuple[Concern, ...]:
    """Return the concerns of all checks that did not pass."""
    return tuple(f.concern for f in findings if f.verdict is not Verdict.PASS)


def sentence(concern: Concern) -> str:
    """Return the message and remedy for a saved concern, without numbers."""
    check = TAKE_CHECKS.get(concern.check)
    # A newer version may have more checks.
    return f"{check.bad} {check.remedy}" if check else f"The check “{concern.check}” failed."


def check_take(recording: Recording, known: Known) -> tuple[Finding, ...]:
    """Run all quality checks on a take.

    Parameters
    ----------
    recording
        The whole take at its original rate. Digital silence before and after the sound makes no
        difference.

    Returns
    -------
    tuple
        One finding for each check that could be run, in the order of `TAKE_CHECKS`, including
        those that passed. Without sound or speech most checks are skipped.
    """
    take = HeardTake(recording, known)
    if take.seconds < _STEADY_SECONDS:
        return (_bad(SILENCE, Verdict.FAIL),)
    if known.word is None or take.snr_db < _STANDS_OUT_DB:
        speech = _bad(SPEECH, Verdict.FAIL)
        return _good(SILENCE), speech, _clipping(take), _dropouts(take)
    found = [_good(SILENCE), _good(SPEECH), *(check(take) for check in _OF_A_WORD)]
    return tuple(finding for finding in found if finding is not None)


def unlike_others(take: Recording, others: Sequence[Recording]) -> Finding | None:
    """Compare a take with other takes of the same word; only a hint, so at most a warning.

    Parameters
    ----------
    take, others
        Trimmed to the word. Speakers may differ.

    Returns
    -------
    Finding
        None if there is no other take with sound in it.
    """
    found = [unlikeness(take, other) for other in others]
    distances = [distance for distance in found if distance is not None]
    if not distances:
        return None
    is_unlike = min(distances) > _UNLIKE
    return _judged(UNLIKE, Verdict.WARN if is_unlike else Verdict.PASS, UNLIKE.bad)


def too_long(seconds: float) -> Finding:
    """Return the finding for a take that is too long for encoders."""
    longest = f"{LONGEST_WORD_SECONDS:.0f} seconds"
    message = f"This take is {spoken(seconds)} long; the limit for one word is {longest}."
    remedy = "Trim it or segment it into words in the Inspector."
    return Finding(LONG.id, Verdict.FAIL, message, remedy)


def damaged(seconds: float) -> Finding:
    """Return the finding for a take with damaged samples."""
    verdict = Verdict.FAIL if seconds > _MUCH_LOST_SECONDS else Verdict.WARN
    message = (
        f"The microphone sent {max(1.0, 1000 * seconds):.0f} ms of damaged sound, which was "
        "replaced by silence."
    )
    return _bad(DAMAGED, verdict, message)


def _clipping(take: HeardTake) -> Finding:
    clipped = clipped_samples(take.raw, take.sample_rate)
    seconds = np.count_nonzero(clipped) / take.sample_rate
    if not seconds:
        return _good(CLIPPING)
    where = _joined(take, runs(clipped))
    verdict = Verdict.FAIL if seconds > _MUCH_CLIPPED_SECONDS else Verdict.WARN
    places = "in one place" if len(where) == 1 else f"in {len(where)} places"
    return _bad(CLIPPING, verdict, f"Too loud: the peaks are clipped {places}.", where)


def _level(take: HeardTake) -> Finding:
    first, last = (round(hop * HOP_SECONDS * take.sample_rate) for hop in take.span)
    peak = np.abs(take.samples[first:last]).max(initial=0.0)
    dbfs = level(float(peak) ** 2)
    verdict = _below(dbfs, warn=_QUIET_DBFS, fail=_HARDLY_HEARD_DBFS)
    return _judged(LEVEL, verdict, f"The word is very quiet: its peak is {dbfs:.0f} dB.")


def _noise(take: HeardTake) -> Finding:
    over = take.snr_db
    verdict = _below(over, warn=_NOISY_DB, fail=_DROWNED_DB)
    return _judged(NOISE, verdict, f"The background noise is only {over:.0f} dB below the word.")


def _short(take: HeardTake) -> Finding:
    seconds = take.word_seconds
    verdict = _below(seconds, warn=_SHORT_SECONDS, fail=_NO_WORD_SECONDS)
    return _judged(SHORT, verdict, f"The speech is short for a word: {seconds:.2f} seconds.")


def _long(take: HeardTake) -> Finding:
    seconds = take.word_seconds
    verdict = Verdict.WARN if seconds > _LONG_SECONDS else Verdict.PASS
    return _judged(LONG, verdict, f"The speech is long for one word: {seconds:.1f} seconds.")


def _cut(take: HeardTake) -> Finding:
    first, last = (level(float(edge.mean())) for edge in _edges(take))
    heard = max(take.word_dbfs - _EDGE_UNDER_WORD_DB, take.room_dbfs + _EDGE_OVER_ROOM_DB)
    at_start, at_end = first > heard, last > heard
    message = {
        (True, False): "The word started too early: its start is missing.",
        (False, True): "The take ended too early: the end of the word is missing.",
    }.get((at_start, at_end), CUT.bad)
    is_inside = max(first, last) > take.word_dbfs - _EDGE_WITHIN_WORD_DB
    verdict = Verdict.FAIL if is_inside else Verdict.WARN
    end = take.begin + take.seconds
    edge = _EDGE_HOPS * HOP_SECONDS
    where = [(take.begin, take.begin + edge)] * at_start + [(end - edge, end)] * at_end
    return _judged(CUT, verdict if where else Verdict.PASS, message, tuple(where))


def _edges(take: HeardTake) -> tuple[FloatArray, FloatArray]:
    """Return the powers of the first and the last 20 ms."""
    hop = round(take.sample_rate * HOP_SECONDS)
    last = hop_powers(take.samples[-_EDGE_HOPS * hop :], take.sample_rate)
    return take.powers[:_EDGE_HOPS], last


def _band(take: HeardTake) -> Finding:
    found = bandwidth(take.samples, take.sample_rate)
    is_narrow = found is None or (found.above < _NOTHING_ABOVE_DB and found.drop > _DROP_DB)
    return _judged(BAND, Verdict.WARN if is_narrow else Verdict.PASS, BAND.bad)


def _dropouts(take: HeardTake) -> Finding:
    found = find_dropouts(take.samples, take.sample_rate, take.word_dbfs)
    blocks = take.known.lost_blocks
    if not blocks and not len(found):
        return _good(DROPOUTS)
    lost = int(np.diff(found).sum()) / take.sample_rate + blocks * _BLOCK_SECONDS
    verdict = Verdict.FAIL if lost > _MUCH_LOST_SECONDS else Verdict.WARN
    message = f"About {1000 * lost:.0f} ms of sound from the microphone were lost."
    return _bad(DROPOUTS, verdict, message, _joined(take, found))


_OF_A_WORD: tuple[Callable[[HeardTake], Finding], ...] = (
    _clipping, _level, _noise, _short, _long, _cut, _band, _dropouts,
)  # fmt: skip


def _below(value: float, *, warn: float, fail: float) -> Verdict:
    if value < fail:
        return Verdict.FAIL
    return Verdict.WARN if value < warn else Verdict.PASS


def _good(check: TakeCheck) -> Finding:
    return Finding(check.id, Verdict.PASS, check.good)


def _bad(check: TakeCheck, verdict: Verdict, message: str = "", where: Where = ()) -> Finding:
    return Finding(check.id, verdict, message or check.bad, check.remedy, where)


def _judged(check: TakeCheck, verdict: Verdict, message: str, where: Where = ()) -> Finding:
    is_good = verdict is Verdict.PASS
    return _good(check) if is_good else _bad(check, verdict, message, where)


def _joined(take: HeardTake, parts: NDArray[np.int64]) -> Where:
    """Return parts in seconds, with neighbouring parts merged."""
    joined: list[tuple[float, float]] = []
    for first, last in parts.tolist():
        start, end = take.seconds_at(first), take.seconds_at(last)
        if joined and start - joined[-1][1] < _JOINED_SECONDS:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return tuple(joined)
