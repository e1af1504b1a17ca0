"""Pretrained word vectors: a text file with one word and its numbers per line.

Reads the files of GloVe, word2vec (text format) and fastText, and tables with tabs, with or without
gzip. The file is read line by line, and only the requested words stay in memory, so a file may have
many gigabytes.
"""

import codecs
import gzip
import hashlib
import math
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import EncoderError
from vgdesk.core.model import EncoderId, Modality
from vgdesk.core.plain_file import expect_plain_file
from vgdesk.encoders.base import EncoderSpec, Pooling

FAMILY = "vectors"
LAYER = "vectors"
PREFIX = "vectors:"
ENDINGS = (".txt", ".vec", ".tsv", ".gz")
LONGEST_LINE = 1 << 20  # bytes
_MOST_DIM = 100_000
_ROOM = 1 << 24  # bytes that any compressed file may unpack to
_MOST_TIMES = 200  # tables of zeros and ones come close
_LARGEST = float(np.finfo(np.float32).max)
_SAMPLE = 1 << 20  # bytes at either end that identify the file
_HINT = (
    "Choose a UTF-8 text file with one word and its numbers per line, as written by GloVe, "
    "word2vec (in text format) or fastText, or a table with tabs; gzip is supported."
)


def inspect_vectors(file: Path) -> EncoderSpec:
    """Make the spec of a file of word vectors from its first lines.

    Raises
    ------
    EncoderError
        If it does not start like one.
    """
    file = file.resolve()
    name = file.name
    for ending in (".gz", *ENDINGS):
        name = name.removesuffix(ending)
    with _opened(file) as stream:
        dim, _ = _begin(file, stream)
    return EncoderSpec(
        id=EncoderId(PREFIX + name),
        title=name,
        modality=Modality.TEXT,
        is_grounded=None,
        layers=(LAYER,),
        dim=dim,
        sample_rate=0,
        licence="not stated",
        source=f"Word vectors from the file “{file.name}” on this computer.",
        revision=_revision(file),
        family=FAMILY,
        file=file,
    )


class GivenVectors:
    """Looks words up in a file.

    A word matches its exact spelling, or else the first spelling in the file that differs only in
    case; spaces and underscores are equivalent. Of several lines with the same spelling the first
    counts. A word has a single vector, so pooling makes no difference.
    """

    def __init__(self, spec: EncoderSpec) -> None:
        assert spec.file is not None
        self._file = spec.file
        self._title = spec.title
        self._dim = spec.dim
        self._found: dict[str, FloatArray | str] = {}
        self._failure: EncoderError | None = None

    def encode(self, words: Sequence[str], pooling: Pooling) -> list[FloatArray]:
        """Return [1, dim] for each word; raises an EncoderError that names a missing word."""
        if self._failure is not None:
            raise EncoderError(self._failure.message, self._failure.hint)
        if asked := {word for word in words if word not in self._found}:
            try:
                self._look_up(asked)
            except EncoderError as error:
                self._failure = error  # each further word would read as far again
                raise
        return [self._vector(word) for word in words]

    def _vector(self, word: str) -> FloatArray:
        found = self._found[word]
        if isinstance(found, str):
            raise EncoderError(found, "It is left out.")
        return found

    def _look_up(self, asked: Iterable[str]) -> None:
        """Look up words in one pass over the file."""
        wanted: dict[str, list[str]] = {}
        for word in asked:
            wanted.setdefault(_folded(word), []).append(word)
        exact: dict[str, FloatArray | str] = {}
        for word, found in self._lines_of(wanted):
            for other in wanted[_folded(word)]:
                if _composed(word) == _composed(other):
                    exact.setdefault(other, found)
                else:
                    self._found.setdefault(other, found)
        self._found.update(exact)
        for words in wanted.values():
            for word in words:
                self._found.setdefault(word, f"“{word}” is not among the words of {self._title}.")

    def _lines_of(self, wanted: Iterable[str]) -> Iterator[tuple[str, FloatArray | str]]:
        """Yield the lines of wanted (case-folded) words: the word and its vector or an error."""
        folded = set(wanted)
        # Words may contain spaces, so a line is split from its end; but the first part alone rules
        # out nearly all lines.
        firsts = folded | {word.split("_")[0] for word in folded}
        with _opened(self._file) as stream:
            dim, start = _begin(self._file, stream)
            for number, line in enumerate(_lines(self._file, stream), start=1):
                if number < start or not line.strip():
                    continue
                first = line.split(None, 1)[0].decode("utf-8", "replace")
                if _folded(first) not in firsts:
                    continue
                word, numbers = _cut(line, dim)
                if _folded(word) in folded:
                    bad = f"Line {number} of {self._title} (“{first}”) needs {dim} finite numbers."
                    yield word, bad if numbers is None else numbers


def _cut(line: bytes, dim: int) -> tuple[str, FloatArray | None]:
    """Split a line into its word and its numbers, [1, dim]; None if these are not numbers."""
    parts = line.rstrip().rsplit(None, dim)
    first = b"".join(line.split(None, 1)[:1]).decode("utf-8", "replace")
    if len(parts) <= dim:
        return first, None
    word = parts[0].decode("utf-8", "replace").strip()
    try:
        numbers = [float(part) for part in parts[1:]]
    except ValueError:
        return first, None  # too few numbers: part of the word was split off with them
    if not all(abs(value) <= _LARGEST for value in numbers):
        return word, None
    return word, np.array([numbers], np.float32)


def _begin(file: Path, stream: BinaryIO) -> tuple[int, int]:
    """Return the dimension of the vectors, and the line number of the first word."""
    lines = _lines(file, stream)
    first, start = next(lines, b""), 1
    parts = first.split()
    # A word may contain spaces if the separator is a tab.
    dim = len(first.split(b"\t", 1)[1].split()) if b"\t" in first else len(parts) - 1
    if len(parts) == 2 and all(part.isdigit() for part in parts):  # word2vec: count and dimension
        dim, start = int(parts[1][:9]), 2
    elif b"\t" in first and _is_heading(first.rstrip().split(b"\t")[1:]):
        start = 2
    line = first if start == 1 else next(lines, b"")
    stream.seek(0)
    if not 0 < dim <= _MOST_DIM or _cut(line, dim)[1] is None:
        raise EncoderError(
            f"“{file.name}” contains no word vectors: line {start} is not a word with its numbers.",
            _HINT,
        )
    return dim, start


def _is_heading(cells: Sequence[bytes]) -> bool:
    """Return whether cells are column names: words, or consecutive numbers."""
    for first in (0, 1):
        counted = [str(number).encode() for number in range(first, first + len(cells))]
        if len(cells) > 1 and list(cells) == counted:
            return True
    return not _is_number((cells[-1].split() or [b""])[-1] if cells else b"")


def _is_number(part: bytes) -> bool:
    try:
        return math.isfinite(float(part))
    except ValueError:
        return False


def _folded(word: str) -> str:
    return _composed(word).casefold()


def _composed(word: str) -> str:
    return unicodedata.normalize("NFC", word.strip()).replace(" ", "_")


def _lines(file: Path, stream: BinaryIO) -> Iterator[bytes]:
    """Read line by line, within the limits for a line and for a compressed file."""
    number = 0
    room = _ROOM + _MOST_TIMES * file.stat().st_size
    while line := stream.readline(LONGEST_LINE):
        number += 1
        room -= len(line)
        if room < 0:
            raise EncoderError(
                f"“{file.name}” contains no word vectors: it unpacks to more than {_MOST_TIMES} "
                "times its size.",
                _HINT,
            )
        if len(line) == LONGEST_LINE:
            raise EncoderError(
                f"“{file.name}” contains no word vectors: line {number} is longer than "
                f"{LONGEST_LINE:,} bytes.",
                _HINT,
            )
        yield line if number > 1 else line.removeprefix(codecs.BOM_UTF8)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        expect_plain_file(file)
        with file.open("rb") as stream:
            is_packed = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            yield cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if is_packed else stream
    except (OSError, EOFError, zlib.error) as error:
        raise EncoderError(
            f"“{file.name}” could not be read to the end: {error}.",
            "Check that you have permission to read the file, or get it again.",
        ) from error


def _revision(file: Path) -> str:
    """Identify a file by size, time and both ends; hashing all would take as long as using it."""
    digest = hashlib.blake2b(digest_size=16)
    try:
        stat = file.stat()
        digest.update(f"{stat.st_size} {stat.st_mtime_ns}".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(_SAMPLE))
            stream.seek(max(0, stat.st_size - _SAMPLE))
            digest.update(stream.read(_SAMPLE))
    except OSError as error:
        raise EncoderError(f"“{file.name}” could not be read: {error.strerror}.", _HINT) from error
    return digest.hexdigest()
