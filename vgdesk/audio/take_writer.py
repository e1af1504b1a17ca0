import os
import time
from pathlib import Path

import numpy as np

from vgdesk.audio.files import Recording, sync_folder, unwritable, write_flac
from vgdesk.audio.ring_buffer import RingBuffer
from vgdesk.audio.speech_activity import EndOfSpeech
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import AudioFileError

PARTIAL_SUFFIX = ".partial"

_SAMPLE = np.dtype("<f4")
_SYNC_SECONDS = 0.4


class TakeWriter:
    """Appends to a file what arrives in the ring buffer, so that a crash costs half a second.

    Attributes
    ----------
    lost
        Samples that were overwritten before they could be saved.
    has_voice_ended
        True once somebody has spoken and stopped; only if there is an `end_of_speech`.
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
        # The half second before a key was pressed may hold the end of the word before.
        self._heard_from = self._begin if hears_pre_roll else ring.written
        self._end_of_speech = end_of_speech
        try:
            self._file = partial.open("xb", buffering=0)
            sync_folder(partial.parent)
        except OSError as error:
            raise unwritable(partial, error) from error
        self._synced_at = 0.0

    @property
    def samples(self) -> int:
        """How long the take is by now."""
        return self._ring.written - self._begin

    def drain(self) -> None:
        """Save what has arrived since the last call.

        Raises
        ------
        AudioFileError
            Once, if the disk does not take it. What was saved before is kept, and nothing more
            is written: a take must not have a hole.
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
            self.has_voice_ended |= self._end_of_speech.feed(heard)

    def close(self) -> None:
        """Let go of the file; it stays as it is."""
        self._is_over = True
        self._file.close()

    def _append(self, samples: FloatArray) -> None:
        rest = memoryview(samples.astype(_SAMPLE, copy=False).tobytes())
        while rest:
            rest = rest[self._file.write(rest) :]
        now = time.monotonic()
        if now - self._synced_at >= _SYNC_SECONDS:
            os.fsync(self._file.fileno())
            self._synced_at = now


def partial_path(folder: Path, take_id: str, sample_rate: int) -> Path:
    """Name the file that a running take is written to; the rate is kept in the name."""
    return folder / f"{take_id}.{sample_rate}{PARTIAL_SUFFIX}"


def read_partial(file: Path) -> Recording:
    """Read a take that was being written; wherever the file breaks off, it is a valid take.

    Raises
    ------
    AudioFileError
        If the file is missing or holds no sound.
    """
    try:
        saved = file.read_bytes()
    except OSError as error:
        raise AudioFileError(
            f"The running take “{file.name}” could not be read: {error.strerror or error}.",
            "Record the word again.",
        ) from error
    samples = np.frombuffer(saved, _SAMPLE, count=len(saved) // _SAMPLE.itemsize)
    if not len(samples):
        raise AudioFileError(
            "Nothing was recorded: no sound came from the microphone.",
            "Choose another microphone, then record the word again.",
        )
    return Recording(samples.astype(np.float32, copy=False), _rate_of(file))


def keep(partial: Path, flac: Path) -> Recording:
    """Turn a finished or interrupted take into a FLAC file.

    The partial file goes only after the FLAC file is safely on the disk.

    Raises
    ------
    AudioFileError
        If the take holds no sound or the disk does not take it; the partial file is then kept.
    """
    recording = read_partial(partial)
    write_flac(flac, recording)
    partial.unlink()
    return recording


def _rate_of(file: Path) -> int:
    rate = file.name.removesuffix(PARTIAL_SUFFIX).rpartition(".")[2]
    if not file.name.endswith(PARTIAL_SUFFIX) or not rate.isdecimal():
        raise ValueError(f"not the name of a running take: {file.name}")
    return int(rate)
