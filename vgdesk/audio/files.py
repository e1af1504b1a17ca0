import io
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from vgdesk.core.arrays import FloatArray, HoldsArrays, expect_shape
from vgdesk.core.errors import AudioFileError

LONGEST_WORD_SECONDS = 30.0
# The highest rate that a FLAC header can state, and the lowest that still carries speech.
SLOWEST_RATE, FASTEST_RATE = 1_000, 655_350
SUFFIXES = (
    ".wav", ".flac", ".ogg", ".mp3", ".oga", ".opus", ".aif", ".aiff", ".au", ".caf", ".sph",
)  # fmt: skip

# Decoders round the length of compressed files; a smaller shortfall is not damage.
TOLERATED_SHORTFALL_SECONDS = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Recording(HoldsArrays):
    """Sound in memory.

    Attributes
    ----------
    samples
        Shape [samples], float32, mono, full scale is -1 to 1.
    sample_rate
        In Hz.
    """

    samples: FloatArray
    sample_rate: int

    def check(self) -> None:
        expect_shape("recording", "samples", self.samples, samples=None)
        if self.samples.dtype != np.float32 or self.sample_rate <= 0:
            raise ValueError(
                f"recording: expected float32 at a positive rate; "
                f"got {self.samples.dtype} at {self.sample_rate} Hz"
            )

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The facts in the header of a sound file."""

    seconds: float
    sample_rate: int
    channels: int


def describe(file: Path) -> FileFacts:
    """Read only the header of a sound file.

    Raises
    ------
    AudioFileError
        If the file is missing, empty, or cannot be read as sound.
    """
    with _opened(file) as sound:
        return FileFacts(sound.frames / sound.samplerate, sound.samplerate, sound.channels)


def read(
    file: Path,
    *,
    start: float = 0.0,
    end: float | None = None,
    longest: float = LONGEST_WORD_SECONDS,
) -> Recording:
    """Read a sound file, or only the part from `start` to `end` seconds.

    Channels are averaged. The rate stays that of the file.

    Raises
    ------
    AudioFileError
        As for `describe`; also if the part is longer than `longest` seconds, starts after the end
        of the file, or cannot be decoded.
    """
    with _opened(file) as sound:
        rate = sound.samplerate
        first = round(start * rate)
        last = sound.frames if end is None else min(round(end * rate), sound.frames)
        if last <= first:
            raise _ends_before(file)
        if (last - first) / rate > longest:
            raise _too_long(file, (last - first) / rate)
        try:
            sound.seek(first)
            samples = sound.read(last - first, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise _damaged(file) from error
    if (last - first - len(samples)) / rate > TOLERATED_SHORTFALL_SECONDS or not len(samples):
        raise _damaged(file)
    mono: FloatArray = samples.mean(axis=1)
    if not np.isfinite(mono).all():
        raise _damaged(file)
    return _recording(mono, rate)


def resample(recording: Recording, sample_rate: int) -> Recording:
    """Resample a recording to another rate (band-limited, errors below -130 dB)."""
    if sample_rate == recording.sample_rate:
        return recording
    samples = soxr.resample(recording.samples, recording.sample_rate, sample_rate, quality="HQ")
    return _recording(samples, sample_rate)


def write_flac(file: Path, recording: Recording) -> None:
    """Save a recording as `stream_flac` does."""
    stream_flac(file, recording.sample_rate, [recording.samples])


def stream_flac(file: Path, sample_rate: int, blocks: Iterable[FloatArray]) -> None:
    """Save a stream of sound blocks with 24 bits; the file is complete or does not exist.

    Parameters
    ----------
    sample_rate
        In Hz, up to `FASTEST_RATE`.
    blocks
        Shape [samples] each, finite, or the encoder fails. Values beyond full scale are clipped.

    Raises
    ------
    AudioFileError
        If the file cannot be written. An existing file of that name is then unharmed.
    """
    temporary = file.with_name(f".{file.name}.new")
    try:
        temporary.unlink(missing_ok=True)  # left by a crash; never written through a link
        with temporary.open("xb", buffering=0) as out:
            _encode(out, sample_rate, blocks)
            os.fsync(out.fileno())
        temporary.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        raise unwritable(file, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _encode(out: io.RawIOBase | io.FileIO, sample_rate: int, blocks: Iterable[FloatArray]) -> None:
    sink = _Sink(out)
    with soundfile.SoundFile(sink, "w", sample_rate, 1, "PCM_24", format="FLAC") as sound:
        for block in blocks:
            sound.write(block)
            sink.check()
    sink.check()


class _Sink:
    """Remembers write errors, because the encoder does not report them."""

    def __init__(self, out: io.RawIOBase | io.FileIO) -> None:
        self._out = out
        self._error: OSError | None = None
        self.seek, self.tell = out.seek, out.tell

    def write(self, encoded: bytes) -> int:
        rest = memoryview(encoded)
        try:
            while rest and self._error is None:
                rest = rest[self._out.write(rest) :]
        except OSError as error:
            self._error = error
        return len(encoded)

    def check(self) -> None:
        """Raise the OSError that occurred while the encoder was writing."""
        if self._error is not None:
            raise self._error


def sound_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """List the sound files in `paths`: files as they are, folders recursively.

    In folders only visible files with a known suffix count; each folder is sorted.
    """
    found = [file for path in paths for file in (_inside(path) if path.is_dir() else [path])]
    return tuple(dict.fromkeys(found))


def sync_folder(folder: Path) -> None:
    """Make new and renamed files in a folder survive a power cut, where the system supports it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(file: Path, error: OSError) -> AudioFileError:
    """Return the error for a recording that could not be written."""
    return AudioFileError(
        f"“{file.name}” could not be written: {error.strerror or error}.",
        f"Free some space or get write permission for “{file.parent}”, then try again.",
    )


def _inside(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and file.is_file()
    )


def _recording(samples: FloatArray, sample_rate: int) -> Recording:
    samples.flags.writeable = False  # created here and not shared, so no copy is needed
    return Recording(samples, sample_rate)


def _opened(file: Path) -> Any:
    """Open a sound file, or raise an error that says why this is not possible."""
    try:
        is_empty = file.stat().st_size == 0
        sound = None if is_empty else soundfile.SoundFile(file)
    except FileNotFoundError as error:
        raise AudioFileError(
            f"“{file.name}” is no longer in “{file.parent}”.",
            "Put the file back, or load or record the word again.",
        ) from error
    except OSError as error:
        raise AudioFileError(
            f"“{file.name}” could not be opened: {error.strerror or error}.",
            "Check that you have permission to read the file.",
        ) from error
    except soundfile.LibsndfileError as error:
        raise _not_sound(file) from error
    if sound is None or sound.frames <= 0:
        raise AudioFileError(
            f"“{file.name}” contains no sound: it is empty.", "Record or load the word again."
        )
    return sound


def _not_sound(file: Path) -> AudioFileError:
    if os.access(file, os.R_OK) and file.is_file():
        return AudioFileError(
            f"“{file.name}” is damaged, or is not in a sound format that vgdesk reads.",
            "Save it as WAV, FLAC, OGG or MP3 and load it again.",
        )
    return AudioFileError(
        f"“{file.name}” could not be opened.",
        "Check that it is a file and that you have permission to read it.",
    )


def _damaged(file: Path) -> AudioFileError:
    return AudioFileError(
        f"“{file.name}” is damaged: its sound cannot be read to the end.",
        "Load another copy, or record the word again.",
    )


def _ends_before(file: Path) -> AudioFileError:
    return AudioFileError(
        f"“{file.name}” ends before the start of the word.",
        "Set the start and the end of the word again.",
    )


def _too_long(file: Path, seconds: float) -> AudioFileError:
    return AudioFileError(
        f"“{file.name}” is {spoken(seconds)} long; "
        f"the limit for one word is {LONGEST_WORD_SECONDS:.0f} seconds.",
        "Trim it in the Inspector, or choose “Segment a long recording…”.",
    )


def spoken(seconds: float) -> str:
    """Format a duration in a suitable unit."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} seconds"
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"
