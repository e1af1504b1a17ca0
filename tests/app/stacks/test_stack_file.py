import io
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vgdesk.__main__ import main
from vgdesk.app.stacks.stack_file import FORMATS, read_stack, write_stack
from vgdesk.core.errors import NotFiniteError, VgdeskError
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack


def stack(names: list[str]) -> LayerStack:
    values = np.random.default_rng(0).standard_normal((2, len(names), 3)).astype(np.float32)
    words = tuple(WordId(name) for name in names)
    return LayerStack(EncoderId("e"), ("0", "1"), tuple(f"{n}-1" for n in names), words, values)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", FORMATS)
@settings(deadline=None)  # what the disk takes is its own affair
@given(
    names=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), min_size=1
    )
)
def test_every_name_and_number_comes_back(suffix: str, names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"a{suffix}"
        write_stack(file, stack(names))
        back = read_stack(file)
    assert (back.rows, back.words, back.layers) == (
        stack(names).rows,
        stack(names).words,
        ("0", "1"),
    )
    assert np.array_equal(back.values, stack(names).values)


def test_other_tools_find_named_axes(tmp_path: Path) -> None:
    for suffix in (".npz", ".h5"):
        write_stack(tmp_path / f"a{suffix}", stack(["dog", "猫"]))
    npz = np.load(tmp_path / "a.npz")  # without pickle
    assert npz["axes"].tolist() == ["layers", "rows", "dim"]
    assert npz["words"].tolist() == ["dog", "猫"]
    with h5py.File(tmp_path / "a.h5") as hdf5:
        assert [axis.label for axis in hdf5["values"].dims] == ["layers", "rows", "dim"]
        assert hdf5["rows"].asstr()[:].tolist() == ["dog-1", "猫-1"]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", FORMATS)
@given(
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=5),
    length=st.floats(0, 1),
)
def test_a_mutated_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    changes: list[tuple[float, int]],
    length: float,
) -> None:
    file = tmp_path_factory.mktemp("fuzz") / f"a{suffix}"
    write_stack(file, stack(["dog", "cat", "tea"]))
    content = bytearray(file.read_bytes())
    for place, value in changes:
        content[round(place * (len(content) - 1))] = value
    file.write_bytes(content[: round(max(length, 0.5) * len(content))])
    with suppress(VgdeskError):
        assert read_stack(file).rows


def test_a_name_that_says_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VgdeskError, match="does not indicate a format"):
        write_stack(tmp_path / "a.pt", stack(["dog"]))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("content", [b"", b"RIFF....WAVE", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0{}"])
def test_other_files_are_refused_with_a_sentence(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    file = tmp_path / f"b{suffix}"
    file.write_bytes(content)
    with pytest.raises(VgdeskError, match="is not a vgdesk embedding file"):
        read_stack(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(VgdeskError, match="does not exist"):
        read_stack(tmp_path / "nothing.safetensors")


def test_a_folder_that_cannot_be_written_to_is_reported(tmp_path: Path) -> None:
    with pytest.raises(VgdeskError, match="could not be written"):
        write_stack(tmp_path / "no such folder" / "a.safetensors", stack(["dog"]))


def damaged(values: np.ndarray, number: float) -> LayerStack:
    """Return a stack of which one number in layer "1", row "cat-1" is replaced.

    It was written by somebody else: a stack of ours cannot be made of such numbers.
    """
    values = values.copy()
    values[1, 1, 2] = number
    return stack(["dog", "cat", "tea"]).derived(values=values)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e39])
def test_what_is_no_number_is_refused_with_row_and_layer(
    tmp_path: Path, suffix: str, number: float
) -> None:
    """The last is one, but too large for single precision, in which everything is computed."""
    file = tmp_path / f"a{suffix}"
    kind = np.float64 if number == 1e39 else np.float32
    write_stack(file, damaged(stack(["dog", "cat", "tea"]).values.astype(kind), number))
    with pytest.raises(NotFiniteError) as refusal:
        read_stack(file)
    assert str(file) in refusal.value.message
    assert "“cat-1” in layer “1”" in refusal.value.message
    assert refusal.value.hint


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_no_fraction_is_refused(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    write_stack(file, stack(["dog"]).derived(values=np.ones((2, 1, 3), np.int32)))
    with pytest.raises(VgdeskError, match="is not a vgdesk embedding file"):
        read_stack(file)


@pytest.mark.slow
def test_a_packed_file_that_promises_too_much_is_refused_unread(tmp_path: Path) -> None:
    """Zeros: 200 MB of them take a fifth of a megabyte."""
    file = tmp_path / "a.npz"
    made = io.BytesIO()
    names = {name: np.array(["a"]) for name in ("layers", "rows", "words")}
    np.savez_compressed(made, values=np.zeros((1, 1, 50_000_000), np.float32), **names)
    assert len(made.getvalue()) < 300_000
    file.write_bytes(made.getvalue())
    with pytest.raises(VgdeskError, match="is not a vgdesk embedding file") as refusal:
        read_stack(file)
    assert "would expand" in str(refusal.value.__cause__)


def test_a_packed_stack_is_read(tmp_path: Path) -> None:
    write_stack(tmp_path / "a.npz", stack(["dog", "cat"]))
    with (
        zipfile.ZipFile(tmp_path / "a.npz") as plain,
        zipfile.ZipFile(tmp_path / "b.npz", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    assert np.array_equal(read_stack(tmp_path / "b.npz").values, stack(["dog", "cat"]).values)


def hdf5(file: Path, values: object, rows: int = 1) -> Path:
    """Write everything but the values of a stack of two layers and three dimensions."""
    write_stack(file, stack(["dog"] * rows))
    with h5py.File(file, "a") as made:
        del made["values"]
        if callable(values):
            values(made)
    return file


def test_numbers_that_were_never_written_are_refused_unread(tmp_path: Path) -> None:
    def promise(made: h5py.File) -> None:
        made.create_dataset("values", (2, 1, 10**11), np.float32, chunks=(1, 1, 1000))

    file = hdf5(tmp_path / "a.h5", promise)
    assert file.stat().st_size < 50_000
    with pytest.raises(VgdeskError, match="is not a vgdesk embedding file") as refusal:
        read_stack(file)
    assert "would expand" in str(refusal.value.__cause__)


def test_numbers_in_another_file_are_not_looked_at(tmp_path: Path) -> None:
    other = tmp_path / "other.raw"
    np.ones(6, np.float32).tofile(other)

    def outside(made: h5py.File) -> None:
        made.create_dataset("values", (2, 1, 3), np.float32, external=[(str(other), 0, 24)])

    def linked(made: h5py.File) -> None:
        made["values"] = h5py.ExternalLink(str(tmp_path / "whole.h5"), "values")

    write_stack(tmp_path / "whole.h5", stack(["dog"]))
    for place, values in enumerate((outside, linked)):
        with pytest.raises(VgdeskError, match="is not a vgdesk embedding file") as refusal:
            read_stack(hdf5(tmp_path / f"{place}.h5", values))
        assert "elsewhere" in str(refusal.value.__cause__)


@pytest.mark.parametrize(
    "command",
    [
        ["retrieve", "A", "B", "--layer", "0", "0"],
        ["compare", "A", "B"],
        ["compare", "B", "A", "--measure", "rsa-spearman", "--json"],
        ["score", "A"],
        ["abx", "A", "--on", "word"],
    ],
)
def test_no_command_prints_a_score_of_a_stack_with_one_nan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    names = [f"w{place}" for place in range(12)]
    good, bad = tmp_path / "good.safetensors", tmp_path / "bad.safetensors"
    values = np.random.default_rng(1).standard_normal((2, 12, 3)).astype(np.float32)
    write_stack(good, stack(names).derived(values=values))
    values = values.copy()
    values[0, 4, 1] = np.nan
    write_stack(bad, stack(names).derived(values=values))
    files = {"A": str(bad), "B": str(good)}
    assert main([files.get(part, part) for part in command]) != 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "“w4-1” in layer “0” is not finite" in said.err


@pytest.mark.parametrize("suffix", FORMATS)
def test_gigabytes_of_zeros_are_not_read(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    with file.open("wb") as stream:
        stream.truncate(2**40)  # a hole, more than any memory
    with pytest.raises(VgdeskError, match="is not a vgdesk embedding file"):
        read_stack(file)
