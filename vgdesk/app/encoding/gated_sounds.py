"""The gated parts of a word as sounds to embed."""

from dataclasses import replace

from vgdesk.app.encoding.embedding_messages import SpeechItem
from vgdesk.audio.files import describe
from vgdesk.core.gates import Condition, gate_times

FADE = 0.02  # s; long enough to avoid an audible click


def seconds_of(item: SpeechItem) -> float:
    """Return the length of a word.

    Raises
    ------
    AudioFileError
        If its file cannot be read.
    """
    whole = describe(item.file).seconds
    return (whole if item.end is None else min(item.end, whole)) - item.start


def gates_of(item: SpeechItem, seconds: float, condition: Condition) -> tuple[SpeechItem, ...]:
    """Return the part of a word of this length at each of its gates.

    The row id of each is its condition and time.
    """
    return tuple(
        replace(
            _gate(item, seconds, heard, condition), row=f"{condition.value} {1000 * heard:.0f} ms"
        )
        for heard in gate_times(seconds)
    )


def _gate(item: SpeechItem, seconds: float, heard: float, condition: Condition) -> SpeechItem:
    if condition is Condition.END:
        return replace(item, start=item.start + seconds - heard, end=item.start + seconds)
    cut = replace(item, end=item.start + heard)
    if condition is Condition.PADDED:
        return replace(cut, silence=seconds - heard)
    return replace(cut, fade=FADE) if condition is Condition.FADED else cut
