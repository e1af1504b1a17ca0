"""Word vectors of files as people have them, and as they should not be."""

import gzip
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from vgdesk.core.errors import EncoderError
from vgdesk.encoders import given_vectors, inspect_vectors, load, untrained_twin
from vgdesk.encoders.base import Pooling

GLOVE = "the 0.5 -1e-3 2\ndog 1 2 3\nCat 4 5 6\ncat 7 8 9\nice cream 1 1 1\n. . . 0 0 1\n"


def written(folder: Path, content: str | bytes, name: str = "my.300d.txt") -> Path:
    file = folder / name
    data = content.encode() if isinstance(content, str) else content
    file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return file


def vectors(file: Path, *words: str) -> list[list[float]]:
    found = load(inspect_vectors(file), "cpu").encode(words, Pooling.MEAN)
    assert all(each.dtype == np.float32 and each.shape[0] == 1 for each in found)
    return [each[0].tolist() for each in found]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("glove.txt", GLOVE),
        ("glove.txt.gz", GLOVE),
        ("word2vec.txt", "6 3\n" + GLOVE),
        ("fasttext.vec.gz", "6 3 \n" + GLOVE.replace("\n", " \n")),
        ("table.tsv", "\n".join("\t".join(line.rsplit(" ", 3)) for line in GLOVE.splitlines())),
        ("mixed.tsv", "\n".join("\t".join(line.rsplit(" ", 3)[:1]) + "\t"
                                + " ".join(line.rsplit(" ", 3)[1:])
                                for line in GLOVE.splitlines())),
        ("headed.tsv", "word\tx\ty\tz\n"
                       + "\n".join("\t".join(line.rsplit(" ", 3)) for line in GLOVE.splitlines())),
        ("counted.tsv", "\t0\t1\t2\n"
                        + "\n".join("\t".join(line.rsplit(" ", 3)) for line in GLOVE.splitlines())),
        ("windows.txt", GLOVE.replace("\n", "\r\n")),
    ],
)  # fmt: skip
def test_all_ways_of_writing_give_the_same(tmp_path: Path, name: str, content: str) -> None:
    found = vectors(written(tmp_path, content, name), "dog", "cat", "ice cream")
    assert found == [[1, 2, 3], [7, 8, 9], [1, 1, 1]]


@pytest.mark.parametrize("heading", ["", "6 3\n", "word\tx\ty\tz\n"])
def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path, heading: str) -> None:
    marked = "\ufeff" + heading + GLOVE.partition("\n")[2]
    assert vectors(written(tmp_path, marked), "dog") == [[1, 2, 3]]


def test_the_spec_says_what_the_file_is(tmp_path: Path) -> None:
    spec = inspect_vectors(written(tmp_path, GLOVE, "glove.6B.txt.gz"))
    assert (spec.id, spec.layers, spec.dim) == ("vectors:glove.6B", ("vectors",), 3)
    other = inspect_vectors(written(tmp_path, GLOVE.replace("2 3", "2 4"), "glove.6B.txt.gz"))
    assert other.revision != spec.revision
    with pytest.raises(EncoderError, match="no untrained twin"):
        untrained_twin(spec)


def test_exact_spelling_comes_first_and_then_any_capitals(tmp_path: Path) -> None:
    file = written(
        tmp_path, "a 0\nParis 1\nparis 2\nBERLIN 3\nBerlin 4\nnew_york 5\ndog 6\ndog 7\n"
    )
    words = ["Paris", "paris", "PARIS", "berlin", "New York", "dog"]
    assert [found for (found,) in vectors(file, *words)] == [1, 2, 1, 3, 5, 6]


def test_composition_of_letters_does_not_matter(tmp_path: Path) -> None:
    assert vectors(written(tmp_path, "a 0\ncafe\u0301 1\n"), "Caf\u00e9") == [[1]]


@pytest.mark.parametrize("line", ["dog 1 2", "dog 1 nan 2", "dog 1 x 2", "dog 1 2 1e39", "dog"])
def test_a_broken_line_is_named_and_the_others_are_read(tmp_path: Path, line: str) -> None:
    encoder = load(inspect_vectors(written(tmp_path, f"the 1 2 3\n{line}\ncat 1 2 3\n")), "cpu")
    with pytest.raises(EncoderError, match="needs 3 finite numbers"):
        encoder.encode(["cat", "dog"], Pooling.MEAN)
    assert encoder.encode(["cat"], Pooling.MEAN)[0].tolist() == [[1, 2, 3]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"word\n",
        b"just some words in a line\n",
        b"3 300\n\x00\x80\x3f\xbf\n",  # word2vec's binary format
        b"2 99999999999999999999\na 1\n",
        b"\x80\x04\x95pickle",
        b"word\t" + b"1" * 5_000 + b"\t" + b"2" * 5_000,
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'}\n",
        b"PK\x03\x04 1 2 x",
        b"\x1f\x8bnot gzip at all",
        b"x" * (given_vectors.LONGEST_LINE + 5),
    ],
)
def test_what_is_something_else_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "some.txt"
    file.write_bytes(content)
    with pytest.raises(EncoderError, match=r"contains no word vectors|could not be read"):
        inspect_vectors(file)


def test_a_packed_file_that_was_cut_off_says_so_for_every_word(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lines = "".join(f"w{i} {rng.random()} {rng.random()}\n" for i in range(20_000))
    whole = gzip.compress(lines.encode())
    file = tmp_path / "cut.gz"
    file.write_bytes(whole[: len(whole) // 2])
    encoder = load(inspect_vectors(file), "cpu")
    for _ in range(2):
        with pytest.raises(EncoderError, match="could not be read to the end"):
            encoder.encode(["w19999"], Pooling.MEAN)


@pytest.mark.slow
def test_a_packed_file_that_never_ends_is_given_up(tmp_path: Path) -> None:
    """A hundred megabytes of one line take a tenth of one."""
    file = tmp_path / "a.gz"
    with gzip.open(file, "wb", compresslevel=4) as stream:
        for _ in range(100):
            stream.write(b"dog 0.25 0.25\n" * 80_000)
    assert file.stat().st_size < 1_000_000
    encoder = load(inspect_vectors(file), "cpu")
    with pytest.raises(EncoderError, match="more than 200 times its size"):
        encoder.encode(["cat"], Pooling.MEAN)


def test_a_packed_line_that_never_ends_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "a.gz"
    with gzip.open(file, "wb") as stream:
        for _ in range(50):
            stream.write(b" 0.25" * 200_000)
    tracemalloc.start()
    with pytest.raises(EncoderError, match="is longer than"):
        inspect_vectors(file)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 10_000_000


@pytest.mark.slow
def test_a_long_file_takes_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    line = " 0.25" * 300 + "\n"
    with file.open("w") as stream:
        stream.writelines(f"word{i}{line}" for i in range(20_000))
    spec = inspect_vectors(file)
    tracemalloc.start()
    load(spec, "cpu").encode(["word19999", "word7"], Pooling.MEAN)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file.stat().st_size > 30_000_000
    assert most < 1_000_000
