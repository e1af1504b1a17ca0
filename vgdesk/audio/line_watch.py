"""Monitoring of an open microphone: start of speech, loss and silence."""

import time

from vgdesk.audio.input_line import InputLine
from vgdesk.audio.speech_activity import EndOfSpeech

POLL_SECONDS = 0.05

_LOST_SECONDS = 1.0
_SILENT_SECONDS = 1.0


class Ear:
    """Listens to an open microphone for the start of speech."""

    def __init__(self, line: InputLine) -> None:
        self._ring = line.ring
        self._next = line.ring.written
        self._detector = EndOfSpeech(line.sample_rate)

    def hears_voice(self) -> bool:
        """Process the sound since the last call; True once speech has started."""
        samples, lost = self._ring.read(self._next)
        self._next += lost + len(samples)
        if len(samples):
            self._detector.feed(samples)
        return self._detector.has_begun


class Watchdog:
    """Notices a microphone that no longer sends sound, or only zeros."""

    def __init__(self, line: InputLine) -> None:
        self._line = line
        self._written = -1
        self._quiet = 0.0
        self._looked_at = time.monotonic()
        self._is_silence_told = False

    def has_bitten(self) -> bool:
        """Check for new sound; True if none arrived for a second."""
        now = time.monotonic()
        # If the whole program was suspended, the sound card could not deliver either.
        waited = min(now - self._looked_at, 2 * POLL_SECONDS)
        self._looked_at = now
        written = self._line.ring.written
        self._quiet = 0.0 if written != self._written else self._quiet + waited
        self._written = written
        return self._quiet >= _LOST_SECONDS

    def is_newly_silent(self) -> bool:
        """Return True once, if the last second was exactly zero."""
        due = round(self._line.sample_rate * _SILENT_SECONDS)
        if self._is_silence_told or self._line.ring.written < due:
            return False
        self._is_silence_told = not self._line.ring.latest(due).any()
        return self._is_silence_told
