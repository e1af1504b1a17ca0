"""What is said of a take once its sound file is there: where its word is, and what is wrong."""

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
MOST_HEARD_SECONDS = 60.0  # of longer takes nobody looks for the word: it is not one

_log = logging.getLogger(__name__)

Span = tuple[float, float]


def judge(
    file: Path, sound: KeptSound, room_dbfs: float | None, lost_blocks: int, others: Sequence[Take]
) -> tuple[Span | None, tuple[Finding, ...]]:
    """Propose where the word is in a take, and check it. The take counts, whatever comes of it.

    Parameters
    ----------
    others
        Takes of the same word; the newest are compared with this one.
    """
    word, findings = None, list[Finding]()
    try:
        recording, word = hear(file, sound.seconds)
        if recording is not None:
            findings += check_take(recording, Known(word, room_dbfs, lost_blocks))
        if word is not None:
            findings += _compared(read(file, start=word[0], end=word[1]), others[-MOST_OTHERS:])
    except Exception:  # noqa: BLE001 - a mistake of a check must not cost what was said
        _log.exception("a take could not be checked")
    return word, (*findings, *found_at_once(sound, word))


def hear(file: Path, seconds: float) -> tuple[Recording | None, Span | None]:
    """Read a take and propose where its word is; None for what is too long to be a word."""
    if seconds > MOST_HEARD_SECONDS:
        return None, None
    recording = read(file, longest=MOST_HEARD_SECONDS + 1)
    word = find_word(recording)
    if word is not None and word[1] - word[0] > LONGEST_WORD_SECONDS:
        return None, None
    return recording, word


def found_at_once(sound: KeptSound, word: Span | None) -> tuple[Finding, ...]:
    """Say what is known of a take without listening to it."""
    found = []
    if sound.broken_seconds:
        found.append(damaged(sound.broken_seconds))
    if word is None and sound.seconds > LONGEST_WORD_SECONDS:
        found.append(too_long(sound.seconds))
    return tuple(found)


def _compared(take: Recording, others: Sequence[Take]) -> tuple[Finding, ...]:
    """Say whether a take sounds unlike the others; one that cannot be read is passed over."""
    heard = []
    for other in others:
        with suppress(VgdeskError):
            heard.append(read(other.file, start=other.start, end=other.end))
    finding = unlike_others(take, heard)
    return (finding,) if finding is not None else ()
