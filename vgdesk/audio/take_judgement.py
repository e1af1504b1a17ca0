"""Analysis of a new take: the location of its word, and its quality."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from vgdesk.audio.files import LONGEST_WORD_SECONDS, Recording, read
from vgdesk.audio.heard_take import Known
from vgdesk.audio.speech_activity import find_word
from vgdesk.audio.take_checks import Finding, check_take, damaged, too_long, unlike_others
from vgdesk.audio.take_writer import KeptSound
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Take

MOST_OTHERS = 3
MOST_HEARD_SECONDS = 60.0  # longer takes are not searched for a word

_log = logging.getLogger(__name__)

Span = tuple[float, float]


def judge(
    file: Path, sound: KeptSound, room_dbfs: float | None, lost_blocks: int, others: Sequence[Take]
) -> tuple[Span | None, tuple[Finding, ...]]:
    """Locate the word in a take and check it. The take is kept whatever the result.

    Parameters
    ----------
    others
        Other takes of the word; the newest are compared with this one.
    """
    word, findings = None, list[Finding]()
    try:
        recording, word = hear(file, sound.seconds)
        if recording is not None:
            findings += check_take(recording, Known(word, room_dbfs, lost_blocks))
        if word is not None:
            findings += _compared(read(file, start=word[0], end=word[1]), others[-MOST_OTHERS:])
    except Exception:  # noqa: BLE001 - a bug in a check must not cost the take
        _log.exception("a take could not be checked")
    return word, (*findings, *found_at_once(sound, word))


def hear(file: Path, seconds: float) -> tuple[Recording | None, Span | None]:
    """Read a take and locate its word; None if it is too long for a word."""
    if seconds > MOST_HEARD_SECONDS:
        return None, None
    recording = read(file, longest=MOST_HEARD_SECONDS + 1)
    word = find_word(recording)
    if word is not None and word[1] - word[0] > LONGEST_WORD_SECONDS:
        return None, None
    return recording, word


def found_at_once(sound: KeptSound, word: Span | None) -> tuple[Finding, ...]:
    """Return findings that need no analysis of the sound."""
    found = []
    if sound.broken_seconds:
        found.append(damaged(sound.broken_seconds))
    if word is None and sound.seconds > LONGEST_WORD_SECONDS:
        found.append(too_long(sound.seconds))
    return tuple(found)


def _compared(take: Recording, others: Sequence[Take]) -> tuple[Finding, ...]:
    """Return a finding if a take differs from the others; unreadable ones are skipped."""
    heard = []
    for other in others:
        with suppress(VgdeskError):
            heard.append(read(other.file, start=other.start, end=other.end))
    finding = unlike_others(take, heard)
    return (finding,) if finding is not None else ()
