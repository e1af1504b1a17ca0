"""Recovery of recordings in a project that no list contains; others are reported.

The folder may come from an unknown source, so only regular files with valid names are opened, the
amount read is bounded, and an error in one file does not affect the others.
"""

import logging
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vgdesk.audio.files import describe, spoken
from vgdesk.audio.take_checks import DAMAGED, Finding
from vgdesk.audio.take_judgement import Span, found_at_once, hear
from vgdesk.audio.take_writer import (
    PARTIAL_SUFFIX,
    KeptSound,
    keep,
    rate_of,
    samples_in,
)
from vgdesk.core.cancellation import CancelledError
from vgdesk.core.errors import AudioFileError, VgdeskError
from vgdesk.core.model import TakeId
from vgdesk.core.names import is_take_id
from vgdesk.core.notices import Level, Notice

MOST_SECONDS = 4 * 3600.0  # of sound recovered per opening, in about 25 s
MOST_HEARD_SECONDS = 600.0  # of sound searched for words, in about 15 s
MOST_SAID = 5  # files reported individually

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LeftoverTake:
    """A recovered recording.

    Attributes
    ----------
    trim
        Start and end of the word, proposed by voice activity detection; None if unknown.
    """

    take: TakeId
    file: Path
    trim: Span | None
    findings: tuple[Finding, ...]


class LeftoverTakes:
    """Scans the takes folder of a project once.

    Attributes
    ----------
    problems
        What could not be recovered, and what was repaired.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._names = _plain_files(home)
        self._seconds = 0.0
        self._heard_seconds = 0.0
        self._unsaid = 0
        self.problems: list[Notice] = []

    def taken_in(
        self, begun: Iterable[TakeId], is_known: Callable[[TakeId], bool]
    ) -> Iterator[LeftoverTake]:
        """Convert every partial recording to a sound file, and yield those in no list.

        Parameters
        ----------
        begun
            Started takes in the journal; they may already be sound files.
        """
        partials = sorted(name for name in self._names if name.endswith(PARTIAL_SUFFIX))
        left = {_take_of(name) for name in partials}
        whole = [take for take in begun if f"{take}.flac" in self._names and take not in left]
        found = [*((take, "") for take in whole), *((_take_of(name), name) for name in partials)]
        for take, partial in found:
            try:
                sound = self._kept(take, partial)
                if sound is not None and not is_known(take):
                    yield self._left(take, sound)
            except CancelledError:
                raise
            except (VgdeskError, OSError) as error:
                self._tell(partial or f"{take}.flac", error)
            except Exception as error:  # noqa: BLE001 - one recording must not block the project
                _log.exception("recovery of an interrupted recording")
                self._tell(partial or f"{take}.flac", error)
        if self._unsaid:
            self.problems.append(_more(self._unsaid))

    def _kept(self, take: TakeId, name: str) -> KeptSound | None:
        flac, partial = self._home / f"{take}.flac", self._home / name
        if not name:
            return KeptSound(_described(flac, self._names))
        rate = rate_of(partial)
        _refuse_name(take)
        samples = samples_in(partial)
        if not samples:
            partial.unlink()  # interrupted before the first sample
            return None
        if flac.name in self._names:
            # The partial file is deleted last, so usually the FLAC is complete; else both stay.
            if _described(flac, self._names) < samples / rate:
                raise AudioFileError(f"“{flac.name}” exists as well but is shorter.")
            partial.unlink()
            return KeptSound(samples / rate)
        self._refuse_hours(samples / rate, rate)
        self._names[flac.name] = True  # another partial recording of the same name is left alone
        return keep(partial, flac)

    def _refuse_hours(self, seconds: float, rate: int) -> None:
        if seconds > MOST_SECONDS:
            raise AudioFileError(
                f"It is {spoken(seconds)} long.",
                f"It is raw sound (32-bit float, little-endian, one channel, {rate} Hz), which "
                "Audacity and Praat can open.",
            )
        if self._seconds + seconds > MOST_SECONDS:
            raise AudioFileError("There are too many at once; it will be added next time.")
        self._seconds += seconds

    def _left(self, take: TakeId, sound: KeptSound) -> LeftoverTake:
        file = self._home / f"{take}.flac"
        self._heard_seconds += sound.seconds
        is_heard = self._heard_seconds <= MOST_HEARD_SECONDS
        trim = hear(file, sound.seconds)[1] if is_heard else None
        findings = found_at_once(sound, trim)
        self.problems += [
            Notice(f"{take}: {finding.message}", finding.remedy, Level.WARNING)
            for finding in findings
            if finding.check == DAMAGED.id
        ]
        return LeftoverTake(take, file, trim, findings)

    def _tell(self, name: str, error: Exception) -> None:
        if len(self.problems) >= MOST_SAID:
            self._unsaid += 1
            return
        why = str(error) if isinstance(error, VgdeskError) else f"{type(error).__name__}."
        self.problems.append(
            Notice(
                f"An interrupted recording ({_readable(name)}) could not be added: {why}",
                "Its file is still in the project's takes folder.",
                Level.WARNING,
            )
        )


def _plain_files(home: Path) -> dict[str, bool]:
    """Map the names in a folder to whether they are regular files; empty for a link."""
    if home.is_symlink() or not home.is_dir():
        return {}
    with os.scandir(home) as entries:
        return {
            entry.name: stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode) for entry in entries
        }


def _described(flac: Path, names: dict[str, bool]) -> float:
    """Return the length of a sound file in seconds."""
    if not names[flac.name]:
        raise AudioFileError(f"“{flac.name}” is not a plain file.")
    return describe(flac).seconds


def _take_of(name: str) -> TakeId:
    return TakeId(name.removesuffix(PARTIAL_SUFFIX).rpartition(".")[0])


def _refuse_name(take: TakeId) -> None:
    if not is_take_id(take):
        raise AudioFileError("Its name is not a valid take name.")


def _readable(name: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in name)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def _more(count: int) -> Notice:
    files = "one more recording" if count == 1 else f"{count} more recordings"
    return Notice(
        f"{files[0].upper()}{files[1:]} that had been interrupted could not be added.",
        "Look in the project's takes folder: the file names end in .partial.",
        Level.WARNING,
    )
