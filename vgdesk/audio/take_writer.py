import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from vgdesk.audio.files import (
    FASTEST_RATE,
    SLOWEST_RATE,
    Recording,
    stream_flac,
    sync_folder,
    unwritable,
)
from vgdesk.audio.ring_buffer import RingBuffer
from vgdesk.audio.speech_activity import EndOfSpeech
from vgdesk.audio.unsound import silenced
from vgdesk.core.arrays import FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import AudioFileError
from vgdesk.core.names import is_take_id

PARTIAL_SUFFIX = ".partial"

_SAMPLE = np.dtype("<f4")
_SYNC_SECONDS = 0.4
_BLOCK = 1 << 20  # bytes in memory at a time; whole samples
_RATE = re.compile(rf".*\.([1-9][0-9]{{3,5}}){re.escape(PARTIAL_SUFFIX)}", re.DOTALL)
# A foreign file may be a link, or a pipe on which the program would wait forever.
_AS_IT_IS = os.O_RDONLY | sum(
    getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)


@dataclass(frozen=True, slots=True)
class KeptSound:
    """A take that was saved as a sound file.

    Attributes
    ----------
    broken_seconds
        The duration of NaN or infinite samples, which were replaced by silence.
    """

    seconds: float
    broken_seconds: float = 0.0


class TakeWriter:
    """Appends the sound in the ring buffer to a file, so that a crash costs half a second.

    Attributes
    ----------
    lost
        Samples that were overwritten before they could be saved.
    has_voice_ended
        True once speech has ended; only if there is an `end_of_speech`.
    """

    def __init__(
        self,
        partial: Path,
        ring: RingBuffer,
        *,
        pre_roll: int,
        end_of_speech: EndOfSpeech | None,
        hears_pre_roll: bool = False,
    ) -> None:
        self.lost = 0
        self.has_voice_ended = False
        self._is_over = False
        self._partial = partial
        self._ring = ring
        self._next = max(0, ring.written - pre_roll)
        self._begin = self._next
        # The half second before the key press may contain the end of the previous word.
        self._heard_from = self._begin if hears_pre_roll else ring.written
        self._end_of_speech = end_of_speech
        self._unheard: list[FloatArray] = []
        try:
            self._file = partial.open("x+b", buffering=0)
            sync_folder(partial.parent)
        except OSError as error:
            raise unwritable(partial, error) from error
        self._synced_at = 0.0

    @property
    def samples(self) -> int:
        """Current length of the take."""
        return self._ring.written - self._begin

    def drain(self) -> None:
        """Save the sound that arrived since the last call.

        Raises
        ------
        AudioFileError
            Once, if it cannot be written. The part saved before is kept, and nothing more is
            written: a take must not have dropouts.
        """
        if self._is_over:
            return
        samples, lost = self._ring.read(self._next)
        self.lost += lost
        self._next += lost + len(samples)
        try:
            self._append(samples)
        except OSError as error:
            self._is_over = True
            raise unwritable(self._partial, error) from error
        heard = samples[max(0, self._heard_from - (self._next - len(samples))) :]
        if self._end_of_speech is not None and len(heard):
            self._unheard.append(heard)

    def listen(self) -> bool:
        """Run speech detection on the saved sound; True if speech ended since the last call.

        Separate from `drain`, so that a take can be ended even if detection fails.
        """
        heard, self._unheard = self._unheard, []
        if self._end_of_speech is None or not heard or self.has_voice_ended:
            return False
        self.has_voice_ended = self._end_of_speech.feed(np.concatenate(heard))
        return self.has_voice_ended

    def close(self) -> None:
        """Close the file and leave it as it is."""
        self._is_over = True
        self._file.close()

    @property
    def is_in_place(self) -> bool:
        """False if the file no longer exists because its folder was deleted or moved."""
        with suppress(OSError):
            return os.path.samestat(self._partial.lstat(), os.fstat(self._file.fileno()))
        return False

    def rescue(self, folder: Path) -> Path:
        """Write the take again into another folder; returns the new file.

        Raises
        ------
        AudioFileError
            If that folder is not writable either.
        """
        copy = folder / self._partial.name
        try:
            with copy.open("xb") as out:
                try:
                    self._file.seek(0)
                    shutil.copyfileobj(self._file, out, _BLOCK)
                except OSError:  # its disk is gone: the newest seconds are in memory
                    out.seek(0)
                    out.truncate()
                    out.write(_as_bytes(self._ring.read(self._begin)[0]))
        except OSError as error:
            raise unwritable(copy, error) from error
        return copy

    def _append(self, samples: FloatArray) -> None:
        rest = memoryview(_as_bytes(samples))
        while rest:
            rest = rest[self._file.write(rest) :]
        now = time.monotonic()
        if now - self._synced_at >= _SYNC_SECONDS:
            os.fsync(self._file.fileno())
            self._synced_at = now


def partial_path(folder: Path, take_id: str, sample_rate: int) -> Path:
    """Return the file for a running take; its name includes the rate.

    Raises
    ------
    ValueError
        If the id could lead out of the folder; validated ids cannot.
    """
    if not is_take_id(take_id):
        raise ValueError(f"not a take id: {take_id!r}")
    return folder / f"{take_id}.{sample_rate}{PARTIAL_SUFFIX}"


def read_partial(file: Path) -> Recording:
    """Read a take that was being written; it is valid wherever the file ends.

    For takes that fit into memory. NaN and infinity become silence.

    Raises
    ------
    AudioFileError
        If the file is missing, not a regular file, or empty, or if its name has no rate.
    """
    rate = rate_of(file)
    with _opened(file) as stream:
        blocks = [silenced(block)[0] for block in _blocks(stream)]
    return Recording(np.concatenate(blocks), rate)


def keep(partial: Path, flac: Path) -> KeptSound:
    """Turn a finished or interrupted take of any length into a FLAC file.

    The partial file is deleted only after the FLAC file is safely on disk. NaN and infinity become
    silence, so the take keeps its length and no speech is lost.

    Raises
    ------
    AudioFileError
        As for `read_partial`, or if it cannot be written; the partial file is then kept.
    """
    rate, samples, broken = rate_of(partial), 0, 0

    def sound() -> Iterator[FloatArray]:
        nonlocal samples, broken
        for block in until_cancelled(_blocks(stream)):
            clean, find_dropouts = silenced(block)
            samples, broken = samples + len(clean), broken + find_dropouts
            yield clean.clip(-1.0, 1.0)

    with _opened(partial) as stream:
        stream_flac(flac, rate, sound())
    partial.unlink()
    return KeptSound(samples / rate, broken / rate)


def rate_of(partial: Path) -> int:
    """Read the rate in Hz from the name of a running take; AudioFileError if there is none."""
    found = _RATE.fullmatch(partial.name)
    rate = int(found[1]) if found else 0
    if not SLOWEST_RATE <= rate <= FASTEST_RATE:
        raise AudioFileError(
            "The file name does not include the sample rate.",
            f"A running take is called, for example, dog-1.48000{PARTIAL_SUFFIX}.",
        )
    return rate


def samples_in(partial: Path) -> int:
    """Return the number of samples of a running take; AudioFileError if not a regular file."""
    with _opened(partial) as stream:
        return _size(stream)


def _opened(file: Path) -> BinaryIO:
    """Open a regular file for reading, without following links."""
    try:
        seen = file.lstat()
        if not stat.S_ISREG(seen.st_mode):
            raise AudioFileError(f"“{file.name}” is not a plain file, so it was not opened.")
        stream = os.fdopen(os.open(file, _AS_IT_IS), "rb")
    except OSError as error:
        raise AudioFileError(
            f"The running take “{file.name}” could not be read: {error.strerror or error}.",
            "Record the word again.",
        ) from error
    if not os.path.samestat(seen, os.fstat(stream.fileno())):
        stream.close()
        raise AudioFileError(f"“{file.name}” was replaced while it was being opened.")
    return stream


def _blocks(stream: BinaryIO) -> Iterator[FloatArray]:
    """Read a running take block by block, up to its last whole sample."""
    left = _size(stream) * _SAMPLE.itemsize
    if not left:
        raise AudioFileError(
            "Nothing was recorded: no sound came from the microphone.",
            "Choose another microphone, then record the word again.",
        )
    while left and (saved := stream.read(min(left, _BLOCK))):
        left -= len(saved)
        whole = len(saved) // _SAMPLE.itemsize
        yield np.frombuffer(saved, _SAMPLE, count=whole).astype(np.float32, copy=False)


def _size(stream: BinaryIO) -> int:
    return os.fstat(stream.fileno()).st_size // _SAMPLE.itemsize


def _as_bytes(samples: FloatArray) -> bytes:
    return samples.astype(_SAMPLE, copy=False).tobytes()
