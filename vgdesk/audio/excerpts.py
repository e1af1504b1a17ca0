from dataclasses import dataclass
from pathlib import Path

from vgdesk.audio.files import LONGEST_WORD_SECONDS, Recording, describe, read

EXCERPT_SECONDS = LONGEST_WORD_SECONDS - 1.0  # samples are rounded; this is never too long to read


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """Sound around a word; for most files the whole file.

    Attributes
    ----------
    begin
        Where it starts in the file, in seconds.
    whole
        Length of the file in seconds.
    """

    recording: Recording
    begin: float
    whole: float

    @property
    def end(self) -> float:
        return self.begin + self.recording.seconds

    def shows(self, start: float, end: float | None) -> bool:
        """Return whether a part is visible with some context, or no excerpt would show more."""
        last = self.whole if end is None else end
        is_inside = self.begin < start or self.begin == 0.0
        is_inside &= last < self.end or self.end >= self.whole
        return is_inside or excerpt_begin(start, end, self.whole) == self.begin


def excerpt_begin(start: float, end: float | None, whole: float) -> float:
    """Return the start of an excerpt around a part of a file, all in seconds."""
    last = min(whole if end is None else end, start + EXCERPT_SECONDS)
    middle = (start + last - EXCERPT_SECONDS) / 2
    return min(max(0.0, middle), max(0.0, whole - EXCERPT_SECONDS))


def read_excerpt(file: Path, start: float, end: float | None) -> Excerpt:
    """Read a file, or an excerpt around one part if it is too long to be shown.

    Raises
    ------
    AudioFileError
        As for `read`.
    """
    whole = describe(file).seconds
    if whole <= LONGEST_WORD_SECONDS:
        return Excerpt(read(file), 0.0, whole)
    begin = excerpt_begin(start, end, whole)
    return Excerpt(read(file, start=begin, end=begin + EXCERPT_SECONDS), begin, whole)
